"""What these tests share: a small inventory on loopback, and the other end of a service manager's socket."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Self

from tests.servers.launch import free_port

INVENTORY = """\
leftopen: 1
organisation: {{id: region, name: Region Exempel, contact: security@region.example}}
parties:
  - {{id: region, name: Region Exempel, role: controller}}
channels:
  - {{id: ours, party: region, url: "env:OURS", operator: true}}
defaults:
  interval: 1s
  timeouts: {{connect: 1s, read: 1s, ask: 2s}}
assets:
  - {{id: closed, host: 127.0.0.1, ports: [{port}], owner: region, data: static}}
"""


def closed_port() -> int:
    """A port of loopback at which nothing listens."""
    return free_port()


class Manager:
    """Hears what a service says to its manager: `with Manager(tmp_path) as manager`."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def wait(self, wanted: str, times: int = 1, seconds: float = 60.0) -> list[str]:
        """All that is said until `wanted` was said so many times. Raises AssertionError when it is not."""
        ends = time.monotonic() + seconds
        said: list[str] = []
        while said.count(wanted) < times:
            left = ends - time.monotonic()
            assert left > 0, f"{wanted} was not said {times} times in {seconds:g} s, but {said}"
            self._socket.settimeout(left)
            try:
                said.append(self._socket.recv(4096).decode())
            except TimeoutError:
                continue
        return said
