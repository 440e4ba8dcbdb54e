"""What a crawl has measured so far: its tally, what is new since an earlier survey, and why there may be more."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.findings.reach.tally import Tally
from monitor.store.tables.surveys import FolderRow
from monitor.surveys.progress import Sample
from monitor.surveys.web.counted_page import CountedPage
from monitor.surveys.web.frontier import Folder
from monitor.surveys.web.kept import Kept
from probes.recognise.people.masking import mask_path

_LARGEST = 10
_SAMPLES = 64


class Measured:
    """The figures of one survey, and the rows of folders that wait to be committed."""

    def __init__(self, before: Mapping[bytes, FolderRow], done: Mapping[bytes, FolderRow], *, compared: bool) -> None:
        """`before` are the folders of an earlier survey, which was whole if `compared`; `done` those of this one."""
        self._before = before
        self._compared = compared
        self.rows: list[FolderRow] = []
        self.tally = Tally()
        for row in done.values():
            self.tally += row.tally
        self.samples: list[Sample] = []
        self.kept = Kept()
        """Folders with files, to be looked at again."""
        self.doubts: Counter[str] = Counter()
        self._why: Counter[str] = Counter()
        self._largest: list[tuple[int, str, int]] = []
        self.carried = 0
        self.new_files = 0
        self.new_folders = 0

    @property
    def left(self) -> dict[str, Any]:
        """All of it that is needed to go on later, as JSON values: paths are among them."""
        return {
            "why": self._why,
            "doubts": self.doubts,
            "largest": self._largest,
            "samples": [[s.path, s.size, s.extension] for s in self.samples],
            "kept": [self.kept.paths, self.kept.every, self.kept.met],
            "counts": [self.carried, self.new_files, self.new_folders],
        }

    def go_on(self, left: dict[str, Any]) -> None:
        """Go on where an earlier part of the survey was."""
        self._why.update(left["why"])
        self.doubts.update(left["doubts"])
        self._largest = [(files, path, size) for files, path, size in left["largest"]]
        self.samples = [Sample(path, size, extension) for path, size, extension in left["samples"]]
        self.kept = Kept(*left.get("kept", ()))
        self.carried, self.new_files, self.new_folders = left["counts"]

    @property
    def lacks(self) -> tuple[str, ...]:
        """Why folders that were asked for hold more than the tally says."""
        reasons = []
        if self.tally.unread:
            said = ", ".join(f"{count} x {why}" for why, count in self._why.most_common(3))
            reasons.append(f"{self.tally.unread} folders could not be read ({said})")
        if self.tally.cut:
            said = ", ".join(f"{count} x {why}" for why, count in self.doubts.most_common(3))
            reasons.append(f"the pages of {self.tally.cut} folders were cut short or not understood whole ({said})")
        return tuple(reasons)

    @property
    def largest(self) -> tuple[tuple[str, int, int], ...]:
        """The largest folders: masked path, files, bytes."""
        return tuple((path, files, size) for files, path, size in sorted(self._largest, reverse=True))

    def take_samples(self, folder: Folder, page: CountedPage) -> None:
        """Note where files are, and a few of them."""
        if page.tally.files:
            self.kept.meet(folder.path)
        for extension, (path, size) in page.samples.items():
            if len(self.samples) < _SAMPLES:
                self.samples.append(Sample(path, size, extension))

    def carry(self, folder: Folder, earlier: FolderRow) -> None:
        """A leaf whose time has not changed since it was read is as it was: it is counted, and not asked again."""
        self.tally += earlier.tally
        self.carried += 1
        self.rows.append(earlier)
        self._rank(folder.path, earlier.tally)

    def unread(self, why: str) -> None:
        """Note why a folder could not be read."""
        self._why[why] += 1

    def note(
        self, folder: Folder, key: bytes, tally: Tally, digest: bytes, at: datetime, *, leaf: bool, further: bool
    ) -> None:
        """Count a folder that was asked for. `further`: it is a further page of one that was counted."""
        earlier = self._before.get(key)
        if earlier is None:
            self.new_folders += self._compared and not further
            self.new_files += tally.files * self._compared
        elif not (earlier.tally.unread or earlier.tally.cut or earlier.tally.closed):
            # What could not be read before was there all the same, as far as anybody knows.
            self.new_files += max(0, tally.files - earlier.tally.files)
        self.tally += tally
        self.rows.append(FolderRow(key, folder.time, digest, leaf, at, tally))
        self._rank(folder.path, tally)

    def _rank(self, path: str, tally: Tally) -> None:
        if tally.files and (len(self._largest) < _LARGEST or tally.files > self._largest[0][0]):
            push = heapq.heappush if len(self._largest) < _LARGEST else heapq.heappushpop
            push(self._largest, (tally.files, str(mask_path(path)), tally.size))
