"""A small object store on loopback that speaks as S3 does: for the practice, and for the controls of rounds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from aiohttp import web

from monitor.practice.disk import File, Folder
from monitor.practice.serving import Handler, application, file_answer, listen, prepared

SERVER = "practice-store"
_MOST = 1000
"""Keys of one page, as everywhere that S3 is spoken."""
_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket whose objects lie on a made-up disk; `public` lets anybody list and read it, by policy."""

    disk: Folder
    public: bool


def store(buckets: Mapping[str, Bucket]) -> Handler:
    """A handler that answers for these buckets in path style; it knows no verb that changes anything."""

    async def answer(request: web.Request) -> web.StreamResponse:
        name, _, key = unquote(request.rel_url.raw_path[1:]).partition("/")
        bucket = buckets.get(name)
        if request.method not in ("GET", "HEAD"):
            return _error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        if not name:
            return _error(403, "AccessDenied", "Access Denied")
        if bucket is None:
            return _error(404, "NoSuchBucket", "The specified bucket does not exist")
        if not bucket.public or _asks_for_more(request):
            return _error(403, "AccessDenied", "Access Denied")
        if not key:
            return _page(name, bucket, request)
        found = next((file for path, file in _objects(bucket.disk) if path == key), None)
        if found is None:
            return _error(404, "NoSuchKey", "The specified key does not exist.")
        return file_answer(request, found, SERVER)

    return answer


def _asks_for_more(request: web.Request) -> bool:
    """Whether it asks for what a policy of list and read does not give: versions, uploads, access lists."""
    return bool(set(request.query) - {"list-type", "max-keys", "encoding-type", "prefix", "start-after", "delimiter"})


def _objects(folder: Folder, above: str = "") -> Iterator[tuple[str, File]]:
    for below in folder.folders:
        yield from _objects(below, f"{above}{below.name}/")
    for file in folder.files:
        yield f"{above}{file.name}", file


@asynccontextmanager
async def served(buckets: Mapping[str, Bucket], address: str) -> AsyncIterator[int]:
    """The store on a free port of an address; gives the port."""
    runner = await prepared(application(store(buckets)))
    try:
        yield await listen(runner, address, 0)
    finally:
        await runner.cleanup()


def _page(name: str, bucket: Bucket, request: web.Request) -> web.Response:
    asked = request.query
    prefix, after = asked.get("prefix", ""), asked.get("start-after", "")
    most = min(_MOST, int(asked["max-keys"])) if asked.get("max-keys", "").isdecimal() else _MOST
    keys = sorted((key, file) for key, file in _objects(bucket.disk) if key.startswith(prefix) and key > after)
    encoded = asked.get("encoding-type") == "url"
    rows = "".join(
        f"<Contents><Key>{quote(key) if encoded else escape(key)}</Key>"
        f"<LastModified>{file.modified:%Y-%m-%dT%H:%M:%S.000Z}</LastModified><ETag>&quot;{abs(hash(key)):x}&quot;</ETag>"
        f"<Size>{file.size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for key, file in keys[:most]
    )
    cut = "true" if len(keys) > most else "false"
    return _xml(
        200,
        f'<ListBucketResult xmlns="{_SPACE}"><Name>{escape(name)}</Name><Prefix>{escape(prefix)}</Prefix>'
        f"<KeyCount>{len(keys[:most])}</KeyCount><MaxKeys>{most}</MaxKeys>"
        f"{'<EncodingType>url</EncodingType>' if encoded else ''}<IsTruncated>{cut}</IsTruncated>{rows}"
        "</ListBucketResult>",
    )


def _error(status: int, code: str, says: str) -> web.Response:
    return _xml(status, f"<Error><Code>{code}</Code><Message>{says}</Message><RequestId>practice</RequestId></Error>")


def _xml(status: int, body: str) -> web.Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    return web.Response(body=text.encode(), status=status, content_type="application/xml", headers={"Server": SERVER})
