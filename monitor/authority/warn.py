"""Warns parties of their legal clocks: what is due now is put on file with what it owes, and what has become needless
before it was sent is withdrawn. It can be called at any time, any number of times: each level is told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from monitor.alert.warned import owed_warning
from monitor.authority.chain import links
from monitor.inventory.model import Asset, DataKind, Inventory
from monitor.judge.clocks import Clock, Stage, clocks, sent_of
from monitor.judge.duties import laws
from monitor.judge.finding import Change, Finding, State, Step
from monitor.judge.handling import Standing, fold
from monitor.judge.warnings import warning, which
from monitor.store import clock_warnings, deeds, posting, queries
from monitor.store.ledger import Ledger, Moved
from monitor.store.posting import Event

_SETTLED = (Standing.ACCEPTED, Standing.DISMISSED, Standing.CLOSED)


def warn(ledger: Ledger, inventory: Inventory, round_: str, now: datetime) -> None:
    """Owe what clocks have to say by now, in one transaction with the fact that they have said it."""
    _withdraw(ledger, inventory, now)
    for finding in ledger.findings():
        # Looked at without the lock first: as a rule no clock has anything to say.
        if not _due(ledger, inventory, finding, now):
            continue
        with ledger.step():
            stands = ledger.finding(finding.id)
            due = _due(ledger, inventory, stands, now) if stands is not None else ()
            if stands is None or not due:
                continue
            moved = replace(stands, sequence=stands.sequence + 1)
            change = Change(finding.id, moved.sequence, Step.WARNED, now, _reason(due))
            owed = owed_warning(moved, change, due, inventory, ledger.told(finding.id))
            ledger.move(Moved(moved, change, owed=owed), round_, now)
            levels = [(which(clock), clock.warning) for clock in due]
            clock_warnings.append(ledger, finding.id, change.sequence, levels, now)


def _reason(due: tuple[Clock, ...]) -> str:
    said = [f"{c.party} {c.duty.id} {c.warning} %" for c in due]
    return ", ".join(dict.fromkeys(said))


def _due(ledger: Ledger, inventory: Inventory, finding: Finding, now: datetime) -> tuple[Clock, ...]:
    running = tuple(_clocks(ledger, inventory, finding, now))
    return warning(running, clock_warnings.warned(ledger, finding.id)) if running else ()


def _clocks(ledger: Ledger, inventory: Inventory, finding: Finding, now: datetime) -> Iterator[Clock]:
    """The clocks of a finding about which somebody may have to be warned; none when people have settled it."""
    asset = _asset(inventory, finding)
    if finding.state is State.SUSPECTED or asset is None or asset.data is DataKind.STATIC:
        return
    done = deeds.deeds(ledger, finding.id)
    if fold(done, finding).standing in _SETTLED:
        return
    chain = links(inventory, asset)
    yield from clocks(finding, queries.changes(ledger, finding.id), done, chain, laws(), now, sent=sent_of(done))


def _withdraw(ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Take back what is not sent yet and needless by now: the act is on file, or people have settled the finding."""
    for id_ in clock_warnings.waiting(ledger):
        with ledger.step():
            finding = ledger.finding(id_)
            if finding is None or _asset(inventory, finding) is None:
                continue  # whoever is of no chain any more is sent nothing: that is held, and looked at again
            running = {
                which(clock)
                for clock in _clocks(ledger, inventory, finding, now)
                if clock.stage in (Stage.RUNNING, Stage.OVERDUE)
            }
            needless = [
                due
                for due in posting.warnings_waiting(ledger, id_)
                if not clock_warnings.told_in(ledger, id_, due.owed.sequence, due.owed.party) & running
            ]
            if not needless:
                continue
            posting.ungroup(ledger, id_, now)
            for due in needless:
                stands = posting.message(ledger, due.id)
                if stands is not None and stands.state.waits and not posting.in_hand(ledger, due.id, now):
                    posting.stop(ledger, due, Event.WITHDRAWN, now, "leftopen", "its clock stands still by now")


def _asset(inventory: Inventory, finding: Finding) -> Asset | None:
    return next((asset for asset in inventory.assets if asset.id == finding.asset), None)
