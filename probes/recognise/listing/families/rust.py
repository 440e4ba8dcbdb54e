"""The Rust servers: miniserve and its classes, dufs and the data in its page, simple-http-server."""

from __future__ import annotations

import base64
import binascii
import json
import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Target, quoted
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.structured.json_rows import when

_DUFS = re.compile(r'id="?index-data"?[^>]{0,100}>([A-Za-z0-9+/=\s]{8,})<|__DATA__\s*=\s*(\{)')


def _miniserve(page: Page) -> tuple[str, ...]:
    classes = page.classes
    if {"entry-type-directory", "entry-type-file"} & classes or {"size-cell", "date-cell"} <= classes:
        return ("rows in miniserve's classes",)
    if "date-cell" in classes and {"file", "directory"} & classes:
        return ("rows in miniserve's classes",)
    return ()


def _data(page: Page) -> dict[str, object] | None:
    match = _DUFS.search(page.text)
    if match is None:
        return None
    try:
        if match[1]:
            value = json.loads(base64.b64decode(match[1]))
        else:
            value, _ = json.JSONDecoder().raw_decode(page.text, match.start(2))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("paths"), list) else None


def _dufs(page: Page) -> tuple[str, ...]:
    value = _data(page)
    if value is None or value.get("kind", "Index") != "Index":
        return ()
    return ("dufs' index data in the page",)


def _read_dufs(page: Page) -> Reading:
    reading = Reading(kind="data")
    value = _data(page) or {}
    paths = value.get("paths")
    for item in paths if isinstance(paths, list) else []:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            continue
        name = item["name"]
        folder = str(item.get("path_type", "")).endswith("Dir")
        if not name or "/" in name:
            continue
        base = page.place.path if page.place.path.endswith("/") else page.place.path + "/"
        target = Target(name, base + quoted(name) + ("/" if folder else ""), page.place.own, folder)
        size = None if folder else sizes.exact(item.get("size"))
        reading.found.append(Found(target, name, folder, size_text="-", size=size, modified=when(item.get("mtime"))))
    return reading


MINISERVE = Family("miniserve", _miniserve, empty=lambda page: "size-cell" in page.classes or "listing" in page.classes)
DUFS = Family("dufs", _dufs, _read_dufs, empty=lambda page: True)
