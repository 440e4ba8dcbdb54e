"""The crawl of a proven exposure: folders asked for, counted and dropped, as fast as the host bears."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from monitor.findings.reach.folder_count import SAMPLED
from monitor.findings.reach.tally import Tally
from monitor.network.survey.pages import Pages
from monitor.store.tables.surveys import FolderRow, FoundFolders
from monitor.surveys.progress import Progress
from monitor.surveys.unknown_customers import UnknownCustomers
from monitor.surveys.web.counted_page import CountedPage
from monitor.surveys.web.doors import PAGE, WEBDAV, other_door, shell_door
from monitor.surveys.web.errors import first_of
from monitor.surveys.web.folder_pages import FolderPage, FolderPages, shows_a_page
from monitor.surveys.web.frontier import Folder, Frontier, unchanged
from monitor.surveys.web.measured import Measured
from monitor.surveys.web.turned import Turned
from probes.api import Dialect
from probes.reasons import NoAnswerReason
from probes.recognise.listing.families import FAMILIES
from probes.requests.http import Ending, NoAnswer, Response

log = logging.getLogger("leftopen")

BATCH_SECONDS = 1.0
MOST_TRIES = 3
MOST_THROTTLED = 10
"""Times that a folder is asked again of a host which says that it is asked too much; each time it is given rest."""
_SAMPLED_WELL = 400
"""Names in which identifiers were looked for; from then on one of each folder is enough, and at last none."""
_SAMPLED_ENOUGH = 1600
_FILES = 4
"""Files that are kept to be tried again."""
_AT_A_TIME = 500
"""Folders that are taken from a page before others get their turn."""
_LATE = 30.0
"""Seconds beyond its budget after which a survey is ended wherever it is."""

_TRANSIENT = frozenset(
    {NoAnswerReason.TIMED_OUT, NoAnswerReason.RESET, NoAnswerReason.UNREACHABLE, NoAnswerReason.TLS_FAILED}
)
_KNOWN = frozenset(family.name for family in FAMILIES)  # a folder that they do not list has a page of its own
_NOT_THERE = frozenset({400, 404, 410})
"""What says that a folder does not exist, and not that it is closed."""

Commit = Callable[[list[FolderRow], list[FoundFolders], dict[str, Any]], Awaitable[None]]
"""Commits folders that were read, folders that were found in them, and all else that is needed to go on."""


class Crawl:
    """One survey's walk. `await crawl.run()`, then its tally and all that was noted on the way."""

    def __init__(
        self,
        pages: Pages,
        folders: FolderPages,
        path: str,
        *,
        key_of: Callable[[str], bytes],
        commit: Commit,
        unknown_customers: UnknownCustomers,
        before: Mapping[bytes, FolderRow],
        done: Mapping[bytes, FolderRow],
        compared: bool = False,
        most_at_once: int = 8,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """`before` are the folders of an earlier survey, `done` those of this one, when it goes on where it was broken
        off. `compared`: the survey before was whole, so that a folder which it did not meet is a new one."""
        self._pages = pages
        self._pages_of = folders
        self._path = path
        self._commit = commit
        self._before = before
        self._done = done
        self._most_at_once = most_at_once
        self._on_progress = on_progress
        self._frontier = Frontier(key_of, done)
        self._tries: Counter[str] = Counter()
        self._found: list[FoundFolders] = []
        self._busy: dict[str, Folder] = {}
        self._allowed = 2.0
        self._moved = asyncio.Event()
        """Set when there may be something to do for readers that have nothing."""
        self._stop = ""
        self._hops = 0
        self._strange = False
        """Whether no known program wrote the place's own page: those below may be listings that show too little."""
        self.unmeasured = ""
        """Why nothing could be measured: the page of the place itself was no listing, through any door."""
        self.store: Dialect | None = None
        """The protocol of an object store, when the place is the list of a bucket: it is measured by its keys."""
        self.unknown_customers = unknown_customers
        self.measured = Measured(before, done, compared=compared)
        self._turned = Turned(self.measured.doubts)
        self.requests = 0
        self.seconds = 0.0
        if not done:
            self._frontier.add(Folder(path))

    @property
    def left(self) -> dict[str, Any]:
        """All that is needed to go on later besides the folders that wait, as JSON values: paths are among them."""
        return {
            "door": self._pages_of.door.name,
            "weak": self._pages_of.weak,
            "strange": self._strange,
            "traps": self._frontier.traps,
            "unknown_customers": self.unknown_customers.found,
            "turned": self._turned.left,
            "spent": [self.requests + self._pages.requests, self.seconds],
            **self.measured.left,
        }

    async def go_on(self, left: dict[str, Any], found: Iterable[FoundFolders]) -> None:
        """Go on where an earlier part of this survey was: `found` are all folders that it had found."""
        self._pages_of.weak = left["weak"]
        self._strange = left.get("strange", False)
        self._frontier.traps.update(left["traps"])
        self.measured.go_on(left)
        self.unknown_customers.found.update(left["unknown_customers"])
        self._turned.go_on(left.get("turned", ((), {})))
        self.requests, self.seconds = left["spent"]
        for batch in found:
            for path, time in batch.folders:
                self._frontier.restore(Folder(path, time, batch.depth, batch.above, batch.parent), self._done)
            await asyncio.sleep(0)
        if left["door"] != PAGE.name:
            page = await self._pages_of.read(self._path, 0)
            await self._through_another_door(page)

    @property
    def unfinished(self) -> bool:
        """Whether the budget ended it: it can go on later."""
        return bool(self._stop)

    @property
    def partial(self) -> tuple[str, ...]:
        """Why there is more than the tally says; empty when every folder was read, whole."""
        reasons = [one for one in (self._stop, self.unmeasured) if one]
        if len(self._frontier) or self._busy:
            reasons.append(f"{len(self._frontier) + len(self._busy)} folders were not reached")
        reasons += self.measured.lacks
        reasons += [f"{count} links were taken for a trap: {why}" for why, count in self._frontier.traps.items()]
        return tuple(reasons)

    @property
    def witnesses(self) -> tuple[str, ...]:
        """Folders with files from all over the tree, with the verb that showed them, and a few of the files."""
        door = self._pages_of.door
        if door.status not in (PAGE.status, WEBDAV.status):
            return ()
        samples = self.measured.samples
        requests = [door.request(path) for path in self.measured.kept.paths]
        files = [one.path for one in samples[:: max(1, len(samples) // _FILES)][:_FILES]]
        return (*files, *(f"{one.method} {one.path}" for one in requests))

    async def run(self) -> None:
        """Walk until every folder is read, or the budget is spent. What a reader raises ends all of them."""
        try:
            async with asyncio.timeout(self._pages.seconds_left + _LATE) as limit:
                await self._walk()
        except TimeoutError:
            if not limit.expired():
                raise
            self._stop = "the budget ended: its seconds are spent"
            await self._flush()

    async def _walk(self) -> None:
        begun = asyncio.get_running_loop().time()
        before = self.seconds
        try:
            async with asyncio.TaskGroup() as group:
                readers = {group.create_task(self._work(number)) for number in range(self._most_at_once)}
                while readers:
                    _, readers = await asyncio.wait(readers, timeout=BATCH_SECONDS)
                    self.seconds = before + asyncio.get_running_loop().time() - begun
                    await self._flush()
                    self._tell()
        except ExceptionGroup as errors:
            # Whoever started the survey waits for one error, and not for a group of them.
            raise first_of(errors) from None

    def _tell(self) -> None:
        requests, tally = self.requests + self._pages.requests, self.measured.tally
        self._on_progress(Progress(tally.folders, len(self._frontier), tally.files, requests, self.seconds))

    async def _flush(self) -> None:
        rows, found = self.measured.rows, self._found
        if not rows and not found:
            return
        self.measured.rows, self._found = [], []
        await self._commit(rows, found, self.left)

    async def _work(self, number: int) -> None:
        while (folder := await self._next(number)) is not None:
            self._busy[folder.path] = folder
            try:
                await self._folder(folder)
            finally:
                self._busy.pop(folder.path, None)
                self._moved.set()

    async def _next(self, number: int) -> Folder | None:
        """What this reader is to read next; None when nothing is left to read, or to wait for."""
        while not self._stop and self.store is None:
            if number < self._allowed and (folder := self._frontier.next()) is not None:
                return folder
            if not len(self._frontier) and not self._busy:
                break
            self._moved.clear()
            await self._moved.wait()
        self._moved.set()
        return None

    async def _folder(self, folder: Folder) -> None:
        names = self.measured.tally.census["names"]
        sampled = SAMPLED if names < _SAMPLED_WELL else int(names < _SAMPLED_ENOUGH)
        first = folder.path == self._path
        try:
            page = await self._pages_of.read(folder.path, sampled, weak=first)
            if (
                first
                and self._pages_of.door is PAGE
                and (page.counted is None or page.counted.empty)
                and await self._through_another_door(page)
            ):
                page = await self._pages_of.read(folder.path, sampled, weak=True)
            if not first and self._pages_of.led_to(folder.path, page.answer) == f"{folder.path}/":  # without its slash
                page = await self._pages_of.read(f"{folder.path}/", sampled)
        except Exception:
            log.exception("a folder could not be read: a bug of ours")
            self._unread(folder, NoAnswerReason.BUG.value)
            return
        if first and self._hops < MOST_TRIES and (to := self._pages_of.led_to(folder.path, page.answer)):
            # A place whose path leads on to a token that is new at every visit.
            self._path, self._hops = to, self._hops + 1
            self._frontier.add(Folder(to))
            return
        if not self._answered(folder, page.answer):
            return
        answer = page.answer
        assert isinstance(answer, Response)  # noqa: S101  `_answered` saw one
        if answer.ending is not Ending.WHOLE and self._pages.spent and self._pages.requests > 1:
            # Not the page is short, but the budget: it is read whole by the next one, which begins with it.
            self._frontier.take_back(folder)
            self._stop = "the budget ended: its bytes are spent"
        elif page.unread:
            self._unread(folder, "a page beyond all bounds")
        elif not first and self._strange and (page.counted is None or not page.counted.claimed):
            if (counted := await self._pages_of.without_rows(folder.path, page, sampled)) is not None:
                await self._counted(folder, counted)
            else:
                self._unread(folder, "a page that was not understood")
        elif page.counted is None:
            if first:
                self.unmeasured = "the page of the place is no listing now"
            self._note(folder, Tally(closed=1), b"", leaf=False)
        elif first and page.counted.family in STORES:
            self.store = STORES[page.counted.family]
        else:
            if first:
                self._pages_of.weak = not page.counted.claimed
                self._strange = page.counted.family not in _KNOWN
            await self._counted(folder, page.counted)

    async def _through_another_door(self, page: FolderPage) -> bool:
        """Whether the place shows itself otherwise than by its page: it is then measured that way."""
        if not isinstance(page.answer, Response):
            return False
        if page.counted is None:
            door = await other_door(self._pages, self._path, page.answer, page.body)
        else:
            # The frame of an empty folder may be filled by a product's script.
            door = shell_door(page.answer, page.body) if "?" not in self._path else None
        if door is not None:
            self._pages_of.door = door
        return door is not None

    async def _counted(self, folder: Folder, page: CountedPage) -> None:
        if self._pages_of.door is PAGE and not self._turned.read(folder, page, self._frontier.turn, self._found):
            self._note(folder, Tally(cut=1), b"", leaf=False)
            return
        if page.partial:
            self.measured.doubts[page.partial] += 1
        await self._children(folder, page)
        self.measured.take_samples(folder, page)
        self._note(folder, page.tally, page.digest, leaf=not (page.folders or page.tally.cut or page.turns))

    def _answered(self, folder: Folder, answer: Response | NoAnswer) -> bool:
        """Whether a page came; else the folder is read later, counted as closed, or counted as unread."""
        match answer:
            case NoAnswer(why=NoAnswerReason.BUDGET_SPENT, detail=detail):
                self._frontier.take_back(folder)
                self._stop = f"the budget ended: {detail}"
                return False
            case NoAnswer(why=NoAnswerReason.OUT_OF_SCOPE, detail=detail) if detail:
                self._frontier.take_back(folder)
                self._stop = detail
                return False
            case NoAnswer(why=why) if why not in _TRANSIENT:
                return self._unread(folder, why.value)
            case NoAnswer(why=why):
                return self._later(folder, why.value)
            case Response(status=status) if status in (429, 503):
                return self._later(folder, f"status {status}", MOST_THROTTLED)
            case Response() if shows_a_page(answer, self._pages_of.door.status):
                # Start low, and ask more at once as long as the host answers.
                self._allowed = min(self._most_at_once, self._allowed + 0.25)
                return True
            case Response(status=status) if status in (500, 502, 504):
                return self._later(folder, f"status {status}")
            case Response(status=status) if status in _NOT_THERE:
                # A page lists it: it is gone since, or its link is not read as its server means it.
                return self._unread(folder, f"status {status}")
            case _:
                # A folder's time tells nothing of who may read it, so it is asked again by every survey.
                self._note(folder, Tally(closed=1), b"", leaf=False)
                return False

    def _later(self, folder: Folder, why: str, most: int = MOST_TRIES) -> bool:
        self._allowed = max(1.0, self._allowed / 2)
        self._tries[folder.path] += 1
        if self._tries[folder.path] >= most:
            return self._unread(folder, why)
        self._frontier.take_back(folder)
        return False

    def _unread(self, folder: Folder, why: str) -> bool:
        self.measured.unread(why)
        self._note(folder, Tally(unread=1), b"", leaf=False)
        return False

    async def _children(self, folder: Folder, page: CountedPage) -> None:
        self.unknown_customers.see(folder.path, [path for path, _ in page.folders])
        if not self._frontier.read(folder, page.digest, page.tally.files, len(page.folders)):
            return
        above, taken = (*folder.above, page.digest), list[tuple[str, str]]()
        for number, (path, time) in enumerate(reversed(page.folders), 1):
            child = Folder(path, time, folder.depth + 1, above, folder.path)
            if self._frontier.add(child):
                taken.append((path, time))
                earlier = self._before.get(self._frontier.key(path))
                if earlier is not None and unchanged(earlier, time):
                    self._frontier.drop(child)
                    self.measured.carry(child, earlier)
            if number % _AT_A_TIME == 0:
                await asyncio.sleep(0)
        if taken:
            self._found.append(FoundFolders(folder.path, folder.depth + 1, above, tuple(taken)))

    def _note(self, folder: Folder, tally: Tally, digest: bytes, *, leaf: bool) -> None:
        key, further = self._frontier.key(folder.path), self._turned.is_further(folder.path)
        self.measured.note(folder, key, tally, digest, self._pages.now(), leaf=leaf, further=further)


STORES = {"s3": Dialect.S3, "azure": Dialect.AZURE}
"""Families of pages that are a bucket's list of keys."""
