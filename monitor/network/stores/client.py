"""HTTP with an object store: one bucket behind many names and addresses, each asked only where the inventory leads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from monitor.inventory.values.addresses import is_address
from monitor.network.http.decoder import Feed
from probes.api import BucketTarget, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, NoAnswer, Request

Resolve = Callable[[BucketTarget, str], Awaitable[tuple[str, ...] | NoAnswer]]
"""The addresses of a host of the bucket's provider that the scope admits, or why there are none."""

Sign = Callable[[BucketTarget, Request], tuple[tuple[str, str], ...] | NoAnswer]
"""The headers that sign a request with the owner's probing key, or why it cannot be signed."""

_NOT_SENT = frozenset({NoAnswerReason.REFUSED, NoAnswerReason.UNREACHABLE})
"""No connection came about, so nothing was asked: the next address is asked the same at once."""
_GIVEN_UP = _NOT_SENT | {NoAnswerReason.TIMED_OUT, NoAnswerReason.RESET, NoAnswerReason.TLS_FAILED}
"""What makes an address one that is not asked again. The question may have arrived, so it is not sent a second time:
pace, budget and record know of one. The next question goes to the next address."""


class Connection(Protocol):
    """What can be asked, and must be closed: a conversation with an endpoint, or with a store."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def ask(self, request: Request, seconds: float, feed: Feed | None = None) -> Answer:
        """Send one request, wait at most `seconds`, and answer with a value whatever happens."""
        ...


Opened = Callable[[WebTarget], Connection]
"""Makes a conversation with one endpoint, under the guard."""


class StoreConversation:
    """One bucket's connections: `async with StoreConversation(...) as store` closes them all."""

    def __init__(self, target: BucketTarget, opened: Opened, resolve: Resolve | None, sign: Sign | None) -> None:
        self._target = target
        self._opened = opened
        self._resolve = resolve
        self._sign = sign
        self._stack = AsyncExitStack()
        self._left: dict[str, tuple[str, ...]] = {}
        self._open: dict[str, Connection] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def ask(self, request: Request, seconds: float, feed: Feed | None = None) -> Answer:
        """Send one request to the host that it names, once: at the next address where one takes no connection."""
        host = request.host or self._target.host
        if request.signed:
            headers = self._sign(self._target, request) if self._sign is not None else _NO_KEY
            if isinstance(headers, NoAnswer):
                return headers
            request = replace(request, headers=(*request.headers, *headers))
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while True:
            web = await self._at(host)
            if isinstance(web, NoAnswer):
                return web
            answer = await web.ask(request, max(0.0, ends - loop.time()), feed)
            if not isinstance(answer, NoAnswer) or answer.why not in _GIVEN_UP or not self._left[host]:
                return answer
            if self._open.get(host) is web:
                del self._open[host]
            if answer.why not in _NOT_SENT:
                return answer

    async def _at(self, host: str) -> Connection | NoAnswer:
        if host in self._open:
            return self._open[host]
        if host not in self._left:
            found = await self._addresses(host)
            if isinstance(found, NoAnswer):
                return found
            # While name servers were asked, another ask may have been faster.
            self._left.setdefault(host, found)
        if host not in self._open:
            address, *rest = self._left[host]
            self._left[host] = tuple(rest)
            target = self._target
            name = None if is_address(host) else host
            endpoint = WebTarget(target.asset, host, name, address, target.port, target.tls, nonce=target.nonce)
            self._open[host] = await self._stack.enter_async_context(self._opened(endpoint))
        return self._open[host]

    async def _addresses(self, host: str) -> tuple[str, ...] | NoAnswer:
        if self._resolve is None:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no names are resolved here")
        found = await self._resolve(self._target, host)
        if isinstance(found, NoAnswer):
            return found
        return found or NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no address of it is declared")


_NO_KEY = NoAnswer(NoAnswerReason.NOT_ASKED, "no probing key is declared")
