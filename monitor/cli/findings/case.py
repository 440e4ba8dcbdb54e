"""Reads all that is on file of one finding, with its legal clocks."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.cli.actions.record import when
from monitor.cli.opening import Reading, fail, no_finding, wanted_finding
from monitor.findings.finding import Change, Finding
from monitor.findings.handling import Action, fold
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.legal.case import Case
from monitor.legal.chain import accepted, links
from monitor.legal.clocks import Clock, Sent, clocks, duty_ids, sent_of
from monitor.legal.duties import laws
from monitor.legal.recurring import Candidates, Known, recurring
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, surveys


def read_case(inventory: Inventory, database: str | None, id_: str, sent: tuple[str, ...] = ()) -> Case:
    """The finding, whole; what is wrong with the words ends the program with code 2."""
    now = datetime.now(UTC)
    with Reading(database) as ledger:
        wanted = wanted_finding(id_, ledger)
        finding = ledger.finding(wanted)
        if finding is None:
            no_finding(wanted, ledger)
        asset = inventory.find_asset(finding.asset)
        if asset is None:
            fail(f"the inventory no longer holds {finding.asset!r}: give the one that it was found with, for its chain")
        return _case(ledger, inventory, finding, asset, _every(ledger), now, sent)


def open_clocks(inventory: Inventory, database: str | None) -> list[tuple[Finding, tuple[Clock, ...]]]:
    """Every finding that is open and whose asset is declared, with its clocks; nothing else is read of it."""
    now = datetime.now(UTC)
    with Reading(database) as ledger:
        found = [(one, inventory.find_asset(one.asset)) for one, _ in actions.still_exposed(ledger)]
        known = {one.id for one, asset in found if asset is not None}
        lives, acts = queries.changes_of(ledger, known), actions.of_all(ledger, known)
        return [
            (
                one,
                _clocks(ledger, inventory, one, asset, tuple(lives.get(one.id, ())), tuple(acts.get(one.id, ())), now),
            )
            for one, asset in found
            if asset is not None
        ]


def _clocks(
    ledger: Ledger,
    inventory: Inventory,
    finding: Finding,
    asset: Asset,
    changes: tuple[Change, ...],
    done: tuple[Action, ...],
    now: datetime,
) -> tuple[Clock, ...]:
    told = accepted(queries.messages_about(ledger, finding.id), finding.id)
    return clocks(finding, changes, done, links(inventory, asset), laws(), now, sent=sent_of(done), accepted=told)


def _every(ledger: Ledger) -> Candidates:
    return Candidates(
        _known(one, queries.changes(ledger, one.id), actions.of_finding(ledger, one.id)) for one in ledger.findings()
    )


def _case(
    ledger: Ledger,
    inventory: Inventory,
    finding: Finding,
    asset: Asset,
    every: Candidates,
    now: datetime,
    sent: tuple[str, ...] = (),
) -> Case:
    changes = queries.changes(ledger, finding.id)
    done = actions.of_finding(ledger, finding.id)
    told = queries.messages_about(ledger, finding.id)
    surveyed = surveys.latest(ledger, finding.id)
    chain = links(inventory, asset)
    notices = tuple(_sent(text, {link.party for link in chain}, now) for text in sent)
    # What is said on the command line is said for this output alone, and goes before what is on file.
    given = {(notice.party, notice.duty) for notice in notices}
    notices += tuple(one for one in sent_of(done) if (one.party, one.duty) not in given)
    this = _known(finding, changes, done)
    again = recurring(this, every.of(this), now)
    running = clocks(
        finding, changes, done, chain, laws(), now, sent=notices, accepted=accepted(told, finding.id)
    )  # fmt: skip
    return Case(finding, asset, changes, done, fold(done, finding), surveyed, told, running, now, again)


def _known(finding: Finding, changes: tuple[Change, ...], done: tuple[Action, ...]) -> Known:
    return Known(finding, changes, fold(done, finding).cause)


def _sent(text: str, parties: set[str], now: datetime) -> Sent:
    """`PARTY:DUTY=TIME`, as it was given."""
    who, _, time = text.partition("=")
    party, _, duty = who.partition(":")
    known = duty_ids()
    if party not in parties:
        fail(f"--sent {text}: {party!r} is not of the asset's chain (known: {', '.join(sorted(parties))})")
    if duty not in known:
        fail(f"--sent {text}: no duty {duty!r} (known: {', '.join(sorted(known))})")
    try:
        at = when(time)
    except ValueError as error:
        fail(f"--sent {text}: {error}")
    if at > now:
        fail(f"--sent {text}: nothing was sent at a time to come")
    return Sent(party, duty, at, "the command line")
