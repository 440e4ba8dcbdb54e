"""A folder and the layouts that show it: templates in which marks of the form `@NAME@` stand for an entry's values."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

WHEN = datetime(2024, 1, 22, 15, 4, 5)  # noqa: DTZ001  pages write local time without a zone


@dataclass(frozen=True)
class Item:
    """One entry of a folder; `size` is None for a folder."""

    name: str
    size: int | None = None
    number: int = 0

    @property
    def when(self) -> datetime:
        """When it was changed: another minute and day for each entry."""
        return WHEN + timedelta(days=self.number % 400, minutes=7 * self.number)


def items(*names: str) -> tuple[Item, ...]:
    """Entries by their names: `x/` is a folder, `a.wav 123` a file of 123 bytes."""
    made = []
    for number, text in enumerate(names):
        name, _, size = text.rpartition(" ")
        made.append(Item(text[:-1], None, number) if text.endswith("/") else Item(name, int(size), number))
    return tuple(made)


MIXED = items(
    "2024-01/", "two words/", "call 1.wav 5000019", "søndag.mp3 123456", "dump_2024.sql.gz 734003200", "README 12",
    "a-rather-long-name-of-a-recording-of-a-call.wav 48000",
)  # fmt: skip
FOLDERS = items("archive/", "calls/", "mon day/", "2023/", "x.old/")
FILES = items("call-1.wav 5000019", "call-2.wav 12", "list.csv 2048", "scan.tif 999", "b.zip 1048576")
MANY = items("one/", "two/", *(f"call-{n:03}.wav {1000 + 977 * n * n}" for n in range(40)))
PAIR = items("old/", "call-7.wav 65536")
ONE = items("call-7.wav 65536")
ONE_FOLDER = items("recordings/")
SETS = {
    "mixed": MIXED, "folders": FOLDERS, "files": FILES, "many": MANY, "pair": PAIR, "one": ONE, "one folder": ONE_FOLDER
}  # fmt: skip

_POWER = {"": 0, "b": 0, "k": 1, "m": 2, "g": 3}
Size = Callable[[int], str]


def exact(size: int) -> str:
    """`5000019`."""
    return str(size)


def grouped(size: int) -> str:
    """`5,000,019`."""
    return f"{size:,}"


def unit(pattern: str, digits: int = 1, blank: str = "", small: str = "{} B") -> Size:
    """Sizes in units: `pattern` holds the unit with K, M or G at `@`, `digits` after the point."""

    def text(size: int) -> str:
        if size < 1024:
            return small.format(size)
        power = min(3, (size.bit_length() - 1) // 10)
        return f"{size / 1024**power:.{digits}f}{blank}{pattern.replace('@', 'BKMG'[power])}"

    return text


def always(power: int, word: str, digits: int = 2) -> Size:
    """Sizes in one unit whatever they are: `4882.83 kbyte`."""
    return lambda size: f"{size / 1024**power:.{digits}f} {word}"


SHORT = unit("@", 1, "", "{}")
LONG = unit("@B", 2, " ")
BINARY = unit("@iB", 1, " ")


def comma(style: Size) -> Size:
    """The same with a decimal comma."""
    return lambda size: style(size).replace(".", ",")


def meaning(text: str, decimal_comma: bool = False) -> int:
    """The bytes that a size's text means, 1024-based and rounded half to even, by a way of its own."""
    text = text.replace(",", ".") if decimal_comma else text.replace(",", "")
    match = re.match(r"\s*([\d.]+)\s*([a-zA-ZКМГ]?)", text)
    assert match, text
    letter = {"К": "k", "М": "m", "Г": "g"}.get(match[2], match[2].lower())
    return round(float(match[1]) * 1024.0 ** _POWER.get(letter, 0))


@dataclass(frozen=True)
class Layout:
    """How a program shows a folder. `d` and `f` are the templates of a folder's and a file's row."""

    name: str
    shell: str
    d: str
    f: str
    up: str = ""
    size: Size | None = None
    date: str = "%Y-%m-%d %H:%M"
    url: str = "/rec/calls/"
    between: str = ""
    encoding: str = "utf-8"
    months: tuple[str, ...] = ()
    decimal_comma: bool = False
    thin: str = "claimed"
    """What the page is with one or two entries: `claimed`, or `weak` where nothing but links is left of it."""
    bare: str = "claimed"
    """What it is with folders alone."""
    empty: bool = True
    """Whether it shows that an empty folder is a listing."""
    means: Callable[[int], int] | None = None
    """The bytes that a size's text means, where `meaning` cannot tell."""
    quoted: Callable[[str], str] = field(default=lambda name: quote(name))

    def page(self, entries: Sequence[Item], url: str = "") -> str:
        """The page that shows `entries`."""
        rows = [self.row(item, number) for number, item in enumerate(entries)]
        said = self.shell.replace("@ROWS@", self.between.join(([self.up] if self.up else []) + rows))
        return self._place(said, url or self.url)

    def _place(self, text: str, url: str) -> str:
        path = url.partition("?")[0]
        folder = path.rstrip("/").rpartition("/")[2]
        for mark, value in {"@PATH@": path, "@BARE@": path.rstrip("/") or "/", "@TAIL@": folder}.items():
            text = text.replace(mark, value)
        return text

    def row(self, item: Item, number: int) -> str:
        """One row."""
        template = self.d if item.size is None else self.f
        date = item.when.strftime(self.date)
        if self.months:
            date = date.replace("@MONTH@", self.months[item.when.month - 1])
        stem, dot, ending = item.name.rpartition(".")
        inner = f"calls/{item.name}"
        marks = {
            "@HREF@": self.quoted(item.name),
            "@NAME@": html.escape(item.name, quote=True),
            "@SIZE@": self.size(item.size) if self.size and item.size is not None else "",
            "@BYTES@": str(item.size or 0),
            "@DATE@": date,
            "@N@": str(number + 1),
            "@EXT@": ending.lower() if dot else "file",
            "@CUT@": html.escape(item.name if len(item.name) <= 20 else item.name[:17] + "..>"),
            "@DOTS@": html.escape(item.name if len(item.name) <= 20 else item.name[:17] + "..."),
            "@PRETTY@": html.escape((stem or item.name).replace("_", " ").replace("-", " ").title()),
            "@ARG@": quote(inner, safe=""),
            "@PLUS@": quote(inner).replace("%20", "+"),
            "@B64@": quote(base64.b64encode(inner.encode()).decode(), safe=""),
            "@PAD@": " " * max(1, 40 - len(item.name)),
            "@SIZE12@": (self.size(item.size) if self.size and item.size is not None else "").rjust(12),
        }
        return re.sub(r"@[A-Z0-9]+@", lambda match: marks.get(match[0], match[0]), template)

    def holds(self, entries: Sequence[Item]) -> list[str]:
        """What the reader must find: `d name`, `f name` or `f name bytes`."""
        said = []
        for item in entries:
            if item.size is None:
                said.append(f"d {item.name}")
            elif self.size is None:
                said.append(f"f {item.name}")
            else:
                means = self.means or (lambda size: meaning(self.size(size), self.decimal_comma) if self.size else 0)
                said.append(f"f {item.name} {means(item.size)}")
        return sorted(said)
