"""One row of a page as an entry in the making, and the name that it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import Stamp
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.fields.shown_names import same_name, spells
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.row.cells import Cell, Link, Row
from probes.recognise.listing.model import Modified, Size
from probes.recognise.media.kinds import DATA, PLAYED, MediaKind, kind_of_name

NEAR = 300
"""How far from its link a row's text is searched."""
_OTHER_PART = re.compile(r"size|date|time|modif|mtime|icon|count|type")


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
    fetched: bool = False
    """Whether a link of its row to it has the attribute by which a browser stores a file."""
    pictured: bool = False
    """Whether its link is a small picture of what it leads to, as in a gallery."""
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
    def sized_text(self) -> bool:
        """Whether the row says a size, and not only has a column for it."""
        return self.exact is not None or sizes.looks_like_size(sizes.tidy(self.size_text))

    @property
    def folder(self) -> bool:
        """Whether anything says that this is a folder: its link, its row, or an icon alone."""
        return bool(self.directory or self.target.slash or self.icons)

    @property
    def soft(self) -> bool:
        """Whether only the page's text holds the name, not the link."""
        return self.target.soft

    @property
    def addressed(self) -> bool:
        """Whether the row shows a whole address."""
        return "://" in self.shown[:12]

    @property
    def told(self) -> bool:
        """Whether a mark, an ending beside a size, or a size in a unit says that this is a file or a folder."""
        return self.marked or self.folder or self.exact is not None or sizes.has_unit(self.size_text)

    @property
    def named(self) -> bool:
        """Whether the row shows the name that its link leads to, cut or whole, as a listing does and prose does not."""
        return self.spelt or same_name(self.shown, self.target.name)

    @property
    def spelt(self) -> bool:
        """Whether the row shows the name letter by letter, which a menu (`About us`) does not."""
        if self._judged != self.shown:
            self._judged, self._spelt = self.shown, shows(self.shown, self.target.name)
        return self._spelt


def shows(shown: str, name: str) -> bool:
    """Whether a text spells a name, or the name of a document or recording without its ending."""
    return spells(shown, name) or (kind_of_name(name) in DATA and spells(shown, name.rpartition(".")[0]))


def is_recording(one: Found) -> bool:
    """Whether a row leads to a file of sound or pictures by its own path."""
    return kind_of_name(one.target.name) in PLAYED and "?" not in one.target.path


def is_serial(target: Target) -> bool:
    """Whether a link leads to a recording whose name a machine made: rows of calls often show everything but names.

    A day alone (`2010-06-06.mp3`, `100606pm.mp3`) is what a person calls what was said or played on it.
    """
    if target.soft or kind_of_name(target.name) not in PLAYED:
        return False
    return _SERIAL.search(target.name) is not None and _OF_A_DAY.fullmatch(target.name) is None


def is_broadcast(target: Target) -> bool:
    """Whether a link leads to sound called after its day alone, in a format that people publish (no `.wav`)."""
    return _OF_A_DAY.fullmatch(target.name) is not None and _PUBLISHED_SOUND.search(target.name) is not None


_PUBLISHED_SOUND = re.compile(r"(?i)\.(?:mp3|m4a|aac|ogg|opus)$")


def are_titled(rows: list[Found]) -> bool:
    """Whether most rows show a title of several words, each its own, for what no machine named by a time of day: what
    was broadcast, not who called."""
    titles = {one.shown for one in rows if len(_WORDS.findall(one.shown[:NEAR])) >= _TITLE}
    timed = any(_TIMED.search(one.target.name) for one in rows)
    return not timed and len(rows) > 1 and len(titles) * 2 > len(rows)


_WORDS = re.compile(r"[^\W\d_]+")
_TITLE = 3
"""Words of a title; people have two names."""
_TIMED = re.compile(r"\d{9}|\d{6,8}\D{0,2}\d{4}")
"""A day and a time of day, or a time in seconds."""
_SERIAL = re.compile(r"\d{6}|(?:\d[._:-]?){8}")
_OF_A_DAY = re.compile(
    r"(?i)(?:[^\W\d]{1,24}[ ._-])?"
    r"(?:(?:19|20)\d\d([-._]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])[ ._-]?(?:am|pm|[a-z])?|\d{6}[ ._-]?(?:am|pm))"
    r"\.\w{2,5}"
)


def label(link: Link, name: str) -> str:
    """What a link shows as its name: its text, or the piece of its text that is the name and not its size or date."""
    text = squeeze(link.text)
    if "://" in text[:8] and link.href.startswith(text) and name.startswith(text.rpartition("/")[2] or "/"):
        return name  # the beginning of its own address
    if len(link.inner) < 2 or text.rstrip("/") == name:
        return text or link.attributes.get("title", "") or _of_picture(link, name)
    for _, part in link.inner:
        if part.rstrip("/") == name:
            return part
    if part := named_part(link, _NAMING):
        return part
    joined = squeeze(" ".join(part for classes, part in link.inner if not _OTHER_PART.search(classes)))
    if same_name(joined, name):
        return joined
    return next((part for _, part in link.inner if same_name(part, name)), joined or text)


_NAMING = re.compile("name|title|label")
_END = re.compile(r"\.\w{1,8}")


def named_part(link: Link, naming: re.Pattern[str]) -> str:
    """The piece of a link's text whose class says that it is the name, with its ending where that is a piece of its
    own."""
    for at, (classes, part) in enumerate(link.inner):
        if naming.search(classes):
            after = link.inner[at + 1][1] if at + 1 < len(link.inner) else ""
            return part + after if _END.fullmatch(after) else part
    return ""


def _of_picture(link: Link, name: str) -> str:
    """The name where only the picture of a link tells it: its text, or its own file, the small one of a file beside
    the page (`small/a_t.jpg`)."""
    for icon in link.icons[:4] if kind_of_name(name) in _PICTURED else ():
        for key in ("alt", "title"):
            if spells(icon.get(key, ""), name):
                return icon[key]
        small = icon.get("src") or icon.get("data-src") or ""
        if "/" not in link.href and _stem(small) == name.rpartition(".")[0] != "" and small != name:
            return name
    return ""


def is_thumbnail(link: Link, name: str) -> bool:
    """Whether a link shows a small picture of the picture or the document that it leads to."""
    if kind_of_name(name) not in (MediaKind.IMAGE, MediaKind.DOCUMENT):
        return False
    smalls = ((icon.get("src") or icon.get("data-src") or "").partition("?")[0] for icon in link.icons[:4])
    return any(_stem(small.rpartition("/")[2]) == name.rpartition(".")[0] != "" for small in smalls)


def _stem(small: str) -> str:
    return _SMALL.sub("", small.partition(" ")[0].rpartition(".")[0])


_PICTURED = DATA | {MediaKind.IMAGE}
_SMALL = re.compile(
    r"(?i)^(?:th|tn|thumb|thumbnail|small|t|s)[_-]|[_.-](?:th|tn|thumb|thumbnail|small|t|s|\d{2,4}x\d{2,4})$"
)


def follows(link: Link, name: str) -> bool:
    """Whether the name stands right after a link that shows none, as it does below a picture."""
    if link.text.strip():
        return False
    first = next((piece for piece in link.tail[:6] if piece.strip()), "")
    if spells(squeeze(first[: len(name) + 40]), name):
        return True
    text = squeeze("".join(link.tail[:6]))[: len(name) + 40]
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def shown_beside(row: Row, link: Link, name: str) -> str:
    """The name where something else of the row spells it: another cell, a caption, a title of the link."""
    for key in ("title", "data-name", "download", "aria-label", "data-filename"):
        if key in link.attributes and spells(link.attributes[key], name):
            return link.attributes[key]
    if follows(link, name):
        return name
    if any(spells(squeeze(other.text), name) for other in row.links[:NEAR] if other is not link and other.shown):
        return name
    for cell in row.cells[:NEAR]:
        lead = squeeze(cell.before) if link in cell.links[:1] and len(cell.before) < NEAR else ""
        if "." in name and lead.startswith(name) and not lead[len(name) : len(name) + 1].isalnum():
            return name  # and its size and date stand between it and the link
        for text in (lead, cell.plain if len(cell.text) < 2 * NEAR else "", *(text for _, text in cell.parts[:NEAR])):
            if text and spells(text, name):
                return text
        for key, value in cell.carried[:NEAR]:
            if key == "title" and spells(value, name):
                return value
    return ""


def home_of(row: Row, link: Link) -> Cell | None:
    """The cell that the link stands in."""
    return next((cell for cell in row.cells if any(one is link for one in cell.links)), None)
