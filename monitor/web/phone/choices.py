"""What a person does on the page: takes a finding, says that it is closed, or that it is somebody else's."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from monitor.alerts.delivery.signed_links import Token
from monitor.alerts.messages.new_messages import disowned_messages
from monitor.findings import handling
from monitor.findings.finding import Finding
from monitor.findings.handling import Action, ActionKind, Handling, Refused
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.store.tables.actions import Done


class Choice(StrEnum):
    """A button of the page."""

    TAKE = "take"
    CLOSED = "closed"
    NOT_OURS = "not-ours"


UNSAID = "said on the page that it is closed"
"""The reason on file where somebody says that it is closed, and not what was done."""


def do(
    ledger: Ledger, inventory: Inventory, token: Token, choice: Choice, by: str, said: str, now: datetime
) -> Done | Refused | None:
    """Do it, with what it owes, if it fits the state; None when there is no such finding.

    `by` and `said` are masked. Whoever has the link speaks for the party of its channel.
    """
    party = party_of(inventory, token.channel)

    def decide(finding: Finding, stands: Handling) -> Action | Refused:
        match choice:
            case Choice.TAKE:
                if stands.acknowledged:
                    return Refused(f"{stands.by} has it")
                return handling.acknowledge(stands, now, by, token.channel)
            case Choice.CLOSED:
                return handling.contain(now, by, said or UNSAID, token.channel)
            case Choice.NOT_OURS:
                return handling.disown(now, by, party, said, token.channel)

    done = actions.act(ledger, token.finding, decide, token.text)
    if isinstance(done, Done) and done.action.act is ActionKind.DISOWNED:
        with ledger.step():
            ledger.owe_now(disowned_messages(done.finding, done.action, inventory), now)
    return done


def still_theirs(ledger: Ledger, inventory: Inventory, token: Token) -> bool:
    """Whether a link still leads to whom it was sent: to a channel of the chain of its finding's asset, or of those who
    run leftopen. The inventory may have given the asset, or the channel, to somebody else since.

    Of an asset that nobody declares any more nobody knows a chain: whoever was told of it goes on.
    """
    finding = ledger.finding(token.finding)
    asset = inventory.find_asset(finding.asset) if finding is not None else None
    if asset is None:
        return True
    declared = next((one for one in inventory.channels if one.id == token.channel), None)
    if declared is None:
        return False
    chain = inventory.chain(asset)
    if declared.party is not None and declared.party not in {party.id for party in chain}:
        return declared.operator
    return declared.operator or any(declared in inventory.channels_of(party) for party in chain)


def party_of(inventory: Inventory, channel: str) -> str:
    """The party that a channel names, else the one that lists it; empty for one of the operators' alone."""
    declared = next((one for one in inventory.channels if one.id == channel), None)
    if declared is None:
        return ""
    return declared.party or next((one.id for one in inventory.parties if channel in one.channels), "")
