"""A contract or an exception that ends is announced once a stage, to those whom it concerns and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.endings import tell_endings
from monitor.coverage.endings import exceptions
from monitor.findings.finding import Step
from monitor.findings.handling import Action, ActionKind
from monitor.health.examine import examine
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, rounds
from monitor.store.tables.rounds import RoundKind
from tests.monitor.alerts.builders import NOON, change, finding, inventory

LAST = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "leftopen.db")
    yield made
    made.close()


def ending(until: str = "2026-12-31", **asset: object) -> Inventory:
    """The contract `care` ends on a day; the others stay."""
    declared = inventory(**asset)
    contracts = tuple(
        one.model_copy(update={"authorised_until": datetime.fromisoformat(until).date()}) if one.id == "care" else one
        for one in declared.contracts
    )
    return declared.model_copy(update={"contracts": contracts})


def told(ledger: Ledger) -> list[tuple[str, str, str]]:
    """Each stage with the channel that is owed it, and how grave it is."""
    rows = ledger.rows("SELECT key, channel, severity FROM dues WHERE step = 'ends' ORDER BY id")
    return [(row["key"].rsplit("/", 2)[1], row["channel"], row["severity"]) for row in rows]


def test_each_stage_is_told_once_to_operators_and_both_sides_of_the_contract(ledger: Ledger) -> None:
    declared = ending()
    for days in (31, 30, 29, 14, 13, 3, 2, 0, -1, -2):
        for hour in (0, 6):
            tell_endings(ledger, declared, LAST - timedelta(days=days, hours=hour - 6))
    stages = [stage for stage, channel, _ in told(ledger) if channel == "ours"]
    assert stages == ["30", "14", "3", "0", "-1"]
    assert {channel for _, channel, _ in told(ledger)} == {"ours", "region-mail", "shared"}, "care: region and medhelp"
    assert {(stage, severity) for stage, _, severity in told(ledger)} == {
        ("30", "medium"),
        ("14", "medium"),
        ("3", "high"),
        ("0", "high"),
        ("-1", "high"),
    }


def test_a_contract_that_is_renewed_is_announced_by_its_new_day(ledger: Ledger) -> None:
    tell_endings(ledger, ending(), LAST)
    tell_endings(ledger, ending("2027-12-31"), LAST)
    assert {stage for stage, _, _ in told(ledger)} == {"0"}
    tell_endings(ledger, ending("2027-12-31"), LAST + timedelta(days=365))
    assert len([1 for stage, channel, _ in told(ledger) if (stage, channel) == ("0", "ours")]) == 2


def test_an_exception_is_told_to_its_owner(ledger: Ledger) -> None:
    public = [{"path": "/pub/", "reason": "open data", "until": "2026-12-31"}]
    declared = inventory(public=public)
    tell_endings(ledger, declared, LAST - timedelta(days=3))
    assert sorted(channel for _, channel, _ in told(ledger)) == ["ours", "shared", "voice-oncall"]
    (one,) = exceptions(ledger, declared)
    assert (one.name, one.reason, one.findings) == ("voice-nas /pub/", "open data", ())


def test_an_accepted_risk_is_an_exception_with_an_end(ledger: Ledger) -> None:
    found = finding()
    accepted = Action(
        ActionKind.ACCEPTED, NOON, "Anna, Eva", party="region", reason="moved", until=NOON + timedelta(days=40)
    )
    rounds.begin(ledger, "r1", RoundKind.ROUND, NOON, "v", "i")
    with ledger.step():
        ledger.save(found, change(Step.OPENED), "r1", NOON)
        actions.append(ledger, found.id, accepted)
    declared = inventory()
    (one,) = exceptions(ledger, declared)
    assert (one.name, one.decided_by, one.until.isoformat()) == (found.id, "Anna, Eva", "2026-11-10")
    for days in (0, 9, 10, 26, 37, 40, 41):
        tell_endings(ledger, declared, NOON + timedelta(days=days))
    stages = [stage for stage, channel, _ in told(ledger) if channel == "ours"]
    assert stages == ["30", "14", "3", "0"], "when it has ended the finding itself is told again"
    health = examine(ledger, declared, NOON + timedelta(days=30))
    assert health.numbers["exceptions"] == 1
    assert any(note.startswith(f"accepted risk {found.id} ends in 10 days") for note in health.notes)


def test_health_says_what_ends_before_it_has_ended(ledger: Ledger) -> None:
    health = examine(ledger, ending(), LAST - timedelta(days=14))
    assert "contract care ends in 14 days (2026-12-31): 1 asset then no longer checked" in health.notes
    assert health.numbers["ending_soon"] == 1
