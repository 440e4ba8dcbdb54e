"""How vantages stand, in `leftopen fleet state`, in health and as gauges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.api.monitoring import prometheus
from monitor.findings.reasons import Cause
from monitor.health.examine import examine
from monitor.inventory.model.inventory import Inventory
from monitor.proof.formats.note import LOG, SigningKey
from monitor.store.ledger import Ledger
from monitor.store.looks import owed
from monitor.store.looks.fleet_state import fleet_state
from monitor.store.looks.owed import Owed
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from tests.monitor.fleet.parts import inventory_of

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
VANTAGES = {"inside": "sjunet", "outside": "internet"}


def test_a_silent_vantage_is_seen(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a.db")
    keys = {id_: SigningKey.make(id_, LOG) for id_ in VANTAGES}
    declared = Inventory.model_validate(inventory_of([{"id": "a", "host": "192.0.2.1"}], VANTAGES, keys))

    def batch(id_: str, vantage: str, minute: int, blind: Cause | None = None) -> None:
        at = NOW - timedelta(minutes=minute)
        rounds.begin(ledger, id_, RoundKind.ROUND, at, vantage, "digest")
        rounds.end(ledger, id_, at + timedelta(seconds=30), blind)

    def faults() -> list[str]:
        return [one for one in examine(ledger, declared, NOW).faults if one.startswith("vantage ")]

    try:
        assert [one.split(":")[0] for one in faults()] == [f"vantage {one} has seen nothing ever" for one in VANTAGES]
        batch("1", "inside", 90)
        batch("2", "inside", 20)
        batch("3", "outside", 20)
        assert faults() == []
        batch("4", "inside", 10, Cause.VANTAGE_SILENT)
        assert [one.split(":")[0] for one in faults()] == ["vantage inside has seen nothing since 2026-11-29 11"]
        waits = Owed("5", "inside", "sjunet", ("a",), ("192.0.2.1",), "x", 1, False, NOW - timedelta(seconds=40), NOW)
        owed.owe(ledger, [waits])
        inside, outside = fleet_state(ledger, list(VANTAGES), NOW)
        assert (inside.owed, inside.oldest, inside.batches, inside.blind, inside.sees) == (1, 40.0, 2, 1, False)
        assert (outside.owed, outside.batches, outside.sees) == (0, 1, True)
        text = prometheus(examine(ledger, declared, NOW))
        for line in (
            'leftopen_vantage_sees{vantage="inside"} 0',
            'leftopen_vantage_sees{vantage="outside"} 1',
            'leftopen_vantage_owed{vantage="inside"} 1',
            'leftopen_vantage_oldest_seconds{vantage="inside"} 40',
            'leftopen_vantage_blind_in_an_hour{vantage="inside"} 1',
        ):
            assert line in text.splitlines()
        batch("6", "inside", 1)
        assert faults() == []
    finally:
        ledger.close()
