"""Whole rounds over a store that does its worst, by the real driver: nothing raises, stalls, or keeps what it sends."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.practice.serving import application, listen, prepared
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.reasons import NoAnswerReason
from tests.speed import within

NUMBER = "19850101-2384"
PERSON = f"anna-svensson-{NUMBER}"
HEAD = '<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>'
TAIL = "</ListBucketResult>"
MIB = 1 << 20


def row(key: str, size: str = "4", date: str = "2026-03-01T10:00:00.000Z") -> str:
    return f"<Contents><Key>{key}</Key><LastModified>{date}</LastModified><Size>{size}</Size></Contents>"


def page(*rows: str) -> bytes:
    return f"{HEAD}{''.join(rows)}{TAIL}".encode("utf-8", "surrogatepass")


SIZES = ("-1", "9" * 30, "1e400", "NaN", "0x10", "9" * 5000)
DATES = (
    "0000-00-00T00:00:00Z",
    "99999-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999Z",
    "9" * 9000,
)
FOLDER = f"<CommonPrefixes><Prefix>{PERSON}/</Prefix></CommonPrefixes>"
ELSEWHERE = f"<Endpoint>{PERSON}.example.net</Endpoint>"
BLOB = f"<Blob><Name>{PERSON}</Name></Blob>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BODIES: dict[str, bytes] = {
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>{HEAD}{row("&l11;")}{TAIL}'.encode(),
    "entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + page(row("&e;")),
    "deep": b"<ListBucketResult><Name>b</Name>" + b"<a>" * 200_000,
    "wide": (HEAD + "<a " + " ".join(f'b{n}="c"' for n in range(80_000)) + "/>" + TAIL).encode(),
    "attribute": (HEAD + '<a b="' + "x" * MIB + '"/>' + TAIL).encode(),
    "line": b"x" * MIB,
    "key": page(row("k" * 900_000)),
    "keys": page(*(row(f"{n:05d}-{PERSON}.wav") for n in range(7000))),
    "controls": HEAD.encode() + b"<Contents><Key>" + b"\x01\x1b[31m\x00&#0;" * 60_000,
    "references": (HEAD + "&#1;" * 250_000).encode(),
    "not-utf8": HEAD.encode() + b"<Contents><Key>\xff\xfe\x80.wav</Key><Size>1</Size></Contents>" + TAIL.encode(),
    "surrogates": page(row("\udcff\ud800.wav")),
    "encoded": page("<EncodingType>url</EncodingType>", row("%ED%A0%80%00%0A%FF.wav")),
    "sizes": page(*(row(f"{n}.wav", size) for n, size in enumerate(SIZES))),
    "dates": page(*(row(f"{n}.wav", "1", date) for n, date in enumerate(DATES))),
    "markup": page(row(f"[red]{PERSON}[/red][/]\x1b]0;x\x07&lt;script&gt;\n.wav")),
    "names": page(row(f"recordings/{PERSON}/{PERSON}.wav"), FOLDER),
    "error": f"<Error><Code>AccessDenied</Code><Message>{PERSON}</Message>{ELSEWHERE}</Error>".encode(),
    "json": b'{"kind":"storage#objects","items":' + b"[" * 400_000,
    "digits": b'[{"name":"a","hash":"b","last_modified":"c","bytes":' + b"9" * 500_000 + b"}]",
    "rows": json.dumps([{"name": PERSON, "hash": "x", "last_modified": "99999-99", "bytes": -(10**40)}]).encode(),
    "blobs": f'<EnumerationResults ContainerName="b"><Blobs>{BLOB}</Blobs></EnumerationResults>'.encode(),
    "objects": json.dumps({"objects": [{"name": PERSON, "size": 1e300, "timeModified": "x"}]}).encode(),
    "items": json.dumps({"kind": "storage#objects", "items": [{"name": PERSON, "size": "9" * 400}]}).encode(),
}
SPEAKS = {"swift": "account: AUTH_x", "azure": "account: acc", "gcs": "", "oci": "account: ns", "s3": ""}


class Store:
    """Answers the list of each bucket with its body; says of keys that they are missing."""

    def __init__(self) -> None:
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path
        name = next((part[2:] for part in path.split("/") if part.startswith("b-")), "")
        lists = "wav" not in path and request.query_string and "acl" not in request.query_string
        headers = {"X-Trans-Id": "txcefcf8a7d1c74e9caf19c-006b02471e", "opc-request-id": PERSON, "Server": PERSON}
        if name == "hung":
            await asyncio.sleep(60)
        if lists and name in BODIES:
            status = 301 if name == "error" else 200
            return web.Response(status=status, body=BODIES[name], content_type="application/xml", headers=headers)
        if "once" in path:
            return web.Response(status=503, headers={"Retry-After": "9" * 40})
        text = f"<Error><Code>NoSuchKey</Code><Message>{PERSON}</Message></Error>"
        return web.Response(status=404, text=text, content_type="application/xml", headers=headers)


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    one = Store()
    runner = await prepared(application(one.answer))
    one.port = await listen(runner, "127.0.0.1", 0)
    yield one
    await runner.cleanup()


def inventory(store: Store, speaks: str, names: list[str]) -> Inventory:
    account = f", {SPEAKS[speaks]}" if SPEAKS[speaks] else ""
    entries = "".join(
        f"  - {{id: {name}, owner: vendor, data: recordings, bucket: {{endpoint: 'http://127.0.0.1:{store.port}',"
        f" name: b-{name}, speaks: {speaks}{account}}}}}\n"
        for name in names
    )
    return loads(
        "leftopen: 1\norganisation: {id: p, name: Practice, contact: looking@practice.example}\n"
        "parties: [{id: vendor, name: Vendor, role: processor, channels: [ours]}]\n"
        "channels: [{id: ours, party: vendor, url: 'env:NOWHERE'}]\n"
        "defaults: {pace: 1000, concurrency: 16, confirm_recipients: false,"
        " timeouts: {connect: 1, read: 1, ask: 3}, budget: {seconds: 30}}\n"
        f"assets:\n{entries}"
    )


async def looked(declared: Inventory, database: Path, *, measured: bool = False) -> Round:
    ledger = LedgerThread(database)
    try:
        async with Application(declared, ledger) as app:
            done = await app.round()
            for finding in done.changed if measured else ():
                await app.survey(finding)
            return done
    finally:
        ledger.close()


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


@pytest.mark.parametrize("speaks", SPEAKS)
async def test_nothing_that_a_store_sends_raises_stalls_or_is_kept(
    store: Store, speaks: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "leftopen")
    names = list(BODIES)
    begun, cpu = time.monotonic(), time.process_time()
    done = await looked(inventory(store, speaks, names), tmp_path / "leftopen.db", measured=True)
    assert not done.blind
    assert {line.asset for line in done.lines} == set(names)
    assert not [line for line in done.lines if line.verdict.why is NoAnswerReason.BUG]
    assert done.changed, "some of them are lists"
    assert within(time.process_time() - cpu, 60)
    assert time.monotonic() - begun < 110
    kept = on_disk(tmp_path)
    with sqlite3.connect(tmp_path / "leftopen.db") as db:
        kept += "\n".join(db.iterdump()).encode("utf-8", "surrogateescape")
    for text in (kept.decode("latin-1"), caplog.text, repr([(line.verdict, line.note) for line in done.lines])):
        for secret in (NUMBER, "svensson", "\x1b[31m", "[red]"):
            assert secret not in text, (secret, text[max(0, text.find(secret) - 200) :][:400])
    assert "Traceback" not in caplog.text


async def test_a_hung_store_holds_up_nobody_else(store: Store, tmp_path: Path) -> None:
    begun = time.monotonic()
    done = await looked(inventory(store, "s3", ["names", "hung"]), tmp_path / "leftopen.db")
    assert {line.verdict.why for line in done.lines if line.asset == "hung"} == {NoAnswerReason.TIMED_OUT}
    assert time.monotonic() - begun < 40
