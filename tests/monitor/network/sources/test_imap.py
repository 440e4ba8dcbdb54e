"""Mailboxes over IMAP: a real server, certificates that are not trusted, and servers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from monitor.network.sources.imap import ImapBox
from monitor.network.sources.mailboxes import Mailbox, read_mailbox
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer
from probes.requests.sources import MailboxRead
from tests.servers.certificates import certificate
from tests.servers.dispatching import TOKENS, A, B, routine
from tests.servers.dovecot import KEY, dovecot

NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)


def _no_conversation() -> HttpConversation:
    raise AssertionError("no HTTP is spoken with a mailbox")


async def read(
    port: int,
    authority: Path | None,
    user: str = A,
    key: str = KEY,
    folder: str = "INBOX",
    name: str | None = "nas.test",
    seconds: float = 40,
) -> MailboxRead | NoAnswer:
    box = Mailbox(ImapBox(port, user, key, folder, authority), TOKENS)
    target = WebTarget("post", "nas.test", name, "127.0.0.1", port, tls=True)
    since = int((NINE - timedelta(minutes=5)).timestamp())
    return await read_mailbox(box, target, since, Dialer(lambda *_: True), _no_conversation, seconds)


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    place = tmp_path / "authority.pem"
    place.write_bytes(certificate().authority)
    return place


async def test_letters_that_came_by_smtp_are_read_over_imap(tmp_path: Path, trusted: Path) -> None:
    clock = [NINE - timedelta(days=3)]
    with routine(tmp_path / "mail", lambda: clock[0]) as it:
        it.dispatch()
        clock[0] = NINE
        it.attaches_all = it.completes_wrongly = True
        it.dispatch()
        with dovecot(tmp_path / "mail", certificate()) as server:
            told = await read(server.port, trusted)
            assert isinstance(told, MailboxRead)
            assert {(one.cases, one.attachments, one.at) for one in told.letters} == {
                (("decision-a",), 4, int(NINE.timestamp())),
                (("moved",), 0, int(NINE.timestamp())),
            }, "those of three days ago are left out"
            astray = await read(server.port, trusted, user=B)
            assert isinstance(astray, MailboxRead)
            assert [one.cases for one in astray.letters] == [("look-alike",)]
            again = await read(server.port, trusted)
            assert again == told, "nothing in the box was changed"


async def test_a_server_that_nobody_vouches_for_gets_no_password(tmp_path: Path, trusted: Path) -> None:
    with routine(tmp_path / "mail", lambda: NINE), dovecot(tmp_path / "mail", certificate()) as server:
        for told in (await read(server.port, None), await read(server.port, trusted, name="other.test")):
            assert isinstance(told, NoAnswer)
            assert told.why is NoAnswerReason.TLS_FAILED
        assert "Login: user=" not in server.log.read_text()


async def test_a_wrong_password_or_folder_is_said_without_either(tmp_path: Path, trusted: Path) -> None:
    with routine(tmp_path / "mail", lambda: NINE), dovecot(tmp_path / "mail", certificate()) as server:
        for told in (
            await read(server.port, trusted, key='wrong" \\pass'),
            await read(server.port, trusted, folder="Secret"),
            await read(server.port, trusted, key="lösen"),
        ):
            assert isinstance(told, MailboxRead)
            assert told.unread
            assert "wrong" not in told.unread
            assert "Secret" not in told.unread


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server_that(talks: Talk) -> AsyncIterator[int]:
    """A server in TLS that talks as it is told to."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talks(reader, writer)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate().server_side())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _answers(*rows: bytes) -> Talk:
    """A server that greets, then answers each command with the next of these."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        for row in rows:
            tag = (await reader.readline()).partition(b" ")[0]
            writer.write(row.replace(b"TAG", tag))
            await writer.drain()
        await reader.read()

    return talk


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def _not_imap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 smtp here\r\n")
    await reader.read()


LET_IN = b"TAG OK in\r\n"
FETCHED = b'* 1 FETCH (UID 7 INTERNALDATE "23-Nov-2026 09:00:00 +0100" RFC822.SIZE 9)\r\nTAG OK\r\n'
HOSTILE: dict[str, Talk] = {
    "endless": _endless,
    "another protocol": _not_imap,
    "leaves": _answers(b"* BYE\r\n"),
    "asks for more": _answers(b"+ go on\r\n"),
    "rows without end": _answers(b"* 1 EXISTS\r\n" * 20_000),
    "a literal in the wrong place": _answers(b"* {99999999}\r\n"),
    "a letter larger than it said": _answers(
        LET_IN, LET_IN, b"* SEARCH 7\r\nTAG OK\r\n", FETCHED, b"* 1 FETCH (BODY[] {999999999}\r\n"
    ),
    "a date that is none": _answers(
        LET_IN,
        LET_IN,
        b"* SEARCH 7\r\nTAG OK\r\n",
        b'* 1 FETCH (UID 7 INTERNALDATE "31-Foo-2026 99:00:00 +0100" RFC822.SIZE 9)\r\nTAG OK\r\n',
    ),
    "letters without a date": _answers(LET_IN, LET_IN, b"* SEARCH 1 2 3\r\nTAG OK\r\n", b"TAG OK\r\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_server_that_misbehaves_costs_its_box_a_verdict(trusted: Path, name: str) -> None:
    async with server_that(HOSTILE[name]) as port:
        told = await read(port, trusted)
        assert isinstance(told, MailboxRead)
        assert told.unread
        assert not told.letters


async def test_a_server_that_is_silent_is_given_up(trusted: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with server_that(silent) as port:
        told = await read(port, trusted, seconds=2)
        assert isinstance(told, NoAnswer)
        assert told.why is NoAnswerReason.TIMED_OUT


async def test_letters_are_asked_for_without_being_marked(trusted: Path) -> None:
    said: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        for row in (
            LET_IN,
            LET_IN,
            b"* SEARCH 7\r\nTAG OK\r\n",
            FETCHED,
            b"* 1 FETCH (BODY[] {2}\r\nhi)\r\nTAG OK\r\n",
        ):
            said.append(await reader.readline())
            writer.write(row.replace(b"TAG", said[-1].partition(b" ")[0]))
        said.append(await reader.readline())

    async with server_that(talk) as port:
        told = await read(port, trusted)
        assert isinstance(told, MailboxRead)
        assert (told.others, told.letters, told.unread) == (1, (), "")
    verbs = [line.split()[1] for line in said if line.strip()]
    assert set(verbs) <= {b"LOGIN", b"EXAMINE", b"UID", b"LOGOUT"}
    assert any(b"BODY.PEEK[]" in line for line in said)
