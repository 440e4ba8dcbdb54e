"""Files that a page offers to choose from: a form that is sent by GET leads to the chosen one as a link does."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final
from urllib.parse import quote_plus

from probes.recognise.listing.html.markup import Token
from probes.recognise.media.kinds import NO_DATA, kind_of_name

_UNASKED: Final = frozenset({"hidden", "submit", "button", "reset", "image"})
"""Inputs that ask a reader for nothing."""
_MOST: Final = 200
_LONGEST: Final = 512
_MOST_SAID: Final = 1024
"""Characters of what a form says besides: an address that is longer is asked for by nobody, and a page of hidden fields
is said once for each file."""


def chosen_files(tokens: Iterable[Token]) -> list[str]:
    """The addresses to which forms lead that ask for nothing but one file of data out of a list, as a browser sends
    them (HTML 4.10.22, method GET): in the order of the page, with what the form says besides. Linear time."""
    found: list[str] = []
    fields: list[tuple[str, str]] = []
    files: list[str] = []
    action = name = ""
    inside = asks = False
    for token in tokens:
        said = token.attributes if token.name in ("form", "select", "option", "input", "textarea") else {}
        if token.name == "form" and not token.closing:
            inside = said.get("method", "get").strip().lower() == "get"
            action, name, fields, files, asks = said.get("action", ""), "", [], [], False
        elif token.name == "form" and inside:
            asks = asks or sum(map(len, (action, name, *chain.from_iterable(fields)))) > _MOST_SAID
            if name and files and not asks and "?" not in action:
                found += [_sent(action, fields, name, one) for one in files]
            inside = False
        elif not inside or token.closing or len(found) >= _MOST:
            continue
        elif token.name == "select":
            asks, name = asks or bool(name) or "multiple" in said, said.get("name", "")
        elif token.name == "option" and len(files) < _MOST:
            value = said.get("value", "")
            if len(value) <= _LONGEST and kind_of_name(value) not in NO_DATA:
                files.append(value)
        elif token.name == "input" and said.get("type", "text").strip().lower() in _UNASKED:
            if said.get("type", "").strip().lower() == "hidden" and said.get("name"):
                fields.append((said["name"], said.get("value", "")))
        elif token.name in ("input", "textarea"):
            asks = True
    return found[:_MOST]


def _sent(action: str, fields: list[tuple[str, str]], name: str, value: str) -> str:
    pairs = (*fields, (name, value))
    return f"{action or ''}?" + "&".join(f"{quote_plus(key)}={quote_plus(one, safe='/')}" for key, one in pairs)
