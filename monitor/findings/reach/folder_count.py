"""The one counter of files, sizes, dates, kinds, recorded calls and identifiers, for looks and for surveys.

It counts column by column: a folder of a million files is never held as a million objects.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from urllib.parse import unquote

from monitor.findings.reach.recorded_calls import AUDIO, CallCount
from monitor.findings.reach.tally import OTHER, Tally, kind_of_extension
from probes.recognise.listing.streaming.rows import Rows
from probes.recognise.media.kinds import EXTENSIONS, MediaKind, kind_of_name
from probes.recognise.people.identifiers import NameCensus
from probes.recognise.people.terms import terms_in

SAMPLED = 12
"""Names of a folder in which identifiers are looked for, evenly spread over what came first; fewer where a survey has
many folders behind it already."""
_WORDY = 24
"""Names of a chunk in which sensitive words are looked for."""
_LONGEST_NAME = 1024
"""Bytes of a name that are looked at for identifiers and words."""

_KNOWN = frozenset(ext.encode() for ext in EXTENSIONS)
_TELLS_LITTLE = frozenset(
    ext.encode() for ext, kind in EXTENSIONS.items() if kind is MediaKind.ARCHIVE or ext == "bak"
) | {b"7z"}
"""Extensions before which another one may tell the kind."""
_LETTER = rb"[A-Za-z\x80-\xff]"
_SHORTEST = 4
_WORD = re.compile(rb"(?:%b|%%[0-9A-Fa-f]{2}){%d,}" % (_LETTER, _SHORTEST))
_NO_LETTERS = re.sub(_LETTER, b"", bytes(range(256)))
_LETTERS_ALONE = bytes.maketrans(_NO_LETTERS, b" " * len(_NO_LETTERS))


class FolderCount:
    """Adds up the rows of one folder as they come."""

    def __init__(self, key: bytes, folder: str = "", sampled: int = SAMPLED) -> None:
        """`key` keys the digest of the names: a plain hash of a number could be found by trying all numbers.

        `folder` is the path that the names lie in; `sampled` is in how many names identifiers are looked for.
        """
        self._to_sample = sampled
        self._digest = hashlib.blake2b(digest_size=8, key=key[:32])
        self._calls = CallCount(folder)
        self._census = NameCensus()
        self.tally = Tally(folders=1)
        self.samples: dict[str, tuple[bytes, str, int]] = {}
        """One file of each audio extension: its name, its path where the rows tell it, and its size."""

    @property
    def digest(self) -> bytes:
        """Eight bytes that are equal when the same names stand in the same order."""
        return self._digest.digest()

    def add(self, rows: Rows) -> None:
        """Count a chunk of rows."""
        names = rows.files
        if not names:
            return
        tally = self.tally
        tally.files += len(names)
        lines = b"\n".join(names) + b"\n"
        self._digest.update(lines)
        self._sizes(rows, lines)
        self._dates(rows)
        self._sample(names)

    def close(self) -> Tally:
        """The folder's tally; no more rows come."""
        self.tally.census = Counter(self._census.state())
        return self.tally

    def _sizes(self, rows: Rows, lines: bytes) -> None:
        tally = self.tally
        sizes = rows.sizes
        tally.size += sum(sizes)
        tally.sized += rows.sized
        tally.exact += rows.exact
        first = _ending(rows.files[0])
        if first and lines.count(b"." + first + b"\n") == len(sizes):
            # One format alone, as most folders of a recorder: nothing needs to be looked at by name.
            endings = [first]
            groups = {first: (len(sizes), sum(sizes))}
        else:
            endings = [_ending(name) for name in rows.files]
            counts = Counter(endings)
            bytes_of: dict[bytes, int] = dict.fromkeys(counts, 0)
            for ending, size in zip(endings, sizes, strict=True):
                bytes_of[ending] += size
            groups = {ending: (count, bytes_of[ending]) for ending, count in counts.items()}
        for ending, (count, size) in groups.items():
            name = extension_of(ending)
            _add(tally.by_extension, name, count, size)
            if ending.lower() in AUDIO and name not in self.samples:
                index = endings.index(ending) if len(endings) > 1 else 0
                self.samples[name] = (rows.files[index], rows.paths[index] if rows.paths else "", sizes[index])
        self._kinds(rows, groups)
        sounds = [ending for ending in groups if ending.lower() in AUDIO]
        if len(sounds) == len(groups):
            self._calls.add(rows.files)
        elif sounds:
            self._calls.add([name for name, ending in zip(rows.files, endings, strict=True) if ending in sounds])
        tally.sounds, tally.calls = self._calls.sounds, self._calls.calls

    def _kinds(self, rows: Rows, groups: dict[bytes, tuple[int, int]]) -> None:
        """Note the files that are of another kind than their last extension says: `calls.sql.gz` is a dump."""
        doubtful = {ending for ending in groups if ending.lower() in _TELLS_LITTLE or ending.lower() not in _KNOWN}
        if not doubtful:
            return
        for file, size in zip(rows.files, rows.sizes, strict=True):
            ending = _ending(file)
            if ending not in doubtful:
                continue
            kind, plain = kind_of_name(_decoded(file)), kind_of_extension(extension_of(ending))
            if kind is not plain:
                _add(self.tally.kinds_besides, kind.value, 1, size)
                _add(self.tally.kinds_besides, plain.value, -1, -size)

    def _dates(self, rows: Rows) -> None:
        tally = self.tally
        tally.months.update(rows.months)
        tally.newest = max(tally.newest, rows.newest)
        tally.oldest = min(tally.oldest or rows.oldest, rows.oldest or tally.oldest)

    def _sample(self, names: list[bytes]) -> None:
        if self._to_sample > 0:
            step = max(1, len(names) // self._to_sample)
            for name in names[::step][: self._to_sample]:
                self._census.add(_decoded(name))
                self._to_sample -= 1
        some = b"\n".join(name[:_LONGEST_NAME] for name in names[:: max(1, len(names) // _WORDY)][:_WORDY])
        for word in _words(some):
            for category in _categories(word):
                self.tally.words[category] += 1


def _add(into: dict[str, list[int]], key: str, files: int, size: int) -> None:
    mine = into.setdefault(key, [0, 0])
    mine[0] += files
    mine[1] += size


def _ending(name: bytes) -> bytes:
    """What stands after the last dot; nothing where there is no dot."""
    return name.rpartition(b".")[2] if b"." in name else b""


def extension_of(ending: bytes) -> str:
    """An ending in lower case, where it is a known extension: anything else may be a piece of a name."""
    ending = ending.lower()
    return ending.decode() if ending in _KNOWN else OTHER


def _words(names: bytes) -> list[bytes]:
    """Runs of letters that may be words; an escaped byte is a letter."""
    if b"%" in names:
        return _WORD.findall(names)
    return [word for word in names.translate(_LETTERS_ALONE).split() if len(word) >= _SHORTEST]


_CATEGORIES: dict[bytes, tuple[str, ...]] = {}
_MOST_REMEMBERED = 50_000


def _categories(word: bytes) -> tuple[str, ...]:
    """The categories of sensitive words that a word falls into; remembered, since names repeat their words."""
    found = _CATEGORIES.get(word)
    if found is None:
        terms = terms_in(_decoded(word))
        found = tuple(sorted({term.category for term in terms if term.weight >= 3}))
        if len(_CATEGORIES) >= _MOST_REMEMBERED:
            _CATEGORIES.clear()
        _CATEGORIES[word] = found
    return found


def _decoded(name: bytes) -> str:
    return unquote(name[-_LONGEST_NAME:].decode("utf-8", "replace"), errors="replace")
