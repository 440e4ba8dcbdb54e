"""The rows of a page or a text, as a reader sees them, and the fields with their values that stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from probes.recognise.listing.html.markup import Token, squeeze
from probes.recognise.listing.html.prose import UNREAD

Rows: TypeAlias = list[list[str]]
"""The texts of a page, a row of cells each; a line of a text is one."""

_LONGEST: Final = 1 << 18
_LONGEST_LINE: Final = 4096
_MOST_ROWS: Final = 4000
_CELLS: Final = frozenset({"td", "th", "dd"})
_ROWS: Final = frozenset({"tr", "table", "tbody", "dl", "dt"})
_WITHIN: Final = frozenset(
    "a abbr b big cite code em font i img input label mark q s samp small span strong sub sup time tt u wbr".split()  # noqa: SIM905
)
_NO_VALUE: Final = frozenset({"submit", "button", "reset", "image", "checkbox", "radio", "password"})
_BETWEEN: Final = re.compile(r"[,;|\t]")


def rows_of_page(run: Iterable[Token]) -> Rows:
    """What a reader sees of a page, row by row: rows of tables, items, paragraphs, forms, and lines of a `pre`. What
    a field of a form is filled in with is a cell."""
    rows: Rows = [[""]]
    pre = unread = cell = False
    for token in run:
        if len(rows) > 4 * _MOST_ROWS:
            break
        if not token.name:
            lines = token.text.replace("\r\n", "\n").split("\n") if pre else [squeeze(token.text.replace("\n", " "))]
            for number, line in enumerate([] if unread else lines):
                if number:
                    rows.append([""])
                if len(rows[-1][-1]) < _LONGEST_LINE:
                    rows[-1][-1] += line[:_LONGEST_LINE]
            unread = False
            continue
        unread = token.name in UNREAD and not token.closing
        if token.name == "pre":
            pre = not token.closing
        if token.name in _CELLS or token.name == "br":
            if not token.closing and rows[-1] != [""]:
                rows[-1].append("")
            cell = token.name in _CELLS or cell
        elif token.name == "input" and (value := token.attributes.get("value", "")[:200]):
            if token.attributes.get("type", "").lower() not in _NO_VALUE:
                rows[-1][-1:] = [*filter(str.strip, rows[-1][-1:]), value, ""]
        elif token.name == "dt" and token.closing:
            cell = True  # its value stands beside it
        elif token.name in _ROWS or not (cell or token.name in _WITHIN):
            rows.append([""])
            cell = False
        elif token.name not in _WITHIN and not rows[-1][-1].endswith(" "):
            rows[-1][-1] += " "
    return _filled(rows)


def rows_of_text(text: str) -> Rows:
    """The lines of a text, each parted at commas, semicolons, bars or tabs, quotes taken away."""
    lines = text[:_LONGEST].splitlines()[: 4 * _MOST_ROWS]
    return _filled([[cell.strip().strip('"') for cell in _BETWEEN.split(line[:_LONGEST_LINE])] for line in lines])


def _filled(rows: Rows) -> Rows:
    kept = ([cell.strip() for cell in row] for row in rows if any(map(str.strip, row)))
    return [row for row, _ in zip(kept, range(_MOST_ROWS), strict=False)]


def fields(rows: Rows, labels: re.Pattern[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Labels of fields in lower case with their values and the rows of these: below the head of a table, beside a
    label, or behind its colon. `labels` is what a whole label may be."""
    head: list[str] = []
    for row in rows:
        said = [_label(cell) for cell in row]
        told = [bool(one) and labels.fullmatch(one) is not None for one in said]
        if len(row) > 1 and len(row) == len(head) and not any(told):
            yield from ((label, value, row) for label, value in zip(head, row, strict=True))
            continue
        if any(told) or len(row) > 1:
            head = said if any(told) else []
        for at, label in enumerate(said[:-1]):
            if told[at] and not told[at + 1]:
                yield label, row[at + 1], row
        for cell in row:
            before, colon, behind = cell.partition(":")
            if colon and behind.strip() and labels.fullmatch(_label(before)):
                yield _label(before), behind.strip(), row


def _label(cell: str) -> str:
    return cell.lower().strip(" :*-") if len(cell) <= 40 else ""
