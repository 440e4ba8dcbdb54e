"""The figures of days: counted with each look, whole after looks are deleted, and made for the looks of old ledgers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.findings.observation import Observation
from monitor.store.encryption import key_file, make_key
from monitor.store.ledger import Ledger
from monitor.store.looks.days import AssetDay, PlaceDay, asset_days, longest_gap, place_days, series_days
from monitor.store.looks.slots import longest_between, numbers, pack, unpack
from monitor.store.retention import forget
from monitor.store.rows import packed, record, verdict_row
from monitor.store.tables import rounds
from probes.api import Clear, Place, Unknown, Verdict
from probes.reasons import ClosedReason, NoAnswerReason
from tests.monitor.findings.builders import opened
from tests.monitor.store.builders import looked

DAY = date(2026, 3, 1)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
ROOT, CALLS = Place("nas.test", 443, "/"), Place("nas.test", 443, "/calls/")
CLOSED, OPEN = Clear(ROOT, "listing", ClosedReason.NOT_FOUND), opened(place=ROOT)
SILENT = Unknown(ROOT, "listing", NoAnswerReason.TIMED_OUT)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "leftopen.db")
    rounds.begin(made, "r1", rounds.RoundKind.ROUND, MIDNIGHT, "v", "i")
    yield made
    made.close()


def look(at: datetime, *verdicts: Verdict) -> Observation:
    return replace(looked(), started=at - timedelta(seconds=1), ended=at, verdicts=verdicts)


def put(ledger: Ledger, *seen: tuple[float, Verdict]) -> None:
    """Looks, each with its minute after midnight."""
    with ledger.step():
        for minute, verdict in seen:
            ledger.record("r1", look(MIDNIGHT + timedelta(minutes=minute), verdict))


def days(ledger: Ledger) -> list[PlaceDay]:
    """By place; by asset they come to the same."""
    found = list(place_days(ledger, DAY, DAY + timedelta(days=3)))
    summed: dict[tuple[str, date], AssetDay] = {}
    for one in found:
        day = summed.setdefault((one.asset, one.day), AssetDay({"exposed": 0, "clear": 0, "unknown": 0}))
        for word in day.looks:
            day.looks[word] += getattr(one, word)
        day.gap = max(day.gap, int(one.gap.total_seconds()))
    assert asset_days(ledger, DAY, DAY + timedelta(days=3), {one.asset for one in found}) == summed
    return found


def test_a_day_of_one_place(ledger: Ledger) -> None:
    put(ledger, (2, CLOSED), (7, CLOSED), (19, CLOSED), (23, CLOSED))
    (one,) = days(ledger)
    assert (one.asset, one.kind, one.place, one.day) == ("nas", "listing", str(ROOT), DAY)
    assert (one.looks, one.conclusive, one.clear, one.exposed, one.unknown) == (4, 4, 4, 0, 0)
    assert (one.first, one.last) == (MIDNIGHT + timedelta(minutes=2), MIDNIGHT + timedelta(minutes=23))
    assert one.gap == timedelta(minutes=12)
    assert list(numbers(one.seen_slots)) == [0, 1, 3, 4]
    assert one.open_slots == 0


def test_what_was_not_seen_is_a_gap_between_what_was(ledger: Ledger) -> None:
    put(ledger, (0, CLOSED), (5, CLOSED), (10, SILENT), (15, SILENT), (20, OPEN), (25, CLOSED))
    (one,) = days(ledger)
    assert (one.looks, one.conclusive, one.clear, one.exposed, one.unknown) == (6, 4, 3, 1, 2)
    assert one.gap == timedelta(minutes=15)
    assert list(numbers(one.looked_slots)) == [0, 1, 2, 3, 4, 5]
    assert list(numbers(one.seen_slots)) == [0, 1, 4, 5]
    assert list(numbers(one.open_slots)) == [4]
    assert one.last == MIDNIGHT + timedelta(minutes=25)


def test_a_day_without_a_verdict_has_looks_and_no_conclusive_one(ledger: Ledger) -> None:
    put(ledger, (0, SILENT), (5, SILENT))
    (one,) = days(ledger)
    assert (one.looks, one.conclusive, one.first, one.last, one.gap) == (2, 0, None, None, timedelta(0))


def test_each_day_and_each_place_has_its_own(ledger: Ledger) -> None:
    both = (replace(CLOSED, place=CALLS), SILENT)
    with ledger.step():
        for minute in (5, 1439, 1441, 2000, 4300):
            ledger.record("r1", look(MIDNIGHT + timedelta(minutes=minute), *both))
    found = days(ledger)
    assert [(one.day.day, one.place, one.looks, one.clear) for one in found] == [
        (1, str(ROOT), 2, 0),
        (1, str(CALLS), 2, 2),
        (2, str(ROOT), 2, 0),
        (2, str(CALLS), 2, 2),
        (3, str(ROOT), 1, 0),
        (3, str(CALLS), 1, 1),
    ]
    assert list(place_days(ledger, DAY, DAY, ["nas"])) == found[:2]
    assert list(place_days(ledger, DAY, DAY, ["other"])) == []


def test_how_long_a_place_was_not_seen_in_a_period(ledger: Ledger) -> None:
    put(ledger, (60, CLOSED), (70, CLOSED), (1500, CLOSED), (1600, SILENT))
    end = MIDNIGHT + timedelta(days=2)
    assert longest_gap(days(ledger), MIDNIGHT, end) == timedelta(minutes=1430)
    assert longest_gap(days(ledger), MIDNIGHT, MIDNIGHT + timedelta(minutes=75)) == timedelta(minutes=60)
    assert longest_gap([], MIDNIGHT, end) == timedelta(days=2)
    assert longest_gap(days(ledger), MIDNIGHT, MIDNIGHT + timedelta(days=5)) == timedelta(minutes=5 * 1440 - 1500)


def test_what_a_look_costs_the_host_is_counted_by_day(ledger: Ledger) -> None:
    put(ledger, (0, CLOSED), (5, CLOSED), (10, OPEN))
    assert [(one.looks, one.requests, one.bytes) for one in series_days(ledger, DAY, DAY)] == [
        (2, 2, 1800),
        (1, 1, 900),
    ]


def test_a_look_that_is_rolled_back_is_in_no_day(ledger: Ledger) -> None:
    def fails() -> None:
        with ledger.step():
            ledger.record("r1", look(MIDNIGHT, CLOSED))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert days(ledger) == []


def test_days_outlive_the_looks(ledger: Ledger) -> None:
    put(ledger, (0, CLOSED), (5, OPEN), (1500, CLOSED), (1505, SILENT))
    before = days(ledger)
    assert forget(ledger, MIDNIGHT + timedelta(days=9)).deleted == 3  # the last is what is seen now
    assert days(ledger) == before
    assert ledger.rows("PRAGMA foreign_key_check") == []


@given(st.integers(0, 2**288 - 1))
def test_slots_are_stored_as_they_are(slots: int) -> None:
    assert unpack(pack(slots)) == slots
    assert sum(1 << number for number in numbers(slots)) == slots
    assert len(pack(slots)) <= 37


def test_one_look_takes_two_bytes() -> None:
    assert len(pack(1 << 287)) == 2
    assert pack(0) == b""
    assert longest_between(0b100011) == timedelta(minutes=20)


OLD = """
INSERT INTO rounds (id, started, vantage, inventory) VALUES ('r1', '2026-03-01T00:00:00.000Z', 'v', 'i');
INSERT INTO records VALUES ('{asked}', x'00'), ('{closed}', {body}), ('{open}', {other});
INSERT INTO findings VALUES ('LO-1', 'fp', 't', 'nas', 'exposed', 'high', '2026-03-01T00:00:00.000Z',
  '2026-03-01T00:00:00.000Z', 1, '{{"severity_reasons": [], "proof": []}}');
INSERT INTO observations
  (id, round, asset, probe, location, started, ended, asks, wire, exposed, clear, unknown, asked, sights, timings)
VALUES
  (1, 'r1', 'nas', 'p', 'e', '2026-03-01T00:00:00.000Z', '2026-03-01T00:01:00.000Z', 3, 9, 0, 1, 0,
   '{asked}', '{closed}', x'01'),
  (2, 'r1', 'nas', 'p', 'e', '2026-03-01T00:10:00.000Z', '2026-03-01T00:11:00.000Z', 3, 9, 0, 1, 0,
   '{asked}', '{closed}', x'01'),
  (3, 'r1', 'nas', 'p', 'e', '2026-03-01T00:20:00.000Z', '2026-03-01T00:21:00.000Z', 3, 9, 1, 0, 0,
   '{asked}', '{open}', x'01');
INSERT INTO evidence VALUES (1, 'LO-1', 1, 3, '2026-03-01T00:21:00.000Z', '{{}}');
"""


def test_looks_of_an_old_ledger_stay_and_have_their_days(tmp_path: Path) -> None:
    path = tmp_path / "leftopen.db"
    make_key(key_file(path))
    texts = [record([verdict_row(one)]) for one in (CLOSED, OPEN)]
    (closed, body), (open_, other) = ((sha256(text).digest(), packed(text)) for text in texts)
    filled = OLD.format(
        asked="ab" * 32, closed=closed.hex(), open=open_.hex(), body=f"x'{body.hex()}'", other=f"x'{other.hex()}'"
    )
    with sqlite3.connect(path) as connection:
        connection.executescript(Path(__file__).with_name("ledger-0.1.0.sql").read_text("utf-8"))
        connection.executescript(filled)
    connection.close()
    ledger = Ledger(path)
    try:
        (one,) = days(ledger)
        assert (one.looks, one.clear, one.exposed, one.gap) == (3, 2, 1, timedelta(minutes=10))
        assert one.last == MIDNIGHT + timedelta(minutes=21)
        assert [tuple(row) for row in ledger.rows("SELECT id, series, asks, timings FROM observations")] == [
            (number, 1, 3, b"\x01") for number in (1, 2, 3)
        ]
        assert ledger.rows("PRAGMA foreign_key_check") == []
        assert ledger.rows("PRAGMA foreign_keys")[0][0] == 1
        put(ledger, (30, CLOSED))
        assert [one.looks for one in days(ledger)] == [3, 1], "another endpoint has days of its own"
    finally:
        ledger.close()
