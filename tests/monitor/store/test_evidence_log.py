"""The evidence log in the ledger: one record a transaction, commitments, roots, and nothing that can be rewritten."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.handling import Action, ActionKind
from monitor.proof.formats.canonical import commitment
from monitor.proof.formats.tree import leaf_hash, root
from monitor.store.ledger import Ledger
from monitor.store.log.erasure import erase
from monitor.store.log.packed import packed, plain
from monitor.store.log.pending import SIGNED, append
from monitor.store.log.records import bodies, private_parts, range_root, size
from monitor.store.tables import actions
from tests.monitor.findings.builders import NOON
from tests.monitor.store.builders import looked, put


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "leftopen.db")
    one.execute("INSERT INTO rounds (id, started, vantage, inventory) VALUES ('r1', '', '', '')")
    one._connection.commit()
    yield one
    one.close()


def records(ledger: Ledger) -> list[dict[str, Any]]:
    return [json.loads(body) for body in bodies(ledger, 0, size(ledger))]


def test_one_transaction_makes_one_record(ledger: Ledger) -> None:
    finding = put(ledger)
    (record,) = records(ledger)
    assert record["seq"] == 0
    assert record["round"] == "r1"
    assert record["looks"] == [[1, 2000, 0, 1, 0, 0, 1, 2]]
    assert record["changes"] == [[1, "opened", "exposed", finding.severity.value, 0]]
    assert record["evidence"] == [[1, 1]]
    assert len(record["commits"]) == 3


def test_what_is_rolled_back_is_in_no_record(ledger: Ledger) -> None:
    def fails() -> None:
        with ledger.step():
            ledger.record("r1", looked())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert records(ledger) == []
    with ledger.step():
        pass
    assert records(ledger) == [], "a step without facts makes no record"


def test_a_record_holds_no_name_place_or_path(ledger: Ledger) -> None:
    put(ledger, "/medicall/")
    (body,) = bodies(ledger, 0, 1)
    for word in (b"nas", b"medicall", b"192.0.2", b"LO-", b"http"):
        assert word not in body


def test_private_parts_open_their_commitments(ledger: Ledger) -> None:
    finding = put(ledger)
    (record,) = records(ledger)
    parts = list(private_parts(ledger, 0, 1))
    assert [commitment(one.salt, one.value) for one in parts] == record["commits"]
    assert parts[0].value["change"][0] == finding.id
    assert parts[2].value["looks"][0][:3] == ["nas", "http-listing", str(looked().target)]
    assert parts[2].value["times"] == [[2000, 0]]


def test_unchanged_looks_share_what_they_saw(ledger: Ledger) -> None:
    for n in range(20):
        with ledger.step():
            at = NOON + timedelta(minutes=n)
            ledger.record("r1", replace(looked(), started=at, ended=at))
    assert ledger.rows("SELECT count(*) AS n FROM log_shared")[0]["n"] == 1
    assert len({row["salt"] for row in ledger.rows("SELECT salt FROM log_private")}) == 20
    assert len({commit for record in records(ledger) for commit in record["commits"]}) == 20


def test_people_and_messages_are_in_the_log(ledger: Ledger) -> None:
    finding = put(ledger)
    with ledger.step():
        action = Action(ActionKind.ACKNOWLEDGED, NOON, "anna", "region", "command line", "we are on it")
        actions.append(ledger, finding.id, action)
    (record,) = records(ledger)[1:]
    assert record["actions"] == [[1, "acknowledged", 0]]
    assert "anna" not in json.dumps(record)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log_records SET body = 'x'",
        "DELETE FROM log_records",
        "INSERT OR REPLACE INTO log_records VALUES (0, 'x')",
        "INSERT INTO log_records VALUES (7, 'x')",
    ],
)
def test_a_record_is_never_changed(ledger: Ledger, sql: str) -> None:
    put(ledger)
    with pytest.raises(sqlite3.IntegrityError), ledger.step():
        ledger.execute(sql)
    assert len(records(ledger)) == 1


def test_roots_over_blocks_are_those_over_records(ledger: Ledger) -> None:
    with ledger.step():
        for n in range(1100):
            ledger.log.say("test", n, NOON)
            ledger.log.write(ledger._connection)
            ledger.log.clear()
    hashes = [leaf_hash(body) for body in bodies(ledger, 0, 1100)]
    for first, last in (
        (0, 1),
        (0, 255),
        (0, 256),
        (0, 257),
        (0, 1024),
        (0, 1100),
        (1024, 1100),
        (512, 768),
        (768, 770),
    ):
        assert range_root(ledger, first, last) == root(hashes[first:last])


def test_a_root_is_of_what_was_committed_whoever_wrote_it(ledger: Ledger) -> None:
    other = Ledger(ledger.path)
    for one in (ledger, other):
        one.rows("PRAGMA synchronous = OFF")
    for n in range(300):
        # Written, and rolled back: another process then has this number.
        with suppress(ZeroDivisionError), ledger.step():
            ledger.log.say("test", f"never {n}", NOON)
            ledger.log.write(ledger._connection)
            raise ZeroDivisionError
        writer = other if n % 3 == 0 else ledger
        with writer.step():
            writer.log.say("test", n, NOON)
    other.close()
    assert range_root(ledger, 0, 300) == root([leaf_hash(body) for body in bodies(ledger, 0, 300)])


def test_retention_erases_private_parts_and_leaves_the_log(ledger: Ledger) -> None:
    for n in range(5):
        with ledger.step():
            at = NOON + timedelta(days=n)
            ledger.record("r1", replace(looked(f"/{n // 2}/"), started=at, ended=at))
            ledger.log.add("signed", [], at, {"signed": f"look {n}"}, SIGNED)
    put(ledger, "/kept/")
    before = range_root(ledger, 0, size(ledger))
    assert erase(ledger, NOON + timedelta(days=3), most=4)
    assert not erase(ledger, NOON + timedelta(days=3), most=4)
    assert not erase(ledger, NOON + timedelta(days=3), most=4)
    left = list(private_parts(ledger, 0, size(ledger)))
    assert [one.seq for one in left if "looks" in one.value] == [3, 4, 5]
    assert [one.value["signed"] for one in left if "signed" in one.value] == ["look 3", "look 4"]
    names = {name for one in left for name in one.value}
    assert names == {"asset", "looks", "times", "change", "evidence", "signed"}
    assert ledger.rows("SELECT count(*) AS n FROM log_shared")[0]["n"] == 3
    assert range_root(ledger, 0, size(ledger)) == before


def test_a_record_is_stored_packed_and_one_that_was_stored_plain_is_read_beside_it(ledger: Ledger) -> None:
    """What is hashed is the plain text, so roots and proofs do not know how it is stored."""
    entry = "[" + ",".join(['[17,1969284,1969284,"clear"]'] * 50) + "]"
    plain_ones = [f'{{"at":"2026-03-01T12:00:{n:02}.000Z","seq":{n},"slots":{entry}}}'.encode() for n in range(4)]
    with ledger.step():
        for n, body in enumerate(plain_ones):
            if n == 1:  # as before records were packed
                ledger.execute("INSERT INTO log_records VALUES (?, ?)", n, body)
            else:
                append(ledger._connection, n, body, {})
    stored = [row["body"] for row in ledger.rows("SELECT body FROM log_records ORDER BY seq")]
    assert stored[1] == plain_ones[1]
    assert all(len(one) < len(plain_ones[0]) / 8 for n, one in enumerate(stored) if n != 1)
    assert list(bodies(ledger, 0, 4)) == plain_ones
    assert range_root(ledger, 0, 4) == root([leaf_hash(body) for body in plain_ones])


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x01\xff\xff", b"x", packed(b"{}")[:-1], packed(b"{}") + b"x"])
def test_what_was_never_stored_as_a_record_is_left_as_it_is(stored: bytes) -> None:
    assert plain(stored) == stored
