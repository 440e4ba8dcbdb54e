"""Where a server of ours listens: an address with its port, or a Unix socket."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Annotated

from monitor.inventory.values.addresses import is_address
from monitor.inventory.values.scalars import Kind, port_of, shown, text_of


@dataclass(frozen=True, slots=True)
class Listening:
    """An address and a port, or the path of a socket."""

    address: str = ""
    port: int = 0
    socket: str = ""

    @property
    def only_here(self) -> bool:
        """Whether nobody outside this machine can reach it."""
        return bool(self.socket) or ipaddress.ip_address(self.address).is_loopback

    def __str__(self) -> str:
        if self.socket:
            return f"unix:{self.socket}"
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def listening_of(value: object) -> Listening:
    """`127.0.0.1:8480`, `[::1]:8480` or `unix:/run/leftopen/web.sock`."""
    if isinstance(value, Listening):
        return value
    text = text_of(value)
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        # The kernel's limit (unix(7)): a longer path is refused only when it is served.
        if not path.startswith("/") or not path.isprintable() or len(path.encode()) > 107:
            raise ValueError(f"{shown(text)} is no Unix socket: write unix:/run/leftopen/web.sock, at most 107 bytes")
        return Listening(socket=path)
    host, _, port = text.rpartition(":")
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not is_address(inner) or (":" in inner and inner == host):
        raise ValueError(f"{shown(text)} is no place to listen (127.0.0.1:8480, [::1]:8480 or unix:/path)")
    return Listening(str(ipaddress.ip_address(inner)), port_of(port))


Listen = Annotated[Listening, Kind(listening_of, "address:port or unix:/path")]
