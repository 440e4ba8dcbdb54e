"""A port that speaks TLS only, or clear text only, costs its other endpoint two requests at most, whatever is asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest

from monitor.findings.observation import Observation
from monitor.network.driver import Driver
from monitor.network.transport import hello, in_clear
from probes.api import Dialogue, Probe, WebTarget
from probes.reasons import ClosedReason, NoAnswerReason
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import KEY, LIMITS, driver, only, target, verdict_word
from tests.servers.certificates import certificate
from tests.servers.pages import NAMES, Disk
from tests.servers.raw import Raw, Talk, listening, reply

DISK = Disk()
PATHS = ("/", "/a/", "/recordings/")
FILES = tuple(f"/{name}" for name in NAMES[:3])


async def _disk(talk: Talk) -> None:
    while (hit := await talk.hear()) is not None:
        await talk.say(DISK.answer(hit))


Meets = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _to_clear(talk: Talk, how: str) -> None:
    """What a port does that is spoken to in clear, and speaks TLS too."""
    words = "The plain HTTP request was sent to HTTPS port"
    match how:
        case "notice":
            await talk.say(reply("400 Bad Request", f"<html><h1>400</h1>{words}</html>".encode()))
        case "bad request":
            await talk.say(reply("400 Bad Request", b"<h1>Bad request</h1>", "text/html", ("Connection", "close")))
        case "alert":
            await talk.say(b"\x15\x03\x01\x00\x02\x02\x46")
        case "reset":
            talk.reset()
        case "silence":
            await asyncio.sleep(8)
        case "page":
            await talk.say(reply("200 OK", b"<html><h1>Welcome</h1></html>"))


@asynccontextmanager
async def both(to_clear: str) -> AsyncIterator[tuple[Raw, Raw]]:
    """One port that lists a disk in TLS, and does otherwise in clear; a relay tells the two by the first byte."""
    async with listening(_disk, context=certificate("good").server_side()) as inner:
        outer = Raw("127.0.0.1", 0, tls=False)

        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, asyncio.IncompleteReadError):
                first = await reader.read(4096)
                outer.connections += bool(first)
                if first[:1] == b"\x16":
                    there, here = await asyncio.open_connection("127.0.0.1", inner.port)
                    here.write(first)
                    await asyncio.gather(_pipe(reader, here), _pipe(there, writer))
                elif first:
                    outer.hits.append(None)  # type: ignore[arg-type] # they are counted alone
                    await _to_clear(Talk(reader, writer, outer), to_clear)
            writer.close()

        relay = await asyncio.start_server(meet, "127.0.0.1", 0)
        outer.port = relay.sockets[0].getsockname()[1]
        try:
            yield outer, inner
        finally:
            relay.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def looked(looks: Driver, at: WebTarget) -> list[Observation]:
    """Every probe at one endpoint, side by side, as a round does."""
    probes: tuple[Probe[WebTarget], ...] = (HTTP_LISTING, HTTP_MEDIA)
    return list(await asyncio.gather(*(looks.look(probe, at, KEY, LIMITS) for probe in probes)))


@pytest.mark.parametrize(
    ("how", "most"), [("notice", 1), ("bad request", 2), ("alert", 2), ("reset", 2), ("silence", 2)]
)
async def test_a_port_that_speaks_tls_only_is_clear_in_clear(how: str, most: int) -> None:
    async with both(how) as (port, inner):
        looks = driver(only(("127.0.0.1", port.port)))
        in_clear = await looked(looks, target(port, paths=PATHS, declared=PATHS, files=FILES))
        asked_in_clear, connections = len(port.hits), port.connections
        in_tls = await looked(looks, target(port, tls=True, paths=PATHS, declared=PATHS, files=FILES))
    verdicts = [verdict for seen in in_clear for verdict in seen.verdicts]
    assert len(verdicts) == len(PATHS) + len(FILES)
    assert {(verdict_word(one), one.why) for one in verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}
    assert (asked_in_clear, connections) == (1, most)
    sent = [one for seen in in_clear for one in seen.asked if one.outcome != "answers-in-tls-only"]
    assert len(sent) == most
    assert {verdict_word(one) for seen in in_tls for one in seen.verdicts} >= {"exposed"}
    assert not inner.tls or inner.hits


async def _drops_tls(talk: Talk) -> None:
    while (hit := await talk.hear()) is not None:
        await talk.say(DISK.answer(hit))


async def _resets_tls(talk: Talk) -> None:
    hit = await talk.hear()
    if hit is None:
        talk.reset()
    else:
        await talk.say(DISK.answer(hit))


async def _hangs_in_tls(talk: Talk) -> None:
    hit = await talk.hear()
    if hit is None:
        await talk.hang()
    else:
        await talk.say(DISK.answer(hit))


async def _answers_tls(talk: Talk) -> None:
    hit = await talk.hear()
    await talk.say(reply("400 Bad Request", b"") if hit is None else DISK.answer(hit))


@pytest.mark.parametrize("serve", [_drops_tls, _resets_tls, _hangs_in_tls, _answers_tls])
async def test_a_port_that_speaks_clear_text_only_is_clear_in_tls(serve: Callable[[Talk], Awaitable[None]]) -> None:
    async with listening(serve) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        in_tls = await looked(looks, target(server, tls=True, paths=PATHS, declared=PATHS, files=FILES))
        asked = len(server.hits)
        in_clear = await looked(looks, target(server, paths=PATHS, declared=PATHS, files=FILES))
    verdicts = [verdict for seen in in_tls for verdict in seen.verdicts]
    assert {(verdict_word(one), one.why) for one in verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}
    assert asked == 1
    assert {verdict_word(one) for seen in in_clear for one in seen.verdicts} >= {"exposed"}


@pytest.mark.parametrize("serve", [_drops_tls, _resets_tls, _answers_tls])
async def test_in_one_round_the_answer_in_clear_stands_for_both(serve: Callable[[Talk], Awaitable[None]]) -> None:
    async with listening(serve) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        in_clear, in_tls = await asyncio.gather(
            looked(looks, target(server, paths=PATHS, declared=PATHS)),
            looked(looks, target(server, tls=True, paths=PATHS, declared=PATHS)),
        )
    verdicts = [verdict for seen in in_tls for verdict in seen.verdicts]
    assert {(verdict_word(one), one.why) for one in verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}
    sent = [one for seen in in_tls for one in seen.asked if one.outcome != "answers-in-clear-only"]
    assert [one.said for one in sent] == ["/"]
    assert {verdict_word(one) for seen in in_clear for one in seen.verdicts} >= {"exposed"}


async def test_a_look_in_clear_that_asks_nothing_leaves_the_question_to_its_twin() -> None:
    def dies(_: WebTarget) -> Dialogue:
        yield from ()
        raise ValueError("before the first request")

    async with listening(_drops_tls) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        _, in_tls = await asyncio.gather(
            looks.look(
                Probe("dies", WebTarget, dies, "It dies."), target(server, paths=PATHS, declared=PATHS), KEY, LIMITS
            ),
            looks.look(HTTP_LISTING, target(server, tls=True, paths=PATHS, declared=PATHS), KEY, LIMITS),
        )
    assert [one.said for one in in_tls.asked][:2] == ["/", "/ in clear"]
    assert {(verdict_word(one), one.why) for one in in_tls.verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}


async def _mute(talk: Talk) -> None:
    await talk.hang()


async def _closing(talk: Talk) -> None:
    await talk.reader.read(1)


@pytest.mark.parametrize("serve", [_mute, _closing])
@pytest.mark.parametrize("tls", [False, True])
async def test_a_port_that_answers_nobody_is_unknown_in_both(
    serve: Callable[[Talk], Awaitable[None]], tls: bool
) -> None:
    async with listening(serve) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        seen = await looked(looks, target(server, tls=tls, paths=PATHS, declared=PATHS, files=FILES))
    assert {verdict_word(one) for each in seen for one in each.verdicts} == {"unknown"}


async def test_a_port_that_wants_our_certificate_is_tls_all_the_same() -> None:
    context = certificate("good").server_side()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=certificate("self-signed").authority.decode("ascii"))
    async with listening(_disk, context=context) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        in_clear = await looked(looks, target(server, tls=False, paths=PATHS, declared=PATHS))
    assert {(verdict_word(one), one.why) for one in in_clear[0].verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}


async def test_a_twin_that_is_not_declared_is_not_asked() -> None:
    async with both("reset") as (port, _):
        looks = driver(lambda name, address, at: False)
        seen = await looked(looks, target(port))
    assert {one.why for one in seen[0].verdicts} == {NoAnswerReason.OUT_OF_SCOPE}
    assert not port.connections


async def test_a_port_that_answers_in_clear_is_read_in_tls_where_it_speaks_that_too() -> None:
    async with both("page") as (port, inner):
        looks = driver(only(("127.0.0.1", port.port)))
        in_clear = await looked(looks, target(port, paths=PATHS, declared=PATHS))
        in_tls = await looked(looks, target(port, tls=True, paths=PATHS, declared=PATHS))
    assert "exposed" not in {verdict_word(one) for seen in in_clear for one in seen.verdicts}
    assert {verdict_word(one) for seen in in_tls for one in seen.verdicts} >= {"exposed"}
    assert inner.hits


@pytest.mark.parametrize("serve", [_drops_tls, _resets_tls, _answers_tls])
async def test_a_port_that_has_answered_in_clear_is_asked_for_tls_in_few_words(
    serve: Callable[[Talk], Awaitable[None]],
) -> None:
    async with listening(serve) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        await looked(looks, target(server, paths=PATHS, declared=PATHS))
        before, made = server.connections, hello.cache_info()
        in_tls = await looked(looks, target(server, tls=True, paths=PATHS, declared=PATHS))
        after, now = server.connections, hello.cache_info()
    verdicts = [verdict for seen in in_tls for verdict in seen.verdicts]
    assert {(verdict_word(one), one.why) for one in verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}
    assert after - before == 1
    assert now.hits + now.misses == made.hits + made.misses + 1


@pytest.mark.parametrize(
    ("heard", "clear"),
    [
        (b"HTTP/1.0 400 Bad Request\r\n", True),
        (b"<!DOCTYPE HTML>", True),
        (b"SSH-2.0-OpenSSH_9.2\r\n", True),
        (b"\x16\x03\x03\x00\x7a", False),
        (b"\x15\x03\x01\x00\x02\x02\x46", False),
        (b"HTTP", False),
        (b"", False),
    ],
)
def test_what_may_be_a_record_of_tls_is_not_taken_for_clear_text(heard: bytes, clear: bool) -> None:
    assert in_clear(heard) is clear


async def test_a_port_that_is_silent_in_both_is_asked_once_in_either() -> None:
    """Each ask takes as long as a server may be silent: a look takes that once, not twice."""
    async with listening(_mute) as server:
        looks = driver(only((server.host, server.port)))
        ends = [replace(target(server), tls=tls) for tls in (False, True)]
        seen = await asyncio.gather(*(looks.look(HTTP_LISTING, one, KEY, LIMITS) for one in ends))
    assert [one.method for look in seen for one in look.asked] == ["GET", "GET"]
    assert {verdict.why for look in seen for verdict in look.verdicts} == {NoAnswerReason.TIMED_OUT}


@dataclass
class Handshakes:
    """A port that answers clear text by a reset, and refuses all in TLS; it counts handshakes, and what is asked."""

    made: int = 0
    resumed: int = 0
    left: int = 0
    """Connections that we have closed."""
    verbs: list[str] = field(default_factory=list)

    async def __call__(self, talk: Talk) -> None:
        self.made += 1
        self.resumed += talk.writer.get_extra_info("ssl_object").session_reused
        while (hit := await talk.hear()) is not None:
            self.verbs.append(hit.method)
            status = "405 Method Not Allowed" if hit.method == "PROPFIND" else "404 Not Found"
            await talk.say(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno".encode())
        self.left += 1


async def test_the_look_in_tls_goes_on_over_the_handshake_of_the_look_in_clear() -> None:
    """The look in clear makes one to learn that the port speaks TLS. After a request with a body another connection is
    needed: the first time it is that one, and each further time a session is resumed."""
    serve = Handshakes()
    async with listening(serve, context=certificate("good").server_side()) as server:
        looks = driver(only((server.host, server.port)))
        ends = [target(server, tls=tls, paths=PATHS, declared=PATHS) for tls in (False, True)]
        in_clear, in_tls = await asyncio.gather(*(looks.look(HTTP_LISTING, one, KEY, LIMITS) for one in ends))
        await asyncio.sleep(0.1)
    assert [one.method for one in in_clear.asked][:2] == ["GET", "TLS"]
    assert {(verdict_word(one), one.why) for one in in_clear.verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}
    assert {(verdict_word(one), one.why) for one in in_tls.verdicts} == {("clear", ClosedReason.NOT_FOUND)}
    bodies = serve.verbs[:-1].count("PROPFIND")
    assert bodies
    assert (serve.made, serve.resumed) == (1 + bodies, bodies - 1)
    assert len(in_tls.asked) == len(serve.verbs)
    assert serve.left == serve.made


async def test_a_handshake_by_one_name_is_not_gone_on_with_by_another() -> None:
    """A server shows the certificate, and often the pages, of the name in the handshake (SNI, RFC 6066 section 3)."""
    greeted: dict[ssl.SSLObject | ssl.SSLSocket, str | None] = {}
    asked: set[tuple[str | None, str]] = set()

    async def serve(talk: Talk) -> None:
        name = greeted[talk.writer.get_extra_info("ssl_object")]
        while (hit := await talk.hear()) is not None:
            asked.add((name, hit.header("host").partition(":")[0]))
            status = "405 Method Not Allowed" if hit.method == "PROPFIND" else "404 Not Found"
            await talk.say(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno".encode())

    context = certificate("good").server_side()
    context.sni_callback = lambda tls, name, _: greeted.__setitem__(tls, name)
    async with listening(serve, context=context) as server:
        looks = driver(only((server.host, server.port)))
        in_clear = target(server, tls=False, name="nas.test", paths=PATHS, declared=PATHS)
        in_tls = target(server, tls=True, name="web.test", paths=PATHS, declared=PATHS)
        await asyncio.gather(*(looks.look(HTTP_LISTING, one, KEY, LIMITS) for one in (in_clear, in_tls)))
    assert set(greeted.values()) == {"nas.test", "web.test"}
    assert asked == {("web.test", "web.test")}


async def test_a_port_that_is_silent_in_clear_alone_is_asked_for_tls() -> None:
    """Its twin speaks: the look in clear finds that out by a handshake of its own, as ever."""
    async with both("silence") as (server, _):
        looks = driver(only((server.host, server.port)))
        ends = [replace(target(server), tls=tls) for tls in (False, True)]
        in_clear, in_tls = await asyncio.gather(*(looks.look(HTTP_LISTING, one, KEY, LIMITS) for one in ends))
    assert [one.method for one in in_clear.asked][:2] == ["GET", "TLS"]
    assert {(verdict_word(one), one.why) for one in in_clear.verdicts} == {("clear", ClosedReason.NOT_SPOKEN)}
    assert "exposed" in {verdict_word(one) for one in in_tls.verdicts}
