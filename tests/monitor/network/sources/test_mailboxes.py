"""Boxes that a path of the host lists as JSON, and Maildirs that hold what is no letter."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from monitor.network.sources.mailboxes import MOST_LETTERS, HttpBox, Mailbox, read_mailbox
from monitor.network.transport import Timeouts
from probes.api import WebTarget
from probes.recognise.letters import letter_content
from probes.requests.http import NoAnswer
from probes.requests.sources import MailboxRead

TOKENS = {"case-a": "CANARY-CASE-A-7f3k"}
TOKEN = TOKENS["case-a"]
RECEIVED = "2026-11-23T09:00:00+01:00"
SINCE = 1_700_000_000


async def listed(body: Any, key: str = "key-of-box-1") -> MailboxRead | NoAnswer:
    """What is told of a box that answers this to whoever has the key."""

    async def box(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer key-of-box-1":
            return web.Response(status=401)
        return web.Response(text=body) if isinstance(body, str) else web.json_response(body)

    app = web.Application()
    app.router.add_get("/box", box)
    async with TestServer(app) as server:
        target = WebTarget("post", "post.test", "post.test", "127.0.0.1", server.port or 0, tls=False)
        dialer = Dialer(lambda *_: True)
        place = HttpBox("/box", (("Authorization", f"Bearer {key}"),))
        return await read_mailbox(
            Mailbox(place, TOKENS),
            target,
            SINCE,
            dialer,
            lambda: HttpConversation(target, dialer, Timeouts(), ()),
            40,
        )


async def test_letters_of_a_test_box_are_read_with_their_files() -> None:
    held = base64.b64encode(f"in a file: {TOKEN}".encode()).decode()
    told = await listed(
        {
            "letters": [
                {"received": RECEIVED, "subject": "x", "text": "y", "attachments": [{"name": "a", "content": held}]},
                {"received": "2020-01-01T00:00:00Z", "text": TOKEN},
                {"received": RECEIVED, "text": "nothing"},
            ]
        }
    )
    assert isinstance(told, MailboxRead)
    ((at, cases, files),) = [(one.at, one.cases, one.attachments) for one in told.letters]
    assert (at, cases, files, told.others) == (1_795_420_800, ("case-a",), 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[" * 100_000,
        {"letters": None},
        {"letters": [1]},
        {"letters": [{"received": "2026-11-23T09:00:00"}]},
        {"letters": [{"received": RECEIVED, "attachments": [{"content": "not base64!"}]}]},
        {"letters": [{"received": RECEIVED, "attachments": 3}]},
        {"letters": [{"received": RECEIVED}] * (MOST_LETTERS + 1)},
    ],
)
async def test_what_is_no_list_of_letters_is_unread(body: Any) -> None:
    told = await listed(body)
    assert isinstance(told, MailboxRead)
    assert told.unread
    assert not told.letters


async def test_a_box_that_refuses_us_is_unread() -> None:
    told = await listed({"letters": []}, key="wrong")
    assert isinstance(told, MailboxRead)
    assert told.unread == "status 401"


async def of_maildir(place: Path) -> MailboxRead | NoAnswer:
    target = WebTarget("post", "post.test", "post.test", "127.0.0.1", 1, tls=False)

    def none() -> HttpConversation:
        raise AssertionError("a Maildir is asked for over no network")

    return await read_mailbox(Mailbox(place, TOKENS), target, SINCE, Dialer(lambda *_: False), none, 5)


async def test_a_maildir_with_a_pipe_or_a_link_in_it_waits_for_nobody_and_leads_nowhere(tmp_path: Path) -> None:
    for folder in ("new", "cur"):
        (tmp_path / folder).mkdir()
    os.mkfifo(tmp_path / "new" / "pipe")
    (tmp_path / "cur" / "1").write_bytes(f"Subject: x\r\n\r\n{TOKEN}".encode())
    told = await of_maildir(tmp_path)
    assert isinstance(told, MailboxRead)
    assert [one.cases for one in told.letters] == [("case-a",)]
    (tmp_path / "secret").write_text(TOKEN)
    (tmp_path / "new" / "link").symlink_to(tmp_path / "secret")
    told = await of_maildir(tmp_path)
    assert isinstance(told, MailboxRead)
    assert told.unread


def test_a_token_is_found_in_every_encoding_of_a_letter_and_in_letters_within() -> None:
    encoded = base64.b64encode(f"<p>{TOKEN}".encode()).decode()
    for raw in (
        f"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nCANARY=2DCASE-A-=\r\n7f3k",
        f"Content-Type: message/rfc822\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}",
    ):
        assert letter_content(raw.encode(), TOKENS).cases == ("case-a",), raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 5000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 5000,
        b"Content-Type: text/plain; charset=\xff\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: " + b"multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: " * 300,
    ],
)
def test_hostile_letters_are_read_without_an_exception(raw: bytes) -> None:
    assert letter_content(raw, TOKENS).cases == ()


def test_a_header_without_end_is_read_in_part_and_the_letter_is_not_taken_for_read() -> None:
    raw = (
        b"Content-Type: text/plain\r\nContent-Disposition: attachment" + b"; a=b" * 2000 + b"\r\n\r\n" + TOKEN.encode()
    )
    told = letter_content(raw, TOKENS)
    assert (told.cases, told.attachments, told.whole) == (("case-a",), 1, False)
    assert letter_content(raw.replace(b"; a=b" * 2000, b""), TOKENS).whole
