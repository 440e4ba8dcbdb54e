"""Servers that speak anything but what is asked for, behind the port of every service: unknown, in limited time."""

from __future__ import annotations

import asyncio
import resource
import ssl
from collections import Counter
from pathlib import Path
from random import Random

from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from probes.api import Exposed, Unknown
from probes.reasons import NoAnswerReason
from probes.registry import service_probe
from probes.services.catalogue import SPEAKS
from tests.attack.attack import Outcome
from tests.attack.examples import HTTP
from tests.attack.mutations import mutated
from tests.attack.peers.file_services import ANSWERS
from tests.attack.service_answers import FRAMES, WEB_ANSWERS
from tests.monitor.network.builders import KEY, driver, only
from tests.probes.services.looking import target
from tests.servers.raw import Serve, Talk, listening, reply

SEED = 19930612
MEMORY = 200 << 20
LIMITS = Limits(requests=60, wire=1 << 20, seconds=6.0, timeouts=Timeouts(1.0, 1.0, 2.0))
_AT_ONCE = 24
_MOST_SAID = 4 << 20
"""Bytes that a server says at most to one connection: the attack itself must be bounded."""


async def silent(talk: Talk) -> None:
    """Take everything, say nothing."""
    await talk.hang()


async def gone(talk: Talk) -> None:
    """Close at once."""


async def reset(talk: Talk) -> None:
    """Break off at once."""
    talk.reset()


async def deaf(talk: Talk) -> None:
    """Read nothing, say nothing."""
    await asyncio.sleep(8.0)


async def echo(talk: Talk) -> None:
    """Say back what was said."""
    while data := await talk.reader.read(4096):
        await talk.say(data)


def endless(piece: bytes) -> Serve:
    """The same again and again."""

    async def serve(talk: Talk) -> None:
        for _ in range(_MOST_SAID // (len(piece) * 64) + 1):
            await talk.say(piece * 64)

    return serve


def dripping(data: bytes) -> Serve:
    """One byte at a time, as slowly as no time-out of a single read notices."""

    async def serve(talk: Talk) -> None:
        await talk.drip(data * 50, every=0.2)

    return serve


def whatever(data: bytes) -> Serve:
    """The same answer to whatever is asked, before it is asked and after."""

    async def serve(talk: Talk) -> None:
        await talk.say(data)
        while await talk.reader.read(65536):
            await talk.say(data)

    return serve


def changing(seed: int) -> Serve:
    """Another damaged answer each time, of any protocol."""

    async def serve(talk: Talk) -> None:
        chance, known = Random(f"{seed} {talk.number}"), [*FRAMES, *ANSWERS, *HTTP]
        while await talk.reader.read(65536):
            await talk.say(mutated(chance.choice(known), known, chance))

    return serve


TALKERS: dict[str, Serve] = {
    "silent": silent,
    "gone": gone,
    "reset": reset,
    "deaf": deaf,
    "echo": echo,
    "zeros": endless(bytes(64)),
    "ones": endless(b"\xff" * 64),
    "one line": endless(b"a" * 64),
    "lines": endless(b"220-more to come\r\n"),
    "interim": endless(b"HTTP/1.1 102 Processing\r\n\r\n"),
    "headers": endless(b"HTTP/1.1 200 OK\r\nA: b\r\n"),
    "vast frame": whatever(b"\x7f\xff\xff\xff" * 4),
    "no length": whatever(b"\0\0\0\0" * 64),
    "TLS alert": whatever(b"\x15\x03\x03\0\2\2\x28"),
    "TLS hello": whatever(b"\x16\x03\x03\0\x7a\2\0\0\x76\3\3" + bytes(115)),
    "slow frame": dripping(b"\0\0\0\x40"),
    "slow greeting": dripping(b"220 "),
    "slow HTTP": dripping(b"HTTP/1.1 200 OK\r\n"),
    **{f"frame {number}": whatever(data) for number, data in enumerate(FRAMES)},
    **{f"share {number}": whatever(data) for number, data in enumerate(ANSWERS)},
    **{
        f"page {number}": whatever(reply(200, data, "application/json").replace(b"Connection: close\r\n", b""))
        for number, data in enumerate(WEB_ANSWERS)
    },
    **{f"changing {seed}": changing(seed) for seed in range(12)},
}
"""What they say. None of them is an open service, and none refuses in the words of one."""


async def _look(speaks: str, name: str, serve: Serve, outcome: Outcome, said: Counter[str]) -> None:
    async with listening(serve) as server:
        at = target(speaks, server, names=("calls",))
        begun = asyncio.get_running_loop().time()
        look = await driver(only((at.address, at.port))).look(service_probe(speaks), at, KEY, LIMITS)
        took = asyncio.get_running_loop().time() - begun
    outcome.tried += 1
    what = f"{speaks} asked of `{name}`"
    for verdict in look.verdicts:
        said[type(verdict).__name__.lower()] += 1
        bug = isinstance(verdict, Unknown) and verdict.why is NoAnswerReason.BUG
        outcome.check(not bug, f"{what}: a bug of ours")
        outcome.check(not isinstance(verdict, Exposed), f"{what}: {verdict}")
    outcome.check(bool(look.verdicts), f"{what}: no verdict")
    wire = sum(one.wire for one in look.asked)
    outcome.check(wire <= LIMITS.wire + (1 << 18), f"{what}: {wire} bytes were taken")
    if took > LIMITS.seconds + 30:
        outcome.too_slow.append(f"{what}: {took:.0f} s")


async def _all(jobs: list[tuple[str, str, Serve]], outcome: Outcome, said: Counter[str]) -> None:
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(speaks: str, name: str, serve: Serve) -> None:
        async with turn:
            try:
                await _look(speaks, name, serve, outcome, said)
            except (OSError, ssl.SSLError, RuntimeError, ValueError) as error:
                outcome.failures.append(f"{speaks} asked of `{name}`: {error!r}")

    await asyncio.gather(*(one(*job) for job in jobs))


def strangers(amount: int, folder: Path) -> Outcome:
    """Every service asked of `amount` servers, in an order by chance: each of them answers to none of what is asked."""
    outcome = Outcome()
    said: Counter[str] = Counter()
    chance = Random(SEED)
    jobs = [
        (speaks, name, TALKERS[name])
        for speaks in sorted(SPEAKS - {"tftp"})
        for name in chance.sample(sorted(TALKERS), min(amount, len(TALKERS)))
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asyncio.run(_all(jobs, outcome, said))
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    outcome.check(grew < MEMORY, f"memory grew by {grew >> 20} MiB")
    words = ", ".join(f"{count} {word}" for word, count in sorted(said.items()))
    outcome.measured = f"verdicts: {words}; memory +{grew >> 20} MiB"
    return outcome
