"""The asset is the unit, not the round: a silent host delays nobody's next look, and a reload takes effect at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.rounds import vantage
from monitor.service.parts import looks
from monitor.service.parts.looks import GATHER, ROUNDS_AT_ONCE, Looks
from monitor.store.thread import LedgerThread
from tests.monitor.alerts.builders import inventory as chain
from tests.monitor.network.rounds import application, inventory
from tests.monitor.service.test_housekeeping import watched
from tests.monitor.service.unit import INVENTORY, closed_port
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

MUTE = "  - {{id: mute, host: 127.0.0.1, ports: [{port}], owner: region, data: static}}\n"
SLOW = INVENTORY.replace("{{connect: 1s, read: 1s, ask: 2s}}", "{{connect: 30s, read: 30s, ask: 60s}}")


async def mute(talk: Talk) -> None:
    await talk.hang()


async def looked_at(ledger: LedgerThread) -> dict[str, int]:
    sql = "SELECT asset, sum(d.looks) AS n FROM all_days d JOIN series s ON s.id = d.series GROUP BY asset"
    return {row["asset"]: row["n"] for row in await ledger(lambda led: led.rows(sql))}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.rounds import run

    monkeypatch.setattr(run, "CONTROL_EVERY", 0.5)
    monkeypatch.setattr(looks, "LOOK_UP", 0.5)


async def test_a_silent_host_delays_nobody_else(tmp_path: Path) -> None:
    async with listening(mute) as silent:
        text = SLOW.format(port=closed_port()) + MUTE.format(port=silent.port)
        async with watched(tmp_path, text) as ledger:
            for _ in range(600):
                await asyncio.sleep(0.1)
                counts = await looked_at(ledger)
                if counts.get("closed", 0) >= 6:
                    break
            assert counts.get("closed", 0) >= 6, "three looks, in clear text and in TLS"
            assert "mute" not in counts, "whose first look has not ended yet"


async def test_a_reload_does_not_wait_for_a_silent_host(tmp_path: Path) -> None:
    async with listening(mute) as silent:
        text = SLOW.format(port=closed_port()) + MUTE.format(port=silent.port)
        async with watched(tmp_path, text) as ledger:
            for _ in range(600):
                await asyncio.sleep(0.1)
                if "closed" in await looked_at(ledger):
                    break
            new = f"  - {{id: new, host: 127.0.0.1, ports: [{closed_port()}], owner: region, data: static}}\n"
            (tmp_path / "inventory.yaml").write_text(SLOW.format(port=closed_port()) + new)
            for _ in range(600):
                await asyncio.sleep(0.1)
                if "new" in await looked_at(ledger):
                    break
            assert "new" in await looked_at(ledger)
            # What is no longer declared is not asked any more.
            for _ in range(400):
                rows = await ledger(lambda led: led.rows("SELECT count(*) AS n FROM rounds WHERE ended IS NULL"))
                if rows[0]["n"] <= 1:
                    break
                await asyncio.sleep(0.1)
            assert rows[0]["n"] <= 1, "the round that waited for the silent host was broken off"
            assert "mute" not in await looked_at(ledger)


@pytest.mark.parametrize(
    ("changed", "broken_off"),
    [
        ({}, False),
        ({"channels": ()}, True),
        ({"parties": ()}, True),
        ({"contracts": ()}, True),
        ({"acknowledge": None}, False),
    ],
)
async def test_a_round_that_would_tell_by_the_inventory_of_before_is_broken_off(
    changed: dict[str, object], broken_off: bool
) -> None:
    declared = chain()
    one = Looks.__new__(Looks)
    task = asyncio.ensure_future(asyncio.sleep(60))
    one._rounds = {task: {"voice-nas"}}  # type: ignore[dict-item]
    one.reloaded(declared, declared.model_copy(update=changed))
    await asyncio.wait({task}, timeout=0.05)
    assert task.cancelled() is broken_off
    task.cancel()


async def test_what_comes_due_is_gathered_for_the_longer_the_more_rounds_are_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One more asset is due at each step, and no round ends."""
    monkeypatch.setattr(looks, "LOOK_UP", 5.0)
    now, begun = datetime.now(UTC), list[set[str]]()

    async def due() -> tuple[tuple[str, ...], datetime]:
        return tuple(f"asset-{n}" for n in range(len(begun) + 1)), now + timedelta(milliseconds=10)

    async def never(assets: Any, *_: Any, **__: Any) -> None:
        begun.append(set(assets))
        await asyncio.Event().wait()

    app: Any = SimpleNamespace(inventory=SimpleNamespace(looks_itself=True), due=due, now=lambda: now, round=never)
    outbox: Any = SimpleNamespace(look=lambda _: None, wake=lambda: None)
    starts = Looks(app, outbox, lambda _: None, None, lambda: None)
    waits = []
    for _ in range(ROUNDS_AT_ONCE):
        waits.append(await starts.step())
        await asyncio.sleep(0)
    assert waits[0] <= GATHER / 4
    assert waits == sorted(waits)
    assert waits[-1] == GATHER
    assert len(begun) == ROUNDS_AT_ONCE
    assert all(len(assets) == 1 for assets in begun), "each began what was due then"
    await starts.close()


async def test_rounds_side_by_side_have_no_more_looks_open_than_one_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three rounds over four hosts each, and two looks at a time: whoever is looked at holds memory."""
    monkeypatch.setattr(vantage, "LOOKS_AT_ONCE", 2)
    looked_at, most = Counter[str](), 0

    async def slow(talk: Talk) -> None:
        nonlocal most
        while (hit := await talk.hear()) is not None:
            looked_at[host := hit.header("host") or ""] += 1
            most = max(most, len(+looked_at))
            await asyncio.sleep(0.02)
            looked_at[host] -= 1
            await talk.say(Disk({}).answer(hit))

    async with listening(slow) as server:
        hosts = [
            {"id": f"h{n}", "host": f"h{n}.test", "addresses": ["127.0.0.1"], "ports": [server.port]} for n in range(12)
        ]
        async with application(inventory(*hosts), tmp_path / "a.db") as app:
            ids = [str(one["id"]) for one in hosts]
            done = await asyncio.gather(*(app.round(ids[n::3]) for n in range(3)))
    assert [one.blind for one in done] == [None] * 3
    assert sum(one.recorded.seen.clear.total() for one in done) >= 12
    assert most == 2
