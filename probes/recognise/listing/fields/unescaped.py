"""Names that a page writes into its links as they are, with `#`, `?`, `&` or a quote, and shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from probes.recognise.listing.fields.links import quoted
from probes.recognise.listing.html.markup import squeeze

ENDING = re.compile(r"\.(?=\w*[A-Za-z])\w{1,5}$")
"""How a name that a page shows ends, where it is that of a file."""


def unescaped(href: str, shown: str, raw: bool) -> str:
    """`href` with the name escaped that its page writes into it as it is and shows: with `#`, `?`, or `&` of a query,
    or up to the quote that ends the attribute. Empty where nothing needs it; scripts that print names write so."""
    name = shown.rstrip("/")
    if name and not name[0].isascii() and not name[0].isalnum():
        name = name[1:].lstrip("\ufe0f ")  # a picture before it
    if "/" in name:
        return ""
    tail = href.rpartition("/")[2]
    whole = href.rstrip("/").endswith(name)
    if not whole and shown[len(tail) : len(tail) + 1] in {"'", '"'} and shown.startswith(tail):
        folder = shown.endswith("/") and not tail.endswith("/")
        return href[: len(href) - len(tail)] + quoted(shown) if ENDING.search(shown) or folder else ""
    if not (mark := _RAW_MARK.search(name)):
        return ""
    at = href.find(mark[0])
    for _ in range(_MOST_ENDS):
        start = max(href.rfind("/", 0, at), href.rfind("=", 0, at)) + 1
        if at < 0 or _plainly(href[start:at]) == name[: mark.start()].rstrip():
            break
        at = href.find(mark[0], at + 1)
    else:
        return ""
    asked = "=" in href[start - 1 : start]
    raw |= "%" in href[start:at]  # JavaScript's `encodeURI` escapes names, and leaves `#`
    if at < 0 or (mark[0] == "&" and not asked):
        return ""
    for end in _ends(href, at + 1):
        if _plainly(href[start:end]) == name:
            if not (ENDING.search(name) or href[end : end + 1] == "/"):
                return ""
            if mark[0] == "#" and (not (raw or asked or "?" in href[end:]) or _PAGE_END.search(href[:at])):
                # A part of a page (`manual.html#part.one`): what follows `#` is not asked for.
                return ""
            escaped = href[start:end].replace("#", "%23").replace("?", "%3F")
            return href[:start] + (escaped.replace("&", "%26") if asked else escaped) + href[end:]
    return ""


_RAW_MARK = re.compile("[#?&]")
_PAGE_END = re.compile(r"(?i)\.(?:[sx]?html?|php\d?|aspx?|jspx?)$")
_MOST_ENDS = 8


def _ends(href: str, start: int) -> Iterator[int]:
    """Where a name in a link may end: at the end of all, or before what parts a path or a query."""
    for found, _ in zip(_PARTING.finditer(href, start), range(_MOST_ENDS), strict=False):
        yield found.start()


_PARTING = re.compile(r"[&?/#]|$")


def _plainly(text: str) -> str:
    return squeeze(unquote(text) if "%" in text else text)
