"""A worker with an older declaration than the hub: what it sees counts where it still may, and nothing looks well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.coverage.asset_state import AssetStatus
from monitor.coverage.states import asset_states
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.asked import asked
from monitor.store.looks import owed
from tests.monitor.network.rounds import inventory
from tests.monitor.rounds.test_batch import Place, place


def _declared(here: Place, **changed: object) -> Inventory:
    """What holds at the hub now, of which the worker elsewhere knows nothing yet."""
    nas, gone = here.app.inventory.assets
    return here.app.inventory.model_copy(update={"assets": (nas.model_copy(update=changed), gone)})


async def _looked(here: Place, now_declared: Inventory) -> AssetStatus:
    """How the asset stands after a batch that the worker has looked at by the declaration of before."""
    mine, batch = await here.give("b1")
    result = await here.look(batch)
    here.app.inventory = now_declared
    assert await here.recorder().result(mine, result) is not None
    states = await here.app.ledger(lambda led: asset_states(led, here.app.inventory, here.app.now()))
    return next(one.status for one in states if one.asset == "nas")


async def test_a_host_that_has_moved_and_was_looked_at_where_it_was_does_not_look_well(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        here.disk.files = {}
        stands = await _looked(here, _declared(here, host="127.0.0.2"))
        assert not stands.judged
        assert await here.findings() == ()
        assert await here.app.ledger(lambda led: led.looks()) != {}, "its turn is over"


async def test_what_is_open_at_the_same_host_is_told_though_more_is_declared_now(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        stands = await _looked(here, _declared(here, paths=("/new/",)))
        assert stands is AssetStatus.OPEN
        assert len(await here.findings()) == 1


async def test_of_an_address_of_before_nothing_is_recorded(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        await _looked(here, _declared(here, host="127.0.0.2"))
        rows = await here.app.ledger(lambda led: led.rows("SELECT DISTINCT place FROM places WHERE asset = 'nas'"))
        assert all(row["place"].startswith("127.0.0.2") for row in rows)


@pytest.mark.parametrize("changed", [{"owner": "other"}, {"clear_looks": 9}, {"data": "static"}, {"pace": 0.5}])
def test_who_owns_it_and_what_a_finding_becomes_is_not_asked(changed: dict[str, object]) -> None:
    declared = inventory({"id": "nas", "host": "127.0.0.1", "ports": [80]})
    (nas,) = declared.assets
    assert asked(declared, nas.model_copy(update=changed)) == asked(declared, nas)


@pytest.mark.parametrize(
    "changed", [{"host": "b.test"}, {"ports": (81,)}, {"paths": ("/x/",)}, {"addresses": ("::1",)}]
)
def test_what_is_asked_is_in_it(changed: dict[str, object]) -> None:
    declared = inventory({"id": "nas", "host": "127.0.0.1", "ports": [80]})
    (nas,) = declared.assets
    assert asked(declared, nas.model_copy(update=changed)) != asked(declared, nas)


async def test_a_worker_that_says_nothing_of_it_counts_as_before(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, batch = await here.give("b1")
        result = replace(await here.look(batch), declared={})
        here.app.inventory = _declared(here, paths=("/new/",))
        assert await here.recorder().result(mine, result) is not None
        assert len(await here.findings()) == 1


async def test_what_was_seen_from_a_network_that_is_looked_from_no_more_opens_nothing(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        elsewhere = replace(mine, id="b2", network="sjunet")
        await here.app.ledger(lambda led: owed.owe(led, [elsewhere]))
        assert await here.recorder().result(elsewhere, replace(result, id="b2")) is not None
        assert await here.findings() == ()
        assert await here.recorder().result(mine, result) is not None
        assert len(await here.findings()) == 1
