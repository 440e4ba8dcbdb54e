"""Makes the messages that tell a party of its legal clocks; their text is written when they are sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.alerts.messages.new_messages import about
from monitor.alerts.routing.recipients import reminded
from monitor.findings.finding import Change, Finding, Severity
from monitor.inventory.model.inventory import Inventory
from monitor.legal.clocks import WARNINGS, Basis, Clock
from monitor.legal.duties import CONTRACT
from monitor.store.messages.facts import Deadline, Deadlines
from monitor.store.messages.queued import NewMessage


def deadline_messages(
    finding: Finding, change: Change, clocks: Sequence[Clock], inventory: Inventory, told: Collection[str]
) -> tuple[NewMessage, ...]:
    """The messages to the parties whose clocks these are: each hears of its own alone.

    `told` are the channels that have heard of the finding.
    """
    made = []
    for party in dict.fromkeys(clock.party for clock in clocks):
        own = tuple(clock for clock in clocks if clock.party == party)
        facts = Deadlines(finding.asset, tuple(one for clock in own if (one := _deadline(clock)) is not None))
        severity = _severity(finding, own)
        # A channel that two parties share is told of each party's clocks, so the key names the party.
        made += [
            about(finding, change, to, facts, severity, f"{party}/")
            for to in reminded(finding, inventory.party(party), inventory, told, change.at)
        ]
    return tuple(made)


def _severity(finding: Finding, clocks: Sequence[Clock]) -> Severity:
    """A night without messages can be longer than what is left at the last level: then it does not wait for morning."""
    last = any(clock.warning == max(WARNINGS) for clock in clocks)
    return max(finding.severity, Severity.HIGH, key=lambda s: s.rank) if last else finding.severity


def _deadline(clock: Clock) -> Deadline | None:
    if clock.start is None or clock.deadline is None or clock.left is None:
        return None
    counted = "conservative" if clock.basis is Basis.CONSERVATIVE else "legal"
    return Deadline(
        duty={"en": clock.says, "sv": clock.says_sv},
        to=clock.to if clock.duty.to == CONTRACT else "",
        share=clock.share or 0.0,
        start=clock.start.at,
        deadline=clock.deadline,
        left=clock.left.total_seconds(),
        article=f"{clock.law.name} {clock.duty.article}",
        counted="follows" if clock.duty.starts.startswith("sent:") else counted,
    )
