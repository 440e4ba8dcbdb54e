"""Recorders that can be opened and closed while they run, and an inventory of them: what the attacks look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.acceptance.builders import House, asset
from tests.servers import folders
from tests.servers.webhook import Webhook, webhook


class _Recorder(SimpleHTTPRequestHandler):
    """Python's own file server; it refuses everything while it is closed."""

    opened: threading.Event

    def __init__(self, *arguments: Any, opened: threading.Event, **more: Any) -> None:
        self.opened = opened
        super().__init__(*arguments, **more)

    def send_head(self) -> Any:
        """Answer, or refuse."""
        if not self.opened.is_set():
            self.send_error(403)
            return None
        return super().send_head()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """A server whose clients may be killed at any moment."""

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a client that is gone is what is tried."""


@dataclass(slots=True)
class Recorders:
    """Recorders on loopback, the receiver of alerts, and the installation that watches them."""

    house: House
    hook: Webhook
    opened: list[threading.Event] = field(default_factory=list)

    def toggle(self, which: int) -> None:
        """Open one that is closed, close one that is open."""
        event = self.opened[which]
        event.clear() if event.is_set() else event.set()


@contextmanager
def recorders(folder: Path, count: int, **defaults: Any) -> Iterator[Recorders]:
    """`count` recorders with a few calls each, all closed, declared in an inventory with one channel."""
    tree = folders.recorder(folder / "recordings")
    home = folder / "installation"
    home.mkdir()
    servers: list[ThreadingHTTPServer] = []
    with webhook() as hook:
        made = Recorders(House(home, {"HOOK": hook.ours}), hook)
        try:
            for _ in range(count):
                event = threading.Event()
                made.opened.append(event)
                handler = partial(_Recorder, directory=str(tree.path), opened=event)
                server = _Server(("127.0.0.1", 0), handler)
                threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
                servers.append(server)
            made.house.declare(
                *(asset(f"nas-{at}", ("127.0.0.1", server.server_address[1])) for at, server in enumerate(servers)),
                channels=[{"id": "storage-oncall", "party": "storage", "url": "env:HOOK"}],
                defaults={"interval": "1s", **defaults},
            )
            yield made
        finally:
            for one in servers:
                one.shutdown()
                one.server_close()
