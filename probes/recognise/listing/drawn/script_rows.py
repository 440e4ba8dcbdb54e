"""Rows that a script draws in the browser, of any making: from literals, JSON, attributes and written markup."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote

from probes.recognise.listing.drawn.unlinked_rows import read_unlinked
from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.fields.sizes import find_size, has_unit, with_unit
from probes.recognise.listing.html.markup import Token, squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing, Strength
from probes.recognise.listing.structured.fields_of_rows import Row, has_extension, role_of
from probes.recognise.listing.structured.groups import FOLDER
from probes.recognise.listing.structured.literals import DELIMITED, LONGEST, Literal, literals
from probes.recognise.listing.structured.records import best_listing
from probes.recognise.listing.structured.text_listing import numbered_rows
from probes.recognise.media.kinds import DATA, kind_of_name

FAMILY: Final = "drawn by script"
_LEAST_ATTRIBUTE = 16
_LITTLE_TEXT = 120
"""Characters of the title, heading and buttons of a page that shows nothing but its list."""
_MOST_LIBRARY = 400
"""Groups of calls beyond this are a library's, not a page's."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{40,}={0,2}\s*")
_SET: Final = re.compile(r"[\w.$]{1,60}\s{0,4}[=(]\s{0,4}[\[{]")
_ROW_MARKUP: Final = re.compile(r"<(?:a|tr|td|li)\b", re.IGNORECASE)
_MARKUP_SINK: Final = re.compile(
    r"(?:^|\.)(?:write|writeln|innerHTML|outerHTML|append|html|insertAdjacentHTML|prepend)$"
)
_NO_ROWS: Final = frozenset({"$", "jQuery", "require", "import", "define", "addEventListener", "querySelector", "gtag"})
_ESCAPED: Final = re.compile(r"(?=[^%]{0,255}%)(?:[\w.~!'()*-]|%[0-9A-Fa-f]{2}){1,1024}", re.ASCII)
"""A name as an address writes it: nothing in it needs to be escaped any more."""
_DATA: Final = re.compile(r"data-(?!toggle|target|dismiss|bs-|v-|react|index|row)[\w-]{1,40}$")


def read_drawn(page: Page) -> Listing | None:
    """The listing that the page's scripts, elements or attributes hold as data; None where none of it is rows of files.

    Nothing is run: what a script computes or fetches stays unknown. Total, linear time.
    """
    found: list[Literal] = []
    budget = LONGEST
    for script in page.scripts:
        if budget > 0 and len(script) > 8:
            found += literals(script[:budget])
            budget -= len(script)
    candidates = [
        (_script_values(found), "literals of a script, from which it draws rows"),
        (_json_elements(page), "JSON in an element or attribute of the page, from which a script draws rows"),
        (_elements(page), "elements that carry name, size or kind as attributes"),
        (_chosen(page), "a list of files to choose from"),
        (_forms(page), "forms that each ask for a file that they name"),
        (_said(page), "what is said of numbered files"),
    ]
    listings = [one for values, where in candidates if values and (one := best_listing(page, values, FAMILY, where))]
    # What a page that says nothing draws from paths of recordings or documents, and nothing else, it is a list of.
    listings = [
        replace(one, strength=Strength.LIKELY)
        if one.strength is Strength.WEAK and len(one.entries) > 1 and page.text_length <= _LITTLE_TEXT
        and all(kind_of_name(entry.name) in DATA for entry in one.entries)
        else one
        for one in listings
    ]  # fmt: skip
    if (unlinked := read_unlinked(page, FAMILY)) is not None:
        listings.append(unlinked)
    return max(listings, key=lambda one: (one.claimed, len(one.entries)), default=None)


def written_markup(page: Page) -> str:
    """The markup that scripts of the page write from constant texts: `document.write('<tr>')`, `innerHTML = '...'`."""
    parts: list[str] = []
    for script in page.scripts:
        if _ROW_MARKUP.search(script):
            for one in literals(script[:LONGEST]):
                values = one.value if isinstance(one.value, list) else [one.value]
                if one.how == "item" or _MARKUP_SINK.search(one.name):
                    parts += [text for text in values if isinstance(text, str) and "<" in text]
    return "\n".join(parts)


def _script_values(found: list[Literal]) -> list[object]:
    """Values as they were assigned, and those that were appended to one name or handed to one function, together."""
    values: list[object] = []
    together: dict[tuple[str, str], list[object]] = defaultdict(list)
    folders: list[str] = []
    for one in found:
        if one.how == "value":
            values.append(_lines(one.value) if isinstance(one.value, str) else one.value)
        elif one.how == "item":
            together[one.how, one.name].append(one.value)
        elif one.name.rpartition(".")[2] not in _NO_ROWS and isinstance(one.value, list):
            # A call of one object is a set-up that may hold the rows; of several scalars it is itself a row.
            scalars = [part for part in one.value if not isinstance(part, list | dict)]
            if len(scalars) >= 2:
                together[one.how, one.name].append(scalars)
            elif _DRAWS_FOLDER.fullmatch(one.name) and isinstance(_first(scalars), str) and _plain(scalars[0]):
                folders.append(str(scalars[0]).rstrip("/"))
            values += [part for part in one.value if isinstance(part, list | dict) and part]
            values += [part.splitlines() for part in one.value if isinstance(part, str) and part.count("\n") >= 2]
            objects = [part for part in one.value if isinstance(part, dict)]
            if objects:
                together["objects", one.name].append(objects[0])
    # A function for each folder, beside one for each file with its size: `_d('2024')`, `_f('a.csv', 812)`.
    calls = [rows for (how, _), rows in together.items() if how == "call" and has_extension(str(_first(rows[0])))]
    if folders and calls:
        most = max(calls, key=len)
        width = len(most[0]) if isinstance(most[0], list) else 1
        most += [[f"{one}/", *[""] * (min(width, _MOST_FIELDS) - 1)] for one in folders]
    appended = list(together.values())[:_MOST_LIBRARY]
    return values + appended + _parallel(values + appended)


_DRAWS_FOLDER: Final = re.compile(r"(?i)_?d|(?:[a-z]{1,12}_?)?(?:dir|folder|directory)")
"""A function called after the folders that it draws: `_d`, `addDir`, `row_folder`."""


def _first(values: object) -> object:
    return values[0] if isinstance(values, list) and values else None


def _plain(value: object) -> bool:
    """Whether a value may be the name of one folder."""
    text = str(value).rstrip("/")
    return text not in {"", ".", ".."} and "/" not in text and len(text) < _LONGEST_NAME


_LONGEST_NAME: Final = 256


def _lines(text: str) -> list[str]:
    """The lines of a text, or a text of JSON as it is."""
    if DELIMITED.match(text):
        return [one for one in text.split(";") if one]
    return [text] if text[:1] in ("[", "{") else text.splitlines()


def _parallel(values: list[object]) -> list[object]:
    """Arrays of one length, of which one holds names: field after field of the same rows."""
    flat: dict[int, list[list[object]]] = defaultdict(list)
    for value in values:
        if isinstance(value, list) and len(value) > 1 and not any(isinstance(one, list | dict) for one in value):
            flat[len(value)].append(value)
    found: list[object] = []
    for length, columns in flat.items():
        if 2 <= len(columns) <= 12 and any(all(has_extension(str(one)) for one in column) for column in columns):
            found.append([[column[at] for column in columns] for at in range(length)])
    return found


def _json_elements(page: Page) -> list[object]:
    """JSON in `<script type="application/json">` and other unshown elements, and in attributes, plain or as base64."""
    values: list[object] = []
    previous: Token | None = None
    for token in page.all_tokens:
        if token.name:
            previous = token
            if (
                not token.closing
                and len(token.raw) > _LEAST_ATTRIBUTE
                and ("[" in token.raw or "{" in token.raw or "==" in token.raw)
            ):
                values += [one for text in token.attributes.values() if (one := _loaded(text)) is not None]
        elif previous is not None and previous.name in {"script", "template", "textarea", "noscript", "div", "pre"}:
            start = token.raw.lstrip()[:1]
            if (previous.name == "script") == ("json" in previous.raw or "text/" in previous.raw) and start in (
                "[",
                "{",
            ):
                value = _loaded(token.raw)
                values += [] if value is None else [value]
    return values


def _loaded(text: str) -> object | None:
    text = text.strip()
    if _SET.match(text):
        # `ng-init="files=[...]"` and its like: statements.
        return [one.value for one in literals(text) if isinstance(one.value, list | dict)] or None
    if len(text) < _LEAST_ATTRIBUTE or len(text) > LONGEST:
        return None
    if text[0] not in "[{" and _BASE64.fullmatch(text):
        try:
            text = base64.b64decode(text).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
    if text[:1] not in ("[", "{"):
        return None
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        # An attribute of Vue or Alpine holds an expression of JavaScript, with single quotes and bare keys.
        read = literals(f"({text})")
        return read[0].value if read else None
    return value if isinstance(value, list | dict) else None


def _chosen(page: Page) -> list[object]:
    """The options of a form that are names of files, with the size that their text may say."""
    rows: list[Row] = []
    run = iter(page.all_tokens)
    for token in run:
        if token.name == "option" and not token.closing:
            value = token.attributes.get("value", "")
            following = next(run, None)
            text = squeeze(following.text) if following is not None and not following.name else ""
            name = value or text
            folder = len(name) > 1 and name.endswith("/")
            if not has_extension(name) and not folder:
                continue
            said = find_size(text[len(name) :]) if text.startswith(name) else None
            size = said and text[len(name) :].strip(" ()-,")
            rows.append({"name": name.rstrip("/").rsplit("/", 1)[-1], "size": size, FOLDER: folder})
    if not any(row[FOLDER] for row in rows):
        for row in rows:
            del row[FOLDER]
    return [rows] if len(rows) > 1 and any(has_extension(str(row["name"])) for row in rows) else []


def _forms(page: Page) -> list[object]:
    """Forms that each lead to one file: by their address, or by a field that holds its name."""
    rows: list[Row] = []
    texts: list[str] = []
    here = 0
    action, fields, posts = "", dict[str, str](), False
    for token in page.all_tokens:
        if token.name in {"tr", "li"}:
            if len(rows) - here == 1:
                # What else stands in the row of one form is said of its file.
                rows[-1]["size"] = next((text for text in texts if has_unit(text)), None)
            texts, here = [], len(rows)
        elif not token.name and len(texts) < _MOST_FIELDS and len(token.raw) <= _LONGEST_MEASURE:
            texts.append(squeeze(token.text))
        elif token.name == "form":
            if token.closing and (row := _form(action, fields, posts)) is not None:
                rows.append(row)
            attributes = {} if token.closing else token.attributes
            action, fields, posts = attributes.get("action", ""), {}, attributes.get("method", "").lower() == "post"
        elif token.name in {"input", "button"} and not token.closing and len(fields) < _MOST_FIELDS:
            fields.setdefault(token.attributes.get("name", ""), token.attributes.get("value", ""))
    return [rows] if len({str(row["name"]) for row in rows}) > 1 else []


_MOST_FIELDS: Final = 12


def _form(action: str, fields: dict[str, str], posts: bool) -> Row | None:
    """The file that a form leads to; None where it leads to none, or to one of several."""
    last = action.partition("?")[0].rstrip("/").rpartition("/")[2]
    if kind_of_name(last) in DATA:
        return {"name": unquote(last), "href": action, FOLDER: False}
    named = [(key, value) for key, value in fields.items() if key and kind_of_name(value) in DATA]
    if len(named) != 1:
        return None
    key, value = named[0]
    row: Row = {"name": value.rpartition("/")[2], FOLDER: False}
    # What a form sends by POST is not asked for: the file may lie beside the page.
    return row if posts or "?" in action else {**row, "href": f"{action}?{quote(key)}={quote(value)}"}


def _said(page: Page) -> list[object]:
    """What a page without a link says of numbered files in its text."""
    if page.links or not _FIRST.search(page.text[:_EARLY]):
        return []
    rows = numbered_rows("\n".join(token.text for token in page.tokens if not token.name))
    return [rows] if len(rows) > 1 else []


_EARLY: Final = 1 << 16
_FIRST: Final = re.compile(r"(?i)\b(?:file_?)?name_?\[?[01]\]?=")


def _say_more(text: Token, inside: dict[str, tuple[Row, int]]) -> None:
    """Adds the size or the date that a text tells to the elements that it stands in and that carry none."""
    if not inside or len(text.raw) > _LONGEST_MEASURE or not any(map(str.isdigit, text.raw)):
        return
    said = squeeze(text.text)
    told = {"size": with_unit(said) if has_unit(said) or _MEASURED.match(said) else "", "date": ""}
    told["date"] = said if find_date(said) is not None else ""
    for row, _ in inside.values():
        for key, value in told.items():
            if value and not any(role_of(one) == key for one in row):
                row[key] = value


_LONGEST_MEASURE: Final = 60
_MEASURED: Final = re.compile(r"(?:[^\W\d_]{2,20}\s?: ?)?[\d(]")
"""How a text begins that tells a size, with others or without: `Size: 1.4 MB`, `1.4 MB · 2024-11-03`."""


def _elements(page: Page) -> list[object]:
    """Elements of one name that carry the same `data-` attributes, each as a row of these."""
    rows: dict[tuple[str, tuple[str, ...]], list[Row]] = defaultdict(list)
    inside: dict[str, tuple[Row, int]] = {}
    for token in page.all_tokens:
        if not token.name:
            _say_more(token, inside)
            continue
        if token.name in inside:
            around, deep = inside.pop(token.name)
            if deep := deep + (-1 if token.closing else 1):
                inside[token.name] = around, deep
        if not token.closing and "data-" in token.raw:
            attributes = token.attributes
            row: Row = {
                key[5:]: unquote(value) if _ESCAPED.fullmatch(value) else value
                for key, value in attributes.items()
                if _DATA.match(key)
            }
            if not row:
                continue
            if "href" in attributes:
                row.setdefault("href", attributes["href"])
            rows[token.name, tuple(sorted(row))].append(row)
            inside[token.name] = row, 1
    merged: dict[str, list[Row]] = defaultdict(list)
    for (name, keys), some in rows.items():
        if len(keys) >= 2:
            merged[name] += some
    return [*merged.values()]
