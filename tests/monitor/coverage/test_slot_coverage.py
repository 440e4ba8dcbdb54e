"""Coverage from the ledger's few rows, beside the verifier's own count over all records of the log."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.coverage.slot_coverage import STILL, Period, coverage
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.proof.leftopen_verify import Fold
from monitor.store.log import records, slots
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from tests.monitor.proof.logs import ASSETS, MINUTE, NOON, Log, grown

FAR = NOON + timedelta(days=60)


def declared() -> Inventory:
    return Inventory.model_validate(
        {
            "leftopen": 1,
            "organisation": {"id": "region", "name": "Region", "contact": "security@region.example"},
            "parties": [
                {"id": "region", "name": "Region", "role": "controller"},
                {"id": "vendor", "name": "Vendor", "role": "processor"},
            ],
            "contracts": [
                {
                    "id": "care",
                    "controller": "region",
                    "processor": "vendor",
                    "authorised_by": "case 1",
                    "authorised_until": "2099-12-31",
                }
            ],
            "defaults": {"interval": "5m"},
            "assets": [
                {"id": one, "owner": "vendor", "host": one, "contract": "care", "data": "recordings"} for one in ASSETS
            ],
        }
    )


def folded(log: Log) -> dict[str, Any]:
    fold = Fold()
    for body in records.bodies(log.ledger, 0, records.size(log.ledger)):
        fold.feed(json.loads(body))
    return fold.summary()


def of(log: Log) -> Period:
    return coverage(log.ledger, declared(), NOON - timedelta(days=1), FAR, log.at)


@pytest.mark.parametrize("records_", [40, 400])
def test_both_counts_agree(records_: int, tmp_path: Path) -> None:
    log = grown(tmp_path, records_, 40)
    theirs, ours = folded(log), of(log)
    assert ours.all.due == theirs["all"]["due"]
    assert dict(ours.all.outcomes) == theirs["all"]["outcomes"]
    assert ours.all.worst_gap // timedelta(seconds=1) == theirs["all"]["worst_gap"]
    assert ours.all.p95_gap // timedelta(seconds=1) == theirs["all"]["p95_gap"]
    assert len(ours.assets) == len(theirs["assets"])
    for (id_, one), (number, other) in zip(ours.assets.items(), sorted(theirs["assets"].items()), strict=True):
        assert id_ == ASSETS[int(number) - 1]
        assert (one.due, one.conclusive) == (other["due"], other["conclusive"])
        assert one.worst_gap // timedelta(seconds=1) == other["worst_gap"]
        assert one.p95_gap // timedelta(seconds=1) == other["p95_gap"]
    assert ours.classes["recordings"].due == ours.contracts["care"].due == ours.all.due


def test_an_asset_that_is_gone_and_one_with_another_rhythm_agree_too(tmp_path: Path) -> None:
    log = grown(tmp_path, 80, 40)
    log.declare(ASSETS[1:5])
    log.at += 20 * MINUTE
    log.declare(ASSETS[1:5] + ASSETS[6:])
    log.sign()
    theirs, ours = folded(log), of(log)
    assert ours.all.due == theirs["all"]["due"]
    assert ours.all.conclusive == theirs["all"]["conclusive"]
    assert len(ours.assets) == len(ASSETS)
    assert ours.contracts["care"].due == ours.all.due, "the inventory that is asked about declares all of them"


def test_a_period_counts_its_own_days(tmp_path: Path) -> None:
    log = grown(tmp_path, 400, 100)
    days = [
        coverage(
            log.ledger,
            declared(),
            NOON.replace(hour=0) + timedelta(days=n),
            NOON.replace(hour=0) + timedelta(days=n + 1),
            log.at,
        )
        for n in range(3)
    ]
    assert sum(one.all.due for one in days) == of(log).all.due


def test_what_nobody_looked_at_is_a_gap_and_an_outage(tmp_path: Path) -> None:
    log = grown(tmp_path, 40, 20)
    for minute in (0, 1):
        rounds.begin(log.ledger, f"r{minute}", RoundKind.ROUND, log.at + minute * MINUTE, "v", "i")
        rounds.end(log.ledger, f"r{minute}", log.at + minute * MINUTE, Cause.CONTROL_NOT_SEEN if minute else None)
    down = log.at
    log.at += timedelta(hours=5)
    with log.ledger.step():
        slots.close(log.ledger, log.at)
    period = of(log)
    assert [(one.start, one.blind) for one in period.outages] == [
        (down + MINUTE, Cause.CONTROL_NOT_SEEN),
        (down + MINUTE, None),
    ]
    assert period.all.worst_gap >= timedelta(hours=5)
    assert {gap.why for _, gap in period.gaps[:3]} == {STILL}
    assert period.all.outcomes["not-run"] > 8 * 50


def test_nothing_due_is_no_percentage(tmp_path: Path) -> None:
    log = grown(tmp_path, 0, 1)
    assert of(log).all.percent is None
