"""`leftopen clock` without an id: the next deadline of every open finding, the most urgent first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli.findings import clock
from monitor.cli.findings.case import open_clocks, read_case
from tests.monitor.web.house import house


def test_the_clocks_of_all_are_those_of_each(tmp_path: Path) -> None:
    at = house(tmp_path)
    found = {finding.id: clocks for finding, clocks in open_clocks(at.inventory, str(at.path))}
    assert len(found) > 1
    for id_, clocks in found.items():
        one_by_one = read_case(at.inventory, str(at.path), id_).clocks
        assert [(one.party, one.duty.id, one.deadline, one.stage) for one in clocks] == [
            (one.party, one.duty.id, one.deadline, one.stage) for one in one_by_one
        ]


def test_the_most_urgent_are_shown_and_the_number_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = house(tmp_path)
    found = open_clocks(at.inventory, str(at.path))
    monkeypatch.setattr(clock, "MOST", 1)

    def said(*, as_json: bool = False, every: bool = False) -> str:
        clock._overview(found, None, as_json=as_json, every=every)
        return capsys.readouterr().out

    due = [json.loads(line)["finding"] for line in said(as_json=True).splitlines()]
    assert len(due) > 1
    short = said()
    assert [id_ for id_ in due if id_ in short] == due[:1]
    assert f"and {len(due) - 1} more open findings: leftopen clock --all, or --json" in " ".join(short.split())
    assert all(id_ in said(every=True) for id_ in due)
