"""The figures of one month, counted from what is on file: messages, tries, what was held or stopped, who answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from monitor.findings.finding import TELLING, Step
from monitor.findings.handling import ActionKind
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages.events import Event
from monitor.store.messages.queued import Outcome
from monitor.store.rows import stamp, when
from monitor.store.tables import actions

STEPS = (
    *sorted(step.value for step in TELLING),
    Step.RETRACTED.value,
    Step.UNDECLARED.value,
    Step.WARNED.value,
    "alive",
    "blind",
    "confirm",
    "contact",
    "drill",
    "late-log",
)
OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.HELD)


@dataclass(frozen=True, slots=True)
class Spans:
    """How long something took, in seconds; None when it never happened."""

    count: int
    median: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Month:
    """What was told in a month (UTC), and what came of it. Whatever did not happen is there as a zero."""

    start: datetime
    end: datetime
    messages: dict[str, int]
    """By step: messages that were put on file."""
    tries: dict[str, dict[str, int]]
    """By channel and outcome: tries that ended."""
    retractions: int
    held: int
    """Messages that were held at least once in the month."""
    cancelled: int
    withdrawn: int
    approved: int
    misdelivered: int
    acknowledged: int
    to_accept: Spans
    """From a message about a finding to the first provider that accepted it, for messages of the month."""
    not_accepted: int
    """Messages about findings of the month that no provider has accepted, and that nobody has stopped."""
    to_acknowledge: Spans
    """From the last news of a finding to the acknowledgement, for acknowledgements of the month."""


def month_of(text: str) -> tuple[datetime, datetime]:
    """The first moment of a month such as `2026-11`, and of the next. Raises ValueError."""
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{text!r} is no month: write 2026-11") from None
    return start, start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def statistics(ledger: Ledger, start: datetime, end: datetime) -> Month:
    """The figures from `start` until before `end`."""
    during = (stamp(start), stamp(end))
    steps = Counter[str](
        {
            r["step"]: r["n"]
            for r in ledger.rows(
                "SELECT step, count(*) AS n FROM dues WHERE created >= ? AND created < ? GROUP BY step", *during
            )
        }
    )
    tries: dict[str, dict[str, int]] = {
        row["channel"]: dict.fromkeys(OUTCOMES, 0)
        for row in ledger.rows("SELECT channel FROM dues UNION SELECT channel FROM deliveries ORDER BY channel")
    }
    for row in ledger.rows(
        """SELECT channel, outcome, count(*) AS n FROM deliveries WHERE ended >= ? AND ended < ?
           GROUP BY channel, outcome""",
        *during,
    ):
        tries[row["channel"]][row["outcome"]] = row["n"]
    events = Counter[str](
        {
            r["event"]: r["n"]
            for r in ledger.rows(
                """SELECT event, count(DISTINCT due) AS n FROM postings WHERE at >= ? AND at < ? GROUP BY event""",
                *during,
            )
        }
    )
    accepted, open_still = _accepted(ledger, *during)
    answered = _acknowledged(ledger, start, end)
    return Month(
        start=start,
        end=end,
        messages={step: steps[step] for step in dict.fromkeys((*STEPS, *sorted(steps)))},
        tries=tries,
        retractions=steps[Step.RETRACTED.value],
        held=events[Event.HELD],
        cancelled=events[Event.CANCELLED],
        withdrawn=events[Event.WITHDRAWN],
        approved=events[Event.APPROVED],
        misdelivered=events[Event.MISDELIVERED],
        acknowledged=len(answered),
        to_accept=_spans(accepted),
        not_accepted=open_still,
        to_acknowledge=_spans(one for one in answered if one is not None),
    )


def _accepted(ledger: Ledger, start: str, end: str) -> tuple[list[float], int]:
    """The time to acceptance of each message about a finding, alone or in a group; and how many were not accepted."""
    rows = ledger.rows(
        """SELECT m.created, m.state, (SELECT min(t.ended) FROM dues s JOIN deliveries t ON t.due = s.id
             WHERE (s.id = m.id OR s.id = m.grouped) AND t.outcome = 'accepted') AS accepted
           FROM dues m WHERE m.finding <> '' AND m.created >= ? AND m.created < ?""",
        start,
        end,
    )
    spans = [(when(r["accepted"]) - when(r["created"])).total_seconds() for r in rows if r["accepted"] is not None]
    return spans, sum(r["accepted"] is None and r["state"] != "cancelled" for r in rows)


def _acknowledged(ledger: Ledger, start: datetime, end: datetime) -> list[float | None]:
    """For each acknowledgement how long after the last news it came; None when nothing had been told."""
    found: list[float | None] = []
    for row in ledger.rows("SELECT DISTINCT finding FROM deeds WHERE act = 'acknowledged'"):
        news = [change.at for change in queries.changes(ledger, row["finding"]) if change.tells]
        for action in actions.of_finding(ledger, row["finding"]):
            if action.act is ActionKind.ACKNOWLEDGED and start <= action.at < end:
                before = [at for at in news if at <= action.at]
                found.append((action.at - max(before)).total_seconds() if before else None)
    return found


def _spans(seconds: Iterable[float]) -> Spans:
    every = list(seconds)
    return Spans(len(every), median(every) if every else None, max(every) if every else None)
