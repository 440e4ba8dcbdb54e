"""Connections of the HTTP client: kept where that is safe, closed where it is not, and bounded whatever comes."""

from __future__ import annotations

import asyncio
import gc
import ssl
import weakref
from collections.abc import Awaitable, Callable

import pytest

from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from monitor.network.transport import Timeouts
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from tests.monitor.network.builders import AGENT, QUICK, only, target
from tests.servers.certificates import certificate
from tests.servers.raw import Raw, Talk, listening

GET = Request("GET", "/", 1 << 20)
HEAD = Request("HEAD", "/")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


PATIENT = Timeouts(connect=40.0, read=40.0, ask=40.0)
"""A busy machine may keep an answer waiting for seconds."""


def wire(server: Raw, timeouts: Timeouts = PATIENT) -> HttpConversation:
    """A client of this server alone."""
    dialer = Dialer(only((server.host, server.port)))
    return HttpConversation(target(server), dialer, timeouts, (("User-Agent", AGENT),))


def saying(*answers: bytes) -> Callable[[Talk], Awaitable[None]]:
    """A server that says these, one to each request of a connection, and then waits."""

    async def serve(talk: Talk) -> None:
        for answer in answers:
            if await talk.hear() is None:
                return
            await talk.say(answer)
        await talk.hang()

    return serve


async def told(server: Raw, *requests: Request) -> list[Answer]:
    """What one client is told, one request after the other."""
    async with wire(server) as asking:
        return [await asking.ask(request, 40.0) for request in requests]


def bodies(answers: list[Answer]) -> list[bytes]:
    """The bodies of answers that are whole."""
    assert all(isinstance(one, Response) and one.ending is Ending.WHOLE for one in answers), answers
    return [one.body for one in answers if isinstance(one, Response)]


async def test_a_connection_carries_one_ask_after_the_other() -> None:
    async with listening(saying(OK, OK, OK.removesuffix(b"ok"), OK)) as server:
        assert bodies(await told(server, GET, GET, HEAD, GET)) == [b"ok", b"ok", b"", b"ok"]
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        OK.replace(b"HTTP/1.1", b"HTTP/1.0"),
        OK + b"more",
        OK + OK,
    ],
)
async def test_a_connection_is_not_kept_where_more_came_or_its_end_was_said(answer: bytes) -> None:
    async with listening(saying(answer)) as server:
        assert bodies(await told(server, GET, GET)) == [b"ok", b"ok"]
    assert server.connections == 2


async def test_what_comes_unasked_is_not_taken_for_the_next_answer() -> None:
    said = asyncio.Event()

    async def serve(talk: Talk) -> None:
        while await talk.hear() is not None:
            await talk.say(OK)
            await asyncio.sleep(0.05)
            await talk.say(OK.replace(b"ok", b"no"))
            said.set()

    async with listening(serve) as server, wire(server) as asking:
        first = await asking.ask(GET, 40.0)
        await asyncio.wait_for(said.wait(), 40)
        await asyncio.sleep(0.2)
        second = await asking.ask(GET, 40.0)
    assert bodies([first, second]) == [b"ok", b"ok"]
    assert server.connections == 2


@pytest.mark.parametrize("pause", [0.0, 0.2])
async def test_a_kept_connection_that_the_server_closes_costs_no_answer(pause: float) -> None:
    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None:
            await talk.say(OK)

    async with listening(serve) as server, wire(server) as asking:
        answers = []
        for _ in range(5):
            answers.append(await asking.ask(GET, 40.0))
            await asyncio.sleep(pause)
    assert bodies(answers) == [b"ok"] * 5


async def test_a_server_that_knows_one_request_a_connection_and_closes_none_is_heard() -> None:
    async with listening(saying(OK)) as server, wire(server, QUICK) as asking:
        answers = [await asking.ask(GET, 4.0) for _ in range(4)]
    assert bodies(answers) == [b"ok"] * 4
    # It is waited for once: after that no connection is kept.
    assert (server.connections, len(server.hits)) == (4, 4)


async def test_a_server_that_falls_silent_is_asked_twice_and_not_more() -> None:
    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None and len(server.hits) == 1:
            await talk.say(OK)
            await talk.hear()
        await talk.hang()

    async with listening(serve) as server, wire(server, QUICK) as asking:
        answers = [await asking.ask(GET, 4.0) for _ in range(2)]
    assert isinstance(answers[1], NoAnswer)
    assert answers[1].why is NoAnswerReason.TIMED_OUT
    assert len(server.hits) == 3


async def test_an_ask_goes_out_twice_at_most() -> None:
    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None and len(server.hits) == 1:
            await talk.say(OK)
            await talk.hear()

    async with listening(serve) as server:
        first, second = await told(server, GET, GET)
    assert bodies([first]) == [b"ok"]
    assert isinstance(second, NoAnswer)
    assert second.why is NoAnswerReason.RESET
    assert len(server.hits) == 3


async def test_an_ask_that_is_given_up_takes_its_connection_with_it() -> None:
    hung = asyncio.Event()

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None and hit.path == "/slow":
            hung.set()
            await talk.hang()
        elif hit is not None:
            await talk.say(OK)

    async with listening(serve) as server, wire(server) as asking:
        slow = asyncio.create_task(asking.ask(Request("GET", "/slow", 100), 9.0))
        await hung.wait()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert bodies([await asking.ask(GET, 40.0)]) == [b"ok"]
    assert server.connections == 2


async def test_interim_answers_are_passed_over() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nLink: </x>\r\n\r\n"
    async with listening(saying(interim + OK, OK)) as server:
        answers = await told(server, GET, GET)
    assert bodies(answers) == [b"ok", b"ok"]
    assert isinstance(answers[0], Response)
    assert [name for name, _ in answers[0].headers] == ["content-length"]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("flood", "ending"),
    [
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000, None),
        (b"HTTP/1.1 200 " + b"x" * 400_000, None),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 80_000, None),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, None),
        (CHUNKED + b"2\r\nok\r\n0\r\n" + b"A: b\r\n" * 80_000, Ending.BROKEN),
        (CHUNKED + b"2\r\nok\r\n2;" + b"x" * 400_000, Ending.BROKEN),
    ],
)
async def test_a_flood_that_is_no_body_is_bounded(flood: bytes, ending: Ending | None) -> None:
    sent = 0

    async def serve(talk: Talk) -> None:
        nonlocal sent
        talk.writer.transport.set_write_buffer_limits(0)
        if await talk.hear() is not None:
            for start in range(0, len(flood), 4096):
                await talk.say(flood[start : start + 4096])
                sent += 4096
            await talk.hang()

    async with listening(serve) as server:
        (answer,) = await told(server, GET)
    if ending is None:
        assert isinstance(answer, NoAnswer)
        assert answer.why is NoAnswerReason.MALFORMED_HTTP
    else:
        assert isinstance(answer, Response)
        assert answer.ending is ending


@pytest.mark.parametrize("field", ["a\r\nX: y", "a\nb", "a\0b"])
async def test_a_request_that_would_say_more_is_not_sent(field: str) -> None:
    async with listening(saying(OK)) as server:
        asked = [Request("GET", "/", 9, (("X", field),)), Request("GET", f"/{field}", 9), Request("GET", "no", 9)]
        answers = await told(server, *asked)
    assert [one.why for one in answers if isinstance(one, NoAnswer)] == [NoAnswerReason.BUG] * 3
    assert not server.connections


async def test_a_feed_that_fails_fails_its_ask_alone() -> None:
    def feed(_: bytes) -> bool:
        raise LookupError("a bug of ours")

    async with listening(saying(OK)) as server, wire(server) as asking:
        with pytest.raises(LookupError, match="a bug of ours"):
            await asking.ask(GET, 40.0, feed)
        assert bodies([await asking.ask(GET, 40.0)]) == [b"ok"]


async def test_a_page_is_let_go_without_the_collector() -> None:
    class Fed:
        def __call__(self, chunk: bytes) -> bool:
            return True

    fed = Fed()
    gone = weakref.ref(fed)
    gc.disable()
    try:
        async with listening(saying(OK, OK)) as server, wire(server) as asking:
            await asking.ask(GET, 40.0, fed)
            del fed
            assert gone() is None
    finally:
        gc.enable()


async def test_a_long_body_is_fed_in_pieces_that_are_short() -> None:
    page = bytes(range(256)) * 20_000
    got = bytearray()
    most = 0

    def feed(chunk: bytes) -> bool:
        nonlocal most
        most = max(most, len(chunk))
        got.extend(chunk)
        return True

    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None:
            await talk.say(CHUNKED, b"%x\r\n" % len(page), page, b"\r\n0\r\n\r\n")
            await talk.hang()

    async with listening(serve) as server, wire(server) as asking:
        answer = await asking.ask(Request("GET", "/", 1 << 30), 40.0, feed)
    assert isinstance(answer, Response)
    assert (answer.ending, answer.wire, answer.body) == (Ending.WHOLE, len(page), b"")
    assert bytes(got) == page
    assert most <= 1 << 17


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_new_connection_resumes_the_tls_session_of_the_one_before(version: ssl.TLSVersion) -> None:
    context = certificate("expired").server_side()
    context.minimum_version = context.maximum_version = version
    resumed: list[bool] = []

    async def serve(talk: Talk) -> None:
        resumed.append(talk.writer.get_extra_info("ssl_object").session_reused)
        while await talk.hear() is not None:
            await talk.say(OK)

    fresh = Request("GET", "/", 1 << 20, fresh=True)
    async with listening(serve, context=context) as server:
        answers = await told(server, GET, fresh, Request("GET", "/", 100), fresh)
    assert bodies(answers) == [b"ok"] * 4
    assert resumed == [False, True, True, True]
    # What is wrong with the certificate was seen in the first handshake, and is said with every answer.
    assert all(isinstance(one, Response) and one.certificate == ("certificate-expired",) for one in answers)


async def test_a_session_that_a_server_does_not_resume_costs_no_answer() -> None:
    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None:
            await talk.say(OK)

    context = certificate("good").server_side()
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    fresh = Request("GET", "/", 1 << 20, fresh=True)
    async with listening(serve, context=context) as server:
        assert bodies(await told(server, fresh, fresh, fresh)) == [b"ok"] * 3


async def test_the_body_of_a_request_is_never_taken_for_the_next_one() -> None:
    refused = b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
    bad = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    propfind = Request("PROPFIND", "/", 1 << 20, (("Depth", "1"),), b"<propfind/>\r\n\r\n")

    async def unread(talk: Talk) -> None:
        # As servers do that know the verb as little as that it has a body.
        while head := await talk.reader.readuntil(b"\r\n\r\n"):
            word = head.split(b" ")[0]
            await talk.say(refused if word == b"PROPFIND" else OK if word == b"GET" else bad)

    async with listening(unread) as server:
        answers = await told(server, GET, propfind, GET, GET)
        assert [one.status for one in answers if isinstance(one, Response)] == [200, 405, 200, 200]
        assert server.connections == 2
