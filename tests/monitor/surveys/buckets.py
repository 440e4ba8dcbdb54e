"""Buckets on loopback that list made-up keys in every dialect, and in every wrong way: what these tests share."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote_to_bytes
from xml.sax.saxutils import escape

from aiohttp import web

from monitor.network.driver import Driver
from monitor.network.pace import Pace, Work
from monitor.network.survey.conversation import SurveyBudget
from monitor.network.survey.pages import Pages
from monitor.network.transport import Timeouts
from monitor.surveys.bucket.count_objects import Objects
from monitor.surveys.bucket.enumeration import Keys
from monitor.surveys.bucket.ranges import Range
from probes.api import BucketTarget, Dialect, Place
from probes.buckets.dialects import list_variants
from probes.recognise.buckets.key_page import KeyPage
from tests.monitor.network.builders import AGENT, CONTACT

HOSTILE = (
    "/leading.wav", "a/call 1.wav", "a/call+2.wav", "b//c.wav", "d/../e.wav", "emoji😀.mp4", "trailing/", "x\x01y.wav",
    "x\ny.wav", "z%41.wav", "zå&<>\"'.wav", "ä/ö.mp3", "\uffee.wav", "😀.wav",
)  # fmt: skip
"""Names that other listers lose; in the order of their bytes."""


@dataclass(frozen=True, slots=True)
class Written:
    """One object of a list."""

    key: bytes
    size: int
    date: str = "2019-02-16T23:05:00.000Z"


Spell = Callable[[bytes], str]


def s3_page(
    rows: Iterable[Written],
    *,
    spell: Spell | None = None,
    more: bool = False,
    token: str = "",
    second: bool = True,
    namespace: str = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"',
    odd: str = "",
    prefixes: Iterable[bytes] = (),
) -> bytes:
    """A `ListBucketResult`; `odd` is an element that every third row has besides; without `spell` keys stand raw."""
    rows = list(rows)
    found = []
    for number, row in enumerate(rows):
        key = (
            spell(row.key).encode()
            if spell
            else escape(row.key.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        )
        found.append(
            b"<Contents><Key>%b</Key><LastModified>%b</LastModified><ETag>&quot;%032x&quot;</ETag><Size>%d</Size>%b"
            b"<Owner><ID>x</ID><DisplayName></DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>"
            % (key, row.date.encode(), number, row.size, odd.encode() if number % 3 == 0 else b"")
        )
    said = "<EncodingType>url</EncodingType>" if spell else ""
    said += f"<KeyCount>{len(rows)}</KeyCount>" if second else "<Marker></Marker>"
    said += f"<NextContinuationToken>{escape(token)}</NextContinuationToken>" if token else ""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult{namespace}><Name>b</Name>{said}'
    tail = f"<IsTruncated>{str(more).lower()}</IsTruncated></ListBucketResult>"
    return head.encode() + b"".join(found) + tail.encode()


def azure_page(rows: Iterable[Written], token: str, prefixes: Iterable[bytes] = ()) -> bytes:
    """An `EnumerationResults`."""
    blobs = "".join(
        f"<Blob><Name>{escape(row.key.decode())}</Name><Properties><Creation-Time>x</Creation-Time><Last-Modified>"
        f"{datetime.fromisoformat(row.date):%a, %d %b %Y %H:%M:%S} GMT</Last-Modified><Etag>0x8</Etag>"
        f"<Content-Length>{row.size}</Content-Length><Content-MD5 /></Properties><OrMetadata /></Blob>"
        for row in rows
    )
    inside = "".join(f"<BlobPrefix><Name>{escape(one.decode())}</Name></BlobPrefix>" for one in prefixes)
    return (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://a/">'
        f"<Blobs>{blobs}{inside}</Blobs><NextMarker>{escape(token)}</NextMarker></EnumerationResults>"
    ).encode()


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")


def gcs_page(rows: Iterable[Written], token: str) -> bytes:
    """Objects of the JSON API: sizes are texts there."""
    items = [{"name": _text(row.key), "size": str(row.size), "updated": row.date} for row in rows]
    return json.dumps(
        {"kind": "storage#objects", "items": items, **({"nextPageToken": token} if token else {})}
    ).encode()


def swift_page(rows: Iterable[Written], token: str = "") -> bytes:
    """A container in JSON."""
    return json.dumps(
        [{"name": _text(r.key), "bytes": r.size, "last_modified": r.date, "hash": "x"} for r in rows]
    ).encode()


def oci_page(rows: Iterable[Written], token: str) -> bytes:
    """Oracle's list."""
    items = [{"name": _text(row.key), "size": row.size, "timeCreated": row.date} for row in rows]
    return json.dumps({"objects": items, **({"nextStartWith": token} if token else {})}).encode()


Order = Callable[[bytes], Any]


def utf_8(key: bytes) -> Any:
    return key


def utf_16(key: bytes) -> Any:
    return key.decode().encode("utf-16-be")


def walked(key: bytes) -> Any:
    """The order of a disk that is walked folder by folder: `a/x` before `a-b`."""
    return key.split(b"/")


@dataclass
class Store:
    """A bucket that can be asked in any dialect, and the ways in which it is wrong."""

    keys: list[bytes]
    dialect: Dialect = Dialect.S3
    page: int = 100
    order: Order = utf_8
    spell: Spell | None = field(default=lambda key: quote(key, safe="/"))
    delay: float = 0.0
    ignores: frozenset[str] = frozenset()
    """Parameters that it does not know."""
    second: bool = True
    token: Callable[[int], str] = str
    """What the place of a page becomes as a token; a token is read back by `int`."""
    short: random.Random | None = None
    fault: Callable[[int, dict[str, bytes]], web.Response | None] = lambda number, query: None
    repeats: Callable[[dict[str, bytes]], bool] = lambda query: False
    """Whether the first page is shown, whatever was asked."""
    endless: bool = False
    """Whether it says that there is more after the last key."""
    asked: list[dict[str, bytes]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.keys = sorted(self.keys, key=self.order)
        self.sizes = {key: 1000 + number for number, key in enumerate(self.keys)}

    @property
    def target(self) -> BucketTarget:
        """The bucket as it is declared."""
        root = {Dialect.SWIFT: "/v1/AUTH_x/b", Dialect.OCI: "/n/ns/b/b"}.get(self.dialect, "/b")
        place = Place("127.0.0.1", self.port, "/b/")
        return BucketTarget("store", self.dialect, "127.0.0.1", self.port, False, "b", root, place)

    async def answer(self, request: web.Request) -> web.Response:
        """One page."""
        raw = request.rel_url.raw_query_string
        query = {
            name: unquote_to_bytes(value.replace("+", " "))
            for name, _, value in (p.partition("=") for p in raw.split("&"))
        }
        self.asked.append(query)
        if self.delay:
            await asyncio.sleep(self.delay)
        wrong = self.fault(len(self.asked), query)
        if wrong is not None:
            return wrong
        query = {name: value for name, value in query.items() if name not in self.ignores}
        prefix, known = query.get("prefix", b""), self.keys
        at = 0
        for name, after in (("start-after", True), ("marker", True), ("startOffset", False), ("start", False)):
            if query.get(name) and not (name == "marker" and self.dialect is Dialect.AZURE):
                own = self.order(query[name])
                at = sum(self.order(k) <= own if after else self.order(k) < own for k in known)
        for name in ("continuation-token", "pageToken", *(["marker"] if self.dialect is Dialect.AZURE else [])):
            if query.get(name):
                at = int(query[name].decode().strip("tok="))
        if self.repeats(query):
            at = 0
        stop = min(
            [len(known)]
            + [
                sum(self.order(k) < self.order(query[n]) for k in known)
                for n in ("end", "end_marker", "endOffset")
                if query.get(n)
            ]
        )
        page = self.page if self.short is None else self.short.randint(1, self.page)
        keys: list[bytes] = []
        prefixes: list[bytes] = []
        while at < stop and len(keys) + len(prefixes) < page:
            key = known[at]
            at += 1
            if not key.startswith(prefix):
                continue
            slash = key.find(b"/", len(prefix)) if query.get("delimiter") else -1
            if slash < 0:
                keys.append(key)
            elif key[: slash + 1] not in prefixes:
                prefixes.append(key[: slash + 1])
        if query.get("delimiter"):
            while at < stop and any(known[at].startswith(one) for one in prefixes):
                at += 1
        rows = [Written(key, self.sizes[key]) for key in keys]
        more = at < stop or self.endless
        token = self.token(at) if more else ""
        match self.dialect:
            case Dialect.S3:
                spell = self.spell if query.get("encoding-type") else None
                second = self.second and query.get("list-type") == b"2"
                body = s3_page(rows, spell=spell, more=more, token=token if second else "", second=second)
            case Dialect.AZURE:
                body = azure_page(rows, token, prefixes)
            case Dialect.GCS:
                body = gcs_page(rows, token)
            case Dialect.SWIFT:
                body = swift_page(rows)
            case _:
                body = oci_page(rows, _text(known[at]) if at < stop else "")
        return web.Response(body=body)


@asynccontextmanager
async def serving(store: Store) -> AsyncIterator[Store]:
    """The store on a port of its own."""
    app = web.Application()
    app.router.add_get("/{any:.*}", store.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    store.port = runner.addresses[0][1]
    try:
        yield store
    finally:
        await runner.cleanup()


class Noted(Objects):
    """Counts that remember every key."""

    def clear(self) -> None:
        super().clear()
        self.seen: list[bytes] = []

    def add(self, page: KeyPage, into: Range | None = None) -> None:
        super().add(page, into)
        self.seen += page.keys

    def dump(self) -> dict[str, Any]:
        return {**super().dump(), "seen": [key.decode("utf-8", "surrogateescape") for key in self.seen]}

    def load(self, value: dict[str, Any]) -> None:
        super().load(value)
        self.seen = [text.encode("utf-8", "surrogateescape") for text in value["seen"]]


def driver(most: int) -> Driver:
    """A driver that may go to loopback alone."""
    pace = Pace()
    pace.set("store", 100_000, most, Work.SURVEY)

    async def resolve(target: BucketTarget, host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    def guard(name: str | None, address: str, port: int) -> bool:
        return address == "127.0.0.1"

    return Driver(guard, pace, lambda: datetime.now(UTC), agent=AGENT, contact=CONTACT, resolve=resolve)


@asynccontextmanager
async def listing(
    store: Store,
    *,
    most: int = 8,
    left: dict[str, Any] | None = None,
    budget: SurveyBudget | None = None,
    states: list[dict[str, Any]] | None = None,
    hints: tuple[bytes, ...] = (),
    prefix: bytes = b"",
) -> AsyncIterator[Keys]:
    """A listing of the store that is ready to run; `states` are what it committed, as JSON brings it back."""

    async def commit(value: dict[str, Any]) -> None:
        if states is not None:
            states.append(json.loads(json.dumps(value)))

    budget = budget or SurveyBudget(5000, 1 << 30, 60, Timeouts(5, 10, 20))
    async with Pages(driver(most), store.target, "store", budget) as pages:
        yield Keys(
            pages,
            list_variants(store.target),
            Noted(),
            commit,
            prefix=prefix,
            most_at_once=most,
            hints=hints,
            left=left,
        )


async def listed(store: Store, **how: Any) -> Keys:
    """The store, listed to its end."""
    async with serving(store), listing(store, **how) as keys:
        await keys.run()
        return keys


def seen(keys: Keys) -> list[bytes]:
    """Every key that was counted, in order."""
    assert isinstance(keys.objects, Noted)
    assert keys.tally.files == len(keys.objects.seen)
    return sorted(keys.objects.seen)


def whole(keys: Keys, store: Store) -> None:
    """Insist that every key was counted once, and that nothing is said to lack."""
    assert keys.partial == ()
    assert seen(keys) == sorted(store.keys)
    assert keys.tally.size == sum(store.sizes.values())
