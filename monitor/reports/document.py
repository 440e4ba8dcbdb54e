"""A report as it is laid out: a title, what it answers in a few lines, and sections of text and tables."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines of text, and a table below them where `head` is not empty."""

    heading: str
    text: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. Every text is for reading: none of it is markup."""

    title: str
    subtitle: str
    language: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]

    def value(self) -> dict[str, Any]:
        """As JSON values."""
        made: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return made

    @classmethod
    def of(cls, value: dict[str, Any]) -> Document:
        """The report that `value` wrote."""
        sections = tuple(
            Section(one["heading"], tuple(one["text"]), tuple(one["head"]), tuple(map(tuple, one["rows"])))
            for one in value["sections"]
        )
        return cls(value["title"], value["subtitle"], value["language"], tuple(value["summary"]), sections)

    @property
    def digest(self) -> str:
        """SHA-256 of its content, as hexadecimal digits: the same figures have the same digest in every form."""
        written = json.dumps(self.value(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()
