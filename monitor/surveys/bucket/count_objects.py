"""What is counted of a bucket's objects, page by page: the tally, the folders, a few names looked at and dropped."""

from __future__ import annotations

from typing import Any, Final

from monitor.findings.reach.folder_count import SAMPLED, FolderCount
from monitor.findings.reach.recorded_calls import AUDIO, is_recorded_call
from monitor.findings.reach.tally import Tally
from monitor.surveys.bucket.prefixes import Prefixes
from monitor.surveys.bucket.ranges import Range
from probes.recognise.buckets.key_page import KeyPage
from probes.recognise.listing.streaming.rows import Rows

_LOOKED_INTO: Final = 32
"""Pages in which names are looked at for identifiers and words; of those after them, one in so many."""
_SAMPLES: Final = 64
MOST_MARKS: Final = 256


class _PageCount(FolderCount):
    """Counts one page of keys; their order says nothing of a folder, so no digest is made of them."""

    def __init__(self, sampled: int, wordy: bool) -> None:
        super().__init__(b"", sampled=sampled)
        self._wordy = wordy

    def add(self, rows: Rows) -> None:
        """Count the rows."""
        self.tally.files += len(rows.files)
        self._sizes(rows, b"\n".join(rows.files) + b"\n")
        self._dates(rows)
        if self._wordy:
            self._sample(rows.files)


class Objects:
    """Adds up pages of keys as they come."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.tally = Tally()
        self.prefixes = Prefixes()
        self.samples: list[tuple[bytes, int, str]] = []
        """A sound of each page with its size and extension: its header may be asked for."""
        self.marks: list[bytes] = []
        """Keys about equally far from each other: where the next survey may part the bucket."""
        self._every = 1
        self._pages = 0

    @property
    def folders(self) -> int:
        """Folders that were met, where the order of the keys does not tell."""
        return self.prefixes.folders

    def join(self, other: Objects) -> None:
        """Add what was counted of other keys."""
        self.tally += other.tally
        self.prefixes.join(other.prefixes)
        self.samples = [*self.samples, *other.samples][:_SAMPLES]
        self.marks = [*self.marks, *other.marks]
        while len(self.marks) >= MOST_MARKS:
            del self.marks[::2]

    def add(self, page: KeyPage, into: Range | None = None) -> None:
        """Count a page; `into` is the range that it was read for, where its keys are in order."""
        if not page.keys:
            return
        # Of the first pages many names are looked at, and of the others ever fewer.
        many = self._pages < _LOOKED_INTO
        looked = many or self._pages % _LOOKED_INTO == 0
        count = _PageCount(SAMPLED if looked else 0, looked)
        count.add(page.rows())
        tally = count.close()
        tally.folders = 0
        if into is not None and into.begin is not None and _one_call(into.at, page.keys[0]):
            tally.sounds -= 1
            tally.calls -= is_recorded_call(page.keys[0].decode("utf-8", "surrogateescape"))
        self.tally += tally
        self.prefixes.add(page.keys, page.sizes, into)
        if len(self.samples) < _SAMPLES:
            self.samples += [(name, size, extension) for extension, (name, _, size) in count.samples.items()]
        self._mark(page.keys[-1])

    def _mark(self, key: bytes) -> None:
        self._pages += 1
        if self._pages % self._every == 0:
            self.marks.append(key)
        if len(self.marks) >= MOST_MARKS:
            del self.marks[::2]
            self._every *= 2

    def dump(self) -> dict[str, Any]:
        """All of it as JSON values; they hold keys."""
        return {
            "tally": self.tally.dump(),
            "prefixes": self.prefixes.dump(),
            "samples": [[_text(key), size, extension] for key, size, extension in self.samples],
            "marks": [*map(_text, self.marks)],
            "pages": [self._every, self._pages],
        }

    def load(self, value: dict[str, Any]) -> None:
        """Go on with what `dump` wrote."""
        self.tally = Tally.load(value["tally"])
        self.prefixes = Prefixes.load(value["prefixes"])
        self.samples = [(_key(text), size, extension) for text, size, extension in value["samples"]]
        self.marks = [*map(_key, value["marks"])]
        self._every, self._pages = value["pages"]


def parts(marks: list[bytes], most: int) -> list[bytes]:
    """At most so many of the marks, evenly spread."""
    found = sorted(set(marks))
    step = max(1.0, (len(found) + 1) / (most + 1))
    return [found[round(step * n) - 1] for n in range(1, most + 1) if round(step * n) <= len(found)]


def _one_call(one: bytes, other: bytes) -> bool:
    """Whether two keys are a call in two formats, of which one ends a page and the other begins the next."""
    (stem, _, ending), (beside, _, its) = one.rpartition(b"."), other.rpartition(b".")
    return stem == beside and ending.lower() in AUDIO and its.lower() in AUDIO


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogateescape")


def _key(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
