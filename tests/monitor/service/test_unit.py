"""The unit: what it must say, that systemd understands it, and that the program lives within it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from monitor.cli.fleet.worker import worker as worker_command
from tests.monitor.service.unit import INVENTORY, closed_port
from tests.servers.launch import missing

FOLDER = Path(__file__).parents[3] / "systemd"
UNIT = FOLDER / "leftopen.service"
WITNESS = FOLDER / "leftopen-witness.service"
WORKER = FOLDER / "leftopen-worker@.service"
LEAST_HARDENED = 1.5
"""`systemd-analyze security` calls up to 2.0 "OK" in its best colour; versions differ by a few tenths."""


def settings(path: Path = UNIT) -> dict[str, list[str]]:
    """`Section.Key` to its values, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    section = ""
    for line in path.read_text().splitlines():
        text = line.strip()
        if text.startswith("["):
            section = text.strip("[]")
        elif text and not text.startswith("#"):
            key, _, value = text.partition("=")
            found[f"{section}.{key}"].append(value)
    return found


def analyze() -> str:
    """systemd-analyze, or no test."""
    return shutil.which("systemd-analyze") or missing(
        "systemd-analyze is not installed (Debian: apt-get install systemd)"
    )


GATES = [FOLDER / "leftopen-gate.service", FOLDER / "leftopen-gate-worker.service"]


def test_the_wheel_holds_every_unit_and_the_configuration_of_the_broker() -> None:
    files = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    broker = FOLDER.parent / "docs" / "rabbitmq"
    assert {*files["share/leftopen/systemd"]} == {f"systemd/{file.name}" for file in FOLDER.iterdir()}
    assert {*files["share/leftopen/rabbitmq"]} == {f"docs/rabbitmq/{file.name}" for file in broker.iterdir()}


@pytest.fixture(params=[UNIT, WITNESS, WORKER, *GATES], ids=lambda path: path.stem)
def here(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A unit, with the program at a place where it is on this machine."""
    unit: Path = request.param
    text, times = re.subn(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text(), flags=re.MULTILINE)
    assert times == 1
    copy = tmp_path / unit.name
    copy.write_text(text)
    return copy


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("PrivateUsers", "yes"),
        ("ProtectClock", "yes"),
        ("ProtectHostname", "yes"),
        ("ProtectKernelLogs", "yes"),
        ("ProtectKernelModules", "yes"),
        ("ProtectKernelTunables", "yes"),
        ("ProtectControlGroups", "yes"),
        ("ProtectProc", "invisible"),
        ("RestrictNamespaces", "yes"),
        ("RestrictRealtime", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("LockPersonality", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("SystemCallArchitectures", "native"),
        ("UMask", "0077"),
        ("LimitCORE", "0"),
        ("StateDirectory", "leftopen"),
        ("StateDirectoryMode", "0700"),
        ("User", "leftopen"),
        ("Type", "notify"),
        ("Restart", "always"),
        ("OOMPolicy", "continue"),
    ],
)
def test_the_unit_is_hardened(key: str, value: str) -> None:
    assert settings()[f"Service.{key}"] == [value]


def test_only_the_calls_of_ordinary_services_are_allowed() -> None:
    assert settings()["Service.SystemCallFilter"] == ["@system-service", "~@privileged @resources"]


def test_memory_tasks_and_files_are_bounded() -> None:
    for key in ("MemoryMax", "MemoryHigh", "TasksMax", "LimitNOFILE", "WatchdogSec", "RestartSec", "TimeoutStopSec"):
        (value,) = settings()[f"Service.{key}"]
        assert value not in ("", "0", "infinity"), key


def test_it_never_gives_up_restarting() -> None:
    assert settings()["Unit.StartLimitIntervalSec"] == ["0"]


def test_no_secret_stands_in_the_unit() -> None:
    assert settings()["Service.LoadCredential"] == ["channel:/etc/leftopen/channels"]
    assert not [key for key in settings() if key in ("Service.SetCredential", "Service.EnvironmentFile")]
    (environment,) = settings()["Service.Environment"]
    assert {part.partition("=")[0] for part in environment.split()} == {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def test_the_user_is_the_one_that_sysusers_makes() -> None:
    (line,) = [one for one in (FOLDER / "leftopen.sysusers.conf").read_text().splitlines() if one.startswith("u ")]
    assert line.split()[1] == settings()["Service.User"][0]


def test_the_witness_may_do_no_more_than_the_watch() -> None:
    watch, witness = settings(), settings(WITNESS)
    own = {"Type", "NotifyAccess", "ExecStart", "ExecReload", "LoadCredential", "WatchdogSec", "TimeoutStartSec"}
    bounds = {"MemoryHigh", "MemoryMax", "TasksMax", "LimitNOFILE"}
    for key in {key.partition(".")[2] for key in watch if key.startswith("Service.")} - own - bounds:
        assert witness[f"Service.{key}"] == watch[f"Service.{key}"], key
    assert all(witness[f"Service.{key}"] for key in bounds)
    assert witness["Unit.StartLimitIntervalSec"] == ["0"], "a witness that stays down cannot say that a log is silent"
    assert witness["Service.ExecStart"] == ["/opt/leftopen/bin/leftopen witness /etc/leftopen/inventory.yaml"]
    assert witness["Service.LoadCredential"] == ["key:/etc/leftopen/witness.key", "channel:/etc/leftopen/channels"]
    assert not [key for key in witness if key in ("Service.SetCredential", "Service.EnvironmentFile")]


def test_a_worker_may_do_no_more_than_the_watch() -> None:
    watch, worker = settings(), settings(WORKER)
    own = {"Type", "NotifyAccess", "ExecStart", "ExecReload", "LoadCredential", "WatchdogSec", "TimeoutStartSec"}
    bounds = {"MemoryHigh", "MemoryMax", "TasksMax", "LimitNOFILE", "TimeoutStopSec"}
    for key in {key.partition(".")[2] for key in watch if key.startswith("Service.")} - own - bounds:
        assert worker[f"Service.{key}"] == watch[f"Service.{key}"], key
    assert all(worker[f"Service.{key}"] for key in bounds)
    assert worker["Unit.StartLimitIntervalSec"] == ["0"]
    assert worker["Service.LoadCredential"] == ["key:/etc/leftopen/worker.key", "broker:/etc/leftopen/worker.broker"]
    assert not [key for key in worker if key in ("Service.SetCredential", "Service.EnvironmentFile")]
    (command,) = worker["Service.ExecStart"]
    program, *words = command.replace("%i", "alone").split()
    assert program == "/opt/leftopen/bin/leftopen"
    assert words[0] == "worker"
    # Every word is one that the command knows.
    context = worker_command.make_context("worker", [str(FOLDER.parent / "pyproject.toml"), *words[2:]])
    assert context.params["queue"] == "alone"


def test_systemd_understands_every_line(here: Path) -> None:
    verified = subprocess.run([analyze(), "verify", here], capture_output=True, text=True, timeout=60)
    said = verified.stdout + verified.stderr
    assert (verified.returncode, [line for line in said.splitlines() if here.name in line]) == (0, [])


def test_what_it_is_exposed_to_is_little(here: Path) -> None:
    program = analyze()
    if "--offline" not in subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60).stdout:
        pytest.skip("this systemd-analyze judges only units that run (before version 250)")
    told = subprocess.run(
        [program, "security", "--offline=true", "--no-pager", here], capture_output=True, text=True, timeout=60
    )
    figure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    assert figure, told.stdout + told.stderr
    assert float(figure[1]) <= LEAST_HARDENED


NOT_SEEN = 3
"""The exit code of a round over a port on which nothing listens: it came to its end, and nobody was judged."""

# Begins like the service: the kernel refuses this process, and all that it starts, writable memory that is executable.
_DENY_WRITE_EXECUTE = """
import ctypes, os, sys
if ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0):
    sys.exit(77)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def _round(tmp_path: Path, *before: str) -> subprocess.CompletedProcess[str]:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(INVENTORY.format(port=closed_port()))
    command = (sys.executable, "-c", _DENY_WRITE_EXECUTE, "-m", "monitor")
    drill = ("alert", inventory, "--database", tmp_path / "leftopen.db", "--test", "ours")
    look = ("run", inventory, "--database", tmp_path / "leftopen.db", "--no-alerts")
    environ = {"PATH": "/usr/bin:/bin", "OURS": f"json://127.0.0.1:{closed_port()}/"}
    done = subprocess.run([*before, *command, *look], capture_output=True, text=True, timeout=100, env=environ)
    if done.returncode == NOT_SEEN:
        told = subprocess.run([*before, *command, *drill], capture_output=True, text=True, timeout=100, env=environ)
        assert (told.returncode, "could not be connected to" in told.stderr) == (3, True), told.stderr
    return done


def test_a_round_and_a_delivery_live_without_writable_executable_memory(tmp_path: Path) -> None:
    done = _round(tmp_path)
    if done.returncode == 77:
        pytest.skip("this kernel has no PR_SET_MDWE (before 6.3)")
    assert done.returncode == NOT_SEEN, done.stderr


def test_a_round_and_a_delivery_need_no_call_that_the_filter_refuses(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (Debian: apt-get install strace)")
    allowed = _calls("@system-service") - _calls("@privileged") - _calls("@resources")
    report = tmp_path / "calls"
    done = _round(tmp_path, strace, "-f", "-c", "-A", "-o", str(report))
    if not report.exists() or done.returncode == 77 or "ptrace" in done.stderr:
        pytest.skip("nothing can be traced here")
    assert done.returncode == NOT_SEEN, done.stderr
    rows = [line.split() for line in report.read_text().splitlines()]
    used = {row[-1] for row in rows if len(row) >= 5 and row[0][0].isdigit()} - {"total"}
    assert {"socket", "execve"} <= used
    # SQLite gives its files to the owner of the database, and does so as root alone; the service is not.
    assert used - allowed - {"fchown"} == set()


def _calls(name: str) -> set[str]:
    told = subprocess.run([analyze(), "syscall-filter", name], capture_output=True, text=True, timeout=60, check=True)
    found: set[str] = set()
    for line in told.stdout.splitlines()[1:]:
        word = line.strip()
        if word and not word.startswith("#"):
            found |= _calls(word) if word.startswith("@") else {word}
    return found
