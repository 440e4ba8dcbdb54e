"""The gate's server: hands batches of a vantage's queue to its worker by a long poll, and takes the worker's results.

It holds no key of hub or vantage: what passes through it is sealed and signed end to end. It says whose queue a request
may use: by a client certificate that names the vantage, or by the signature of a key that was registered for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from aiohttp import web

from monitor.fleet.broker import Broker
from monitor.fleet.envelope import MOST_SEALED, BadEnvelope, Message, read_envelope
from monitor.fleet.gate.broker import QUEUES, BrokerLost, VantageQueue
from monitor.fleet.gate.registry import Registry, RegistryUnusable
from monitor.fleet.gate.signing import HEADER, PATH, POLL, Guard, Refused, digest
from monitor.inventory.values.listening import Listening
from monitor.proof.formats.note import BadNote
from monitor.web.protection.limits import Limits

log = logging.getLogger("leftopen.gate")

_AGAIN: Final = 0.5
_REGISTRATIONS: Final = 10
"""Tries to register, a minute from one address."""
_MOST_REGISTRATION: Final = 4096
_MOST_BODY: Final = 2 * MOST_SEALED


class Batches(Protocol):
    """What the server needs of a vantage's queue: see `VantageQueue`."""

    def take(self, name: str, worker: str) -> tuple[str, bytes] | None: ...

    def put_back(self, id_: str) -> None: ...

    def put_back_of(self, worker: str, kept: Collection[str]) -> None: ...

    def refuse(self, id_: str) -> None: ...

    def hand_in(self, id_: str, envelope: bytes) -> None: ...


Answer = Callable[["Gate", web.Request, str, bytes], Awaitable[web.StreamResponse]]


class Gate:
    """The application of a gate: `web.AppRunner(gate.application())` serves it."""

    def __init__(
        self, queues: Mapping[str, Batches], registry: Registry, now: Callable[[], datetime], poll: float = POLL
    ) -> None:
        """`queues` are those of the vantages that this gate serves, by id."""
        self._queues = queues
        self._registry = registry
        self._now = now
        self._poll = poll
        self._guard = Guard(registry.key_of, now)
        self._limits = Limits()

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=_MOST_BODY)
        app.router.add_post(f"{PATH}/register", self._register)
        answers = {"started": Gate._started, "take": Gate._take, "result": Gate._result, "failed": Gate._failed}
        for name, answer in answers.items():
            app.router.add_post(f"{PATH}/{name}", self._known(answer))
        return app

    def _known(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                vantage, said = _of_certificate(request), ""
                if vantage is None:
                    vantage, said = self._guard.vantage(request.headers.get(HEADER, ""), request.path)
                if vantage not in self._queues:
                    raise Refused("this gate has no queue for the vantage")
                # Only now: a stranger's body is not read at all.
                body = await request.read()
                if said and digest(body) != said:
                    raise Refused("not the body that was signed")
                return await answer(self, request, vantage, body)
            except Refused as error:
                log.warning("%s from %s was refused: %s", request.path, request.remote, error)
                return _said(401, str(error))
            except (BadEnvelope, ValueError) as error:
                return _said(400, str(error))
            except (BrokerLost, RegistryUnusable) as error:
                log.error("%s: %s", request.path, error)
                return _said(503, "not now")

        return handle

    async def _register(self, request: web.Request) -> web.StreamResponse:
        wait = self._limits.wait(request.remote or "", _REGISTRATIONS, asyncio.get_running_loop().time())
        if wait:
            return web.json_response({"error": "too many tries"}, status=429, headers={"Retry-After": str(wait)})
        try:
            said = _mapping(await request.content.read(_MOST_REGISTRATION), {"code", "key"})
            vantage = await asyncio.to_thread(self._registry.register, said["code"], said["key"], self._now())
        except (ValueError, BadNote):
            return _said(400, "a code and a public key are needed")
        except RegistryUnusable as error:
            log.error("%s", error)
            return _said(503, "not now")
        if vantage is None:
            log.warning("a code from %s was refused", request.remote)
            return _said(403, "this code is not known, was used, or is too old")
        log.warning("the vantage %s has registered the key %s", vantage, said["key"])
        return web.json_response({"vantage": vantage})

    async def _started(self, request: web.Request, vantage: str, body: bytes) -> web.StreamResponse:
        said: Any = _json(body)
        if not isinstance(said, dict) or said.keys() != {"worker", "kept"} or not isinstance(said["kept"], list):
            raise ValueError("needs kept, worker")
        kept = frozenset(map(str, said["kept"]))
        await asyncio.to_thread(self._queues[vantage].put_back_of, str(said["worker"]), kept)
        return web.json_response({})

    async def _take(self, request: web.Request, vantage: str, body: bytes) -> web.StreamResponse:
        said = _mapping(body, {"queue", "worker"})
        name = said["queue"]
        if name not in QUEUES:
            raise ValueError("no queue")
        queue, loop = self._queues[vantage], asyncio.get_running_loop()
        end = loop.time() + self._poll
        while request.transport is not None and not request.transport.is_closing():
            found = await asyncio.to_thread(queue.take, name, said["worker"])
            if found is not None:
                return await self._hand_over(request, queue, *found)
            if loop.time() + _AGAIN >= end:
                break
            await asyncio.sleep(_AGAIN)
        return web.Response(status=204)

    async def _hand_over(self, request: web.Request, queue: Batches, id_: str, envelope: bytes) -> web.StreamResponse:
        """Answer with a batch; one whose asker is gone is for another."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(envelope)
        try:
            await response.prepare(request)
            await response.write(envelope)
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            await asyncio.to_thread(queue.put_back, id_)
            raise
        return response

    async def _result(self, request: web.Request, vantage: str, body: bytes) -> web.StreamResponse:
        envelope = read_envelope(_json(body))
        if envelope.kind != Message.RESULT:
            raise BadEnvelope("no result")
        await asyncio.to_thread(self._queues[vantage].hand_in, envelope.id, body)
        return web.json_response({})

    async def _failed(self, request: web.Request, vantage: str, body: bytes) -> web.StreamResponse:
        await asyncio.to_thread(self._queues[vantage].refuse, _mapping(body, {"id"})["id"])
        return web.json_response({})


def tls(certificate: str, key: str, authority: str | None) -> ssl.SSLContext:
    """The gate's TLS. With `authority`, a client may show a certificate of it, whose common name is its vantage. Raises
    OSError (ssl.SSLError is one)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_OPTIONAL if authority is not None else ssl.CERT_NONE
    return context


async def serve_gate(
    brokers: Mapping[str, Broker], registry: Path, place: Listening, context: ssl.SSLContext | None
) -> None:
    """Serve the vantages with these virtual hosts of brokers, until SIGTERM or SIGINT. Raises OSError for `place`."""
    queues = {id_: VantageQueue(broker) for id_, broker in brokers.items()}
    gate = Gate(queues, Registry(registry), lambda: datetime.now(UTC))
    runner = web.AppRunner(gate.application(), access_log=None, handle_signals=False, shutdown_timeout=2.0)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await runner.setup()
    try:
        site: web.BaseSite = (
            web.UnixSite(runner, place.socket)
            if place.socket
            else web.TCPSite(runner, place.address, place.port, ssl_context=context)
        )
        await site.start()
        log.info("the gate of %s listens on %s", ", ".join(sorted(queues)), place)
        await ended.wait()
    finally:
        await runner.cleanup()
        await asyncio.gather(*(asyncio.to_thread(one.close) for one in queues.values()))


def _of_certificate(request: web.Request) -> str | None:
    """The common name of the client's certificate, which TLS has checked; None where it showed none."""
    shown = request.transport.get_extra_info("peercert") if request.transport is not None else None
    names = [value for part in (shown or {}).get("subject", ()) for key, value in part if key == "commonName"]
    return names[0] if len(names) == 1 else None


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None


def _mapping(body: bytes, keys: set[str]) -> dict[str, str]:
    said: Any = _json(body)
    if not isinstance(said, dict) or said.keys() != keys or not all(isinstance(one, str) for one in said.values()):
        raise ValueError(f"needs {', '.join(sorted(keys))}")
    return said


def _said(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
