"""The state of one declared asset: open, closed, or how it was not seen. Pure, so that its test is a table.

Silence is never green: an asset is closed only if each of its places gave a conclusive clear verdict lately.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from probes.reasons import ELSEWHERE, NoAnswerReason, UndecidedReason

LATE_LOOKS = 2
"""Intervals after which a verdict is too old to say how an asset stands now."""
GRACE = timedelta(minutes=5)


class AssetStatus(StrEnum):
    """How an asset stands, worst first."""

    OPEN = "open"
    NEVER_SEEN = "never seen"
    NOT_SEEN = "not seen"
    NOT_LOOKED_AT = "not looked at"
    PARTLY_SEEN = "partly seen"
    UNCONFIRMED = "not confirmed"
    BY_DECISION = "exposed by decision"
    CLOSED = "closed"

    @property
    def judged(self) -> bool:
        """Whether there is a verdict. What is open is judged wholly only if `AssetState.judged` says so too."""
        return self in (AssetStatus.OPEN, AssetStatus.BY_DECISION, AssetStatus.CLOSED)


class StateReason(str):
    """Why an asset stands as it does, in English; it also knows the sentence and its gap, for other languages."""

    __slots__ = ("contract", "key", "network")
    key: str
    contract: str
    network: str

    def __new__(cls, key: str, text: str, contract: str = "", network: str = "") -> StateReason:
        made = super().__new__(cls, text.format(contract=contract, network=network))
        made.key, made.contract, made.network = key, contract, network
        return made


@dataclass(frozen=True, slots=True)
class PlaceState:
    """The last verdict on one place at one endpoint."""

    verdict: str
    why: str
    at: datetime
    last_conclusive: datetime | None


@dataclass(frozen=True, slots=True)
class AssetState:
    """How one asset stands, since when, and why it was not seen where it was not."""

    asset: str
    status: AssetStatus
    since: datetime | None
    """Open: first seen open. Not seen: the last conclusive look. Closed: the oldest of the last verdicts."""
    why: str
    last_look: datetime | None
    findings: tuple[str, ...] = ()
    unknown_places: int = 0
    leads_to: tuple[str, ...] = ()
    """Where redirects of it lead that is not declared, as scheme, host and port: nothing was asked there."""
    late: bool = False
    """Whether the last look is too old to say how the asset stands now, also where it was open then."""
    permitted: bool = True
    """Whether it may be looked at still."""

    @property
    def judged(self) -> bool:
        """Whether all of the asset was judged in time. An open asset that nobody looks at any more was not."""
        return self.status.judged and not self.late and self.permitted and not self.unknown_places


def asset_state(
    asset: str,
    places: Sequence[PlaceState],
    open_since: Sequence[tuple[str, datetime]],
    last_look: datetime | None,
    ended_contract: str | None,
    interval: timedelta,
    now: datetime,
    unlooked: Sequence[str] = (),
    *,
    unconfirmed: bool = False,
    leads_to: tuple[str, ...] = (),
) -> AssetState:
    """How `asset` stands at `now`.

    `places` are all that are on file of it; `open_since` its open findings, each with when it was first seen open;
    `ended_contract` the contract whose authority to look has ended, if one has; `interval` the time between two looks;
    `unlooked` the networks from which it is to be looked at and never was, where others have looked; `unconfirmed`
    whether a place of it was seen open that no second look has confirmed yet: that is neither open nor closed;
    `leads_to` where its redirects lead that is not declared.
    """
    # A port that speaks the other of clear text and TLS is no place, nor is one that only leads on to another of the
    # same asset: those have the verdict, or none has.
    places = [one for one in places if one.why not in ELSEWHERE]
    since = None if last_look is None else last_look - max(interval, 2 * GRACE)
    current = [one for one in places if since is not None and one.at >= since]
    last = max([one.last_conclusive for one in places if one.last_conclusive is not None], default=None)
    clear = [one for one in current if one.verdict != "unknown"]
    # A port on which nothing listens is no gap beside one that was judged; nor are the silent ports of a preset, which
    # nobody said that anything listens on.
    shut = {NoAnswerReason.REFUSED.value, UndecidedReason.PORTS_SILENT.value} if clear else set()
    unknown = [one for one in current if one.verdict == "unknown" and one.why not in shut]
    counts = Counter(one.why for one in unknown).most_common(3) if unknown else ()
    reasons = ", ".join(f"{count} x {why}" for why, count in counts)

    late = _late(last_look, interval, now, unlooked)
    ids = tuple(id_ for id_, _ in open_since)

    def state(status: AssetStatus, since: datetime | None, why: str) -> AssetState:
        late_now, permitted = bool(late), ended_contract is None
        return AssetState(
            asset, status, since, why, last_look, ids, len(unknown), leads_to, late=late_now, permitted=permitted
        )

    if open_since:
        ended = "no longer looked at: contract {contract} ended"
        gone = StateReason("contract-ended", ended, ended_contract) if ended_contract else ""
        return state(AssetStatus.OPEN, min(at for _, at in open_since), gone or late or reasons)
    if ended_contract:
        ended = "the authority to look ended (contract {contract})"
        return state(AssetStatus.NOT_LOOKED_AT, last, StateReason("authority-ended", ended, ended_contract))
    if last_look is None or last is None:
        return state(AssetStatus.NEVER_SEEN, None, reasons or _no_look(unlooked))
    if late:
        return state(AssetStatus.NOT_SEEN, last, late)
    if not clear:
        return state(AssetStatus.NOT_SEEN, last, reasons or StateReason("no-verdict", "no verdict"))
    if unknown:
        return state(AssetStatus.PARTLY_SEEN, last, reasons)
    if any(one.verdict == "exposed" for one in current):
        since = min(one.at for one in clear)
        if unconfirmed:
            why = StateReason("unconfirmed", "a place looks open, and no second look has confirmed it yet")
            return state(AssetStatus.UNCONFIRMED, since, why)
        # Accepted, dismissed, or open by intent: no open finding, and never closed.
        return state(AssetStatus.BY_DECISION, since, StateReason("answers", "a place answers strangers"))
    return state(AssetStatus.CLOSED, min(one.at for one in clear), "")


def _no_look(unlooked: Sequence[str]) -> StateReason:
    if not unlooked:
        return StateReason("no-look", "no look yet")
    return StateReason("no-look-from", "no look yet from the network {network}", network=", ".join(unlooked))


def _late(last_look: datetime | None, interval: timedelta, now: datetime, unlooked: Sequence[str]) -> str:
    """Why the last look says nothing about now: too old, or dated in the future by a changed clock; else empty."""
    if last_look is None:
        return _no_look(unlooked)
    if last_look > now + GRACE:
        return StateReason("future", "the last look is dated in the future: check the clock of this machine")
    if now - last_look > LATE_LOOKS * interval + GRACE:
        return StateReason("late", "no look in time: is leftopen watch running?")
    return ""
