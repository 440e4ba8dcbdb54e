"""Killed at 80 random moments while it finds, owes, sends and marks: nothing is lost, and repeats name themselves."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.monitor.alerts.queues import CHANNELS
from tests.servers.webhook import Webhook

ROOT = Path(__file__).resolve().parents[3]
KILLS = 80
SEED = 20190218
REF = re.compile(r"LO-[0-9A-Z]{10}/\d+")


@pytest.mark.timeout(600)
def test_80_random_kills_lose_nothing_and_repeats_carry_the_same_id_and_step(hook: Webhook, tmp_path: Path) -> None:
    database = tmp_path / "leftopen.db"
    done = subprocess.run(
        [sys.executable, "-m", "tests.monitor.alerts.queues", "live", str(database), hook.url, str(SEED), str(KILLS)],
        cwd=ROOT, capture_output=True, text=True, timeout=550, check=True,
    )  # fmt: skip
    said = done.stdout.splitlines()
    ends = [line for line in said if line.startswith("ended")]
    assert ends == ["ended 9"] * KILLS + ["ended 0"], (Counter(ends), done.stderr)
    found = {line for line in said if line.startswith("LO-") and len(line) == 13}
    with sqlite3.connect(database) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        on_file = [row[0] for row in ledger.execute("SELECT finding || '/' || sequence FROM changes")]
        states = Counter(row[0] for row in ledger.execute("SELECT state FROM dues"))
        owed = ledger.execute("SELECT count(*) FROM dues").fetchone()[0]
    assert found <= {ref.partition("/")[0] for ref in on_file}, "what was said to be found is on file"
    assert len(on_file) > KILLS // 4, "the kills left time to work between them"
    assert states == {"sent": owed}
    assert owed == len(on_file) * len(CHANNELS)
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in hook.received:
        try:
            said_here = json.loads(one.body)
        except json.JSONDecodeError:
            # Its sender was killed on the way: nobody takes half a message for one, and it is sent again.
            assert len(one.body) < int(one.headers["content-length"])
            continue
        (ref,) = set(REF.findall(said_here["title"]))
        texts[one.path.strip("/"), ref].append(said_here["title"] + said_here["message"])
    # At least once, on each channel, whatever was killed; and never of something that is not on file.
    assert set(texts) == {(channel, ref) for channel in CHANNELS for ref in on_file}
    assert all(len(set(copies)) == 1 for copies in texts.values()), "a repeat says the same under the same name"
    repeats = sum(len(copies) - 1 for copies in texts.values())
    assert 0 < repeats <= KILLS * len(CHANNELS), "killed between send and mark it is sent again, and only then"
