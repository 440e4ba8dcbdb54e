"""Real network namespaces: a host of a closed network, a vantage with a tunnel into it, and the internet.

Skipped where this machine lets nobody make namespaces; `test_reach.py` has the same cases over loopback.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from monitor.store.ledger import Ledger
from monitor.store.tables import networks
from tests.waiting import until

pytestmark = pytest.mark.slow
INSIDE, OUTSIDE = {"id": "in-1", "network": "sjunet"}, {"id": "internet-1", "network": "internet"}
HOST, GATEWAY, BEYOND = "10.213.1.2", "10.213.1.1", "10.213.2.2"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


class Nets:
    """Three namespaces: `closed` and `internet`, each joined with `vantage`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = {name: f"lo-{os.getpid()}-{name[0]}" for name in ("closed", "vantage", "internet")}
        self._running: list[subprocess.Popen[bytes]] = []

    def make(self) -> None:
        for name in self.names.values():
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        for number, other in ((1, "closed"), (2, "internet")):
            near, far = self.names["vantage"], self.names[other]
            ip("-n", near, "link", "add", other, "type", "veth", "peer", "name", "wire", "netns", far)
            ip("-n", near, "addr", "add", f"10.213.{number}.1/24", "dev", other)
            ip("-n", far, "addr", "add", f"10.213.{number}.2/24", "dev", "wire")
            ip("-n", far, "link", "set", "wire", "up")
        self.tunnel(up=True)

    def tunnel(self, *, up: bool) -> None:
        """The vantage is joined with the closed network; fallen, with the internet instead, and all that it sends goes
        there."""
        name = self.names["vantage"]
        ip("-n", name, "link", "set", "closed", "up" if up else "down")
        ip("-n", name, "link", "set", "internet", "down" if up else "up")
        if not up:
            ip("-n", name, "route", "add", "default", "via", BEYOND)

    def leak(self) -> None:
        """Whoever is on the internet reaches the closed network through the vantage."""
        ip("-n", self.names["vantage"], "link", "set", "internet", "up")
        self.run("vantage", "sysctl", "-qw", "net.ipv4.ip_forward=1")
        ip("-n", self.names["internet"], "route", "add", "10.213.1.0/24", "via", "10.213.2.1")
        ip("-n", self.names["closed"], "route", "add", "10.213.2.0/24", "via", GATEWAY)

    def run(self, where: str, *words: str, code: int = 0) -> str:
        done = subprocess.run(["ip", "netns", "exec", self.names[where], *words], capture_output=True, text=True)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def serve(self, where: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "http.server", str(port), "--directory", str(folder)]
        made = subprocess.Popen(
            ["ip", "netns", "exec", self.names[where], *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._running.append(made)
        listening = ["ip", "netns", "exec", self.names[where], "ss", "-Hltn", f"sport = :{port}"]
        until(lambda: subprocess.run(listening, capture_output=True, check=True).stdout, "the server listens")
        return made

    def remove(self) -> None:
        for one in self._running:
            one.kill()
            one.wait()
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def look(self, where: str, code: int) -> list[dict[str, object]]:
        """`leftopen run`, as the vantage that is there; its lines."""
        here, there = (OUTSIDE, INSIDE) if where == "internet" else (INSIDE, OUTSIDE)
        declared = {
            "leftopen": 1,
            "organisation": {"id": "region", "name": "Region", "contact": "security@region.example"},
            "vantage": here,
            "vantages": [there],
            "networks": [{"id": "sjunet", "beacon": f"http://{HOST}:8081/", "beyond": f"http://{BEYOND}:8081/"}],
            "parties": [{"id": "vendor", "name": "Vendor", "role": "processor"}],
            "defaults": {
                "pace": 1000,
                "recorder_paths": False,
                "survey": {"automatic": False},
                "timeouts": {"connect": 1, "read": 2, "ask": 5},
            },
            "assets": [{"id": "nas", "host": HOST, "ports": [8080], "reach": "sjunet", "owner": "vendor"}],
        }
        file = self.folder / "inventory.yaml"
        file.write_text(yaml.safe_dump(declared))
        command = [sys.executable, "-m", "monitor", "run", str(file), "--json", "--no-alerts"]
        out = self.run(where, *command, "--database", str(self.folder / "a.db"), code=code)
        return [json.loads(line) for line in out.splitlines()]

    def findings(self) -> dict[tuple[str, str], str]:
        ledger = Ledger(self.folder / "a.db")
        names = networks.named(ledger)
        found = {(names[one.network], one.kind): one.state.value for one in ledger.findings()}
        ledger.close()
        return found


@pytest.fixture
def nets(tmp_path: Path) -> Iterator[Nets]:
    if shutil.which("ip") is None or shutil.which("ss") is None:
        pytest.skip("iproute2 is not installed")
    made = Nets(tmp_path)
    try:
        made.make()
        made.run("vantage", "true")
    except (OSError, subprocess.CalledProcessError, AssertionError) as error:
        made.remove()
        pytest.skip(f"no network namespaces here: {getattr(error, 'stderr', error)}")
    try:
        yield made
    finally:
        made.remove()


def test_the_four_cases_of_reach_and_a_tunnel_that_falls(nets: Nets) -> None:
    calls, empty = nets.folder / "calls", nets.folder / "empty"
    for folder in (calls, empty):
        folder.mkdir()
    for number in range(4):
        (calls / f"in-{number}.wav").write_bytes(b"RIFF\x24\0\0\0WAVEfmt " + bytes(200))
    host = nets.serve("closed", 8080, calls)
    for where in ("closed", "internet"):
        nets.serve(where, 8081, empty)

    # Silent outside: that is what was promised. Inside it is unknown until somebody has looked there.
    seen = nets.look("internet", code=3)
    assert {(one["kind"], one["verdict"]) for one in seen} >= {("promise-network", "clear"), ("listing", "unknown")}
    # Open inside, silent outside: it is meant.
    seen = nets.look("vantage", code=3)
    assert {one["verdict"] for one in seen if one["kind"] == "listing"} >= {"exposed"}
    assert nets.findings() == {}

    # Open on both sides: a finding, from outside.
    nets.leak()
    nets.look("internet", code=1)
    found = nets.findings()
    assert found == {("internet", "listing"): "exposed", ("internet", "promise-network"): "exposed"}

    # The tunnel falls: from where it leads now the host is silent, and nobody takes that for an answer.
    nets.tunnel(up=False)
    assert nets.look("vantage", code=3) == []
    assert nets.findings() == found

    # The tunnel stands again and the host is down: inside that is unknown, and closes nothing outside.
    nets.run("vantage", "ip", "route", "del", "default")
    nets.tunnel(up=True)
    host.kill()
    host.wait()
    seen = nets.look("vantage", code=1)
    assert {one["verdict"] for one in seen} == {"unknown"}
    assert nets.findings() == found
