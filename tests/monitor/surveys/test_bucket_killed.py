"""The program, killed while it lists a bucket: the next run goes on where it was, and counts every key once."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from bench.buckets import Bucket, Ours, serving
from bench.store import LAYOUTS

KEYS = 80_000


def test_killed_twice(tmp_path: Path) -> None:
    with serving(Bucket("tree", KEYS, 60)) as served:
        Ours(served, tmp_path, 4)
        shutil.copytree(tmp_path / "opened", tmp_path / "ledger")
        database = tmp_path / "ledger" / "leftopen.db"
        finding = sqlite3.connect(database).execute("SELECT id FROM findings").fetchone()[0]
        command = [sys.executable, "-m", "monitor", "survey", finding, tmp_path / "inventory.yaml"]
        command += ["--database", database, "--json"]
        for turn in range(2):
            before = served.asked()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
                until = time.monotonic() + 60
                while (served.asked() - before < 10 or not _waiting(database)) and time.monotonic() < until:
                    time.sleep(0.02)
                time.sleep(0.1 * turn)
                child.send_signal(signal.SIGKILL)
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)
    assert (found["files"], found["partial"]) == (KEYS, [])
    folders = {key.rpartition("/")[0] for key in LAYOUTS["tree"](KEYS)}
    # With the years, their months, and the one at the top.
    assert found["folders"] == len(folders) + 60 + 5 + 1
    # One survey, which went on twice.
    assert sqlite3.connect(database).execute("SELECT count(*) FROM surveys").fetchone()[0] == 1
    everything = b"".join(file.read_bytes() for file in database.parent.glob("leftopen.db*") if file.suffix != ".key")
    assert b"recordings/2" not in everything


def _waiting(database: Path) -> bool:
    """Whether a survey that is not finished is on file."""
    with sqlite3.connect(database, timeout=40) as ledger:
        return bool(ledger.execute("SELECT 1 FROM surveys WHERE ended IS NULL AND waiting IS NOT NULL").fetchone())
