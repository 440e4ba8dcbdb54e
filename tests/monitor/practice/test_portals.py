"""The four incidents of the practice organisation: found as they are, and closed once somebody mends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.findings.finding import State
from monitor.practice.organisation import Practice
from monitor.practice.portals import EVERY, FIRST, SECRETS
from monitor.service.application import Application
from monitor.store.thread import LedgerThread
from tests.monitor.practice.ports import practice_inventory

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
    declared = declared.model_copy(update={"assets": tuple(one for one in declared.assets if one.id in FOUR)})
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
            assert await look(app, 3) == dict.fromkeys(FOUND, State.EXPOSED)
            for name in FOUR:
                practice.shut(name)
            assert await look(app, 12) == dict.fromkeys(FOUND, State.CLEARED)
            for name in FOUR:
                practice.open_again(name)
            again = await look(app, 3)
            # A service that asked for a login in between has lost it now, which is graver.
            assert again.pop(("e-services", "login-lost")) is State.EXPOSED
            assert again.pop(("e-services", "sensitive-service-open")) is State.CLEARED
            assert set(again.values()) == {State.EXPOSED}
    finally:
        ledger.close()
    kept = bytes_in(tmp_path)
    for name, secret in SECRETS.items():
        assert secret.encode() not in kept, name


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
