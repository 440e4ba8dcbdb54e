"""The practice's file service and data store: small stand-ins on loopback that let anybody in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from monitor.practice.disk import File, Folder, recorder

_Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_LONGEST = 4096
_MANY = 1 << 16
"""Bytes that are sent at a time: nobody takes a whole recording from a practice."""


async def _ftp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An FTP server with the recorder's disk, for the anonymous account: lists and files."""
    data: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    passive: asyncio.Server | None = None

    async def joined(_: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
        await data.put(other)

    async def say(text: str) -> None:
        writer.write(text.encode() + b"\r\n")
        await writer.drain()

    await say("220 (vsFTPd 3.0.3)")
    try:
        while line := await reader.readline():
            verb, _, path = line[:_LONGEST].decode("utf-8", "replace").strip().partition(" ")
            found = recorder().find(path) if path.startswith("/") else None
            match verb.upper():
                case "USER":
                    await say("331 Please specify the password.")
                case "PASS":
                    await say("230 Login successful.")
                case "STAT" if isinstance(found, Folder):
                    await say("213-Status follows:\r\n" + "".join(_rows(found)) + "213 End of status")
                case "EPSV":
                    address = writer.get_extra_info("sockname")[0]
                    if passive is not None:
                        passive.close()
                    while not data.empty():
                        data.get_nowait().close()  # of a question that was refused
                    passive = await asyncio.start_server(joined, address, 0)
                    await say(f"229 Entering Extended Passive Mode (|||{passive.sockets[0].getsockname()[1]}|)")
                case "RETR" if isinstance(found, File) and passive is not None:
                    other = await data.get()
                    await say("150 Opening BINARY mode data connection.")
                    with suppress(ConnectionError):
                        other.write(found.read(0, _MANY))
                        await other.drain()
                    other.close()
                    await say("226 Transfer complete.")
                case "STAT" | "RETR" | "SIZE":
                    await say("550 Failed to open file.")
                case "QUIT":
                    await say("221 Goodbye.")
                    return
                case _:
                    await say("502 Command not implemented.")
    finally:
        if passive is not None:
            passive.close()


def _rows(folder: Folder) -> list[str]:
    rows = [f"drwxr-xr-x 2 0 0 4096 {one.modified:%b %d  %Y} {one.name}\r\n" for one in folder.folders]
    return rows + [f"-rw-r--r-- 1 0 0 {one.size} {one.modified:%b %d  %Y} {one.name}\r\n" for one in folder.files]


_KEYSPACE = b"# Keyspace\r\ndb0:keys=1841,expires=1841,avg_ttl=1500000\r\n"


async def _redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A Redis that tells anybody how many sessions it holds."""
    answers = {b"PING": b"+PONG\r\n", b"DBSIZE": b":1841\r\n", b"EXISTS": b":0\r\n", b"QUIT": b"+OK\r\n"}
    answers[b"INFO"] = b"$%d\r\n%s\r\n" % (len(_KEYSPACE), _KEYSPACE)
    while line := await reader.readline():
        # A command comes as its number of words, then each word behind its length: the first word is enough here.
        writer.write(answers.get(line.strip().upper(), b""))
        await writer.drain()


_SERVERS: dict[str, _Serve] = {"ftp": _ftp, "redis": _redis}


async def serve(speaks: str, address: str, port: int) -> asyncio.Server:
    """Serve the stand-in of a service. Raises OSError when the place cannot be had."""

    async def held(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.LimitOverrunError, ValueError):
                await _SERVERS[speaks](reader, writer)
        finally:
            writer.close()

    return await asyncio.start_server(held, address, port, limit=_LONGEST)
