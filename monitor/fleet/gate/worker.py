"""A worker behind a gate: asks for batches over HTTPS, looks, and hands in results, which outlive it until they are."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import aiohttp

from monitor.fleet.envelope import BadEnvelope, Message, Sender, read_envelope
from monitor.fleet.gate.signing import ALONE, HEADER, LOOKS, PATH, POLL, signed
from monitor.rounds.batch.values import BatchResult, result_to_json
from monitor.store.files.unsent import UnsentResults

log = logging.getLogger("leftopen.worker")

FIRST, LONGEST = 1.0, 60.0
"""Seconds until the way to the gate is tried again: the first time, and at the most."""
_MOST_BATCH = 64 << 20
LAST_TRIES = 10.0
"""Seconds for handing in what is left when the worker ends."""


class Looks(Protocol):
    """Looks at batches, whichever thread asks: see `monitor.fleet.looker.Looker`."""

    @property
    def id(self) -> str: ...

    def look(self, body: object) -> BatchResult: ...


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a gate."""

    url: str
    """Its root, such as `https://gate.region.example`."""
    proxy: str | None = None
    """An HTTP proxy on the way, with its password if it has one."""
    tls: ssl.SSLContext | None = None
    """How the gate's certificate is checked, and the client's own one."""


class NotTaken(Exception):
    """The gate did not take a request: later it may. The text says why."""


class RefusedForGood(Exception):
    """The gate will never take this request. The text says why."""


class GateWorker:
    """Works until `stop` is set."""

    def __init__(
        self,
        way: Way,
        looks: Looks,
        sender: Sender,
        unsent: UnsentResults,
        now: Callable[[], datetime],
        takers: int = 4,
    ) -> None:
        self._way = way
        self._looks = looks
        self._sender = sender
        self._unsent = unsent
        self._now = now
        self._takers = takers
        self._waiting = asyncio.Event()
        self._empty = asyncio.Event()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Take no further batch; those under way are looked at to their end."""
        self._stop.set()

    async def run(self) -> None:
        """Work. Raises UnsentUnusable when results cannot be kept: nothing is looked at then."""
        timeout = aiohttp.ClientTimeout(total=POLL + 30, sock_connect=15)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session, asyncio.TaskGroup() as tasks:
            handing_in = tasks.create_task(self._hand_in(session))
            await self._say_that_it_starts(session)
            takers = [tasks.create_task(self._serve(session, LOOKS)) for _ in range(self._takers)]
            takers.append(tasks.create_task(self._serve(session, ALONE)))
            await asyncio.wait(takers)
            self._stop.set()
            try:
                async with asyncio.timeout(LAST_TRIES):
                    await self._empty.wait()
            except TimeoutError:
                log.warning("results that could not be handed in are kept, and are after the next start")
            handing_in.cancel()

    async def _serve(self, session: aiohttp.ClientSession, queue: str) -> None:
        """One batch after the other, of one queue."""
        wait = FIRST
        while not self._stop.is_set():
            asking = asyncio.create_task(self._take(session, queue))
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait((asking, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not asking.done():
                asking.cancel()  # the gate sees that nobody listens, and keeps the batch for another
                await asyncio.gather(asking, return_exceptions=True)
                return
            try:
                envelope = asking.result()
            except (NotTaken, RefusedForGood) as error:
                log.warning("no batch from the gate: %s", error)
                await self._pause(wait)
                wait = min(2 * wait, LONGEST)
                continue
            wait = FIRST
            if envelope is not None:
                await self._look(session, envelope)

    async def _take(self, session: aiohttp.ClientSession, queue: str) -> bytes | None:
        said = {"queue": queue, "worker": self._unsent.worker()}
        return await self._post(session, "take", json.dumps(said).encode()) or None

    async def _look(self, session: aiohttp.ClientSession, envelope: bytes) -> None:
        id_ = ""
        try:
            data = json.loads(envelope)
            id_ = read_envelope(data).id
            body = await asyncio.to_thread(self._sender.open, Message.BATCH, data)
            result = await asyncio.to_thread(self._looks.look, body)
            if result.id != id_:
                raise BadEnvelope("a batch under another id")
            made = await asyncio.to_thread(
                self._sender.seal, Message.RESULT, result.id, result.attempt, result_to_json(result)
            )
            # From here on it outlives this process.
            self._unsent.keep(id_, json.dumps(made).encode())
            self._empty.clear()
            self._waiting.set()
            log.info("batch %s: %d assets looked at", id_, len(result.looked))
        except (BadEnvelope, ValueError, TimeoutError) as error:
            log.error("a batch cannot be looked at: %s", error)
            await self._failed(session, id_)
        except Exception:
            log.exception("batch %s failed", id_)
            await self._failed(session, id_)

    async def _failed(self, session: aiohttp.ClientSession, id_: str) -> None:
        try:
            await self._post(session, "failed", json.dumps({"id": id_}).encode())
        except (NotTaken, RefusedForGood) as error:
            log.warning("the gate does not hear of batch %s: %s", id_, error)  # its deadline will pass

    async def _say_that_it_starts(self, session: aiohttp.ClientSession) -> None:
        """What the gate holds for this worker and has no result here was lost with the process of before, on its way
        to it too: it is given out once more, and then to nobody."""
        wait = FIRST
        while not self._stop.is_set():
            said = {"worker": self._unsent.worker(), "kept": self._unsent.waiting()}
            try:
                await self._post(session, "started", json.dumps(said).encode())
                return
            except (NotTaken, RefusedForGood) as error:
                log.warning("the gate does not hear that this worker has started: %s", error)
            await self._pause(wait)
            wait = min(2 * wait, LONGEST)

    async def _hand_in(self, session: aiohttp.ClientSession) -> None:
        wait = FIRST
        while True:
            self._waiting.clear()
            unsent = self._unsent.oldest()
            if unsent is None:
                self._empty.set()
                await self._waiting.wait()
                continue
            try:
                await self._post(session, "result", unsent.body)
            except NotTaken as error:
                log.warning("result %s is kept: %s", unsent.id, error)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST)
                continue
            except RefusedForGood as error:
                log.error("result %s was refused, and is given up: %s", unsent.id, error)
            wait = FIRST
            self._unsent.sent(unsent.id)

    async def _post(self, session: aiohttp.ClientSession, name: str, body: bytes) -> bytes:
        path = f"{PATH}/{name}"
        header = signed(self._sender.own, self._looks.id, path, body, self._now(), secrets.token_hex(16))
        try:
            async with session.post(
                self._way.url.rstrip("/") + path,
                data=body,
                headers={HEADER: header, "Content-Type": "application/json"},
                proxy=self._way.proxy,
                ssl=self._way.tls if self._way.tls is not None else True,
                allow_redirects=False,
            ) as answer:
                return await _read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Not its text: it may hold the proxy's password.
            raise NotTaken(f"the gate cannot be reached ({type(error).__name__})") from None

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return


async def register_key(way: Way, code: str, key: str) -> str:
    """Register a public key with a code; the vantage that it is now the key of. Raises NotTaken, RefusedForGood."""
    body = json.dumps({"code": code, "key": key}).encode()
    timeout = aiohttp.ClientTimeout(total=60, sock_connect=15)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.post(
                way.url.rstrip("/") + f"{PATH}/register",
                data=body,
                proxy=way.proxy,
                ssl=way.tls if way.tls is not None else True,
                allow_redirects=False,
            ) as answer,
        ):
            return str(json.loads(await _read(answer))["vantage"])
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NotTaken(f"the gate cannot be reached ({type(error).__name__})") from None
    except (ValueError, KeyError, TypeError):
        raise NotTaken("the gate answered with something else") from None


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status == 204:
        return b""
    body = await answer.content.read(_MOST_BATCH + 1)
    while len(body) <= _MOST_BATCH and (more := await answer.content.read(_MOST_BATCH + 1 - len(body))):
        body += more
    if len(body) > _MOST_BATCH:
        raise NotTaken("an answer that is too large")
    if answer.status == 200:
        return body
    said = f"{answer.status} {_why(body)}"
    # What is malformed stays so. A key may be registered later, and a clock be set.
    raise RefusedForGood(said) if answer.status in (400, 413) else NotTaken(said)


def _why(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])[:200]
    except (ValueError, KeyError, TypeError):
        return ""
