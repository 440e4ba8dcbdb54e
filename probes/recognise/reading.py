"""From rows of links to entries: what each row says, and how much of the page says it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from probes.recognise import sizes
from probes.recognise.blocks import Block, Cell, Link, Row
from probes.recognise.columns import by_role, header
from probes.recognise.dates import Stamp, day_first, find_date, modified, says_age
from probes.recognise.links import Elsewhere, Place, Target
from probes.recognise.listing import Entry, Kind, Modified, Size
from probes.recognise.markup import squeeze

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
_MOST_LINKS = 64
"""More links than this in one row are no row."""
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


@dataclass
class Reading:
    """What one way of reading a page found."""

    found: list[Found] = field(default_factory=list)
    foreign: int = 0
    """Rows whose links lead somewhere else than below the page."""
    sort_links: int = 0
    parent: bool = False
    headed: bool = False
    """Whether a row of header cells announces name and size or date."""
    kind: str = ""
    thousand: bool = False

    def add(self, other: Reading) -> None:
        """Takes over what another part of the same page holds."""
        self.found += other.found
        self.foreign += other.foreign
        self.sort_links += other.sort_links
        self.parent |= other.parent
        self.headed |= other.headed

    def share(self, test: str) -> float:
        """The share of rows that are `dated`, `sized` or `named`."""
        return sum(bool(getattr(one, test)) for one in self.found) / len(self.found) if self.found else 0.0


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


def read_block(block: Block, place: Place) -> Reading:
    """The entries of a table, preformatted text or list, by its header cells where it has any."""
    reading = Reading(kind=block.kind)
    roles: dict[int, str] | None = None
    for row in block.rows:
        links = row.links
        if block.kind == "table" and roles is None:
            roles = header(row)
            if roles is not None and not any(_is_child(place, link) for link in links):
                reading.headed = True
                reading.sort_links += sum(_is_sort(place, link) for link in links)
                continue
            roles = None
        if links:
            cells = by_role(row, roles) if roles else {}
            _read_row(reading, row, cells, place)
    return reading


def _is_child(place: Place, link: Link) -> bool:
    return isinstance(place.resolve(link.href), Target)


def leads_up(place: Place, link: Link) -> bool:
    """Whether a link leads to the folder above, or back to the page itself as it does at the root."""
    where = place.resolve(link.href)
    return isinstance(where, Elsewhere) and where.why in {"up", "self"}


def _is_sort(place: Place, link: Link) -> bool:
    where = place.resolve(link.href)
    return isinstance(where, Elsewhere) and where.why == "sort"


def _read_row(reading: Reading, row: Row, cells: dict[str, Cell], place: Place) -> None:
    best: tuple[Link, Target] | None = None
    away = False
    name_links = {id(link) for link in cells["name"].links} if "name" in cells else set()
    for link in row.links[:_MOST_LINKS]:
        where = place.resolve(link.href, squeeze(link.text))
        if isinstance(where, Elsewhere):
            reading.sort_links += where.why == "sort"
            reading.parent |= where.why == "up"
            away |= where.why == "away"
            continue
        if best is None or _better(link, where, best, name_links):
            best = (link, where)
    if best is None:
        reading.foreign += away
        return
    reading.found.append(_row_entry(row, cells, *best))


def _better(link: Link, where: Target, than: tuple[Link, Target], name_links: set[int]) -> bool:
    """Whether a later link of a row is the one that names its entry."""
    old_link, old = than
    if (id(link) in name_links) != (id(old_link) in name_links):
        return id(link) in name_links
    new_named, old_named = (
        same_name(label(link, where.name), where.name),
        same_name(label(old_link, old.name), old.name),
    )
    return new_named and not old_named


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


def _row_entry(row: Row, cells: dict[str, Cell], link: Link, target: Target) -> Found:
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


def settle(found: Iterable[Found], thousand: bool = False) -> list[Found]:
    """Decides what only the page as a whole can tell: decimal commas, day order, and directories that nothing marks."""
    rows = list(found)
    comma = sizes.comma_is_decimal(one.size_text for one in rows)
    first = day_first(one.stamp for one in rows)
    lying = _lying_icons(rows)
    for one in rows:
        if one.directory is None and one.icons - lying:
            one.directory = True
    marked = any(one.directory is not None for one in rows)
    numbered = any(sizes.looks_like_size(one.size_text) for one in rows)
    for one in rows:
        if one.directory is None:
            dash = bool(one.size_text) and sizes.NOTHING.fullmatch(one.size_text) is not None
            extension = re.search(r"\.[A-Za-z0-9]{1,5}$", one.target.name) is not None
            if not marked and dash and not extension and (numbered or one.size_text != "-" or one.dated):
                one.directory = True
        if one.size is None and not one.directory:
            one.size = one.exact or sizes.read_size(sizes.tidy(one.size_text), comma, thousand)
        if one.modified is None and one.stamp is not None:
            one.modified = modified(one.stamp, first)
    return rows


def _lying_icons(rows: list[Found]) -> set[str]:
    """Icons that most of their rows contradict with an extension and a size: a script that marks every row alike."""
    lying = set()
    for icon in {icon for one in rows for icon in one.icons}:
        its = [one for one in rows if icon in one.icons]
        files = sum(
            sizes.looks_like_size(one.size_text) and re.search(r"\.[A-Za-z]\w{1,4}$", one.target.name) is not None
            for one in its
        )
        if files * 2 > len(its) or (len(its) == len(rows) and files > 1):
            lying.add(icon)
    return lying


def entries(found: Iterable[Found]) -> tuple[Entry, ...]:
    """The entries that the rows make, each path once, in the page's order."""
    made: dict[str, Entry] = {}
    for one in found:
        kind = Kind.DIRECTORY if one.directory else Kind.FILE
        entry = Entry(
            one.target.name, one.target.path, kind, None if kind is Kind.DIRECTORY else one.size, one.modified
        )
        old = made.get(entry.path)
        if (
            old is None
            or (old.size is None and entry.size is not None)
            or (old.kind is Kind.FILE and kind is Kind.DIRECTORY)
        ):
            made[entry.path] = entry
    return tuple(made.values())


def own_folder(found: Iterable[Found], place: Place) -> tuple[tuple[bytes, ...], float]:
    """The folder that the rows are direct children of, and the share of rows that are."""
    count = Counter(one.target.parent for one in found)
    total = sum(count.values())
    if not total:
        return place.own, 0.0
    for wanted in (place.listed, place.own):
        if count[wanted] * 10 >= total * 9:
            return wanted, count[wanted] / total
    folder, most = count.most_common(1)[0]
    if len(folder) >= len(place.own) and most > count[place.own]:
        return folder, most / total
    return place.own, count[place.own] / total
