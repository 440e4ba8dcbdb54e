"""Which folders are still to be read: every folder once, in an order that hangs on the pages alone. Pure."""

from __future__ import annotations

import base64
import binascii
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, unquote_to_bytes

from monitor.store.tables.surveys import FolderRow

DEEPEST = 40
"""Folders below the first one; honest trees are not so deep."""
MOST_QUERIES = 64
"""Links of one path that differ in their query alone: beyond it a session id or a calendar makes them up."""
BARREN = 1000
"""So many folders in a row that hold folders and no file, and the tree is taken for a trap.
Folders that hold nothing at all end by themselves, and do not count: an honest disk has whole years of them."""
MOST_WAITING = 100_000
"""Folders that wait at once: each costs some 300 bytes, and an honest disk walked depth first has a few thousand."""
SAME_WITH_FILES = 2
SAME_WITHOUT = 4
"""In so many of the folders that it lies in must the same names stand, until a folder is taken for one of them. Shelves
without files of their own are often alike over some levels (`0/0/0/`), and no honest ones over five."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to read. `path` is what is asked; `time` what its parent's page shows of it; `above` are the digests of
    the folders it lies in, by which a tree that contains itself is told; `parent` is the path of the page it was found
    on."""

    path: str
    time: str = ""
    depth: int = 0
    above: tuple[bytes, ...] = ()
    parent: str = ""


class Frontier:
    """Folders found and not yet read, and the keys of all that were ever found."""

    def __init__(self, key_of: Callable[[str], bytes], seen: Iterable[bytes] = ()) -> None:
        """`key_of` makes a short keyed digest of a path; `seen` are the keys of folders that are read already."""
        self._key_of = key_of
        self._seen = set(seen)
        self._queries: Counter[str] = Counter()
        self._waiting: deque[Folder] = deque()
        self._barren = 0
        self.traps: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._waiting)

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
        if len(self._waiting) >= MOST_WAITING:
            self.traps[f"more than {MOST_WAITING} folders wait to be read"] += 1
            return False
        path, _, query = folder.path.partition("?")
        if query and not _deeper(folder):
            if self._queries[path] >= MOST_QUERIES:
                self.traps["links that differ in their query alone"] += 1
                return False
            self._queries[path] += 1
        self._seen.add(key)
        self._waiting.append(folder)
        return True

    def turn(self, folder: Folder) -> bool:
        """Take another page of a folder; False when it is known. Who calls limits how many there are."""
        key = self.key(folder.path)
        if key in self._seen:
            return False
        self._seen.add(key)
        self._waiting.append(folder)
        return True

    def restore(self, folder: Folder, done: Collection[bytes]) -> None:
        """Take a folder that an earlier part of this survey has found; it is read unless its key is among `done`."""
        key = self.key(folder.path)
        path, _, query = folder.path.partition("?")
        if query and not _deeper(folder):
            self._queries[path] += 1
        if key not in done and key not in self._seen:
            self._seen.add(key)
            self._waiting.append(folder)

    def take_back(self, folder: Folder) -> None:
        """A folder whose reading failed, to be read once more after the others."""
        self._waiting.appendleft(folder)

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


def _deeper(folder: Folder) -> bool:
    """Whether a script is asked for a folder below the one that its page listed: `?dir=a/b` on the page of `?dir=a`.

    Such links are as honest as paths are. A session id or a calendar leads from page to page by values that are no
    longer than their page's.
    """
    path, _, query = folder.path.partition("?")
    above, _, before = folder.parent.partition("?")
    if not above or above != path:
        return bool(above)
    return not before or any(
        len(mine) > len(its) and mine.startswith(its) for mine, its in zip(_values(query), _values(before), strict=True)
    )


def _values(query: str) -> tuple[str, str]:
    """A query as text, and its last value decoded where it is base64: some scripts hide folders so."""
    text = unquote(query)
    last = text.rpartition("=")[2] if text.count("=") == 1 else text.partition("=")[2].rstrip("=")
    try:
        plain = base64.b64decode(last + "=" * (-len(last) % 4), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        plain = text
    return text, plain


def _repeats(path: str) -> bool:
    segments = [segment for segment in path.partition("?")[0].split("/") if segment]
    return len(set(segments)) < len(segments)


def unchanged(earlier: FolderRow, time: str) -> bool:
    """Whether a folder is surely as it was read: a leaf with the same time, which was old already when it was read.

    A folder's time changes when an entry is added or removed, to the minute and in a zone that the page does not tell.
    """
    if not earlier.leaf or not time or earlier.time != time:
        return False
    try:
        shown = datetime.strptime(time.removesuffix("Z"), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return False
    return earlier.read - shown > timedelta(hours=0 if time.endswith("Z") else 14, minutes=2)
