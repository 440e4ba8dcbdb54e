"""The form of exported access logs: each fault beside the sound log that it resembles, and hostile exports."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from probes.recognise.logs.lint import LintKind, lint
from probes.recognise.logs.rows import MOST_ROWS, LogFile, LogForm, read_log
from probes.recognise.logs.times import read_time

STOCKHOLM = ZoneInfo("Europe/Stockholm")
COLUMNS = {name: name for name in ("id", "at", "actor", "activity", "object", "system", "sequence")}
HEAD = "id;at;actor;activity;object;system;sequence"


def faults(*lines: str, zone: ZoneInfo | None = STOCKHOLM) -> dict[LintKind, str]:
    read = read_log("\n".join([HEAD, *lines]).encode(), LogForm.CSV, COLUMNS)
    return {fault.kind: str(fault) for fault in lint(read, zone, numbered=True)}


def line(
    number: int, at: str, id_: str = "", who: str = "u", what: str = "Läsa", whose: str = "p", by: str = "one"
) -> str:
    return f"{id_ or number};{at};{who};{what};{whose};{by};{number}"


SOUND = [line(n, f"2026-11-28T10:0{n}:00+01:00") for n in range(1, 6)]


def test_a_sound_log_has_no_fault_in_either_direction() -> None:
    assert faults(*SOUND) == {}
    assert faults(*SOUND[::-1]) == {}


@pytest.mark.parametrize(
    ("kind", "lines", "said"),
    [
        (LintKind.ID, [line(1, "2026-11-28T10:01Z", "x"), line(2, "2026-11-28T10:02Z", "x")], "1 at row 2"),
        (LintKind.GAP, [line(1, "2026-11-28T10:01Z"), line(5, "2026-11-28T10:02Z")], "3 at row 2"),
        (LintKind.ORDER, [*SOUND[:2], line(3, "2026-11-28T08:00:00+01:00"), *SOUND[3:]], "1 at row 3"),
        (LintKind.ZONE, [line(1, "2026-10-25T02:30:00")], "1 at row 1"),
        (LintKind.TIME, [line(1, "yesterday")], "1 at row 1"),
        (LintKind.TIME, [line(1, "2026-03-29T02:30:00")], "1 at row 1"),
        (LintKind.FIELD, [line(1, "2026-11-28T10:01Z", who=""), SOUND[1]], "1 at row 1"),
        (LintKind.LINE, [SOUND[0], "1;2"], "1 at row 2"),
        (
            LintKind.TWICE,
            [line(1, "2026-11-28T10:00:00Z"), line(2, "2026-11-28T10:00:01Z", by="two")],
            "1 at row 2",
        ),
    ],
)
def test_d3_each_fault_is_said_with_its_rows(kind: LintKind, lines: list[str], said: str) -> None:
    assert faults(*lines)[kind] == said


@pytest.mark.parametrize(
    "lines",
    [
        # The hour that comes twice, with its zone said; and a wall clock that goes back in it.
        [line(1, "2026-10-25T02:30:00+02:00"), line(2, "2026-10-25T02:10:00+01:00")],
        # Opened twice in one system, or in two systems an hour apart: two actions.
        [line(1, "2026-11-28T10:00:00Z"), line(2, "2026-11-28T10:00:01Z")],
        [line(1, "2026-11-28T10:00:00Z"), line(2, "2026-11-28T11:00:00Z", by="two")],
        # Rows of one second, in any order.
        [line(1, "2026-11-28T10:00:00Z"), line(2, "2026-11-28T10:00:00Z", whose="q")],
        # A search without a person.
        [line(1, "2026-11-28T10:00:00Z", whose="")],
    ],
)
def test_near_misses_are_no_faults(lines: list[str]) -> None:
    assert faults(*lines) == {}


def test_times_without_a_zone_are_faults_where_none_is_declared() -> None:
    assert set(faults(line(1, "2026-11-28T10:00:00"), zone=None)) == {LintKind.ZONE}


def test_the_hour_that_comes_twice_means_two_instants() -> None:
    assert len(read_time("2026-10-25T02:30:00", STOCKHOLM).instants) == 2
    assert len(read_time("2026-10-25 02:30:00,5+01:00", STOCKHOLM).instants) == 1
    assert read_time("", STOCKHOLM).instants == ()


XML = """<l:GetLogs xmlns:l="urn:x"><l:log><l:logId>{id}</l:logId><l:activity><l:activityType>Läsa</l:activityType>
<l:startDate>2026-11-28T10:00:00</l:startDate></l:activity><l:user><l:userId>u</l:userId></l:user>{patients}</l:log>
</l:GetLogs>"""
PATIENT = "<l:resource><l:patient><l:patientId>{}</l:patientId></l:patient></l:resource>"


def test_an_entry_of_several_patients_is_a_row_for_each_and_one_id() -> None:
    body = XML.format(id="i", patients=PATIENT.format("p") + PATIENT.format("q")).encode()
    read = read_log(body, LogForm.RIV_TA, COLUMNS)
    assert [(row.position, row.id, row.object) for row in read.rows] == [(1, "i", "p"), (1, "i", "q")]
    assert lint(read, STOCKHOLM, numbered=False) == ()


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l><logId>&b;</logId></l>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l SYSTEM "http://127.0.0.1:1/x.dtd"><l><logId>1</logId></l>'


@pytest.mark.parametrize("body", [b"", b"\0" * 4096, BOMB, OUTSIDE, b"<l>" * 5000, b"<l><logId>1</l>", b"\xff\xfe<"])
def test_hostile_xml_is_not_whole_and_expands_nothing(body: bytes) -> None:
    read = read_log(body, LogForm.RIV_TA, COLUMNS)
    assert not read.whole
    assert not any("aaaa" in row.id for row in read.rows)


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"id": ' * 50_000, b'{"id": [1]}\n"x"\n3\n', b'{"id":"1","at":{"a":1}}', b"\x00\xff" * 99],
)
def test_hostile_json_is_read_line_by_line_without_an_exception(body: bytes) -> None:
    assert all(row.at == "" for row in read_log(body, LogForm.JSON_LINES, COLUMNS).rows)


def test_a_table_is_bounded_and_a_cell_too() -> None:
    huge = (HEAD + "\n" + "x" * 200_000 + ";" * 6).encode()
    assert not read_log(huge, LogForm.CSV, COLUMNS).whole
    many = (HEAD + "\n" + "1;;;;;;\n" * (MOST_ROWS + 1)).encode()
    read = read_log(many, LogForm.CSV, COLUMNS)
    assert (read.whole, len(read.rows)) == (False, MOST_ROWS)


def test_names_of_columns_and_encodings_are_the_owners() -> None:
    names = {**COLUMNS, "actor": "Användare", "at": "Tid"}
    text = "Id;Tid;Användare;activity\n1;2026-11-28T10:00Z;Åsa;Läsa\n"
    for body in (text.encode("cp1252"), text.encode("utf-16"), text.encode("utf-8-sig"), text.encode()):
        (row,) = read_log(body, LogForm.CSV, names).rows
        assert (row.id, row.actor, row.activity) == ("1", "Åsa", "Läsa")
    nested = json.dumps({"id": 7, "user": {"id": "u"}, "at": "2026-11-28T10:00Z", "activity": "Läsa"}).encode()
    (row,) = read_log(nested, LogForm.JSON_LINES, {**COLUMNS, "actor": "user.id"}).rows
    assert (row.id, row.actor) == ("7", "u")


def test_a_needed_field_that_no_row_has_is_said() -> None:
    assert read_log(b"id;at\n1;2026-11-28T10:00Z\n", LogForm.CSV, COLUMNS).absent == ("actor", "activity")
    assert LogFile().absent == ()
