"""Random damage to what peers send: no parser raises, none is slow, none holds much memory."""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.attack.attack import Outcome
from tests.attack.mutations import grown, mutated
from tests.attack.parsers import PARSERS, Parser
from tests.attack.peers.bombs import bombs, packed_bombs
from tests.counting import calls
from tests.speed import slowness

SEED = 20190218
SECONDS_A_MEGABYTE = 1.0
MEMORY = 200 << 20
CORPUS = Path(__file__).parent / "corpus"
"""Inputs that once broke a parser, one file each, named PARSER-DIGEST; they are tried first."""
_LONG_EVERY = 40
_LEAST = 0.05
"""Seconds below which a time says nothing about a parser."""
_MANY_CALLS = 2_000
"""Calls below which their number says nothing about a parser."""


def bodies(parser: Parser, amount: int, chance: Random) -> list[bytes]:
    """The kept inputs of a parser, bombs, then `amount` new ones, every fortieth as long as the program takes."""
    slug = parser.name.replace(" ", "-")
    kept = [file.read_bytes() for file in sorted(CORPUS.glob(f"{slug}-*"))]
    kept += bombs(parser.most if amount >= 5 * _LONG_EVERY else min(parser.most, 4096))
    examples = list(parser.examples)
    for number in range(amount):
        seed = chance.choice(examples)
        if number % _LONG_EVERY == 0:
            kept.append(grown(seed, parser.most, chance)[: parser.most])
        else:
            kept.append(mutated(seed, examples, chance)[: parser.most])
    return kept


def seconds_of(parser: Parser, body: bytes) -> float:
    """CPU seconds that one reading takes."""
    began = time.process_time()
    parser.read(body)
    return (time.process_time() - began) / parser.readings


def usual_seconds_of(parser: Parser, body: bytes) -> float:
    """The same on a usual machine: the least of several times, each measured beside how slow this machine is then."""
    return min(seconds_of(parser, body) / slowness() for _ in range(8))


def grows(parser: Parser, body: bytes, seconds: float) -> bool:
    """Whether twice the bytes take clearly more than twice the work, from a quarter to half and from half to all.

    `seconds` are what one reading of all took. Calls are counted, which are the same on every machine; what loops
    without a call is seen by the clock.
    """
    size = len(body)
    parts = (body[: size // 4], body[: size // 2], body)
    if seconds < 6 * seconds_of(parser, parts[0]):
        return False  # four times as long are linear, and sixteen times the square: no machine is that uneven
    if _bends(_MANY_CALLS, [calls(lambda one=one: parser.read(one)) for one in parts]):  # type: ignore[misc]
        return True
    return all(_bends(_LEAST, _least_of_four(parser, parts)) for _ in range(2))


def _least_of_four(parser: Parser, parts: Sequence[bytes]) -> list[float]:
    return [min(times) for times in zip(*([seconds_of(parser, one) for one in parts] for _ in range(4)), strict=True)]


def _bends(least: float, measured: Sequence[float]) -> bool:
    quarter, half, whole = measured
    return whole > least and whole > 2.8 * half > 2.8 * 2.4 * quarter


def fuzz(amount: int, folder: Path) -> Outcome:
    """`amount` inputs for each parser. What fails is kept in the folder and told with its digest."""
    outcome = Outcome()
    slowest, of = 0.0, "-"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for parser in PARSERS:
        chance = Random(f"{SEED} {parser.name}")
        bodies_of = [(body, SECONDS_A_MEGABYTE * len(body) / 1e6) for body in bodies(parser, amount, chance)]
        bodies_of += [(body, 1.0) for body in packed_bombs() if len(body) <= parser.most]
        for body, seconds_allowed in bodies_of:
            outcome.tried += 1
            name = f"{parser.name.replace(' ', '-')}-{hashlib.sha256(body).hexdigest()[:12]}"
            try:
                seconds = seconds_of(parser, body)
            except Exception as error:  # noqa: BLE001  an exception is what is looked for
                outcome.failures.append(f"{name}: raises {error!r}")
                _keep(folder, name, body)
                continue
            allowed = max(_LEAST, seconds_allowed)
            if seconds > allowed:
                # The first may have paid for an import, and each for what else runs on the machine.
                seconds = usual_seconds_of(parser, body)
            if seconds > allowed:
                outcome.too_slow.append(f"{name}: {seconds:.2f} s for {len(body)} bytes")
                _keep(folder, name, body)
            long = len(body) > 100_000 and min(seconds, seconds_of(parser, body)) > _LEAST
            if long and grows(parser, body, seconds):
                outcome.too_slow.append(f"{name}: the time grows faster than the bytes")
                _keep(folder, name, body)
            if len(body) > 100_000 and seconds * 1e6 / len(body) > slowest:
                slowest, of = seconds * 1e6 / len(body), parser.name
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    outcome.check(grew < MEMORY, f"memory grew by {grew >> 20} MiB")
    outcome.measured = f"slowest {slowest:.2f} s a MB ({of}), memory +{grew >> 20} MiB"
    return outcome


def _keep(folder: Path, name: str, body: bytes) -> None:
    # The run's own folder is deleted at the end; what failed stays beside it for whoever mends it.
    kept = folder.parent / "leftopen-attack-failures"
    kept.mkdir(exist_ok=True)
    (kept / name).write_bytes(body)
