"""Declarations in parts: whoever stops in between has declared nothing, and a reader of the log agrees throughout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.proof.leftopen_verify import Fold
from monitor.store.ledger import Ledger
from monitor.store.log import declaration, slots
from monitor.store.log.declaration import declare, declaring, holds
from monitor.store.log.records import bodies, size
from monitor.store.log.slots import Scope, ScopeAsset
from monitor.store.tables import rounds

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declaration, "PART", 2)
    monkeypatch.setattr(slots, "CLOSED_TOGETHER", 2)
    monkeypatch.setattr(slots, "SETTLED_TOGETHER", 1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "leftopen.db")
    yield one
    one.close()


def scope(inventory: str, rhythms: dict[str, int]) -> Scope:
    return Scope(
        inventory,
        {"tool": "0.1.0"},
        tuple(
            ScopeAsset(one, "recordings", every * MINUTE, 3 * MINUTE, "care", f"{one}.test:443", "vendor")
            for one, every in rhythms.items()
        ),
    )


def records(ledger: Ledger) -> list[dict[str, object]]:
    return [json.loads(body) for body in bodies(ledger, 0, size(ledger))]


def plan(ledger: Ledger) -> dict[str, int]:
    rows = ledger.rows(
        """SELECT n.id, s.every FROM log_slots s JOIN log_numbers n ON n.kind = 'asset' AND n.number = s.asset
           ORDER BY n.id"""
    )
    return {row["id"]: row["every"] // 60_000_000 for row in rows}


def test_a_large_scope_is_declared_in_parts_between_which_others_write(ledger: Ledger) -> None:
    wanted, other, pauses = scope("i1", dict.fromkeys("abcde", 10)), Ledger(ledger.path), 0
    for _ in declaring(ledger, wanted, NOON):
        with other.step():
            other.execute("INSERT INTO looks (asset, at) VALUES (?, '')", str(pauses))
        pauses += 1
        assert plan(ledger) == {} or holds(ledger, wanted)
    other.close()
    parts = [one["scope"][0][0] for one in records(ledger) if "scope" in one]  # type: ignore[index]
    assert [(one.get("part", 0), len(one["assets"]), "more" in one) for one in parts] == [
        (0, 2, True), (1, 2, True), (2, 1, False),
    ]  # fmt: skip
    assert [("tool" in one) for one in parts] == [False, False, True]
    assert plan(ledger) == dict.fromkeys("abcde", 10)
    assert pauses >= 7


def test_where_another_process_begins_to_declare_the_first_one_ends(ledger: Ledger) -> None:
    mine, theirs = scope("i1", dict.fromkeys("abcdef", 10)), scope("i2", {"a": 10, "b": 10, "z": 5})
    under_way = declaring(ledger, mine, NOON)
    for _ in range(2):
        next(under_way)
    other = Ledger(ledger.path)
    declare(other, theirs, NOON + MINUTE)
    other.close()
    assert list(under_way) == []
    assert not holds(ledger, mine)
    assert plan(ledger) == {"a": 10, "b": 10, "z": 5}
    fold = Fold()
    for record in records(ledger):
        fold.feed(record)


def test_a_scope_that_lacks_a_part_is_none(ledger: Ledger) -> None:
    declare(ledger, scope("i1", dict.fromkeys("abcdef", 10)), NOON)
    said = [one for one in records(ledger) if "scope" in one]
    fold = Fold()
    fold.feed(said[0])
    with pytest.raises(LookupError):
        fold.feed(said[2])


RHYTHMS = st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from([5, 10, 20]), max_size=7)
EVENTS = st.lists(
    st.tuples(st.integers(0, 40), st.one_of(RHYTHMS, st.sampled_from("abcdefg"), st.none()), st.integers(0, 30)),
    max_size=8,
)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, last=RHYTHMS)
def test_a_reader_agrees_wherever_a_declaration_is_broken_off(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, object, int]], last: dict[str, int]
) -> None:
    """Scopes that change, looks and closings, and declarations of which only some steps are done before a kill, with
    looks between the steps."""
    ledger, at = Ledger(tmp_path_factory.mktemp("d") / "leftopen.db"), NOON
    ledger.rows("PRAGMA synchronous = OFF")
    for number, (minutes, what, steps) in enumerate(events):
        at += minutes * MINUTE
        match what:
            case dict():
                for n, _ in enumerate(declaring(ledger, scope(f"i{number}", what), at)):
                    rounds.looked(ledger, dict.fromkeys("ag", "inconclusive:tls"), at, at)
                    if n == steps:
                        break
            case str():
                rounds.looked(ledger, {what: "inconclusive:tls"}, at, at)
            case _:
                slots.close(ledger, at)
    declare(ledger, scope("last", last), at)
    slots.close(ledger, at + 90 * MINUTE)
    assert plan(ledger) == dict(sorted(last.items()))
    assert ledger.rows("SELECT * FROM log_slots_next") == []
    fold = Fold()
    for record in records(ledger):
        fold.feed(record)
    counted = ledger.rows("SELECT coalesce(sum(slots), 0) AS n FROM slot_days")[0]["n"]
    assert counted == fold.summary()["all"]["due"]
    ledger.close()


def test_what_is_the_same_is_declared_once(ledger: Ledger) -> None:
    first = scope("i1", dict.fromkeys("abc", 10))
    declare(ledger, first, NOON)
    before = size(ledger)
    declare(ledger, replace(first), NOON + MINUTE)
    assert size(ledger) == before
