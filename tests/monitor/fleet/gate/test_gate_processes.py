"""A gate with a real broker behind it, and a worker that is killed between look and hand-in: nothing is lost."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.main import main
from monitor.fleet import topology
from monitor.fleet.gate import signing
from monitor.proof.formats.note import LOG, SigningKey
from tests.monitor.fleet.parts import ROOT, Fleet, brokered, kill
from tests.servers.launch import free_port
from tests.waiting import until

pytestmark = pytest.mark.slow
VANTAGE = "gated"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet of one vantage without any process yet, and its broker."""
    with brokered(tmp_path, VANTAGE) as (_, one):
        yield one


class SlowHost:
    """A web server that answers when it may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.asked = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            self.asked.set()
            self.may.wait(60)
            try:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            except OSError:
                return

    def close(self) -> None:
        self.may.set()
        self._socket.close()


def gate(fleet: Fleet, port: int) -> subprocess.Popen[bytes]:
    folder = fleet.home / "gate"
    folder.mkdir(exist_ok=True)
    shutil.copy(fleet.given / f"{VANTAGE}.broker", folder)
    words = ["-m", "monitor", "gate", "serve", str(folder), "--registry", str(fleet.home / "gate.json")]
    return fleet.spawn([*words, "--listen", f"127.0.0.1:{port}"], {}, "gate")


def worker(fleet: Fleet, port: int, key: SigningKey, name: str = "worker") -> subprocess.Popen[bytes]:
    words = ["-m", "monitor", "gate", "work", str(fleet.home / f"{VANTAGE}.json"), "--url", f"http://127.0.0.1:{port}"]
    words += ["--owner", str(fleet.owner.verifier), "--hub", str(fleet.hub.verifier), "--key", "env:OWN_KEY"]
    return fleet.spawn([*words, "--unsent", str(fleet.home / f"{name}.db")], {"OWN_KEY": key.secret()}, name)


def kept(fleet: Fleet, table: str) -> int:
    file = fleet.home / "worker.db"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
        except sqlite3.OperationalError:
            return 0


def run(fleet: Fleet, *words: str, **environ: str) -> str:
    done = CliRunner(env=environ).invoke(main, [*words])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_nothing_is_lost_when_the_worker_is_killed_between_look_and_hand_in(fleet: Fleet) -> None:
    host, port, key = SlowHost(), free_port(), fleet.keys[VANTAGE]
    fleet.write([{"id": "slow", "host": "127.0.0.1", "ports": [host.port]}], {VANTAGE: "internet"})
    serving = gate(fleet, port)
    code = run(fleet, "gate", "code", VANTAGE, "--registry", str(fleet.home / "gate.json"))
    url = f"http://127.0.0.1:{port}"
    until(lambda: "listens on" in (fleet.home / "gate.log").read_text(), "the gate listens")
    assert run(fleet, "gate", "register", code, "--url", url, "--key", "env:K", K=key.secret()) == str(key.verifier)

    # Somebody else inside has another key: it gets no batch, whatever it says that it is.
    stranger = worker(fleet, port, SigningKey.make(VANTAGE, LOG), "stranger")
    fleet.hub_process(20)
    until(lambda: "401" in (fleet.home / "stranger.log").read_text(), "its key is refused")
    kill(stranger)

    first = worker(fleet, port, key)
    until(lambda: host.asked.is_set(), "it looks")
    # The way to the gate is closed, the look ends, and the machine loses power.
    serving.send_signal(signal.SIGSTOP)
    host.may.set()
    until(lambda: kept(fleet, "results") == 1, "the result is on its disk")
    kill(first)
    serving.send_signal(signal.SIGCONT)
    host.asked.clear()
    assert fleet.looked() == 0

    second = worker(fleet, port, key)
    try:
        until(lambda: fleet.looked() == 1 and not fleet.rows("SELECT id FROM owed"), "the hub has it")
    except AssertionError:
        pytest.fail(fleet.logs())
    assert not host.asked.is_set(), "it was not looked at again"
    until(lambda: kept(fleet, "results") == 0, "nothing is kept any longer")
    assert fleet.rows("SELECT count(*), sum(blind <> '') FROM rounds") == [(1, 0)]
    for one in (second, serving):
        one.send_signal(signal.SIGTERM)
        assert one.wait(60) == 0, fleet.logs()
    host.close()


def test_a_worker_behind_a_gate_needs_nothing_of_a_broker() -> None:
    assert (signing.LOOKS, signing.ALONE) == (topology.LOOKS, topology.ALONE)
    program = (
        "import sys\n"
        "for name in ('celery', 'kombu', 'amqp'): sys.modules[name] = None\n"
        "import monitor.cli.fleet.gate, monitor.fleet.gate.worker, monitor.fleet.looker, monitor.store.files.unsent\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
