"""Rows of data of any making as a listing: what each field is, where each entry lies, and whether it is enough."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Final

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Target, quoted, segments, sendable, to_text
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Strength
from probes.recognise.listing.structured.fields_of_rows import (
    ALIEN,
    KNOWN,
    Row,
    fat_date,
    has_extension,
    is_host,
    is_name,
    keys_of,
    read_date,
    read_size,
    role_of,
    spelt,
)
from probes.recognise.listing.structured.groups import FOLDER, Group, groups, paged_beside
from probes.recognise.listing.structured.json_rows import child
from probes.recognise.listing.structured.keys import DRIVE, Fields, by_key, by_position, is_away, plain_path
from probes.recognise.media.kinds import DATA, PLAYED, MediaKind, kind_of_name

_SAMPLE: Final = 400
_MOST_ROWS: Final = 2_000_000
_RANK: Final = {Strength.WEAK: 0, Strength.LIKELY: 1, Strength.CERTAIN: 2}
OTHERS: Final = "more lists of such rows"
_REPEATED: Final = 2
_SEVERAL: Final = 4
_STATIC: Final = (MediaKind.HTML, MediaKind.STATIC)


def best_listing(page: Page, values: list[object], family: str, where: str) -> Listing | None:
    """The best group of rows among `values` as a listing of the page's folder; None when no group is of files.

    `where` says in our words where the values stood. A weak listing is names of files without sizes, dates or kinds.
    """
    told = _of_files(page)
    best: Listing | None = None
    best_weight: tuple[int, ...] = ()
    alike: dict[tuple[int, str], list[Group]] = defaultdict(list)
    chosen: tuple[int, str] | None = None
    for value in values:
        for group in groups(value):
            found = read_group(page, group, family, where, told or names_asked(page, value))
            if found is None:
                continue
            sized = sum(entry.size is not None for entry in found.entries)
            kind = (group.depth, next(iter(group.rows[0]), ""))
            alike[kind].append(group)
            weight = (_RANK[found.strength], *group.rank, len(found.entries), sized)
            if best is None or weight > best_weight:
                more = not found.partial and paged_beside(value, len(group.rows))
                best, best_weight = replace(found, partial="paged") if more else found, weight
                chosen = kind if group.keyed and not group.rank[1] else None
    if best is not None and not best.partial and chosen is not None and len(alike[chosen]) > 1:
        return _together(page, alike[chosen], family, where) or replace(best, partial=OTHERS)
    return best


def _together(page: Page, alike: list[Group], family: str, where: str) -> Listing | None:
    """The rows that stand one by one inside of other rows (`Video` > `Media` > `Part`), as one listing."""
    if any(len(group.rows) > 1 or group.paged for group in alike):
        return None
    found = read_group(page, Group([group.rows[0] for group in alike]), family, where)
    return found if found is not None and len(found.entries) == len(alike) and found.claimed else None


def names_asked(page: Page, value: object) -> bool:
    """Whether an object says the path of the folder that was asked for."""
    if not isinstance(value, dict):
        return False
    paths = [one for key in _OF_FOLDER if isinstance(one := value.get(key), str)]
    given = {one.strip("/") for one in page.place.parameters.values() if one.startswith("/")}
    asked = {*page.place.folders, segments(page.place.path)} - {()}
    return any(segments(quoted(path)) in asked or (path[:1] == "/" and path.strip("/") in given) for path in paths)


_OF_FOLDER: Final = ("path", "dir", "directory", "folder", "cwd")
_ASKS_FILES: Final = re.compile(
    r"(?i)(?:list|get|browse)?[_-]?(?:files?|recordings?|documents?|backups?|dir|directory|folder)[_-]?(?:list|listing)?"
    r"|ls|listing|browse|readdir"
)


def _of_files(page: Page) -> bool:
    """Whether the address that was asked for is that of a list of files by its last step (`/api/files`)."""
    step = page.place.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return _ASKS_FILES.fullmatch(step) is not None


def read_group(page: Page, group: Group, family: str, where: str, told: bool = False) -> Listing | None:
    """One group as a listing, or None: too few names, fields of something else, entries on other hosts. `told` says
    that what stands around the rows, or the address, tells that they are those of a folder."""
    rows = group.rows[:_MOST_ROWS]
    sample = rows[:_SAMPLE]
    fields = by_key(page, sample) if group.keyed else by_position(sample)
    if not fields.name and not fields.path:
        return None
    fields.comma = sizes.comma_is_decimal(one for row in sample if isinstance(one := row.get(fields.size), str))
    # What is one and the same row is one entry: a text says the same line many times.
    made_of = {at: _entry(page, fields, row) for at, row in {id(row): row for row in rows}.items()}
    made = [made_of[id(row)] for row in rows]
    if all("slug" in row or _is_versioned(row) for row in sample):
        return None  # what a site publishes, each under a word of its own in its address; a tree of git
    dots = sum(one is _DOT for one in made)
    kept = [one for one in made if isinstance(one, tuple)]
    entries = [entry for entry, _ in kept]
    if not entries or len(entries) * 10 < (len(rows) - dots) * 9:
        return None
    strength, said = _strength(fields, group, kept, keys_of(sample))
    if strength is Strength.LIKELY and said == "rows of name, date" and spelt(fields.name) in {"title", "subject"}:
        strength = Strength.WEAK  # what a person wrote of something, which may name a file
    # One element of XML with a name and a size is a setting (`<log file="a.log" size="10MB"/>`).
    loose = family == "json" or (family == "xml" and len(entries) == 1)
    bare = loose and said == "rows of name, size" and not _recorded(entries)
    if strength is Strength.LIKELY and bare and not told and not _placed(fields, sample):
        strength = Strength.WEAK  # attachments and assets of any interface are such rows
    if strength is Strength.LIKELY and family == "json" and not (fields.path or fields.date) and _by_id(sample):
        strength = Strength.WEAK  # and what an interface knows by numbers is not asked for by name
    if strength is Strength.WEAK and len(entries) > 1 and _recorded(entries):
        strength = Strength.LIKELY
    if strength is None:
        return None
    whole: dict[str, Entry] = {}
    for one in entries:
        whole.setdefault(one.path, one)  # of the versions of a file the newest stands first
    once = 1 if group.keyed or len(entries) == 1 else 2
    if (len(entries) > _REPEATED * len(whole) and len(entries) > _SEVERAL) or len(whole) < once:
        return None  # names that come again and again are of something else than what lies in a folder
    if all(one.kind is Kind.DIRECTORY for one in entries) and any(one.name.casefold() in _MAILBOXES for one in entries):
        return None
    hosts = all(is_host(one.name) for one in entries)
    if hosts and (len(entries) == 1 or not any(one.size for one in entries)):
        return None
    reasons = (where, said, f"{len(entries)} of {len(rows)} rows name what lies here")
    partial = "paged" if group.paged or len(group.rows) > _MOST_ROWS else ""
    return Listing(family, tuple(whole.values()), partial, reasons, strength)


def _is_versioned(row: Row) -> bool:
    """Whether a row is an object of a tree of git: its type, and its mode in six digits."""
    return row.get("type") in ("blob", "tree", "commit") and _GIT_MODE.fullmatch(str(row.get("mode"))) is not None


_GIT_MODE: Final = re.compile(r"(?:100|120|160|040)\d{3}")


def _is_of_a_kind(entry: Entry) -> bool:
    return kind_of_name(entry.name) is not MediaKind.OTHER


_Made = tuple[Entry, bool]
"""An entry, and whether its row says itself that it is a folder or a file."""
_DOT: Final = object()
"""The row of the folder itself or of its parent."""


def _entry(page: Page, fields: Fields, row: Row) -> _Made | object | None:
    name = str(row.get(fields.name, "")) if fields.name else ""
    if fields.named_by_path:
        name = plain_path(name).rstrip("/").rsplit("/", 1)[-1]
    if fields.ending and name and (ending := str(row.get(fields.ending) or "").lstrip(".")):
        name = f"{name}.{ending}"
    raw = row.get(fields.path) if fields.path else None
    path = plain_path(raw) if isinstance(raw, str) else ""
    if name.rstrip("/") in {".", ".."} or (not name and path.rstrip("/").rsplit("/", 1)[-1] in {"", ".", ".."}):
        return _DOT
    folder, marked = _kind(fields, row, name or path)
    size = None if folder else read_size(row.get(fields.size), fields.size, fields.comma) if fields.size else None
    changed = _date(fields, row)
    if path and is_away(page, path):
        return None
    where = _where(page, fields, row, name, path)
    kind = Kind.DIRECTORY if folder else Kind.FILE
    if where is None:
        entry = child(page, name, kind, size, changed) if is_name(name) else None
        if entry is not None and page.place.parameters and page.place.query:
            entry = _below_parameter(page, entry)
    else:
        shown, place = where
        entry = Entry(
            shown, place if not folder or place.endswith("/") or "?" in place else place + "/", kind, size, changed
        )
    return (entry, marked) if entry is not None else None


def _where(page: Page, fields: Fields, row: Row, name: str, path: str) -> tuple[str, str] | None:
    """The name and the request's path of an entry whose row says where it lies; None where the name alone is said."""
    parent = row.get(fields.parent) if fields.parent else None
    if not path and not isinstance(parent, str):
        return None
    last = path.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    if (
        path
        and name
        and last != name.rstrip("/")
        and "?" not in path
        and not fields.own
        and not has_extension(last)
        and has_extension(name)
        and _plain(fields, path)
    ):
        parent, path = path, ""
    if not path and isinstance(parent, str) and is_name(name):
        path = f"{plain_path(parent).rstrip('/')}/{quoted(name.rstrip('/'))}"
    elif path and last == name and re.search(r"[#?%]", name):
        path = path[: path.rfind(name)] + quoted(name)
    if not path:
        return None
    if not name and path.startswith("/") and path.rstrip("/").count("/") == 1 and page.place.own:
        path = path[1:]  # counted from this folder: what it lists does not lie at the root
    own = "".join(f"{to_text(part)}/" for part in page.place.own)
    if own and path.startswith(own):
        path = "/" + path  # counted from the root of the server, not from this folder
    target = page.place.resolve(path, name)
    if isinstance(target, Target):
        shown = target.name if not name or has_extension(target.name) else name.rstrip("/")
        return shown, target.path
    if path.startswith("/") and not path.startswith("//"):
        shown = last if has_extension(last) and not has_extension(name) else name.rstrip("/") or last
        return (shown, sendable(path)) if shown else None
    return None


def _plain(fields: Fields, path: str) -> bool:
    return not fields.parent and "://" not in path


def _below_parameter(page: Page, entry: Entry) -> Entry:
    """An entry of an interface that takes the folder by a parameter: files lie there, folders are asked for."""
    for key, value in page.place.parameters.items():
        parts = page.place.folder_value(key)
        if not parts or (not value.lower().startswith(("/", "%2f", "\\", "%5c")) and not DRIVE.match(value)):
            continue
        if entry.kind is Kind.DIRECTORY:
            mark = "%5C" if "\\" in value or "%5c" in value.lower() else "/"
            asked = f"{page.place.path}?{key}={value.rstrip('/')}{mark}{quoted(entry.name)}"
            return replace(entry, path=sendable(asked))
        inside = "".join(f"/{quoted(part)}" for part in parts if not DRIVE.fullmatch(part))
        return replace(entry, path=f"{inside}/{quoted(entry.name)}")
    return entry


def _kind(fields: Fields, row: Row, name: str) -> tuple[bool, bool]:
    """Whether a row is a folder, and whether the row says so itself."""
    said = [told for mark in fields.marks if (told := mark(row)) is not None]
    if said:
        return said[0], True
    if name.endswith("/"):
        return True, True
    if list in map(type, row.values()):
        return True, True
    size = row.get(fields.size) if fields.size else None
    if size == -1 and kind_of_name(name) not in DATA:
        return True, False
    if (
        fields.size
        and not has_extension(name)
        and (size in (None, 0, -1, "") or (isinstance(size, str) and sizes.NOTHING.fullmatch(size)))
    ):
        return True, False
    return False, False


def _placed(fields: Fields, rows: list[Row]) -> bool:
    """Whether every row says its path, which ends in its name, and those of folders end in a slash."""
    paths = [str(row.get(fields.path, "")) for row in rows] if fields.path and fields.name else []
    names = [str(row.get(fields.name, "")) for row in rows]
    return any(path.endswith("/") for path in paths) and all(
        path.rstrip("/").endswith(f"/{name.rstrip('/')}") for path, name in zip(paths, names, strict=False)
    )


def _by_id(rows: list[Row]) -> bool:
    return len({str(row["id"]) for row in rows if row.get("id")}) == len(rows) > 1


def _recorded(entries: list[Entry]) -> bool:
    """Whether the names are of recordings as machines name them, by date or number."""
    return all(kind_of_name(one.name) in PLAYED and _SERIAL.search(one.name) for one in entries)


_MAILBOXES: Final = frozenset({"inbox", "inkorg", "inkorgen", "posteingang", "indbakke", "innboks", "saapuneet"})
"""The folder that every account of mail has (RFC 9051 section 5.1), in the languages of its programs."""

_SERIAL: Final = re.compile(r"(?:\d[A-Za-z._:-]?){6}")


def _date(fields: Fields, row: Row) -> Modified | None:
    if fields.fat[0]:
        return fat_date(row.get(fields.fat[0]), row.get(fields.fat[1]))
    return read_date(row.get(fields.date)) if fields.date else None


_OF_A_LOG: Final = frozenset(
    """level loglevel lvl severity msg message line lineno linenumber rule ruleid logger thread stack stacktrace func
    function column exception""".split()  # noqa: SIM905
)
"""Keys of entries of logs and of what checkers of source code found, which name files too."""


def _strength(fields: Fields, group: Group, made: list[_Made], keys: list[str]) -> tuple[Strength | None, str]:
    entries = [entry for entry, _ in made]
    files = [one for one in entries if one.kind is Kind.FILE]
    marked = sum(said for _, said in made) >= 0.9 * len(made) and bool(fields.marks)
    ended = sum(has_extension(one.name) for one in files) / len(files) if files else 0.0
    sized = bool(files) and sum(one.size is not None for one in files) >= 0.6 * len(files)
    # Folders often have no date.
    dated = any(sum(one.modified is not None for one in some) >= 0.6 * len(some) > 0 for some in (entries, files))
    plain = [spelt(key) for key in keys if key != FOLDER]
    told = sum(bool(role_of(key)) or spelt(key) in KNOWN for key in keys if key != FOLDER)
    known = told / len(plain) if group.keyed and plain else 1.0
    static = all(kind_of_name(one.name) in _STATIC for one in files)
    said = [part for part, there in (("kind", marked), ("size", sized), ("date", dated)) if there]
    text = f"rows of {', '.join(['name', *said])}"
    if len(_OF_A_LOG & set(plain)) > 1 and not sized:
        return None, ""  # what happened where in a program
    if files and not marked and any(role_of(key) == "kind" for key in keys) and not any(map(_is_of_a_kind, files)):
        return None, ""  # a kind that is neither file nor folder (`user`), and names of no known ending (`anna.smith`)
    if (
        {"start", "end", "title"} <= set(plain)
        and not sized
        and not any(kind_of_name(one.name) in PLAYED for one in files)
    ):
        return None, ""  # what happens from when till when, with a paper for it
    if ALIEN & set(plain) and not (marked and sized and ended >= 0.8):
        return None, ""
    if (
        files
        and marked
        and ended >= 0.5
        and (
            sized
            or dated
            or (plain == ["name"] and any(kind_of_name(one.name) in DATA for one in files))
            or (ended >= 0.8 and known >= 0.6 and bool(fields.name or len(files) < len(entries)))
            or (len(files) < len(entries) and known >= 0.9 and group.keyed and FOLDER not in keys)
        )
    ):
        return Strength.LIKELY, text
    if {"version", "description"} <= set(plain) and not (sized or fields.path):
        return None, ""  # packages, some of which are called like files (`chart.js`)
    # With a date alone, an ending that no file is known by (`web-0.abc`) is of anything.
    familiar = dated and known >= 0.5 and any(kind_of_name(one.name) is not MediaKind.OTHER for one in files)
    if files and ended >= 0.8 and not static and ((sized and known >= 0.4) or familiar):
        return Strength.LIKELY, text
    if files and sized and dated and (ended >= 0.8 or (ended >= 0.5 and known >= 0.9 and group.keyed)):
        return Strength.LIKELY, text
    if files and marked and sized and (dated or FOLDER in keys) and known >= 0.6 and group.keyed:
        return Strength.LIKELY, text
    if not files and marked and known >= 0.6 and (dated or len(entries) >= 2 or bool(fields.fat[0])):
        return Strength.LIKELY, text
    if len(files) >= 2 and ended >= 0.9:
        return Strength.WEAK, text
    return None, ""
