"""What was seen from one network says nothing of another: on file, over days, in slots, and after a migration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.api.finding import finding_json
from monitor.coverage.slot_coverage import of_assets
from monitor.findings.observation import Observation
from monitor.proof.log.database import compare
from monitor.store import queries
from monitor.store.encryption import key_file, make_key
from monitor.store.ledger import Ledger
from monitor.store.log import slots
from monitor.store.log.declaration import declare
from monitor.store.log.slots import Scope, ScopeAsset
from monitor.store.looks.days import place_days
from monitor.store.tables import networks, places, rounds
from monitor.web.read import coverage
from probes.api import Clear, Place, Verdict
from probes.reasons import ClosedReason
from tests.monitor.findings.builders import NOON
from tests.monitor.store.builders import looked

BEFORE = Path(__file__).with_name("ledger-before-networks.sql")
MINUTE = timedelta(minutes=1)
ENDPOINT = str(looked().target)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "leftopen.db")
    rounds.begin(made, "r1", rounds.RoundKind.ROUND, NOON, "v", "i")
    with made.step():
        assert networks.filed(made, "internet", NOON) == ""
        assert networks.filed(made, "sjunet", NOON) == "sjunet"
    yield made
    made.close()


def seen(network: str, minute: int, *verdicts: Verdict) -> Observation:
    at = NOON + minute * MINUTE
    usual = looked()
    return replace(usual, started=at, ended=at, network=network, verdicts=verdicts or usual.verdicts)


def closed() -> Clear:
    return Clear(Place("nas.test", 443, "/"), "listing", ClosedReason.NOT_FOUND)


def put(ledger: Ledger, *some: Observation) -> None:
    with ledger.step():
        for one in some:
            ledger.record("r1", one)


def test_one_network_does_not_overwrite_another(ledger: Ledger) -> None:
    put(ledger, seen("", 0), seen("sjunet", 1, closed()), seen("", 2), seen("sjunet", 3, closed()))
    found = {row["network"]: row["verdict"] for row in ledger.rows("SELECT * FROM places")}
    assert found == {"": "exposed", "sjunet": "clear"}
    days = {one.network: (one.exposed, one.clear) for one in place_days(ledger, NOON.date(), NOON.date())}
    assert days == {"": (2, 0), "sjunet": (0, 2)}
    assert places.last_good(ledger, "nas", ENDPOINT) == {}
    assert places.last_good(ledger, "nas", ENDPOINT, "sjunet") == {("listing", "nas.test/"): NOON + 3 * MINUTE}
    shown = coverage.places(ledger, ["nas"], NOON)
    assert [(one["network"], one["verdict"]) for one in shown] == [("internet", "exposed"), ("sjunet", "clear")]
    assert not compare(ledger).differences


def test_a_network_that_leads_elsewhere_forgets_its_own_places_alone(ledger: Ledger) -> None:
    put(ledger, seen("", 0), seen("sjunet", 1, closed()))
    with ledger.step():
        for _ in range(3):
            places.not_led(ledger, "nas", (), "bucket-config", 3, "sjunet")
    assert [row["network"] for row in ledger.rows("SELECT * FROM places")] == [""]


def test_looks_are_due_by_network(ledger: Ledger) -> None:
    rounds.looked(ledger, {"nas": "clear"}, NOON, NOON, "sjunet")
    assert (ledger.looks(), ledger.looks("sjunet")) == ({}, {"nas": NOON})


@pytest.mark.parametrize(
    ("inside", "outside", "outcome"),
    [
        ("clear", "clear", {"clear": 1}),
        ("clear", "exposed", {"exposed": 1}),
        ("inconclusive:timed-out", "clear", {"inconclusive:timed-out": 1}),
        ("clear", None, {"inconclusive:vantage-silent": 1}),
        (None, "clear", {"inconclusive:vantage-silent": 1}),
    ],
)
def test_a_slot_is_clear_only_where_every_network_saw_it(
    ledger: Ledger, inside: str | None, outside: str | None, outcome: dict[str, int]
) -> None:
    asset = ScopeAsset("nas", "recordings", 10 * MINUTE, 0 * MINUTE, "", "nas.test", "vendor", ("internet", "sjunet"))
    declare(ledger, Scope("i", {}, (asset,)), NOON)
    for network, seen_as in (("sjunet", inside), ("", outside)):
        if seen_as is not None:
            rounds.looked(ledger, {"nas": seen_as}, NOON + 11 * MINUTE, NOON + 11 * MINUTE, network)
    end = NOON + 31 * MINUTE
    with ledger.step():
        slots.close(ledger, end)
    assert dict(of_assets(ledger, ["nas"], NOON, NOON + 20 * MINUTE, end)["nas"].outcomes) == outcome


def test_where_there_is_one_network_nothing_says_so(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "leftopen.db")
    rounds.begin(ledger, "r1", rounds.RoundKind.ROUND, NOON, "v", "i")
    put(ledger, seen("", 0))
    (shown,) = coverage.places(ledger, ["nas"], NOON)
    assert "network" not in shown
    assert "network" not in coverage.last_verdicts(ledger, 5)[0]
    assert networks.named(ledger) == {}
    ledger.close()


def test_a_ledger_of_before_shows_the_same(tmp_path: Path) -> None:
    path = tmp_path / "leftopen.db"
    make_key(key_file(path))
    with sqlite3.connect(path) as connection:
        connection.executescript(BEFORE.read_text("utf-8"))
        was = connection.execute("SELECT * FROM places ORDER BY place").fetchall()
        columns = [column[1] for column in connection.execute("PRAGMA table_info(places)")]
        looks = connection.execute("SELECT sum(looks) FROM all_days").fetchone()[0]
    connection.close()
    ledger = Ledger(path)
    rows = ledger.rows("SELECT * FROM places ORDER BY place")
    assert [tuple(row[column] for column in columns) for row in rows] == was
    assert {row["network"] for row in rows} == {""}
    assert ledger.rows("SELECT sum(looks) AS n FROM all_days")[0]["n"] == looks > 40
    assert not ledger.rows("PRAGMA foreign_key_check")
    assert set(ledger.looks()) == {"nas"}
    findings = ledger.findings()
    assert {str(one.place) for one in findings} == {"nas.test/", "nas.test/calls/"}
    assert all(len(queries.changes(ledger, one.id)) == 1 for one in findings)
    assert "network" not in finding_json(findings[0], NOON)
    assert not compare(ledger).differences
    # What is seen now goes on where it stopped, under the same series.
    series = ledger.rows("SELECT count(*) AS n FROM series")[0]["n"]
    put(ledger, seen("", 60 * 50))
    assert ledger.rows("SELECT count(*) AS n FROM series")[0]["n"] == series
    ledger.close()
