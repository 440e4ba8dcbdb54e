"""Results that were not handed in outlive the worker, whenever it is killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store.files import unsent
from monitor.store.files.unsent import Unsent, UnsentResults, UnsentUnusable
from tests.waiting import until


def test_results_are_handed_in_in_their_order_and_once(tmp_path: Path) -> None:
    kept = UnsentResults(tmp_path / "unsent.db")
    name = kept.worker()
    kept.keep("b", b"first")
    kept.keep("a", b"second")
    assert kept.waiting() == ["b", "a"]
    assert kept.oldest() == Unsent("b", b"first")
    kept.sent("b")
    kept.close()
    again = UnsentResults(tmp_path / "unsent.db")
    assert again.oldest() == Unsent("a", b"second")
    assert (again.worker(), again.waiting()) == (name, ["a"])
    other = UnsentResults(tmp_path / "other.db")
    assert other.worker() != name
    other.close()
    again.sent("a")
    assert again.oldest() is None
    assert stat.S_IMODE((tmp_path / "unsent.db").stat().st_mode) == 0o600
    again.close()


def test_what_waits_for_very_long_is_given_up_the_oldest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "MOST", 3)
    kept = UnsentResults(tmp_path / "unsent.db")
    for number in range(5):
        kept.keep(str(number), b"")
    assert kept.oldest() == Unsent("2", b"")
    kept.close()


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "unsent.db").write_bytes(b"no database" * 100)
    with pytest.raises(UnsentUnusable, match=r"unsent\.db"):
        UnsentResults(tmp_path / "unsent.db")


WRITER = """
import sys
from pathlib import Path
from monitor.store.files.unsent import UnsentResults
kept = UnsentResults(Path(sys.argv[1]))
for number in range(100_000):
    kept.keep(str(number), b"x" * 500)
    print(number, flush=True)
"""


@pytest.mark.slow
def test_what_was_kept_is_there_after_a_kill(tmp_path: Path) -> None:
    log = tmp_path / "said"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "unsent.db")],
            stdout=out, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )  # fmt: skip
    until(lambda: log.read_bytes().count(b"\n") > 20, "it keeps results")
    process.send_signal(signal.SIGKILL)
    process.wait()
    said = [int(line) for line in log.read_bytes().split(b"\n")[:-1]]
    kept, found = UnsentResults(tmp_path / "unsent.db"), []
    while (one := kept.oldest()) is not None:
        found.append(int(one.id))
        kept.sent(one.id)
    # One more may have been kept that it did not come to say.
    assert found[: len(said)] == said
    assert len(found) <= len(said) + 1
    kept.close()
