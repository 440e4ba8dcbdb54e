"""Sizes and dates that stand beside a name in any form: rows of many makes times ways to write a size and a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final
from urllib.parse import quote

import pytest

from probes.recognise.listing.fields.pieces import counted, measured, pieces
from probes.recognise.listing.recognise import Kind, Listing, recognise

ITEMS: Final = (
    ("arkiv", None), ("2024-01", None), ("samtal 01.wav", 5_000_019), ("notes.txt", 812), ("report-2024.pdf", 184_320),
    ("dump.sql.gz", 73_400_320), ("call-20240103-140509.wav", 24_117_248), ("README", 1234),
)  # fmt: skip
NEWEST: Final = datetime(2024, 1, 23, 14, 5, 9, tzinfo=UTC)


def _short(number: int, units: tuple[str, ...] = ("B", "KB", "MB"), gap: str = " ", digits: int = 1) -> str:
    power, value = 0, float(number)
    while value >= 1024 and power < 2:
        power, value = power + 1, value / 1024
    return f"{value:.{digits}f}{gap}{units[power]}" if power else f"{number}{gap}{units[0]}"


SIZES: Final[dict[str, Callable[[int], str]]] = {
    "1.2 MB": _short,
    "1.2M": lambda n: _short(n, ("", "K", "M"), ""),
    "1,2 Mo": lambda n: _short(n, ("o", "Ko", "Mo")).replace(".", ","),
    "1.21 MiB": lambda n: _short(n, ("B", "KiB", "MiB"), digits=2),
    "1,2 МБ": lambda n: _short(n, ("Б", "КБ", "МБ")).replace(".", ","),
    "1234567": str,
    "1,234,567": lambda n: f"{n:,}",
    "1 234 567": lambda n: f"{n:,}".replace(",", "\xa0"),
    "1,234,567 bytes": lambda n: f"{n:,} bytes",
    "1.2 MB (1234567)": lambda n: f"{_short(n)} ({n})",
    "1,234 kB": lambda n: f"{-(-n // 1024):,} kB",
    "Size: 1.2 MB": lambda n: f"Size: {_short(n)}",
}
DATES: Final[dict[str, Callable[[datetime], str]]] = {
    "iso": lambda d: f"{d:%Y-%m-%d %H:%M}",
    "day first": lambda d: f"{d:%d/%m/%Y %H:%M}",
    "american": lambda d: f"{d:%m/%d/%Y %I:%M:%S %p}",
    "dotted": lambda d: f"{d:%d.%m.%y}",
    "named": lambda d: f"{d:%d-%b-%Y %H:%M}",
    "month first": lambda d: f"{d:%b %d, %Y}",
    "mail": lambda d: f"{d:%a, %d %b %Y %H:%M:%S} GMT",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日 {d.hour}:{d.minute:02d}",
    "age": lambda d: f"{(NEWEST - d).days + 1} days ago",
    "long": lambda d: f"{d:%A, %B %d, %Y %I:%M %p}",
}


def _icon(folder: bool) -> str:
    return f'<img src="/i/{"folder" if folder else "file"}.gif" alt="{"[DIR]" if folder else "[   ]"}">'


ROWS: Final[dict[str, tuple[str, str]]] = {
    "paragraphs": ("div", '<p>@I <a href="@H">@N</a> <small>@S, @D</small></p>'),
    "one cell": ("table", '<tr><td>@I<a href="@H">@N</a><br><small>@S | @D</small></td></tr>'),
    "three cells": ("table", '<tr><td>@I</td><td><a href="@H">@N</a></td><td>@S</td><td>@D</td></tr>'),
    "divisions": ("div", '<div>@I<a href="@H">@N</a><span>@S</span><span>@D</span></div>'),
    "whole links": ("div", '<a class="row" href="@H"><div>@I</div><div>@N</div><div>@S</div><div>@D</div></a>'),
    "definitions": ("dl", '<dt>@I<a href="@H">@N</a></dt><dd>@S</dd><dd>@D</dd>'),
    "clicked": ("table", "<tr onclick=\"location.href='@H'\"><td>@I @N</td><td>@S</td><td>@D</td></tr>"),
    "before": ("div", '@I @D @S <a href="@H">@N</a><br>\n'),
    "after": ("div", '@I <a href="@H">@N</a> @D @S<br>\n'),
    "parted": ("div", '@I <a href="@H">@N</a> | @S | @D<br>\n'),
    "in brackets": ("ul", '<li>@I <a href="@H">@N</a> (@S) @D</li>'),
    "in the link": ("ul", '<li>@I <a href="@H">@N (@S)</a> @D</li>'),
}
PAGES: Final = [
    (row, size, date)
    for row in ROWS
    for at, size in enumerate(SIZES)
    for date in (list(DATES)[at % len(DATES)], list(DATES)[(at * 3 + 4) % len(DATES)])
    # A number after an age or before a name, without a unit or a date, may count anything.
    if not (date == "age" and row == "before" and not any(letter.isalpha() for letter in size))
]


@pytest.mark.parametrize(("row", "size", "date"), PAGES)
def test_a_row_of_any_make_is_read_whole(row: str, size: str, date: str) -> None:
    frame, one = ROWS[row]
    made = ""
    for at, (name, length) in enumerate(ITEMS):
        made += (
            one.replace("@I", _icon(length is None))
            .replace("@H", quote(name) + ("/" if length is None else ""))
            .replace("@N", escape(name))
            .replace("(@S)", "@S" if length is None else "(@S)")
            .replace("@S", "" if length is None else SIZES[size](length))
            .replace("@D", DATES[date](NEWEST - timedelta(days=13 * at, hours=5 * at)))
        )
    body = f"<html><head><title>Files in /rec/</title></head><body><{frame}>{made}</{frame}></body></html>"
    found = recognise(body.encode(), "http://files.example/rec/")
    assert isinstance(found, Listing), found
    assert found.claimed, found.reasons
    kinds = {entry.name: entry.kind for entry in found.entries}
    assert kinds == {name: Kind.DIRECTORY if length is None else Kind.FILE for name, length in ITEMS}
    read = {entry.name: entry.size for entry in found.entries}
    for name, length in ITEMS:
        here = read[name]
        if length is None:
            assert here is None, name
        else:
            assert here is not None, name
            assert here.low * 0.95 <= length <= here.high * 1.05, (name, here)


def test_pieces_are_what_separators_part() -> None:
    assert pieces("(4.8 MB) 2024-01-03 | seen 3 times") == ["4.8 MB", "seen 3 times"]
    assert measured("4.8 MB (5,000,019 bytes)") == "5,000,019 bytes"
    assert measured("3 m, 12 views") == ""
    assert counted("2 days ago 812") == "812"
    assert counted("812 | 3") == ""
