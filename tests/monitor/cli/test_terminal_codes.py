"""Whatever a server, a file or a person is called: no command prints anything that a terminal would obey."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.api.json_text import TURNING, json_text
from monitor.cli.main import main
from monitor.findings.finding import Step
from monitor.findings.handling import Action, acknowledge, fold
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, rounds
from monitor.store.tables.rounds import RoundKind
from probes.api import Place
from probes.facts import Fact, FactKind
from tests.monitor.alerts.builders import NOON, change, finding
from tests.monitor.web.house import TEXT

EVIL = "\x1b]0;pwn\x07\x1b[2J=cmd|' /C calc'!A0\r\nBcc: x@y\u202e\u2066<b>|\x9b31m\u2028\x7f\ufeff"
ID = finding().id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger whose every text is hostile, and an inventory."""
    (tmp_path / "inventory.yaml").write_text(TEXT)
    place = Place("a.test", 443, f"/{EVIL}/")
    found = replace(finding(), asset="alpha-disk", place=place, facts=(Fact(FactKind.BANNER, EVIL),))
    with closing(Ledger(tmp_path / "leftopen.db")) as ledger:
        rounds.begin(ledger, "r1", RoundKind.ROUND, NOON, "internet-1", "digest")
        with ledger.step():
            ledger.save(found, change(Step.OPENED), "r1", NOON)
            stands = fold((), found)
            taken = acknowledge(stands, datetime.now(UTC), EVIL, EVIL)
            assert isinstance(taken, Action)
            actions.append(ledger, ID, taken)
    return tmp_path


def obeyed(text: str) -> list[str]:
    """The characters of an output that a terminal obeys."""
    return [
        hex(ord(c)) for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 or ord(c) in TURNING
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["findings", "--all"],
        ["findings", "--all", "--json"],
        ["findings", "--all", "--csv"],
        ["show", ID],
        ["show", ID, "--json"],
        ["trace", ID],
        ["status", "{inventory}"],
        ["status", "{inventory}", "--json"],
        ["health", "{inventory}"],
        ["clock", ID, "{inventory}"],
        ["exceptions", "{inventory}"],
    ],
    ids=" ".join,
)
def test_no_command_prints_what_a_terminal_obeys(folder: Path, words: list[str]) -> None:
    said = [word.format(inventory=folder / "inventory.yaml") for word in words]
    ran = CliRunner().invoke(main, [*said, "--database", str(folder / "leftopen.db")])
    assert "Usage:" not in ran.output, ran.output
    assert ran.output
    # A file for a spreadsheet begins with the mark of its encoding, and its lines end as those files' do.
    text = ran.output.removeprefix("\ufeff").replace("\r\n", "\n") if "--csv" in words else ran.output
    assert obeyed(text) == []


def test_what_is_read_back_of_json_is_the_same() -> None:
    value = {"name": EVIL, "å": ["ö", 1, None]}
    assert json.loads(json_text(value)) == json.loads(json_text(value, indent=2)) == value
    assert "å" in json_text(value)
