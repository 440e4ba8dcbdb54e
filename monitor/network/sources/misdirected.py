"""Reads what an owner counted as misdirected each month, and counts it once more by the log of dispatches.

Both are files that the owner exports. The rows of the log are held while they are counted, and nothing of them is told
but how many there are: they name cases and people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from monitor.network.sources.access_log import NoFile, from_file
from probes.recognise.logs.rows import LogFile, LogForm, read_log
from probes.recognise.logs.times import read_time
from probes.requests.sources import CountedMonth, CountRead

_FIGURES: Final = {"id": "month", "at": "month", "actor": "month", "activity": "misdirected"}
"""The columns of the owner's count: one row a month. What is no person is read by the names of a log's fields."""


@dataclass(frozen=True, slots=True)
class CountSource:
    """Where the owner's count and its log of dispatches are, and how the log is written."""

    counted: Path
    log: Path
    columns: Mapping[str, str]
    """How the log calls the id of a dispatch (`id`), its time (`at`) and what came of it (`activity`)."""
    word: str
    """What the log says of a misdirected dispatch."""
    zone: ZoneInfo


async def read_count(source: CountSource, months: tuple[str, ...]) -> CountRead:
    """The owner's figure and the recount of each of these months (`2026-10`)."""
    return await asyncio.to_thread(_read, source, months)


def _read(source: CountSource, months: tuple[str, ...]) -> CountRead:
    try:
        (figures, _), (rows, _) = from_file(source.counted), from_file(source.log)
    except NoFile as error:
        return CountRead(unread=str(error))
    wire = len(figures) + len(rows)
    counted, log = read_log(figures, LogForm.CSV, _FIGURES), read_log(rows, LogForm.CSV, source.columns)
    for name, read, columns in (("the count", counted, _FIGURES), ("the log of dispatches", log, source.columns)):
        if wrong := _unread(read, columns):
            return CountRead(unread=f"{name} {wrong}", wire=wire)
    said: dict[str, int] = {}
    for row in counted.rows:
        if row.id in said or not row.activity.isdecimal() or len(row.activity) > _DIGITS:
            return CountRead(unread=f"the count: row {row.position} is no month with a number", wire=wire)
        said[row.id] = int(row.activity)
    gone: dict[str, set[str]] = {}
    for row in log.rows:
        instants = read_time(row.at, source.zone).instants
        if not instants:
            return CountRead(unread=f"the log of dispatches: row {row.position} has no time", wire=wire)
        month = f"{datetime.fromtimestamp(instants[0], source.zone):%Y-%m}"
        # A dispatch that was marked twice, or corrected later, went astray once.
        if row.activity.casefold() == source.word.casefold():
            gone.setdefault(month, set()).add(row.id)
        else:
            gone.setdefault(month, set())
    # A month of which the log has no row at all may have been cut off: it shows no zero.
    return CountRead(
        tuple(CountedMonth(month, said.get(month), len(gone[month]) if month in gone else None) for month in months),
        wire=wire,
    )


_DIGITS: Final = 9


def _unread(read: LogFile, columns: Mapping[str, str]) -> str:
    if not read.whole or read.unreadable:
        return "is no CSV, or not whole"
    if read.absent:
        return f"has no column {', '.join(dict.fromkeys(columns[name] for name in read.absent))}"
    return "" if read.rows else "has no row"
