"""Serves a log witness over HTTP: checkpoints in, cosignatures out (C2SP tlog-witness)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from monitor.inventory.values.scalars import Resolver
from monitor.proof.formats.note import LONGEST, BadNote
from monitor.proof.witness.state import Reply, WitnessState
from monitor.web.protection.connections import SERVER_LOG

log = logging.getLogger("leftopen.witness")


class WitnessServer:
    """The server: `async with WitnessServer(...)`. Raises OSError when its address cannot be had."""

    def __init__(self, state: WitnessState, listen: Resolver, now: Callable[[], datetime]) -> None:
        self._state = state
        self._listen = listen
        self._now = now
        app = web.Application(client_max_size=LONGEST)
        app.router.add_post("/add-checkpoint", self._add)
        app.router.add_get("/{digest:[0-9a-f]{64}}/checkpoint", self._published)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=SERVER_LOG,
            handle_signals=False,
            keepalive_timeout=15,
            max_line_size=4096,
            max_field_size=4096,
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._listen.address, self._listen.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _add(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            reply = await asyncio.to_thread(self._state.add_checkpoint, body, self._now())
        except (OSError, BadNote) as error:
            log.error("a checkpoint could not be put on file, so it was not cosigned: %s", error)
            reply = Reply(500, "it could not be put on file\n")
        if reply.status not in (200, 409):
            log.warning("a checkpoint was not cosigned: %d %s", reply.status, reply.text.strip())
        return _answer(reply)

    async def _published(self, request: web.Request) -> web.Response:
        return _answer(await asyncio.to_thread(self._state.published, request.match_info["digest"]))


def _answer(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.text.encode(), headers={"Content-Type": reply.type})
