"""Indexes that a script draws in the browser, with their rows as calls or JSON in the page and no link at all."""

from __future__ import annotations

import json
import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.fields.links import Target, quoted
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.structured.json_rows import objects, when

_STRING = r"'((?:[^'\\\n]|\\.){0,4096})'|\"((?:[^\"\\\n]|\\.){0,4096})\""
_CALL = re.compile(rf"(?:^|[;}}\s])_([df])\(\s*(?:{_STRING})\s*,", re.MULTILINE)
_ARGUMENT = re.compile(rf"\s*(?:{_STRING}|(-?\d{{1,20}}))\s*([,)])")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        said = match[1]
        return chr(int(said[1:], 16)) if len(said) > 1 else _PLAIN.get(said, said)

    return _ESCAPE.sub(one, text)


def _calls(page: Page) -> list[tuple[str, list[str]]]:
    found = []
    for script in page.scripts:
        for match in _CALL.finditer(script):
            position = match.start() + match[0].index("(") + 1
            arguments: list[str] = []
            while len(arguments) < 8:
                argument = _ARGUMENT.match(script, position)
                if argument is None:
                    break
                arguments.append(argument[3] or _unescaped(argument[1] or argument[2] or ""))
                position = argument.end()
                if argument[4] == ")":
                    break
            if len(arguments) >= 3:
                found.append((match[1], arguments))
    return found


def _marks(page: Page) -> tuple[str, ...]:
    defined = any("function _f(" in script and "function _d(" in script for script in page.scripts)
    return ("calls that draw a row for each folder and file",) if defined else ()


def _read(page: Page) -> Reading:
    reading = Reading(kind="data")
    for letter, arguments in _calls(page):
        folder = letter == "d"
        url = arguments[2] if folder else arguments[3] if len(arguments) > 3 else ""
        target = page.place.resolve(url, arguments[0])
        if not isinstance(target, Target):
            reading.foreign += 1
            continue
        found = Found(target, arguments[0], folder, size_text="-" if folder else arguments[1])
        if not folder:
            found.exact = sizes.exact(arguments[1])
        if not folder and len(arguments) > 4 and arguments[4].isdigit():
            found.modified = when(int(arguments[4]))
        else:
            found.stamp = find_date(arguments[1 if folder else 2])
        reading.found.append(found)
    return reading


_PCLOUD = re.compile(r"publinkData\s*=\s*(?=\{)")


def _pcloud(page: Page) -> list[dict[str, object]] | None:
    for script in page.scripts:
        match = _PCLOUD.search(script)
        if match:
            try:
                value, _ = json.JSONDecoder().raw_decode(script, match.end())
            except (ValueError, RecursionError):
                return None
            metadata = value.get("metadata") if isinstance(value, dict) else None
            return objects(metadata.get("contents")) if isinstance(metadata, dict) else None
    return None


def _read_pcloud(page: Page) -> Reading:
    reading = Reading(kind="data")
    base = page.place.path if page.place.path.endswith("/") else page.place.path + "/"
    for item in _pcloud(page) or []:
        name = item.get("name")
        if not isinstance(name, str) or not name or "/" in name:
            continue
        folder = item.get("isfolder") is True
        target = Target(name, base + quoted(name) + ("/" if folder else ""), page.place.own, folder)
        size = None if folder else sizes.exact(item.get("size"))
        reading.found.append(Found(target, name, folder, size_text="-", size=size, modified=when(item.get("modified"))))
    return reading


CALLS = Family("php file repository", _marks, _read, empty=lambda page: not _calls(page))
PCLOUD = Family(
    "pcloud",
    lambda page: ("pCloud's share with its contents",) if _pcloud(page) is not None else (),
    _read_pcloud,
    empty=lambda page: True,
)
