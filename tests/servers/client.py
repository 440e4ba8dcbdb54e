"""A raw HTTP client for the tests of the servers themselves: it sends what it is told, and shows all that came back."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from typing import Literal

MOST = 3_000_000
"""Bytes after which the client has seen enough."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back, and how it ended."""

    data: bytes
    end: Literal["closed", "reset", "silent", "enough", "refused", "tls"]

    @property
    def status(self) -> int:
        """The status, 0 where there is none."""
        parts = self.data[:64].split(b" ")
        return int(parts[1]) if self.data.startswith(b"HTTP/") and len(parts) > 1 and parts[1].isdigit() else 0

    @property
    def head(self) -> bytes:
        """The status line and the headers."""
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def rest(self) -> bytes:
        """All that came after the headers, as it came on the wire."""
        return self.data.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str:
        """The first value of a header; empty when there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""

    @property
    def body(self) -> bytes:
        """The body with its chunks put together."""
        if self.header("transfer-encoding").lower() != "chunked":
            return self.rest
        whole, left = b"", self.rest
        while left:
            size, _, left = left.partition(b"\r\n")
            length = int(size.split(b";")[0] or b"0", 16)
            if not length:
                break
            whole, left = whole + left[:length], left[length + 2 :]
        return whole


def ask(
    host: str,
    port: int,
    path: str = "/",
    *,
    method: str = "GET",
    headers: tuple[str, ...] = (),
    tls: bool = False,
    authority: bytes = b"",
    within: float = 5.0,
) -> Heard:
    """One request over a connection of its own; never waits longer than `within` seconds in all."""
    named = f"[{host}]" if ":" in host else host
    lines = [f"{method} {path} HTTP/1.1", f"Host: {named}:{port}", "Connection: close", *headers, "", ""]
    return tell(host, port, "\r\n".join(lines).encode("latin-1"), tls=tls, authority=authority, within=within)


def tell(host: str, port: int, data: bytes, *, tls: bool = False, authority: bytes = b"", within: float = 5.0) -> Heard:
    """Send `data` and read until the end, the time or `MOST` bytes are reached. Without an authority any will do."""
    until = time.monotonic() + within
    heard = b""
    try:
        with socket.create_connection((host, port), timeout=within) as plain:
            peer = _context(authority).wrap_socket(plain, server_hostname=host) if tls else plain
            peer.sendall(data)
            while len(heard) < MOST:
                left = until - time.monotonic()
                if left <= 0:
                    return Heard(heard, "silent")
                peer.settimeout(left)
                part = peer.recv(65536)
                if not part:
                    return Heard(heard, "closed")
                heard += part
            return Heard(heard, "enough")
    except TimeoutError:
        return Heard(heard, "silent")
    except ConnectionRefusedError:
        return Heard(heard, "refused")
    except ssl.SSLError:
        return Heard(heard, "tls")
    except (ConnectionError, OSError):
        return Heard(heard, "reset")


def _context(authority: bytes) -> ssl.SSLContext:
    if authority:
        return ssl.create_default_context(cadata=authority.decode("ascii"))
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
