"""The groups of rows that a value holds: arrays of objects, of arrays, of delimited texts, maps by name."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from probes.recognise.listing.extent import names_next
from probes.recognise.listing.fields.sizes import has_unit
from probes.recognise.listing.structured.fields_of_rows import Row, has_extension, is_name, role_of, spelt

FOLDER: Final = "\0folder"
"""The key under which a row says whether the list that it stands in is one of folders."""
_MOST_VISITS: Final = 20_000
_DEEPEST: Final = 12
_INSIDE: Final = 400
"""Rows of a group that are searched for groups of their own."""
_FOLDER_LISTS: Final = frozenset(
    """dirs folders directories subdirs subfolders subdirectories collections dir folder directory folderlist dirlist
    dirnames foldernames prefixes commonprefixes mappar ordner dossiers carpetas""".split()  # noqa: SIM905
)
_FILE_LISTS: Final = frozenset(
    """files file filelist filenames contents documents docs objects blobs recordings clips items leaves children filer
    dateien fichiers""".split()  # noqa: SIM905
)
_FACETS: Final = frozenset({"folder", "directory", "file"})
"""Objects that are there for folders, or for files, alone."""
_MARKS: Final = ("\t", "|", ";", ",", "*", "?", "#", ":")
_PAIR: Final = re.compile(r"\s*[A-Za-z_]{1,16}\s*[:=](?!//)")
_COLUMNS: Final = re.compile(r" {2,}|\t")
_MORE: Final = frozenset("hasmore istruncated truncated hasnext more hasnextpage incomplete".split())  # noqa: SIM905
_NEXT: Final = frozenset(
    """nextpagetoken nexttoken nextcursor nextmarker nextpage nextkey nextlink nextcontinuationtoken continuationtoken
    cursor nextfilename""".split()  # noqa: SIM905
)
_TOTAL: Final = frozenset("total totalcount totalitems totalfiles count totalresults recordstotal".split())  # noqa: SIM905

_OF_A_DISK: Final = frozenset({"free", "used", "available", "freespace", "usedspace"})
"""What stands beside a total of bytes."""
_PAGES: Final = frozenset("pages totalpages pagecount numpages lastpage pagestotal".split())  # noqa: SIM905
_MOST_DIGITS: Final = 10


@dataclass
class Group:
    """Rows that belong together, and where they stood."""

    rows: list[Row]
    keyed: bool = True
    """Whether the keys are names of fields; else they are the positions of the fields."""
    paged: bool = False
    depth: int = 0

    @property
    def rank(self) -> tuple[int, int, int]:
        """Which of two groups is the folder asked for: of a tree the level nearest to its root, not the root alone."""
        tree = any(isinstance(one, list) and one for row in self.rows[:_INSIDE] for one in row.values())
        return int(not (tree and len(self.rows) == 1)), int(tree), -self.depth if tree else 0


def groups(value: object) -> Iterator[Group]:
    """Every group of rows in `value`, outermost first. Bounded: a hostile value costs no more than a large one."""
    queue: deque[tuple[object, int]] = deque([(value, 0)])
    visits = 0
    while queue and visits < _MOST_VISITS:
        here, depth = queue.popleft()
        visits += 1
        if isinstance(here, dict):
            for group in (_two_lists(here), _by_name(here), _by_number(here), _columns(here)):
                if group is not None:
                    group.depth, group.paged = depth, group.paged or _says_more(here, len(group.rows))
                    yield group
        elif isinstance(here, list):
            group = _of_list(here)
            if group is not None:
                group.depth = depth
                yield group
        if depth < _DEEPEST:
            inside = _held(here) if isinstance(here, dict) else here if isinstance(here, list) else []
            for one in inside[:_INSIDE]:
                # Data is often text inside of data: `{"d": "[{...}]"}`.
                value = _unpacked(one) if isinstance(one, str) else one
                if isinstance(value, dict | list) and value:
                    queue.append((value, depth + 1))


def _held(value: Row) -> list[object]:
    """The values of an object; not the examples in a description of an interface."""
    described = not _DESCRIBES.isdisjoint(value)
    return [one for key, one in value.items() if not (described and key in _EXAMPLES)]


_EXAMPLES: Final = frozenset({"example", "examples"})
_DESCRIBES: Final = frozenset({"version", "schema", "content", "summary", "description", "type", "in", "$ref"})


def _unpacked(text: str) -> object:
    if len(text) < 16:
        return None
    if text[0] + text[-1] not in ("[]", "{}"):
        return _within(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _within(text: str) -> object:
    """The first array of objects inside of a longer text, as frames of data that is streamed to a page hold it."""
    at = -1
    for _ in range(8):
        at = text.find('[{"', at + 1)
        if at < 0:
            break
        try:
            return json.JSONDecoder().raw_decode(text, at)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _columns(value: Row) -> Group | None:
    """Fields in one array each: `{"names": [...], "sizes": [...]}`."""
    columns = {
        key: one for key, one in value.items()
        if isinstance(one, list) and len(one) > 1 and not any(isinstance(part, list | dict) for part in one)
    }  # fmt: skip
    lengths = {len(one) for one in columns.values()}
    if len(columns) < 2 or len(lengths) != 1 or not any(has_extension(str(one[0])) for one in columns.values()):
        return None
    names = {key: key[:-1] if key.lower().endswith("s") and len(key) > 2 else key for key in columns}
    return Group([{names[key]: one[at] for key, one in columns.items()} for at in range(lengths.pop())])


def paged_beside(value: object, rows: int, depth: int = 0) -> bool:
    """Whether an object anywhere above the rows says that there are more of them."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return False
    inside = [one for one in value.values() if isinstance(one, dict)]
    return _says_more(value, rows) or any(paged_beside(one, rows, depth + 1) for one in inside[:_INSIDE])


def _says_more(value: Row, rows: int) -> bool:
    disk = not _OF_A_DISK.isdisjoint(map(spelt, value))
    last = any(said is False and spelt(key) in _MORE for key, said in value.items())
    for key, said in value.items():
        plain = spelt(key)
        if plain in _MORE and said is True:
            return True
        if plain in _NEXT and said and not last and isinstance(said, str | int) and not isinstance(said, bool):
            return True
        if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < _MOST_DIGITS:
            said = int(said)  # as attributes of XML have it
        if not isinstance(said, int) or isinstance(said, bool) or rows < 1:
            continue
        if (plain in _TOTAL and said > rows and not disk) or (plain in _PAGES and said > 1):
            return True
    return bool(names_next(value))


def _of_list(value: list[object]) -> Group | None:
    if not value:
        return None
    dicts = sum(isinstance(one, dict) for one in value)
    if dicts * 2 > len(value):
        cells = [
            one for row in value if isinstance(row, dict) for one in row.values()
            if isinstance(one, list) and len(one) > 1 and not any(isinstance(part, list | dict) for part in one)
        ]  # fmt: skip
        if len(cells) == dicts > 1:
            return Group([_numbered([_scalar(str(part)) for part in one]) for one in cells], keyed=False)
        rows = _named_by_key(_unwrapped([one for one in value if isinstance(one, dict)]))
        rows = _alike([_flat(one) for one in rows])
        return Group(rows)
    if sum(isinstance(one, list) and len(one) > 1 for one in value) * 10 >= len(value) * 9:
        return Group([_numbered(one) for one in value if isinstance(one, list)], keyed=False)
    if group := _with_sizes_and_times([one for one in value if isinstance(one, str)]):
        return group
    if all(isinstance(one, str) for one in value):
        return of_texts([one for one in value if isinstance(one, str)])
    return None


_MEASURED: Final = re.compile(r"([^*/|]{1,255})[*|](\d{1,15})[*|](\d{9,10})")
"""A file with its size and its time in one text, as programs that draw a snapshot of a disk write it."""


def _with_sizes_and_times(texts: list[str]) -> Group | None:
    """The files of an array that tells its folder and sums beside them: `["D:/a*0*1", "b.wav*12*1", "3"]`."""
    found = [match for text in texts if (match := _MEASURED.fullmatch(text))]
    if not found or len(texts) - len(found) > _BESIDE_FILES:
        return None
    return Group([{"name": one[1], "size": int(one[2]), "time": int(one[3])} for one in found])


_BESIDE_FILES: Final = 2


def _named_by_key(rows: list[Row]) -> list[Row]:
    """Rows of a name as the key and what is said of it as the value: `{"a.mp4": "12 bytes|2021-03-04 10:11:12"}`."""
    pairs = [next(iter(row.items()), ("", None)) for row in rows]
    if not all(len(row) == 1 for row in rows) or len({key for key, _ in pairs}) * 10 < len(pairs) * 9:
        return rows
    if not all((has_extension(key) or key.endswith("/")) and isinstance(said, str) for key, said in pairs):
        return rows
    named: list[Row] = []
    for key, said in pairs:
        parts = str(said).split("|")
        size = next((part for part in parts if has_unit(part) or part.isdigit()), None)
        named.append({"name": key, "size": size, "date": parts[-1] if parts[-1] != size else None})
    return named


def _unwrapped(rows: list[Row]) -> list[Row]:
    """The rows inside of rows that hold nothing but one list each, all under one name, as XML often wraps them."""
    name = next(iter(rows[0]), "") if len(rows[0]) == 1 else ""
    if not name or not all(len(row) == 1 and isinstance(row.get(name), list) for row in rows):
        return rows
    inner: list[Row] = []
    for row in rows:
        several = row[name]
        inner += [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []
    return inner or rows


def _alike(rows: list[Row]) -> list[Row]:
    """Rows whose fields are called `folder_name` in the one and `file_name` in the other, under one name."""
    keys = {spelt(key) for row in rows[:_INSIDE] for key in row}
    both = {key[4:] for key in keys if key.startswith("file")} & {key[6:] for key in keys if key.startswith("folder")}
    both -= {""}
    if not both:
        return rows
    names = {f"{kind}{end}": end for kind in ("file", "folder") for end in both}
    return [{names.get(spelt(key), key): value for key, value in row.items()} for row in rows]


_FLAT: Final = 2
_SAYS: Final = re.compile(r"[?&](name|size)=([^&\s]{1,300})")
"""What an address of a recorder's says of the recording that it plays."""


def _flat(row: Row, depth: int = 0) -> Row:
    """A row with the fields of the objects inside it (`attributes`, `stat`, `node`) beside its own."""
    found: Row = {}
    named: bool | None = None  # told once, and only where it is asked
    for key, value in row.items():
        if isinstance(value, str) and value[:4].lower() in ("rtsp", "rtmp"):
            for says in _SAYS.finditer(value[:2048]):
                found.setdefault(says[1], unquote(says[2]))
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            if named is None:
                named = any(isinstance(one, str) and role_of(name) in ("name", "path") for name, one in row.items())
            value = value if named else value[0]  # as XML says that a row has one of a thing
        if isinstance(value, dict):
            if spelt(key) in _FACETS:
                found.setdefault(FOLDER, spelt(key) != "file")
            for inner, said in _flat(value, depth + 1).items() if depth < _FLAT else ():
                found.setdefault(inner, said)
        elif value is not None:
            found[key] = value
    return found


def _numbered(row: list[object]) -> Row:
    return dict(zip(_POSITIONS, row, strict=False))


_POSITIONS: Final = tuple(map(str, range(40)))


def of_texts(texts: list[str]) -> Group | None:
    """Delimited texts (`/DCIM,a.jpg,512,32,18432,29870`) as rows of fields, or bare names as rows of one."""
    lines = [text.strip("\r\n") for text in texts if text.strip()]
    if not lines:
        return None
    if all(_COLUMNS.search(line.strip()) for line in lines):
        lines = [_COLUMNS.sub("\t", line.strip()) for line in lines]
    for mark in _MARKS:
        if mark not in lines[0]:
            continue
        counts = [line.count(mark) for line in lines]
        least = min(counts)
        if least >= 1 and max(counts) <= least + (3 if mark == "," and least >= 4 else 0):
            # A line that comes again and again is read once, and is one and the same row.
            parted = {line: _parted(line, mark, least) for line in dict.fromkeys(lines)}
            if all(_PAIR.match(part) for row in parted.values() for part in row):
                pairs = {line: dict(_pair(part) for part in row) for line, row in parted.items()}
                return Group([pairs[line] for line in lines])
            # A column that holds names holds texts, though some of them are of digits alone.
            named = {at for row in parted.values() for at, part in enumerate(row) if has_extension(part)}
            read = {
                line: _numbered([part if at in named else _scalar(part) for at, part in enumerate(row)])
                for line, row in parted.items()
            }
            return Group([read[line] for line in lines], keyed=False)
    if all(is_name(line) for line in lines):
        return Group([{"name": line} for line in lines])
    if all(re.fullmatch(r"[^\s<>|*?\"]{1,1024}", line) and "/" in line for line in lines):
        return Group([{"path": line} for line in lines])
    return None


def _parted(line: str, mark: str, least: int) -> list[str]:
    """A line in `least` + 1 parts: where it has more, the name (after a folder) holds the mark itself."""
    parts = line.split(mark)
    extra = len(parts) - least - 1
    if extra:
        first = 1 if parts[0].startswith("/") or not parts[0] else 0
        parts[first : first + extra + 1] = [mark.join(parts[first : first + extra + 1])]
    return parts


def _pair(text: str) -> tuple[str, object]:
    key, value = text[: (at := min(i for i in (text.find(":"), text.find("=")) if i >= 0))], text[at + 1 :]
    return key.strip(), _scalar(value)


_WHOLE_NUMBER: Final = re.compile(r"-?\d{1,18}")


def _scalar(text: str) -> object:
    text = text.strip().strip('"')
    # Of a text without a digit at its end, which most are, no number is tried.
    whole = text[-1:].isdecimal() and _WHOLE_NUMBER.fullmatch(text)
    return int(text) if whole and (text == "0" or not text.startswith("0")) else text


def _two_lists(value: Row) -> Group | None:
    """Folders in one list and files in another, each of names or of objects."""
    found: dict[bool, list[Row]] = {}
    for key, rows in value.items():
        plain = spelt(key)
        folder = plain in _FOLDER_LISTS
        if isinstance(rows, dict) and len(rows) == 1:
            (rows,) = rows.values()  # `{"results": [...]}`
        elif isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], dict) and len(rows[0]) == 1:
            inner = next(iter(rows[0].values()))  # as XML has it
            rows = inner if isinstance(inner, list) else rows
        if not (folder or plain in _FILE_LISTS) or not isinstance(rows, list):
            continue
        made: list[Row] = []
        for one in rows:
            if isinstance(one, dict):
                made.append({**_flat(one), FOLDER: folder})
            elif isinstance(one, str) and is_name(one):
                made.append({"name": one, FOLDER: folder})
            else:
                break
        else:
            found.setdefault(folder, []).extend(made)
    if found.get(True) and found.get(False):
        found[True] = _as_files_are(found[True], found[False])
    return Group(found[True] + found[False]) if len(found) == 2 and (found[True] or found[False]) else None


def _as_files_are(folders: list[Row], files: list[Row]) -> list[Row]:
    """Folders with their names (`{"Prefix": "a/"}`, `{"dirname": "a"}`) under the key by which files have theirs."""
    single = {key for row in folders for key in row if key != FOLDER}
    keys = [key for key in files[0] if role_of(key) in ("name", "path") or spelt(key) == "key"]
    named = single if len(single) == 1 else {key for key in single if _NAME_OF_FOLDER.fullmatch(spelt(key))}
    if len(named) != 1 or not keys or named & files[0].keys() or (keys[0] in single and keys[0] not in named):
        return folders
    (own,) = named
    return [{keys[0] if key == own else key: one for key, one in row.items()} for row in folders]


_NAME_OF_FOLDER: Final = re.compile(r"(?:dir|folder|directory|subdir|subfolder|collection)(?:name|title)?")


def _by_number(value: Row) -> Group | None:
    """Rows under numbered keys: `<i0>`, `<i1>`, `{"1": {...}, "2": {...}}`."""
    texts = [one for key, one in value.items() if _NUMBERED.fullmatch(key) and isinstance(one, str)]
    if len(texts) > 1 and all(map(has_extension, texts)):
        return of_texts(texts)
    rows: list[Row] = []
    inside = _inside_of_root(value)
    for key, one in value.items():
        if _NUMBERED.fullmatch(key) and (inside is None or key in inside):
            inner = one[0] if isinstance(one, list) and len(one) == 1 else one
            if not isinstance(inner, dict):
                return None
            rows.append(_flat(inner))
    alike = len(rows) > 1 and all(row.keys() == rows[0].keys() for row in rows[:_INSIDE])
    return Group(rows) if alike or (rows and inside is not None) else None


def _inside_of_root(value: Row) -> set[str] | None:
    """The numbers of the rows that lie in the first row, where that tells them (`"children": ["2", "3"]`)."""
    first = next(iter(value.values()), None)
    lists = [one for one in first.values() if isinstance(one, list) and one] if isinstance(first, dict) else []
    told = {str(one) for one in lists[0]} if len(lists) == 1 else set()
    return told if told and told <= value.keys() else None


_NUMBERED: Final = re.compile(r"[A-Za-z_]{0,12}\d{1,6}")


def _by_name(value: Row) -> Group | None:
    """A map from names to what is said of each: `{"a.wav": {"size": 12}}`."""
    rows = [(key, one) for key, one in value.items() if isinstance(one, dict)]
    if not rows or len(rows) * 10 < len(value) * 9:
        return None
    if sum(has_extension(key) or key.endswith("/") for key, _ in rows) * 2 < len(rows):
        return None
    return Group([{**_flat(one), "name": key} for key, one in rows])
