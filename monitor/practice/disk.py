"""A made-up disk of recorded calls: names, sizes and contents come from arithmetic, and no file of it is real."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from monitor.practice.sounds import FRAME, gsm_header, mp3_size

# The Swedish regulator set 070-1740605 to 070-1740699 aside for fiction: nobody can be called on them.
_FIRST_NUMBER, _NUMBERS = 701740605, 95

EVERY = timedelta(seconds=20)
"""How often a call ends on the disk that grows."""
_KEPT = 1000
"""Calls that the growing disk keeps, so that its page stays small however long it runs."""
_BEFORE = 12
"""Calls that lie there when it starts."""
_QUIET = timedelta(days=3)
"""Between those and its start: so that it does not look alive before it is seen to grow."""


@dataclass(frozen=True, slots=True)
class File:
    """One file: its first bytes are `head`, and the rest is `fill` over and over."""

    name: str
    size: int
    modified: datetime
    head: bytes = b""
    fill: bytes = b"\0"

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`, as far as the file goes."""
        stop = min(stop, self.size)
        if start >= stop:
            return b""
        begin = max(start - len(self.head), 0)
        end = max(stop - len(self.head), 0)
        turns = self.fill * ((end - begin) // len(self.fill) + 2)
        offset = begin % len(self.fill)
        return self.head[start:stop] + turns[offset : offset + end - begin]


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder with what lies in it, each part in the order of its names."""

    name: str
    modified: datetime
    folders: tuple[Folder, ...] = ()
    files: tuple[File, ...] = ()

    def find(self, path: str) -> File | Folder | None:
        """What lies at a decoded absolute path; a folder is found with its final slash and without."""
        here: Folder = self
        parts = [part for part in path.split("/") if part]
        for number, part in enumerate(parts, 1):
            below = next((folder for folder in here.folders if folder.name == part), None)
            if below is not None:
                here = below
            elif number == len(parts) and not path.endswith("/"):
                return next((file for file in here.files if file.name == part), None)
            else:
                return None
        return here


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call, by the shape that Asterisk gives to names: the caller's number is part of it."""

    serial: int
    started: datetime
    seconds: int

    @property
    def ended(self) -> datetime:
        """When its recording lay on the disk, ready to be read."""
        return self.started + timedelta(seconds=self.seconds)

    @property
    def stem(self) -> str:
        """Its files' name without the extension."""
        number = f"0{_FIRST_NUMBER + self.serial * 37 % _NUMBERS}"
        desk = 101 + self.serial % 9
        way, first, second = ("out", desk, number) if self.serial % 5 == 4 else ("in", number, desk)
        at = int(self.started.timestamp())
        return f"{way}-{first}-{second}-{self.started:%Y%m%d-%H%M%S}-{at}.{self.serial}"

    def wav(self) -> File:
        """The recording as it was made: GSM, silent."""
        head, size = gsm_header(self.seconds)
        return File(f"{self.stem}.wav", size, self.ended, head)

    def mp3(self) -> File:
        """The same call again, packed for listening."""
        return File(f"{self.stem}.mp3", mp3_size(self.seconds), self.ended + timedelta(seconds=9), fill=FRAME)


@cache
def recorder() -> Folder:
    """The disk of a recorder that three customers share, as it stood in February 2019."""
    customers = tuple(
        _customer(name, offset, count)
        for offset, (name, count) in enumerate((("bookings", 6), ("medicall", 24), ("switchboard", 9)))
    )
    return Folder("", _newest(customers, ()), customers)


def _customer(name: str, offset: int, count: int) -> Folder:
    # The first years are empty folders: they were made when the store was set up, and nothing was ever put there.
    empty = tuple(Folder(str(year), datetime(year, 1, 4, 8, 30, tzinfo=UTC)) for year in (2016, 2017))
    years = tuple(
        Folder(str(year), _newest(months, ()), months)
        for year, months in (
            (2018, tuple(_month(2018, month, offset, count) for month in (11, 12))),
            (2019, tuple(_month(2019, month, offset, count) for month in (1, 2))),
        )
    )
    return Folder(name, _newest(years, ()), empty + years)


def _month(year: int, month: int, offset: int, count: int) -> Folder:
    calls = [
        Call(
            serial=1000 * (month % 11) + 100 * offset + number,
            started=datetime(
                year,
                month,
                1 + number * 16 // count,
                7 + number * 5 % 15,
                number * 13 % 60,
                number * 29 % 60,
                tzinfo=UTC,
            ),
            seconds=40 + (number * 61 + month * 7) % 400,
        )
        for number in range(count)
    ]
    files = [call.wav() for call in calls] + [call.mp3() for call in calls if call.serial % 2 == 0]
    return Folder(f"{month:02d}", _newest((), tuple(files)), (), tuple(sorted(files, key=lambda file: file.name)))


def growing(begun: datetime, now: datetime) -> Folder:
    """A disk with a few old calls, on which one more ends every `EVERY` since `begun`; at `now` those that have."""
    last = max(0, (now - begun) // EVERY)
    files = []
    for number in range(max(-_BEFORE, last - _KEPT) + 1, last + 1):
        seconds = 18 + number % 7 * 23
        ended = (begun + number * EVERY - (_QUIET if number <= 0 else timedelta())).replace(microsecond=0)
        files.append(Call(number + _BEFORE, ended - timedelta(seconds=seconds), seconds).wav())
    return Folder("", files[-1].modified, (), tuple(sorted(files, key=lambda file: file.name)))


@cache
def backup() -> Folder:
    """A disk with the one file that somebody forgot: last night's dump of a database, all of it made up."""
    rows = "".join(f"{number}\tmade up, entry {number}\n" for number in range(400))
    packed = gzip.compress(f"COPY journal (id, entry) FROM stdin;\n{rows}\\.\n".encode(), mtime=0)
    at = datetime(2026, 1, 12, 2, 30, tzinfo=UTC)
    dump = File("journal.sql.gz", len(packed), at, packed)
    return Folder("", at, (Folder("backup", at, (), (dump,)),))


def _newest(folders: tuple[Folder, ...], files: tuple[File, ...]) -> datetime:
    return max([folder.modified for folder in folders] + [file.modified for file in files])
