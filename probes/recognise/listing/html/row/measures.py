"""The size and the date of a row: in its columns, in attributes with exact bytes, or in the text beside its link."""

from __future__ import annotations

import re

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import Stamp, at, find_date, says_age
from probes.recognise.listing.fields.pieces import counted, measured
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.row.cells import Cell, Link, Row
from probes.recognise.listing.html.row.found import NEAR, Found, follows, home_of
from probes.recognise.listing.model import Size

_BRACKET_BEFORE = re.compile(r"\[\s*(\d[\d.,]*\s?[KMGTP]?i?B?)\]\s*$")
_PARTED = re.compile(r"^\s*[:;|]\s+")
_LONG_LINE = re.compile(
    r"(?:^|\s)[bcdlps-][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-][.+@]?\s+\d+\s+(?:\S+\s+){1,2}?(\d+)\s+"
    r"(\S+\s+\d{1,2}\s+(?:\d{4}|\d{1,2}:\d{2})|\d{4}-\d{2}-\d{2}\s+\d{2}:\d{2})\s*(?:<[^>]*>)?\s*$"
)
_BYTES_TITLE = re.compile(r"(?i)^\s*([\d., ' ]{1,26})\s*(?:bytes?|b|octets?)?\s*$")
_NEXT_NUMBER = re.compile(r"\s*\(?\s*(-|\d[\d.,]*\s?[KMGTPkmgtp]?i?[Bb]?(?:ytes)?)(?![\w.])")
_LAST_NUMBER = re.compile(r"(?:^|[\s\[(])(\d[\d.,]*\s?[KMGTPkmgtp]?i?[Bb]?)[\])]?\s*$")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
"""Seconds or milliseconds since 1970, where a column of dates has them."""
_SIZE_CLASS = re.compile(r"(?i)(?:^|[\s_-])(?:file)?size(?:$|[\s_-])")
_CLOCK = re.compile(r"(?<![\w:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\w:])")
"""A time of day: in a language whose months nobody here reads, what is left of a date."""
_DASHED = re.compile(r"\s*[-–—|·,]\s+\S.*\s[-–—|·,]\s*$")
_KEYS_OF_SIZE = (
    "sortable-data",
    "data-size",
    "data-bytes",
    "data-filesize",
    "sorttable_customkey",
    "data-order",
    "data-sort-value",
    "data-sortvalue",
    "data-sort",
    "data-value",
    "data-raw",
    "value",
    "data-text",
    "title",
    "content",
)


def read_size_and_date(found: Found, row: Row, cells: dict[str, Cell], link: Link) -> None:
    date_cell, size_cell = cells.get("date"), cells.get("size")
    home = home_of(row, link) or row.cells[0]
    if date_cell is not None and date_cell is not home:
        found.stamp = find_date(date_cell.text) or _carried_date(date_cell)
        if found.stamp is None and _EPOCH.fullmatch(date_cell.text):
            found.modified = at(int(date_cell.text[:10]))
        found.aged = says_age(date_cell.text)
    if size_cell is not None and size_cell is not home:
        found.size_text, found.size_column = _with_its_unit(row, size_cell) or found.size_text, True
        found.exact = _carried_size(size_cell, found.size_text)
        if found.size_text.isdigit() and (said := sizes.with_unit(home.plain[:NEAR])):
            found.size_text = said  # `5` seconds under `Length`, beside `88044 bytes`
        if not sizes.looks_like_size(found.size_text) and not sizes.NOTHING.fullmatch(found.size_text):
            parts = [text for _, text in size_cell.parts if sizes.looks_like_size(text)]
            found.size_text = parts[0] if parts else sizes.with_unit(found.size_text) or found.size_text
    others = [cell for cell in row.cells if cell is not home and cell is not size_cell and cell is not date_cell]
    counted = [cell for said, cell in cells.items() if said in {"hits", "owner"} or said.startswith("other")]
    if size_cell is None or size_cell is home:
        _size_without_header(found, row, [cell for cell in others if not any(cell is one for one in counted)], cells)
    if found.stamp is None:
        for cell in others:
            if cell is not size_cell and not spells(cell.text, found.target.name):
                found.stamp = find_date(cell.text) if len(cell.text) < 60 else None
                found.stamp = found.stamp or _carried_date(cell)
                found.aged |= found.stamp is None and says_age(cell.text)
                if found.stamp is not None:
                    break
    _within(found, row, home, link)
    if found.exact is None and sizes.has_unit(found.size_text):
        found.exact = _bytes_of_row(found.size_text, row) or _bytes_beside(found.size_text, others)
    if (said := row.attributes.get("title", "")) and not spells(said, found.target.name):
        # What a tile shows when it is pointed at.
        found.size_text = found.size_text or measured(said)
        found.stamp = found.stamp or find_date(said)


def _bytes_beside(text: str, others: list[Cell]) -> Size | None:
    """The bytes in a cell of their own, of which a size for readers is the rounding."""
    said = sizes.read_size(text)
    for cell in others[:_MOST_BESIDE] if said is not None and said.best >= _LEAST_ROUNDED else ():
        number = sizes.exact(re.sub(r"[ ,.'’]", "", cell.text)) if _DIGITS.fullmatch(cell.text) else None
        if said is not None and number is not None and said.low <= number.best <= said.high:
            return number if abs(number.best - said.best) * 16 < said.best else None
    return None


def _bytes_of_row(text: str, row: Row) -> Size | None:
    """The bytes that the row's own element carries, of which a size for readers is the rounding."""
    number, said = sizes.exact(row.attributes.get("data-size", "")[:20]), sizes.read_size(text)
    return number if number is not None and said is not None and said.low <= number.best <= said.high else None


_MOST_BESIDE = 8
_LEAST_ROUNDED = 1000


def _with_its_unit(row: Row, cell: Cell) -> str:
    """The text of a size's cell, with the unit (or `items`) that the cell after it holds alone."""
    text = cell.text
    if not text[:1].isdigit() or sizes.has_unit(text):
        return text
    at = next((at for at, one in enumerate(row.cells) if one is cell), len(row.cells))
    after = row.cells[at + 1].text if at + 1 < len(row.cells) else ""
    both = f"{text} {after}"
    return both if sizes.is_unit(after) or after.lower() in {"item", "items", "elements", "entries"} else text


_UNDERSTOOD = 3
"""Columns that a header names, and no size among them: then a bare number in another column is none."""


def _size_without_header(found: Found, row: Row, others: list[Cell], cells: dict[str, Cell]) -> None:
    for cell in others:
        if "size" in cell.classes:
            found.size_text = _with_its_unit(row, cell)
            found.exact = _carried_size(cell, found.size_text)
            return
    for cell in others:
        if sizes.has_unit(cell.text):
            found.size_text, found.exact = cell.text, _carried_size(cell)
            return
    for cell in others:
        text = cell.text
        if sizes.is_folder_word(text) or text in {"-", "—", "–"}:
            found.size_text = text
            return
    for cell in others if len(cells) < _UNDERSTOOD else ():
        if _DIGITS.fullmatch(cell.text) and len(others) <= 4:
            found.size_text = cell.text
            return


_DIGITS = re.compile(r"\d{1,15}|\d{1,3}(?:[ ,.'’]\d{3})+")


def _within(found: Found, row: Row, home: Cell, link: Link) -> None:
    """What stands in the same cell as the link: inner parts by class, or plain text before or after it."""
    if found.size_text and found.stamp is not None:
        return
    if not (home.parts or link.inner[1:] or row.cells[1:] or home.carried or "title" in link.attributes):
        texts = "".join([*home.lead, *(piece for one in home.links for piece in one.tail)])
        if not texts.strip():
            return
    for classes, text in [*link.inner, *home.parts]:
        if not found.size_text and "size" in classes and (sizes.looks_like_size(text) or sizes.NOTHING.fullmatch(text)):
            found.size_text = text
        elif found.stamp is None and re.search(r"date|time|modif|mtime|-ts|\bts\b", classes):
            found.stamp = find_date(text)
            found.aged |= says_age(text)
    if len(link.inner) > 1 and (not found.size_text or found.stamp is None):
        for _, text in link.inner:
            if not found.size_text and text != found.shown and (sizes.has_unit(text) or text in {"-", "—", "–"}):
                found.size_text = text
            elif not found.size_text and text != found.shown and not spells(text, found.target.name):
                found.size_text = measured(text) or ("" if find_date(text) is not None else counted(text))
                found.stamp = found.stamp or find_date(text)
            elif found.stamp is None and text != found.shown:
                found.stamp = find_date(text)
    if not found.size_text and any(_SIZE_CLASS.search(icon.get("class", "")) for icon in [*link.icons, *home.icons]):
        found.size_column = True  # an element for sizes that says none, as it does for a folder
    if not found.size_text:
        parts = [text for _, text in home.parts if sizes.has_unit(text)]
        found.size_text = parts[0] if len(parts) == 1 and parts[0] != found.shown else ""
    # Elements part texts even where no blank does.
    after = squeeze(_without_name(found, " ".join([one for link in home.links for one in link.tail])))[:NEAR]
    before = squeeze(_without_name(found, " ".join(home.lead)))[-NEAR:]
    if link.tail and follows(link, found.target.name):
        # The name below a picture is no part of what is said of it, nor parted from it by a blank.
        at = next((number for number, piece in enumerate(link.tail) if piece.strip()), 0)
        after = "".join(link.tail[at + 1 :])[:NEAR] if spells(squeeze(link.tail[at]), found.target.name) else after
    lines = [" | ".join(one.strip() for one in nodes) for nodes in (link.tail[:12], home.lead[-12:])]
    behind, ahead_of = (_without_name(found, line)[:NEAR] for line in lines)
    # Of several links those of one entry: its name stands before the first.
    alone = len(row.links) == 1 or found.shown == found.target.name == squeeze(home.before)[: len(found.shown)]
    if not found.size_text:
        # A second link to the same file may show its size (`<a href="a.txt;type=a">1k</a>`).
        same = (one.text for one in home.links[:_MOST_BESIDE] if one is not link and _same_file(one.href, link.href))
        found.size_text = next((squeeze(text) for text in same if sizes.has_unit(text)), "")
    if not found.size_text:
        found.size_text = measured(behind) or (measured(ahead_of) if alone else "")
    if not found.size_text and alone:
        # A number in groups is one number, whatever stands beside it.
        found.size_text = next((one for one in (counted(behind), counted(ahead_of)) if " " in one), "")
    if long := _LONG_LINE.search(before):
        # The columns of `ls -l`: a day after the size would read as `10 Nov 21`, and a year as the size.
        found.size_text = found.size_text or long[1]
        found.stamp = found.stamp or find_date(long[2])
    if not found.size_text and (bracket := _BRACKET_BEFORE.search(before)):
        found.size_text = bracket[1]
    for text, ahead in ((after, False), (before, True)):
        if found.stamp is None:
            stamp = find_date(text[:300] if not ahead else text[-120:])
            if stamp is not None:
                found.stamp = stamp
                if not found.size_text:
                    _beside(found, text[:300] if not ahead else text[-120:], stamp, ahead)
    if not found.size_text:
        match = _NEXT_NUMBER.match(after) or re.match(
            r"^[\s|:,;(\[–—-]*([\d.,]+\s?[KMGTPkmgtp]i?[Bb]?(?:ytes)?)[\])]?", after
        )
        others = " ".join(cell.text for cell in row.cells if cell is not home)
        if match and (sizes.has_unit(match[1]) or after.strip() == match[1]):
            found.size_text = match[1]
        elif (
            size := sizes.with_unit(after)
            or sizes.with_unit(others)
            or sizes.with_unit(link.attributes.get("title", ""))
            or (sizes.with_unit(before) if len(row.links) == 1 and not spells(link.text, found.target.name) else "")
        ):
            found.size_text = size
        elif match and match[1] == "-":
            found.size_text = (alone and counted(behind)) or "-"
    if not found.size_text and alone:
        found.size_text = counted(behind) or (counted(ahead_of) if found.dated or _CLOCK.search(ahead_of) else "")
    if found.exact is None and not found.size_text:
        found.exact = (
            _carried_size(home) if any(key in {"data-size", "data-bytes"} for key, _ in home.carried) else None
        )


def _same_file(href: str, other: str) -> bool:
    """Whether `href` is another link with a parameter more, or none."""
    return href.startswith(other) and href[len(other) :][:1] in {"", "?", "&", ";", "#"}


def _without_name(found: Found, text: str) -> str:
    """The text beside a link without the name, in which a date or a number says nothing of the file."""
    name = found.target.name
    return text.replace(name, " ") if len(name) > 4 and name in text else text


def _beside(found: Found, text: str, stamp: Stamp, ahead: bool) -> None:
    """The size next to a date in a line: after it on most servers, before it where the line ends with the date."""
    rest, head = _PARTED.sub(" ", text[stamp.end :]), text[: stamp.start]
    if _DASHED.search(head) or (not ahead and _DASHED.match(rest)):
        # Dashes that part the pieces of a line stand for no size.
        return
    if (
        not ahead
        and head.rstrip().endswith(("-", "–", ",", "|", ")", "]"))
        and (said := sizes.with_unit(head) or counted(head))
    ):
        found.size_text = said
        return
    folder = re.search(r"(?i)<\s*(dir|rep|carpeta|verzeichnis)\s*>", rest if ahead else rest[:40])
    if folder:
        found.size_text = folder[0]
        return
    if ahead and (said := sizes.with_unit(rest)):
        found.size_text = said
        return
    match = _NEXT_NUMBER.match(rest)
    if match and match[1].strip():
        found.size_text = match[1]
        return
    if ahead and (last := _LAST_NUMBER.search(rest)):
        found.size_text = last[1]
        return
    numbers = re.findall(r"(?<![\w.,:/-])(-|<DIR>|[\d.,]+\s?[KMGTPkmgtp]?i?[Bb]?)\s*$", head)
    if numbers:
        found.size_text = numbers[-1]
    elif not rest.strip():
        found.size_text = ""


def _carried_size(cell: Cell, said: str = "") -> Size | None:
    """Exact bytes that a cell carries beside its text (or what is `said` with the next cell), if the two agree."""
    text = sizes.read_size(said or cell.text)
    ranked = sorted(
        ((key, value) for key, value in cell.carried if key in _KEYS_OF_SIZE),
        key=lambda one: _KEYS_OF_SIZE.index(one[0]),
    )
    for key, value in ranked:
        match = _BYTES_TITLE.match(value)
        digits = re.sub(r"[^\d]", "", match[1]) if match else ""
        if not digits or (re.search(r"[.,]\d{1,2}\D*$", value) is not None):
            continue
        size = sizes.exact(digits)
        if size is None:
            continue
        if text is None:
            if key in {"data-size", "data-bytes", "data-filesize"} and not sizes.NOTHING.fullmatch(cell.text):
                return size
            continue
        if text.exact or not text.low * 0.85 <= size.best <= text.high * 1.15:
            if text.exact and text.best == size.best:
                return size
            continue
        return size
    return None


def _carried_date(cell: Cell) -> Stamp | None:
    for key, value in cell.carried:
        if key in {"datetime", "title", "data-date", "data-time", "data-sort", "data-order", "content", "data-text"}:
            stamp = find_date(value)
            if stamp is not None:
                return stamp
    return None
