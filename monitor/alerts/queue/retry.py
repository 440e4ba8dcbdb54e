"""When a message is tried, and what a try makes of it: pure, so that its test is a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.findings.finding import Severity
from monitor.store.messages.queued import IN_ORDER, DueState, Outcome, QueuedMessage

FIRST_RETRY = timedelta(minutes=1)
SLOWEST = timedelta(hours=1)
"""The ceiling of the back-off: for a confirmed exposure the tries go on at this pace for ever."""
MISCONFIGURED_RETRY = timedelta(minutes=15)
"""Nothing was sent, and nothing will be before somebody mends it; a file with a secret may be mended at any time."""
REFUSED_SLOWEST = timedelta(hours=24)
"""The ceiling where the far end said that trying again is no use: a mailbox may be mended, and nobody wants a storm."""
DEAD_TRIES = 12
DEAD_AGE = timedelta(hours=24)
"""A drill or a blind round is given up after so many tries AND so long: old news of ourselves helps nobody."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What may be tried now, by channel and in order, and when the next message after those comes up."""

    now: dict[str, tuple[QueuedMessage, ...]]
    later: datetime | None


def in_order(dues: Iterable[QueuedMessage], now: datetime) -> Ready:
    """What may be tried now, in order.

    What is told of one finding arrives in its order ("fixed" never before "open"), so a message waits for an earlier
    one to the same channel, but not for ever: a service that refuses one text must not silence the next.
    """
    rows: dict[tuple[str, str], list[QueuedMessage]] = defaultdict(list)
    for due in dues:
        # What is told of ourselves stands for itself.
        rows[due.owed.channel, due.owed.finding or due.owed.key].append(due)
    ready: dict[str, list[list[QueuedMessage]]] = defaultdict(list)
    later: list[datetime] = []
    for (channel, _), row in rows.items():
        may: list[QueuedMessage] = []
        for due in sorted(row, key=lambda d: (d.owed.sequence, d.id)):
            if due.due <= now:
                may.append(due)
                continue
            later.append(due.due)
            if due.tries < IN_ORDER:
                break
        if may:
            ready[channel].append(may)
    return Ready(
        {channel: tuple(due for may in sorted(row, key=_urgency) for due in may) for channel, row in ready.items()},
        min(later, default=None),
    )


def _urgency(may: list[QueuedMessage]) -> tuple[bool, int, datetime, int]:
    """What was never tried goes before what failed, the worst before the less bad, the old before the new."""
    worst = max(Severity(due.owed.severity).rank for due in may)
    return may[0].tries > 0, -worst, may[0].due, may[0].id


def holds_up(due: QueuedMessage) -> bool:
    """Whether a failed try of this message makes later ones about the same finding wait."""
    return bool(due.owed.finding) and due.tries + 1 < IN_ORDER


def after(
    due: QueuedMessage,
    outcome: Outcome,
    ended: datetime,
    *,
    permanent: bool = False,
    wait: timedelta = timedelta(),
) -> tuple[DueState, datetime | None]:
    """Where a message stands after a try, and when it is tried again.

    `permanent`: the far end refused it for good. `wait`: it asked to be left alone so long, which it is, for an hour at
    most: a server that errs, or lies, must not keep the news of an exposure for years.
    """
    if outcome is Outcome.ACCEPTED:
        return DueState.SENT, None
    # A confirmed exposure, and its end, stay owed without limit of time: somebody has to hear of it, however late.
    # What one address of a channel has taken is told there: a quiet end for the others, after as many tries.
    mortal = due.owed.of_ourselves or outcome is Outcome.PARTLY
    if mortal and due.tries + 1 >= DEAD_TRIES and ended - due.created >= DEAD_AGE:
        return DueState.DEAD, None
    if outcome is Outcome.MISCONFIGURED:
        return DueState.OWED, ended + MISCONFIGURED_RETRY
    doubled: timedelta = FIRST_RETRY * 2 ** min(due.tries, 10)
    return DueState.OWED, ended + max(min(wait, SLOWEST), min(doubled, REFUSED_SLOWEST if permanent else SLOWEST))
