"""The rows of an exported access log: CSV, JSON lines, and the XML of the RIV-TA service contracts for logs.

Rows are held for the length of one reading and are never stored: they name people.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from probes.recognise.listing.structured.xml_tree import Node, parse
from probes.recognise.pages.plain import plain_body, utf16_of


class LogForm(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON_LINES = "json-lines"
    RIV_TA = "riv-ta"


FIELDS: Final = ("id", "at", "actor", "activity", "object", "system", "sequence")
"""What a row may say; the rest of it is not read."""
NEEDED: Final = ("id", "at", "actor", "activity")
"""What every row must say. A row without an object is one about no person."""
MOST_ROWS: Final = 400_000
_RIV_TA: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("logId",),
    "at": ("startDate",),
    "actor": ("userId",),
    "activity": ("activityType",),
    "system": ("systemId",),
    "sequence": ("sequenceNumber",),
}
_PATIENT: Final = "patientId"


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row, or one object of an entry that names several. Every field is as it is written; empty: it is missing."""

    position: int
    """Which entry of the export it stands in, from 1."""
    id: str = field(default="", repr=False)
    at: str = ""
    actor: str = field(default="", repr=False)
    activity: str = field(default="", repr=False)
    object: str = field(default="", repr=False)
    system: str = ""
    sequence: str = ""


@dataclass(frozen=True, slots=True)
class LogFile:
    """An export as it was read."""

    rows: tuple[LogRow, ...] = ()
    unreadable: tuple[int, ...] = ()
    """Positions of lines that are no rows."""
    whole: bool = True
    """Whether all of it could be read."""
    absent: tuple[str, ...] = ()
    """Needed fields that no row has."""


def read_log(body: bytes, form: LogForm, columns: Mapping[str, str]) -> LogFile:
    """The rows of an export; `columns` says how an export calls a field, if not by its own name. Raises nothing."""
    body = plain_body(body)
    match form:
        case LogForm.RIV_TA:
            read = _of_xml(body)
        case LogForm.CSV:
            read = _of_csv(_text(body), columns)
        case LogForm.JSON_LINES:
            read = _of_json(_text(body), columns)
    absent = tuple(name for name in NEEDED if read.rows and not any(getattr(row, name) for row in read.rows))
    return LogFile(read.rows, read.unreadable, read.whole, absent)


def _text(body: bytes) -> str:
    codec = utf16_of(body)
    if codec:
        return body.decode(codec, "replace").lstrip("\ufeff")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _of_csv(text: str, columns: Mapping[str, str]) -> LogFile:
    head = text.partition("\n")[0]
    delimiter = max(";,\t|", key=head.count)
    rows: list[LogRow] = []
    unreadable: list[int] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip().casefold() for name in next(lines, [])]
        where = {name: header.index(said) for name in FIELDS if (said := columns.get(name, name).casefold()) in header}
        for position, cells in enumerate((cells for cells in lines if cells), 1):
            if position > MOST_ROWS:
                return LogFile(tuple(rows), tuple(unreadable), whole=False)
            if len(cells) != len(header):
                unreadable.append(position)
                continue
            rows.append(LogRow(position, **{name: cells[at].strip() for name, at in where.items()}))
    except csv.Error:
        return LogFile(tuple(rows), tuple(unreadable), whole=False)
    return LogFile(tuple(rows), tuple(unreadable), whole=bool(header))


def _of_json(text: str, columns: Mapping[str, str]) -> LogFile:
    rows: list[LogRow] = []
    unreadable: list[int] = []
    position = 0
    for line in text.splitlines():
        if not line.strip():
            continue
        position += 1
        if position > MOST_ROWS:
            return LogFile(tuple(rows), tuple(unreadable), whole=False)
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            unreadable.append(position)
            continue
        rows.append(LogRow(position, **{name: _said(said, columns.get(name, name)) for name in FIELDS}))
    return LogFile(tuple(rows), tuple(unreadable))


def _said(row: dict[str, Any], key: str) -> str:
    """A value of a row; a key with dots leads into it."""
    here: Any = row
    for name in [key] if key in row else key.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return str(here).strip() if isinstance(here, str | int) and not isinstance(here, bool) else ""


def _of_xml(body: bytes) -> LogFile:
    root, whole = parse(body)
    rows: list[LogRow] = []
    for position, entry in enumerate(_entries(root) if root is not None else (), 1):
        if position > MOST_ROWS:
            return LogFile(tuple(rows), whole=False)
        said = {name: next(_values(entry, names), "") for name, names in _RIV_TA.items()}
        for patient in dict.fromkeys(_values(entry, (_PATIENT,))) or ("",):
            rows.append(LogRow(position, object=patient, **said))
    return LogFile(tuple(rows), whole=whole and root is not None)


def _entries(node: Node) -> Iterator[Node]:
    """The elements that hold a log id, outermost first."""
    if any(child.name in _RIV_TA["id"] for child in node.children):
        yield node
        return
    for child in node.children:
        yield from _entries(child)


def _values(node: Node, names: tuple[str, ...]) -> Iterator[str]:
    """The texts of elements of these names; where one has an `extension`, that is its value (an HL7 identifier)."""
    for child in node.children:
        if child.name in names:
            inner = child.first("extension")
            yield (inner.text if inner is not None else child.text).strip()
        else:
            yield from _values(child, names)
