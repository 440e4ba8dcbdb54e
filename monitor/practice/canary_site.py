"""A blind canary: an open listing with one synthetic recording in it, which holds silence and nobody's data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from monitor.practice import indexes
from monitor.practice.disk import File, Folder
from monitor.practice.serving import application, file_answer, listen, page, prepared, refusal, verb_refused
from monitor.practice.sounds import gsm_header

_SERVER = "nginx"
_SECONDS = 42


class CanarySite:
    """Serves it: `async with CanarySite(...)`. Raises OSError when its address cannot be had."""

    def __init__(self, id_: str, address: str, port: int, at: datetime, seen: Callable[[], None]) -> None:
        """`seen` is called at every request that leftopen makes."""
        self._address = address
        self._port = port
        self._seen = seen
        header, size = gsm_header(_SECONDS)
        # Its name says to whoever finds it by chance what it is.
        recording = File(f"canary-{id_}-synthetic-silence.wav", size, at, header)
        self._root = Folder("", at, (Folder("recordings", at, (), (recording,)),))
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = await prepared(application(self._answer))
        try:
            self._port = await listen(self._runner, self._address, self._port)
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port that it is served on."""
        return self._port

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("User-Agent", "").startswith("leftopen/"):
            self._seen()
        if request.method not in ("GET", "HEAD"):
            return verb_refused(_SERVER)
        found = self._root.find(request.path)
        if found is None:
            return refusal(404, _SERVER)
        if isinstance(found, File):
            return file_answer(request, found, _SERVER)
        return page(indexes.nginx(found, request.path), _SERVER)
