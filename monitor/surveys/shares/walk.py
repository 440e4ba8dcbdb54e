"""The walk over a file service whose folders are listed one by one, over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import astuple
from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from monitor.network.survey.steps import Steps
from monitor.store.tables.surveys import FolderRow, FoundFolders
from monitor.surveys.progress import Progress, Sample
from monitor.surveys.shares.counting import ShareTally
from probes.api import Clear
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.services.files.tree import FolderRows, NotListed, Tree

_BATCH_SECONDS = 1.0
_SAMPLES = 200
_MOST_TRIES = 3
_DEEPEST = 64
"""Folders above a folder, at most: beyond them a server is taken to lead in a circle."""

Commit = Callable[[list[FolderRow], list[FoundFolders], dict[str, Any]], Awaitable[None]]
"""Commits folders that were read, folders that were found in them, and all else that is needed to go on."""


class Walk:
    """One survey's walk over a tree. `await walk.run()`; what it counted stands in its tally."""

    def __init__(
        self,
        steps: Steps,
        tree: Tree,
        path: str,
        count: ShareTally,
        commit: Commit,
        now: Callable[[], datetime],
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """`path` is the folder of the place, percent-encoded, with a slash at its end."""
        self._steps = steps
        self._tree = tree
        self._count = count
        self._commit = commit
        self._now = now
        self._on_progress = on_progress
        self._waiting: list[tuple[str, int]] = [(path, 0)]
        self._found: list[FoundFolders] = []
        self._inside = False
        self._flushed = asyncio.get_running_loop().time()
        self._begun = self._flushed
        self._spent = [0, 0.0]
        self._traps = 0
        self._empty = 0
        self.samples: list[Sample] = []
        """Sounds whose headers may be asked for: one of each extension of a folder."""

    async def first_bytes(self, path: bytes, take: int) -> bytes:
        """The first bytes of a file that was listed; none where it is refused, or the budget is spent.

        A server that gave nothing a few times is not asked again: it refuses all files, or each costs a time-out.
        """
        if self._steps.stopped or not self._inside or self._empty >= _MOST_TRIES:
            return b""
        told = await self._steps.hold(self._tree.head(path, take))
        self._empty += not told
        return told

    @property
    def left(self) -> dict[str, Any]:
        """All that is needed to go on later besides the folders that wait, as JSON values: paths are among them."""
        return {
            **self._count.dump(),
            "spent": [self.requests, self.seconds],
            "samples": [astuple(one) for one in self.samples],
        }

    @property
    def requests(self) -> int:
        """The requests of this survey, with those of its earlier parts."""
        return int(self._spent[0]) + self._steps.requests

    @property
    def seconds(self) -> float:
        """The seconds of this survey, with those of its earlier parts."""
        return self._spent[1] + asyncio.get_running_loop().time() - self._begun

    @property
    def unfinished(self) -> bool:
        """Whether something ended it that lets it go on later."""
        return bool(self._steps.stopped) and bool(self._waiting)

    @property
    def partial(self) -> tuple[str, ...]:
        """Why there is more than was counted."""
        reasons = [self._steps.stopped] if self.unfinished else []
        if self._waiting:
            reasons.append(f"{len(self._waiting)} folders were not reached")
        if self._traps:
            reasons.append(f"{self._traps} folders lie too deep: taken for a trap")
        return (*reasons, *self._count.partial)

    def go_on(self, left: dict[str, Any], found: Iterable[FoundFolders], done: dict[bytes, FolderRow]) -> None:
        """Go on where an earlier part of this survey was: `found` are all folders that it had found."""
        self._count.load(left, done)
        self._spent = list(left["spent"])
        # A survey that an earlier version broke off has none of them.
        self.samples = [Sample(*one) for one in left.get("samples", ())]
        waiting = [*self._waiting, *((path, batch.depth) for batch in found for path, _ in batch.folders)]
        self._waiting = [(path, depth) for path, depth in waiting if self._count.key_of(path) not in done]

    async def run(self) -> None:
        """Walk until every folder is read, or the budget is spent."""
        tries = 0
        while self._waiting and not self._steps.stopped:
            path, depth = self._waiting[-1]
            told = await self._listed(path)
            if self.unfinished:
                break
            match told:
                case FolderRows():
                    self._waiting.pop()
                    self._read(path, depth, told)
                    tries = 0
                case NotListed(refused=True):
                    self._waiting.pop()
                    self._count.closed(path, self._now())
                    tries = 0
                case NotListed(why=why):
                    # The connection may be at fault: a new one is opened, a few times.
                    self._inside = False
                    tries += 1
                    if tries >= _MOST_TRIES:
                        self._waiting.pop()
                        self._count.unread(path, why.value, self._now())
                        tries = 0
            if asyncio.get_running_loop().time() - self._flushed >= _BATCH_SECONDS:
                await self._flush()
        await self._flush()

    async def _listed(self, path: str) -> FolderRows | NotListed:
        if not self._inside:
            refused = await self._steps.hold(self._tree.enter())
            if refused is not None:
                why = refused.why if isinstance(refused.why, NoAnswerReason | UndecidedReason) else None
                return NotListed(why or UndecidedReason.STATUS_UNEXPECTED, refused=isinstance(refused, Clear))
            self._inside = True
        return await self._steps.hold(self._tree.folder(unquote_to_bytes(path)))

    def _read(self, path: str, depth: int, told: FolderRows) -> None:
        count = self._count.folder()
        children = self._count.add(path, count, told.rows)
        for extension, (name, _, size) in count.samples.items():
            if len(self.samples) < _SAMPLES:
                self.samples.append(Sample(path + name.decode("ascii"), size, extension))
        self._count.close(path, count, children, self._now(), told.partial)
        if depth >= _DEEPEST:
            self._traps += len(children)
        elif children:
            self._waiting += [(child, depth + 1) for child in reversed(children)]
            self._found.append(FoundFolders(path, depth + 1, (), tuple((child, "") for child in children)))

    async def _flush(self) -> None:
        self._flushed = asyncio.get_running_loop().time()
        rows, found, self._count.rows, self._found = self._count.rows, self._found, [], []
        if rows or found:
            await self._commit(rows, found, self.left)
        tally = self._count.tally
        self._on_progress(Progress(tally.folders, len(self._waiting), tally.files, self.requests, self.seconds))
