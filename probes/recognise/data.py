"""Listings as JSON, each dialect known by the keys of its rows and never by the mere fact of an array."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime

from probes.recognise import dates, sizes
from probes.recognise.links import Target, quoted, segments
from probes.recognise.listing import Entry, Kind, Listing, Modified, NoListing
from probes.recognise.page import Page
from probes.recognise.verdict import CUT

Object = dict[str, object]
MAX_ENTRIES = 2_000_000


def read_data(page: Page) -> Listing | NoListing:
    """The listing that a JSON body is, or why it is none. Raises nothing: nesting and numbers are bounded."""
    text = page.text.strip()
    if text.endswith(")") or text.endswith(");"):
        opened = text.find("(")
        if 0 <= opened < 128:
            text = text[opened + 1 : text.rfind(")")].strip()
    value, whole = load(text)
    if value is None:
        return NoListing("the body begins like JSON and is none")
    whole = whole and page.whole
    for dialect in DIALECTS:
        listing = dialect(page, value)
        if listing is not None:
            if not whole and not listing.partial:
                listing = Listing(listing.family, listing.entries, CUT, listing.reasons)
            return listing
    return NoListing("JSON, but not rows of a known dialect of directory listings")


def load(text: str) -> tuple[object, bool]:
    """The JSON value of `text`, and whether it is whole: of an array that was cut, the items that are complete."""
    try:
        return json.loads(text), True
    except (ValueError, RecursionError):
        pass
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
    if page.place.script:
        base = page.place.folder
    end = "/" if kind is Kind.DIRECTORY else ""
    return Entry(bare, base + quoted(bare) + end, kind, sizes.exact(size) if kind is Kind.FILE else None, when)


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


def _made(
    page: Page, family: str, rows: list[Object], make: Callable[[Object], Entry | None], mark: str, partial: str = ""
) -> Listing | None:
    made = [make(row) for row in rows[:MAX_ENTRIES]]
    entries = {entry.path: entry for entry in made if entry is not None}
    if rows and len(entries) * 10 < len(rows) * 9 - 20:
        return None
    said = (mark, f"{len(entries)} of {len(rows)} rows name direct children")
    return Listing(family, tuple(entries.values()), partial or ("paged" if len(rows) > MAX_ENTRIES else ""), said)


def _has(rows: list[Object], keys: str) -> bool:
    return bool(rows) and all(set(keys.split()) <= row.keys() for row in rows)


def _nginx(page: Page, value: object) -> Listing | None:
    rows = objects(value)
    if rows is None:
        return None
    if not rows:
        # nginx and Caddy write an empty folder so; an API may as well, so the server must say who it is.
        if re.match(r"^(?:nginx|caddy|openresty|tengine|angie)\b", page.server):
            return Listing(page.server.split("/")[0], (), "", ("an empty array from a server that lists folders so",))
        return None
    if not _has(rows, "name type mtime") or not all(row["type"] in {"file", "directory", "other"} for row in rows):
        return None

    def make(row: Object) -> Entry | None:
        kind = Kind.DIRECTORY if row["type"] == "directory" else Kind.FILE
        return child(page, str(row["name"]), kind, row.get("size"), when(row["mtime"]))

    return _made(page, "nginx", rows, make, "an array of name, type, mtime and size, as nginx writes it")


def _caddy(page: Page, value: object) -> Listing | None:
    if isinstance(value, dict) and "items" in value and "num_dirs" in value:
        value = value["items"]
    rows = objects(value)
    if not rows:
        return None
    lowered = [{key.lower().replace("_", ""): item for key, item in row.items()} for row in rows]
    if not _has(lowered, "name size url modtime mode isdir"):
        return None

    def make(row: Object) -> Entry | None:
        target = page.place.resolve(str(row["url"]))
        if not isinstance(target, Target):
            return None
        kind = Kind.DIRECTORY if row["isdir"] is True else Kind.FILE
        return Entry(
            target.name, target.path, kind, sizes.exact(row["size"]) if kind is Kind.FILE else None, when(row["modtime"])
        )

    return _made(page, "caddy", lowered, make, "an array of name, size, url, mod_time, mode and is_dir, as Caddy writes it")


DIALECTS: tuple[Callable[[Page, object], Listing | None], ...] = (_nginx, _caddy)
