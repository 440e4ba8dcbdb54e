"""Which folders are still to be read: every folder once, in an order that hangs on the pages alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

DEEPEST = 40
"""Folders below the first one; honest trees are not so deep."""
MOST_QUERIES = 64
"""Links of one path that differ in their query alone: beyond it a session id or a calendar makes them up."""
BARREN = 1000
"""So many folders in a row that hold folders and no file, and the tree is taken for a trap.
Folders that hold nothing at all end by themselves, and do not count: an honest disk has whole years of them."""
SAME_WITH_FILES = 2
SAME_WITHOUT = 4
"""In so many of the folders that it lies in must the same names stand, until a folder is taken for one of them. Shelves
without files of their own are often alike over some levels (`0/0/0/`), and no honest ones over five."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to read. `path` is what is asked; `time` what its parent's page shows of it; `above` are the digests of
    the folders it lies in, by which a tree that contains itself is told."""

    path: str
    time: str = ""
    depth: int = 0
    above: tuple[bytes, ...] = ()


class Frontier:
    """Folders found and not yet read, and the keys of all that were ever found."""

    def __init__(self, key_of: Callable[[str], bytes], seen: Iterable[bytes] = ()) -> None:
        """`key_of` makes a short keyed digest of a path; `seen` are the keys of folders that are read already."""
        self._key_of = key_of
        self._seen = set(seen)
        self._queries: Counter[str] = Counter()
        self._waiting: list[Folder] = []
        self._barren = 0
        self.traps: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def queries(self) -> Counter[str]:
        """How many links of one path were taken that differ in their query alone."""
        return self._queries

    @property
    def waiting(self) -> tuple[Folder, ...]:
        """What is still to be read."""
        return tuple(self._waiting)

    def key(self, path: str) -> bytes:
        """The key of a folder: of its decoded bytes, since a server may spell one folder in two ways."""
        path, mark, query = path.partition("?")
        decoded = unquote_to_bytes(path.rstrip("/")).decode("utf-8", "surrogateescape")
        # A name can hold a question mark, escaped, and no name can hold a zero.
        return self._key_of(f"{decoded}\0{query}" if mark else decoded)

    def add(self, folder: Folder) -> bool:
        """Take a folder that was found; False when it is known, or a trap."""
        key = self.key(folder.path)
        if key in self._seen:
            return False
        if folder.depth > DEEPEST:
            self.traps["deeper than honest trees are"] += 1
            return False
        path, _, query = folder.path.partition("?")
        if query:
            if self._queries[path] >= MOST_QUERIES:
                self.traps["links that differ in their query alone"] += 1
                return False
            self._queries[path] += 1
        self._seen.add(key)
        self._waiting.append(folder)
        return True

    def take_back(self, folder: Folder) -> None:
        """A folder whose reading failed, to be read once more after the others."""
        self._waiting.insert(0, folder)

    def drop(self, folder: Folder) -> None:
        """A folder that was just added need not be read after all."""
        if self._waiting and self._waiting[-1] is folder:
            self._waiting.pop()

    def next(self) -> Folder | None:
        """The folder to read next: depth first, so that what waits stays small; None when nothing waits."""
        return self._waiting.pop() if self._waiting else None

    def read(self, folder: Folder, digest: bytes, files: int, folders: int) -> bool:
        """Note what a folder held; False when its children must not be entered, since the tree contains itself there.

        `digest` is of the names in it, of files and folders. A folder with the names of several that it lies in, below
        path segments that repeat, is one of them. Names alone do not make a loop: `128/01.mp3` repeats honestly in
        every album, and `01/01/` in every January.
        """
        if not folders:
            self._barren = 0 if files else self._barren
            return True
        self._barren = 0 if files else self._barren + 1
        if self._barren >= BARREN:
            self.traps[f"{BARREN} folders in a row that hold folders and no file"] += 1
            return False
        if folder.above.count(digest) >= (SAME_WITH_FILES if files else SAME_WITHOUT) and _repeats(folder.path):
            self.traps["a folder that contains itself: some of it was counted more than once"] += 1
            return False
        return True


def _repeats(path: str) -> bool:
    segments = [segment for segment in path.partition("?")[0].split("/") if segment]
    return len(set(segments)) < len(segments)
