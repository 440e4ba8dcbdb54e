"""Reads an exported access log from its declared place, and tells the canary rows in it by the ids of the inventory.

The rows of everybody else are counted and dropped here. How the log calls the canary accounts and objects is read when
a look begins, and is in no target, record, text or exception.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from monitor.network.http.client import HttpConversation
from probes.access_log import AccessLog, Performed
from probes.reasons import NoAnswerReason
from probes.recognise.logs.lint import lint
from probes.recognise.logs.rows import LogFile, LogForm, LogRow, read_log
from probes.recognise.logs.times import read_time
from probes.requests.http import Ending, NoAnswer, Request
from probes.requests.sources import OTHER, CanaryRow, LogRead

LARGEST: Final = 32 << 20
"""Bytes of an export that are read."""
_DIARY: Final = 1 << 20
_MOST_CANARY_ROWS: Final = 2000


@dataclass(frozen=True, slots=True)
class LogSource:
    """Where one log is, how it is written, and how it calls the canaries."""

    form: LogForm
    columns: Mapping[str, str]
    zone: ZoneInfo | None
    numbered: bool
    actors: Mapping[str, str] = field(repr=False)
    """For each name in the log the id of a canary account."""
    objects: Mapping[str, str] = field(repr=False)
    """For each name in the log the id of a canary object."""
    file: Path | None = None
    """A file, or a folder whose newest file is read."""
    path: str = ""
    """What is asked for where it is no file."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    written: Path | None = None
    """Where the owner writes down what was done in a session."""


async def read_access_log(
    source: LogSource, log: AccessLog, conversation: Callable[[], HttpConversation], now: datetime, seconds: float
) -> LogRead | NoAnswer:
    """Read the log and what was written down of sessions; an export over HTTP counts as made `now`."""
    try:
        if source.file is not None:
            body, exported = await asyncio.to_thread(from_file, source.file)
        else:
            async with conversation() as web:
                answer = await web.ask(Request("GET", source.path, LARGEST, headers=source.headers), seconds)
            if isinstance(answer, NoAnswer):
                return answer
            if answer.status != 200 or answer.ending is not Ending.WHOLE:
                why = f"status {answer.status}" if answer.status != 200 else f"the body is {answer.ending.value}"
                return LogRead(0, int(now.timestamp()), unread=why, wire=answer.wire)
            body, exported = answer.body, int(now.timestamp())
        diary = b"" if source.written is None else (await asyncio.to_thread(_small, source.written))
    except NoFile as error:
        return NoAnswer(NoAnswerReason.NOT_ASKED, str(error))
    return await asyncio.to_thread(_told, source, log, body, exported, diary)


class NoFile(Exception):
    """A declared file could not be read; the text says why, by the system's own word."""


def from_file(place: Path) -> tuple[bytes, int]:
    """The bytes of a file, or of the newest file in a folder, and when it was written. Raises NoFile."""
    try:
        if place.is_dir():
            # Whoever drops exports here may not lead us to another file of this machine by a link.
            files = [
                one
                for one in place.iterdir()
                if one.is_file() and not one.is_symlink() and not one.name.startswith(".")
            ]
            if not files:
                raise NoFile("the folder of exports is empty")
            newest = max(files, key=lambda one: (one.stat().st_mtime, one.name))
            return _bytes_of(newest, LARGEST, os.O_NOFOLLOW)
        return _bytes_of(place, LARGEST)
    except OSError as error:
        raise NoFile(f"the export cannot be read: {error.strerror or type(error).__name__}") from None


def _small(place: Path) -> bytes:
    try:
        return _bytes_of(place, _DIARY)[0]
    except OSError as error:
        raise NoFile(f"what was done cannot be read: {error.strerror or type(error).__name__}") from None


def _bytes_of(place: Path, most: int, flags: int = 0) -> tuple[bytes, int]:
    # Opened without waiting: a pipe that somebody put in its place has no writer.
    number = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    with os.fdopen(number, "rb") as file:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise NoFile("what is declared is no file")
        body = file.read(most + 1)
    if len(body) > most:
        raise NoFile(f"larger than {most >> 20} MiB")
    return body, int(status.st_mtime)


def _told(source: LogSource, log: AccessLog, body: bytes, exported: int, diary: bytes) -> LogRead:
    read = read_log(body, source.form, source.columns)
    digest = hashlib.sha256(body).hexdigest()
    performed = _diary(diary)
    unread = _unread(read, source, log) or ("" if performed is not None else "what was done is not written as declared")
    entries = read.rows[-1].position if read.rows else 0
    if unread:
        return LogRead(entries, exported, unread=unread, wire=len(body), digest=digest)
    activities = {step.activity.casefold(): step.activity for step in log.steps if step.activity}
    rows = tuple(
        CanaryRow(
            row.position,
            read_time(row.at, source.zone).instants,
            source.actors.get(row.actor, OTHER),
            activities.get(row.activity.casefold(), OTHER),
            source.objects.get(row.object, OTHER) if row.object else "",
        )
        for row in read.rows
        if row.actor in source.actors or row.object in source.objects
    )
    if len(rows) > _MOST_CANARY_ROWS:
        unread = f"more than {_MOST_CANARY_ROWS} rows are about canaries"
        return LogRead(entries, exported, unread=unread, wire=len(body), digest=digest)
    faults = lint(read, source.zone, numbered=source.numbered)
    return LogRead(entries, exported, rows, faults, performed or (), wire=len(body), digest=digest)


def _unread(read: LogFile, source: LogSource, log: AccessLog) -> str:
    """Why nothing can be said by an export; empty where something can."""
    if not read.rows:
        return "it has no row"
    if not read.whole:
        return f"it is not {source.form.value}, or not whole"
    if read.absent:
        return f"no row has the field {', '.join(read.absent)}"
    if any(step.object for step in log.steps) and not any(row.object for row in read.rows):
        return "no row has the field object"
    if source.zone is None and all(_zoneless(row) for row in read.rows):
        return "its times say no zone, and none is declared"
    return ""


def _zoneless(row: LogRow) -> bool:
    return not read_time(row.at, None).zoned


_DIARY_COLUMNS: Final = {name: name for name in ("id", "actor", "activity", "object", "system", "sequence")} | {
    "at": "at",
    "id": "step",
}


def _diary(diary: bytes) -> tuple[Performed, ...] | None:
    """The steps that the owner performed, as CSV with columns `at` and `step` or JSON lines; None where unreadable."""
    if not diary.strip():
        return ()
    form = LogForm.JSON_LINES if diary.lstrip()[:1] == b"{" else LogForm.CSV
    read = read_log(diary, form, _DIARY_COLUMNS)
    times = [(row.id, read_time(row.at, None).instants) for row in read.rows]
    if not read.whole or read.unreadable or not read.rows or not all(step and instants for step, instants in times):
        return None
    return tuple(Performed(step, instants[0]) for step, instants in times)
