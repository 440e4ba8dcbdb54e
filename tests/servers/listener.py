"""A listener that must never be connected to: it counts those who do, over IPv4 and IPv6."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.launch import free_port


class Listener:
    """Accepts, notes and closes; `connections` is exact at the moment it is read."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        self._lock = threading.Lock()
        self._seen: list[tuple[str, int]] = []
        self.port: int = sockets[0].getsockname()[1]
        """One port for both families."""
        self.families = tuple(one.family for one in sockets)

    @property
    def url(self) -> str:
        """Where it must not be asked over IPv4."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url6(self) -> str:
        """Where it must not be asked over IPv6."""
        return f"http://[::1]:{self.port}"

    @property
    def connections(self) -> list[tuple[str, int]]:
        """Who connected, in order. A finished handshake counts even if nothing has been accepted yet."""
        self._accept()
        with self._lock:
            return list(self._seen)

    def _accept(self) -> None:
        with self._lock:
            for one in self._sockets:
                while True:
                    try:
                        peer, address = one.accept()
                    except OSError:  # nobody waits, or we are closed
                        break
                    self._seen.append(address[:2])
                    peer.close()

    def _serve(self, stopped: threading.Event) -> None:
        with selectors.DefaultSelector() as selector:
            for one in self._sockets:
                selector.register(one, selectors.EVENT_READ)
            while not stopped.is_set():
                if selector.select(0.05):
                    self._accept()


@contextmanager
def listener() -> Iterator[Listener]:
    """A listener on 127.0.0.1 and, where the machine has it, on ::1, at one port."""
    sockets = _sockets()
    never = Listener(sockets)
    stopped = threading.Event()
    thread = threading.Thread(target=never._serve, args=(stopped,), daemon=True)
    thread.start()
    try:
        yield never
    finally:
        stopped.set()
        thread.join(5)
        for one in sockets:
            one.close()


def _sockets() -> list[socket.socket]:
    while True:
        port = free_port()
        opened: list[socket.socket] = []
        try:
            for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                if family == socket.AF_INET6 and not has_ipv6():
                    continue
                one = socket.socket(family, socket.SOCK_STREAM)
                opened.append(one)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind((host, port))
                one.listen(128)
                one.setblocking(False)
        except OSError:
            for one in opened:
                one.close()
            continue
        return opened


def has_ipv6() -> bool:
    """Whether ::1 can be bound on this machine."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True
