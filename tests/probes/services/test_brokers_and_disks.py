"""AMQP brokers, iSCSI targets and HL7 interfaces: real servers where a light one is to be had, and stand-ins."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from typing import Any

import pytest

from tests.probes.services.looking import QUICK, said, seen, verdicts
from tests.servers import databases
from tests.servers.raw import Talk, listening


async def test_targets_of_iscsi(tmp_path: Path) -> None:
    with databases.tgtd(tmp_path) as server:
        look = await seen("iscsi", server, names=("iqn.2026-01.example:none",))
        found = {one.place.path: said(one) for one in look.verdicts}
        assert found == {
            "/iqn.2026-01.example:open/": "exposed full-control",
            "/iqn.2026-01.example:chap/": "clear login-demanded",
            "/iqn.2026-01.example:none/": "clear not-found",
        }
    assert "iqn" not in repr(look.asked), "names of targets are not written down"


def _iscsi(opcode: int, flags: int, told: bytes = b"", status: int = 0) -> bytes:
    head = bytes([opcode, flags, 0, 0, 0]) + len(told).to_bytes(3, "big")
    return head.ljust(36, b"\0") + struct.pack(">H", status).ljust(12, b"\0") + told + bytes(-len(told) % 4)


TARGETS = _iscsi(0x24, 0x80, b"TargetName=iqn.x:a\0TargetAddress=203.0.113.9:3260,1\0")
IN, GONE = _iscsi(0x23, 0x81), _iscsi(0x23, 0, status=0x0203)


@pytest.mark.parametrize(
    ("by_connection", "right"),
    [
        ([[IN, TARGETS], [IN], [GONE], [IN]], {"/iqn.x:a/": "exposed full-control"}),
        ([[IN, TARGETS], [_iscsi(0x23, 0, b"AuthMethod=CHAP\0")]], {"/iqn.x:a/": "clear login-demanded"}),
        ([[IN, TARGETS], [_iscsi(0x23, 0, status=0x0202)]], {"/iqn.x:a/": "clear login-demanded"}),
        ([[IN, TARGETS], [IN], [IN]], {"/iqn.x:a/": "unknown catch-all"}),
        ([[IN, TARGETS], [IN], [GONE], [GONE]], {"/iqn.x:a/": "unknown unstable"}),
        ([[IN, TARGETS], [_iscsi(0x23, 0, status=0x0301)]], {"/iqn.x:a/": "unknown throttled"}),
        ([[IN, _iscsi(0x24, 0x80)]], {"/": "clear nothing-offered"}),
        ([[_iscsi(0x23, 0, status=0x0201)]], {"/": "clear login-demanded"}),
        ([[b"\x23\x81\0\0\0\xff\xff\xff" + bytes(40)]], {"/": "unknown timed-out"}),
    ],
)
async def test_names_of_targets_are_no_proof_and_their_addresses_are_not_read(by_connection: Any, right: Any) -> None:
    async def serve(talk: Talk) -> None:
        for answer in by_connection[min(talk.number, len(by_connection)) - 1]:
            head = await talk.reader.readexactly(48)
            size = int.from_bytes(head[5:8], "big")
            await talk.reader.readexactly(size + -size % 4)
            await talk.say(answer)
        await talk.hang()

    async with listening(serve) as server:
        assert await verdicts("iscsi", server, QUICK) == right


def _frame(number: int, arguments: bytes) -> bytes:
    payload = struct.pack(">HH", 10, number) + arguments
    return struct.pack(">BHI", 1, 0, len(payload)) + payload + b"\xce"


def _start(*mechanisms: bytes) -> bytes:
    told = b" ".join(mechanisms)
    about = b"\x07productS\0\0\0\x08RabbitMQ"
    return _frame(
        10, b"\0\x09" + struct.pack(">I", len(about)) + about + struct.pack(">I", len(told)) + told + b"\0\0\0\0"
    )


def _close(code: int) -> bytes:
    return _frame(50, struct.pack(">H", code) + b"\x02no" + bytes(4))


TUNE, OPENED = _frame(30, struct.pack(">HIH", 2047, 131_072, 60)), _frame(41, b"\0")
OFFERED = _start(b"PLAIN", b"ANONYMOUS")


@pytest.mark.parametrize(
    ("by_connection", "right"),
    [
        # As RabbitMQ 3.10 was measured to greet.
        ([[_start(b"AMQPLAIN", b"PLAIN")]], "clear login-demanded"),
        ([[OFFERED, TUNE, OPENED], [OFFERED, TUNE, _close(530)], [OFFERED, TUNE, OPENED]], "exposed store-open"),
        ([[OFFERED, TUNE, OPENED], [OFFERED, TUNE, OPENED]], "unknown catch-all"),
        ([[OFFERED, TUNE, OPENED], [OFFERED, TUNE, _close(530)], [OFFERED, _close(403)]], "unknown unstable"),
        ([[OFFERED, _close(403)]], "clear login-demanded"),
        ([[OFFERED, TUNE, _close(530)]], "clear denied"),
        ([[OFFERED, TUNE]], "unknown timed-out"),
        ([[OFFERED, _close(541)]], "unknown status-unexpected"),
        ([[b"\x01\0\0\0\0\xff\xff\0\x0a"]], "unknown timed-out"),
    ],
)
async def test_a_way_in_that_is_offered_is_no_proof(by_connection: Any, right: str) -> None:
    async def serve(talk: Talk) -> None:
        for answer in by_connection[min(talk.number, len(by_connection)) - 1]:
            await talk.reader.read(4096)
            await talk.say(answer)
        await talk.hang()

    async with listening(serve) as server:
        assert await verdicts("amqp", server, QUICK) == {"/": right}


async def test_nothing_is_said_to_an_interface_of_hl7() -> None:
    heard: list[bytes] = []
    over = asyncio.Event()

    async def interface(talk: Talk) -> None:
        heard.append(await talk.reader.read())
        over.set()

    async with listening(interface) as server:
        assert await verdicts("hl7", server, QUICK) == {"/": "unknown not-asked"}
        async with asyncio.timeout(40):
            await over.wait()
    assert heard == [b""]
