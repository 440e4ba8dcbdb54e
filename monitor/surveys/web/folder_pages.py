"""Asks for one folder and counts what its page shows: known servers' pages as they come, all others as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from monitor.findings.reach.folder_count import FolderCount
from monitor.network.survey.pages import Pages
from monitor.surveys.web.counted_page import CountedPage, WholePageOrder
from monitor.surveys.web.doors import PAGE, Door
from monitor.surveys.web.page_worker import PageWorker
from probes.recognise.listing.fields.links import read_location, sendable
from probes.recognise.listing.streaming.learned_rows import LearnedDialect
from probes.recognise.listing.streaming.same_frame import LONGEST, same_frame
from probes.recognise.listing.streaming.stream import PageReader
from probes.requests.http import Answer, Ending, NoAnswer, Response


@dataclass(frozen=True, slots=True)
class FolderPage:
    """What came of asking for a folder: the answer, and the counts where it showed a listing."""

    answer: Answer
    counted: CountedPage | None = None
    body: bytes = b""
    """The page, where it shows neither a file nor a folder."""
    unread: bool = False
    """Whether the page could not be read within its bounds."""


@dataclass(slots=True)
class _Rows:
    """The rows of one page as they come."""

    count: FolderCount
    reader: PageReader
    folders: list[tuple[str, str]] = field(default_factory=list)

    def take(self, chunk: bytes) -> bool:
        """Count what has come; whether more is wanted."""
        rows = self.reader.feed(chunk)
        if rows is not None:
            self.count.add(rows)
            self.folders.extend(rows.folders)
        return not self.reader.enough


class FolderPages:
    """Reads folders of one place, through one door."""

    def __init__(self, pages: Pages, url: str, key: bytes, worker: PageWorker) -> None:
        """`url` is the endpoint's, without a path; `key` keys the digests of names."""
        self._pages = pages
        self._url = url
        self._key = key
        self._worker = worker
        self.door: Door = PAGE
        self._learned: LearnedDialect | None = None
        self._tried = False
        self._frames: list[tuple[str, bytes]] = []
        """The page of the place and the last one of a folder below it, where they list something."""
        self.weak = False
        """Whether pages count that hold links and no structure of a listing: the place was proven by such a page."""

    async def read(self, path: str, sampled: int, *, weak: bool = False) -> FolderPage:
        """Ask for the folder at `path`. `sampled` is in how many names identifiers are looked for, `weak` whether a
        page without a structure counts here even when it does not elsewhere."""
        order = WholePageOrder(self._url + path, path, (), 200, True, self._key, sampled, weak or self.weak)
        return await (self._streamed(order) if self.door is PAGE else self._asked(order))

    async def without_rows(self, path: str, page: FolderPage, sampled: int) -> CountedPage | None:
        """The counts of a page without a structure of its own that is made as those of other folders here are: it holds
        no row, or one. None where it is made otherwise."""
        for other, body in self._frames:
            if await asyncio.to_thread(same_frame, page.body, self._url + path, body, self._url + other):
                order = WholePageOrder(self._url + path, path, (), 200, True, self._key, sampled, weak=True)
                counted = await self._worker.count(order, page.body)
                if counted is not None and not counted.family:
                    counted = CountedPage.of(path, FolderCount(self._key, path.partition("?")[0], sampled), [])
                return counted
        return None

    def led_to(self, path: str, answer: Answer) -> str:
        """The path of this endpoint that the answer for a folder leads to; empty where it leads nowhere else in it."""
        if not isinstance(answer, Response) or answer.status not in (301, 302, 303, 307, 308):
            return ""
        try:
            led = urljoin(self._url + path, read_location(answer.headers.get("location")))
            here, where = urlsplit(self._url), urlsplit(led)
            port = where.port or (443 if where.scheme == "https" else 80)
        except ValueError:
            return ""
        to = sendable((where.path or "/") + (f"?{where.query}" if where.query else ""))
        same = (where.scheme, where.hostname, port) == (here.scheme, here.hostname, here.port)
        return to if same and to != path else ""

    async def _streamed(self, order: WholePageOrder) -> FolderPage:
        page, reader = await self._once(order, learns=not self._tried)
        if reader.to_learn and isinstance(page.answer, Response):
            # The host's long pages are learnt once; then this one is read from its beginning.
            self._tried = True
            self._learned = await self._worker.learn(_told(order, page.answer), reader.kept)
            page, reader = await self._once(order, learns=False)
        return page

    async def _once(self, order: WholePageOrder, *, learns: bool) -> tuple[FolderPage, PageReader]:
        read = self._rows(order, learns=learns)

        def take() -> Callable[[bytes], bool]:
            nonlocal read
            read = self._rows(order, learns=learns)
            return read.take

        answer = await self._pages.read(PAGE.request(order.path), take)
        count, folders, reader = read.count, read.folders, read.reader
        if not isinstance(answer, Response) or not shows_a_page(answer) or reader.to_learn:
            return FolderPage(answer), reader
        rows = reader.end()
        if rows is None:
            # Whatever is not regular to its end is read from its beginning, in the worker.
            whole = await self._whole(order, answer, reader.kept) if reader.text else FolderPage(answer)
            return whole, reader
        count.add(rows)
        folders.extend(rows.folders)
        counted = CountedPage.of(order.path, count, folders)
        counted.family = reader.family
        if reader.missed:
            counted.partial = "links that were not read as entries"
        elif reader.cut:
            counted.partial = "cut short"
        return FolderPage(answer, _cut(counted, answer)), reader

    def _rows(self, order: WholePageOrder, *, learns: bool) -> _Rows:
        count = FolderCount(self._key, order.path.partition("?")[0], order.sampled)
        return _Rows(count, PageReader(order.path, learned=self._learned, learns=learns))

    async def _asked(self, order: WholePageOrder) -> FolderPage:
        answer = await self._pages.read(self.door.request(order.path))
        if isinstance(answer, NoAnswer) or not shows_a_page(answer, self.door.status):
            return FolderPage(answer)
        read = replace(await self._whole(order, _shown(answer), answer.body), answer=answer)
        if read.counted is not None:
            samples = read.counted.samples.items()
            read.counted.samples = {extension: (self.door.file(path), size) for extension, (path, size) in samples}
        return read

    async def _whole(self, order: WholePageOrder, answer: Response, body: bytes) -> FolderPage:
        counted = await self._worker.count(_told(order, answer), body)
        if counted is None:
            return FolderPage(answer, body=body, unread=True)
        if not counted.family:
            return FolderPage(answer, body=body)
        if counted.claimed and not counted.empty and len(body) <= LONGEST:
            self._frames[1:] = [(order.path, body)]
        return FolderPage(answer, _cut(counted, answer), body=body if counted.empty else b"")


def shows_a_page(answer: Response, status: int = 200) -> bool:
    """Whether an answer may show a folder, by its status alone."""
    return answer.status in (status, 202, 203, 206)


def _shown(answer: Response) -> Response:
    """The answer as its page is read: one that comes with the status of a refusal is a page all the same."""
    return replace(answer, status=200) if answer.status >= 400 else answer


def _told(order: WholePageOrder, answer: Response) -> WholePageOrder:
    """The order with what the answer said of its body."""
    whole = answer.ending is Ending.WHOLE
    return replace(order, headers=tuple(answer.headers), status=answer.status, whole=whole)


def _cut(counted: CountedPage, answer: Response) -> CountedPage:
    if answer.ending is not Ending.WHOLE and not counted.partial:
        counted.partial = "cut short"
    counted.tally.cut = int(bool(counted.partial))
    return counted
