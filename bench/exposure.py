"""The workload `exposure`: what looks at one known open folder cost, whose page of a megabyte does not change.

And what a round over one closed host costs, alone and beside others: they share their controls.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from bench.pages import nginx
from bench.places import Nature, spots
from bench.rounds import Setting, inventory, network
from monitor.inventory.load import loads
from monitor.service.application import Application
from monitor.store.thread import LedgerThread


async def _spent(setting: Setting, port: int, folder: Path, asset: str, rounds: int) -> list[float]:
    """Processor seconds of each of so many rounds over one asset, with the controls around it."""
    ledger, spent = LedgerThread(folder / f"{asset}.db"), []
    try:
        async with Application(loads(inventory(setting, port), "bench.yaml"), ledger) as app:
            for _ in range(rounds):
                begun = time.process_time()
                done = await app.round([asset])
                spent.append(time.process_time() - begun)
                assert done.blind is None
                wrong = [line for line in done.lines if line.extent is not None and line.extent.files != setting.rows]
                assert not wrong, wrong[0]
    finally:
        ledger.close()
    return spent


SIDE_BY_SIDE = 8
"""Rounds that go on at once, each over one closed host: as many as `watch` has at the most."""


async def _beside(setting: Setting, port: int, folder: Path, times: int) -> float:
    """Processor seconds of a round over a closed host while seven others go on; the median, without the first."""
    ledger, spent = LedgerThread(folder / "beside.db"), []
    closed = [f"a{n:05d}" for n in range(1, SIDE_BY_SIDE + 1)]
    try:
        async with Application(loads(inventory(setting, port), "bench.yaml"), ledger) as app:
            for _ in range(times):
                begun = time.process_time()
                done = await asyncio.gather(*(app.round([asset]) for asset in closed))
                spent.append((time.process_time() - begun) / SIDE_BY_SIDE)
                assert all(one.blind is None for one in done)
    finally:
        ledger.close()
    return sorted(spent[1:])[len(spent) // 2 - 1]


def measure(rows: int, rounds: int) -> list[Figure]:
    """Rounds over an open place and over a closed one: what is between them is the page."""
    setting = Setting(places=2, rows=rows, pace=1000.0)
    assert [spot.nature for spot in spots(2)] == [Nature.OPEN, Nature.SITE]
    size = len(nginx("/", rows)) / 1e6
    with network(setting) as port, tempfile.TemporaryDirectory() as name:
        opened, closed = (
            asyncio.run(_spent(setting, port, Path(name), asset, rounds)) for asset in ("a00000", "a00001")
        )
    quiet = sorted(closed[1:])[len(closed) // 2]
    later = sorted(opened[1:])[len(opened) // 2 - 1]
    several = Setting(places=SIDE_BY_SIDE + 1, rows=1, pace=1000.0)
    with network(several) as port, tempfile.TemporaryDirectory() as name:
        beside = asyncio.run(_beside(several, port, Path(name), rounds))
    of = f"a page of {size:.1f} MB, {rows:,} rows; a round with its controls, less one over a closed host"
    return [
        Figure("exposure", "CPU of the first look", "ms", (opened[0] - closed[0]) * 1e3, None, f"{of}; n = 1"),
        Figure("exposure", "CPU of a further look", "ms", (later - quiet) * 1e3, None, f"the median; n = {rounds - 1}"),
        Figure("exposure", "CPU of a round over a closed host", "ms", quiet * 1e3, None, f"n = {rounds - 1}"),
        Figure("exposure", f"the same, {SIDE_BY_SIDE} rounds at once", "ms", beside * 1e3, None, f"n = {rounds - 1}"),
    ]
