"""A server of several processes: all are gone at its end, however it ends; another's port is tried anew."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import launch
from tests.servers.parts import Parts, together

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
LEAVES = [sys.executable, "-c", "import os, time; os.setsid(); open('left', 'w').close(); time.sleep(60)"]
"""Makes itself a session of its own, as Swift's servers do."""


def begin(parts: Parts) -> launch.Server:
    parts.start(SLEEPS)
    parts.start(LEAVES)
    parts.until((parts.home / "left").exists)
    return launch.Server("two", "127.0.0.1", parts.port(), False, parts.home, parts.home / "out.log", parts.group)


def below(home: Path) -> list[int]:
    """The processes that work in `home`."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cwd"):
        try:
            found += [int(one.parent.name)] if one.readlink() == home else []
        except OSError:
            continue
    return found


def gone(home: Path) -> bool:
    end = time.monotonic() + 40
    while below(home) and time.monotonic() < end:
        time.sleep(0.02)
    return not below(home)


def test_all_parts_run_and_none_is_left() -> None:
    with together("two", begin) as server:
        assert len(below(server.folder)) == 2
    assert gone(server.folder)
    assert not server.folder.exists()


def test_a_failing_test_leaves_no_part_behind() -> None:
    with pytest.raises(ZeroDivisionError), together("two", begin) as server:  # noqa: PT012  the failure is inside
        home = server.folder
        raise ZeroDivisionError
    assert gone(home)


@pytest.mark.parametrize("why", ["a part ends", "a tool fails", "silence"])
def test_a_failed_start_is_tried_anew_and_leaves_nothing(why: str) -> None:
    homes = []

    def fails(parts: Parts) -> launch.Server:
        homes.append(parts.home)
        begin(parts)
        if why == "a part ends":
            parts.start([sys.executable, "-c", "raise SystemExit('no such port')"])
        elif why == "a tool fails":
            parts.once([sys.executable, "-c", "raise SystemExit('no such tool')"])
        parts.until(lambda: False, within=0.3 if why == "silence" else 20)
        raise AssertionError

    told = {"a part ends": "no such port", "a tool fails": "no such tool", "silence": "not ready within"}
    with pytest.raises(launch.DidNotStart, match=told[why]), together("two", fails):
        pass
    assert len(homes) == 3
    assert all(gone(home) and not home.exists() for home in homes)


def test_a_missing_server_leaves_no_part_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_SERVERS", raising=False)
    homes = []

    def missing(parts: Parts) -> launch.Server:
        homes.append(parts.home)
        begin(parts)
        launch.missing("not here")

    with pytest.raises(pytest.skip.Exception, match="not here"), together("two", missing):
        pass
    assert len(homes) == 1
    assert gone(homes[0])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_test_run_that_is_ended_leaves_no_part_behind(how: signal.Signals) -> None:
    launch.require("setpriv")
    code = (
        # Whatever runs these tests may ignore SIGINT, and what it starts would inherit that.
        "import signal, sys, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tests.servers.parts import together\nfrom tests.servers.test_parts import begin\n"
        "with together('two', begin) as one:\n    print(one.folder, flush=True)\n    time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        home = Path(run.stdout.readline().strip())
        assert len(below(home)) == 2
        run.send_signal(how)
    assert gone(home)
    shutil.rmtree(home, ignore_errors=True)  # a killed run cannot


def test_the_folder_is_short_enough_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("deep" * 20)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with together("two", begin) as server:
        assert len(str(server.folder)) < 60
