"""The parties' mailboxes: one receiver on loopback that keeps what each channel was told, in memory alone."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from monitor.practice.serving import application, listen, prepared

ADDRESS = "127.0.0.1"
_KEPT = 1000
_LONGEST_TITLE = 1000


@dataclass(frozen=True, slots=True)
class Letter:
    """What one channel was told."""

    channel: str
    title: str
    body: str
    at: datetime


class Inbox:
    """Takes what our own webhook posts to 127.0.0.1:PORT/CHANNEL (docs/webhook.md), and keeps the last thousand."""

    def __init__(
        self,
        channels: tuple[str, ...],
        now: Callable[[], datetime],
        on_message: Callable[[Letter], None] | None = None,
    ) -> None:
        """`channels` are the ids that have a mailbox; `on_message` is called with each letter as it comes."""
        self._channels = frozenset(channels)
        self._now = now
        self._on_message = on_message
        self._letters: deque[Letter] = deque(maxlen=_KEPT)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._runner = await prepared(application(self._take))
        self._port = await listen(self._runner, ADDRESS, 0)

    async def stop(self) -> None:
        """Close the mailboxes; what came stays readable."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def url(self, channel: str) -> str:
        """The address of a channel; it is known once the inbox has started."""
        if self._runner is None:
            raise RuntimeError("the inbox has no address before it has started")
        # Nobody is fooled here, so the signatures are not checked, and their secret is none.
        return f"leftopen://practice-mailboxes@{ADDRESS}:{self._port}/{channel}"

    @property
    def letters(self) -> tuple[Letter, ...]:
        """What came, oldest first."""
        return tuple(self._letters)

    async def _take(self, request: web.Request) -> web.Response:
        channel = request.path.strip("/")
        if channel not in self._channels:
            return web.Response(status=404, text="no such mailbox\n")
        if request.method != "POST":
            return web.Response(status=405, text="letters are posted\n", headers={"Allow": "POST"})
        try:
            sent = json.loads(await request.read())
        except (ValueError, RecursionError):
            sent = None
        if not isinstance(sent, dict):
            return web.Response(status=400, text="a letter is a JSON object\n")
        title = str(sent.get("title") or "")[:_LONGEST_TITLE]
        letter = Letter(channel, title, str(sent.get("text") or ""), self._now())
        self._letters.append(letter)
        if self._on_message is not None:
            self._on_message(letter)
        return web.Response(text="taken\n")
