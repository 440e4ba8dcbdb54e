"""What a link is to, where the page that it leads to is about one folder or one file that it names."""

from __future__ import annotations

import re
from dataclasses import replace

from probes.recognise.listing.fields.links import (
    Elsewhere,
    Target,
    to_text,
)
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.listing.fields.unescaped import ENDING
from probes.recognise.listing.html.markup import squeeze

INDEX_PAGE = re.compile(r"(?i)(?:index|default|catalog|contents|listing|home)\.(?:[sx]?html?|php|aspx?)")
_MANAGED = re.compile(r"(?i)(?:manage|edit|browse|view|show|open|list|folder)_[a-z_]{2,30}")
"""A page about what stands before it in a path (`2024/manage_workspace`)."""
_VIEWED = re.compile(r"(?i)view|details?|preview|show|open|download|raw|file_view|\*view\*|index\.html")
_VIEW_END = re.compile(r"(?i)\.(?:html?|php|aspx|jsp|view)")


def meant(where: Target | Elsewhere, shown: str) -> Target | Elsewhere:
    """What a link is to, where the page that it leads to is about one folder or one file that it names."""
    if isinstance(where, Elsewhere):
        if where.target is None or where.why != "away":
            return where
        return Elsewhere("away", _file_of_page(_as_shown(where.target, shown), shown))
    return _file_of_page(_folder_of_page(_as_shown(where, shown), shown), shown)


def _as_shown(where: Target, shown: str) -> Target:
    """The file where a program writes a link as it would a query, with `+` for a blank, and shows the blank."""
    if "+" not in where.name or " " not in shown:
        return where
    name = where.name.replace("+", " ")
    return replace(where, name=name) if squeeze(name) == shown.strip().rstrip("/") else where


def _file_of_page(where: Target, shown: str) -> Target:
    """The file where a link leads to a page about it (`a.pdf/view`, `a.nc.html`) and shows the file."""
    if not where.parent or "." not in shown or spells(shown, where.name) or "?" in where.path:
        return where
    if (_VIEWED.fullmatch(where.name) or _MANAGED.fullmatch(where.name)) and spells(shown, to_text(where.parent[-1])):
        path = where.path.rstrip("/").rpartition("/")[0]
        return Target(to_text(where.parent[-1]), path, where.parent[:-1], False)
    end = _VIEW_END.fullmatch(where.name[len(shown) :]) if where.name.startswith(shown) else None
    if end is not None and ENDING.search(shown):
        return Target(shown, where.path[: -len(end[0])], where.parent, False)
    return where


def _folder_of_page(where: Target, shown: str) -> Target:
    """The folder where a link leads to the index page inside it and shows the folder (`2024/index.html`, `2024`)."""
    if not where.parent or spells(shown, where.name):
        return where
    folder = to_text(where.parent[-1])
    if spells(shown, folder) and _MANAGED.fullmatch(where.name) and "." not in shown:
        return Target(folder, where.path[: where.path.rstrip("/").rfind("/") + 1], where.parent[:-1], True)
    if INDEX_PAGE.fullmatch(where.name) is None or not spells(shown, folder):
        return where
    return Target(folder, where.path, where.parent[:-1], True)
