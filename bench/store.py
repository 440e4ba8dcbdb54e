"""`python -m bench.store LAYOUT COUNT MILLISECONDS`: a made-up S3 endpoint in one process; says its port, then serves.

Every row is built beforehand and a page is a slice of them, found by bisection: what is measured is the client. Speaks
ListObjects and ListObjectsV2, with prefix and delimiter, for one bucket; objects are refused.
"""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import uuid
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import cast
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlsplit

import uvloop

_OPEN = b"<Contents><Key>"
_PAGE = 1000
_ASKS = frozenset(("versions", "uploads", "acl", "policy", "policyStatus", "location"))
"""What a list is not: it is refused, as objects are."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_FIRST = datetime(2015, 1, 1, tzinfo=UTC)


def _uuid(chance: Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128)))


def _tree(count: int) -> Iterator[str]:
    """A folder a day over five years."""
    chance = Random(2015)
    days = 5 * 365
    for day in range(days):
        folder = (_FIRST + timedelta(days=day)).strftime("recordings/%Y/%m/%d/")
        number = count * (day + 1) // days - count * day // days
        yield from sorted(f"{folder}{_uuid(chance)}.wav" for _ in range(number))


def _flat(count: int) -> Iterator[str]:
    chance = Random(2016)
    # In sixteen parts, since sorting ten millions at once takes all the memory there is.
    for first in "0123456789abcdef":
        number = count * (int(first, 16) + 1) // 16 - count * int(first, 16) // 16
        yield from sorted(f"{first}{_uuid(chance)[1:]}.wav" for _ in range(number))


def _sequence(count: int) -> Iterator[str]:
    return (f"calls/in-{number:010d}.wav" for number in range(count))


def _ninety(count: int) -> Iterator[str]:
    """One folder holds nine tenths, a hundred others the rest."""
    chance = Random(2017)
    yield from sorted(f"archive-{number % 100:03d}/{_uuid(chance)}.wav" for number in range(count // 20))
    yield from sorted(f"calls/{_uuid(chance)}.wav" for _ in range(count - count // 20 * 2))
    yield from sorted(f"trunk-{number % 100:03d}/{_uuid(chance)}.wav" for number in range(count // 20))


LAYOUTS = {"tree": _tree, "flat": _flat, "sequence": _sequence, "ninety": _ninety}


class Rows:
    """All rows in order, as one text; a sequence of their keys."""

    def __init__(self, keys: Iterator[str], count: int) -> None:
        text, self._at = bytearray(), array("Q", [0])
        for number, key in enumerate(keys):
            if number % 64 == 0:
                # Five years, as in the folders of the tree.
                at = _FIRST + timedelta(days=5 * 365 * number / count)
                when = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
            text += (
                f"<Contents><Key>{key}</Key><LastModified>{when}</LastModified><ETag>&quot;{number:032x}&quot;</ETag>"
                f"<Size>{40_000 + number * 7919 % 900_000}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            ).encode()
            self._at.append(len(text))
        self._text = memoryview(text)

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, index: int) -> bytes:
        row = bytes(self._text[self._at[index] + len(_OPEN) : self._at[index] + 1200])
        return row[: row.index(b"<")]

    def text(self, first: int, last: int) -> memoryview:
        """Rows as they are sent."""
        return self._text[self._at[first] : self._at[last]]


def page(rows: Rows, query: dict[str, str]) -> list[bytes | memoryview]:
    """The body of one page, in pieces."""
    second = query.get("list-type") == "2"
    prefix = query.get("prefix", "").encode()
    after = query.get("continuation-token") or query.get("start-after") if second else query.get("marker")
    most = min(_PAGE, int(query.get("max-keys", _PAGE)))
    at = bisect_left(rows, prefix)
    end = bisect_left(rows, prefix + b"\xff") if prefix else len(rows)
    if after:
        at = max(at, bisect_right(rows, after.encode()))
    folders: list[bytes] = []
    pieces: list[bytes | memoryview] = []
    last, count = b"", 0
    if query.get("delimiter"):
        while at < end and count < most:
            key = rows[at]
            slash = key.find(b"/", len(prefix))
            if slash < 0:
                pieces.append(rows.text(at, at + 1))
                last, at = key, at + 1
            else:
                last = key[: slash + 1] + b"\xff"
                folders.append(key[: slash + 1])
                at = bisect_left(rows, last, at)
            count += 1
    else:
        stop = min(at + most, end)
        pieces, count = [rows.text(at, stop)], stop - at
        last = rows[stop - 1] if count else b""
        at = stop
    more = at < end
    token = quote_plus(last.decode("latin-1"))
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>bench</Name><Prefix>{prefix.decode()}</Prefix><MaxKeys>{most}</MaxKeys>"
        f"<IsTruncated>{str(more).lower()}</IsTruncated>"
    )
    head += "<EncodingType>url</EncodingType>" if query.get("encoding-type") == "url" else ""
    if second:
        head += f"<KeyCount>{count}</KeyCount>"
        head += f"<NextContinuationToken>{token}</NextContinuationToken>" if more else ""
    elif more and query.get("delimiter"):
        head += f"<NextMarker>{token}</NextMarker>"
    marked = "".join(f"<CommonPrefixes><Prefix>{folder.decode()}</Prefix></CommonPrefixes>" for folder in folders)
    return [head.encode(), *pieces, f"{marked}</ListBucketResult>".encode()]


BUCKET = "bench"
"""The only bucket that there is."""


class _Speaker(asyncio.Protocol):
    """Speaks as much HTTP as listing needs, for little."""

    def __init__(self, rows: Rows, seconds: float, asked: list[int]) -> None:
        self._rows = rows
        self._seconds = seconds
        self._asked = asked
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[: end + 2]
            found = _LENGTH.search(head)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._got) < whole:
                return
            self._got = self._got[whole:]
            verb, path, _ = head.split(b" ", 2)
            self._asked[0] += path != b"/asked"
            if self._seconds and path != b"/asked":
                asyncio.get_running_loop().call_later(self._seconds, self._answer, verb, path.decode())
            else:
                self._answer(verb, path.decode())

    def _answer(self, verb: bytes, path: str) -> None:
        url = urlsplit(path)
        status = "200 OK"
        if path == "/asked":
            body: list[bytes | memoryview] = [b"%d" % self._asked[0]]
        elif url.path.strip("/").split("/")[0] != BUCKET:
            # A server that lists whatever it is asked would be no open bucket.
            status = "404 Not Found"
            body = [b"<Error><Code>NoSuchBucket</Code></Error>"]
        elif (
            verb == b"GET"
            and len(url.path.strip("/").split("/")) == 1
            and not _ASKS.intersection(query := dict(parse_qsl(url.query, keep_blank_values=True)))
        ):
            if "continuation-token" in query:
                query["continuation-token"] = unquote_plus(query["continuation-token"])
            body = page(self._rows, query)
        else:
            status = "403 Forbidden"
            body = [b"<Error><Code>AccessDenied</Code></Error>"]
        length = sum(map(len, body))
        line = (
            f"HTTP/1.1 {status}\r\nServer: bench\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\n\r\n"
        )
        if not self._out.is_closing():
            self._out.writelines([line.encode(), *(body if verb != b"HEAD" else [])])


async def serve(layout: str, count: int, milliseconds: float) -> None:
    """Serve until cancelled. Prints the port once all is up."""
    rows = Rows(LAYOUTS[layout](count), count)
    made = partial(_Speaker, rows, milliseconds / 1000, [0])
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    _, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _most))
    uvloop.run(serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
