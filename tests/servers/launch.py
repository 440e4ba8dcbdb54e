"""Starts a real server as a child on a free loopback port, waits until it answers, and ends it whatever happens."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

STARTS_WITHIN = 60.0
"""Seconds that a server may take until it accepts a connection."""
STOPS_WITHIN = 4.0
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_EACH = 22_000 // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
PORTS = range(10_000 + _WORKER * _EACH, 10_000 + (_WORKER + 1) * _EACH)
"""Below the kernel's own range, so that no outgoing connection takes the port before the server binds it; and each of
the workers that run tests side by side has its own, so that none takes what another has chosen and not yet bound."""
PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


class DidNotStart(Exception):
    """A server ended, or stayed silent, before it answered."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is running: where it is, what it serves, and the file in which it says what it was asked."""

    name: str
    host: str
    port: int
    tls: bool
    folder: Path
    log: Path
    group: int
    """The process group: what must be gone when the server has stopped."""
    authority: bytes = b""
    """The certificate (PEM) of the authority that a client must trust; empty in clear text."""

    @property
    def address(self) -> str:
        """host:port as it stands in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The server's root, without a final slash: add a path that begins with one."""
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def asked(self) -> str:
        """What the server has logged so far; lighttpd writes its log only every few seconds."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


@dataclass(frozen=True, slots=True)
class Start:
    """How to start a server: the command, and where it runs."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] | None = None
    cwd: Path | None = None
    log: str = "access.log"
    """The access log below the server's own folder; `out.log` for those that write it to their output."""
    tls: bool = False
    authority: bytes = b""
    unprivileged: bool = False
    """For servers that refuse to run as root: run as nobody, still able to read what the tests made."""


def require(binary: str) -> str:
    """The path of `binary`; where it is missing the test is skipped, or fails when REQUIRE_SERVERS=1 is set."""
    found = shutil.which(binary, path=PATHS)
    if found is None:
        missing(f"{binary} is not installed (.ci/servers installs it)")
    return found


def missing(reason: str) -> NoReturn:
    """Skip for `reason`, or fail where the environment says that nothing may be missing."""
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at `host`."""
    chance = random.SystemRandom()
    for _ in range(200):
        port = chance.choice(PORTS)
        if is_free(host, port):
            return port
    raise DidNotStart(f"no free port at {host}")


def own_address() -> str:
    """An address of loopback that nobody else is likely to use now, for servers at their usual port."""
    chance = random.SystemRandom()
    return f"127.{chance.randint(1, 254)}.{chance.randint(1, 254)}.{chance.randint(2, 254)}"


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on a port at `host`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextmanager
def running(
    name: str,
    start: Callable[[int, Path], Start],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    within: float = STARTS_WITHIN,
) -> Iterator[Server]:
    """A running server, at a free port or at `port`. `start(port, home)` writes its files below `home` and says how to
    start it."""
    home = Path(tempfile.mkdtemp(prefix=f"leftopen-{name}-"))
    home.chmod(0o755)
    wanted = port
    with guarded(home):
        for attempt in range(1, 4):
            port = wanted or free_port(host)
            how = start(port, home)
            process = _spawn(how, home)
            try:
                try:
                    _wait(process, host, port, within)
                except DidNotStart as failure:
                    if attempt == 3:
                        said = tail(home)
                        raise DidNotStart(f"{name}: {failure}\n{said}") from None
                    continue
                yield Server(
                    name, host, port, how.tls, how.folder, home / how.log, process.pid, authority=how.authority
                )
                return
            finally:
                stop(process)
                end_what_left(home)


@contextmanager
def guarded(home: Path) -> Iterator[None]:
    """A folder that is gone in the end. Should the tests themselves be killed, a shell that hears it ends whatever has
    the folder as its HOME, and removes it: the kernel ends only what we have started ourselves, and no child of it."""
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "sh", str(home)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        guard.kill()
        guard.communicate()
        shutil.rmtree(home, ignore_errors=True)


_GUARD = """read -r _
for one in $(grep -lzxF "HOME=$1" /proc/[0-9]*/environ); do one=${one%/environ}; kill -KILL "${one#/proc/}"; done
rm -rf "$1"
"""


def _spawn(how: Start, home: Path) -> subprocess.Popen[bytes]:
    with (home / "out.log").open("ab") as out:
        return subprocess.Popen(
            [*bound_to_us(unprivileged=how.unprivileged), *how.command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=how.cwd or home,
            env=surroundings(home, how.environment),
            start_new_session=True,
        )


def surroundings(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: nothing of the developer's own settings, and all that it writes goes below `home`."""
    return {
        "PATH": PATHS, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": str(home), "NO_UPDATE_CHECK": "1", **(more or {}),
    }  # fmt: skip


def bound_to_us(*, unprivileged: bool = False) -> list[str]:
    """A prefix by which the kernel ends the child should the tests themselves be killed."""
    setpriv = shutil.which("setpriv", path=PATHS)
    if setpriv is None:
        return []
    prefix = [setpriv, "--pdeathsig", "KILL"]
    if unprivileged and os.geteuid() == 0:
        # pytest's folders are closed to everybody else, so nobody keeps the two powers to walk through them.
        powers = "+dac_override,+dac_read_search"
        prefix += ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        prefix += ["--inh-caps", powers, "--ambient-caps", powers]
    return [*prefix, "--"]


def _wait(process: subprocess.Popen[bytes], host: str, port: int, within: float) -> None:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if process.poll() is not None:
            raise DidNotStart(f"ended with {process.returncode}")
        try:
            with socket.create_connection((host, port), timeout=1):
                pass
        except OSError:
            time.sleep(0.03)
            continue
        # Somebody else's listener would answer too: ours must still be alive a moment later.
        time.sleep(0.02)
        if process.poll() is None:
            return
    raise DidNotStart(f"nothing answered within {within:g} s")


def stop(process: subprocess.Popen[Any]) -> None:
    """End the process and all of its group: politely, then surely."""
    group = process.pid
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, kind)
        except ProcessLookupError:
            break
        until = time.monotonic() + STOPS_WITHIN
        while time.monotonic() < until:
            process.poll()  # reaps the leader
            if not alive(group):
                process.wait()
                return
            time.sleep(0.01)
    process.wait(timeout=30)  # it was killed; a busy machine takes a moment to say so


def end_what_left(home: Path) -> None:
    """End what a server has started in a session of its own, as Samba and RabbitMQ do: its home is in the environment
    of all."""
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if b"\0HOME=%b\0" % os.fsencode(home) in b"\0" + environ.read_bytes():
                os.kill(int(environ.parent.name), signal.SIGKILL)


def alive(group: int) -> list[int]:
    """The processes of `group` that still run; the dead that nobody has buried yet do not count."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


def tail(home: Path) -> str:
    """The ends of what was logged below `home`."""
    texts = [path.read_text("utf-8", "replace")[-2000:] for path in sorted(home.glob("*.log"))]
    return "\n".join(text for text in texts if text)
