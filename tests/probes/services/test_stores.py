"""Data stores, real where a light one is to be had: each state has its verdict; and the traps of each protocol."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from probes.api import Certainty, Exposed, Known
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


async def test_zookeeper_whose_root_alone_is_closed(tmp_path: Path) -> None:
    with data_stores.zookeeper(tmp_path, "rootless") as server:
        assert await verdicts("zookeeper", server) == {"/": "unknown name-needed"}
        assert await verdicts("zookeeper", server, names=("open", "shut", "none")) == {
            "/": "clear denied", "/open/": "exposed full-control", "/shut/": "clear denied",
            "/none/": "clear not-found",
        }  # fmt: skip
        known = (Known("/open/", (), "zookeeper"),)
        assert (await verdicts("zookeeper", server, known=known))["/open/"] == "exposed full-control"


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
        ((_reply(-102),), "unknown name-needed"),
        ((_reply(-124),), "clear login-demanded"),
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
        # A declared node is asked in the same way; what is not granted of it is clear.
        named = (await verdicts("zookeeper", server, QUICK, names=("calls",)))["/calls/"]
    assert named == ("clear denied" if right == "unknown name-needed" else right)


def _bson(**fields: object) -> bytes:
    inside = b""
    for key, value in fields.items():
        name = key.encode() + b"\0"
        match value:
            case float():
                inside += b"\x01" + name + struct.pack("<d", value)
            case bool():
                inside += b"\x08" + name + bytes([value])
            case int():
                inside += b"\x10" + name + struct.pack("<i", value)
            case str():
                inside += b"\x02" + name + struct.pack("<i", len(value) + 1) + value.encode() + b"\0"
            case list():
                inside += b"\x04" + name + _bson(**{str(at): one for at, one in enumerate(value)})
            case dict():
                inside += b"\x03" + name + _bson(**value)
    return struct.pack("<i", len(inside) + 5) + inside + b"\0"


def _mongod(hello: bytes, listed: bytes) -> Serve:
    """A stand-in: no registry of ours has MongoDB."""

    async def serve(talk: Talk) -> None:
        while head := await talk.reader.readexactly(16):
            length, asked = struct.unpack("<II", head[:8])
            kind, sent = struct.unpack("<I", head[12:])[0], await talk.reader.readexactly(length - 16)
            if kind == 2013:
                assert b"isMaster" not in sent
                await talk.say(struct.pack("<IIIIIB", 21 + len(listed), 1, asked, 2013, 0, 0) + listed)
                continue
            # Since 3.6 the first question alone is heard in the older form.
            if b"isMaster" not in sent and b"maxWireVersion\0\x15" in hello:
                return
            said = hello if b"isMaster" in sent else listed
            await talk.say(struct.pack("<IIIIIqII", 36 + len(said), 1, asked, 1, 8, 0, 0, 1) + said)

    return serve


HELLO = _bson(ismaster=True, maxWireVersion=21, ok=1.0)
OWN = [{"name": "admin", "empty": False}, {"name": "local"}]
NAMED = _bson(databases=[*OWN, {"name": "calls"}, {"name": "ward"}], ok=1.0)
MONGODB = {
    "open": (HELLO, NAMED, "exposed full-control"),
    "before 3.6": (_bson(ismaster=True, maxWireVersion=5, ok=1.0), NAMED, "exposed full-control"),
    "before 2.6": (_bson(ismaster=True, ok=1.0), _bson(databases=OWN, ok=1.0), "exposed full-control"),
    "a login before 2.6": (_bson(ismaster=True, ok=1.0), _bson(ok=0.0, errmsg="unauthorized"), "clear login-demanded"),
    "a login in other words": (
        HELLO,
        _bson(ok=0.0, errmsg="not authorized on admin to execute"),
        "clear login-demanded",
    ),
    "nothing in it yet": (HELLO, _bson(databases=OWN, ok=1.0), "exposed full-control"),
    "a login": (HELLO, _bson(ok=0.0, errmsg="requires authentication", code=13), "clear login-demanded"),
    "the first question refused": (_bson(ok=0.0, code=59), _bson(ok=0.0, code=13), "clear login-demanded"),
    "names nothing": (HELLO, _bson(databases=[], ok=1.0), "unknown entry-unproven"),
    "no names at all": (HELLO, _bson(ok=1.0), "unknown entry-unproven"),
    "another error": (HELLO, _bson(ok=0.0, code=11600), "unknown status-unexpected"),
    "one answer for all": (NAMED, NAMED, "unknown catch-all"),
    "no server": (_bson(ok=1.0), NAMED, "unknown status-unexpected"),
    "no document": (HELLO, b"\0" * 12, "unknown grammar-unknown"),
    "no names in it": (HELLO, _bson(databases=["calls"], ok=1.0), "unknown grammar-unknown"),
}


@pytest.mark.parametrize("state", MONGODB)
async def test_mongodb(state: str) -> None:
    hello, listed, right = MONGODB[state]
    async with listening(_mongod(hello, listed)) as server:
        look = await seen("mongodb", server, QUICK)
    (verdict,) = look.verdicts
    assert said(verdict) == right
    counted = [(one.things, one.number) for one in getattr(verdict, "counted", ())]
    assert counted == ([("databases", 2)] if state in ("open", "before 3.6") else [])


MQTT = {"open": "exposed store-open", "sysonly": "unknown entry-unproven", "closed": "clear login-demanded"}


@pytest.mark.parametrize("state", MQTT)
async def test_mqtt(tmp_path: Path, state: Any) -> None:
    with data_stores.mosquitto(tmp_path, state) as server:
        assert await verdicts("mqtt", server, names=("ward/#",)) == {"/": MQTT[state]}
        alone = {"/": "clear login-demanded" if state == "closed" else "unknown name-needed"}
        assert await verdicts("mqtt", server) == alone


def _broker(*replies: bytes) -> Serve:
    async def serve(talk: Talk) -> None:
        for reply in replies:
            if not await talk.reader.read(512):
                return
            await talk.say(reply)
        await talk.hang()

    return serve


IN, GRANTED = b"\x20\x02\0\0", b"\x90\x03\0\x01\0"
KEPT = b"\x31\x08\0\x04wardxx"


@pytest.mark.parametrize(
    ("replies", "right"),
    [
        ((IN, GRANTED + KEPT), "unknown catch-all"),
        ((IN, GRANTED), "unknown entry-unproven"),
        ((IN, b"\x90\x03\0\x01\x80"), "clear denied"),
        ((IN,), "unknown timed-out"),
        ((IN, b"\x31\xff\xff\xff\xff\xff"), "unknown grammar-unknown"),
        ((IN, b"\x50\x00"), "unknown grammar-unknown"),
        ((b"\x20\x02\0\x03",), "unknown throttled"),
        ((b"\x20\x02\0\x02",), "unknown status-unexpected"),
        ((b"\x20\x02\0\x05",), "clear login-demanded"),
        ((b"\x20\x02\0\x77",), "unknown grammar-unknown"),
    ],
)
async def test_an_entry_of_mqtt_without_a_message_is_no_proof(replies: tuple[bytes, ...], right: str) -> None:
    async with listening(_broker(*replies)) as server:
        found = await verdicts(
            "mqtt", server, Limits(60, seconds=8.0, timeouts=Timeouts(0.5, 0.8, 1.0)), names=("ward",)
        )
    assert found == {"/": right}


NATS = {
    "open": "exposed store-open",
    "password": "clear login-demanded",
    "muted": "unknown entry-unproven",
    "tls": "exposed store-open",
    "certificate": "clear client-certificate-demanded",
}


@pytest.mark.parametrize("state", NATS)
async def test_nats(tmp_path: Path, state: Any) -> None:
    with data_stores.nats(tmp_path, state) as server:
        assert await verdicts("nats", server) == {"/": NATS[state]}


@pytest.mark.parametrize(
    ("greeting", "reply", "right"),
    [
        (b'INFO {"tls_required": true}\r\n', b"PONG\r\n", "unknown answers-without-tls"),
        (b'INFO {"tls_required": true, "tls_verify": true}\r\n', b"", "clear client-certificate-demanded"),
        (b"INFO {}\r\n", b"-ERR 'maximum connections exceeded'\r\n", "unknown throttled"),
        (b"INFO {}\r\n", b"-ERR 'Unknown Protocol Operation'\r\n", "unknown status-unexpected"),
        (b"INFO {}\r\n", b"", "unknown timed-out"),
        (b"INFO {}\r\n", b"PONG", "unknown grammar-unknown"),
        (b"INFO {}\r\n", b"INFO {}\r\nPONG\r\n", "exposed store-open"),
        (b"INFO {" + b"x" * 40_000, b"PONG\r\n", "unknown body-too-large"),
    ],
)
async def test_a_greeting_of_nats_is_no_proof(greeting: bytes, reply: bytes, right: str) -> None:
    async with listening(lines(greeting, {b"CONNECT": b"", b"SUB": b"", b"PING": reply})) as server:
        assert await verdicts("nats", server, QUICK) == {"/": right}
