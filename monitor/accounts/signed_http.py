"""Sends one signed request after another for blocking clients, and only to hosts that an account declares.

The socket itself is guarded, by name, address and port; no proxy or other setting of the environment is heeded. How
long and how large one answer may be is bounded, and so is all of a reading together: a peer that stays silent ends it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as Urllib3Timeout
from urllib3.util import Timeout

from probes.reasons import NoAnswerReason, UndecidedReason, Why

LARGEST = 8 * 2**20
"""Bytes of one answer: a thousand buckets, or ten thousand containers, are a tenth of that."""
PATIENCE = 3
"""So many silent answers in a row of one host, and the rest is not asked."""

Allows = Callable[[str, int], bool]
"""Whether a host and port are the account's."""
Addresses = Callable[[str, int], tuple[str, ...]]
"""The addresses of a host that may be connected to, which blocks; raises NoReply."""


class NoReply(Exception):
    """A request that brought no answer that can be used, and why."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Waits:
    """How long is waited, in seconds: for a connection, for bytes, for one answer, and for all of them together."""

    connect: float = 5.0
    read: float = 10.0
    answer: float = 30.0
    whole: float = 900.0


class Guarded:
    """One account's way out, for several threads. `close()` makes every further request fail at once."""

    def __init__(
        self, allows: Allows, addresses: Addresses, says: Mapping[str, str], waits: Waits | None = None
    ) -> None:
        """`says` are the headers that tell who asks, and why; they go out with every request."""
        self._allows = allows
        self._says = dict(says)
        self._waits = waits or Waits()
        self._until = time.monotonic() + self._waits.whole
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._silent: dict[str, int] = {}
        self.asked = 0
        self._pool = _pool(addresses)

    def close(self) -> None:
        """No further request is sent; what is under way ends with its time-out."""
        self._closed.set()
        self._pool.clear()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """One request and its whole answer; redirects are answers. Raises NoReply."""
        parts = urlsplit(url)
        try:
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise NoReply(NoAnswerReason.OUT_OF_SCOPE, "a URL that cannot be read") from None
        if not self._allows(host, port):
            raise NoReply(NoAnswerReason.OUT_OF_SCOPE, "a host that the account does not declare")
        with self._lock:
            silent = self._silent.get(host, 0)
            self.asked += 1
        if silent >= PATIENCE:
            raise NoReply(NoAnswerReason.HOST_SILENT, "it gave no answer several times in a row")
        try:
            reply = self._send(method, url, {**headers, **self._says}, body)
        except NoReply as error:
            if error.why in (NoAnswerReason.TIMED_OUT, NoAnswerReason.REFUSED, NoAnswerReason.UNREACHABLE):
                with self._lock:
                    self._silent[host] = silent + 1
            raise
        with self._lock:
            self._silent[host] = 0
        return reply

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        until = min(self._until, time.monotonic() + self._waits.answer)
        self._check(until)
        timeout = Timeout(connect=self._waits.connect, read=self._waits.read)
        try:
            answer = self._pool.request(
                method,
                url,
                body=body,
                headers={**headers, "Accept-Encoding": "identity"},
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=timeout,
            )
            try:
                read = self._read(answer, until)
            except BaseException:
                answer.close()
                raise
            answer.release_conn()
            return Reply(answer.status, {key.lower(): value for key, value in answer.headers.items()}, read)
        except NoReply:
            raise
        except (HTTPError, OSError, ValueError) as error:
            raise _no_reply(error) from None

    def _read(self, answer: urllib3.BaseHTTPResponse, until: float) -> bytes:
        body = bytearray()
        while True:
            self._check(until)
            # read1 brings what is there: a peer that drips is held to the time of one answer.
            chunk = answer.read1(2**16)
            if not chunk:
                return bytes(body)
            body += chunk
            if len(body) > LARGEST:
                raise NoReply(UndecidedReason.BODY_TOO_LARGE, f"more than {LARGEST // 2**20} MiB")

    def _check(self, until: float) -> None:
        if self._closed.is_set():
            raise NoReply(NoAnswerReason.BUDGET_SPENT, "the reading was broken off")
        if time.monotonic() >= self._until:
            raise NoReply(
                NoAnswerReason.BUDGET_SPENT, f"reading the account took longer than {self._waits.whole:.0f} s"
            )
        if time.monotonic() >= until:
            raise NoReply(NoAnswerReason.TIMED_OUT, f"no whole answer within {self._waits.answer:.0f} s")


def _pool(addresses: Addresses) -> urllib3.PoolManager:
    """A pool whose sockets go only to the addresses that are admitted."""

    def connected(connection: HTTPConnection) -> socket.socket:
        host, port = connection.host, connection.port or connection.default_port
        last: OSError | None = None
        seconds = connection.timeout if isinstance(connection.timeout, int | float) else None
        for address in addresses(host, port):
            made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            try:
                made.settimeout(seconds)
                made.connect((address, port))
            except OSError as error:
                made.close()
                last = error
                continue
            return made
        if isinstance(last, TimeoutError):
            raise NoReply(NoAnswerReason.TIMED_OUT, "no connection came about")
        raise NoReply(
            NoAnswerReason.REFUSED if isinstance(last, ConnectionRefusedError) else NoAnswerReason.UNREACHABLE
        )

    class Clear(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class Secured(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class ClearPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Clear

    class SecuredPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secured

    pool = urllib3.PoolManager(num_pools=16, maxsize=16)
    classes: dict[str, Any] = {"http": ClearPool, "https": SecuredPool}
    pool.pool_classes_by_scheme = classes
    return pool


def _no_reply(error: Exception) -> NoReply:
    """What an exception of urllib3 means; the peer's own words are not kept."""
    match error:
        case Urllib3Timeout() | TimeoutError():
            return NoReply(NoAnswerReason.TIMED_OUT, "the peer was silent")
        case SSLError():
            return NoReply(NoAnswerReason.TLS_FAILED, "the handshake failed, or the certificate is not its own")
        case NameResolutionError():
            return NoReply(NoAnswerReason.NO_SUCH_NAME)
        case NewConnectionError() | ConnectionRefusedError():
            return NoReply(NoAnswerReason.REFUSED, "nothing listens there")
        case ProtocolError() | ConnectionError():
            return NoReply(NoAnswerReason.RESET, "the answer broke off, or is no HTTP")
        case ValueError():
            return NoReply(NoAnswerReason.NOT_HTTP, "a request or an answer that cannot be read")
        case _:
            return NoReply(NoAnswerReason.RESET, type(error).__name__)
