"""No state looks well, in any form, while something declared was not judged or a message cannot get out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.heartbeat import begin
from monitor.api.monitoring import nagios, prometheus
from monitor.findings.handling import Action, ActionKind, signature_of
from monitor.findings.observation import Observation
from monitor.findings.reasons import Cause
from monitor.health.examine import Health, ThisMachine, examine
from monitor.inventory.load import Problems, loads
from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.model.inventory import Inventory
from monitor.store.access.scope import ScopedLedger
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import Delivery, DueState, NewMessage, Outcome
from monitor.store.tables import actions, rounds, service_faults
from monitor.store.tables.rounds import RoundKind
from monitor.web.identity.grants import Held, seen
from monitor.web.read.head import Head, head
from probes.api import Place, Unknown, WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.people.masking import mask_text
from tests.monitor.web.house import NOW, TEXT, put, put_clear

LATER = NOW + timedelta(minutes=1)
ALL = ("alpha-disk", "beta-disk", "own-site")
QUIET = TEXT.replace("defaults: {interval: 15m}", "defaults: {interval: 15m, confirm_recipients: false}")


@dataclass(frozen=True)
class World:
    """The ledger, what is declared, the time, and what the machine knows."""

    ledger: Ledger
    inventory: Inventory
    now: datetime = LATER
    machine: ThisMachine | None = None


def looked(ledger: Ledger, at: datetime = NOW, round_: str = "r1") -> None:
    """One round in which every asset was clear."""
    rounds.begin(ledger, round_, RoundKind.ROUND, at, "internet-1", "digest")
    for asset in ALL:
        put_clear(ledger, asset, round_, at)
    rounds.looked(ledger, dict.fromkeys(ALL, "clear"), at, at)
    rounds.end(ledger, round_, at + timedelta(seconds=9))


def unknown(world: World) -> World:
    at = NOW + timedelta(seconds=30)
    rounds.begin(world.ledger, "r2", RoundKind.ROUND, at, "internet-1", "digest")
    for asset, host, address in zip(ALL, ("a.test", "b.test", "o.test"), (1, 2, 3), strict=True):
        target = WebTarget(asset, host, host, f"192.0.2.{address}", 443, tls=True)
        silent = Unknown(Place(host, 443, "/"), "listing", NoAnswerReason.TIMED_OUT)
        with world.ledger.step():
            world.ledger.record("r2", Observation(asset, "http-listing", target, at, at, (), (silent,)))
    rounds.looked(world.ledger, dict.fromkeys(ALL, "unknown"), at, at)
    rounds.end(world.ledger, "r2", at + timedelta(seconds=1))
    return world


def blind(world: World) -> World:
    at = NOW + timedelta(seconds=30)
    rounds.begin(world.ledger, "r2", RoundKind.ROUND, at, "internet-1", "digest")
    rounds.end(world.ledger, "r2", at, Cause.CONTROL_NOT_SEEN)
    return world


def declared(world: World, before: str, after: str) -> World:
    assert before in QUIET
    return replace(world, inventory=loads(QUIET.replace(before, after)))


def failing(part: str) -> Callable[[World], World]:
    def change(world: World) -> World:
        service_faults.record(world.ledger, part, "the disk is full", NOW)
        return world

    return change


def owed(world: World, outcome: Outcome, state: DueState) -> World:
    facts = dump_facts(Written(mask_text("news"), mask_text("read it")))
    world.ledger.owe((NewMessage("key", "", 0, "blind", "ops", "", "high", facts),), NOW)
    (due,) = world.ledger.due(LATER)
    again = LATER + timedelta(minutes=2) if state is DueState.OWED else None
    world.ledger.delivered(Delivery(due.id, "ops", NOW, NOW, outcome, mask_text("refused")), state, again)
    return world


def opened(world: World) -> World:
    put(world.ledger, world.inventory, "beta-disk", "/open/", "r1")
    with world.ledger.step():
        world.ledger.execute("UPDATE dues SET state = 'cancelled'")
    return world


def damaged(world: World) -> World:
    with world.ledger.step():
        world.ledger.execute("UPDATE rounds SET started = 'x'")
    assert damaged_rows.set_aside(world.ledger, NOW)
    return world


def dismissed(world: World) -> World:
    (found,) = world.ledger.findings()
    with world.ledger.step():
        why = Action(ActionKind.DISMISSED, LATER, "Ada", reason="renamed", signature=signature_of(found))
        actions.append(world.ledger, found.id, why)
    return world


STATES: dict[str, Callable[[World], World]] = {
    "no look was ever made": lambda world: replace(world, inventory=loads(QUIET.replace("-disk", "-other"))),
    "every place is unknown": unknown,
    "the last round was blind": blind,
    "the contract of one asset ended": lambda world: declared(
        world, "id: c-beta, controller: region, processor: beta, authorised_by: IT, authorised_until: 2027-12-31",
        "id: c-beta, controller: region, processor: beta, authorised_by: IT, authorised_until: 2026-09-30",
    ),
    "every permission ended": lambda world: declared(world, "2027-12-31", "2026-09-30"),
    "nobody has looked for a day": lambda world: replace(world, now=LATER + timedelta(days=1)),
    "the clock was set back by a day": lambda world: replace(world, now=LATER - timedelta(days=1)),
    "an open finding reached nobody": opened,
    "an open asset is not looked at any more": lambda world: replace(opened(world), now=LATER + timedelta(days=1)),
    "a channel does not take its message": lambda world: owed(world, Outcome.REFUSED, DueState.OWED),
    "a message is undeliverable": lambda world: owed(world, Outcome.REFUSED, DueState.DEAD),
    "no channel is the operators'": lambda world: declared(world, "operator: true", "operator: false, party: region"),
    "channels of parties are not confirmed": lambda world: declared(world, ", confirm_recipients: false", ""),
    "the disk is full": failing("looks"),
    "a row of the database was damaged": damaged,
    "messages are not sent": failing("sending"),
    "a secret cannot be read": failing("channels"),
    "the changed inventory has faults": failing("inventory"),
}  # fmt: skip
MACHINE_ALONE: dict[str, ThisMachine] = {
    "the watch has stopped": ThisMachine(stopped=True),
    "a channel has no address here": ThisMachine(no_address=(("ops", "no address here"),)),
}


def test_when_all_was_judged_and_all_channels_work_it_is_well(tmp_path: Path) -> None:
    health, shown = _seen(tmp_path, lambda world: world)
    assert health.well, health.faults
    assert nagios(health)[1] == 0
    assert "leftopen_well 1" in prometheus(health)
    assert shown.answers["see"]["well"]
    assert shown.answers["tell"]["well"]


@pytest.mark.parametrize("name", STATES)
def test_this_is_never_well(name: str, tmp_path: Path) -> None:
    health, shown = _seen(tmp_path, STATES[name])
    _not_well(health)
    assert not (shown.answers["see"]["well"] and shown.answers["tell"]["well"])


def test_what_is_open_at_an_asset_that_left_the_inventory_is_said(tmp_path: Path) -> None:
    said = "1 open finding of beta-disk, which the inventory does not declare"
    before, _ = _seen(tmp_path / "declared", opened)
    assert not [one for one in before.notes if said in one]
    renamed = loads(QUIET.replace("beta-disk", "beta-store"))
    after, _ = _seen(tmp_path / "renamed", lambda world: replace(opened(world), inventory=renamed))
    assert len([one for one in after.notes if said in one]) == 1
    settled, _ = _seen(tmp_path / "settled", lambda world: replace(dismissed(opened(world)), inventory=renamed))
    assert not [one for one in settled.notes if said in one]


@pytest.mark.parametrize("name", MACHINE_ALONE)
def test_what_only_this_machine_knows_is_never_well(name: str, tmp_path: Path) -> None:
    _not_well(_seen(tmp_path, lambda world: replace(world, machine=MACHINE_ALONE[name]))[0])


@pytest.mark.parametrize(("change", "given"), [(lambda world: world, True), (unknown, False)], ids=["seen", "unseen"])
def test_a_round_without_any_verdict_is_no_sign_of_life(
    change: Callable[[World], World], given: bool, tmp_path: Path
) -> None:
    alive = loads(QUIET + 'heartbeat: {url: "env:ALIVE"}\n')
    with closing(Ledger(tmp_path / "leftopen.db")) as ledger:
        looked(ledger)
        world = change(World(ledger, alive))
        asked = begin(ledger, alive, world.now, {"ALIVE": "http://127.0.0.1:9/"})
    assert (asked is not None) is given


def test_an_inventory_that_declares_nothing_is_refused() -> None:
    with pytest.raises(Problems):
        loads(QUIET[: QUIET.index("assets:")] + "assets: []\n")


def _not_well(health: Health) -> None:
    assert not health.well
    assert health.as_json()["faults"]
    assert nagios(health)[1] != 0
    assert "leftopen_well 0" in prometheus(health)


def _seen(folder: Path, change: Callable[[World], World]) -> tuple[Health, Head]:
    path = folder / "leftopen.db"
    with closing(Ledger(path)) as ledger:
        looked(ledger)
        world = change(World(ledger, loads(QUIET)))
        health = examine(world.ledger, world.inventory, world.now, world.machine)
    grant = seen(world.inventory, Held(WebRole.OPERATOR, "region"))
    reading = ScopedLedger(path, grant.scope)
    try:
        return health, head(reading, grant, world.now)
    finally:
        reading.close()
