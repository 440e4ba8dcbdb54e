"""The listing of an open bucket: pages of keys read by many at once, counted and dropped, as fast as the store bears.

Where a store can begin after any key, ranges of keys are split among those who read (ranges.py), and the order of every
page is checked: what was believed of it decides whether anything was missed. A store that keeps another order, or only
goes on from a token of its own, is read page after page; Azure's by one such chain for each folder. Whatever a store
does, a page that brings nothing new is never asked for again without end, and never taken for the last one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from monitor.findings.reach.tally import Tally
from monitor.network.survey.pages import Pages
from monitor.surveys.bucket.concurrency_window import ConcurrencyWindow
from monitor.surveys.bucket.count_objects import Objects
from monitor.surveys.bucket.key_page import Failed, Kind, fetch_page
from monitor.surveys.bucket.ranges import Doubt, Range, Ranges
from monitor.surveys.progress import Progress
from monitor.surveys.web.crawl import BATCH_SECONDS, MOST_THROTTLED, MOST_TRIES
from probes.buckets.dialects.list_requests import ListApi, ListVariant
from probes.recognise.buckets.key_page import KeyPage

MOST_EMPTY: Final = 1000
"""Pages in a row without a key, of a store that names another page after each."""
_OTHER_ORDER: Final = "the keys come in another order than that of their bytes"
_NOTHING_NEW: Final = "a page adds no key"

Commit = Callable[[dict[str, Any]], Awaitable[None]]
"""Commits all that a listing needs to go on (JSON values)."""


@dataclass(slots=True)
class Chain:
    """Pages of which each names the next one."""

    prefix: bytes
    token: str = ""
    delimited: bool = False
    way: int = 0
    tries: int = 0
    empty: int = 0
    seen: set[int] = field(default_factory=set)


class Keys:
    """One survey's listing of a bucket. `await keys.run()`, then its counts and all that was noted on the way."""

    def __init__(
        self,
        pages: Pages,
        ways: tuple[ListVariant, ...],
        objects: Objects,
        commit: Commit,
        *,
        prefix: bytes = b"",
        most_at_once: int = 8,
        hints: tuple[bytes, ...] = (),
        left: dict[str, Any] | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """`hints` are keys at which an earlier survey found about equal parts; `left` is where this one broke off."""
        self._pages = pages
        self._ways = ways
        self._way = 0
        self._commit = commit
        self._prefix = prefix
        self._on_progress = on_progress
        self._most_at_once = most_at_once
        self._allowance = ConcurrencyWindow(most_at_once)
        self._active = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._anew = 0
        self._stop = ""
        self._final: Counter[str] = Counter()
        self.objects = objects
        self.requests = 0
        self.seconds = 0.0
        self._ranges: Ranges | None = Ranges(hints) if ways[0].ranged else None
        self._waiting: list[Chain] = [] if self._ranges is not None else [Chain(prefix)]
        self._busy: list[Chain] = []
        self._doubts: list[Doubt] = []
        if left is not None:
            self._go_on(left)

    def left(self) -> dict[str, Any]:
        """All that is needed to go on later, as JSON values: they hold keys, and must be sealed."""
        chains = [[_text(c.prefix), c.token, c.delimited, c.way] for c in self._chains]
        return {
            "ranges": None if self._ranges is None else self._ranges.dump(),
            "chains": chains,
            "doubts": [[_text(key) for key in (one.at, one.lo, one.beyond)] for one in self._doubts],
            "way": self._way,
            "anew": self._anew,
            "final": self._final,
            "objects": self.objects.dump(),
            "spent": [self.requests + self._pages.requests, self.seconds],
        }

    def _go_on(self, left: dict[str, Any]) -> None:
        self._ranges = None if left["ranges"] is None else Ranges.load(left["ranges"])
        self._waiting = [
            Chain(prefix.encode("utf-8", "surrogateescape"), token, delimited, way)
            for prefix, token, delimited, way in left["chains"]
        ]
        self._doubts = [Doubt(*(text.encode("utf-8", "surrogateescape") for text in one)) for one in left["doubts"]]
        self._way, self._anew = left["way"], left["anew"]
        self._final.update(left["final"])
        self.objects.load(left["objects"])
        self.requests, self.seconds = left["spent"]

    @property
    def _chains(self) -> list[Chain]:
        return [*self._busy, *self._waiting]

    @property
    def unfinished(self) -> bool:
        """Whether the budget ended it: it can go on later."""
        return bool(self._stop)

    @property
    def partial(self) -> tuple[str, ...]:
        """Why there is more than was counted; empty when every key was."""
        reasons = [self._stop] if self._stop else []
        reasons += list(self._final)
        if self._left:
            reasons.append(f"{self._left} stretches of keys were not read to their end")
        return tuple(reasons)

    @property
    def tally(self) -> Tally:
        """The counts so far."""
        tally = self.objects.tally
        tally.folders = self.objects.folders if self._ranges is None else self._ranges.folders
        return tally

    @property
    def _left(self) -> int:
        return len(self._chains) if self._ranges is None else self._ranges.left

    async def run(self) -> None:
        """Read until every key is counted, the store refuses, or the budget is spent."""
        begun = asyncio.get_running_loop().time()
        before = self.seconds
        self._tasks = {asyncio.create_task(self._settle(doubt, self._anew)) for doubt in self._doubts}
        self._engage()
        committed = begun
        try:
            while self._tasks:
                done, _ = await asyncio.wait(self._tasks, timeout=BATCH_SECONDS)
                self._tasks -= done
                for task in done:
                    task.result()
                now = asyncio.get_running_loop().time()
                self.seconds = before + now - begun
                if self._tasks and now - committed >= BATCH_SECONDS:
                    committed = now
                    await self._commit(self.left())
                self._tell()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _tell(self) -> None:
        requests = self.requests + self._pages.requests
        tally = self.objects.tally
        self._on_progress(Progress(self.tally.folders, self._left, tally.files, requests, self.seconds))

    def _engage(self) -> None:
        """Let as many read as is allowed now, as far as there is anything to read."""
        while not self._stop and not self._final and self._active < int(self._allowance.now):
            found = self._ranges.next() if self._ranges is not None else self._chain()
            if found is None:
                return
            self._active += 1
            reading = self._walk(found, self._anew) if isinstance(found, Range) else self._follow(found, self._anew)
            self._tasks.add(asyncio.create_task(reading))

    def _chain(self) -> Chain | None:
        if not self._waiting:
            return None
        chain = self._waiting.pop()
        self._busy.append(chain)
        # A folder's own folders are chains of their own, as long as there are fewer of them than may read.
        if not chain.token and not self._ways[0].ranged:
            chain.delimited = len(self._chains) < self._most_at_once
        return chain

    @property
    def _full(self) -> bool:
        return bool(self._stop or self._final) or self._active > int(self._allowance.now)

    async def _walk(self, one: Range, anew: int) -> None:
        """Read a range until it ends, or there are too many who read."""
        try:
            token, empty = "", 0
            while not one.done and not self._full and anew == self._anew and empty <= MOST_EMPTY:
                token = await self._step(one, token)
                empty = empty + 1 if token else 0
                self._engage()
            if empty > MOST_EMPTY:
                self._final[f"{MOST_EMPTY} pages in a row held no key"] += 1
        finally:
            one.busy = False
            self._active -= 1
        self._engage()

    async def _step(self, one: Range, token: str) -> str:
        """One page of a range. Returns the token of the next one where the page brought no key to go on from."""
        anew, index = self._anew, self._way
        way = self._ways[index]
        path = way.chained(self._prefix, token) if token else way.after(self._prefix, one.at, one.hi)
        page = await self._ask(way, path)
        if anew != self._anew:
            return ""
        if isinstance(page, Failed):
            self._fail(page, one, index)
            return ""
        if not page.ordered:
            self._chain_it()
            return ""
        if way.inclusive and page.keys and page.keys[0] == one.at:
            page = page.after_first()
        if page.keys and page.keys[0] <= one.at:
            # The first page again, or another order.
            self._other_way(index, _OTHER_ORDER)
            return ""
        if way.api is ListApi.S3_V2 and page.more and not page.second:
            self._other_way(index, "")
        end = not page.more and (not way.empty_ends or not page.keys)
        if not page.keys and not end:
            if page.token and page.token != token:
                return page.token
            self._other_way(index, _NOTHING_NEW)
            return ""
        one.tries = 0
        await self._take(one, page, end)
        return ""

    async def _take(self, one: Range, page: KeyPage, end: bool) -> None:
        assert self._ranges is not None  # noqa: S101  a range is read
        mine = page.within(one.at, one.hi)
        beyond = page.keys[len(mine.keys)] if len(mine.keys) < len(page.keys) else None
        at = one.at
        self._ranges.alphabet.see(page.keys[-1:])
        if mine.keys:
            at = mine.keys[-1]
            self.objects.add(mine, one)
            one.begin = mine.keys[0] if one.begin is None else one.begin
        bounded = self._ways[self._way].bounded
        doubt = self._ranges.advance(one, at, beyond, end=end, bounded=bounded)
        if doubt is not None:
            self._doubts.append(doubt)
            await self._settle(doubt, self._anew)

    async def _settle(self, doubt: Doubt, anew: int) -> None:
        """Whether neighbours do not agree because a key came or went, or because the store keeps another order."""
        firsts: list[bytes | None] = []
        while len(firsts) < 2 and not self._stop and not self._final:
            index = self._way
            way = self._ways[index]
            page = await self._ask(way, way.after(self._prefix, doubt.at if firsts else doubt.lo, None))
            if anew != self._anew:
                return
            if isinstance(page, Failed):
                self._fail(page, doubt, index)
            else:
                firsts.append(next((key for key in page.keys if key > doubt.lo), None))
        if len(firsts) == 2:
            self._doubts.remove(doubt)
            if firsts[1] is not None and firsts[0] != firsts[1]:
                self._chain_it()

    async def _follow(self, chain: Chain, anew: int) -> None:
        """Read page after page of a chain."""
        try:
            while chain in self._busy and not self._full and anew == self._anew:
                await self._link(chain)
                self._engage()
        finally:
            if chain in self._busy:
                self._busy.remove(chain)
                self._waiting.append(chain)
            self._active -= 1
        self._engage()

    async def _link(self, chain: Chain) -> None:
        anew = self._anew
        way = self._ways[chain.way]
        page = await self._ask(way, way.chained(chain.prefix, chain.token, "/" if chain.delimited else ""))
        if anew != self._anew:
            return
        if isinstance(page, Failed):
            if page.kind is Kind.ODD and not chain.token and chain.way + 1 < len(self._ways):
                chain.way += 1
            else:
                self._fail(page, chain, len(self._ways))
            return
        chain.tries = 0
        token = self._token_after(chain, way, page)
        marks = {hash(token)} if token else set()
        if page.keys:
            marks.add(hash((page.keys[0], page.keys[-1], len(page.keys))))
        chain.empty = 0 if page.keys or page.prefixes else chain.empty + 1
        if marks & chain.seen or chain.empty > MOST_EMPTY:
            self._final["the store shows the same page again and again"] += 1
            return
        chain.seen |= marks
        self.objects.add(page)
        self._waiting += [Chain(prefix) for prefix in page.prefixes]
        if page.more and not token:
            self._final["the store says that there is more, and not how to ask for it"] += 1
        elif page.more:
            chain.token = token
        else:
            self._busy.remove(chain)

    def _token_after(self, chain: Chain, way: ListVariant, page: KeyPage) -> str:
        """What asks for the page after this one; the last key, where the store takes keys for it."""
        if not page.more or page.token:
            return page.token if page.more else ""
        if way.api is ListApi.S3_V2:
            # Some know the first version alone, and ignore that the second was asked for.
            chain.way = next(n for n, one in enumerate(self._ways) if one.api is ListApi.S3_V1)
        return _text(page.keys[-1]) if page.keys else ""

    async def _ask(self, way: ListVariant, path: str) -> KeyPage | Failed:
        return await fetch_page(self._pages, self._allowance, way, path, begun=bool(self.objects.tally.files))

    def _fail(self, failed: Failed, unit: Range | Chain | Doubt, index: int) -> None:
        """No page came: stop, ask later, ask in another way, or give up."""
        match failed.kind:
            case Kind.BUDGET:
                self._stop = f"the budget ended: {failed.why}"
            case Kind.ODD if index < len(self._ways):
                self._other_way(index, failed.why)
            case Kind.LATER | Kind.THROTTLED:
                unit.tries += 1
                if unit.tries >= (MOST_TRIES if failed.kind is Kind.LATER else MOST_THROTTLED):
                    self._final[f"the store no longer answers ({failed.why})"] += 1
            case _:
                self._final[f"the store refuses ({failed.why})"] += 1

    def _other_way(self, index: int, why: str) -> None:
        """The way was not understood: the next one, or page after page; `why` is empty where the page was good."""
        if index != self._way:
            return
        if index + 1 < len(self._ways):
            self._way += 1
        elif why in (_OTHER_ORDER, _NOTHING_NEW):
            self._chain_it()
        elif why:
            self._final[f"the store refuses ({why})"] += 1

    def _chain_it(self) -> None:
        """Begin anew, one page after the other as the store names them: what was counted may lack keys."""
        self._anew += 1
        self._ranges = None
        self._waiting = [Chain(self._prefix)]
        self._busy, self._doubts = [], []
        self.objects.clear()


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogateescape")
