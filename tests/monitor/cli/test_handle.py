"""What people do, by the commands that they type: the practice organisation, a real ledger, real mailboxes."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.alerts.delivery.process import OwnProcess
from monitor.alerts.queue.outbox import Outbox
from monitor.inventory.load import load, loads
from monitor.inventory.model.inventory import Inventory
from monitor.practice.organisation import Practice
from monitor.service.application import Application
from monitor.store.thread import LedgerThread
from tests.commands import ROOT, run_command
from tests.monitor.practice.ports import on_free_ports


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    """The practice inventory on ports of this test's own."""
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    text = on_free_ports(text)
    (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
    return loads(text)


def leftopen(tmp_path: Path, *words: str) -> tuple[int, str]:
    """Run the program as a person would; its exit code and all that it said."""
    ran = run_command(
        *words,
        "--database",
        str(tmp_path / "leftopen.db"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    return ran.returncode, ran.stdout + ran.stderr


async def rounds(
    tmp_path: Path, inventory: Inventory, assets: tuple[str, ...], shut: tuple[str, ...] = ()
) -> list[str]:
    """One round with the practice organisation up, and all that is owed delivered; the titles that came."""
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        async with Practice(inventory, lambda: datetime.now(UTC)) as practice:
            async with Application(inventory, ledger) as app:
                await app.round(assets)
            outbox = Outbox(
                ledger,
                inventory,
                lambda: datetime.now(UTC),
                OwnProcess(),
                environ={**os.environ, **practice.environment()},
            )
            await outbox.drain_once()
            return [letter.title for letter in practice.inbox.letters]
    finally:
        ledger.close()


def findings(tmp_path: Path) -> list[dict[str, str]]:
    _, text = leftopen(tmp_path, "findings", "--json", "--all")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_finding_is_taken_contained_accepted_dismissed_and_taken_back(tmp_path: Path, inventory: Inventory) -> None:
    told = asyncio.run(rounds(tmp_path, inventory, ("journal-backup",)))
    assert len(told) == 2
    (found,) = findings(tmp_path)
    id_ = found["id"]
    assert found["handling"] == "new"
    code, said = leftopen(tmp_path, "ack", id_, "--by", "Anna")
    assert (code, "Anna has it. If nothing is reported by" in said) == (0, True)
    assert "Bo has it now, in place of Anna" in leftopen(tmp_path, "ack", id_, "--by", "Bo")[1]
    code, said = leftopen(tmp_path, "ack", "journal-backup", "--by", "Anna")
    assert (code, f"'journal-backup' is an asset: its findings are {id_}" in said) == (2, True)
    code, said = leftopen(tmp_path, "contain", id_, "--by", "Anna", "--reason", "file moved")
    assert (code, "leftopen watch is not running" in said) == (0, True)
    code, said = leftopen(tmp_path, "ack", id_, "--by", "Bo")
    assert (code, "Anna has said that it is closed" in said) == (2, True), "an action never goes backwards"
    code, said = leftopen(tmp_path, "accept", id_, "--by", "Anna", "--party", "typists", "--days", "9", "--reason", "x")
    assert (code, "not of the asset's chain" in said) == (2, True)
    assert leftopen(tmp_path, "findings")[0] == 1
    assert leftopen(tmp_path, "dismiss", id_, "--by", "Anna", "--reason", "made-up data")[0] == 0
    assert leftopen(tmp_path, "dismiss", id_, "--by", "Anna", "--reason", "made-up data")[0] == 2
    assert leftopen(tmp_path, "dismiss", id_, "--by", "Eva", "--reason", "made-up data")[0] == 0
    assert findings(tmp_path)[0]["handling"] == "dismissed"
    code, said = leftopen(tmp_path, "findings")
    assert code == 3, "what people have judged to be none is not open, and the other assets were not judged"
    assert "NOT WHOLLY JUDGED" in said
    assert leftopen(tmp_path, "findings", "--asset", "journal-backup")[0] == 0
    taken_back = asyncio.run(rounds(tmp_path, inventory, ("journal-backup",)))
    assert len(taken_back) == 2
    assert all("RETRACTED" in title for title in taken_back)
    assert asyncio.run(rounds(tmp_path, inventory, ("journal-backup",))) == []
    assert leftopen(tmp_path, "reopen", id_, "--by", "Bo", "--reason", "it is real data")[0] == 0
    again = asyncio.run(rounds(tmp_path, inventory, ("journal-backup",)))
    assert len(again) == 2
    assert all("nobody handles it" in title and id_ in title for title in again)
    assert asyncio.run(rounds(tmp_path, inventory, ("journal-backup",))) == [], "told once, not at every round"
    code, shown = leftopen(tmp_path, "show", id_)
    assert code == 0
    assert [shown.count(name) > 0 for name in ("Anna", "Eva", "Bo", "made-up data")] == [True] * 4


def test_a_finding_of_an_asset_that_is_gone_can_be_accepted_by_two_parties(
    tmp_path: Path, inventory: Inventory
) -> None:
    asyncio.run(rounds(tmp_path, inventory, ("journal-backup",)))
    (found,) = findings(tmp_path)
    file = tmp_path / "inventory.yaml"
    before, _, after = file.read_text(encoding="utf-8").partition("  - id: journal-backup")
    file.write_text(before + "  - id:" + after.partition("  - id:")[2], encoding="utf-8")
    words = ("accept", found["id"], "--days", "9", "--reason", "the host was scrapped")
    assert leftopen(tmp_path, *words, "--by", "Anna", "--party", "careline")[0] == 0
    assert findings(tmp_path)[0]["handling"] == "new", (
        "whose data it was nobody knows any more: a controller must agree"
    )
    code, said = leftopen(tmp_path, *words, "--by", "Bo", "--party", "typists")
    assert (code, "controller must agree" in said) == (2, True)
    assert leftopen(tmp_path, *words, "--by", "Eva", "--party", "region")[0] == 0
    assert findings(tmp_path)[0]["handling"] == "accepted"
    assert leftopen(tmp_path, "findings")[0] == 3, "the assets that are declared now were never judged"


def test_wrong_ids_and_wrong_times_are_said_with_the_way_out(tmp_path: Path, inventory: Inventory) -> None:
    asyncio.run(rounds(tmp_path, inventory, ("website",)))
    code, said = leftopen(tmp_path, "ack", "LO-AAAAAAAAAB", "--by", "Anna")
    assert (code, "findings --all" in said) == (2, True)
    words = ("aware", "LO-AAAAAAAAAB", "--by", "Eva", "--party", "region", "--reason", "call", "--since")
    code, said = leftopen(tmp_path, *words, "2026-11-21T09:30")
    assert (code, "has no zone" in said) == (2, True)


def test_the_practice_inventory_is_the_one_that_is_shipped() -> None:
    assert {asset.id for asset in load(ROOT / "inventory.yaml").assets} >= {"journal-backup", "website"}
