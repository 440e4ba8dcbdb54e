"""Data stores, real where a light one is to be had: each state has its verdict; and the traps of each protocol."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from probes.api import Certainty, Exposed
from tests.probes.services.looking import QUICK, lines, said, seen, verdicts
from tests.servers import data_stores, services
from tests.servers.raw import Serve, Talk, listening

MEMCACHED = {"open": "exposed store-open", "empty": "exposed store-empty", "password": "clear login-demanded"}


@pytest.mark.parametrize("state", MEMCACHED)
async def test_memcached(tmp_path: Path, state: Any) -> None:
    with services.memcached(tmp_path, state) as server:
        look = await seen("memcached", server)
    (verdict,) = look.verdicts
    assert said(verdict) == MEMCACHED[state]
    assert [one.method for one in look.asked].count("OPEN") == (1 if state == "password" else 2)
    counted = [(one.things, one.number) for one in getattr(verdict, "counted", ())]
    assert counted == ([("items", 2)] if state == "open" else [])


@pytest.mark.parametrize(
    ("replies", "right"),
    [
        ({b"version": b"VERSION 1.6\r\n", b"stats": b"CLIENT_ERROR unauthenticated\r\n"}, "clear login-demanded"),
        ({b"version": b"VERSION 1.6\r\n", b"stats": b"END\r\n"}, "unknown status-unexpected"),
        ({b"version": b"VERSION 1.6\r\n", b"stats": b"STAT curr_items 7\r\nERROR\r\n"}, "unknown status-unexpected"),
        ({b"version": b"VERSION 1.6\r\n", b"stats": b"STAT curr_items -1\r\nEND\r\n"}, "unknown status-unexpected"),
        ({b"version": b"VERSION 1.6\r\n", b"stats": b"STAT curr_items 7\r\n"}, "unknown timed-out"),
        ({b"version": b"ERROR Too many open connections\r\n"}, "unknown throttled"),
        ({b"version": b"ERROR\r\n"}, "unknown status-unexpected"),
        ({b"version": b"VERSION 1.6\r\n", b"stats": None}, "unknown connection-reset"),
    ],
)
async def test_a_version_of_memcached_without_counts_is_no_proof(replies: Any, right: str) -> None:
    async with listening(lines(b"", replies)) as server:
        assert await verdicts("memcached", server, QUICK) == {"/": right}


async def test_a_store_that_refuses_the_second_connection_is_unknown_and_a_silent_one_likely() -> None:
    told = {b"version": b"VERSION 1.6\r\n", b"stats": b"STAT curr_items 7\r\nEND\r\n"}

    def store(then: Serve) -> Serve:
        async def serve(talk: Talk) -> None:
            await (lines(b"", told) if talk.number == 1 else then)(talk)

        return serve

    async with listening(store(lines(b"", {b"version": b"CLIENT_ERROR unauthenticated\r\n"}))) as server:
        assert await verdicts("memcached", server, QUICK) == {"/": "unknown unstable"}
    async with listening(store(lambda talk: talk.hang())) as server:
        (verdict,) = (await seen("memcached", server, QUICK)).verdicts
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY


ZOOKEEPER = {"open": "exposed full-control", "sasl": "clear login-demanded"}


@pytest.mark.parametrize("state", ZOOKEEPER)
async def test_zookeeper(tmp_path: Path, state: Any) -> None:
    with data_stores.zookeeper(tmp_path, state) as server:
        assert await verdicts("zookeeper", server) == {"/": ZOOKEEPER[state]}


SESSION = struct.pack(">iiiqi", 37, 0, 10_000, 7, 16) + bytes(17)


def _reply(error: int, body: bytes = b"") -> bytes:
    return struct.pack(">iiqi", 16 + len(body), 1, 9, error) + body


def _names(*names: bytes) -> bytes:
    return struct.pack(">i", len(names)) + b"".join(struct.pack(">i", len(name)) + name for name in names)


def _rights(number: int, who: bytes = b"anyone") -> bytes:
    listed = struct.pack(">iii", 1, number, 5) + b"world" + struct.pack(">i", len(who)) + who
    return _reply(0, listed + bytes(68))


def _ensemble(*replies: bytes) -> Serve:
    async def serve(talk: Talk) -> None:
        for reply in (SESSION, *replies):
            size = int.from_bytes(await talk.reader.readexactly(4), "big")
            await talk.reader.readexactly(size)
            await talk.say(reply)
        await talk.hang()

    return serve


LISTED, MISSING = _reply(0, _names(b"zookeeper", b"calls")), _reply(-101)


@pytest.mark.parametrize(
    ("replies", "right"),
    [
        ((LISTED, MISSING, _rights(31)), "exposed full-control"),
        ((LISTED, MISSING, _rights(1)), "exposed store-open"),
        ((LISTED, MISSING, _rights(31, b"owner")), "exposed store-open"),
        ((LISTED, MISSING, _reply(-102)), "exposed store-open"),
        ((_reply(0, _names(b"zookeeper")), MISSING, _rights(1)), "exposed store-empty"),
        ((LISTED, LISTED), "unknown catch-all"),
        ((LISTED, _reply(-4)), "unknown canary-failed"),
        ((_reply(-102),), "clear login-demanded"),
        ((_reply(-1),), "unknown status-unexpected"),
        ((), "unknown timed-out"),
        ((_reply(0, struct.pack(">i", 1 << 30)), MISSING), "unknown grammar-unknown"),
        ((_reply(0, struct.pack(">ii", 1, -5)), MISSING), "unknown grammar-unknown"),
        ((LISTED, MISSING, _reply(0, b"\0\0\0\1")), "unknown grammar-unknown"),
        ((struct.pack(">i", 1 << 30) + b"x",), "unknown timed-out"),
        ((struct.pack(">i", -9) + b"x",), "unknown timed-out"),
    ],
)
async def test_a_session_of_zookeeper_without_names_is_no_proof(replies: tuple[bytes, ...], right: str) -> None:
    async with listening(_ensemble(*replies)) as server:
        assert await verdicts("zookeeper", server, QUICK) == {"/": right}
