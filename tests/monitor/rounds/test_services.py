"""Services in whole rounds: declared ones, those of presets behind a sweep, found, told, and closed again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Severity, State
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.inventory.service_targets import services_at
from probes.services.catalogue import Preset, of_preset
from tests.monitor.network.rounds import application, inventory
from tests.probes.services.looking import said
from tests.servers import services
from tests.servers.launch import free_port, own_address
from tests.servers.packets import watching

COUNTS = b"# Keyspace\r\ndb0:keys=3,expires=0,avg_ttl=0\r\n"
CHANNEL = {"id": "vendor-night", "party": "vendor", "url": "env:VENDOR_NIGHT"}


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder that servers may read."""
    tmp_path.chmod(0o755)
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def declared(*wanted: Any, address: str = "127.0.0.1", **more: Any) -> Inventory:
    """One host with these services, whose web port refuses."""
    host = {"id": "nas", "host": "nas.test", "addresses": [address], "ports": [free_port()], "services": list(wanted)}
    return inventory({**host, **more}, channels=[CHANNEL])


def kinds(round_: Any) -> dict[str, str]:
    """What a round said of services, by kind and place."""
    return {
        f"{line.verdict.kind} {line.verdict.place.path}": said(line.verdict)
        for line in round_.lines
        if line.verdict.kind != "listing"
    }


async def test_open_services_are_found_told_and_closed_when_they_stop(disk: Path, tmp_path: Path) -> None:
    (disk / "2026-11-29 0700000001.wav").write_bytes(b"RIFF" + bytes(100))
    with services.ftp(disk, "open") as ftp, services.redis(disk) as redis:
        ports = [{"speaks": "ftp", "port": ftp.port}, {"speaks": "redis", "port": redis.port}]
        whole = declared(*ports, data="recordings")
        async with application(whole, tmp_path / "l.db") as app:
            first = await app.round()
            assert kinds(first) == {"ftp /": "exposed listed-and-readable", "redis /": "exposed full-control"}
            found = {one.kind: one for one in await app.ledger(lambda ledger: ledger.findings())}
            assert {one.severity for one in found.values()} == {Severity.CRITICAL}
            assert found["ftp"].extent.files == 1
            assert found["redis"].extent.counted == (("keys", 3), ("databases", 1))
            owed = await app.ledger(lambda ledger: ledger.rows("SELECT finding, facts FROM dues"))
            assert {row["finding"] for row in owed} == {one.id for one in found.values()}
            assert "0700000001" not in str([tuple(row) for row in owed])
    # Both are stopped. While nothing of the host answers, it may be away.
    async with application(whole, tmp_path / "l.db") as app:
        assert set(kinds(await app.round()).values()) == {"unknown connection-refused"}
        assert {one.state for one in await app.ledger(lambda ledger: ledger.findings())} == {State.EXPOSED}
        async with store_at("127.0.0.1", whole.assets[0].ports[0]):
            for _ in range(2):
                assert set(kinds(await app.round()).values()) == {"clear nothing-listens"}
        assert {one.state for one in await app.ledger(lambda ledger: ledger.findings())} == {State.CLEARED}


@asynccontextmanager
async def store_at(address: str, port: int) -> AsyncIterator[None]:
    """A small stand-in for a Redis at a port that cannot be chosen."""

    told = {b"PING": b"+PONG\r\n", b"INFO": b"$%d\r\n%s\r\n" % (len(COUNTS), COUNTS), b"DBSIZE": b":3\r\n"}
    told[b"EXISTS"] = b":0\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # HTTP and a ClientHello are no commands: nobody waits for an answer to them.
        if await reader.read(1) == b"*":
            while line := await reader.readline():
                writer.write(told.get(line.strip(), b""))
        writer.close()

    server = await asyncio.start_server(serve, address, port)
    try:
        yield
    finally:
        server.close()


async def test_a_preset_is_swept_once_and_what_answers_is_asked(tmp_path: Path) -> None:
    address = own_address()
    whole = declared("data", address=address)
    async with store_at(address, 6379), application(whole, tmp_path / "l.db") as app:
        first = await app.round()
        assert kinds(first)["redis /"] == "exposed full-control"
        assert kinds(first)["ports /"] == "clear nothing-listens"
        sql = "SELECT probe FROM observations o JOIN series s ON s.id = o.series"
        knocks = [line for line in await app.ledger(lambda led: led.rows(sql)) if "ports" in line[0]]
        assert len(knocks) == 1
        again = await app.round()
        assert kinds(again) == {"redis /": "exposed full-control"}
    async with application(whole, tmp_path / "l.db") as app:
        # The store is stopped. Its port has a finding, so it is asked whatever a sweep says.
        assert kinds(await app.round()) == {"redis /": "unknown connection-refused"}


@pytest.mark.parametrize("answers", [False, True])
async def test_a_closed_host_gets_one_packet_at_each_port_of_a_preset(tmp_path: Path, answers: bool) -> None:
    address = own_address()
    whole = declared("recommended", address=address)
    web = whole.assets[0].ports[0]
    ports = {one.port for one in of_preset(Preset.RECOMMENDED)}
    async with application(whole, tmp_path / "l.db") as app, AsyncExitStack() as stack:
        if answers:
            await stack.enter_async_context(store_at(address, web))
        seen = stack.enter_context(watching(address))
        await app.round()
        knocks = seen.knocks()
        assert {port: number for port, number in knocks.items() if port != web} == dict.fromkeys(ports, 1)
        await app.round()
        assert {port for port, number in (seen.knocks() - knocks).items() if number} == {web}, "swept once in six hours"


async def test_what_was_not_declared_is_never_connected_to() -> None:
    address = "127.0.0.1"
    whole = declared("files", {"speaks": "redis", "port": 7777})
    scope = Scope(whole)
    allowed = {port for port in range(1, 65536) if scope.allows("nas.test", address, port)}
    assert allowed == {*whole.assets[0].ports, 7777, *(one.port for one in of_preset(Preset.FILES))}


async def test_a_recorder_is_asked_for_its_default_shares_and_no_other_host_is() -> None:
    (of_recorder,) = services_at(declared("recorder").assets[0], {}, {})  # type: ignore[arg-type]
    assert {one.speaks for one in of_recorder.preset.values()} == {"ftp", "rsync", "smb", "nfs", "rtsp"}
    assert "surveillance" in of_recorder.preset[445].names
    assert "axis-media/media.amp" in of_recorder.preset[554].names
    own = declared("recorder", {"speaks": "rtsp", "names": ["ward"]}).assets[0]
    (named,) = services_at(own, {}, {})  # type: ignore[arg-type]
    assert [one.names for one in named.single] == [("ward",)], "what its owner names stands before what is usual"
    (other,) = services_at(declared("files").assets[0], {}, {})  # type: ignore[arg-type]
    assert all(one.names == () for one in other.preset.values())


async def test_a_default_stream_of_a_recorder_is_found_and_told(tmp_path: Path) -> None:
    address = own_address()
    media = b"v=0\r\ns=x\r\nm=audio 0 RTP/AVP 0\r\n"

    async def camera(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                here = head.split(b" ")[1].endswith(b"/axis-media/media.amp")
                told = b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(media), media)
                writer.write(told if here else b"RTSP/1.0 404 Not Found\r\n\r\n")
        writer.close()

    try:
        server = await asyncio.start_server(camera, address, 554)
    except PermissionError:
        pytest.skip("a camera's usual port is one that root alone may open")
    async with server, application(declared("recorder", address=address), tmp_path / "l.db") as app:
        found = kinds(await app.round())
    streams = {name: right for name, right in found.items() if name.startswith("rtsp")}
    assert streams.pop("rtsp /axis-media/media.amp") == "exposed stream-open"
    assert set(streams.values()) == {"clear not-found"}
