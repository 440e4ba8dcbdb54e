"""Unchanged looks: no row of their own, and yet places, rounds and days say that they were made, and when."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.observation import Observation, RequestLog
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.log.packed import plain
from monitor.store.looks.days import looks_since
from monitor.store.tables import places, rounds
from probes.api import Clear, Place, Unknown, Verdict, WebTarget
from probes.reasons import ClosedReason, NoAnswerReason

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATHS = ("/", *(f"/recorder-{number}/" for number in range(12)))
TARGET = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 443, tls=False)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "leftopen.db")
    rounds.begin(made, "r1", rounds.RoundKind.ROUND, NOON, "v", "i")
    yield made
    made.close()


def clear(path: str) -> Verdict:
    return Clear(Place("nas.test", 443, path), "listing", ClosedReason.NOT_FOUND)


def silent(path: str) -> Verdict:
    return Unknown(Place("nas.test", 443, path), "listing", NoAnswerReason.TIMED_OUT)


def look(minute: float, *verdicts: Verdict, target: WebTarget = TARGET, wire: int = 153) -> Observation:
    at = NOON + timedelta(minutes=minute)
    asked = tuple(RequestLog("GET", one.place.path, "404 whole", wire, 5) for one in verdicts)
    return Observation("nas", "http-listing", target, at, at, asked, verdicts)


def put(ledger: Ledger, *seen: Observation) -> None:
    with ledger.step():
        for one in seen:
            ledger.record("r1", one)


def rows(ledger: Ledger) -> int:
    return int(ledger.rows("SELECT count(*) AS n FROM observations")[0]["n"])


def at(ledger: Ledger, path: str) -> tuple[str, float | None, float | None, float]:
    """The verdict on a place; minutes after noon of its last clear, its last conclusive and its last look."""
    (row,) = ledger.rows("SELECT * FROM places WHERE place = ?", f"nas.test{path}")
    clear_, conclusive, last = (
        None if text is None else (datetime.fromisoformat(text) - NOON) / timedelta(minutes=1)
        for text in (row["last_clear"], row["last_conclusive"], row["at"])
    )
    assert last is not None
    return row["verdict"], clear_, conclusive, last


def test_looks_that_see_the_same_have_one_row(ledger: Ledger) -> None:
    put(ledger, *(look(5 * n, *(clear(path) for path in PATHS), wire=150 + n) for n in range(50)))
    assert rows(ledger) == 1
    assert {at(ledger, path) for path in PATHS} == {("clear", 245, 245, 245)}
    assert looks_since(ledger, "nas", None) == 50
    assert looks_since(ledger, "nas", NOON + timedelta(minutes=121)) == 25
    (last,) = rounds.last(ledger)
    assert (last.tasks, last.asks, last.clear, last.unknown) == (50, 50 * 13, 50 * 13, 0)
    (asked,) = queries.asked(ledger, "nas")
    assert [path for _, path, _, _ in asked[3]] == list(PATHS)


def test_what_changes_has_a_row_and_the_times_of_what_was_before_stay(ledger: Ledger) -> None:
    put(ledger, look(0, clear("/"), clear("/a/")), look(5, clear("/"), clear("/a/")))
    put(ledger, look(10, clear("/"), silent("/a/")), look(15, clear("/"), silent("/a/")))
    assert rows(ledger) == 2
    assert at(ledger, "/") == ("clear", 15, 15, 15)
    assert at(ledger, "/a/") == ("unknown", 5, 5, 15)
    put(ledger, look(20, clear("/")))
    assert at(ledger, "/a/") == ("unknown", 5, 5, 15), "a place that is no longer asked for keeps its times"
    assert at(ledger, "/") == ("clear", 20, 20, 20)
    put(ledger, look(25, clear("/"), clear("/a/")), look(30, clear("/"), clear("/a/")))
    assert at(ledger, "/a/") == ("clear", 30, 30, 30)
    assert rows(ledger) == 4


def test_another_answer_to_the_same_request_is_a_change(ledger: Ledger) -> None:
    one = look(0, clear("/"))
    put(ledger, one, replace(one, asked=(replace(one.asked[0], outcome="404 broken"),)))
    assert rows(ledger) == 2


def turn(number: int) -> WebTarget:
    return replace(TARGET, turn=f"{number}/2", in_turn=(f"/{number}/",))


def test_looks_in_turns_are_folded_each_with_its_own(ledger: Ledger) -> None:
    put(ledger, look(0, clear("/"), clear("/1/"), clear("/2/")))
    put(ledger, look(1, clear("/"), clear("/1/"), target=turn(1)))
    assert [at(ledger, path)[3] for path in ("/", "/1/", "/2/")] == [1, 1, 0], "what rests was not looked at"
    for n in range(1, 9):
        number = 1 + n % 2
        put(ledger, look(5 * n, clear("/"), clear(f"/{number}/"), target=turn(number)))
    assert rows(ledger) == 3, "the first, and the first of each turn"
    assert [at(ledger, path)[3] for path in ("/", "/1/", "/2/")] == [40, 40, 35]
    assert [part for _, _, part, _ in queries.asked(ledger, "nas")] == ["", "1/2", "2/2"]
    assert looks_since(ledger, "nas", None) == 10


def test_what_one_turn_sees_is_not_hidden_by_what_another_saw_before(ledger: Ledger) -> None:
    for n in range(4):
        put(ledger, look(n, clear("/"), clear(f"/{1 + n % 2}/"), target=turn(1 + n % 2)))
    put(ledger, look(10, silent("/"), clear("/1/"), target=turn(1)))
    assert at(ledger, "/") == ("unknown", 3, 3, 10)
    put(ledger, look(15, clear("/"), clear("/2/"), target=turn(2)))
    assert at(ledger, "/") == ("clear", 15, 15, 15), "though this turn has seen just that before"
    put(ledger, look(20, clear("/"), clear("/1/"), target=turn(1)))
    assert at(ledger, "/") == ("clear", 20, 20, 20)
    assert at(ledger, "/2/")[3] == 15


def test_a_place_that_was_forgotten_is_on_file_again_when_it_is_seen_again(ledger: Ledger) -> None:
    put(ledger, look(0, clear("/")), look(5, clear("/")))
    with ledger.step():
        places.not_led(ledger, "nas", {"elsewhere"}, "none", most=1)
    assert ledger.rows("SELECT * FROM places") == []
    put(ledger, look(10, clear("/")))
    assert at(ledger, "/") == ("clear", 10, 10, 10)


def test_a_look_that_leads_to_news_has_its_own_row(ledger: Ledger) -> None:
    put(ledger, look(0, clear("/")))
    with ledger.step():
        assert ledger.record("r1", look(5, clear("/")), whole=True) == 2
    put(ledger, look(10, clear("/")))
    assert rows(ledger) == 2
    assert at(ledger, "/")[3] == 10


def test_an_unchanged_look_takes_little_room(ledger: Ledger) -> None:
    """All pages that a month of looks adds, those of the evidence log too, but for those of its first look."""

    def pages() -> int:
        return int(ledger.rows("PRAGMA page_count")[0][0])

    whole = [clear(path) for path in PATHS]
    targets = [replace(TARGET, port=1000 + n) for n in range(10)]
    put(ledger, *(look(n / 100, *whole, target=target) for n, target in enumerate(targets)))
    before = pages()
    for day in range(3):
        put(ledger, *(look(1440 * day + 15 * n, *whole, target=one) for n in range(1, 96) for one in targets))
    assert rows(ledger) == 10
    assert (pages() - before) * 4096 < 60 * 3 * 95 * 10


def test_what_is_read_ahead_or_counted_together_changes_nothing_of_what_is_put_on_file(tmp_path: Path) -> None:
    chance = random.Random(1)
    turns = [replace(TARGET, port=port, turn=turn) for port in (443, 444) for turn in ("", "1", "2")]
    answers = [clear, clear, clear, silent]
    batches = [
        [
            look(90 * n + part, *(chance.choice(answers)(path) for path in PATHS[:2]), target=chance.choice(turns))
            for part in range(chance.choice((1, 3, 12)))
        ]
        for n in range(40)
    ]
    dumps: list[dict[str, list[Any]]] = []
    for name in ("together", "ahead", "single"):
        made = Ledger(tmp_path / name / "leftopen.db")
        rounds.begin(made, "r1", rounds.RoundKind.ROUND, NOON, "v", "i")
        for batch in batches:
            with made.step():
                if name != "single":
                    made.read_ahead(batch)
                if name == "together":
                    made.record_all("r1", batch)
                else:
                    for one in batch:
                        made.record("r1", one)
        tables = ("series", "days", "observations", "place_rows", "records", "log_shared", "log_numbers", "log_records")
        dumps.append({table: [tuple(row) for row in made.rows(f"SELECT * FROM {table}")] for table in tables})  # noqa: S608
        made.close()
    for both in dumps:
        # Salts are chance, and so is what they commit to.
        bodies = [plain(body).decode() for _, body in both["log_records"]]
        both["log_records"] = [re.sub(r'"commits":\[[^]]*\]', "", body) for body in bodies]
    assert len(dumps[0]["observations"]) > 40
    assert len(dumps[0]["days"]) > 10
    assert dumps[0] == dumps[1] == dumps[2]
