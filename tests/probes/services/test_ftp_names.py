"""An FTP server whose list says names and nothing else: open where a file of it comes, and one of chance does not."""

from __future__ import annotations

import asyncio

import pytest

from tests.probes.services.looking import verdicts
from tests.servers.raw import Serve, Talk, listening


def ftp(listed: bytes, *files: bytes, greeting: bytes = b"220 recorder") -> Serve:
    """A small recorder: it knows LIST and RETR, and says names alone."""

    async def serve(talk: Talk) -> None:
        given = asyncio.Queue[bytes]()
        data: asyncio.Server | None = None

        async def give(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await given.get())
            writer.close()

        await talk.say(greeting + b"\r\n")
        while line := await talk.reader.readline():
            verb, _, path = line.strip().partition(b" ")
            if verb == b"EPSV":
                data = await asyncio.start_server(give, "127.0.0.1", 0)
                await talk.say(b"229 (|||%d|)\r\n" % data.sockets[0].getsockname()[1])
            elif data is not None and (verb == b"LIST" or path.lstrip(b"/") in files or b"*" in files):
                inside = listed if path in (b"", b"/") or verb == b"RETR" else b""
                given.put_nowait(inside or b"\r\n")
                await talk.say(b"150 here\r\n")
                await talk.say(b"226 done\r\n")
                data.close()
            else:
                says = {b"USER": b"331 password", b"PASS": b"230 in", b"RETR": b"550 none"}
                await talk.say(says.get(verb, b"500 what?") + b"\r\n")

    return serve


RIGHT = {
    "names of which one comes": (ftp(b"a.wav\r\nb.wav\r\n", b"a.wav"), "exposed listed-and-readable"),
    "names of which none comes": (ftp(b"a.wav\r\nb.wav\r\n"), "unknown grammar-unknown"),
    "whatever is asked for comes": (ftp(b"a.wav\r\nb.wav\r\n", b"*"), "unknown catch-all"),
    "sentences": (ftp(b"nothing is listed here\r\n", b"*"), "unknown grammar-unknown"),
    "sizes in groups": (
        ftp(b"-rw-r--r-- 1 ftp ftp 4,044 Nov 03 10:10 a.wav\r\n", b"a.wav"),
        "exposed listed-and-readable",
    ),
    "a refusal at once": (ftp(b"", greeting=b"530 Not logged in"), "clear login-demanded"),
    "a refusal of our address": (ftp(b"", greeting=b"530 Your IP address is not allowed"), "unknown firewalled"),
}


@pytest.mark.parametrize("state", RIGHT)
async def test_names_alone(state: str) -> None:
    serve, right = RIGHT[state]
    async with listening(serve) as server:
        assert await verdicts("ftp", server) == {"/": right}
