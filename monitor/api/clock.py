"""The legal clocks of a finding as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.alerts.messages import formatting
from monitor.api.times import iso, utc
from monitor.legal.case import Case
from monitor.legal.clocks import Clock, Stage, earliest_start
from monitor.legal.duties import STOCKHOLM

DECIDES = (
    "leftopen computes and files nothing; whether a duty applies, and since when, a person decides. No legal advice."
)


def case_json(case: Case, shown: tuple[Clock, ...], parties: list[str]) -> dict[str, Any]:
    """The clocks of a finding, with the earliest start that each party can defend."""
    return {
        "finding": case.finding.id,
        "asset": case.finding.asset,
        "now": iso(case.now),
        "says": DECIDES,
        "earliest_defensible_start": {
            party: iso(earliest_start(case.finding, case.changes, case.actions, party)) for party in parties
        },
        "recurring": [{"finding": one.finding, "at": iso(one.at), "same": one.same} for one in case.recurring],
        "clocks": [clock_json(one) for one in shown],
    }


def clock_json(one: Clock) -> dict[str, Any]:
    """A clock as JSON values."""
    start, deadline = one.start, one.deadline
    return {
        "party": one.party,
        "law": one.law.id,
        "law_version": one.law.version,
        "source": one.law.source,
        "article": one.duty.article,
        "duty": one.duty.id,
        "says": one.says,
        "to": one.to,
        "reading": one.basis.value,
        "stage": one.stage.name.lower().replace("_", "-"),
        "limit": one.limit or None,
        "start": start
        and {"at": iso(start.at), "by": start.by, "reason": start.reason, "recorded": iso(start.recorded)},
        "deadline": iso(deadline),
        "deadline_stockholm": deadline and deadline.astimezone(STOCKHOLM).isoformat(timespec="seconds"),
        "left_seconds": None if one.left is None else one.left.total_seconds(),
        "used": None if one.share is None else round(one.share, 4),
        "warning": one.warning,
        "unset_seconds": None if one.unset is None else one.unset.total_seconds(),
        "sent": one.sent and iso(one.sent.at),
        "accepted": one.accepted
        and {"at": iso(one.accepted.at), "channel": one.accepted.channel, "message": one.accepted.message},
        "notes": list(one.notes),
        "law_notes": list(one.duty.notes),
        "unverified": list(one.duty.unverified),
        "verified": one.duty.verified,
    }


def left_words(one: Clock) -> str:
    """How a clock stands, in a few words."""
    match one.stage:
        case Stage.OVERDUE:
            return f"OVERDUE by {_span(one.left)}"
        case Stage.UNSET:
            return f"UNSET for {_span(one.unset)}"
        case Stage.RUNNING:
            return f"{_span(one.left)} left"
        case Stage.NO_NUMBER:
            return "without undue delay"
        case Stage.WAITING:
            return "not begun"
        case Stage.SENT:
            at = utc(one.sent.at) if one.sent else ""
            return f"sent {at}{', LATE' if one.late else ''}"


def recurring_words(case: Case) -> list[str]:
    """The times that may have to be counted as one incident, in words; none when there was but one."""
    if not case.recurring:
        return []
    same = {
        "finding": "the same finding",
        "cause": "the same cause, as people told it",
        "asset": "the same asset, alike",
    }
    times = [f"{one.finding} at {utc(one.at)} ({same[one.same]})" for one in case.recurring]
    return [
        f"open {len(times)} times within six months, from what looks like the same cause: {'; '.join(times)}",
        "whether they are one significant incident (CIR (EU) 2024/2690 article 4, for those under it), a person says",
    ]


def _span(length: timedelta | None) -> str:
    return formatting.duration(abs(length).total_seconds()) if length is not None else ""
