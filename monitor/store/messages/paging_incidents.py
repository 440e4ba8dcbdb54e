"""Incidents at a paging service: under which keys a channel was told of findings, and which of them end now."""

from __future__ import annotations

from monitor.findings.finding import State, Step
from monitor.findings.handling import TriageStatus
from monitor.store.ledger import Ledger
from monitor.store.messages import digests
from monitor.store.messages.queued import QueuedMessage
from monitor.store.rows import due_of
from monitor.store.tables import actions

MOST = 100
"""So many are closed with one message at the most: each is a request, and a delivery has half a minute."""
_ENDING = (Step.CLEARED.value, Step.RETRACTED.value, Step.INTENDED.value, Step.UNPROMISED.value)
_ENDED = (TriageStatus.INTENDED, TriageStatus.UNPROMISED)
# Only where a provider has it, or may have: what was never told there is no incident there.
_ARRIVED = """EXISTS (SELECT 1 FROM deliveries t WHERE t.due = s.id
              AND t.outcome IN ('accepted', 'partly-refused', 'may-have-arrived'))"""


def ended(ledger: Ledger, due: QueuedMessage) -> tuple[str, ...]:
    """The incidents of a message's channel that end with it, besides its own: those of each of its findings, and those
    of the groups in which they were told of, where all else that the group told of has ended too."""
    if due.owed.step not in _ENDING:
        return ()
    of_group = [member.owed.finding for member in digests.members(ledger, due.id)]
    findings = [due.owed.finding] if due.owed.finding else of_group
    dismissed = {finding.id for finding, _ in actions.dismissed(ledger)} | {
        finding.id for finding, stands in actions.lived_with(ledger) if stands.standing in _ENDED
    }
    found: dict[str, None] = {}
    for finding in findings:
        for row in ledger.rows(
            f"""SELECT s.* FROM dues d JOIN dues s ON s.id = coalesce(d.grouped, d.id) OR s.copy_of = d.grouped
                WHERE d.finding = ? AND s.channel = ?
                AND d.step NOT IN ('cleared', 'retracted', 'intended', 'unpromised', 'warned') AND {_ARRIVED}
                ORDER BY s.id""",  # noqa: S608  the text is ours
            finding,
            due.owed.channel,
        ):
            told = due_of(dict(row))
            if told.owed.finding or _all_ended(ledger, told.id, dismissed):
                found.setdefault(told.owed.incident)
    found.pop(due.owed.incident, None)
    return tuple(found)[:MOST]


def _all_ended(ledger: Ledger, group: int, dismissed: set[str]) -> bool:
    every = [ledger.finding(member.owed.finding) for member in digests.members(ledger, group)]
    return all(one is None or one.state is State.CLEARED or one.id in dismissed for one in every)
