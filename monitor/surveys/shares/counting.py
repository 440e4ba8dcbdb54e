"""What a survey of a file service adds up: folders counted and dropped, with all that is noted of them on the way."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor.findings.reach.folder_count import SAMPLED, FolderCount
from monitor.findings.reach.tally import Tally
from monitor.store.tables.surveys import FolderRow
from monitor.surveys.unknown_customers import UnknownCustomers
from probes.recognise.people.masking import mask_path
from probes.recognise.shares.rows import ShareRow, columns_of

_SAMPLED_WELL = 400
_SAMPLED_ENOUGH = 1600
_LARGEST = 10


class ShareTally:
    """Counts the folders of one survey."""

    def __init__(
        self,
        key_of: Callable[[str], bytes],
        digest_key: bytes,
        unknown_customers: UnknownCustomers,
        before: Mapping[bytes, FolderRow],
        *,
        compared: bool,
    ) -> None:
        """`before` are the folders of an earlier survey; `compared`: that one was whole, so that a folder which it did
        not meet is a new one."""
        self.key_of = key_of
        self._digest_key = digest_key
        self._before = before
        self._compared = compared
        self._why: Counter[str] = Counter()
        self._cut: Counter[str] = Counter()
        self._heap: list[tuple[int, str, int]] = []
        self.unknown_customers = unknown_customers
        self.tally = Tally()
        self.rows: list[FolderRow] = []
        """Folders that were read and are not committed yet."""
        self.new_files = 0
        self.new_folders = 0

    def folder(self) -> FolderCount:
        """A counter for one folder; fewer of its names are looked at the more there are behind us."""
        names = self.tally.census["names"]
        sampled = SAMPLED if names < _SAMPLED_WELL else int(names < _SAMPLED_ENOUGH)
        return FolderCount(self._digest_key, sampled=sampled)

    def add(self, path: str, count: FolderCount, rows: Sequence[ShareRow]) -> list[str]:
        """Count rows of a folder; returns the paths of the folders in it."""
        columns = columns_of(path, rows)
        count.add(columns)
        return [child for child, _ in columns.folders]

    def close(self, path: str, count: FolderCount, children: Sequence[str], now: datetime, partial: str = "") -> None:
        """A folder was read to its end."""
        tally = count.close()
        if partial:
            tally.cut = 1
            self._cut[partial] += 1
        self.unknown_customers.see(path, children)
        self._note(path, tally, count.digest, now, leaf=not children and not partial)

    def closed(self, path: str, now: datetime) -> None:
        """A folder refuses strangers."""
        self._note(path, Tally(closed=1), b"", now, leaf=False)

    def unread(self, path: str, why: str, now: datetime) -> None:
        """A folder could not be read."""
        self._why[why] += 1
        self._note(path, Tally(unread=1), b"", now, leaf=False)

    @property
    def largest(self) -> tuple[tuple[str, int, int], ...]:
        """The largest folders: masked path, files, bytes."""
        return tuple((path, files, size) for files, path, size in sorted(self._heap, reverse=True))

    @property
    def partial(self) -> tuple[str, ...]:
        """Why there is more than was counted; empty when every folder was read, whole."""
        found = []
        if self.tally.unread:
            found.append(f"{self.tally.unread} folders could not be read ({_told(self._why)})")
        if self.tally.cut:
            found.append(f"the lists of {self.tally.cut} folders were cut short ({_told(self._cut)})")
        return tuple(found)

    def dump(self) -> dict[str, Any]:
        """All that is not in the folders on file, as JSON values."""
        return {
            "why": self._why,
            "cut": self._cut,
            "largest": self._heap,
            "unknown_customers": self.unknown_customers.found,
            "new": [self.new_files, self.new_folders],
        }

    def load(self, value: Mapping[str, Any], done: Mapping[bytes, FolderRow]) -> None:
        """Go on behind what an earlier part of this survey counted: `done` are its folders."""
        self._why.update(value["why"])
        self._cut.update(value["cut"])
        self._heap = [(files, path, size) for files, path, size in value["largest"]]
        self.unknown_customers.found.update(value["unknown_customers"])
        self.new_files, self.new_folders = value["new"]
        for row in done.values():
            self.tally += row.tally

    def _note(self, path: str, tally: Tally, digest: bytes, now: datetime, *, leaf: bool) -> None:
        key = self.key_of(path)
        earlier = self._before.get(key)
        if earlier is None:
            self.new_folders += self._compared
            self.new_files += tally.files * self._compared
        elif not (earlier.tally.unread or earlier.tally.cut or earlier.tally.closed):
            # What could not be read before was there all the same, as far as anybody knows.
            self.new_files += max(0, tally.files - earlier.tally.files)
        self.tally += tally
        self.rows.append(FolderRow(key, "", digest, leaf, now, tally))
        if tally.files and (len(self._heap) < _LARGEST or tally.files > self._heap[0][0]):
            push = heapq.heappush if len(self._heap) < _LARGEST else heapq.heappushpop
            push(self._heap, (tally.files, str(mask_path(path)), tally.size))


def _told(why: Counter[str]) -> str:
    return ", ".join(f"{count} x {reason}" for reason, count in why.most_common(3))
