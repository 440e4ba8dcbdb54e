"""A server that is several processes: they start together on free ports, and all are ended whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.launch import (
    STARTS_WITHIN,
    STOPS_WITHIN,
    DidNotStart,
    Server,
    alive,
    bound_to_us,
    free_port,
    surroundings,
    tail,
)

LONGEST = 40
"""Characters of a temporary folder: a Unix socket's path holds 107 in all."""


class Parts:
    """The processes of one server. They are one process group, so that one look tells whether any is left."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.group = 0
        self.litter: list[Path] = []
        """What the server leaves outside `home`, to be removed at the end."""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._ports: set[int] = set()

    def port(self) -> int:
        """A free port that no other part was given."""
        for _ in range(200):
            one = free_port()
            if one not in self._ports:
                self._ports.add(one)
                return one
        raise DidNotStart("no free port left")

    def start(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start a part; it must stay in the foreground, or the kernel could not end it with us."""
        with (self.home / "out.log").open("ab") as out:
            process = subprocess.Popen(
                [*bound_to_us(), *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env=surroundings(self.home, environment),
                process_group=self.group,
            )
        self.group = self.group or process.pid
        self._processes.append(process)

    def once(self, command: Sequence[str], environment: Mapping[str, str] | None = None, within: float = 30.0) -> None:
        """Run a tool of the server's to its end."""
        try:
            done = subprocess.run(
                [*bound_to_us(), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env=surroundings(self.home, environment),
                timeout=within,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DidNotStart(f"{command[0]} did not end within {within:g} s") from None
        if done.returncode:
            raise DidNotStart(
                f"{' '.join(command)}: {done.returncode}\n{done.stdout.decode('utf-8', 'replace')[-2000:]}"
            )

    def until(self, ready: Callable[[], bool], within: float = STARTS_WITHIN) -> None:
        """Wait for `ready()`, as long as every part lives."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for process in self._processes:
                if process.poll() is not None:
                    raise DidNotStart(f"{process.args!r} ended with {process.returncode}")
            if ready():
                return
            time.sleep(0.03)
        raise DidNotStart(f"not ready within {within:g} s")

    def stop(self) -> None:
        """End all parts at once and surely: what they hold in memory or below `home` is of no use to anybody."""
        # Some make themselves a group of their own: each is then the leader of it.
        for group in (self.group, *(process.pid for process in self._processes)):
            if group:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait(timeout=STOPS_WITHIN)
        end = time.monotonic() + STOPS_WITHIN
        while self.group and alive(self.group) and time.monotonic() < end:
            time.sleep(0.01)
        for path in self.litter:
            path.unlink(missing_ok=True)


@contextmanager
def together(name: str, begin: Callable[[Parts], Server]) -> Iterator[Server]:
    """A running server: `begin` starts its parts and fills it. Another's port taken meanwhile is tried anew."""
    for attempt in range(1, 4):
        home = Path(tempfile.mkdtemp(prefix=f"leftopen-{name}-", dir=_short()))
        parts = Parts(home)
        try:
            try:
                server = begin(parts)
            except DidNotStart as failure:
                if attempt == 3:
                    raise DidNotStart(f"{name}: {failure}\n{tail(home)}") from None
                continue
            yield server
            return
        finally:
            parts.stop()
            shutil.rmtree(home, ignore_errors=True)


def _short() -> str | None:
    return "/tmp" if len(tempfile.gettempdir()) > LONGEST else None
