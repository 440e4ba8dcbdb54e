"""Faults on the wire: silence, resets, drips, floods, and things that are not HTTP."""

from __future__ import annotations

import asyncio
import random

from tests.servers.faults.kind import answer, fault
from tests.servers.pages import Disk
from tests.servers.raw import Hit, Talk, reply

OPEN = Disk()


@fault("tar-pit", "unknown", "accepts and never says anything")
async def _(talk: Talk) -> None:
    await asyncio.sleep(3600)


@fault("accept-reset", "unknown", "accepts and resets at once")
async def _(talk: Talk) -> None:
    talk.reset()


@fault("accept-close", "unknown", "accepts and closes at once")
async def _(talk: Talk) -> None:
    """Leaving is closing."""


@answer("silent", "unknown", "hears the request and never answers")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.hang()


@answer("closes-without-answer", "unknown", "hears the request and closes")
async def _(talk: Talk, hit: Hit) -> None:
    """Leaving is closing."""


@answer("slow-drip", "unknown", "answers a byte every quarter of a second, from the first on")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.drip(OPEN.answer(hit))


@answer("slow-body", "not-clear", "sends the headers at once and then a listing, a byte every quarter of a second")
async def _(talk: Talk, hit: Hit) -> None:
    head, end, body = OPEN.answer(hit).partition(b"\r\n\r\n")
    await talk.say(head + end)
    await talk.drip(body)


@answer("stalls-in-body", "not-clear", "sends half of a listing and then nothing, without closing")
async def _(talk: Talk, hit: Hit) -> None:
    whole = OPEN.answer(hit)
    await talk.say(whole[: len(whole) * 2 // 3])
    await talk.hang()


@answer("reset-in-status", "unknown", "resets within the status line")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(b"HTTP/1.1 20")
    await asyncio.sleep(0.05)
    talk.reset()


@answer("reset-in-headers", "unknown", "resets within the headers")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Le")
    await asyncio.sleep(0.05)
    talk.reset()


@answer("reset-in-body", "not-clear", "resets in the middle of a listing")
async def _(talk: Talk, hit: Hit) -> None:
    whole = OPEN.answer(hit)
    await talk.say(whole[: len(whole) * 2 // 3])
    await asyncio.sleep(0.05)
    talk.reset()


@answer("closes-in-body", "not-clear", "an Apache listing of known length whose connection is closed half-way")
async def _(talk: Talk, hit: Hit) -> None:
    whole = OPEN.answer(hit)
    await talk.say(whole[: len(whole) * 2 // 3] if hit.method == "GET" and hit.path == "/" else whole)


@answer("http-0.9", "unknown", "answers with a page and no status line, as in 1991")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(OPEN.page())


@answer("garbage", "unknown", "answers with random bytes")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(random.Random(7).randbytes(4096))


@answer("json-without-http", "unknown", "answers with a line of JSON and no HTTP")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(b'{"error":"unknown command GET"}\n')


@fault("ssh-banner", "not-exposed", "an SSH server")
async def _(talk: Talk) -> None:
    await talk.say(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    await talk.hang()


@fault("smtp-banner", "not-exposed", "a mail server")
async def _(talk: Talk) -> None:
    await talk.say(b"220 mail.test ESMTP Postfix\r\n")
    if await talk.hear() is not None:
        await talk.say(b"502 5.5.2 Error: command not recognized\r\n" * 3)


@fault("ftp-banner", "not-exposed", "an FTP server whose greeting speaks of 230")
async def _(talk: Talk) -> None:
    await talk.say(b"220 Welcome. 230 users online, anonymous login ok\r\n")
    if await talk.hear() is not None:
        await talk.say(b"500 Unknown command.\r\n" * 3)


@answer("endless-headers", "unknown", "sends headers for ever")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while True:
        number += 1
        await talk.say(b"X-Filler-%d: %s\r\n" % (number, b"f" * 80))


@answer("huge-header", "unknown", "sends one header line of four megabytes")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(b"HTTP/1.1 200 OK\r\nX-Filler: ", *(b"f" * 65536 for _ in range(64)), b"\r\n")
    await talk.say(b"Content-Length: 0\r\n\r\n")


@answer("endless-continue", "unknown", "sends 100 Continue for ever")
async def _(talk: Talk, hit: Hit) -> None:
    while True:
        await talk.say(b"HTTP/1.1 100 Continue\r\n\r\n" * 20)


@answer("endless-body", "unknown", "a chunked page of text without an end, as fast as it is taken")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(reply(200, b"", "text/html", ("Transfer-Encoding", "chunked"), length=None))
    if hit.method == "HEAD":
        return
    line = b"<p>Vi har tyv\xc3\xa4rr inga lediga tider idag.</p>\n" * 200
    while True:
        await talk.say(b"%x\r\n%s\r\n" % (len(line), line))


@answer("endless-listing", "not-clear", "a listing without an end, whose every entry answers")
async def _(talk: Talk, hit: Hit) -> None:
    if hit.path != "/" or hit.method != "GET":
        known = hit.path.startswith("/call-") and hit.path.endswith(".wav")
        await talk.say(Disk({hit.path: OPEN.files[next(iter(OPEN.files))]} if known else {}).answer(hit))
        return
    head, _, _ = OPEN.page().partition(b"<hr>")
    await talk.say(reply(200, b"", "text/html;charset=UTF-8", length=None), head, b"<hr>")
    number = 0
    while True:
        rows = b""
        for number in range(number + 1, number + 200):  # noqa: B020  counted on from where it stood
            name = b"call-%08d.wav" % number
            rows += b'<img src="/i.gif" alt="[SND]"> <a href="%s">%s</a> 2018-11-21 14:05  3.2K\n' % (name, name)
        await talk.say(rows)


@answer("early-close-after-headers", "unknown", "promises a body and closes after the headers")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(reply(200, b"", length=5000))
