"""Killed between any two steps of see, commit, send and mark: no alert is lost, and a repeat names itself as one."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.builders import ROOT, House, asset
from tests.servers.faulty import faulty_beside
from tests.servers.webhook import Webhook

REF = re.compile(r"LO-[0-9A-Z]{10}/\d+")


@pytest.mark.timeout(600)
def test_no_alert_is_lost_wherever_it_is_killed(house: House, hook: Webhook, tmp_path: Path) -> None:
    house.environ["HOOK"] = hook.ours
    channels = [{"id": "storage-oncall", "party": "storage", "url": "env:HOOK"}]
    runs: list[dict[str, Any]] = []
    told: list[list[str]] = []
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)), channels=channels)
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.killed", str(house.inventory), str(tmp_path)],
            cwd=ROOT, env=house.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert program.stdout is not None
        heard = 0
        for line in program.stdout:
            runs.append(json.loads(line))
            came = [one.json() for one in hook.received]
            told.append([one["title"] + one["message"] for one in came[heard:]])
            heard = len(came)
        assert program.wait(60) == 0, program.stderr and program.stderr.read()
    killed = [run for run in runs if run["killed"]]
    assert len(killed) == len(runs) - 1 >= 10, runs
    assert {run["second"] for run in runs} == {0}, runs
    # What was seen, and that its asset was looked at, are committed one after the other: killed between the two the
    # asset is due again, and what was found stands once.
    between = [run for run in killed if run["left"] == {"changes": 1, "looks": 0}]
    assert between, [run["left"] for run in runs]
    assert all(run["due"] == ([] if run["left"]["looks"] else ["nas"]) for run in runs), runs
    wanted: set[str] = set()
    for run, texts in zip(runs, told, strict=True):
        # At least once, never not at all; and however often, always under the one name.
        refs = Counter(ref for text in texts for ref in set(REF.findall(text)))
        assert 1 <= len(texts) <= 2, (run, len(texts))
        assert len(refs) == 1, (run, refs)
        wanted |= set(refs)
        with sqlite3.connect(str(run["database"])) as ledger:
            assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert ledger.execute("SELECT state FROM dues").fetchall() == [("sent",)]
            assert ledger.execute("SELECT step FROM changes").fetchall() == [("opened",)]
            assert ledger.execute("SELECT count(*) FROM findings").fetchone() == (1,)
            assert ledger.execute("SELECT count(*) FROM looks").fetchone() == (1,)
    assert len(wanted) == 1, "the id is the same in every world"
    assert any(len(texts) == 2 for texts in told), "killed between send and mark it is sent again"
