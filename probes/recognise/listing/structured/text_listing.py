"""Plain texts that are listings: `ls -l`, `dir`, `find`, rclone, aws, checksums, playlists, tables of fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from probes.recognise.listing.doubts.partial import CUT
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Listing, NoListing, Strength
from probes.recognise.listing.structured.fields_of_rows import Row, has_extension, is_name, role_of
from probes.recognise.listing.structured.groups import FOLDER, Group, of_texts
from probes.recognise.listing.structured.noted_names import array_rows, markdown_rows, yaml_rows
from probes.recognise.listing.structured.records import read_group

FAMILY: Final = "text"
_MOST_LINES: Final = 400_000
_MARKUP: Final = re.compile(
    r"<(?:!doctype|/?(?:html|body|head|a|p|br|div|pre|table|tr|td|ul|li|h[1-6]|script|span|title)\b)", re.IGNORECASE
)

_LS: Final = re.compile(
    r"([-dlbcps])[-rwxsStT]{9}[.+@]?\s+(?:\d{1,9}|-)\s+\S{1,64}\s+(?:\S{1,64}\s+)?(\d{1,20}|[\d.,]{1,9}[KMGTP])\s+"
    r"(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d[.\d]{0,10})?(?: [+-]\d{4})?|[^\W\d_]{3,9}\.? +\d{1,2} +[\d:.]{4,5}|"
    r"\d{1,2}\.? +[^\W\d_]{3,9}\.? +[\d:.]{4,5})"
    r" (.{1,1024})"
)
_DIR: Final = re.compile(
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\.?)\s+([^\W\d_]{2,6}\s)?(\d{1,2}[:.]\d\d(?: ?[AaPp][Mm])?)\s+"
    r"(<[A-Z]{3,10}>|\d{1,3}(?:[\s.,'’]\d{3})+|\d{1,20})\s+(\S[^\t]{0,1023})"
)
_SIZE_FIRST: Final = re.compile(r"\s*(\d{1,20})\s+(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d[.\d]{0,12})?)?\s*(\S.{0,1023})")
_NUMBER_FIRST: Final = re.compile(r"\d{1,9}\s")
_DATE_FIRST: Final = re.compile(
    r"\s*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d[.\d]{0,12})?)\s+"
    r"(\d{1,20}|[\d.]{1,9} ?[KMGT]i?B)\s+(?!.{0,200}\s/)(\S[^\t]{0,1023})|\s*(PRE|DIR) (\S.{0,1023})"
)
_SUM: Final = re.compile(
    r"[0-9a-fA-F]{32,128}\s[ *]?(\S.{0,1023})|[A-Z0-9-]{3,10} ?\((.{1,1024})\) ?= ?[0-9a-fA-F]{32,128}"
)
_SECTION: Final = re.compile(r"(?:\.{0,2}/)?[^\t]{0,1024}:\Z")
_FOLDER_OF: Final = re.compile(r"\s(?:\S[^<>:]{2,40}:? )?([A-Za-z]:\\|\\\\).{0,400}\Z")
"""The line that `dir` writes above each folder, in any language: words and a path with its drive, or the other way
round."""
_NOISE: Final = re.compile(
    r"\d{1,9} director(?:y|ies)(?:, \d{1,9} files?)?\Z"
    r"|(?:total|insgesamt|totalt) [\d.,KMG]+\Z|\s{0,24}\d{1,9} [^\W\d_]{3,16}\(\w{1,3}\)\s{0,16}\Z"
    r"|\s{0,24}\d{1,9} [^\W\d_]{3,16}\(?\w{0,3}\)?,?\s{1,16}"
    r"[\d.,'\s\xa0]{1,24} ?(?:bytes?|octets?|oktett|tavua|bajt\w{0,4})\b.{0,40}\Z"
    r"|\s?(?:Volume|Volymen|Volym|Datentr|Diskenhet|Lydnumeret)\w{0,12} .{0,80}\Z",
    re.IGNORECASE,
)


def read_text(page: Page) -> Listing | NoListing | None:
    """The listing that a text without markup is, why it is none, or None for a page of markup. Total, linear time.

    Nearly every line must be a row. Of a text with sections (`ls -lR`, `dir /s`, `find`) the entries are those of the
    folder asked for, which comes first; what lies below is told by its folders.
    """
    text = page.text
    if page.start[:1] == "<" or _MARKUP.search(text[: 1 << 16]):
        return None
    lines = text.splitlines()[:_MOST_LINES]
    if not page.whole and lines:
        lines.pop()
    lines = [line for line in lines if line.strip() and len(line) < 4096]
    for read, mark in _READERS:
        rows = read(lines)
        if rows:
            found = read_group(page, Group(rows), FAMILY, mark)
            if found is not None:
                partial = found.partial or ("" if page.whole else CUT)
                return Listing(FAMILY, found.entries, partial, found.reasons, _strength(mark, found, lines))
    return _indexed(page, lines) or _delimited(page, lines) or NoListing("lines of text, and not those of a listing")


def _strength(mark: str, found: Listing, lines: list[str]) -> Strength:
    if any(line.startswith("#EXT-X-") for line in lines):
        return Strength.WEAK  # the pieces of one stream (RFC 8216)
    if not any(entry.size or entry.modified for entry in found.entries) and mark in _NOTED:
        return Strength.WEAK  # what somebody noted may lie elsewhere
    return Strength.WEAK if mark is _BARE and not (found.directories and found.files) else Strength.LIKELY


def _matched(lines: list[str], pattern: re.Pattern[str], least: int) -> list[re.Match[str]]:
    """The lines that are rows, up to the second section; nothing where too few of them are."""
    rows: list[re.Match[str]] = []
    others = 0
    for line in lines:
        match = pattern.fullmatch(line.rstrip())
        if match is not None:
            rows.append(match)
        elif _SECTION.match(line.strip()) or _FOLDER_OF.match(line):
            if rows:
                break
        else:
            others += not _NOISE.match(line)
            if others * 5 > len(lines):
                return []  # the rest could not make up for them
    return rows if len(rows) >= least and others * 4 <= len(rows) else []


def _ls(lines: list[str]) -> list[Row]:
    rows: list[Row] = []
    for match in _matched(lines, _LS, 1):
        kind, size, date, name = match.groups()
        name = (name.split(" -> ")[0] if kind == "l" else name).rstrip("/*@").rsplit("/", 1)[-1]
        date = _CLOCK.sub(r"\1:\2", date)
        rows.append({"name": name, "size": None if kind == "d" else size, "date": date, FOLDER: kind == "d"})
    return rows


_RSYNC: Final = re.compile(
    r"([-dl])[-rwxsStT]{9}[.+@]?\s+(\d{1,3}(?:,\d{3})+|\d{1,20})\s+(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\s(.{1,1024})"
)


def _rsync(lines: list[str]) -> list[Row]:
    """What rsync lists: permissions, a size that has no owner before it, and a date with slashes."""
    rows: list[Row] = []
    for match in _matched(lines, _RSYNC, 1):
        kind, size, date, name = match.groups()
        name = (name.split(" -> ")[0] if kind == "l" else name).rstrip("/").rsplit("/", 1)[-1]
        if name not in {"", ".", ".."}:
            rows.append({"name": name, "size": None if kind == "d" else size.replace(",", ""), "date": date})
            rows[-1][FOLDER] = kind == "d"
    return rows


_CLOCK: Final = re.compile(r"(?<= )(\d\d)\.(\d\d)$")
_HEAD: Final = 8


def _dir(lines: list[str]) -> list[Row]:
    rows: list[Row] = []
    # What stands above the line of the folder tells of the disk.
    above = next((at for at, line in enumerate(lines[:_HEAD]) if _FOLDER_OF.match(line)), None)
    if above is not None:
        # Around the rows `dir` says in any language how much there is, and indents it.
        lines = [line for line in lines[above:] if not line[:1].isspace() or _FOLDER_OF.match(line)]
    for match in _matched(lines, _DIR, 1):
        day, half, clock, size, name = match.groups()
        date = f"{day} {half or ''}{clock.replace('.', ':')}"
        folder = size.startswith("<")
        rows.append({"name": name, "size": None if folder else re.sub(r"\D", "", size), "date": date, FOLDER: folder})
    told = sum(row[FOLDER] is True or has_extension(str(row["name"])) for row in rows)
    return rows if told * 2 >= len(rows) else []  # a diary tells of amounts, too


def _size_first(lines: list[str]) -> list[Row]:
    """Sizes before paths (`rclone ls`, `rclone lsl`), or blocks before them (`du`), which are no sizes."""
    matches = _matched(lines, _SIZE_FIRST, 2)
    if sum(_NUMBER_FIRST.match(match[3]) is not None for match in matches) * 2 > len(matches):
        return []  # columns of numbers, as those of colours
    if any("/" in match[3].rstrip("/") for match in matches):
        blocks = any(match[3].startswith(("./", "/")) for match in matches)
        sizes = {match[3]: match[1] for match in matches}
        rows = _below([match[3] for match in matches])
        return [row if blocks or row[FOLDER] else {**row, "size": sizes.get(str(row["name"]))} for row in rows]
    return [
        {"name": match[3].rstrip("/"), "size": match[1], "date": match[2], FOLDER: match[3].endswith("/")}
        for match in matches
    ]


_BRANCH: Final = re.compile(r"((?:[│|][\s\xa0]{3}|[\s\xa0]{4})*)(?:[├└]──|\|--|`--|[+\\]---)[\s\xa0](.{1,1024})")


_INDEX: Final = re.compile(r'201: (?:"([^"]{1,1024})"|(\S{1,1024})) (\d{1,20}) (\S{1,80}) ([A-Z-]{3,20})\s*')
_INDEX_FIELDS: Final = re.compile(r"(?i)200: filename content-length last-modified file-type\s*")


def _index(lines: list[str]) -> list[Row]:
    """What browsers make of folders and archives (`application/http-index-format`)."""
    if not any(_INDEX_FIELDS.fullmatch(line) for line in lines[:_HEAD]):
        return []
    rows: list[Row] = []
    for line in lines:
        if (match := _INDEX.fullmatch(line)) is not None:
            quoted, bare, size, date, kind = match.groups()
            name, folder = unquote(quoted or bare).rstrip("/"), kind == "DIRECTORY"
            rows.append({"name": name, "size": None if folder else size, "date": unquote(date), FOLDER: folder})
    return rows


def _tree(lines: list[str]) -> list[Row]:
    """What `tree` draws: the branches of the first level are the entries, and what has branches is a folder."""
    rows: list[Row] = []
    for match in _matched([line for line in lines if line.strip() != "."], _BRANCH, 2):
        if not match[1]:
            name = re.sub(r"^\[\s*[\d.KMGT]+\]\s+", "", match[2].strip())
            rows.append({"name": name.rstrip("/"), FOLDER: name.endswith("/")})
        elif rows:
            rows[-1][FOLDER] = True
    return rows


def _date_first(lines: list[str]) -> list[Row]:
    return [
        {"name": match[5], FOLDER: True}
        if match[5]
        else {"name": match[3], "size": match[2], "date": match[1], FOLDER: False}
        for match in _matched(lines, _DATE_FIRST, 2)
    ]


def _sums(lines: list[str]) -> list[Row]:
    return _below([(match[1] or match[2]).strip() for match in _matched(lines, _SUM, 2)])


def _paths(lines: list[str]) -> list[Row]:
    """`find`: every line a path from one folder; that folder's children are the entries."""
    if len(lines) < 3 or not all(line.startswith("./") or line in {".", "./"} for line in lines):
        heads = {line.strip().split("/")[1] if line.startswith("/") and line.count("/") > 1 else "" for line in lines}
        if len(lines) < 3 or len(heads) != 1 or heads == {""} or any(re.search(r"\s{2}|\t", line) for line in lines):
            return []
    return _below([line.strip() for line in lines])


def _playlist(lines: list[str]) -> list[Row]:
    if lines and _PLS.fullmatch(lines[0].strip()):
        return _below([match[1] for line in lines[1:] if (match := _PLS_FILE.fullmatch(line)) and "://" not in line])
    if not lines or not lines[0].lstrip("\ufeff").startswith("#EXTM3U"):
        return []
    return _below([line.strip() for line in lines if not line.startswith("#") and "://" not in line])


_PLS: Final = re.compile(r"(?i)\[playlist\]")
_PLS_FILE: Final = re.compile(r"(?i)file\d{1,6}\s?=\s?(\S.{0,1023}?)\s*")
_LEADING: Final = re.compile(r"^(?:\./)+")


def _below(paths: list[str]) -> list[Row]:
    """Paths as the children of the folder that all of them lie in."""
    plain = [_LEADING.sub("", path) for path in paths if path not in {".", "./", ".."}]
    common = _common([path for path in plain if path.startswith("/")]) if plain and plain[0].startswith("/") else ""
    children: dict[str, bool] = {}
    for path in plain:
        inside = path[len(common) :].strip("/") if path.startswith(common) else path
        head, slash, _ = inside.partition("/")
        if head:
            children[head] = children.get(head, False) or bool(slash) or path.endswith("/")
    return [{"name": name, FOLDER: folder} for name, folder in children.items()]


def _common(paths: list[str]) -> str:
    first, last = min(paths), max(paths)
    length = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[: first.rfind("/", 0, length) + 1] if first != last else first.rsplit("/", 1)[0] + "/"


_MARKED: Final = re.compile(
    r"\s*[\[(<](?:(d|dir|directory|folder)|f|file|[\s-]{1,4})[\])>]\s+"
    r"(\S.{0,1023}?)(?:\s{2,40}([\d.,]{1,20} ?[KMGT]?i?B?))?",
    re.IGNORECASE,
)


def is_marked(start: str) -> bool:
    """Whether a text begins with a playlist's head, or with `[dir]` or `[file]` and a name: it only looks like JSON."""
    first = start.partition("\n")[0].rstrip()
    return _MARKED.fullmatch(first) is not None or _PLS.fullmatch(first) is not None


def _marked(lines: list[str]) -> list[Row]:
    matches = _matched(lines, _MARKED, 2)
    if not any(match[1] for match in matches):
        return []
    return [{"name": match[2].rstrip("/"), "size": match[3], FOLDER: bool(match[1])} for match in matches]


_OBJECT: Final = re.compile(
    r"\s*(?:(?:(\d{1,20})\s+)?(\d{4}-\d\d-\d\d[T ][\d:]{5,8}Z?)\s+(?:(\d{1,20})\s+)?|DIR\s+)?"
    r"(?:gs|s3|az|oss|cos|b2|r2)://([^/\s]{3,222}/\S.{0,1023}?)"
    r"(?:\s+metageneration=\d+)?"
)
_INDEXED: Final = re.compile(r"\s*(?:\w{1,40}\.)?\w{1,40}\[(\d{1,6})\]\.(\w{1,40}(?:\[\d\])?)=(.{0,2048})")


_NUMBERED: Final = re.compile(r"(?:^|[&;,\s>])([A-Za-z_]{2,32})[_\[]?(\d{1,5})\]?=([^&\n<]{0,1024})")


def numbered_rows(text: str) -> list[Row]:
    """Rows of what a text says of numbered files (`FileName0=a.jpg&FileSize0=12&FileName1=...`)."""
    rows: dict[str, Row] = {}
    for match in _NUMBERED.finditer(text[:_LONGEST_PAIRS]):
        rows.setdefault(match[2], {})[match[1]] = match[3].strip().strip("'\";")
    return [row for row in rows.values() if len(row) > 1]


_LONGEST_PAIRS: Final = 1 << 20


def _indexed(page: Page, lines: list[str]) -> Listing | None:
    """Properties of numbered items, as recorders write what they found: `items[0].FilePath=/mnt/sd/a.dav`."""
    rows: dict[str, Row] = {}
    matches = [match for line in lines if (match := _INDEXED.fullmatch(line))]
    if len(matches) < 2 or len(matches) * 10 < len(lines) * 7:
        several = numbered_rows("\n".join(lines))
        mark = "what is said of numbered files"
        return read_group(page, Group(several), FAMILY, mark) if len(several) > 1 else None
    for match in matches:
        said = match[3].strip()
        if match[2] == "FilePath" and said.startswith("/") and page.place.path.endswith(_FINDS_FILES):
            said = page.place.path.removesuffix(_FINDS_FILES) + "/RPC_Loadfile" + said
        rows.setdefault(match[1], {})[match[2]] = said
    return read_group(page, Group(list(rows.values())), FAMILY, "properties of numbered items")


_FINDS_FILES: Final = "/mediaFileFind.cgi"
"""Where a recorder tells its files by paths of its disk, and hands them out beside it (Dahua, HTTP API, 4.10.5)."""
_ALL: Final = re.compile(r"TOTAL: .{1,80}")


def _objects(lines: list[str]) -> list[Row]:
    """Addresses of objects in one bucket, as `gsutil ls` and `s3cmd ls` write them, with sizes and dates or without."""
    matches = _matched([line for line in lines if not _ALL.fullmatch(line)], _OBJECT, 2)
    if len({match[4].partition("/")[0] for match in matches}) != 1:
        return []
    said = {match[4].rpartition("/")[2]: match for match in matches}
    rows = _below(["/" + match[4] for match in matches])
    for row in rows:
        match = None if row[FOLDER] else said.get(str(row["name"]))
        row["size"], row["date"] = (match[1] or match[3], match[2]) if match else (None, None)
    return rows


_NOTED: Final = frozenset({"items of YAML", "rows of Markdown that link to the names that they show"})
_BARE: Final = "a text of nothing but names of files and folders, one a line"


def _names(lines: list[str]) -> list[Row]:
    names = [line.strip() for line in lines]
    if len(names) < 2 or not all(is_name(name) and (name.endswith("/") or has_extension(name)) for name in names):
        return []
    if any(re.search(r"[.:;!?] |\s{2}|[=:{}\[\]*]", name) for name in names):
        return []
    return [{"name": name.rstrip("/"), FOLDER: name.endswith("/")} for name in names]


def _delimited(page: Page, lines: list[str]) -> Listing | None:
    """Lines of fields with one mark between them, under a header that names them or without one."""
    if lines and re.fullmatch(r"[A-Z_]{4,40}", lines[0].strip()):
        lines = lines[1:]
    group = of_texts(lines) if len(lines) >= 2 else None
    if group is None and len(lines) >= 3:
        group = of_texts(lines[1:])  # a first line that says what follows
    if group is None or not group.rows or group.rows[0].keys() <= {"name"} or group.rows[0].keys() <= {"path"}:
        return None
    if group.keyed:
        return read_group(page, group, FAMILY, "lines of named fields")
    heads = [str(one) for one in group.rows[0].values()]
    roles = {role_of(head) for head in heads}
    if "name" in roles | {"name" * ("path" in roles)} and {"size", "date"} & roles:
        group = Group([dict(zip(heads, row.values(), strict=False)) for row in group.rows[1:]])
        if len(group.rows) < 2:
            return None
    return read_group(page, group, FAMILY, "lines of fields that are name, size, kind or date")


_READERS: tuple[tuple[Callable[[list[str]], list[Row]], str], ...] = (
    (_ls, "lines of permissions, owner, size, date and name, as ls -l writes them"),
    (_rsync, "lines of permissions, size, date and name, as rsync writes them"),
    (_dir, "lines of date, size or <DIR> and name, as dir writes them"),
    (_index, "lines of name, size, date and kind below a line of their fields, as browsers write an index"),
    (_date_first, "lines of date, size and name"),
    (_sums, "lines of a checksum and a name"),
    (_playlist, "a playlist of files below"),
    (_marked, "lines of a mark for folder or file, and a name"),
    (_objects, "addresses of the objects of one bucket, one a line"),
    (_paths, "lines of paths in one folder, as find writes them"),
    (_tree, "branches as tree draws them"),
    (_names, _BARE),
    (_size_first, "lines of size and name"),
    (array_rows, _BARE),
    (yaml_rows, "items of YAML"),
    (markdown_rows, "rows of Markdown that link to the names that they show"),
)
