"""Which links of a page lead to folders as far as the elements around them say so in their classes and attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.fields.place import Place
from probes.recognise.listing.html.markup import VOID, Token
from probes.recognise.listing.html.row.cells import link_of, rewritten

_CLASS: Final = re.compile(
    r"(?i)(?:(?:is|type|entry|item|row|node|card|tile|kind|entry-type|item-type|file-type)[-_]{0,2})?"
    r"(?:dir|directory|folder|subdir|subfolder)(?:[-_]{1,2}(?:item|entry|row|card|tile|node|link|box|cell))?"
)
"""A class of one folder, and of none of its parts (`folder-icon`, `folder-size`)."""
_CAMEL: Final = re.compile(
    r"[a-z]{2,12}(?:Dir|Folder|Directory)(?:Text|Item|Entry|Row|Link|Cell|Card|Tile)?(?:Container|Box|Wrapper)?"
)
"""The same in one word with capitals (`archiveDirText`)."""
_KIND: Final = re.compile(
    r"data-(?:(?:entry|item|file|node|row|object|fs|resource|tile|card)-?)?(?:type|kind)|data-is-?(?:dir|directory|folder)"
)
_FOLDER: Final = re.compile(r"(?i)d|dir|directory|folder|subdir|collection|inode/directory|httpd/unix-directory")
_YES: Final = frozenset({"true", "1", "yes"})
_NAMED: Final = re.compile(r"data-(?:dir|directory|folder|subdir)(?:-?(?:path|name|url|href|id))?")
_LABEL: Final = re.compile(
    r"(?i)(?:folder|directory|mapp|katalog|ordner|verzeichnis|dossier|carpeta|cartella|pasta|папка)(?:[:,]? .{1,255})?"
    r"|.{1,255}[,(–-] ?(?:folder|directory|mapp|katalog|ordner|verzeichnis|dossier|carpeta|cartella|pasta|папка)\)?"
)
_HINT: Final = re.compile(r"(?i)dir|folder|data-\w{0,10}-?(?:type|kind)|aria-label")
"""What a tag has that may say so: most have none of it, and their attributes are not read."""
_DEEPEST: Final = 200
_FAR: Final = 12


def says_folder(attributes: Mapping[str, str]) -> bool:
    """Whether an element says of itself that it is a folder: by a class, a kind, a path of one, or its label."""
    if any(_CLASS.fullmatch(one) or _CAMEL.fullmatch(one) for one in attributes.get("class", "")[:400].split()):
        return True
    for key, value in attributes.items():
        if key == "aria-label":
            if _LABEL.fullmatch(value.strip()):
                return True
        elif key.startswith("data-"):
            if _KIND.fullmatch(key):
                if (value.lower() in _YES) if "is" in key[5:7] else _FOLDER.fullmatch(value):
                    return True
            elif value and _NAMED.fullmatch(key) and value.lower() not in {"false", "0", "no"}:
                return True
    return False


def told_folders(tokens: list[Token], place: Place) -> frozenset[str]:
    """The paths of the links that stand alone in an element which says that it is a folder. An element around links
    to several things is what holds them all, and says nothing of them."""
    found: set[str] = set()
    opened: list[tuple[str, set[str] | None]] = []
    saying = 0
    for token in tokens:
        if not token.name:
            continue
        if token.closing:
            for at in range(len(opened) - 1, max(-1, len(opened) - _FAR), -1):
                if opened[at][0] == token.name:
                    for _, inside in opened[at:]:
                        if inside is not None:
                            saying -= 1
                            found |= inside if len(inside) == 1 else set()
                    del opened[at:]
                    break
            continue
        says = token.raw != "" and _HINT.search(token.raw) is not None and says_folder(token.attributes)
        if token.name in VOID or token.raw.endswith("/") or len(opened) >= _DEEPEST:
            continue
        opened.append((token.name, set() if says else None))
        saying += says
        if saying and (path := _leads(token, place)):
            for _, inside in opened:
                if inside is not None and len(inside) < 2:
                    inside.add(path)
    return frozenset(found)


def _leads(token: Token, place: Place) -> str:
    href = link_of(token.attributes) if token.name == "a" else rewritten(token.attributes)
    where = place.resolve(href) if href else None
    target = where if isinstance(where, Target) else where.target if where is not None else None
    return target.path if target is not None else ""
