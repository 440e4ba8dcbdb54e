"""Recorders that can be opened and closed while they run, and an inventory of them: what the attacks look at."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
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
    lists: threading.Event

    def __init__(
        self,
        *arguments: Any,
        opened: threading.Event,
        lists: threading.Event,
        heard: Callable[[Message], object],
        **more: Any,
    ) -> None:
        self.opened, self.lists = opened, lists
        self.heard = heard
        super().__init__(*arguments, **more)

    def send_head(self) -> Any:
        """Answer, or refuse."""
        self.heard(self.headers)
        if not self.opened.is_set() or (self.path.endswith("/") and not self.lists.is_set()):
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
    lists: threading.Event = field(default_factory=threading.Event)
    """Whether those that are open list their folders; where they do not, they still give the files."""
    asked: int = 0
    """Requests that came to any of the recorders."""

    logins: int = 0
    """Those among them that carried a name and password."""
    port: int = 0
    """The port of the first recorder."""

    def hear(self, headers: Message) -> None:
        """Count a request."""
        self.asked += 1
        self.logins += "authorization" in headers or "proxy-authorization" in headers or "cookie" in headers

    def toggle(self, which: int) -> None:
        """Open one that is closed, close one that is open."""
        event = self.opened[which]
        event.clear() if event.is_set() else event.set()


@contextmanager
def recorders(folder: Path, count: int, **defaults: Any) -> Iterator[Recorders]:
    """`count` recorders with a few calls each, all closed, declared in an inventory with one channel."""
    tree = folders.recorder(folder / "recordings")
    home = folder / "installation"
    home.mkdir(parents=True)
    servers: list[ThreadingHTTPServer] = []
    with webhook() as hook:
        made = Recorders(House(home, {"HOOK": hook.ours}), hook)
        made.lists.set()
        try:
            for _ in range(count):
                event = threading.Event()
                made.opened.append(event)
                handler = partial(_Recorder, directory=str(tree.path), opened=event, lists=made.lists, heard=made.hear)
                server = _Server(("127.0.0.1", 0), handler)
                threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
                servers.append(server)
                made.port = made.port or server.server_address[1]
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


@contextmanager
def watching(made: Recorders, environ: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A `watch` of this installation in a process of its own; what it says goes to `watch.log`."""
    with (made.house.folder / "watch.log").open("a") as log:
        process = subprocess.Popen(
            made.house.command("watch", "inventory.yaml"), cwd=made.house.folder, env=dict(environ),
            stdout=log, stderr=log, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(60)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def holds(what: Callable[[], object], within: float = 120.0) -> bool:
    """Whether that becomes true in time: generous, since the machine may be busy."""
    ends = time.monotonic() + within
    while not what():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True
