"""That a command in a forked process is what a started one is, and that each can be started alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.main import COMMANDS
from tests.commands import ROOT, Running, run_command, running
from tests.servers.launch import free_port
from tests.waiting import until

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
NOBODY_LOOKED = 3

_ALONE = """
import os, sys
import aiohttp.web, apprise, click, cryptography.x509, dns.message, icalendar, jinja2, joserfc.jwt, prometheus_client
import pydantic, rich.progress, rich.table, yaml
import probes.registry, probes.recognise.listing.recognise
assert not any(name.startswith("monitor") for name in sys.modules)
# Half of the work of each; they are below all commands, and can import none.
import monitor.inventory.load, monitor.store.ledger
assert not any(name.startswith("monitor.cli") for name in sys.modules)
for module in sys.argv[1:]:
    if os.fork() == 0:
        __import__(module)
        os._exit(0)
    if os.wait()[1]:
        print(module)
"""
"""Imports each module in a process of its own that has what others wrote, and what cannot import commands."""


def test_a_forked_command_is_what_a_started_one_is(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>Index of /å</title>", "utf-8")
    for arguments, into in (
        (("--version",), None),
        (("no-such-command",), None),
        (("run", "missing.yaml"), None),
        (("probes", "--json"), None),
        (("recognise", "--lines"), '{"file": "page.html", "url": "http://nas.test/å/"}\nnot json\n'),
    ):
        forked = run_command(*arguments, cwd=tmp_path, env=ENVIRONMENT, into=into, timeout=100)
        started = subprocess.run(
            [sys.executable, "-m", "monitor", *arguments], cwd=tmp_path, env=ENVIRONMENT, input=into or "",
            capture_output=True, encoding="utf-8", timeout=100, check=False,
        )  # fmt: skip
        assert (forked.returncode, forked.stdout, forked.stderr) == (
            started.returncode,
            started.stdout,
            started.stderr,
        ), arguments


def test_a_command_beside_the_test_runs_until_it_is_told_to_end_or_the_test_ends(tmp_path: Path) -> None:
    err, words = tmp_path / "err", ("canary", "plant", f"127.0.0.1:{free_port()}")
    ends: list[Running] = []
    for kind in (signal.SIGTERM, None):
        err.write_text("", "utf-8")
        with running(*words, cwd=tmp_path, env=ENVIRONMENT, err=err) as command:
            until(lambda: "planted" in err.read_text("utf-8"), "it has begun")
            assert command.poll() is None
            assert Path(f"/proc/{command.pid}").exists()
            if kind is not None:
                command.send_signal(kind)
                assert command.wait(60) == NOBODY_LOOKED
        ends.append(command)
    assert [one.poll() for one in ends] == [NOBODY_LOOKED, -signal.SIGKILL]


def test_a_command_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_command("--help", cwd=tmp_path, env=ENVIRONMENT, timeout=0)
    assert run_command("--version", cwd=tmp_path, env=ENVIRONMENT, timeout=100).returncode == 0


def test_every_command_is_imported_alone() -> None:
    """Each in a process that has no command yet: none leans on what another happened to import."""
    modules = [f"monitor.cli.{folder}.{name.replace('-', '_')}" for folder, names in COMMANDS.items() for name in names]
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, *modules], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
