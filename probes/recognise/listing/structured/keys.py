"""Which field of rows of data holds the name, place, size, date and kind: by its key, or by its values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Elsewhere
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.structured.fields_of_rows import (
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
from probes.recognise.listing.structured.groups import FOLDER
from probes.recognise.media.kinds import DATA, EXTENSIONS, NO_DATA, kind_of_name

DRIVE: Final = re.compile(r"^[A-Za-z]:(?=[\\/]|$)")


@dataclass
class Fields:
    """Which key holds what. `marks` tells folder from file, from a row."""

    name: str = ""
    path: str = ""
    own: bool = False
    """Whether each path is the address of its row's own file, and not the folder that its name lies in."""
    named_by_path: bool = False
    """Whether the name is the last step of a path in its field."""
    parent: str = ""
    size: str = ""
    comma: bool = False
    """Whether sizes have their decimals behind a comma."""
    date: str = ""
    fat: tuple[str, str] = ("", "")
    ending: str = ""
    """The field of the extensions of names that have none."""
    marks: list[Callable[[Row], bool | None]] = field(default_factory=list)


def by_key(page: Page, rows: list[Row]) -> Fields:
    fields = Fields()
    roles: dict[str, list[str]] = {}
    for key in keys_of(rows):
        if key != FOLDER:
            roles.setdefault(role_of(key), []).append(key)
    named = [key for key in roles.get("name", []) if share(rows, key, is_name) >= 0.85 and not _dates(rows, key)]
    fields.name = max(
        named,
        key=lambda key: (_extensions(rows, key) >= 0.5, _distinct(rows, key) >= 0.9, -named.index(key)),
        default="",
    )
    paths = [key for key in roles.get("path", []) if share(rows, key, lambda one: is_path(one) or is_name(one)) >= 0.85]
    paths += [key for key in roles.get("name", []) if key not in named and share(rows, key, is_path) >= 0.5]
    if not paths:
        # Players name the address of what they play after its format (`mp3: "rec/a.mp3"`).
        paths = [key for key in roles.get("", []) if share(rows, key, _is_of_data) >= 0.9]
    paths = [key for key in paths if not (fields.name and share(rows, key, _is_no_place) >= 0.5)]
    ours = [key for key in paths if share(rows, key, lambda one: not is_away(page, one)) >= 0.85]
    fields.path = max(
        ours, key=lambda key: (_distinct(rows, key) >= 0.9, -ours.index(key)), default=paths[0] if paths else ""
    )
    fields.own = (
        len(rows) > 1 and _ADDRESS.search(spelt(fields.path)) is not None and _distinct(rows, fields.path) >= 0.9
    )
    if not fields.name and not fields.path:
        loose = [
            key
            for key in roles.get("", [])
            if share(rows, key, is_name) >= 0.9 and not _dates(rows, key) and _extensions(rows, key) >= 0.6
        ]
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
    of_files = len(keys_of(rows)) < _MANY_FIELDS and "status" not in map(spelt, keys_of(rows))
    if fields.name and not fields.path and of_files and _extensions(rows, fields.name) == 0:
        endings = [key for key in keys_of(rows) if share(rows, key, _is_ending) >= 0.9]
        fields.ending = endings[0] if endings else ""
    if fields.path and not fields.name and len(rows) > 1 and _ends(rows, fields.path) == 1:
        # All addresses end alike (`/parts/1/file.mp4`): another field with paths tells the names.
        told = [key for key in paths if _ends(rows, key) == len(rows) and _extensions(rows, key) >= 0.9]
        fields.name, fields.named_by_path = (told[0], True) if told else ("", False)
    _add_marks(fields, rows, roles)
    return fields


def _ends(rows: list[Row], key: str) -> int:
    """How many different last steps the paths of a field have."""
    return len({str(row.get(key, "")).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] for row in rows})


_MANY_FIELDS: Final = 12
"""Fields of what a product keeps (an image of a machine) rather than of a file."""
_ADDRESS: Final = re.compile(r"download|link|url|uri|href")


def _is_ending(value: object) -> bool:
    return isinstance(value, str) and value.lower().lstrip(".") in EXTENSIONS


def _is_of_data(value: object) -> bool:
    """Whether a value is the path of a file of data, by its ending."""
    return is_path(value) and kind_of_name(str(value).partition("?")[0]) in DATA - NO_DATA


def _is_no_place(value: object) -> bool:
    """Whether a value that stands where an address may is one of a stream, or a number of its row."""
    return isinstance(value, str) and (value[:4].lower() in ("rtsp", "rtmp") or value.isdigit())


def _dates(rows: list[Row], key: str) -> bool:
    return share(rows, key, lambda one: isinstance(one, str) and _STAMP.fullmatch(one) is not None) >= 0.5


_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]{5,18}(?:Z|[+-]\d\d:?\d\d)?|\d\d[:.]\d\d[:.]\d\d[\d.]{0,9}")


def _is_parent(rows: list[Row], path: str, name: str) -> bool:
    """Whether a field of paths holds the folder of each row: the same in most of them, or never ending as the name."""
    ends = sum(str(row.get(path, "")).rstrip("/\\").endswith(str(row.get(name, "")).rstrip("/")) for row in rows)
    return ends == 0 and (len(rows) == 1 or _distinct(rows, path) < 0.9 <= _distinct(rows, name))


def _add_marks(fields: Fields, rows: list[Row], roles: dict[str, list[str]]) -> None:
    if all(FOLDER in row for row in rows):
        fields.marks.append(lambda row: row[FOLDER] is True)
    if _branches(rows, fields.name):
        fields.marks.append(lambda row: any(isinstance(one, list) for one in row.values()) or None)
        fields.marks.append(lambda row: False if has_extension(str(row.get(fields.name, ""))) else None)
    for key in [*roles.get("folder", []), *roles.get("parent", [])]:
        if share(rows, key, lambda one: flag(one) is not None) >= 0.5:
            fields.marks.append(lambda row, key=key: flag(row.get(key)))  # type: ignore[misc]
    if any(_is_folder_size(row.get(fields.size)) for row in rows):
        fields.marks.append(lambda row: _is_folder_size(row.get(fields.size)))
    for key in roles.get("file", []):
        if share(rows, key, lambda one: flag(one) is not None) >= 0.9:
            fields.marks.append(lambda row, key=key: _not(flag(row.get(key))))  # type: ignore[misc]
    # A short key that may be of a date (`t`) is of the kind where it says `f` and `d`.
    for key in [*roles.get("kind", []), *(key for key in roles.get("date", []) if _says_kinds(rows, key))]:
        if share(rows, key, lambda one: kind_words(one) is not None) >= 0.8 and key != fields.name:
            fields.marks.append(lambda row, key=key: kind_words(row.get(key)))  # type: ignore[misc]
        elif share(rows, key, lambda one, key=key: mode_bits(one, spelt(key)) is not None) >= 0.8:  # type: ignore[misc]
            fields.marks.append(lambda row, key=key: mode_bits(row.get(key), spelt(key)))  # type: ignore[misc]
        elif _tells_folders(rows, key, fields.name or fields.path):
            fields.marks.append(lambda row, key=key: kind_words(row.get(key)) is True)  # type: ignore[misc]
        elif (folder := _value_of_folders(rows, key, fields.name or fields.path)) is not None:
            fields.marks.append(lambda row, key=key, folder=folder: row.get(key) in folder if key in row else None)  # type: ignore[misc]


def _is_folder_size(value: object) -> bool:
    """Whether `<DIR>` stands where files have their size."""
    return isinstance(value, str) and sizes.is_folder_word(value)


def _says_kinds(rows: list[Row], key: str) -> bool:
    return share(rows, key, lambda one: kind_words(one) is not None) == 1


def _branches(rows: list[Row], name: str) -> bool:
    """Whether some rows hold a list of what is in them, and others are files by their names: a tree of folders."""
    leaves = [row for row in rows if not any(isinstance(one, list) for one in row.values())]
    return len(leaves) < len(rows) and any(has_extension(str(row.get(name, ""))) for row in leaves)


def _tells_folders(rows: list[Row], key: str, name: str) -> bool:
    """Whether a field says folder of some rows, and of the others, which are files by their names, of what kind."""
    others = [row for row in rows if kind_words(row.get(key)) is not True]
    named = sum(has_extension(str(row.get(name, ""))) and isinstance(row.get(key), str) for row in others)
    return 0 < len(others) < len(rows) and named * 10 >= len(others) * 9


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


def by_position(rows: list[Row]) -> Fields:
    fields = Fields()
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
    if fields.name and fields.path and _is_parent(rows, fields.path, fields.name):
        fields.parent, fields.path = fields.path, ""
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
        fields.size = _exact_beside(rows, sized[0])
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
    said = [row[key] for row in rows if row.get(key) not in (None, "", "-", "--", -1, "-1")]
    said = [one for one in said if not (isinstance(one, str) and sizes.is_folder_word(one))]
    return sum(read_size(one) is not None for one in said) * 5 >= len(said) * 4 > 0


def _exact_beside(rows: list[Row], key: str) -> str:
    """The field that holds the bytes which a field of sizes for readers rounds; that field itself without one."""
    shown = [(row, size) for row in rows if isinstance(row.get(key), str) and (size := read_size(row[key])) is not None]
    shown = [(row, size) for row, size in shown if not size.exact]
    if not key or not shown:
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


def plain_path(value: str) -> str:
    """A path as a URL has it: `A:\\DCIM\\a.mov` of a memory card is `/DCIM/a.mov` of its server."""
    return DRIVE.sub("", value).replace("\\", "/") if "\\" in value else DRIVE.sub("", value)


def is_away(page: Page, value: object) -> bool:
    if not isinstance(value, str):
        return False
    where = page.place.resolve(plain_path(value))
    return isinstance(where, Elsewhere) and where.why == "away" and not _same_origin(value)


def _same_origin(value: str) -> bool:
    plain = plain_path(value)
    return plain.startswith(("/", "../")) and not plain.startswith("//")
