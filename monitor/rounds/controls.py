"""The built-in controls: a place known to be open and one known to be closed, looked at in every round."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from monitor.practice import indexes
from monitor.practice.disk import File, Folder
from monitor.practice.serving import application, file_answer, listen, page, prepared, refusal, verb_refused
from monitor.practice.store import Bucket, store
from probes.api import BucketTarget, Dialect, Place, WebTarget

ADDRESS = "127.0.0.1"
OPEN, CLOSED = "/open/", "/closed/"

_SERVER = "nginx"
_AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
_TEXT = b"A harmless file: leftopen lists it to itself in every round, to see that it can see.\n"
_ROOT = Folder(
    "",
    _AT,
    (
        Folder("open", _AT, (), tuple(File(f"control-{word}.txt", len(_TEXT), _AT, _TEXT) for word in ("one", "two"))),
        Folder("closed", _AT, (), (File("control-three.txt", len(_TEXT), _AT, _TEXT),)),
    ),
)


OPEN_BUCKET, CLOSED_BUCKET = "leftopen-open", "leftopen-closed"
_STORE = store({OPEN_BUCKET: Bucket(_ROOT, public=True), CLOSED_BUCKET: Bucket(_ROOT, public=False)})


class BuiltInControls:
    """A server of our own on a free port of loopback: `async with BuiltInControls() as controls` while rounds go on.

    An inventory may declare controls of its own instead; those are asked over the same way as what is looked at, and
    show more. These show that the driver, the probes and the recognisers work.
    """

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        self._runner = await prepared(application(_answer))
        self._port = await listen(self._runner, ADDRESS, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def port(self) -> int:
        """The port that they are served on; 0 before they are."""
        return self._port

    def targets(self, nonce: str) -> tuple[WebTarget, WebTarget]:
        """The known-open and the known-closed place, as a probe meets them."""
        return self._target("open", OPEN, nonce), self._target("closed", CLOSED, nonce)

    def buckets(self, nonce: str) -> tuple[BucketTarget, BucketTarget]:
        """The known-open and the known-closed bucket."""
        return self._bucket("open", OPEN_BUCKET, nonce), self._bucket("closed", CLOSED_BUCKET, nonce)

    def _bucket(self, word: str, name: str, nonce: str) -> BucketTarget:
        return BucketTarget(
            asset=f"control:{word}",
            dialect=Dialect.S3,
            host=ADDRESS,
            port=self._port,
            tls=False,
            bucket=name,
            root=f"/{name}",
            filed=Place(ADDRESS, self._port, f"/{name}/"),
            nonce=nonce,
        )

    def allows(self, name: str | None, address: str, port: int) -> bool:
        """Whether a socket leads to these controls: the inventory's scope knows nothing of their port."""
        return self._runner is not None and name is None and address == ADDRESS and port == self._port

    def _target(self, word: str, path: str, nonce: str) -> WebTarget:
        return WebTarget(
            asset=f"control:{word}",  # no asset can be called so
            host=ADDRESS,
            name=None,
            address=ADDRESS,
            port=self._port,
            tls=False,
            paths=(path,),
            declared=(),
            ports=(self._port,),
            nonce=nonce,
        )


async def _answer(request: web.Request) -> web.StreamResponse:
    if request.path.split("/")[1] in (OPEN_BUCKET, CLOSED_BUCKET):
        return await _STORE(request)
    if request.method not in ("GET", "HEAD"):
        return verb_refused(_SERVER)
    found = _ROOT.find(request.path)
    if found is None:
        return refusal(404, _SERVER)
    if not request.path.startswith(OPEN):
        return refusal(403, _SERVER)
    if isinstance(found, File):
        return file_answer(request, found, _SERVER)
    return page(indexes.nginx(found, request.path), _SERVER)
