"""The repeating parts of a page as values: blocks of rows of cells, with their links and icons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from probes.recognise.listing.html.markup import squeeze
from probes.recognise.media.kinds import DATA, MediaKind, kind_of_name

Icon = dict[str, str]
"""What the attributes of an icon say, without the folders of its address."""


@dataclass(slots=True)
class Link:
    """A link of a row: its href as the page has it, what it shows, and its attributes. Texts come in pieces: joined as
    they came, a page of a mebibyte would take time that grows with its square."""

    href: str
    attributes: Mapping[str, str]
    shown: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    """What stands between this link and the next one of its cell."""
    inner: list[tuple[str, str]] = field(default_factory=list)
    """Texts inside the link by the class of the element that holds them."""
    icons: list[Icon] = field(default_factory=list)
    """The icons inside the link, and before it since the link before."""
    unescaped: str = ""
    """Its href to the last quote of the tag, where a quote stands in it that is no end: nobody escaped the name."""

    @property
    def text(self) -> str:
        """What the link shows."""
        return "".join(self.shown)


@dataclass(slots=True)
class Cell:
    """One cell of a row: its text outside of links, its links, and what its elements say of themselves."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    lead: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    loose: list[Icon] = field(default_factory=list)
    """Its icons after the last link."""
    carried: list[tuple[str, str]] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)
    """Texts by the class of the element that holds them, in order."""
    _text: str | None = None
    _plain: str | None = None
    """What was put together once: a cell is read only when it is whole, and then often."""

    @property
    def before(self) -> str:
        """The text before the first link."""
        return "".join(self.lead)

    @property
    def after(self) -> str:
        """The text outside of links, after the first one."""
        return "".join([piece for link in self.links for piece in link.tail])

    @property
    def icons(self) -> list[Icon]:
        """All its icons."""
        return [*self.loose, *(icon for link in self.links for icon in link.icons)] if self.links else self.loose

    @property
    def classes(self) -> str:
        """The cell's own class attribute, lower case."""
        return self.attributes.get("class", "").lower()

    @property
    def text(self) -> str:
        """All the text that the cell shows."""
        if self._text is None:
            pieces = [*self.lead]
            for link in self.links:
                pieces += [" ", *link.shown, " ", *link.tail]
            self._text = squeeze("".join(pieces))
        return self._text

    @property
    def plain(self) -> str:
        """The text outside of the cell's links."""
        if self._plain is None:
            self._plain = squeeze(f"{self.before} {self.after}") if self.links else self.text
        return self._plain


@dataclass(slots=True)
class Row:
    """One row, line or item."""

    cells: list[Cell] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)
    header: bool = False

    @property
    def links(self) -> list[Link]:
        """Every link of the row, in order."""
        return [link for cell in self.cells for link in cell.links]


@dataclass(slots=True)
class Block:
    """A table (`table`), preformatted text (`pre`), or list (`list`): its rows and its own attributes."""

    kind: str
    attributes: Mapping[str, str]
    rows: list[Row] = field(default_factory=list)
    closed: bool = False


PLAYERS = frozenset({"audio", "video", "source"})
"""Elements that play what their `src` names."""


def link_of(attributes: Mapping[str, str]) -> str | None:
    """Where a link leads: its href, or what it is rewritten to on a click where the href itself leads nowhere."""
    href = attributes.get("href", attributes.get("xlink:href"))
    if href is None or href.strip() in {"", "#", "#!"} or href[:11].lower() == "javascript:":
        opened = _OPENS.search(href[:2000]) if href is not None and len(href) > 1 else None
        return rewritten(attributes) or (opened[1] if opened is not None else href)
    return href


_OPENS = re.compile(
    r"""^javascript:[^'"]{1,80}\((?:[^()]{0,200},)?\s{0,4}['"]((?:\.?/)?[^'"<>:?]{1,255}/)['"]""", re.IGNORECASE
)
"""A folder whose path a link hands to a script."""


def unescaped_href(raw: str) -> str:
    """The href in the source of a tag up to its last quote, where what follows the first one belongs to it too; or,
    written without quotes, up to the end of the tag, where a blank stands in it."""
    found = _QUOTED.search(raw) if raw.count('"') > 2 or raw.count("'") > 2 else None
    if found is not None:
        return found[2]
    bare = _UNQUOTED.search(raw)
    return bare[1].strip() if bare is not None else ""


_QUOTED = re.compile(r"""(?i)\bhref=("|')([^=<>]{0,500}?\1[^\s=<>/][^=<>]{0,500})\1\s*/?$""")
_UNQUOTED = re.compile(r"""(?i)\bhref=([^\s"'=<>`]{1,255}\s[^=<>]{1,255})$""")


def rewritten(attributes: Mapping[str, str]) -> str:
    """The address that a script sends the browser to when an element is clicked, or nothing."""
    if not attributes:
        return ""
    for key in ("data-href", "data-url", "data-link", "data-path"):
        if attributes.get(key):
            return attributes[key]
    if _FILE_PATH.match(attributes.get("rel", "")):
        return attributes["rel"]
    match = _LOCATION.search(attributes["onclick"][:2000]) if "onclick" in attributes else None
    return match[1] if match else ""


NAMED_BY = ("data-file", "data-filename", "data-file-name", "data-path", "data-name", "data-key", "data-title")
_OF_FOLDERS = ("data-folder", "data-foldername", "data-dir", "data-dirname", "data-directory")


def told_by(attributes: Mapping[str, str]) -> tuple[str, bool] | None:
    """The name of a file or folder that an element carries for scripts, as cards and tiles do, and whether it is one
    of a folder; None where its attributes name neither."""
    for key in NAMED_BY:
        if kind_of_name(value := attributes.get(key, "")) not in _UNTOLD and "://" not in value:
            return value.rstrip("/").rpartition("/")[2], False
    if attributes.get("type", "").lower() == "checkbox" and kind_of_name(value := attributes.get("value", "")) in DATA:
        return value.rpartition("/")[2], False  # what is ticked to be fetched or removed
    for key in _OF_FOLDERS:
        if value := attributes.get(key, "").strip("/"):
            return value.rpartition("/")[2], True
    return None


_UNTOLD = frozenset({MediaKind.OTHER, MediaKind.HTML, MediaKind.STATIC})
"""Kinds of names that elements of any page carry."""
_FILE_PATH = re.compile(r"(?:/[^/\r\n\t]{1,255}){1,40}/?$|[^/\s]{1,200}\.\w{1,5}$")
"""A path as the value of `rel`, where trees of files keep it."""
_LOCATION = re.compile(
    r"""(?:location(?:\.href)?\s{0,4}=|location\.(?:assign|replace)\(|window\.open\()\s{0,4}['"]([^'"]{1,1024})['"]"""
)
