"""The four incidents of the practice organisation: found as they are, and closed once somebody mends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.findings.finding import State
from monitor.practice.organisation import Practice
from monitor.practice.portals import EVERY, FIRST, SECRETS
from monitor.service.application import Application
from monitor.store.thread import LedgerThread
from tests.monitor.practice.ports import practice_inventory

pytestmark = pytest.mark.slow
FOUR = ("e-services", "benefits", "casework", "letters")
FOUND = {
    ("e-services", "sensitive-service-open"),
    ("e-services", "interface-open"),
    ("benefits", "role-leak"),
    ("casework", "log-untrue"),
    ("letters", "misdirected"),
}


async def test_b_c_d_and_e_are_found_and_closed_when_they_are_mended(tmp_path: Path) -> None:
    declared = practice_inventory()
    fast = {"interval": timedelta(seconds=1), "pace": 2000.0}
    four = tuple(one.model_copy(update=fast) for one in declared.assets if one.id in FOUR)
    declared = declared.model_copy(update={"assets": four})
    at = [FIRST + 1000 * EVERY + timedelta(seconds=40)]
    ledger = LedgerThread(tmp_path / "a.db")

    async def look(app: Application, times: int) -> dict[tuple[str, str], State]:
        for _ in range(times):
            at[0] += timedelta(seconds=40)
            await app.round()
        found = await ledger(lambda one: one.findings())
        return {(one.asset, one.why.value): one.state for one in found}

    try:
        async with (
            Practice(declared, lambda: at[0]) as practice,
            Application(declared, ledger, lambda: at[0], practice.environment()) as app,
        ):
            assert await look(app, 2) == dict.fromkeys(FOUND, State.EXPOSED)
            for name in FOUR:
                practice.shut(name)
            assert await look(app, 6) == dict.fromkeys(FOUND, State.CLEARED)
    finally:
        ledger.close()
    kept = bytes_in(tmp_path)
    for name, secret in SECRETS.items():
        assert secret.encode() not in kept, name


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
