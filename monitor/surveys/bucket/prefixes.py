"""Objects and bytes by folder (a key up to its last slash): no key is held, and never too many folders."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Self

from monitor.surveys.bucket.ranges import Range, shared
from monitor.surveys.unknown_customers import UnknownCustomers
from probes.recognise.people.masking import mask_path

MOST = 10_000
"""Folders that are counted each for itself. Where there are more, all are cut at one depth less, and so on."""
_SLASH = ord("/")


class Prefixes:
    """Counts by folder. Which depth they are cut at follows from the keys alone, in whatever order they come."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.counts: dict[bytes, list[int]] = {}
        """Objects and bytes, by folder: `recordings/2019/`, and nothing for what lies in none."""
        self.deepest: int | None = None
        """At most so many folders deep are counts told apart; None: as deep as they are."""

    def add(self, keys: list[bytes], sizes: list[int], into: Range | None = None) -> None:
        """Count a page of keys; `into` notes the folders that an ordered page walks through."""
        last = into.last if into is not None else None
        new = 0
        for folder, count, size in _runs(keys, sizes, into is not None):
            mine = self.counts.get(folder)
            if mine is None or self.deepest is not None:
                mine = self.counts.setdefault(self._cut(folder), [0, 0])
            mine[0] += count
            mine[1] += size
            if folder != last:
                new += folder.count(b"/") - shared(last, folder)
                last = folder
        if into is not None:
            if into.first is None and keys:
                into.first = keys[0][: keys[0].rfind(b"/") + 1]
            into.folders += new
            into.last = last
        if len(self.counts) > self._most:
            self._roll_up()

    def join(self, other: Prefixes) -> None:
        """Add the counts of other keys."""
        depths = [deepest for deepest in (self.deepest, other.deepest) if deepest is not None]
        self.deepest = min(depths, default=None)
        before, self.counts = self.counts, {}
        for folder, (count, size) in (*before.items(), *other.counts.items()):
            mine = self.counts.setdefault(self._cut(folder), [0, 0])
            mine[0] += count
            mine[1] += size
        self._roll_up()

    def _cut(self, folder: bytes) -> bytes:
        if self.deepest is None or folder.count(b"/") <= self.deepest:
            return folder
        return b"".join(part + b"/" for part in folder.split(b"/", self.deepest)[: self.deepest])

    def _roll_up(self) -> None:
        while len(self.counts) > self._most:
            depth = max(folder.count(b"/") for folder in self.counts)
            self.deepest = depth - 1
            before, self.counts = self.counts, {}
            for folder, (count, size) in before.items():
                mine = self.counts.setdefault(self._cut(folder), [0, 0])
                mine[0] += count
                mine[1] += size

    @property
    def folders(self) -> int:
        """Folders that keys are in, those with them that hold folders alone; fewer where counts were rolled up."""
        return len({folder[: at + 1] for folder in self.counts for at, byte in enumerate(folder) if byte == _SLASH})

    def stands_for_more(self, folder: bytes) -> bool:
        """Whether the counts of a folder hold those of all folders in it."""
        return self.deepest is not None and folder.count(b"/") == self.deepest

    def largest(self, most: int) -> tuple[tuple[str, int, int], ...]:
        """The folders with most objects: masked path, objects, bytes."""
        found = heapq.nlargest(most, self.counts.items(), key=lambda one: (one[1][0], one[0]))
        return tuple((str(mask_path(f"/{_said(folder)}")), count, size) for folder, (count, size) in found)

    def show(self, unknown_customers: UnknownCustomers) -> None:
        """Let every folder be seen with the folders in it."""
        inside: dict[bytes, set[bytes]] = {}
        for folder in self.counts:
            while folder:
                above = folder[: folder[:-1].rfind(b"/") + 1]
                children = inside.setdefault(above, set())
                if folder in children:
                    break
                children.add(folder)
                folder = above
        for folder, children in sorted(inside.items()):
            unknown_customers.see(f"/{_said(folder)}", [_said(child) for child in sorted(children)])

    def dump(self) -> list[Any]:
        """All of it as JSON values; they hold names."""
        found = sorted(self.counts.items())
        return [
            self.deepest,
            [folder.decode("utf-8", "surrogateescape") for folder, _ in found],
            [counts for _, counts in found],
        ]

    @classmethod
    def load(cls, value: list[Any]) -> Self:
        """The counts that `dump` wrote."""
        made = cls()
        made.deepest, texts, counts = value
        made.counts = dict(zip([text.encode("utf-8", "surrogateescape") for text in texts], counts, strict=True))
        return made


def _runs(keys: list[bytes], sizes: list[int], ordered: bool) -> Iterator[tuple[bytes, int, int]]:
    """Folder, objects, bytes, for each run of keys of one folder."""
    at = 0
    while at < len(keys):
        folder = keys[at][: keys[at].rfind(b"/") + 1]
        # "0" comes right after "/": what begins with the folder's name stands together in an ordered page.
        end = bisect_left(keys, folder[:-1] + b"0", at) if folder and ordered else len(keys)
        some = keys[at:end]
        if ordered and b"".join(some).count(b"/") == len(some) * folder.count(b"/"):
            yield folder, end - at, sum(sizes[at:end])
            at = end
            continue
        for inner, run in groupby([key[: key.rfind(b"/") + 1] for key in some]):
            count = len(list(run))
            yield inner, count, sum(sizes[at : at + count])
            at += count


def _said(folder: bytes) -> str:
    return folder.decode("utf-8", "replace")
