"""One watcher a ledger: the second is refused in words, and the lock ends with its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.service.alone import AlreadyWatched, alone

_HOLDS = "import sys; from pathlib import Path; from monitor.service.alone import alone\n"
_HOLDS += "with alone(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_a_second_watcher_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    database = tmp_path / "leftopen.db"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyWatched, match=str(first.pid)), alone(database):
            pass
        first.kill()
        first.wait()
    with alone(database):
        pass
