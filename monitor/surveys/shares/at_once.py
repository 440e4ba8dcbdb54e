"""The count of a file service that lists a place with all below it over one connection: rsync."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote_from_bytes

from monitor.findings.reach.folder_count import FolderCount
from monitor.surveys.shares.counting import ShareTally
from probes.recognise.shares.rsync import FileEntry

_OPEN = 512
"""Folders that are counted side by side: a list goes through the folders one after the other, with few returns."""


class FlatCount:
    """Counts the entries of one list, folder by folder, as they come."""

    def __init__(self, path: str, count: ShareTally, now: Callable[[], datetime]) -> None:
        """`path` is that of the place, percent-encoded, with a slash at its end."""
        self._path = path
        self._count = count
        self._now = now
        self._open: OrderedDict[bytes, tuple[FolderCount, list[str]]] = OrderedDict()

    def take(self, entries: list[FileEntry]) -> None:
        """Count entries."""
        groups: dict[bytes, list[FileEntry]] = {}
        for entry in entries:
            if entry.file or entry.folder:
                groups.setdefault(entry.path.rpartition(b"/")[0], []).append(entry)
                if entry.folder:
                    groups.setdefault(entry.path, [])
        for folder, some in groups.items():
            count, children = self._opened(folder)
            children += self._count.add(self._name(folder), count, [entry.row() for entry in some])
        while len(self._open) > _OPEN:
            self._close(*self._open.popitem(last=False))

    def end(self, partial: str = "") -> None:
        """The list has ended; `partial` says why it is not whole."""
        root = self._opened(b"")
        self._open.pop(b"", None)
        while self._open:
            self._close(*self._open.popitem(last=False))
        self._close(b"", root, partial)

    def _opened(self, folder: bytes) -> tuple[FolderCount, list[str]]:
        found = self._open.get(folder)
        if found is None:
            found = self._open[folder] = (self._count.folder(), [])
        else:
            self._open.move_to_end(folder)
        return found

    def _close(self, folder: bytes, found: tuple[FolderCount, list[str]], partial: str = "") -> None:
        count, children = found
        self._count.close(self._name(folder), count, children, self._now(), partial)

    def _name(self, folder: bytes) -> str:
        return f"{self._path}{quote_from_bytes(folder)}/" if folder else self._path
