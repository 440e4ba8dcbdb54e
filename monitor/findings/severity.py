"""How bad a finding is, and why: with its reasons, so that nobody has to trust a number."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.findings.finding import Severity
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Declared, Holding, Holds, Live, NoWorseThan, SeverityReason
from probes.reasons import OpenReason, Why
from probes.recognise.media.identify import MediaKind

LIVE = timedelta(hours=24)
"""A newest file younger than this means that the leak is live."""
ARRIVING = timedelta(days=3)
"""After so long without a new file a leak is no longer called live: a recorder rests on nights and weekends."""

DECLARED = {
    "recordings": Severity.CRITICAL,
    "patient": Severity.CRITICAL,
    "personal": Severity.HIGH,
    "backups": Severity.HIGH,
    "documents": Severity.MEDIUM,
    "static": Severity.LOW,
    "unknown": Severity.MEDIUM,
}
"""What the owner says the place holds, before anything was seen there."""

SEEN: tuple[tuple[Severity, frozenset[MediaKind], Holding], ...] = (
    (Severity.CRITICAL, frozenset({MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.DICOM}), Holding.RECORDINGS),
    (
        Severity.HIGH,
        frozenset(
            {
                MediaKind.DATABASE_DUMP,
                MediaKind.MAIL_STORE,
                MediaKind.ARCHIVE,
                MediaKind.KEY_MATERIAL,
                MediaKind.VM_IMAGE,
            }
        ),
        Holding.BACKUPS,
    ),
    (Severity.MEDIUM, frozenset({MediaKind.DOCUMENT, MediaKind.IMAGE, MediaKind.LOG}), Holding.DOCUMENTS),
)


NO_MORE_THAN: dict[Why, Severity] = {
    OpenReason.EMPTY_LISTABLE: Severity.HIGH,
    OpenReason.UPLOADS_LISTED: Severity.HIGH,
    OpenReason.ACL_READABLE: Severity.MEDIUM,
    OpenReason.CONFIGURED_OPEN: Severity.MEDIUM,
    OpenReason.EMPTY: Severity.LOW,
    OpenReason.STORE_EMPTY: Severity.MEDIUM,
    OpenReason.DANGLING: Severity.HIGH,
}
"""Exposures behind which no object lies open: they are no worse than this, whatever the place is declared to hold."""


AS_BAD_AS: dict[Why, Severity] = {
    OpenReason.REACHABLE: Severity.HIGH,
    OpenReason.NAME_RESOLVES: Severity.MEDIUM,
    OpenReason.CLEAR_TEXT: Severity.MEDIUM,
    OpenReason.SENSITIVE_SERVICE: Severity.MEDIUM,
    OpenReason.LOGIN_LOST: Severity.HIGH,
    OpenReason.ROLE_LEAK: Severity.HIGH,
    OpenReason.SESSION_LIVES_ON: Severity.MEDIUM,
    OpenReason.LOG_UNTRUE: Severity.HIGH,
    OpenReason.MISDIRECTED: Severity.HIGH,
    OpenReason.UNDECLARED_ATTACHMENTS: Severity.HIGH,
    OpenReason.LOG_MALFORMED: Severity.MEDIUM,
    OpenReason.NOT_RECALLED: Severity.MEDIUM,
    OpenReason.COUNT_DIFFERS: Severity.MEDIUM,
    OpenReason.ADMIN_PAGE_OPEN: Severity.HIGH,
    OpenReason.CASES_OPEN: Severity.CRITICAL,
    OpenReason.INTERFACE_OPEN: Severity.CRITICAL,
    OpenReason.FULL_CONTROL: Severity.CRITICAL,
    OpenReason.STREAM_OPEN: Severity.HIGH,
    OpenReason.SETUP_OPEN: Severity.HIGH,
}
"""What is always so bad: a broken promise or an open e-service, where nothing was seen of what the place holds; and a
service where anybody may change, delete or run things, whatever it holds."""

_UNLISTED = frozenset({OpenReason.READABLE_UNLISTED, OpenReason.FILE_READABLE})


def is_live(extent: Extent, now: datetime) -> bool:
    """Whether the newest file is younger than a day; a date that may be older than that does not count.

    A date in the future is a wrong clock, not a fresh file: up to a day of it is forgiven, since pages show local time.
    """
    return extent.newest is not None and -LIVE < now - extent.newest < LIVE


def last_arrival(before: datetime | None, extent: Extent, grew: bool, now: datetime) -> datetime | None:
    """When a file was last seen to arrive: now when there are more of them, or the date of a fresh newest file."""
    fresh = extent.newest if is_live(extent, now) else None
    seen = (before, now if grew else None, min(fresh, now) if fresh is not None else None)
    return max((at for at in seen if at is not None), default=None)


def is_active(arrival: datetime | None, now: datetime) -> bool:
    """Whether files are still arriving: the last one arrived less than `ARRIVING` ago."""
    return arrival is not None and now - arrival < ARRIVING


def severity(
    data_class: str, extent: Extent, active: bool, why: Why | None = None
) -> tuple[Severity, tuple[SeverityReason, ...]]:
    """The severity of an exposure and why: recordings > backups > documents > static files, one up when live."""
    if why is not None and why in AS_BAD_AS:
        return AS_BAD_AS[why], (NoWorseThan(why),)
    level = Severity.LOW
    reasons: list[SeverityReason] = []
    readable = why in _UNLISTED  # an object that answers by its name alone stands in no list
    if extent.counted:
        level = Severity.HIGH
        reasons.append(Holds(Holding.STORE, extent.counted[0][1], readable))
    for rank, kinds, holding in () if extent.counted else SEEN:
        count = sum(extent.count(kind) for kind in kinds)
        if count:
            level = rank
            reasons.append(Holds(holding, count, readable))
            break
    if not reasons:
        # Settings show no folder.
        folders = Holding.FOLDERS if extent.directories or why is None else Holding.NOTHING
        reasons.append(Holds(Holding.OTHERS if extent.files else folders, extent.files, readable))
    declared = DECLARED.get(data_class, Severity.MEDIUM)
    if declared.rank > level.rank:
        level = declared
        reasons.append(Declared(data_class))
    names_alone = why in (OpenReason.NAMES_ONLY, OpenReason.STORE_NAMES) or (
        why is OpenReason.BUCKETS_LISTED and not extent.files
    )
    if names_alone and why is not None:
        level = _moved(level, -1)
        reasons.append(NoWorseThan(why))
    reasons.extend(extent.claims)
    if extent.claims:
        level = max(_moved(level, 1) if names_alone else level, Severity.HIGH, key=lambda one: one.rank)
    if active:
        level = _moved(level, 1)
        reasons.append(Live())
    most = NO_MORE_THAN.get(why) if why is not None else None
    if why is OpenReason.LINKED_FILES and dict(extent.kinds).keys() <= {MediaKind.DOCUMENT.value}:
        most = Severity.MEDIUM
    if most is not None and why is not None:
        reasons.append(NoWorseThan(why))
        level = min(level, most, key=lambda one: one.rank)
    return level, tuple(reasons)


def _moved(level: Severity, steps: int) -> Severity:
    return list(Severity)[max(0, min(level.rank + steps, len(Severity) - 1))]
