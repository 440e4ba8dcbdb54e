"""What commands print of a ledger: ids that are never broken, filters, CSV, the text of messages, a request to copy."""

from __future__ import annotations

import csv
import io
import json
import shlex
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from monitor.alerts.messages.new_messages import messages_for
from monitor.api.csv_text import cell
from monitor.api.finding import finding_json
from monitor.cli.main import main
from monitor.cli.text.findings import show_finding, show_findings
from monitor.findings.finding import Severity, State, Step, finding_id
from monitor.findings.handling import Handling
from monitor.store.ledger import Ledger
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from probes.api import Place
from tests.monitor.alerts.builders import NOON, change, finding, inventory

FOUND = finding()
OTHER = replace(
    finding(severity=Severity.LOW, state=State.CLEARED),
    id=finding_id("fp1:" + "ab" * 32),
    fingerprint="fp1:" + "ab" * 32,
    asset="other",
    cleared=NOON,
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "leftopen.db"
    ledger = Ledger(path)
    rounds.begin(ledger, "r1", RoundKind.ROUND, NOON, "v", "i")
    with ledger.step():
        ledger.save(FOUND, change(Step.OPENED), "r1", NOON, messages_for(FOUND, change(Step.OPENED), inventory()))
        ledger.save(OTHER, replace(change(Step.CLEARED), finding=OTHER.id), "r1", NOON)
    ledger.close()
    written = inventory().model_dump(mode="json", exclude_defaults=True, by_alias=True)
    written["channels"][0]["operator"] = True
    (tmp_path / "inventory.yaml").write_text(json.dumps(written), encoding="utf-8")
    return path


def run(database: Path, *words: str, code: int = 0) -> str:
    ended = CliRunner().invoke(main, [*words, "--database", str(database)])
    assert ended.exit_code == code, (ended.output, ended.exception)
    return ended.output


@pytest.mark.parametrize("width", [60, 80, 120, 139, 140, 200])
def test_an_id_is_never_broken_and_few_lines_are_enough_below_140_columns(width: int) -> None:
    text = io.StringIO()
    out = Console(file=text, width=width, highlight=False)
    long = replace(
        FOUND, asset="a-rather-long-name-of-an-asset-of-the-region", place=Place("nas.voice.example", 443, "/a/" * 30)
    )
    show_findings(out, [FOUND, long], NOON, {FOUND.id: Handling(), long.id: Handling()})
    lines = text.getvalue().splitlines()
    assert sum(FOUND.id in line for line in lines) == 2
    if width < 140:
        assert sum(line.startswith("LO-") for line in lines) == 2
        assert len(lines) <= (8 if width < 120 else 6)
        assert all(line.startswith(("LO-", "  ")) for line in lines)
        # A terminal breaks what is too long wherever it ends: nothing is, but a place that is longer than the window.
        assert [line for line in lines if len(line) > width and "/a//a/" not in line and "LO-" not in line] == []


def test_findings_are_filtered_and_the_exit_code_is_that_of_what_is_shown(database: Path) -> None:
    declared = str(database.with_name("inventory.yaml"))
    assert OTHER.id not in run(database, "findings", code=1)
    nowhere = str(database.with_name("none.yaml"))
    shown = run(database, "findings", "--state", "cleared", nowhere, code=3)
    assert OTHER.id in shown
    assert f"there is no {nowhere}" in shown
    assert FOUND.id in run(database, "findings", "--severity", "critical", code=1)
    assert "nothing is open" in run(database, "findings", "--severity", "low", declared, code=3)
    assert FOUND.id in run(database, "findings", "--party", "medhelp", declared, code=1)
    assert "NOT WHOLLY JUDGED: 0 of 0" in run(database, "findings", "--party", "stranger", declared, code=3)
    said = run(database, "findings", "--party", "nobody", declared, code=2)
    assert "no party 'nobody' in the inventory (known: region, medhelp, voice, stranger)" in said


def test_findings_as_csv_hold_a_row_each_and_no_formula(database: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(database, "findings", "--csv", code=1))))
    assert [(row["id"], row["severity"], row["asset"]) for row in rows] == [(FOUND.id, "critical", "voice-nas")]
    for hostile in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"):
        assert cell(hostile).startswith("'"), hostile


def test_a_message_is_printed_as_it_would_be_sent_and_to_whom(database: Path) -> None:
    declared = str(database.with_name("inventory.yaml"))
    text = run(database, "message", FOUND.id, declared)
    assert "to region-mail (region)" in text
    assert "NOT SENT: owed" in text, text[:900]
    assert "öppna för alla på voice-nas" in text
    one = [json.loads(line) for line in run(database, "message", f"{FOUND.id}/1", declared, "--json").splitlines()]
    assert {value["channel"] for value in one} == {"region-mail", "shared", "voice-oncall", "voice-pager"}
    assert run(database, "message", "1", declared).count("#1 to ") == 1
    assert "no message was ever made" in run(database, "message", f"{FOUND.id}/9", declared, code=2)


def test_show_has_a_request_that_can_be_copied_whatever_the_place_is_called() -> None:
    text = io.StringIO()
    hostile = Place("nas.voice.example", 443, "/calls/'; rm -rf ~ #\x1b[31m/")
    seen = replace(FOUND.seen[0], endpoint="http://nas.voice.example:443@192.0.2.1")
    found = replace(FOUND, place=hostile, seen=(seen,))
    show_finding(Console(file=text, width=80, highlight=False), found, (), (), (), NOON + timedelta(hours=1))
    (line,) = [line for line in text.getvalue().splitlines() if line.strip().startswith("curl")]
    assert "\x1b" not in line
    words = shlex.split(line)
    assert words[:4] == ["curl", "-sSik", "-r", "0-1023"]
    assert words[4:6] == ["--resolve", "nas.voice.example:443:192.0.2.1"]
    assert words[6].startswith("http://nas.voice.example:443/calls/%27")
    assert len(words) == 7


def test_check_as_json_says_every_problem_and_which_channels_work(database: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("leftopen: 1\norganisation: {id: r, nam: R}\n", encoding="utf-8")
    value = json.loads(run(database, "check", str(broken), "--json", code=2))
    assert {problem["line"] for problem in value["problems"]} >= {2}
    assert any("unknown key 'nam'" in problem["text"] for problem in value["problems"])
    value = json.loads(run(database, "check", str(database.with_name("inventory.yaml")), "--json"))
    assert value["problems"] == []
    ours = next(one for one in value["channels"] if one["channel"] == "ours")
    assert (ours["works"], "the environment has no variable OURS" in ours["why"]) == (False, True)


def test_check_says_which_channel_works_and_what_is_wrong_with_an_address(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "json://127.0.0.1:9/")
    monkeypatch.setenv("SHARED", "it@vendor.example")
    value = json.loads(run(database, "check", str(database.with_name("inventory.yaml")), "--json"))
    states = {one["channel"]: one for one in value["channels"]}
    assert states["ours"] == {"channel": "ours", "party": "", "works": True, "why": ""}
    assert "mailtos://" in states["shared"]["why"]
    assert "vendor.example" not in states["shared"]["why"], "an address is a secret"


def test_check_says_which_assets_cost_more_than_their_budget(tmp_path: Path) -> None:
    declared = tmp_path / "small.yaml"
    asset = "  - {id: %s, host: www.region.example, owner: r, budget: {requests: %d}}\n"
    declared.write_text(
        "leftopen: 1\norganisation: {id: r, name: R, contact: a@region.example}\n"
        "parties: [{id: r, name: R, role: controller}]\nassets:\n" + asset % ("small", 2) + asset % ("usual", 80),
        encoding="utf-8",
    )
    said = " ".join(run(tmp_path / "none.db", "check", str(declared)).split())
    assert "small: its budget of 2 requests ends before" in said
    assert "usual: its budget" not in said
    value = json.loads(run(tmp_path / "none.db", "check", str(declared), "--json"))
    assert {one["asset"]: one["over_budget"] for one in value["assets"]} == {"small": True, "usual": False}


def test_where_there_are_several_networks_a_finding_says_from_which_it_is_open() -> None:
    inside, names = replace(FOUND, network="sjunet"), {"": "internet", "sjunet": "sjunet"}
    for width in (80, 200):
        text = io.StringIO()
        out = Console(file=text, width=width, highlight=False)
        show_findings(out, [FOUND, inside], NOON, {FOUND.id: Handling()}, names)
        assert "(from internet)" in text.getvalue()
        assert "(from sjunet)" in text.getvalue()
    text = io.StringIO()
    show_finding(Console(file=text, width=80, highlight=False), inside, (), (), (), NOON, "sjunet")
    assert "the network sjunet" in text.getvalue()
    assert finding_json(inside, NOON, names=names)["network"] == "sjunet"
    assert "network" not in finding_json(inside, NOON)
