"""Looks at services on loopback through the real driver, and listeners that say what a test wants said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.findings.observation import Observation
from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from probes.api import ServiceTarget, Verdict
from probes.registry import service_probe
from tests.monitor.network.builders import KEY, driver, only
from tests.servers.launch import Server
from tests.servers.raw import Raw, Serve, Talk

LIMITS = Limits(requests=120, seconds=60.0, timeouts=Timeouts(10.0, 15.0, 30.0))
QUICK = Limits(requests=60, seconds=4.0, timeouts=Timeouts(0.5, 0.4, 1.0))
NONCE = "x4c1d9e77a0b35f26"


def target(speaks: str, server: Server | Raw, **changed: Any) -> ServiceTarget:
    """A service on loopback."""
    values: dict[str, Any] = {
        "asset": "nas", "host": "nas.test", "name": "nas.test", "address": server.host, "port": server.port,
        "speaks": speaks, "nonce": NONCE, **changed,
    }  # fmt: skip
    return ServiceTarget(**values)


async def seen(
    speaks: str, server: Server | Raw, limits: Limits = LIMITS, ports: Sequence[int] = (), **changed: Any
) -> Observation:
    """One look at a service, by a driver that may go to its port (and `ports`) alone."""
    at = target(speaks, server, **changed)
    allowed = only((at.address, at.port), *((at.address, port) for port in ports))
    return await driver(allowed).look(service_probe(speaks), at, KEY, limits)


async def verdicts(speaks: str, server: Server | Raw, limits: Limits = LIMITS, **changed: Any) -> dict[str, str]:
    """The verdicts of one look: `exposed listed-and-readable` and the like, by path."""
    return {one.place.path: said(one) for one in (await seen(speaks, server, limits, **changed)).verdicts}


def said(verdict: Verdict) -> str:
    """A verdict as a word and its reason."""
    return f"{type(verdict).__name__.lower()} {verdict.why.value}"


def lines(greeting: bytes, replies: Mapping[bytes, bytes | None]) -> Serve:
    """Answers each line by the longest of these beginnings; None closes, and what is not there is answered 500."""

    async def serve(talk: Talk) -> None:
        await talk.say(greeting)
        while line := await talk.reader.readline():
            starts = sorted((start for start in replies if line.startswith(start)), key=len)
            reply = replies[starts[-1]] if starts else b"500 what?\r\n"
            if reply is None:
                return
            await talk.say(reply)

    return serve


def bytes_of(*parts: bytes) -> Serve:
    """Says this to whoever comes, whatever they say, and waits."""

    async def serve(talk: Talk) -> None:
        await talk.say(*parts)
        await talk.hang()

    return serve
