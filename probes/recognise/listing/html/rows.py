"""What one row says: the name that it shows, and its kind, size and date."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import Stamp, find_date, says_age
from probes.recognise.listing.fields.links import Target
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
_CUT = re.compile(r"(?:\.\.>|\.{2,3}|…|->|»)\s*$")
_OTHER_PART = re.compile(r"size|date|time|modif|mtime|icon|count|type")
_UNSHOWN = re.compile(r"[\x00-\x20\x7f\xa0\ufffd\\]+")
_NEAR = 300
"""How far from its link a row's text is searched."""
_PERMISSIONS = re.compile(r"(?:^|[\s(])([dl-])[r-][w-][xsS-](?:[r-][w-][xsStT-]){0,2}")
_BYTES_TITLE = re.compile(r"(?i)^\s*([\d., ' ]{1,26})\s*(?:bytes?|b|octets?)?\s*$")
_NEXT_NUMBER = re.compile(r"\s*\(?\s*(-|[\d.,]+\s?[KMGTPkmgtp]?i?[Bb]?(?:ytes)?)(?![\w.])")
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
    size_text: str = ""
    size_column: bool = False
    """Whether the header announces a size for this row, even where the cell is blank, as it is for a folder."""
    exact: Size | None = None
    stamp: Stamp | None = None
    aged: bool = False
    size: Size | None = None
    modified: Modified | None = None

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
        return same_name(self.shown, self.target.name)

    @property
    def spelt(self) -> bool:
        """Whether the row shows the name letter by letter, which a menu (`About us`) does not."""
        shown = self.shown.strip().rstrip("/\\")
        name = html.unescape(self.target.name) if "&" in self.target.name else self.target.name
        cut = _CUT.search(shown)
        if bare(shown) == bare(name) or (cut and bare(name).startswith(bare(shown[: cut.start()]))):
            return True
        # Encodings differ between href and text often enough; the ASCII part must still agree.
        return (not shown.isascii() or not name.isascii() or "\ufffd" in shown) and letters(shown) == letters(name)


def letters(text: str) -> str:
    """What two spellings of a name have in common whatever their encoding: ASCII letters and digits, lower case."""
    return "".join(c for c in text.lower() if c.isascii() and c.isalnum())


def bare(text: str) -> str:
    """`text` without the white space and control characters that a page cannot show."""
    return _UNSHOWN.sub("", text)


def same_name(shown: str, name: str) -> bool:
    """Whether a link's text shows the name it leads to: alike, or cut, or without its ending."""
    shown = shown.strip().rstrip("/")
    if shown == name or not shown:
        return bool(shown)
    cut = _CUT.search(shown)
    if cut:
        shown = shown[: cut.start()]
    left, right = letters(shown), letters(html.unescape(name) if "&" in name else name)
    if not right or not left:
        return len(shown) <= 2 * len(name) + 8 and not left
    if left == right:
        return True
    if cut:
        return right.startswith(left)
    return (
        (len(left) >= 3 and right.startswith(left) and len(left) * 2 >= len(right))
        or (left.startswith(right) and len(left) <= len(right) + 24 and len(right) >= 3)
        or (len(right) >= 6 and left.endswith(right) and len(left) <= len(right) + 16)
    )


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


def row_entry(row: Row, cells: dict[str, Cell], link: Link, target: Target) -> Found:
    """What a row says of `target`, to which its `link` leads; `cells` are its cells by the header's roles."""
    found = Found(target, label(link, target.name), links=len(row.links))
    _size_and_date(found, row, cells, link)
    _kind(found, row, cells, link)
    return found


def _kind(found: Found, row: Row, cells: dict[str, Cell], link: Link) -> None:
    home = next((cell for cell in row.cells if link in cell.links), None)
    if found.target.slash or found.shown.endswith(("/", "\\")):
        found.directory = True
        return
    own = {*row.attributes.get("class", "").lower().split(), *link.attributes.get("class", "").lower().split()}
    if home is not None and home.after.startswith("/") and home.links[-1] is link:
        found.directory = True
        return
    if own & _FOLDER_CLASSES:
        found.directory = True
        return
    if own & _FILE_CLASSES:
        found.directory = False
        return
    texts = [cell.plain for cell in row.cells]
    if any(sizes.FOLDER_WORD.fullmatch(text) for text in texts if text and len(text) < 24):
        found.directory = True
        return
    permissions = _PERMISSIONS.search(" ".join(texts)[:200])
    if permissions:
        found.directory = permissions[1] == "d"
        return
    if found.size_text and sizes.FOLDER_WORD.fullmatch(found.size_text):
        found.directory = True
        return
    if sizes.is_count(found.size_text):
        found.directory = True
        found.size_text = "-"
        return
    found.icons = frozenset(said for cell in row.cells for icon in cell.icons if (said := _folder_icon(icon)))


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
    home = next((cell for cell in row.cells if link in cell.links), row.cells[0])
    if date_cell is not None and date_cell is not home:
        found.stamp = find_date(date_cell.text) or _carried_date(date_cell)
        found.aged = says_age(date_cell.text)
    if size_cell is not None and size_cell is not home:
        found.size_text, found.size_column = size_cell.text, True
        found.exact = _carried_size(size_cell)
        if not sizes.looks_like_size(found.size_text) and not sizes.NOTHING.fullmatch(found.size_text):
            parts = [text for _, text in size_cell.parts if sizes.looks_like_size(text)]
            if parts:
                found.size_text = parts[0]
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
    _within(found, home, link)


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


def _within(found: Found, home: Cell, link: Link) -> None:
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
        if match and (sizes.has_unit(match[1]) or match[1] == "-" or after.strip() == match[1]):
            found.size_text = match[1]
        elif not found.stamp and (
            size := re.search(r"[(\[]\s*([\d.,]+\s?[KMGTPkmgtp]?i?[Bb](?:ytes)?)\s*[)\]]", after[:200])
        ):
            found.size_text = size[1]
    if found.exact is None and not found.size_text:
        found.exact = (
            _carried_size(home) if any(key in {"data-size", "data-bytes"} for key, _ in home.carried) else None
        )


def _beside(found: Found, text: str, stamp: Stamp, ahead: bool) -> None:
    """The size next to a date in a line: after it on most servers, before it where the line ends with the date."""
    rest, head = text[stamp.end :], text[: stamp.start]
    folder = re.search(r"(?i)<\s*(dir|rep|carpeta|verzeichnis)\s*>", rest if ahead else rest[:40])
    if folder:
        found.size_text = folder[0]
        return
    match = _NEXT_NUMBER.match(rest)
    if match and match[1].strip():
        found.size_text = match[1]
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
