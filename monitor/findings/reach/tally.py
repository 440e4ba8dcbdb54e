"""What a survey counts: a value that folders add up to, and that is written down without a single name."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from probes.recognise.media.kinds import MediaKind, kind_of_name

OTHER = "(other)"
"""Where the files are counted whose name ends in no known extension: a piece of somebody's name can stand there."""


@dataclass(slots=True)
class Tally:
    """Counts over any number of folders. It is mutable while a survey counts, and added up with `+=`.

    `by_extension` maps an extension to files and bytes; `months` maps `2019-02` to files, by the dates that the pages
    show. `newest` and `oldest` are such dates: `2019-02-16 23:05` without a zone, with a `Z` where it is UTC, or a day.
    """

    folders: int = 0
    files: int = 0
    size: int = 0
    sized: int = 0
    exact: int = 0
    """Files whose size the page told to the byte."""
    sounds: int = 0
    """Distinct sounds in each folder, summed: the wav and the mp3 of one piece are one."""
    calls: int = 0
    """Those of the sounds that are recorded calls."""
    newest: str = ""
    oldest: str = ""
    unread: int = 0
    """Folders that were seen and could not be read."""
    cut: int = 0
    """Folders whose page ended before it was whole."""
    closed: int = 0
    """Folders that are listed and refuse a stranger, or show a page of their own."""
    by_extension: dict[str, list[int]] = field(default_factory=dict)
    kinds_besides: dict[str, list[int]] = field(default_factory=dict)
    """Files and bytes to add to each kind that `by_extension` gives, of names whose last extension is not their kind
    (`calls.sql.gz`); less than nothing where they are taken away."""
    months: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    """Names that hold a sensitive word, by category of word, in the names that were sampled."""
    census: Counter[str] = field(default_factory=Counter)
    """The state of a census of identifiers over the names that were sampled."""

    def __iadd__(self, other: Tally) -> Self:
        for name in ("folders", "files", "size", "sized", "exact", "sounds", "calls", "unread", "cut", "closed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.newest = max(self.newest, other.newest)
        self.oldest = min(self.oldest or other.oldest, other.oldest or self.oldest)
        for mine, its in ((self.by_extension, other.by_extension), (self.kinds_besides, other.kinds_besides)):
            for key, (files, size) in its.items():
                counts = mine.setdefault(key, [0, 0])
                counts[0] += files
                counts[1] += size
        self.months.update(other.months)
        self.words.update(other.words)
        self.census.update(other.census)
        return self

    def by_kind(self) -> dict[MediaKind, tuple[int, int]]:
        """Files and bytes of each kind, most files first."""
        kinds: dict[MediaKind, list[int]] = {}
        for extension, (files, size) in self.by_extension.items():
            mine = kinds.setdefault(kind_of_extension(extension), [0, 0])
            mine[0] += files
            mine[1] += size
        for name, (files, size) in self.kinds_besides.items():
            mine = kinds.setdefault(MediaKind(name), [0, 0])
            mine[0] += files
            mine[1] += size
        ordered = sorted((item for item in kinds.items() if item[1][0]), key=lambda item: (-item[1][0], item[0].value))
        return {kind: (files, size) for kind, (files, size) in ordered}

    def count(self, kind: MediaKind) -> int:
        """How many files are of one kind."""
        return self.by_kind().get(kind, (0, 0))[0]

    def dump(self) -> str:
        """All of it as JSON, without what is empty."""
        value = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps({key: v for key, v in value.items() if v}, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Tally:
        """The tally that `dump` wrote."""
        value: dict[str, Any] = json.loads(text)
        for name in ("months", "words", "census"):
            if name in value:
                value[name] = Counter(value[name])
        return cls(**value)


def kind_of_extension(extension: str) -> MediaKind:
    """The kind of the files that are counted under an extension."""
    return MediaKind.OTHER if extension in ("", OTHER) else kind_of_name(f"x.{extension}")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of sound: an estimate with its bounds, and how many files' headers it rests on."""

    best: float
    low: float
    high: float
    samples: int


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What a survey came to. Masked names alone stand in it."""

    finding: str
    survey: int
    started: datetime
    ended: datetime | None
    tally: Tally
    partial: tuple[str, ...] = ()
    """Why there is more than this; empty: every folder was read, whole."""
    hours: Hours | None = None
    largest: tuple[tuple[str, int, int], ...] = ()
    """The largest folders: masked path, files, bytes."""
    unknown_customers: tuple[str, ...] = ()
    """Folders that look like customers of their own and name no declared party, masked."""
    unknown_customer_keys: tuple[str, ...] = ()
    """For each of them a keyed digest of its name and the asset, by which it is known again."""
    asks: int = 0
    seconds: float = 0.0
    carried: int = 0
    """Folders that were not read again, since their time had not changed."""
    new_files: int | None = None
    """Files more than in the survey before; None: there was none."""
    new_folders: int | None = None
    witnesses: tuple[str, ...] = field(default=(), repr=False)
    """Folders and files that it read, to be sealed before they are kept: they are tried before the place is clear."""
