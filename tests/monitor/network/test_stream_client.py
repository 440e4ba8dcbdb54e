"""Bare connections: real services are asked in harmless commands, under the same scope, bounds and record as HTTP."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Generator
from pathlib import Path

import pytest

from monitor.findings.observation import Observation
from monitor.network.budget import Limits
from monitor.network.pace import Pace
from probes.api import Dialogue, Probe, ServiceTarget
from probes.reasons import ClosedReason, NoAnswerReason
from probes.requests.commands.command import Argument, Command
from probes.requests.http import Ask, NoAnswer, Reply, exchanged
from probes.requests.stream import (
    Disconnect,
    Exactly,
    Exchange,
    Framed,
    FtpReply,
    Line,
    LineOf,
    Mark,
    Open,
    Quiet,
    Received,
    Secure,
    Step,
    Stop,
    Until,
    UntilClosed,
)
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import CONTACT, KEY, QUICK, driver, only, target
from tests.servers import services
from tests.servers.certificates import certificate
from tests.servers.launch import Server
from tests.servers.raw import Raw, Serve, Talk, listening

LIMITS = Limits(requests=40, seconds=12.0, timeouts=QUICK)
Exchanged = Generator[Ask, Reply, list[Received | NoAnswer]]


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder of made-up calls."""
    tmp_path.chmod(0o755)
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "call-0700000001.wav").write_bytes(b"RIFF" + bytes(100_000))
    (tmp_path / "note.txt").write_text("nothing", "utf-8")
    return tmp_path


def at(server: Server | Raw, speaks: str, *, tls: bool = False) -> ServiceTarget:
    """A service on loopback."""
    return ServiceTarget("nas", "nas.test", "nas.test", server.host, server.port, speaks, tls)


def steps(*wanted: Step, into: list[Received | NoAnswer]) -> Probe[ServiceTarget]:
    """A probe that takes these steps."""

    def held(_: ServiceTarget) -> Dialogue:
        for step in wanted:
            into.append((yield from exchanged(step)))
        return ()

    return Probe("made-up", ServiceTarget, held, "takes the steps that a test wants taken")


async def take(
    target: ServiceTarget, *wanted: Step, limits: Limits = LIMITS
) -> tuple[list[Received | NoAnswer], Observation]:
    """What these steps are answered, and the record of them."""
    into: list[Received | NoAnswer] = []
    looks = driver(only((target.address, target.port)))
    seen = await looks.look(steps(*wanted, into=into), target, KEY, limits)
    assert not seen.verdicts, seen.verdicts
    return into, seen


def data(answers: list[Received | NoAnswer]) -> list[bytes]:
    """What was heard; fails where something was not."""
    assert all(isinstance(one, Received) for one in answers), answers
    return [one.data for one in answers if isinstance(one, Received)]


def ftp(verb: str, *arguments: Argument) -> Exchange:
    """A command of FTP and its reply."""
    return Exchange(Command("ftp", verb, arguments), FtpReply(), 16_384)


ENTER = (Open(), Exchange(None, FtpReply()), ftp("USER"), ftp("PASS"))


async def test_an_open_ftp_server_lists_itself_on_the_control_connection(disk: Path) -> None:
    with services.ftp(disk) as server:
        answers, seen = await take(at(server, "ftp"), *ENTER, ftp("STAT", "/2026"), ftp("QUIT"))
    _, greeting, user, password, listing, leave = data(answers)
    assert [one[:3] for one in (greeting, user, password, leave)] == [b"220", b"331", b"230", b"221"]
    assert b"call-0700000001.wav" in listing
    assert [(one.method, one.said, one.outcome) for one in seen.asked] == [
        ("OPEN", "the port", "whole"),
        ("SAY", "nothing, listening on", "whole"),
        ("SAY", "ftp USER", "whole"),
        ("SAY", "ftp PASS", "whole"),
        ("SAY", "ftp STAT {...}", "whole"),
        ("SAY", "ftp QUIT", "whole"),
    ]
    assert sum(one.wire for one in seen.asked) == sum(len(one) for one in data(answers))


async def test_a_closed_ftp_server_refuses(disk: Path) -> None:
    limits = Limits(timeouts=QUICK.__class__(1.0, 8.0, 9.0), seconds=20)
    with services.ftp(disk, "closed") as server:
        answers, _ = await take(at(server, "ftp"), *ENTER, limits=limits)
    assert data(answers)[-1].startswith(b"530")


def _data_port(reply: bytes) -> int:
    return int(re.search(rb"\|\|\|(\d+)\|", reply)[1])  # type: ignore[index]


def _reading(
    into: list[Received | NoAnswer], command: str, path: str, until: Until, most: int, *, narrow: bool
) -> Probe[ServiceTarget]:
    """Enter, open a data connection where the server says, and read from it."""

    def held(_: ServiceTarget) -> Dialogue:
        for step in ENTER:
            yield from exchanged(step)
        reply = yield from exchanged(ftp("EPSV"))
        assert isinstance(reply, Received)
        into.append((yield from exchanged(Open("data", _data_port(reply.data), narrow=narrow))))
        into.append((yield from exchanged(ftp(command, path))))
        into.append((yield from exchanged(Exchange(None, until, most, "data"))))
        yield from exchanged(Disconnect("data"))
        return ()

    return Probe("made-up", ServiceTarget, held, "reads over a data connection")


@pytest.mark.parametrize("command", ["MLSD", "LIST"])
async def test_a_list_comes_over_a_data_connection(disk: Path, command: str) -> None:
    into: list[Received | NoAnswer] = []
    with services.ftp(disk, "stranger") as server:
        target = at(server, "ftp")
        looks = driver(only((target.address, target.port)))
        await looks.look(_reading(into, command, "/2026", UntilClosed(), 16_384, narrow=False), target, KEY, LIMITS)
    opened, said, listing = data(into)
    assert (opened, said[:3] in (b"125", b"150")) == (b"", True)
    assert b"call-0700000001.wav" in listing


async def test_of_a_file_the_first_bytes_alone_are_read(disk: Path) -> None:
    into: list[Received | NoAnswer] = []
    with services.ftp(disk) as server:
        target = at(server, "ftp")
        looks = driver(only((target.address, target.port)))
        probe = _reading(into, "RETR", "/2026/call-0700000001.wav", Exactly(16), 16, narrow=True)
        seen = await looks.look(probe, target, KEY, LIMITS)
    assert data(into)[-1] == b"RIFF" + bytes(12)
    assert sum(one.wire for one in seen.asked) < 1000


async def test_an_rsync_daemon_shows_its_modules_and_lists_the_open_one(disk: Path) -> None:
    def say(verb: str, until: Until, *arguments: Argument) -> Exchange:
        return Exchange(Command("rsync", verb, arguments), until, 16_384)

    entered = LineOf((b"@RSYNCD: OK", b"@RSYNCD: AUTHREQD", b"@ERROR"))
    with services.rsyncd(disk) as server:
        greeted = (Open(), Exchange(None, Line()))
        modules, _ = await take(at(server, "rsync"), *greeted, say("#list", LineOf((b"@RSYNCD: EXIT",))))
        locked, _ = await take(at(server, "rsync"), *greeted, say("module", Quiet(0.3), "locked"))
        listed, _ = await take(
            at(server, "rsync"), *greeted, say("module", entered, "hidden"), say("list", Quiet(0.3), "hidden")
        )
    assert re.findall(rb"(?m)^(\w+) *\t", data(modules)[-1]) == [b"open", b"locked", b"denied", b"dropbox", b"gone"]
    assert b"AUTHREQD" in b"".join(data(locked))
    assert b"note.txt" in data(listed)[-1]


async def test_redis_tells_its_counts_or_demands_a_password(disk: Path) -> None:
    wanted: list[Open | Exchange] = [Open(), *(Exchange(Command("redis", verb), Line()) for verb in ("PING", "DBSIZE"))]
    with services.redis(disk) as server:
        answers, seen = await take(at(server, "redis"), *wanted, Exchange(Command("redis", "INFO"), Mark(b"expires")))
    assert data(answers)[1:3] == [b"+PONG\r\n", b":3\r\n"]
    assert b"db0:keys=3" in data(answers)[3]
    assert "0700000001" not in str(seen.asked)
    with services.redis(disk, "password") as server:
        answers, _ = await take(at(server, "redis"), *wanted)
    assert all(one.startswith(b"-NOAUTH") for one in data(answers)[1:])


async def test_memcached_tells_how_many_items_it_holds(disk: Path) -> None:
    with services.memcached(disk) as server:
        answers, _ = await take(
            at(server, "memcached"),
            Open(),
            Exchange(Command("memcached", "version"), Line()),
            Exchange(Command("memcached", "stats"), Mark(b"END\r\n"), 16_384),
        )
    assert data(answers)[1].startswith(b"VERSION ")
    assert b"STAT curr_items 2\r\n" in data(answers)[2]


# -- what a peer may do


def saying(greeting: bytes, *, then: str = "hang") -> Serve:
    """A server that says this, and then hangs, closes, resets, or says it for ever."""

    async def serve(talk: Talk) -> None:
        await talk.say(greeting)
        match then:
            case "hang":
                await talk.hang()
            case "reset":
                await asyncio.sleep(0.1)
                talk.reset()
            case "endless":
                while True:
                    await talk.say(greeting)

    return serve


@pytest.mark.parametrize(
    ("greeting", "then", "until", "stop"),
    [
        (b"220 a\r\n", "hang", FtpReply(), Stop.WHOLE),
        (b"220-a\r\n230 b\r\n220 c\r\n", "hang", FtpReply(), Stop.WHOLE),
        (b"220-a\r\n", "endless", FtpReply(), Stop.CUT),
        (b"no line at all", "hang", Line(), Stop.SILENT),
        (b"half", "close", Line(), Stop.CLOSED),
        (b"half", "close", UntilClosed(), Stop.WHOLE),
        (b"half", "reset", UntilClosed(), Stop.RESET),
        (b"", "close", Line(), Stop.CLOSED),
        (struct.pack(">I", 1 << 31 | 3) + b"abc", "hang", Framed(0, 4, add=4, mask=0x7FFFFFFF), Stop.WHOLE),
        (struct.pack("<I", 0xFFFFFFF0), "endless", Framed(0, 4, "little"), Stop.CUT),
        (struct.pack("<I", 0), "hang", Framed(0, 4, "little"), Stop.WHOLE),
    ],
)
async def test_listening_stops_where_it_must(greeting: bytes, then: str, until: Until, stop: Stop) -> None:
    async with listening(saying(greeting, then=then)) as server:
        answers, _ = await take(at(server, "redis"), Open(), Exchange(None, until, 1000))
    told = answers[1]
    assert isinstance(told, Received), told
    assert told.stop is stop
    assert len(told.data) <= 1000


async def test_what_comes_behind_an_answer_is_the_next_one() -> None:
    async with listening(saying(b"one\r\ntwo\r\nthree\r\n")) as server:
        answers, _ = await take(at(server, "redis"), Open(), *(Exchange(None, Line()) for _ in range(3)))
    assert data(answers)[1:] == [b"one\r\n", b"two\r\n", b"three\r\n"]


async def test_silence_and_refusal_are_no_answers() -> None:
    async with listening(saying(b"")) as server:
        silent, seen = await take(
            at(server, "redis"), Open(), Exchange(None, Line()), Exchange(None, Line()), Exchange(None, Line())
        )
        dead = at(server, "redis")
    refused, _ = await take(dead, Open(), Exchange(None, Line()))
    assert [one.why for one in silent if isinstance(one, NoAnswer)] == [
        NoAnswerReason.TIMED_OUT,
        NoAnswerReason.TIMED_OUT,
        NoAnswerReason.HOST_SILENT,
    ]
    assert [one.outcome for one in seen.asked] == ["whole", "timed-out", "timed-out", "host-silent"]
    assert [one.why for one in refused if isinstance(one, NoAnswer)] == [NoAnswerReason.REFUSED, NoAnswerReason.BUG]


# -- what we may do


async def test_nothing_undeclared_is_connected_to() -> None:
    async with listening(saying(b"x")) as server, listening(saying(b"y")) as other:
        looks = driver(only((server.host, server.port)))
        into: list[Received | NoAnswer] = []
        wanted = steps(Open(), Open("b", other.port), Open("c", 80), into=into)
        for speaks in ("redis", "ftp"):
            await looks.look(wanted, at(other, speaks), KEY, LIMITS)
        assert other.connections == 0
        await looks.look(wanted, at(server, "redis"), KEY, LIMITS)
        assert other.connections == 0, "only protocols that name ports may go on at one"
    assert [type(one) for one in into[6:]] == [Received, NoAnswer, NoAnswer]
    assert {one.why for one in into if isinstance(one, NoAnswer)} == {NoAnswerReason.OUT_OF_SCOPE}


@pytest.mark.parametrize(
    "command",
    [
        Command("redis", "FLUSHALL"),
        Command("redis", "PING", ("x",)),
        Command("ftp", "STAT", ("/a\r\nDELE b",)),
        Command("ftp", "STOR", ("a",)),
        Command("smtp", "HELO"),
    ],
)
async def test_what_is_not_in_the_table_is_not_sent(command: Command) -> None:
    said = bytearray()

    async def serve(talk: Talk) -> None:
        said.extend(await talk.reader.read())

    async with listening(serve) as server:
        target = at(server, command.protocol if command.protocol != "smtp" else "redis")
        answers, _ = await take(target, Open(), Exchange(command, Line()))
    assert [one.why for one in answers if isinstance(one, NoAnswer)] == [NoAnswerReason.BUG]
    assert not said


async def test_the_account_is_the_public_one_and_who_asks_is_said() -> None:
    said = bytearray()

    async def serve(talk: Talk) -> None:
        await talk.say(b"220 a\r\n")
        for reply in (b"331 b\r\n", b"230 c\r\n"):
            said.extend(await talk.reader.readline())
            await talk.say(reply)

    async with listening(serve) as server:
        await take(at(server, "ftp"), *ENTER)
    assert said == b"USER anonymous\r\nPASS " + CONTACT.encode() + b"\r\n"


async def test_steps_keep_the_pace_and_the_budget_of_their_host() -> None:
    async with listening(saying(b"a\r\n" * 100)) as server:
        pace = Pace()
        looks = driver(only((server.host, server.port)), pace, rate=20.0)
        into: list[Received | NoAnswer] = []
        loop = asyncio.get_running_loop()
        begun = loop.time()
        wanted = steps(Open(), *(Exchange(None, Line()) for _ in range(8)), into=into)
        await looks.look(wanted, at(server, "redis"), KEY, Limits(requests=6, timeouts=QUICK))
    assert loop.time() - begun >= 0.2
    assert [type(one) for one in into] == [Received] * 6 + [NoAnswer] * 3
    assert {one.why for one in into if isinstance(one, NoAnswer)} == {NoAnswerReason.BUDGET_SPENT}


async def test_tls_is_spoken_from_the_start_or_from_the_middle() -> None:
    context = certificate("expired").server_side()

    async def serve(talk: Talk) -> None:
        await talk.say(b"+PONG\r\n")
        await talk.hang()

    async with listening(serve, context=context) as server:
        answers, _ = await take(at(server, "redis"), Open(tls=True), Exchange(None, Line()))
        later, seen = await take(at(server, "redis"), Open(), Secure(), Exchange(None, Line()))
    assert data(answers)[1] == data(later)[2] == b"+PONG\r\n"
    for told in (answers[0], later[1]):
        assert isinstance(told, Received)
        assert "certificate-expired" in told.certificate
    assert [one.method for one in seen.asked] == ["OPEN", "TLS", "SAY"]


async def test_a_web_port_that_refuses_is_shut_while_a_service_answers() -> None:
    async def greets(talk: Talk) -> None:
        await talk.say(b"220 ready\r\n")

    async with listening(greets) as server:
        async with listening(greets) as gone:
            pass
        looks = driver(only((server.host, server.port), (gone.host, gone.port)))
        seen = await looks.look(HTTP_LISTING, target(gone, beside=(server.port,)), KEY, LIMITS)
        other = await looks.look(HTTP_LISTING, target(gone), KEY, LIMITS)
    assert [one.why for one in seen.verdicts] == [ClosedReason.PORT_SHUT]
    assert [one.said for one in seen.asked][1:] == [f"port {server.port}"]
    assert [one.why for one in other.verdicts] == [NoAnswerReason.REFUSED]
