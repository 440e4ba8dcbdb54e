"""Tables that name files without a link: a button asks a script for each, or nothing does and the names stand open."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from probes.recognise.listing.fields.columns import by_role, header, unit_of
from probes.recognise.listing.fields.dates import find_date
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.fields.sizes import has_unit, is_folder_word, looks_like_size, tidy
from probes.recognise.listing.html.folders import says_folder
from probes.recognise.listing.html.markup import Token
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.cells import NAMED_BY, Block, Row, told_by
from probes.recognise.listing.model import Listing, Strength
from probes.recognise.listing.points import opens
from probes.recognise.listing.structured.fields_of_rows import Row as DataRow
from probes.recognise.listing.structured.fields_of_rows import has_extension
from probes.recognise.listing.structured.groups import FOLDER
from probes.recognise.listing.structured.records import best_listing
from probes.recognise.media.kinds import DATA, kind_of_name

_CLICK: Final = re.compile(r"^\s*(?:javascript:)?\s*(?:return\s+)?[\w.$]+\((.{1,2000})\)\s*;?", re.DOTALL)
_QUOTED: Final = re.compile(r"['\"]([^'\"]{1,255})['\"]")
_FOLDER_ASKED: Final = re.compile(r"""\s*(?:this\s*,\s*)?['"](?:\./)?([^'"/\\?#:.]{1,200})/['"]\s*""")
"""A folder below the page as all that a function is handed."""
_MODE: Final = re.compile(r"[-dl](?:[r-][w-][xsS-]){2}[r-][w-][xtT-][.+@]?")
"""Permissions as `ls -l` writes them."""
_UNIT: Final = re.compile(r"(?<![\w.,])\d[\d.,]{0,12} ?(?:[KMGTkmgt]i?B|[Bb]ytes|[KMG])\b")
_NAMED: Final = re.compile(r"\S\.[A-Za-z][A-Za-z0-9]{1,4}(?![\w.])")
_MUCH_TEXT: Final = 600


def read_unlinked(page: Page, family: str) -> Listing | None:
    """The table of the page whose rows name files, dated or sized, and link to none of them; None without such a table.

    Where no click asks for a file and the page says much beside its table, that is worth trying and no more.
    """
    asked = _asks_by_name(page)
    found: list[Listing] = []
    for block in page.blocks:
        rows = _rows(block)
        if rows and (asked or len(rows) > 1):
            one = best_listing(page, [rows], family, "a table that names files and links to none of them")
            if one is not None:
                shown = sum(len(cell.text) for row in block.rows for cell in row.cells)
                alone = asked or (_text_length(page) - shown <= _MUCH_TEXT and _announced(page, block, rows))
                found.append(one if alone else replace(one, strength=Strength.WEAK))
    if not any(one.claimed for one in found) and (rows := _told(page)):
        one = best_listing(page, [rows], family, "elements whose click or data names a file")
        if one is not None:
            # A table of the same names knows more of them.
            names = {entry.name for entry in one.entries}
            same = (other for other in found if names <= {entry.name for entry in other.entries})
            found.append(next((replace(other, strength=one.strength) for other in same), one))
    return max(found, key=lambda one: (one.claimed, len(one.entries)), default=None)


def _rows(block: Block) -> list[object]:
    """The rows by the roles that their header gives them, else by position; nothing where they link somewhere."""
    rows: list[object] = []
    roles: dict[int, str] | None = None
    unit = ""
    for at, row in enumerate(block.rows):
        # Above the header a row over all columns may name the table.
        first = row.header or at == 0 or (at == 1 and len(block.rows[0].cells) == 1)
        if roles is None and first and (roles := header(row)) is not None:
            unit = unit_of(row, roles)
            continue
        if row.header or _links(row):
            continue
        if roles and "name" in roles.values():
            cells = {role: cell.text for role, cell in by_role(row, roles).items()}
            if unit and (size := tidy(cells.get("size", ""))) and looks_like_size(size) and not has_unit(size):
                cells["size"] = f"{size} {unit}"
            name, kind = cells.get("name", ""), cells.get("type", "")
            mode = next((cell.text[:1] for cell in row.cells if _MODE.fullmatch(cell.text)), "")
            if mode == "d" and name:
                rows.append({**cells, "name": f"{name.rstrip('/')}/"})
            elif mode or has_extension(name) or is_folder_word(kind or cells.get("size", "")):
                rows.append(cells)
            elif name and _folder_asked(row.attributes.get("onclick", "")) == name:
                rows.append({**cells, "name": f"{name}/"})
        elif not roles and len(row.cells) >= 2:
            rows.append([cell.text[:256] for cell in row.cells])
    named = any(has_extension(text) for row in rows if isinstance(row, list) for text in row)
    return rows if roles or named else []


def _announced(page: Page, block: Block, rows: list[object]) -> bool:
    """Whether the page says that a table without links is its folder: its title does, or a column of kinds. Links to
    nowhere that no script can act on are of a picture of a listing."""
    acts = bool(page.scripts) or any(token.name == "script" for token in page.all_tokens)
    if not acts and any(row.links for row in block.rows):
        return False
    typed = all(isinstance(row, dict) and row.get("type") for row in rows)
    return page.names_path or opens(page) or typed


def _links(row: Row) -> bool:
    return any(not link.href.lower().startswith(("#", "javascript")) for link in row.links if link.href)


def _asks_by_name(page: Page) -> bool:
    """Whether elements of the page hand a name with an extension to a function when clicked."""
    for token in page.all_tokens:
        if token.raw and token.name and not token.closing and _ACTS.search(token.raw):
            attributes = token.attributes
            said = _CLICK.match(attributes.get("onclick") or attributes.get("href", ""))
            if said and any(has_extension(text) for text in re.findall(r"['\"]([^'\"]{1,255})['\"]", said[1])):
                return True
    return False


def _told(page: Page) -> list[object]:
    """Elements whose click or data names a file, each with the size and date that stand in it; where elements do so,
    the links to folders beside them are rows too."""
    rows: list[DataRow] = []
    folders: list[DataRow] = []
    before = ""
    alike = _alike(page)
    for at, token in enumerate(page.tokens):
        if token.name and token.raw and not token.closing and _TELLS.search(token.raw):
            name, folder = _told_by(page, token)
            if not name and (key := next((key for tag, key in alike if tag == token.name), "")):
                name = token.attributes.get(key, "").rstrip("/").rpartition("/")[2]
                folder = _looks_like_folder(page, at)
            if name and (not rows or rows[-1]["name"] != name):
                # What stands before an element and names its file is said of that file.
                said = before.partition(name)[2] if name in before else ""
                match = _UNIT.search(said)
                dated = said if find_date(said) is not None else None
                rows.append({"name": name, "size": match[0] if match else None, "date": dated, FOLDER: folder})
                folders += rows[-1:] if folder else []
        elif not token.name and not rows:
            before = token.text[:200] if len(token.raw) < _MUCH_TEXT else before
        elif not token.name and len(token.raw) < 200:
            text = before = token.text
            if _NAMED.search(text.replace(str(rows[-1]["name"]), "")):
                continue  # the beginning of the next row
            if rows[-1]["size"] is None and (match := _UNIT.search(text)):
                rows[-1]["size"] = match[0]
            if rows[-1]["date"] is None and find_date(text) is not None:
                rows[-1]["date"] = text
    files = {str(row["name"]) for row in rows if not row[FOLDER]}
    names = files | {str(row["name"]) for row in folders}
    if not folders:
        for row in rows:
            del row[FOLDER]
    return list(rows) if len(rows) > 1 and files and len(names) * 10 >= len(rows) * 9 else []


def _alike(page: Page) -> set[tuple[str, str]]:
    """Elements and attributes of theirs by which three files and more are named: others of them are rows too."""
    found = Counter(
        (token.name, key)
        for token in page.tokens
        if token.name and not token.closing and "data-" in token.raw and token.name not in _CONTROLS
        for key in NAMED_BY
        if kind_of_name(token.attributes.get(key, "")) in DATA
    )
    return {pair for pair, count in found.items() if count > 2}


def _looks_like_folder(page: Page, at: int) -> bool:
    """Whether an element says that it is a folder, or the picture before its first text does."""
    for token in page.tokens[at : at + _BEFORE_TEXT]:
        if not token.name and token.text.strip():
            break
        if token.name and any(_FOLDER_ICON.fullmatch(one) for one in token.attributes.get("class", "")[:200].split()):
            return True
    return says_folder(page.tokens[at].attributes)


_CONTROLS: Final = frozenset({"input", "option", "select"})
_BEFORE_TEXT: Final = 8
_FOLDER_ICON: Final = re.compile(
    r"(?i)(?:[\w-]{0,20}[_-])?(?:folder|directory)(?:[_-](?:fill|open|icon|o|solid|closed))*"
)
_ACTS: Final = re.compile(r"(?i)onclick|javascript:")
_TELLS: Final = re.compile(r"(?i)onclick|data-|href|checkbox")


def _told_by(page: Page, token: Token) -> tuple[str, bool]:
    attributes = token.attributes
    run = attributes.get("onclick") or attributes.get("href", "")
    asks = "onclick" in attributes or run[:40].lstrip()[:11].lower() == "javascript:"
    said = [part for part in _QUOTED.findall(run[:2000] if asks else "") if has_extension(part)]
    if said:
        return said[0].rstrip("/").rsplit("/", 1)[-1], False
    if asks and (folder := _folder_asked(run)):
        return folder, True
    if told := told_by(attributes):
        return told
    where = page.place.resolve(attributes.get("href", "")) if token.name == "a" else None
    if isinstance(where, Target) and where.slash and where.parent == page.place.own and "?" not in where.path:
        return where.name, True
    return "", False


def _folder_asked(run: str) -> str:
    """The folder below the page that a click hands to a function, alone (`go('2024/')`)."""
    called = _CLICK.match(run[:2000])
    said = _FOLDER_ASKED.fullmatch(called[1]) if called is not None else None
    return unquote(said[1]) if said is not None else ""


def _text_length(page: Page) -> int:
    return sum(len(token.raw.strip()) for token in page.tokens if not token.name) - sum(map(len, page.scripts))
