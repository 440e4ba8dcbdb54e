"""Servers that break TLS: alerts, floods of records, giant and damaged certificates, renegotiation in an answer."""

from __future__ import annotations

import asyncio
import resource
import socket
import ssl
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import trustme

from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from probes.api import Clear, Exposed, Unknown
from probes.reasons import NoAnswerReason
from probes.web.listing import HTTP_LISTING
from tests.attack.attack import Outcome
from tests.attack.mutations import mutated
from tests.monitor.network.builders import KEY, driver, only, target
from tests.servers.certificates import Certificate, certificate
from tests.servers.launch import free_port
from tests.servers.pages import Disk
from tests.servers.raw import Hit, Raw, Talk, listening
from tests.waiting import until

SEED = 20090811
MEMORY = 100 << 20
LIMITS = Limits(requests=60, wire=2 << 20, seconds=8.0, timeouts=Timeouts(2.0, 1.0, 3.0))
_AT_ONCE = 16
_SEEN = 3
"""Open folders that must be seen behind renegotiation and long certificates, of six."""
_OPEN = Disk()


@dataclass(frozen=True, slots=True)
class Case:
    """One server: what it is called, how it is started, and whether an open folder is behind it."""

    name: str
    start: Callable[[Path], object]
    """An asynchronous context of a listener, given an empty folder."""
    shows: bool = False


def _record(kind: int, data: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(data) & 0xFFFF) + data


def _message(kind: int, data: bytes) -> bytes:
    return bytes([kind]) + len(data).to_bytes(3, "big") + data


def _raw(name: str, *said: bytes, at_once: bool = False) -> Case:
    async def serve(talk: Talk) -> None:
        if not at_once:
            await talk.reader.read(4096)
        await talk.say(*said)
        await talk.hang()

    return Case(name, lambda _: listening(serve))


_HELLO = _message(2, b"\x03\x03" + bytes(range(32)) + b"\0" + b"\xc0\x2f" + b"\0" + b"\0\x05\xff\x01\0\x01\0")
_MANY = 20_000
_ALERTS = (*range(0, 130, 10), 21, 22, *range(41, 50), 51, 71, 86, 109, 111, 115, 116, 255)
"""Those of the registry of TLS, and some that are in none."""


def _floods() -> Iterator[Case]:
    for level in (1, 2):
        for code in (
            *range(0, 130, 10),
            21,
            22,
            41,
            42,
            43,
            44,
            45,
            46,
            47,
            48,
            49,
            51,
            71,
            86,
            109,
            111,
            115,
            116,
            255,
        ):
            alert = _record(21, bytes([level, code]))
            yield _raw(f"alert {level} {code}", alert)
            yield _raw(f"alert {level} {code} unasked", alert, at_once=True)
            yield _raw(f"alert {level} {code} after its hello", _record(22, _HELLO) + alert)
    yield _raw("warnings without end", _record(21, b"\1\x5a") * _MANY)
    yield _raw("empty records", _record(22, b"") * _MANY)
    yield _raw("changes of cipher", _record(20, b"\1") * _MANY)
    yield _raw("requests for a hello", _record(22, _message(0, b"")) * _MANY)
    yield _raw("hellos without end", _record(22, _HELLO) * (_MANY // 10))
    yield _raw("a hello by the byte", *(_record(22, _HELLO[at : at + 1]) for at in range(len(_HELLO))))
    yield _raw("a vast record", b"\x16\x03\x03\xff\xff" + bytes(1 << 17))
    yield _raw("a heartbeat", _record(22, _HELLO) + _record(24, b"\1\xff\xff"))
    yield _raw("SSL 2", b"\x80\x2e\x04\0\1\0\2" + bytes(40))
    yield _raw("data before its hello", _record(23, b"HTTP/1.1 200 OK\r\n\r\n") * 100)


def _chain(name: str, *ders: bytes) -> Case:
    """A handshake of TLS 1.2, in which certificates go in clear text: nothing checks them before we read them."""
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
    whole = _message(11, len(listed).to_bytes(3, "big") + listed)
    pieces = (_record(22, whole[at : at + 16_000]) for at in range(0, len(whole), 16_000))
    return _raw(f"certificate: {name}", _record(22, _HELLO), *pieces, _record(22, _message(14, b"")))


def _certificates(amount: int) -> Iterator[Case]:
    good = ssl.PEM_cert_to_DER_cert(certificate().chain.decode())
    yield _chain("none")
    yield _chain("empty", b"")
    yield _chain("a chain of 90 KB", *[good] * (90_000 // len(good)))
    yield _chain("a chain of 5 MB", *[good] * (5_000_000 // len(good)))
    yield _chain("16 MB are said to come", b"\x30\x84\x00\xff\xff\xff" + bytes(1 << 16))
    yield _chain("depth", b"\x30\x80" * 20_000)
    yield _chain("sets", b"\x30\x83\x01\x00\x00" + b"\x31\x02\x05\x00" * 16_384)
    yield _raw("a length of 16 MB", _record(22, _HELLO), *[_record(22, b"\x0b\xff\xff\xff" + bytes(15_000))] * 40)
    chance = Random(SEED)
    for number in range(amount):
        yield _chain(f"damage {number}", mutated(good, [good], chance))


def _shown(certificate_: Certificate) -> Callable[[Path], object]:
    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(_OPEN.answer(hit))

    return lambda _: listening(serve, context=certificate_.server_side())


def _giants() -> Iterator[Case]:
    authority = trustme.CA()
    for names in (100, 1_500, 20_000):
        leaf = authority.issue_cert(*(f"host-{number}.files.example" for number in range(names)))
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        shown = Certificate(chain, leaf.private_key_pem.bytes(), authority.cert_pem.bytes())
        yield Case(f"a certificate of {names} names", _shown(shown), shows=True)


@asynccontextmanager
async def _renegotiating(folder: Path, times: int) -> AsyncIterator[Raw]:
    """OpenSSL's own server, told to shake hands anew so often before it answers."""
    chain, key = await asyncio.to_thread(certificate().files, folder)
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        "openssl", "s_server", "-tls1_2", "-accept", f"127.0.0.1:{port}", "-cert", chain, "-key", key, "-crlf",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdin is not None
    stdin, stdout = server.stdin, server.stdout

    async def answer() -> None:
        while line := await stdout.readline():
            method, _, rest = line.decode("latin-1").partition(" ")
            if " HTTP/1." not in rest:
                continue
            for word in (*[b"r\n"] * times, _OPEN.answer(Hit(method, rest.split()[0], (), b"", 1))):
                stdin.write(word.replace(b"\r\n", b"\n"))
                await stdin.drain()
                await asyncio.sleep(0.05)

    answering = asyncio.create_task(answer())
    try:
        await asyncio.to_thread(until, lambda: _accepts(port), "OpenSSL's server listens")
        yield Raw("127.0.0.1", port, tls=True)
    finally:
        answering.cancel()
        server.kill()
        await server.wait()


def _accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def _cases(amount: int) -> list[Case]:
    cases = [*_floods(), *_certificates(amount), *_giants()]
    for times in (1, 3, 20):
        name = f"{times} renegotiations before an answer"
        cases.append(Case(name, lambda at, times=times: _renegotiating(at, times), shows=True))  # type: ignore[misc]
    return cases


async def _look(case: Case, folder: Path, outcome: Outcome, said: Counter[str]) -> None:
    async with case.start(folder) as server:  # type: ignore[attr-defined]
        at = target(server, tls=True)
        begun = asyncio.get_running_loop().time()
        look = await driver(only((at.address, at.port))).look(HTTP_LISTING, at, KEY, LIMITS)
        took = asyncio.get_running_loop().time() - begun
    outcome.tried += 1
    for verdict in look.verdicts:
        said[type(verdict).__name__.lower()] += 1
        bug = isinstance(verdict, Unknown) and verdict.why is NoAnswerReason.BUG
        outcome.check(not bug, f"{case.name}: a bug of ours")
        outcome.check(case.shows or not isinstance(verdict, Exposed), f"{case.name}: {verdict}")
        # These two alerts demand a certificate of ours: a refusal in words.
        demands = isinstance(verdict, Clear) and verdict.why is NoAnswerReason.CLIENT_CERTIFICATE
        refused = demands and case.name.startswith(("alert 2 42", "alert 2 116"))
        outcome.check(not isinstance(verdict, Clear) or refused, f"{case.name}: {verdict}")
    outcome.check(bool(look.verdicts), f"{case.name}: no verdict")
    if took > LIMITS.seconds + 30:
        outcome.too_slow.append(f"{case.name}: {took:.0f} s")


async def _all(cases: list[Case], folder: Path, outcome: Outcome, said: Counter[str]) -> None:
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(case: Case) -> None:
        async with turn:
            try:
                await _look(case, folder, outcome, said)
            except (OSError, ssl.SSLError, RuntimeError, ValueError) as error:
                outcome.failures.append(f"{case.name}: {error!r}")

    await asyncio.gather(*map(one, cases))


def odd_tls(amount: int, folder: Path) -> Outcome:
    """Every alert at three moments, floods, renegotiation, giant certificates, and `amount` damaged ones."""
    outcome = Outcome()
    said: Counter[str] = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asyncio.run(_all(_cases(amount), folder, outcome, said))
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    outcome.check(grew < MEMORY, f"memory grew by {grew >> 20} MiB")
    outcome.check(said["exposed"] >= _SEEN, f"{said['exposed']} open folders were seen: the attack shows nothing")
    words = ", ".join(f"{count} {word}" for word, count in sorted(said.items()))
    outcome.measured = f"verdicts: {words}; memory +{grew >> 20} MiB"
    return outcome
