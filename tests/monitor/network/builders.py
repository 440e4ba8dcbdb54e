"""A driver with short time-outs, targets on loopback, and a guard that knows them: what these tests share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from monitor.findings.observation import Observation
from monitor.network.budget import Limits
from monitor.network.driver import Driver
from monitor.network.pace import Pace
from monitor.network.transport import Guard, Timeouts
from probes.api import Dialogue, Known, Probe, Unknown, Verdict, WebTarget
from probes.requests.http import Ask, Reply
from tests.servers.raw import Raw

QUICK = Timeouts(connect=1.0, read=1.0, ask=2.0)
LIMITS = Limits(requests=80, wire=8 * 2**20, seconds=8.0, timeouts=QUICK)
KEY = "host"
AGENT = "leftopen/test (+https://scan.region.example/probing; run=r1)"
CONTACT = "security@region.example"


def only(*endpoints: tuple[str, int]) -> Guard:
    """A guard that lets these addresses and ports through, whatever name is said."""
    return lambda name, address, port: (address, port) in endpoints


def driver(
    guard: Guard, pace: Pace | None = None, *, rate: float = 5000.0, at_once: int = 64, names: Any = None
) -> Driver:
    """A driver with one host, `KEY`."""
    pace = pace or Pace()
    pace.set(KEY, rate, 8)
    return Driver(guard, pace, lambda: datetime.now(UTC), agent=AGENT, contact=CONTACT, at_once=at_once, names=names)


def target(server: Raw, **changed: Any) -> WebTarget:
    """The root of a server on loopback, by the name `nas.test`."""
    values: dict[str, Any] = {
        "asset": "nas",
        "host": "nas.test",
        "name": "nas.test",
        "address": server.host,
        "port": server.port,
        "tls": server.tls,
        "ports": (server.port,),
        "nonce": "x4c1d9e77a0b35f26",
        **changed,
    }
    return WebTarget(**values)


async def look(probe: Probe[WebTarget], at: WebTarget, limits: Limits = LIMITS, **made: Any) -> Observation:
    """One look with a driver that may go to this target's endpoint alone."""
    return await driver(only((at.address, at.port)), **made).look(probe, at, KEY, limits)


Held = Callable[[WebTarget], Dialogue]


def probe(held: Held, name: str = "made-up") -> Probe[WebTarget]:
    """A probe of our own."""
    return Probe(name, WebTarget, held, "asks what a test wants asked")


def asks(*wanted: Ask, into: list[Reply] | None = None) -> Probe[WebTarget]:
    """A probe that asks these, one after the other, keeps what it is told, and says nothing of it."""

    def held(at: WebTarget) -> Dialogue:
        for one in wanted:
            told = yield one
            if into is not None:
                into.append(told)
        return ()

    return probe(held)


def verdict_word(verdict: Verdict) -> str:
    """`exposed`, `clear` or `unknown`."""
    return type(verdict).__name__.lower()


def unknowns(seen: Observation) -> list[str]:
    """Why each of an observation's verdicts is unknown; fails when one is not."""
    assert all(isinstance(verdict, Unknown) for verdict in seen.verdicts)
    return [verdict.why.value for verdict in seen.verdicts]


__all__ = ["AGENT", "CONTACT", "KEY", "LIMITS", "QUICK", "Known", "asks", "driver", "look", "only", "probe", "target"]
