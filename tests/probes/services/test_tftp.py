"""TFTP: a real server, and the traps of a protocol without connections."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from probes.api import Exposed
from tests.probes.services.looking import NONCE, QUICK, said, seen, verdicts
from tests.servers.datagrams import tftpd
from tests.servers.raw import Raw


async def test_tftp(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "SEP001122334455.cnf.xml").write_bytes(b"<password>" + bytes(3000))
    (tmp_path / "disk" / "SEP001122334455.cnf.xml").chmod(0o644)
    (tmp_path / "disk" / "closed").write_bytes(b"x")
    # It serves files alone that everybody on its machine may read.
    (tmp_path / "disk" / "closed").chmod(0o400)
    if os.geteuid() == 0:
        shutil.chown(tmp_path / "disk" / "closed", "nobody")
    with tftpd(tmp_path / "disk") as server:
        look = await seen("tftp", server, names=("SEP001122334455.cnf.xml", "none", "closed"))
        assert await verdicts("tftp", server) == {"/": "unknown name-needed"}
    assert {one.place.path: said(one) for one in look.verdicts} == {
        "/SEP001122334455.cnf.xml": "exposed readable-not-listed",
        "/none": "clear not-found",
        "/closed": "clear denied",
    }
    (found,) = [one for one in look.verdicts if isinstance(one, Exposed)]
    assert found.size == 3010
    assert "SEP" not in repr(look.asked)
    assert max(one.wire for one in look.asked) < 64, "nothing of the file came"


Answers = Callable[[bytes, int], bytes]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, answers: Answers) -> None:
        self.answers, self.asked = answers, 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data[:2] == b"\0\1":
            self.asked += 1
            if told := self.answers(data, self.asked):
                self.transport.sendto(told, addr)


@asynccontextmanager
async def answering(answers: Answers) -> AsyncIterator[Raw]:
    """A server that answers each request so; empty: not at all."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(answers), local_addr=("127.0.0.1", 0))
    yield Raw("127.0.0.1", transport.get_extra_info("sockname")[1], tls=False)
    transport.close()


MISSING, DENIED, SIZE = b"\0\5\0\1no\0", b"\0\5\0\2no\0", b"\0\6tsize\0" + b"17\0"


def _there(data: bytes, number: int) -> bytes:
    return MISSING if NONCE.encode() in data else SIZE


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        (_there, "exposed readable-not-listed"),
        (lambda data, number: b"" if number == 1 else _there(data, number), "exposed readable-not-listed"),  # one lost
        (lambda data, number: _there(data, number).replace(SIZE, b"\0\3\0\1RIFF"), "exposed readable-not-listed"),
        (lambda data, number: SIZE, "unknown catch-all"),
        (lambda data, number: _there(data, number) if number < 3 else MISSING, "unknown unstable"),
        (lambda data, number: MISSING, "clear not-found"),
        (lambda data, number: DENIED, "clear denied"),
        (lambda data, number: b"\0\5\0\0busy\0", "unknown status-unexpected"),
        (lambda data, number: b"", "unknown timed-out"),
        (lambda data, number: b"\0\3\0\2later", "unknown grammar-unknown"),
        (lambda data, number: b"HTTP/1.1 400", "unknown grammar-unknown"),
    ],
)
async def test_a_declared_file_is_there_when_one_that_cannot_exist_is_not(answers: Answers, right: str) -> None:
    async with answering(answers) as server:
        assert await verdicts("tftp", server, QUICK, names=("calls.wav",)) == {"/calls.wav": right}
