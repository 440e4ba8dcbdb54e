"""Runs the commands of leftopen, each in a forked process of its own that has everything imported already.

A start of Python with all that leftopen imports takes about a second of processor time, and the tests run the program
some hundreds of times. `run_command()` is what `subprocess.run()` is to `python -m monitor`: a process with arguments,
folder, environment and streams of its own, that ends as any other does. Tests of the start itself start Python.

Run as `python -m tests.commands DESCRIPTOR`, this file is the process that forks.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
_MOST = 1 << 20
_STREAMS = 4


class _Forker:
    """The process that forks, from outside; it ends with the process that started it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.commands", str(theirs.fileno())],
                cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        self._one_at_a_time = threading.Lock()

    def start(self, order: Mapping[str, object], streams: list[int]) -> int:
        """Start a command; the descriptor on which its number is told, and then its end."""
        told, tells = os.pipe()
        try:
            with self._one_at_a_time:
                socket.send_fds(self._ours, [json.dumps(order).encode()], [*streams, tells])
        finally:
            os.close(tells)
        return told

    def end(self) -> None:
        """Stop forking."""
        self._ours.close()
        self._process.wait(60)


_forker: list[_Forker] = []
_starting = threading.Lock()


def start_forking() -> None:
    """Start the process that forks. It serves the processes too that the caller forks from now on."""
    with _starting:
        if not _forker:
            _forker.append(_Forker())
            atexit.register(_forker[0].end)


def run_command(
    *arguments: str, cwd: Path, env: Mapping[str, str], into: str | None = None, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run the program with these arguments, and wait for it: code, stdout and stderr as subprocess.run() has them."""
    start_forking()
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write((into or "").encode())
        stdin.seek(0)
        order = {"arguments": arguments, "cwd": str(cwd), "env": dict(env)}
        told = _forker[0].start(order, [stream.fileno() for stream in (stdin, stdout, stderr)])
        command = Running(arguments, told)
        try:
            code = command.wait(timeout)
        finally:
            command.kill()
        return subprocess.CompletedProcess([*arguments], code, _text(stdout), _text(stderr))


class Running:
    """A command beside the test, as subprocess.Popen is one to its caller."""

    def __init__(self, arguments: Sequence[str], told: int) -> None:
        self._arguments, self._told = list(arguments), open(told, "rb", buffering=0)  # noqa: SIM115  until its end
        number = self._told.readline()
        assert number, "the process that forks has ended"
        self.pid = int(number)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; nothing while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end."""
        if self.returncode is None and not select.select([self._told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self._arguments, timeout)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, kind: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, kind)

    def kill(self) -> None:
        """End it and its children as a power cut does."""
        if self.poll() is None:
            _kill(self.pid)
            self.wait(60)


@contextmanager
def running(
    *arguments: str, cwd: Path, env: Mapping[str, str], out: Path | None = None, err: Path | None = None
) -> Iterator[Running]:
    """The program beside the test, with its stdout and stderr in files; it is gone in the end."""
    start_forking()
    order = {"arguments": arguments, "cwd": str(cwd), "env": dict(env)}
    nowhere = Path(os.devnull)
    with nowhere.open("rb") as stdin, (out or nowhere).open("ab") as stdout, (err or nowhere).open("ab") as stderr:
        told = _forker[0].start(order, [stream.fileno() for stream in (stdin, stdout, stderr)])
    command = Running(arguments, told)
    try:
        yield command
    finally:
        command.kill()


def _text(stream: IO[bytes]) -> str:
    """What was written, with the ends of lines as subprocess.run(text=True) has them."""
    stream.seek(0)
    return stream.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def _kill(number: int) -> None:
    """Kill a command and its children; one that has no process group of its own yet has no children either."""
    try:
        os.killpg(number, signal.SIGKILL)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def _command(order: dict[str, object], streams: list[int]) -> None:
    """Become what `python -m monitor` is right after its start, and run a command to its end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  it stays open until the end
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(str(order["cwd"]))
    environ = order["env"]
    assert isinstance(environ, dict)
    os.environ.clear()
    os.environ.update(environ)
    arguments = order["arguments"]
    assert isinstance(arguments, list)
    sys.argv = [str(ROOT / "monitor" / "__main__.py"), *arguments]

    from monitor.cli.main import main

    try:
        main(prog_name="python -m monitor")
    except SystemExit as end:
        _end(end.code)
        raise


def _end(code: object) -> None:
    """End as the interpreter does, but leave what is in memory as it is: to free all of it, it would first be copied.

    Whatever is not the plain end of a command is left to the interpreter.
    """
    if code is None or isinstance(code, int):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def _serve(orders: socket.socket) -> None:
    """Fork a command for each order, until no more come. This returns in the command's process too, at its end."""
    gc.collect()
    gc.freeze()
    while True:
        message, streams, _, _ = socket.recv_fds(orders, _MOST, _STREAMS)
        if not message:
            _reap()
            return
        assert len(streams) == _STREAMS
        _reap()
        if os.fork() == 0:
            orders.close()
            _beside(json.loads(message), streams)
            return
        for stream in streams:
            os.close(stream)


def _reap() -> None:
    """Bury the processes that have ended, so that what they cost is counted."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _beside(order: dict[str, object], streams: list[int]) -> None:
    """Fork the command, tell its number, and how it ended."""
    *standard, tells = streams
    pid = os.fork()
    if pid == 0:
        os.close(tells)
        os.setsid()
        _command(order, standard)
        return
    for stream in standard:
        os.close(stream)
    # A test that was ended hears nothing.
    with suppress(BrokenPipeError):
        os.write(tells, b"%d\n" % pid)
        os.write(tells, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os._exit(0)


def load() -> None:
    """Import all that any command imports."""
    from monitor.cli.main import COMMANDS

    for folder, names in COMMANDS.items():
        for name in names:
            import_module(f"monitor.cli.{folder}.{name.replace('-', '_')}")
    for later in (
        "monitor.service.watch", "monitor.alerts.delivery.apprise_channel", "monitor.rounds.controls", "sqlite_utils"
    ):  # fmt: skip
        import_module(later)
    assert threading.active_count() == 1, "a fork copies the thread that forks alone"


if __name__ == "__main__":
    load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
