"""Whether a row is a file or a directory, as far as the row itself says so."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.pieces import pieces
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.row.cells import Cell, Link, Row
from probes.recognise.listing.html.row.found import NEAR, Found, home_of

_FOLDER_ICON = re.compile(
    r"(?i)(?:^|[^a-z])(?:dir|directory|folders?|carpeta|dossier|ordner|fldr|katalog|subdir|isdir)(?![a-z])|folder"
)
_BACK_ICON = re.compile(r"(?i)(?:^|[^a-z])(?:back|up|parent|parentdir|level-up|arrow-up|home|return)(?![a-z])")
_UP_ICON = re.compile(r"(?i)(?:^|[^a-z])(?:parent|parentdir|uplevel|level-up|folder-up|up-folder)(?![a-z])")
"""What the text or the class of an icon calls the way up, whatever it shows (`Parent Directory`)."""
_FILE_ICON = re.compile(
    r"(?i)(?:^|[^a-z])(?:ico?n?)?(?:text|txt|image\d?|img|files?|doc|docx|pdf|zip|archive|video|audio|sound\d?|movie|unknown|generic|page"
    r"|xlsx|pptx?|csv|spreadsheet|presentation|document|compressed|binary|script|mp3|html?|layout|exe|music|film|picture|jpe?g|png|gif|layout|tar|rar|xls|iso)(?![a-z])"
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
_BRANCH = re.compile(r"(?:[├└]──|\|--|`--)\s*$")
"""What `tree -H` draws before each link."""
_MARK_BEFORE = re.compile(r"(?i)(?:[<\[](?:d|dir|directory|folder|f|file|link|snd|txt|img|vid|   )[>\]])\s*$")
"""What stands right before the link of a line that says of what kind it is (`[DIR] <a href="a">a</a>`)."""
MARK = re.compile(
    r"(?i)[<\[(](?:d|dir|directory|folder|f|file|link|snd|txt|text|img|image|vid|bin|html?)[>\])]\s*(?=\S)"
)
"""The same at the beginning of a link's own text (`[DIR]  a`), as menus of Gopher have it."""
_MODES = ("rw", "r-", "-w", "--")
"""What any permissions hold."""
_PERMISSIONS = re.compile(
    r"(?:^|[\s(])([dl-])(?:[o-][O-](?=[r-][w-][x-](?!\S)))?[r-][w-][xsS-](?:[r-][w-][xsStT-]){0,2}"
)
"""As POSIX writes them, or once behind two letters of what is offline (XRootD)."""


def read_kind(found: Found, row: Row, cells: dict[str, Cell], link: Link) -> None:
    home = home_of(row, link)
    own = {*row.attributes.get("class", "").lower().split(), *link.attributes.get("class", "").lower().split()}
    texts = [cell.plain for cell in row.cells]
    icons = [icon for cell in row.cells for icon in cell.icons]
    read = [_read_icon(tuple(icon.items())) for icon in icons]
    found.icons = frozenset([said for said, _ in read if said])
    joined = " ".join(texts)[:200]
    permissions = _PERMISSIONS.search(joined) if any(map(joined.__contains__, _MODES)) else None
    # A word alone in a column of its own, a picture in the text.
    parts = [text for _, text in home.parts[:12] if text != found.shown] if home is not None else []
    word = any(sizes.is_folder_word(text) for text in (*texts, *parts) if text and len(text) < 24)
    shown = [*texts, *(text for _, text in link.inner[:4])]
    picture = next((mark for text in shown if not text.isascii() for mark in text[:4] if mark in _PICTURES), "")
    folder = bool(own & _FOLDER_CLASSES) or word or (picture != "" and picture in _FOLDER_PICTURES)
    drawn = any(said for icon, (_, said) in zip(icons, read, strict=True) if said and not _pictures(icon, found))
    file = bool(own & _FILE_CLASSES) or bool(picture) or drawn
    lead = home.before[-NEAR:].rstrip() if home is not None and home.lead else ""
    branch = lead.endswith(("──", "--")) and _BRANCH.search(lead) is not None
    # A type beside a bare name (`nurse`, full time) may be the type of anything.
    typed = "type" in cells and cells["type"].text and ("." in found.target.name or found.size_text)
    before = _MARK_BEFORE.search(lead) if lead.endswith(("]", ">")) and home and home.links[0] is link else None
    if before is None and (text := squeeze(link.text)) != found.shown and text.endswith(found.shown):
        before = MARK.match(text)
    if before is not None:
        folder |= before[0].strip().lower() == "[d]" or sizes.is_folder_word(before[0])
        file |= not folder
    # What a folder holds is said of it beside how much that is: `2024-02-10/ (143 files, 12.3 GB)`.
    bare = home is not None and (found.target.slash or "." not in found.target.name)
    held = pieces(home.after[:NEAR]) if home is not None and bare else []
    folder |= any(map(sizes.is_count, held)) and any(map(sizes.has_unit, held))
    found.fetched = any("download" in one.attributes and one.href == link.href for one in row.links)
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
    elif folder or (found.size_text and sizes.is_folder_word(found.size_text)):
        found.directory = found.marked = True
    elif permissions:
        found.directory = permissions[1] == "d"
    elif sizes.is_count(found.size_text):
        found.directory = found.marked = True
        found.size_text = "-"


def shows_folder(row: Row) -> bool:
    """Whether an icon of a row says that it is about a folder."""
    return any(_read_icon(tuple(icon.items()))[0] for cell in row.cells for icon in cell.icons)


ICON_CLASS = re.compile(r"(?i)(?:^|[^a-z])(?:icon|ico|fa|bi|mdi|glyphicon)(?![a-z])")
_FOLDER_PICTURES = "📁📂🗀🗁🗂"
_PICTURES = _FOLDER_PICTURES + "📄📃📝🗎🗋🎵🎶🎧🔊🎬🎥📹🎞📷🖼📦🗜📊📕📑💾"


def _pictures(icon: dict[str, str], found: Found) -> bool:
    """Whether a picture is of the row's own file (`thumb_IMG_1.jpg` beside `IMG_1.jpg`), and so no mark of a kind."""
    stem = found.target.name.rpartition(".")[0]
    source = unquote(icon.get("src") or icon.get("data-src") or "").partition("?")[0].rpartition("/")[2]
    return source.strip() == found.target.name or (len(stem) >= _STEM and stem in source)


_STEM = 4
"""Letters of a name that is told from the word of an icon (`doc`, `img`)."""


@lru_cache(1024)
def _read_icon(attributes: tuple[tuple[str, str], ...]) -> tuple[str, bool]:
    icon = dict(attributes)
    return _folder_icon(icon), _is_file_icon(icon)


def _is_file_icon(icon: dict[str, str]) -> bool:
    """Whether an icon, not a thumbnail, says that its row is a file."""
    picture = icon.get("src") or icon.get("data-src") or icon.get("alt") or ""
    if not picture and "class" in icon and ICON_CLASS.search(icon["class"]):
        picture = icon["class"]
    if _ALT_MARK.fullmatch(icon.get("alt", "")):
        picture += icon["alt"]
    return bool(picture) and _FILE_ICON.search(_ENDING.sub("", picture)) is not None


_ALT_MARK = re.compile(r"\[[A-Za-z ]{1,12}\]")
"""A mark of a kind that stands for an icon where it is not shown (`[FILE]`), whatever the icon is called."""
_ENDING = re.compile(r"(?i)\.(?:png|gif|jpe?g|svg|webp|ico|bmp|avif)(?![\w.])")
"""How the address of a picture ends: that it is a picture says nothing of what it stands for."""


def _folder_icon(icon: dict[str, str]) -> str:
    """What an icon says if it says folder; its picture is believed before its texts, often left alike."""
    picture = icon.get("src") or icon.get("data-src") or icon.get("xlink:href") or ""
    if picture and not _FOLDER_ICON.search(picture) and _FILE_ICON.search(picture):
        return ""
    for key, value in icon.items():
        if _FOLDER_ICON.search(value) and not _BACK_ICON.search(picture) and not _UP_ICON.search(value):
            return f"{key}={value}"
    return ""
