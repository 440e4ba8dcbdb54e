"""SMB in a session of NetBIOS, as port 139 wants it: with a real Samba, and with servers that insist on it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.probes.services.looking import QUICK, verdicts
from tests.probes.services.test_matrix import CALLS, disk
from tests.servers import services
from tests.servers.launch import Server
from tests.servers.raw import Serve, Talk, listening

__all__ = ["disk"]


@pytest.mark.parametrize("speaks", ["", "NT1"])
async def test_samba_at_port_139(disk: Path, speaks: str) -> None:
    with services.samba(disk, speaks=speaks, port=139) as server:
        found = await verdicts("smb", server, names=("hidden",))
    assert found == {"/calls/": CALLS, "/hidden/": CALLS, "/private/": "clear denied"}


def _insisting(server: Server, heard: list[bytes], answer: bytes = b"\x82\0\0\0") -> Serve:
    """Closes without a word unless a session is asked for first, as Windows does, and then speaks as `server`."""

    async def serve(talk: Talk) -> None:
        head = await talk.reader.readexactly(4)
        if head[0] != 0x81:
            return
        heard.append(await talk.reader.readexactly(int.from_bytes(head[2:], "big")))
        await talk.say(answer)
        reader, writer = await asyncio.open_connection(server.host, server.port)

        async def pass_on() -> None:
            while data := await reader.read(65536):
                await talk.say(data)

        back = asyncio.create_task(pass_on())
        with suppress(ConnectionError):
            while data := await talk.reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
        back.cancel()

    return serve


@pytest.mark.parametrize("state", ["guest", "closed"])
async def test_a_server_that_wants_a_session_first(disk: Path, state: Any) -> None:
    heard: list[bytes] = []
    with services.samba(disk, state) as server:
        async with listening(_insisting(server, heard)) as front:
            found = await verdicts("smb", front)
    assert found["/calls/"] == (CALLS if state == "guest" else "clear denied")
    assert b" " + b"CKFDENECFDEFFCFGEFFCCACACACACACA" in heard[0]  # *SMBSERVER, of the kind of servers of files


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (b"\x83\0\0\1\x82", "unknown connection-reset"),
        (b"\x84\0\0\6\xc0\0\2\1\0\x8b", "unknown connection-reset"),
    ],
)
async def test_a_session_that_is_not_granted_decides_nothing(answer: bytes, right: str) -> None:
    async def serve(talk: Talk) -> None:
        head = await talk.reader.readexactly(4)
        if head[0] == 0x81:
            await talk.reader.readexactly(int.from_bytes(head[2:], "big"))
            await talk.say(answer)

    async with listening(serve) as server:
        assert await verdicts("smb", server, QUICK) == {"/": right}
