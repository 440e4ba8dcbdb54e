"""Rows of data of any making as a listing: what each field is, where each entry lies, and whether it is enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Elsewhere, Target, quoted, sendable, to_text
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Strength
from probes.recognise.listing.structured.fields_of_rows import (
    ALIEN,
    KNOWN,
    Row,
    fat_date,
    flag,
    has_extension,
    is_name,
    is_path,
    keys_of,
    kind_words,
    mode_bits,
    read_date,
    read_size,
    role_of,
    share,
    spelt,
)
from probes.recognise.listing.structured.groups import FOLDER, Group, groups, paged_beside
from probes.recognise.listing.structured.json_rows import child
from probes.recognise.media.kinds import MediaKind, kind_of_name

_SAMPLE: Final = 400
_MOST_ROWS: Final = 2_000_000
_RANK: Final = {Strength.WEAK: 0, Strength.LIKELY: 1, Strength.CERTAIN: 2}
_DRIVE: Final = re.compile(r"^[A-Za-z]:(?=[\\/]|$)")
_STATIC: Final = (MediaKind.HTML, MediaKind.STATIC)


def best_listing(page: Page, values: list[object], family: str, where: str) -> Listing | None:
    """The best group of rows among `values` as a listing of the page's folder; None when no group is of files.

    `where` says in our words where the values stood. A weak listing is names of files without sizes, dates or kinds.
    """
    best: Listing | None = None
    best_weight: tuple[int, ...] = ()
    for value in values:
        for group in groups(value):
            found = read_group(page, group, family, where)
            if found is None:
                continue
            weight = (_RANK[found.strength], *group.rank, len(found.entries))
            if best is None or weight > best_weight:
                more = not found.partial and paged_beside(value, len(group.rows))
                best, best_weight = replace(found, partial="paged") if more else found, weight
    return best


@dataclass
class _Fields:
    """Which key holds what. `marks` tells folder from file, from a row."""

    name: str = ""
    path: str = ""
    parent: str = ""
    size: str = ""
    date: str = ""
    fat: tuple[str, str] = ("", "")
    marks: list[Callable[[Row], bool | None]] = field(default_factory=list)


def read_group(page: Page, group: Group, family: str, where: str) -> Listing | None:
    """One group as a listing, or None: too few names, fields of something else, entries on other hosts."""
    rows = group.rows[:_MOST_ROWS]
    sample = rows[:_SAMPLE]
    fields = _by_key(page, sample) if group.keyed else _by_position(sample)
    if not fields.name and not fields.path:
        return None
    made = [_entry(page, fields, row) for row in rows]
    dots = sum(one is _DOT for one in made)
    entries = [one for one in made if isinstance(one, _Made)]
    if not entries or len(entries) * 10 < (len(rows) - dots) * 9:
        return None
    strength, said = _strength(fields, group, entries, keys_of(sample))
    if strength is Strength.LIKELY and family == "json" and said == "rows of name, size":
        strength = Strength.WEAK  # attachments and assets of any interface are such rows
    if strength is None:
        return None
    whole = {one.entry.path: one.entry for one in entries}
    reasons = (where, said, f"{len(entries)} of {len(rows)} rows name what lies here")
    partial = "paged" if group.paged or len(group.rows) > _MOST_ROWS else ""
    return Listing(family, tuple(whole.values()), partial, reasons, strength)


def _by_key(page: Page, rows: list[Row]) -> _Fields:
    fields = _Fields()
    roles: dict[str, list[str]] = {}
    for key in keys_of(rows):
        if key != FOLDER:
            roles.setdefault(role_of(key), []).append(key)
    named = [key for key in roles.get("name", []) if share(rows, key, is_name) >= 0.85]
    fields.name = max(
        named,
        key=lambda key: (_extensions(rows, key) >= 0.5, _distinct(rows, key) >= 0.9, -named.index(key)),
        default="",
    )
    paths = [key for key in roles.get("path", []) if share(rows, key, lambda one: is_path(one) or is_name(one)) >= 0.85]
    paths += [key for key in roles.get("name", []) if key not in named and share(rows, key, is_path) >= 0.5]
    ours = [key for key in paths if share(rows, key, lambda one: not _away(page, one)) >= 0.85]
    fields.path = max(
        ours, key=lambda key: (_distinct(rows, key) >= 0.9, -ours.index(key)), default=paths[0] if paths else ""
    )
    if not fields.name and not fields.path:
        loose = [key for key in roles.get("", []) if share(rows, key, is_name) >= 0.9 and _extensions(rows, key) >= 0.6]
        fields.name = loose[0] if loose else ""
    parents = [key for key in (*roles.get("parent", []), *roles.get("folder", [])) if share(rows, key, is_path) >= 0.85]
    fields.parent = parents[0] if parents else ""
    measured = [key for key in roles.get("size", []) if _measures(rows, key)]
    measured += [key for key in roles.get("shown size", []) if _measures(rows, key)]
    fields.size = max(
        measured,
        key=lambda key: (share(rows, key, lambda one: sizes.exact(one) is not None) > 0, -measured.index(key)),
        default="",
    )
    fields.size = _exact_beside(rows, fields.size)
    dated = [key for key in roles.get("date", []) if share(rows, key, lambda one: read_date(one) is not None) >= 0.5]
    fields.date = dated[0] if dated else ""
    fat = roles.get("fat date", []), roles.get("fat time", [])
    fields.fat = (fat[0][0] if fat[0] else "", fat[1][0] if fat[1] else "")
    _add_marks(fields, rows, roles)
    return fields


def _add_marks(fields: _Fields, rows: list[Row], roles: dict[str, list[str]]) -> None:
    if all(FOLDER in row for row in rows):
        fields.marks.append(lambda row: row[FOLDER] is True)
    for key in [*roles.get("folder", []), *roles.get("parent", [])]:
        if share(rows, key, lambda one: flag(one) is not None) >= 0.5:
            fields.marks.append(lambda row, key=key: flag(row.get(key)))  # type: ignore[misc]
    for key in roles.get("file", []):
        if share(rows, key, lambda one: flag(one) is not None) >= 0.9:
            fields.marks.append(lambda row, key=key: _not(flag(row.get(key))))  # type: ignore[misc]
    for key in roles.get("kind", []):
        if share(rows, key, lambda one: kind_words(one) is not None) >= 0.8 and key != fields.name:
            fields.marks.append(lambda row, key=key: kind_words(row.get(key)))  # type: ignore[misc]
        elif share(rows, key, lambda one, key=key: mode_bits(one, spelt(key)) is not None) >= 0.8:  # type: ignore[misc]
            fields.marks.append(lambda row, key=key: mode_bits(row.get(key), spelt(key)))  # type: ignore[misc]
        elif (folder := _value_of_folders(rows, key, fields.name or fields.path)) is not None:
            fields.marks.append(lambda row, key=key, folder=folder: row.get(key) in folder if key in row else None)  # type: ignore[misc]


def _value_of_folders(rows: list[Row], key: str, name: str) -> set[object] | None:
    """The values of a field of few small numbers or flags that mean folder: those of the rows without an extension."""
    values: set[int] = {one for row in rows if isinstance(one := row.get(key), int)}
    if (
        any(one < 0 for one in values)
        or not 1 <= len(values) <= 4
        or share(rows, key, lambda one: isinstance(one, int)) < 0.9
    ):
        return None
    folders: set[object] = {
        one for one in values if not any(has_extension(str(row.get(name, ""))) for row in rows if row.get(key) == one)
    }
    return folders if len(values) > len(folders) else None


def _not(said: bool | None) -> bool | None:
    return None if said is None else not said


def _by_position(rows: list[Row]) -> _Fields:
    fields = _Fields()
    keys = [key for key in keys_of(rows) if share(rows, key, lambda one: True) >= 0.8]
    texts = [key for key in keys if share(rows, key, lambda one: isinstance(one, str)) >= 0.5]
    numbers = [key for key in keys if _counts(rows, key)]
    dated = [key for key in keys if share(rows, key, lambda one: read_date(one) is not None) >= 0.8]
    sized = [key for key in texts if share(rows, key, lambda one: isinstance(one, str) and sizes.has_unit(one)) >= 0.3]
    kinds = [
        key for key in texts
        if key not in dated and share(rows, key, lambda one: kind_words(one) is not None) >= 0.9
        and _extensions(rows, key) == 0 and (_distinct(rows, key) < 0.9 or len(rows) < 3)
    ]  # fmt: skip
    named = [key for key in texts if key not in (*dated, *sized, *kinds) and share(rows, key, is_name) >= 0.85]
    fields.name = max(
        named, key=lambda key: (_extensions(rows, key), _distinct(rows, key), -keys.index(key)), default=""
    )
    paths = [key for key in texts if key not in dated and share(rows, key, is_path) >= 0.85]
    fields.path = paths[0] if paths else ""
    if not fields.name and not fields.path:
        return fields
    fields.date = dated[0] if dated else ""
    numbers = [key for key in numbers if key not in (*dated, fields.name, fields.path)]
    fat = numbers[-4:]
    if len(fat) == 4 and share(rows, fat[2], lambda one: fat_date(one, 0) is not None) >= 0.6:
        fields.size, fields.fat = fat[0], (fat[2], fat[3])
        fields.marks.append(lambda row: mode_bits(row.get(fat[1]), "attr"))
        return fields
    fields.marks += [lambda row, key=key: kind_words(row.get(key)) for key in kinds]  # type: ignore[misc]
    most = {key: max(_number(row.get(key)) for row in rows) for key in numbers}
    for key in sorted((one for one in numbers if most[one] <= 64), key=most.__getitem__):
        folder = _value_of_folders(rows, key, fields.name or fields.path)
        if folder is not None and len(rows) > 1 and (folder or all(isinstance(row.get(key), bool) for row in rows)):
            fields.marks.append(lambda row, key=key, folder=folder: row.get(key) in folder)  # type: ignore[misc]
            numbers = [one for one in numbers if one != key]
            break
    if sized:
        fields.size = sized[0]
    elif numbers:
        fields.size = max(numbers, key=lambda key: sum(_number(row.get(key)) for row in rows))
    return fields


def _counts(rows: list[Row], key: str) -> bool:
    """Whether a field holds whole numbers, as such or as digits, wherever it holds anything."""
    said = [row[key] for row in rows if row.get(key) not in (None, "", "-")]
    return sum(isinstance(one, int | float) or _number(one) >= 0 for one in said) * 5 >= len(said) * 4 > 0


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else -1.0


def _measures(rows: list[Row], key: str) -> bool:
    """Whether a field holds sizes wherever it holds anything: folders often have none."""
    said = [row[key] for row in rows if row.get(key) not in (None, "", "-", "--")]
    return sum(read_size(one) is not None for one in said) * 5 >= len(said) * 4 > 0


def _exact_beside(rows: list[Row], key: str) -> str:
    """The field that holds the bytes which a field of sizes for readers rounds; that field itself without one."""
    shown = [(row, size) for row in rows if isinstance(row.get(key), str) and (size := read_size(row[key])) is not None]
    if not key or not shown or any(size.exact for _, size in shown):
        return key
    for other in keys_of(rows):
        said = [(sizes.exact(row.get(other)), size) for row, size in shown]
        if all(one is not None and size.low * 0.99 <= one.best <= size.high * 1.01 for one, size in said):
            return other
    return key


def _extensions(rows: list[Row], key: str) -> float:
    return share(rows, key, lambda one: isinstance(one, str) and has_extension(one))


def _distinct(rows: list[Row], key: str) -> float:
    return len({str(row[key]) for row in rows if key in row}) / len(rows)


def _plain_path(value: str) -> str:
    """A path as a URL has it: `A:\\DCIM\\a.mov` of a memory card is `/DCIM/a.mov` of its server."""
    return _DRIVE.sub("", value).replace("\\", "/") if "\\" in value else _DRIVE.sub("", value)


def _away(page: Page, value: object) -> bool:
    if not isinstance(value, str):
        return False
    where = page.place.resolve(_plain_path(value))
    return isinstance(where, Elsewhere) and where.why == "away" and not _same_origin(value)


def _same_origin(value: str) -> bool:
    plain = _plain_path(value)
    return plain.startswith(("/", "../")) and not plain.startswith("//")


@dataclass(frozen=True, slots=True)
class _Made:
    entry: Entry
    marked: bool


_DOT: Final = object()
"""The row of the folder itself or of its parent."""


def _entry(page: Page, fields: _Fields, row: Row) -> _Made | object | None:
    name = str(row.get(fields.name, "")) if fields.name else ""
    raw = row.get(fields.path) if fields.path else None
    path = _plain_path(raw) if isinstance(raw, str) else ""
    if name.rstrip("/") in {".", ".."} or (not name and path.rstrip("/").rsplit("/", 1)[-1] in {"", ".", ".."}):
        return _DOT
    folder, marked = _kind(fields, row, name or path)
    size = None if folder else read_size(row.get(fields.size), fields.size) if fields.size else None
    changed = _date(fields, row)
    if path and _away(page, path):
        return None
    where = _where(page, fields, row, name, path)
    kind = Kind.DIRECTORY if folder else Kind.FILE
    if where is None:
        entry = child(page, name, kind, None, changed) if is_name(name) else None
        if entry is not None and page.place.parameters and page.place.query:
            entry = _below_parameter(page, entry)
    else:
        shown, place = where
        entry = Entry(
            shown, place if not folder or place.endswith("/") or "?" in place else place + "/", kind, None, changed
        )
    return _Made(replace(entry, size=size), marked) if entry is not None else None


def _where(page: Page, fields: _Fields, row: Row, name: str, path: str) -> tuple[str, str] | None:
    """The name and the request's path of an entry whose row says where it lies; None where the name alone is said."""
    parent = row.get(fields.parent) if fields.parent else None
    last = path.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    if (
        path
        and name
        and last != name.rstrip("/")
        and "?" not in path
        and not has_extension(last)
        and has_extension(name)
        and _plain(fields, path)
    ):
        parent, path = path, ""
    if not path and isinstance(parent, str) and is_name(name):
        path = f"{_plain_path(parent).rstrip('/')}/{quoted(name.rstrip('/'))}"
    elif path and last == name and re.search(r"[#?%]", name):
        path = path[: path.rfind(name)] + quoted(name)
    if not path:
        return None
    own = "".join(f"{to_text(part)}/" for part in page.place.own)
    if own and path.startswith(own):
        path = "/" + path  # counted from the root of the server, not from this folder
    target = page.place.resolve(path, name)
    if isinstance(target, Target):
        shown = target.name if not name or has_extension(target.name) else name.rstrip("/")
        return shown, target.path
    if path.startswith("/") and not path.startswith("//"):
        shown = name.rstrip("/") or last
        return (shown, sendable(path)) if shown else None
    return None


def _plain(fields: _Fields, path: str) -> bool:
    return not fields.parent and "://" not in path


def _below_parameter(page: Page, entry: Entry) -> Entry:
    """An entry of an interface that takes the folder by a parameter: files lie there, folders are asked for."""
    for key, value in page.place.parameters.items():
        parts = page.place.folder_value(key)
        if not parts or (not value.lower().startswith(("/", "%2f", "\\", "%5c")) and not _DRIVE.match(value)):
            continue
        if entry.kind is Kind.DIRECTORY:
            mark = "%5C" if "\\" in value or "%5c" in value.lower() else "/"
            asked = f"{page.place.path}?{key}={value.rstrip('/')}{mark}{quoted(entry.name)}"
            return replace(entry, path=sendable(asked))
        inside = "".join(f"/{quoted(part)}" for part in parts if not _DRIVE.fullmatch(part))
        return replace(entry, path=f"{inside}/{quoted(entry.name)}")
    return entry


def _kind(fields: _Fields, row: Row, name: str) -> tuple[bool, bool]:
    """Whether a row is a folder, and whether the row says so itself."""
    said = [told for mark in fields.marks if (told := mark(row)) is not None]
    if said:
        return said[0], True
    if name.endswith("/"):
        return True, True
    if any(isinstance(one, list) for one in row.values()):
        return True, True
    size = row.get(fields.size) if fields.size else None
    if isinstance(size, str) and sizes.FOLDER_WORD.fullmatch(size.strip()):
        return True, True
    if (
        fields.size
        and not has_extension(name)
        and (size in (None, 0, -1, "") or (isinstance(size, str) and sizes.NOTHING.fullmatch(size)))
    ):
        return True, False
    return False, False


def _date(fields: _Fields, row: Row) -> Modified | None:
    if fields.fat[0]:
        return fat_date(row.get(fields.fat[0]), row.get(fields.fat[1]))
    return read_date(row.get(fields.date)) if fields.date else None


def _strength(fields: _Fields, group: Group, made: list[_Made], keys: list[str]) -> tuple[Strength | None, str]:
    entries = [one.entry for one in made]
    files = [one for one in entries if one.kind is Kind.FILE]
    marked = sum(one.marked for one in made) >= 0.9 * len(made) and bool(fields.marks)
    ended = sum(has_extension(one.name) for one in files) / len(files) if files else 0.0
    sized = bool(files) and sum(one.size is not None for one in files) >= 0.6 * len(files)
    dated = sum(one.modified is not None for one in entries) >= 0.6 * len(entries)
    plain = [spelt(key) for key in keys if key != FOLDER]
    known = sum(bool(role_of(key)) or key in KNOWN for key in plain) / len(plain) if group.keyed and plain else 1.0
    static = all(kind_of_name(one.name) in _STATIC for one in files)
    said = [part for part, there in (("kind", marked), ("size", sized), ("date", dated)) if there]
    text = f"rows of {', '.join(['name', *said])}"
    if ALIEN & set(plain) and not (marked and sized and ended >= 0.8):
        return None, ""
    if (
        files
        and marked
        and ended >= 0.5
        and (sized or dated or (ended >= 0.8 and known >= 0.6 and bool(fields.name or len(files) < len(entries))))
    ):
        return Strength.LIKELY, text
    if files and ended >= 0.8 and not static and ((sized and known >= 0.4) or (dated and known >= 0.5)):
        return Strength.LIKELY, text
    if files and ended >= 0.8 and sized and dated:
        return Strength.LIKELY, text
    if not files and marked and known >= 0.6 and (dated or len(entries) >= 2 or bool(fields.fat[0])):
        return Strength.LIKELY, text
    if len(files) >= 2 and ended >= 0.9:
        return Strength.WEAK, text
    return None, ""
