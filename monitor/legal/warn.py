"""Warns parties of their legal clocks: what is due now is put on file with what it owes, and what has become needless
before it was sent is withdrawn. It can be called at any time, any number of times: each level is told once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.findings.clock_key import ClockKey
from monitor.findings.finding import Change, Finding, State, Step
from monitor.findings.handling import Action, TriageStatus, fold
from monitor.findings.reasons import ClockRuns, ClocksRun
from monitor.inventory.model.assets import Asset, DataKind
from monitor.inventory.model.inventory import Inventory
from monitor.legal.chain import links
from monitor.legal.clocks import Clock, Stage, clocks, sent_of
from monitor.legal.duties import laws
from monitor.legal.messages import deadline_messages
from monitor.legal.warnings import clock_key, next_warning, warning
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.messages.events import Event
from monitor.store.tables import actions, clock_warnings

_SETTLED = (
    TriageStatus.ACCEPTED,
    TriageStatus.DISMISSED,
    TriageStatus.INTENDED,
    TriageStatus.UNPROMISED,
    TriageStatus.CLOSED,
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A finding as it stood when its clocks were last computed, and when one of them speaks next; None: none does."""

    sequence: int
    state: State
    last_action: int
    following: datetime | None

    def same(self, other: _Seen) -> bool:
        """Whether nothing has happened to it."""
        return (self.sequence, self.state, self.last_action) == (other.sequence, other.state, other.last_action)


class Warner:
    """Knows of each finding when its clocks speak next, so that a thousand of them are not computed every minute.

    It remembers nothing that is not on file: a new one looks at every finding once, and comes to the same.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._inventory: Inventory | None = None

    @property
    def following(self) -> datetime | None:
        """When the next clock speaks, of those that were looked at; None: none does."""
        return min((seen.following for seen in self._seen.values() if seen.following is not None), default=None)

    def due(self, ledger: Ledger, inventory: Inventory, now: datetime) -> tuple[str, ...]:
        """The findings whose time has come, or about which something was done since. Takes back what is needless."""
        if inventory is not self._inventory:
            self._seen.clear()
            self._inventory = inventory
        _withdraw(ledger, inventory, now)
        last = actions.last_of_each(ledger)
        found = []
        for id_, sequence, state in queries.standing(ledger):
            stands = _Seen(sequence, state, last.get(id_, 0), now)
            seen = self._seen.get(id_)
            if seen is None or not seen.same(stands) or (seen.following is not None and seen.following <= now):
                self._seen[id_] = stands
                found.append(id_)
        return tuple(found)

    def look(self, ledger: Ledger, inventory: Inventory, ids: Collection[str], round_: str, now: datetime) -> None:
        """Owe what their clocks have to say, each in one transaction with the fact that they have said it."""
        for one in _on_file(ledger, ids):
            id_, stands = one.finding.id, one
            running = tuple(_clocks(inventory, stands, now))
            # Looked at without the lock first: as a rule no clock has anything to say.
            if warning(running, stands.warned):
                _owe(ledger, inventory, id_, round_, now)
                (stands,) = _on_file(ledger, (id_,))
                running = tuple(_clocks(inventory, stands, now))
            if id_ in self._seen:
                following = next_warning(running, stands.warned)
                self._seen[id_] = replace(self._seen[id_], sequence=stands.finding.sequence, following=following)


def warn(ledger: Ledger, inventory: Inventory, round_: str, now: datetime) -> None:
    """All of it, once: owe what every clock has to say by now."""
    warner = Warner()
    warner.look(ledger, inventory, warner.due(ledger, inventory, now), round_, now)


def _owe(ledger: Ledger, inventory: Inventory, id_: str, round_: str, now: datetime) -> None:
    with ledger.step():
        (stands,) = _on_file(ledger, (id_,))
        due = warning(_clocks(inventory, stands, now), stands.warned)
        if not due:
            return
        moved, change = stands.finding.changed(Step.WARNED, now, _reason(due))
        owed = deadline_messages(moved, change, due, inventory, ledger.parties_told(id_))
        ledger.save(moved, change, round_, now, owed)
        clock_warnings.append(ledger, id_, change.sequence, [(clock_key(one), one.warning) for one in due], now)


def _reason(due: tuple[Clock, ...]) -> ClocksRun:
    return ClocksRun(tuple(dict.fromkeys(ClockRuns(c.party, c.duty.id, c.warning) for c in due)))


@dataclass(frozen=True, slots=True)
class _OnFile:
    """All of a finding that its clocks rest on."""

    finding: Finding
    changes: tuple[Change, ...]
    done: tuple[Action, ...]
    warned: Mapping[ClockKey, int]


def _on_file(ledger: Ledger, ids: Collection[str]) -> list[_OnFile]:
    """Those of the findings that are there, in the given order; a query for all of them each."""
    found = {one.id: one for one in ledger.findings(ids=ids)}
    done, warned = actions.of_all(ledger, ids), clock_warnings.warned(ledger, ids)
    lives = queries.changes_of(ledger, ids)
    return [
        _OnFile(found[id_], tuple(lives.get(id_, ())), tuple(done.get(id_, ())), warned.get(id_, {}))
        for id_ in ids
        if id_ in found
    ]


def _clocks(inventory: Inventory, stands: _OnFile, now: datetime) -> Iterator[Clock]:
    """The clocks of a finding about which somebody may have to be warned; none when people have settled it."""
    finding, done, asset = stands.finding, stands.done, _asset(inventory, stands.finding)
    if finding.state is State.SUSPECTED or asset is None or asset.data is DataKind.STATIC:
        return
    if fold(done, finding).standing in _SETTLED:
        return
    chain = links(inventory, asset)
    yield from clocks(finding, stands.changes, done, chain, laws(), now, sent=sent_of(done))


def _withdraw(ledger: Ledger, inventory: Inventory, now: datetime) -> None:
    """Take back what is not sent yet and needless by now: the act is on file, or people have settled the finding."""
    for id_ in clock_warnings.waiting(ledger):
        with ledger.step():
            (stands,) = _on_file(ledger, (id_,)) or (None,)
            if stands is None or _asset(inventory, stands.finding) is None:
                continue  # whoever is of no chain any more is sent nothing: that is held, and looked at again
            running = {
                clock_key(clock)
                for clock in _clocks(inventory, stands, now)
                if clock.stage in (Stage.RUNNING, Stage.OVERDUE)
            }
            needless = [
                due
                for due in events.warnings_waiting(ledger, id_)
                if not clock_warnings.told_in(ledger, id_, due.owed.sequence, due.owed.party) & running
            ]
            if not needless:
                continue
            events.ungroup(ledger, id_, now)
            for due in needless:
                message = events.message(ledger, due.id)
                if message is not None and message.state.waits and not events.in_hand(ledger, due.id, now):
                    events.stop(ledger, due, Event.WITHDRAWN, now, "leftopen", "its clock stands still by now")


def _asset(inventory: Inventory, finding: Finding) -> Asset | None:
    return inventory.find_asset(finding.asset)
