"""What one row says: the name that it shows, and its kind, size and date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import Stamp, find_date, says_age
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.fields.shown_names import same_name, spells
from probes.recognise.listing.html.blocks import Cell, Link, Row
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.model import Modified, Size

_FOLDER_ICON = re.compile(
    r"(?i)(?:^|[^a-z])(?:dir|directory|folders?|carpeta|dossier|ordner|fldr|katalog|subdir|isdir)(?![a-z])|folder"
)
_BACK_ICON = re.compile(r"(?i)(?:^|[^a-z])(?:back|up|parent|parentdir|level-up|arrow-up|home|return)(?![a-z])")
_FILE_ICON = re.compile(
    r"(?i)(?:^|[^a-z])(?:text|txt|image\d?|img|files?|doc|docx|pdf|zip|archive|video|audio|sound\d?|movie|unknown|generic|page"
    r"|compressed|binary|script|mp3|html?|layout|exe|music|film|picture|jpe?g|png|gif|layout|tar|rar|xls|iso)(?![a-z])"
)
_FOLDER_CLASSES = {
    "d",
    "dir",
    "directory",
    "folder",
    "entry-type-directory",
    "is-dir",
    "isdir",
    "item-type-folder",
    "type-dir",
    "icon-directory",
    "is-folder",
    "fb-dir",
    "dirs",
    "folders",
}
_FILE_CLASSES = {
    "file",
    "entry-type-file",
    "item-type-file",
    "is-file",
    "type-file",
    "files",
    "f",
    "entry-type-symlink-file",
}
_OTHER_PART = re.compile(r"size|date|time|modif|mtime|icon|count|type")
_NEAR = 300
"""How far from its link a row's text is searched."""
_BRANCH = re.compile(r"(?:[├└]──|\|--|`--)\s*$")
"""What `tree -H` draws before each link."""
_BRACKET_BEFORE = re.compile(r"\[\s*(\d[\d.,]*\s?[KMGTP]?i?B?)\]\s*$")
_PARTED = re.compile(r"^\s*[:;|]\s+")
_PERMISSIONS = re.compile(r"(?:^|[\s(])([dl-])[r-][w-][xsS-](?:[r-][w-][xsStT-]){0,2}")
_LONG_LINE = re.compile(
    r"(?:^|\s)[bcdlps-][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-][.+@]?\s+\d+\s+(?:\S+\s+){1,2}?(\d+)\s+"
    r"(\S+\s+\d{1,2}\s+(?:\d{4}|\d{1,2}:\d{2})|\d{4}-\d{2}-\d{2}\s+\d{2}:\d{2})\s*(?:<[^>]*>)?\s*$"
)
_BYTES_TITLE = re.compile(r"(?i)^\s*([\d., ' ]{1,26})\s*(?:bytes?|b|octets?)?\s*$")
_NEXT_NUMBER = re.compile(r"\s*\(?\s*(-|\d[\d.,]*\s?[KMGTPkmgtp]?i?[Bb]?(?:ytes)?)(?![\w.])")
_LAST_NUMBER = re.compile(r"(?:^|[\s\[(])(\d[\d.,]*\s?[KMGTPkmgtp]?i?[Bb]?)[\])]?\s*$")
_DASHED = re.compile(r"\s*[-–—|·,]\s+\S.*\s[-–—|·,]\s*$")
_BRACKETED = re.compile(r"^(.+?)\s*[(\[]\s*([^()\[\]]{1,24})\s*[)\]]$")
_KEYS_OF_SIZE = (
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


@dataclass(slots=True)
class Found:
    """One row that leads to something below the page."""

    target: Target
    shown: str
    directory: bool | None = None
    icons: frozenset[str] = frozenset()
    """The icons that say that it is a directory, where nothing better does."""
    links: int = 1
    away: bool = False
    """Whether its row also leads to another host."""
    marked: bool = False
    """Whether its row says of which kind it is, by an icon, a class, a word, permissions or a branch of a tree."""
    size_text: str = ""
    size_column: bool = False
    """Whether the header announces a size for this row, even where the cell is blank, as it is for a folder."""
    exact: Size | None = None
    stamp: Stamp | None = None
    aged: bool = False
    size: Size | None = None
    modified: Modified | None = None
    _judged: str | None = None
    """What was shown when `spelt` was last asked: it is asked often."""
    _spelt: bool = False

    @property
    def dated(self) -> bool:
        """Whether the row carries a date."""
        return self.stamp is not None or self.modified is not None or self.aged

    @property
    def sized(self) -> bool:
        """Whether the row's size column is filled, if only to say that there is none."""
        return self.exact is not None or self.size_column or bool(self.size_text)

    @property
    def named(self) -> bool:
        """Whether the row shows the name that its link leads to, cut or whole, as a listing does and prose does not."""
        return self.spelt or same_name(self.shown, self.target.name)

    @property
    def spelt(self) -> bool:
        """Whether the row shows the name letter by letter, which a menu (`About us`) does not."""
        if self._judged != self.shown:
            self._judged, self._spelt = self.shown, spells(self.shown, self.target.name)
        return self._spelt


def label(link: Link, name: str) -> str:
    """What a link shows as its name: its text, or the piece of its text that is the name and not its size or date."""
    text = squeeze(link.text)
    if len(link.inner) < 2 or text.rstrip("/") == name:
        return text or link.attributes.get("title", "")
    for _, part in link.inner:
        if part.rstrip("/") == name:
            return part
    for classes, part in link.inner:
        if re.search(r"name|title|label", classes):
            return part
    joined = squeeze(" ".join(part for classes, part in link.inner if not _OTHER_PART.search(classes)))
    if same_name(joined, name):
        return joined
    return next((part for _, part in link.inner if same_name(part, name)), joined or text)


def row_entry(row: Row, cells: dict[str, Cell], link: Link, target: Target, extra: bool = False) -> Found:
    """What a row says of `target`, to which its `link` leads; `cells` are its cells by the header's roles."""
    found = Found(target, label(link, target.name), links=len(row.links), away=extra)
    if not found.spelt:
        bracket = _BRACKETED.match(found.shown)
        if bracket and sizes.looks_like_size(bracket[2]) and spells(bracket[1], target.name):
            found.shown, found.size_text = bracket[1], bracket[2]
        else:
            found.shown = _shown_beside(row, link, target.name) or found.shown
    _size_and_date(found, row, cells, link)
    _kind(found, row, cells, link)
    return found


def follows(link: Link, name: str) -> bool:
    """Whether the name stands right after a link that shows none, as it does below a picture."""
    if link.text.strip():
        return False
    first = next((piece for piece in link.tail[:6] if piece.strip()), "")
    if spells(squeeze(first[: len(name) + 40]), name):
        return True
    text = squeeze("".join(link.tail[:6]))[: len(name) + 40]
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _shown_beside(row: Row, link: Link, name: str) -> str:
    """The name where something else of the row spells it: another cell, a caption, a title of the link."""
    for key in ("title", "data-name", "download", "aria-label", "data-filename"):
        if key in link.attributes and spells(link.attributes[key], name):
            return link.attributes[key]
    if follows(link, name):
        return name
    for cell in row.cells[:_NEAR]:
        for text in (cell.plain if len(cell.text) < 2 * _NEAR else "", *(text for _, text in cell.parts[:_NEAR])):
            if text and spells(text, name):
                return text
        for key, value in cell.carried[:_NEAR]:
            if key == "title" and spells(value, name):
                return value
    return ""


def _home(row: Row, link: Link) -> Cell | None:
    """The cell that the link stands in."""
    return next((cell for cell in row.cells if any(one is link for one in cell.links)), None)


def _kind(found: Found, row: Row, cells: dict[str, Cell], link: Link) -> None:
    home = _home(row, link)
    own = {*row.attributes.get("class", "").lower().split(), *link.attributes.get("class", "").lower().split()}
    texts = [cell.plain for cell in row.cells]
    icons = [icon for cell in row.cells for icon in cell.icons]
    read = [_read_icon(tuple(icon.items())) for icon in icons]
    found.icons = frozenset([said for said, _ in read if said])
    permissions = _PERMISSIONS.search(" ".join(texts)[:200])
    # A word alone in a column of its own, a picture in the text.
    word = any(sizes.FOLDER_WORD.fullmatch(text) for text in texts if text and len(text) < 24)
    picture = next((mark for text in texts if not text.isascii() for mark in text[:4] if mark in _PICTURES), "")
    folder = bool(own & _FOLDER_CLASSES) or word or (picture != "" and picture in _FOLDER_PICTURES)
    file = bool(own & _FILE_CLASSES) or bool(picture) or any(is_file for _, is_file in read)
    branch = home is not None and _BRANCH.search(home.before[-_NEAR:]) is not None
    # A type beside a bare name (`nurse`, full time) may be the type of anything.
    typed = "type" in cells and cells["type"].text and ("." in found.target.name or found.size_text)
    said = folder or file or permissions or branch or found.icons or typed
    found.marked = bool(said)
    if found.target.slash or found.shown.endswith(("/", "\\")):
        found.directory = True
    elif home is not None and home.after.startswith("/") and home.links[-1] is link:
        found.directory = found.marked = True
    elif own & _FOLDER_CLASSES:
        found.directory = True
    elif own & _FILE_CLASSES:
        found.directory = False
    elif folder or (found.size_text and sizes.FOLDER_WORD.fullmatch(found.size_text)):
        found.directory = found.marked = True
    elif permissions:
        found.directory = permissions[1] == "d"
    elif sizes.is_count(found.size_text):
        found.directory = found.marked = True
        found.size_text = "-"


_FOLDER_PICTURES = "📁📂🗀🗁🗂"
_PICTURES = _FOLDER_PICTURES + "📄📃📝🗎🗋🎵🎶🎧🔊🎬🎥📹🎞📷🖼📦🗜📊📕📑💾"


@lru_cache(1024)
def _read_icon(attributes: tuple[tuple[str, str], ...]) -> tuple[str, bool]:
    icon = dict(attributes)
    return _folder_icon(icon), _is_file_icon(icon)


def _is_file_icon(icon: dict[str, str]) -> bool:
    """Whether an icon, not a thumbnail, says that its row is a file."""
    picture = icon.get("src") or icon.get("data-src") or icon.get("alt") or ""
    return bool(picture) and _FILE_ICON.search(picture) is not None


def _folder_icon(icon: dict[str, str]) -> str:
    """What an icon says if it says folder; its picture is believed before its texts, often left alike."""
    picture = icon.get("src") or icon.get("data-src") or icon.get("xlink:href") or ""
    if picture and not _FOLDER_ICON.search(picture) and _FILE_ICON.search(picture):
        return ""
    for key, value in icon.items():
        if _FOLDER_ICON.search(value) and not _BACK_ICON.search(picture):
            return f"{key}={value}"
    return ""


def _size_and_date(found: Found, row: Row, cells: dict[str, Cell], link: Link) -> None:
    date_cell, size_cell = cells.get("date"), cells.get("size")
    home = _home(row, link) or row.cells[0]
    if date_cell is not None and date_cell is not home:
        found.stamp = find_date(date_cell.text) or _carried_date(date_cell)
        found.aged = says_age(date_cell.text)
    if size_cell is not None and size_cell is not home:
        found.size_text, found.size_column = size_cell.text or found.size_text, True
        found.exact = _carried_size(size_cell)
        if not sizes.looks_like_size(found.size_text) and not sizes.NOTHING.fullmatch(found.size_text):
            parts = [text for _, text in size_cell.parts if sizes.looks_like_size(text)]
            found.size_text = parts[0] if parts else sizes.with_unit(found.size_text) or found.size_text
    others = [cell for cell in row.cells if cell is not home and cell is not size_cell and cell is not date_cell]
    if size_cell is None or size_cell is home:
        _size_without_header(found, others)
    if found.stamp is None:
        for cell in others:
            if cell is not size_cell:
                found.stamp = find_date(cell.text) if len(cell.text) < 60 else None
                found.stamp = found.stamp or _carried_date(cell)
                found.aged |= found.stamp is None and says_age(cell.text)
                if found.stamp is not None:
                    break
    _within(found, row, home, link)


def _size_without_header(found: Found, others: list[Cell]) -> None:
    for cell in others:
        if "size" in cell.classes:
            found.size_text, found.exact = cell.text, _carried_size(cell)
            return
    for cell in others:
        if sizes.has_unit(cell.text):
            found.size_text, found.exact = cell.text, _carried_size(cell)
            return
    for cell in others:
        text = cell.text
        if sizes.FOLDER_WORD.fullmatch(text) or text in {"-", "—", "–"}:
            found.size_text = text
            return
    for cell in others:
        if re.fullmatch(r"\d{1,15}", cell.text) and len(others) <= 4:
            found.size_text = cell.text
            return


def _within(found: Found, row: Row, home: Cell, link: Link) -> None:
    """What stands in the same cell as the link: inner parts by class, or plain text before or after it."""
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
            elif found.stamp is None and text != found.shown:
                found.stamp = find_date(text)
    after, before = home.after[:_NEAR], home.before[-_NEAR:]
    if link.tail and follows(link, found.target.name):
        # The name below a picture is no part of what is said of it, nor parted from it by a blank.
        at = next((number for number, piece in enumerate(link.tail) if piece.strip()), 0)
        after = "".join(link.tail[at + 1 :])[:_NEAR] if spells(squeeze(link.tail[at]), found.target.name) else after
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
        ):
            found.size_text = size
        elif match and match[1] == "-":
            found.size_text = "-"
    if found.exact is None and not found.size_text:
        found.exact = (
            _carried_size(home) if any(key in {"data-size", "data-bytes"} for key, _ in home.carried) else None
        )


def _beside(found: Found, text: str, stamp: Stamp, ahead: bool) -> None:
    """The size next to a date in a line: after it on most servers, before it where the line ends with the date."""
    rest, head = _PARTED.sub(" ", text[stamp.end :]), text[: stamp.start]
    if _DASHED.search(head) or (not ahead and _DASHED.match(rest)):
        # Dashes that part the pieces of a line stand for no size.
        return
    folder = re.search(r"(?i)<\s*(dir|rep|carpeta|verzeichnis)\s*>", rest if ahead else rest[:40])
    if folder:
        found.size_text = folder[0]
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


def _carried_size(cell: Cell) -> Size | None:
    """Exact bytes that a cell carries beside its text, if they agree with the text."""
    text = sizes.read_size(cell.text)
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
