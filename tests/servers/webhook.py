"""A real HTTP receiver for alerts: it keeps what it was sent, and answers well, badly, late or never as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Received:
    """One request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    at: float
    """time.monotonic() when the body was whole."""

    def json(self) -> Any:
        """The body as JSON; what apprise calls `message` has that name too where our own webhook calls it `text`."""
        return read(self.body)


def read(body: bytes) -> Any:
    """A body that came in, as JSON: see `Received.json`."""
    said = json.loads(body)
    return {**said, "message": said["text"]} if isinstance(said, dict) and "text" in said else said


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request is answered."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"ok"
    after: float = 0.0
    """Seconds to wait first."""
    never: bool = False
    """Hold the connection open and say nothing."""
    drop: bool = False
    """Take the request and close without an answer: the sender cannot know whether it arrived."""


@dataclass
class Webhook:
    """The receiver: where it is, what it has got, and what it will answer."""

    port: int
    always: Reply = field(default_factory=Reply)
    """The answer when nothing else is queued."""
    queued: deque[Reply] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    _came: threading.Condition = field(default_factory=threading.Condition)
    _stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def apprise(self) -> str:
        """The same for apprise, as its JSON service."""
        return f"json://127.0.0.1:{self.port}/hook"

    @property
    def ours(self) -> str:
        """The same for our own webhook: a delivery by it takes a quarter of what one by apprise takes."""
        return f"leftopen://a-secret-of-tests@127.0.0.1:{self.port}/hook"

    @property
    def bodies(self) -> list[bytes]:
        """What was sent, in order."""
        with self._came:
            return [one.body for one in self.received]

    def answer(self, *replies: Reply | int) -> None:
        """Queue answers for the next requests, a status or a whole reply each; after them `always` holds again."""
        self.queued.extend(Reply(one) if isinstance(one, int) else one for one in replies)

    def throttle(self, after: str = "3") -> None:
        """The next answer is 429 with a Retry-After of `after` (seconds or an HTTP date)."""
        self.answer(Reply(429, (("Retry-After", after),), b"slow down"))

    def redirect(self, location: str, status: int = 302) -> None:
        """The next answer points elsewhere."""
        self.answer(Reply(status, (("Location", location),), b""))

    def hang(self) -> None:
        """The next request is never answered."""
        self.answer(Reply(never=True))

    def slow(self, seconds: float) -> None:
        """The next answer comes late."""
        self.answer(Reply(after=seconds))

    def drop(self) -> None:
        """The next request is taken and the connection closed without a word."""
        self.answer(Reply(drop=True))

    def wait(self, count: int, within: float = 60.0) -> list[Received]:
        """The first requests once there are `count` of them; fails when they do not come in time."""
        until = time.monotonic() + within
        with self._came:
            while len(self.received) < count:
                left = until - time.monotonic()
                if left <= 0 or not self._came.wait(left):
                    raise AssertionError(f"{len(self.received)} of {count} requests came within {within:g} s")
            return list(self.received[:count])

    def _take(self, one: Received) -> Reply:
        with self._came:
            self.received.append(one)
            self._came.notify_all()
            return self.queued.popleft() if self.queued else self.always


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A receiver on a free port of 127.0.0.1, in threads of its own: for tests with and without an event loop."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = hook._take(Received(self.command, self.path, headers, body, time.monotonic()))
            if reply.never:
                hook._stopped.wait(120)
            if reply.after:
                hook._stopped.wait(reply.after)
            if reply.never or reply.drop or hook._stopped.is_set():
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_PUT = do_POST  # noqa: N815  the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Say nothing: the tests read `received`."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A sender that gave up is an answer of the sender's, not an error of ours."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        hook = Webhook(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield hook
        finally:
            hook._stopped.set()
            server.shutdown()
            thread.join(5)
