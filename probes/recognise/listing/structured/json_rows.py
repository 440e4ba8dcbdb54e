"""JSON that may be a listing: read without harm, its rows made into entries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime

from probes.recognise.listing.fields import dates, sizes
from probes.recognise.listing.fields.links import quoted, to_bytes, to_text
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size

Object = dict[str, object]
MAX_ENTRIES = 2_000_000


def load(text: str) -> tuple[object, bool]:
    """The JSON value of `text`, and whether it is whole: of an array that was cut, the items that are complete."""
    try:
        return json.loads(text), True
    except (ValueError, RecursionError):
        pass
    if text.startswith("{") and len(several := _lines(text)) >= 2:
        return several, True
    start = text.find("[")
    if not 0 <= start < 4096 or (start > 0 and not text.startswith("{")):
        return None, False
    items: list[object] = []
    decoder = json.JSONDecoder()
    position = start + 1
    spaces = re.compile(r"[\s,]*+")
    try:
        while len(items) < MAX_ENTRIES:
            match = spaces.match(text, position)
            position = match.end() if match else position
            item, position = decoder.raw_decode(text, position)
            items.append(item)
    except (ValueError, RecursionError):
        pass
    if not items:
        return None, False
    if start == 0:
        return items, False
    key = re.search(r'"([^"\\]{1,64})"\s*:\s*$', text[:start])
    return ({key[1]: items} if key else None), False


def _lines(text: str) -> list[object]:
    """JSON values one after the other, as JSON lines are; nothing where the text is anything else."""
    items: list[object] = []
    decoder = json.JSONDecoder()
    at = 0
    try:
        while at < len(text) and len(items) < MAX_ENTRIES:
            item, at = decoder.raw_decode(text, at)
            items.append(item)
            at += len(text[at : at + 64]) - len(text[at : at + 64].lstrip())
    except (ValueError, RecursionError):
        return []
    return items


def objects(value: object) -> list[Object] | None:
    """`value` as rows, when it is an array of objects."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return value


def child(page: Page, name: str, kind: Kind, size: object = None, when: Modified | None = None) -> Entry | None:
    """The entry for a bare name of a dialect, or None where the name is no name."""
    bare = name[:-1] if name.endswith("/") else name
    if not bare or bare in {".", ".."} or "/" in bare or "\x00" in bare:
        return None
    path = page.place.path
    base = path if path.endswith("/") or page.place.script else path + "/"
    if page.place.script or page.place.document:
        base = page.place.folder
    end = "/" if kind is Kind.DIRECTORY else ""
    shown = bare if bare.isascii() else to_text(to_bytes(bare))
    if kind is not Kind.FILE:
        size = None
    elif not isinstance(size, Size):
        size = sizes.exact(size)
    return Entry(shown, base + quoted(bare) + end, kind, size, when)


def when(value: object) -> Modified | None:
    """A time as JSON dialects write it: ISO 8601, RFC 1123, seconds or milliseconds since 1970."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return dates.at(moment.timestamp())
        except (ValueError, OverflowError):
            pass
        return dates.read_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e14:
        return dates.at(value / 1000 if value > 1e11 else value)
    return None


def made(
    page: Page, family: str, rows: list[Object], make: Callable[[Object], Entry | None], mark: str, partial: str = ""
) -> Listing | None:
    """The listing that a dialect's rows make, or None when too few of them name children of the path asked for."""
    made = [make(row) for row in rows[:MAX_ENTRIES]]
    entries = {entry.path: entry for entry in made if entry is not None}
    if rows and len(entries) * 10 < len(rows) * 9 - 20:
        return None
    said = (mark, f"{len(entries)} of {len(rows)} rows name direct children")
    return Listing(family, tuple(entries.values()), partial or ("paged" if len(rows) > MAX_ENTRIES else ""), said)


def has(rows: list[Object], keys: str) -> bool:
    """Whether there are rows and every one has all these keys."""
    return bool(rows) and all(set(keys.split()) <= row.keys() for row in rows)
