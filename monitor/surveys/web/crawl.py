"""The crawl of a proven exposure: pages streamed, counted and dropped, as fast as the host bears."""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.findings.tally import Tally
from monitor.network.survey_pages import Pages
from monitor.store.surveys import FolderRow
from monitor.surveys.count import SAMPLED, FolderCount
from monitor.surveys.unknown_customers import Tenants
from monitor.surveys.web.frontier import Folder, Frontier
from probes.reasons import NoAnswerReason
from probes.recognise.listing.stream import PageReader, spelled
from probes.recognise.people.masking import mask_path
from probes.requests.http import Ending, NoAnswer, Request, Response

LONGEST_PAGE = 4 << 30
"""Bytes of one page that are read: 16 million rows of the widest look."""
BATCH_SECONDS = 1.0
BATCH_FOLDERS = 512
MOST_TRIES = 3
MOST_THROTTLED = 10
"""Times that a folder is asked again of a host which says that it is asked too much; each time it is given rest."""
_SAMPLED_WELL = 400
"""Names in which identifiers were looked for; from then on one of each folder is enough, and at last none."""
_SAMPLED_ENOUGH = 1600
_LARGEST = 10
_SAMPLES = 64

_TRANSIENT = frozenset(
    {NoAnswerReason.TIMED_OUT, NoAnswerReason.RESET, NoAnswerReason.UNREACHABLE, NoAnswerReason.TLS_FAILED}
)

Commit = Callable[[list[FolderRow], str], Awaitable[None]]
"""Commits folders that were read, together with what then waits (JSON)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How a survey stands."""

    folders: int
    waiting: int
    files: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A sound whose header may be asked for: path, bytes, extension. Its path is learnt, and never stored."""

    path: str
    size: int
    extension: str


class Crawl:
    """One survey's walk. `await crawl.run()`, then its tally and all that was noted on the way."""

    def __init__(
        self,
        pages: Pages,
        url: str,
        path: str,
        *,
        digest_key: bytes,
        key_of: Callable[[str], bytes],
        commit: Commit,
        tenants: Tenants,
        before: Mapping[bytes, FolderRow],
        done: Mapping[bytes, FolderRow],
        waiting: str = "",
        compared: bool = False,
        most_at_once: int = 8,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """`url` is the endpoint's, without a path. `before` are the folders of an earlier survey, `done` and `waiting`
        those of this one, when it goes on where it was broken off. `compared`: the survey before was whole, so
        that a folder which it did not meet is a new one."""
        self._pages = pages
        self._url = url
        self._digest_key = digest_key
        self._commit = commit
        self._before = before
        self._compared = compared
        self._most_at_once = most_at_once
        self._on_progress = on_progress
        self._frontier = Frontier(key_of, done)
        self._tries: Counter[str] = Counter()
        self._rows: list[FolderRow] = []
        self._busy: dict[str, Folder] = {}
        self._allowed = 2.0
        self._moved = asyncio.Event()
        """Set when there may be something to do for workers that have nothing."""
        self._largest: list[tuple[int, str, int]] = []
        self._why: Counter[str] = Counter()
        self._stop = ""
        self.tenants = tenants
        self.tally = Tally()
        self.samples: list[Sample] = []
        self.carried = 0
        self.new_files = 0
        self.new_folders = 0
        for row in done.values():
            self.tally += row.tally
        self.requests = 0
        self.seconds = 0.0
        if waiting:
            self._go_on(json.loads(waiting))
        elif not done:
            self._frontier.add(Folder(path))

    def left(self) -> str:
        """All that is needed to go on later, as JSON: it holds paths, and must be sealed."""
        # What is being read just now is not read yet: it waits, as far as the ledger knows.
        waiting = [*self._busy.values(), *self._frontier.waiting]
        return json.dumps(
            {
                "folders": [[f.path, f.time, f.depth, [d.hex() for d in f.above]] for f in waiting],
                "queries": self._frontier.queries,
                "traps": self._frontier.traps,
                "why": self._why,
                "largest": self._largest,
                "strangers": self.tenants.found,
                "samples": [[s.path, s.size, s.extension] for s in self.samples],
                "counts": [self.carried, self.new_files, self.new_folders],
                "spent": [self.requests + self._pages.requests, self.seconds],
            },
            separators=(",", ":"),
        )

    def _go_on(self, left: dict[str, Any]) -> None:
        for path, time, depth, above in left["folders"]:
            self._frontier.add(Folder(path, time, depth, tuple(bytes.fromhex(digest) for digest in above)))
        self._frontier.queries.update(left["queries"])
        self._frontier.traps.update(left["traps"])
        self._why.update(left["why"])
        self._largest = [(files, path, size) for files, path, size in left["largest"]]
        self.tenants.found.update(left["strangers"])
        self.samples = [Sample(path, size, extension) for path, size, extension in left["samples"]]
        self.carried, self.new_files, self.new_folders = left["counts"]
        self.requests, self.seconds = left["spent"]

    @property
    def unfinished(self) -> bool:
        """Whether the budget ended it: it can go on later."""
        return bool(self._stop)

    @property
    def partial(self) -> tuple[str, ...]:
        """Why there is more than the tally says; empty when every folder was read, whole."""
        reasons = [self._stop] if self._stop else []
        if len(self._frontier) or self._busy:
            reasons.append(f"{len(self._frontier) + len(self._busy)} folders were not reached")
        if self.tally.unread:
            said = ", ".join(f"{count} x {why}" for why, count in self._why.most_common(3))
            reasons.append(f"{self.tally.unread} folders could not be read ({said})")
        if self.tally.cut:
            reasons.append(f"the pages of {self.tally.cut} folders were cut short or not understood whole")
        reasons += [f"{count} links were taken for a trap: {why}" for why, count in self._frontier.traps.items()]
        return tuple(reasons)

    @property
    def largest(self) -> tuple[tuple[str, int, int], ...]:
        """The largest folders: masked path, files, bytes."""
        return tuple((path, files, size) for files, path, size in sorted(self._largest, reverse=True))

    async def run(self) -> None:
        """Walk until every folder is read, or the budget is spent."""
        begun = asyncio.get_running_loop().time()
        before = self.seconds
        workers = [asyncio.create_task(self._work(number)) for number in range(self._most_at_once)]
        try:
            while True:
                finished = not await self._alive(workers)
                self.seconds = before + asyncio.get_running_loop().time() - begun
                await self._flush()
                requests = self.requests + self._pages.requests
                self._on_progress(
                    Progress(self.tally.folders, len(self._frontier), self.tally.files, requests, self.seconds)
                )
                if finished:
                    break
            for worker in workers:
                worker.result()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _alive(self, workers: list[asyncio.Task[None]]) -> bool:
        _, pending = await asyncio.wait(workers, timeout=BATCH_SECONDS)
        return bool(pending)

    async def _flush(self) -> None:
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        await self._commit(rows, self.left())

    async def _work(self, number: int) -> None:
        while (folder := await self._next(number)) is not None:
            self._busy[folder.path] = folder
            try:
                await self._folder(folder)
            finally:
                self._busy.pop(folder.path, None)
                self._moved.set()

    async def _next(self, number: int) -> Folder | None:
        """What this worker is to read next; None when nothing is left to read, or to wait for."""
        while not self._stop:
            if number < self._allowed and (folder := self._frontier.next()) is not None:
                return folder
            if not len(self._frontier) and not self._busy:
                break
            self._moved.clear()
            await self._moved.wait()
        self._moved.set()
        return None

    async def _folder(self, folder: Folder) -> None:
        names = self.tally.census["names"]
        sampled = SAMPLED if names < _SAMPLED_WELL else int(names < _SAMPLED_ENOUGH)
        count = FolderCount(self._digest_key, sampled)
        folders: list[tuple[str, str]] = []
        reader = PageReader(self._url + folder.path, folder.path)

        def take(chunk: bytes) -> bool:
            rows = reader.feed(chunk)
            if rows is not None:
                count.add(rows)
                folders.extend(rows.folders)
            return not reader.enough

        answer = await self._pages.read(Request("GET", folder.path, LONGEST_PAGE), take)
        if not self._answered(folder, answer):
            return
        assert isinstance(answer, Response)  # noqa: S101  `_answered` saw one
        if answer.ending is not Ending.WHOLE and self._pages.spent and self._pages.requests > 1:
            # Not the page is short, but the budget: it is read whole by the next one, which begins with it.
            self._frontier.take_back(folder)
            self._stop = "the budget ended: its bytes are spent"
            return
        rows, instead = reader.end(answer.ending is Ending.WHOLE)
        if instead:
            count = FolderCount(self._digest_key, sampled)
            folders = []
        count.add(rows)
        folders.extend(rows.folders)
        tally = count.close()
        if not reader.family:
            self._note(folder, Tally(closed=1), b"", leaf=False)
            return
        tally.cut = int(answer.ending is not Ending.WHOLE or reader.missed > 0)
        digest = _digest(count.digest, folders)
        self._children(folder, digest, tally, folders)
        self._keep_samples(folder, count)
        self._note(folder, tally, digest, leaf=not folders and not tally.cut)

    def _answered(self, folder: Folder, answer: Response | NoAnswer) -> bool:
        """Whether a page came; else the folder is read later, counted as closed, or counted as unread."""
        match answer:
            case NoAnswer(why=NoAnswerReason.BUDGET_SPENT, detail=detail):
                self._frontier.take_back(folder)
                self._stop = f"the budget ended: {detail}"
                return False
            case NoAnswer(why=why) if why not in _TRANSIENT:
                return self._unread(folder, why.value)
            case NoAnswer(why=why):
                return self._later(folder, why.value)
            case Response(status=status) if status in (429, 503):
                return self._later(folder, f"status {status}", MOST_THROTTLED)
            case Response(status=status) if status in (500, 502, 504):
                return self._later(folder, f"status {status}")
            case Response(status=200 | 203 | 206):
                # Start low, and ask more at once as long as the host answers.
                self._allowed = min(self._most_at_once, self._allowed + 0.25)
                return True
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
        self._why[why] += 1
        self._note(folder, Tally(unread=1), b"", leaf=False)
        return False

    def _children(self, folder: Folder, digest: bytes, tally: Tally, folders: list[tuple[str, str]]) -> None:
        self.tenants.see(folder.path, [path for path, _ in folders])
        if not self._frontier.read(folder, digest, tally.files, len(folders)):
            return
        above = (*folder.above, digest)
        for path, time in reversed(folders):
            child = Folder(path, time, folder.depth + 1, above)
            if not self._frontier.add(child):
                continue
            earlier = self._before.get(self._frontier.key(path))
            if earlier is not None and unchanged(earlier, time):
                self._frontier.drop(child)
                self._carry(child, earlier)

    def _carry(self, folder: Folder, earlier: FolderRow) -> None:
        """A leaf whose time has not changed since it was read is as it was: it is counted, and not asked again."""
        self.tally += earlier.tally
        self.carried += 1
        self._rows.append(earlier)
        self._rank(folder.path, earlier.tally)

    def _note(self, folder: Folder, tally: Tally, digest: bytes, *, leaf: bool) -> None:
        key = self._frontier.key(folder.path)
        earlier = self._before.get(key)
        if earlier is None:
            self.new_folders += self._compared
            self.new_files += tally.files * self._compared
        elif not (earlier.tally.unread or earlier.tally.cut or earlier.tally.closed):
            # What could not be read before was there all the same, as far as anybody knows.
            self.new_files += max(0, tally.files - earlier.tally.files)
        self.tally += tally
        self._rows.append(FolderRow(key, folder.time, digest, leaf, self._pages.now(), tally))
        self._rank(folder.path, tally)

    def _rank(self, path: str, tally: Tally) -> None:
        if tally.files and (len(self._largest) < _LARGEST or tally.files > self._largest[0][0]):
            push = heapq.heappush if len(self._largest) < _LARGEST else heapq.heappushpop
            push(self._largest, (tally.files, str(mask_path(path)), tally.size))

    def _keep_samples(self, folder: Folder, count: FolderCount) -> None:
        if len(self.samples) >= _SAMPLES:
            return
        base = folder.path.partition("?")[0]
        base = base[: base.rfind("/") + 1]
        for extension, (href, size) in count.samples.items():
            self.samples.append(Sample(base + spelled(href), size, extension))


def _digest(files: bytes, folders: list[tuple[str, str]]) -> bytes:
    """Of the names in a folder, of files and of folders."""
    names = "\n".join(path.rstrip("/").rpartition("/")[2] for path, _ in folders)
    return hashlib.blake2b(names.encode("utf-8", "surrogatepass"), digest_size=8, key=files).digest()


def unchanged(earlier: FolderRow, time: str) -> bool:
    """Whether a folder is surely as it was read: a leaf with the same time, which was old already when it was read.

    A folder's time changes when an entry is added or removed, to the minute and in a zone that the page does not tell.
    """
    if not earlier.leaf or not time or earlier.time != time:
        return False
    try:
        shown = datetime.strptime(time, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return False
    return earlier.read - shown > timedelta(hours=14, minutes=2)
