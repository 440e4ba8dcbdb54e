"""What a round leaves to Python's collector, which runs seldom: next to nothing."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench.places import Nature
from bench.rounds import SMALL, inventory, network
from monitor.inventory.load import loads
from monitor.service.application import Application
from monitor.store.thread import LedgerThread

OF_A_LOOK = {"HttpConversation", "Channel", "_Line", "_Talk", "Budget", "RequestLog", "SSLSession", "SSLSocket"}
OF_A_LOOK |= {"TimeoutError", "traceback"}


@pytest.mark.parametrize("silent", [False, True], ids=["all answer", "half are silent"])
@pytest.mark.parametrize("tls", [False, True], ids=["in clear", "in TLS"])
async def test_what_a_look_needed_is_gone_when_it_ends(tmp_path: Path, tls: bool, silent: bool) -> None:
    setting = replace(SMALL, places=10, tls=tls, mostly_closed=True, holes=0, connect=5, read=5, ask=10)
    wanted = {Nature.OPEN, Nature.SITE, Nature.FORBIDDEN}
    if silent:
        setting = replace(setting, places=4, holes=2, connect=0.5, read=0.5)
        wanted = {Nature.DEAF, Nature.MUTE}
    assert wanted <= {spot.nature for spot in setting.spots}
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        with network(setting) as port:
            async with Application(loads(inventory(setting, port), "bench.yaml"), ledger) as app:
                await app.round()
                gc.collect()
                gc.disable()
                gc.set_debug(gc.DEBUG_SAVEALL)
                await app.round()
                gc.collect()
                left = Counter(type(one).__name__ for one in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        ledger.close()
    assert {name: left[name] for name in OF_A_LOOK if left[name]} == {}
