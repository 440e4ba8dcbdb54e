"""What FTP servers list: rows of `ls`, DOS, VMS, OS/400 and z/OS, MLSD (RFC 3659) and EPLF; replies and their codes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from probes.recognise.listing.fields.months import MONTHS
from probes.recognise.listing.model import Modified
from probes.recognise.shares.rows import ShareRow, at

_UNIX: Final = re.compile(
    rb"\s{0,4}(?:\d{1,20}\s+){0,2}([-dlbcps])(?:[-rwxsStT]{9}[+.@]?\s+\d+|\s*\[[-A-Z]{4,12}\])\s+(?:\S+\s+){0,8}?"
    rb"(\d{1,19}|\d{1,3}(?:[.,']\d{3}){1,5}|\d{1,4}(?:[.,]\d)?[KMGTkmgt])\s+"
    rb"(?:(?:([A-Za-z\x80-\xff]{2,30}\.?|\d{1,2}[\x80-\xff]{2,3})\s+(\d{1,2})(?:[\x80-\xff]{2,3}|\.)?"
    rb"|(\d{1,2})\.?\s+([A-Za-z\x80-\xff]{2,30}\.?))\s+(?:(\d{4})(?:[\x80-\xff]{2,3})?|(\d{1,2}:\d{2}))"
    rb"|(\d{4})-(\d\d)-(\d\d) \d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: [+-]\d{4})?) (.+)"
)
"""Numbers in front are an inode and blocks; rights in brackets are NetWare's; owners and groups of a domain have
blanks. A date has its month before or after its day, in the language and charset of the server, or is all numbers."""
_VMS: Final = re.compile(
    rb"([^\s;]+);(\d{1,5})\s+\d+(?:/\d+)?\s+(\d{1,2})-([A-Z]{3})-(\d{4})\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s.*)?"
)
_VMS_NAME: Final = re.compile(rb"[^\s;]+;\d{1,5}\s*")
"""A name that is too long for its line: the rest of its row stands on the next one."""
_VMS_FRAME: Final = re.compile(rb"Directory [^\s\[]+\[\S*\]\s*|Total of \d{1,9} files?\b.{0,80}")
_DOS: Final = re.compile(
    rb"(?:(\d\d)-(\d\d)-(\d{4}|\d{2})|(\d{4})-(\d\d)-(\d\d)|(\d\d)\.(\d\d)\.(\d{4}|\d{2}))\s+"
    rb"(\d\d):(\d\d)([AP]M)?\s+(<DIR>|\d{1,3}(?:[.,]\d{3}){1,5}|\d{1,19})\s+(.+)"
)
"""Dates of America, of ISO 8601 and of the north of Europe."""
_MVS: Final = re.compile(
    rb"\S{1,8}\s+\S{1,10}\s+(?:(\d{4})/(\d\d)/(\d\d)|\*\*NONE\*\*)\s+\d{1,4}\s+\d{1,9}\s+[A-Z+?]{1,6}\s+\d{1,6}\s+\d{1,6}\s+"
    rb"(PS|PO|PO-E|VS|DA|GDG|HFS)\s+'?([A-Z0-9$#@.-]{1,44})'?\s*"
)
"""A data set of z/OS: volume, unit, last use, extents, tracks, form, lengths, organisation (`PO` has members), name."""
_MVS_FRAME: Final = re.compile(rb"Volume\s+Unit\s+Referred\b.{0,200}|\s?Name\s+VV\.MM\s+Created\b.{0,200}")
_MVS_MEMBER: Final = re.compile(
    rb"\s?([A-Z0-9$#@]{1,8})\s+\d\d\.\d\d\s+\d{4}/\d\d/\d\d\s+(\d{4})/(\d\d)/(\d\d)\s+\d\d:\d\d(?:\s+\d{1,9}){3}\s+\S{1,8}\s*"
)
_MLSD: Final = re.compile(rb"((?:[A-Za-z0-9.\-]+=[^;]*;)+) (.+)")
_EPLF: Final = re.compile(rb"\+((?:[^,\t]{1,100},)*)\t(.+)")
"""Facts before a tab (https://cr.yp.to/ftp/list/eplf.html)."""
_OS400: Final = re.compile(rb"\S{1,10}\s+(?:(\d{1,19})\s+\d\d/\d\d/\d\d\s+\d\d:\d\d:\d\d\s+)?\*([A-Z]{3,8})\s+(.+?)\s*")
"""Owner, size, date and time in the order of the machine, kind of object, name; members of a file tell no date."""
_OUR_ADDRESS: Final = re.compile(
    rb"(?i)\bip[ -]?addr|\badresse ip|\bip (?:is|was|has|not|blocked|banned)\b|\bgeo-?(?:ip|block)|"
    rb"\b(?:your|client|remote|source) (?:current )?(?:ip|address|host|network|country|location|region)\b|"
    rb"\bbanned\b|\bblack-? ?list|\b(?:not (?:allowed|permitted|accepted|authori[sz]ed)|blocked|denied|refused) from\b"
)
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)
_LONGEST: Final = 4096


def code_of(reply: bytes) -> int:
    """The code of a reply; 0 when it has none."""
    return int(reply[:3]) if re.match(rb"[1-5]\d\d[ \-\r\n]", reply) else 0


def last_code(reply: bytes) -> int:
    """The code of a reply's last line; 0 when it has none."""
    return code_of(reply.rstrip(b"\r\n").rpartition(b"\n")[2] + b"\r\n")


def passive_port(reply: bytes) -> int | None:
    """The port that a reply to EPSV or PASV names, and never its address; None when there is none."""
    extended = re.search(rb"\(([!-~])\1\1(\d{1,5})\1\)", reply) if reply.startswith(b"229") else None
    if extended is not None:
        return int(extended[2]) if int(extended[2]) < 65536 else None
    passive = re.search(rb"\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})\b", reply)
    if passive is None or not reply.startswith(b"227") or max(int(passive[1]), int(passive[2])) > 255:
        return None
    return int(passive[1]) * 256 + int(passive[2])


def refuses_our_address(reply: bytes) -> bool:
    """Whether a refusal is said to be for where we come from: it says nothing of what others are told."""
    return _OUR_ADDRESS.search(reply) is not None


def rows(data: bytes, now: datetime | None = None) -> tuple[tuple[ShareRow, ...], int]:
    """The rows of a list, whichever form they have, and how many lines of it were none (a reply's own lines
    do not count). Without `now` a date whose year is left out is not told."""
    found, strange, begun = [], 0, b""
    for line in data.split(b"\n"):
        line = line.rstrip(b"\r")
        if not line or len(line) > _LONGEST or re.match(rb"[1-5]\d\d[ -]|total \d+$|\s*$", line):
            continue
        if _VMS_FRAME.fullmatch(line) or _MVS_FRAME.fullmatch(line):
            continue
        if begun and line[:1].isspace():
            line = begun + line
        elif begun:
            strange += 1
        begun = line if _VMS_NAME.fullmatch(line) else b""
        if begun:
            continue
        row = _row(line, now)
        if row is None:
            strange += 1
        elif row.name not in (b".", b".."):
            found.append(row)
    return tuple(found), strange + bool(begun)


_FILE_NAME: Final = re.compile(rb"[^\x00-\x1f/\\:*?\"<>|]{1,200}\.[A-Za-z0-9]{1,8}")
_WORD: Final = re.compile(rb"[^\x00-\x20/\\:*?\"<>|]{1,255}")
_MOST_BARE: Final = 100_000


def bare_names(data: bytes) -> tuple[ShareRow, ...]:
    """The names of a list that says nothing else of them, as small recorders send it; nothing where a line can be none.
    A name without an ending is taken for a folder."""
    lines = [line.rstrip(b"\r") for line in data.split(b"\n", _MOST_BARE)]
    names = [line for line in lines if line and line not in (b".", b"..")]
    if not all(_FILE_NAME.fullmatch(name) or _WORD.fullmatch(name) for name in names):
        return ()
    return tuple(ShareRow(name, _FILE_NAME.fullmatch(name) is None) for name in names)


def _row(line: bytes, now: datetime | None) -> ShareRow | None:
    if match := _UNIX.fullmatch(line):
        kind, size, month, day, day_first, month_second, year, time, *numbers, name = match.groups()
        if b"[" in line[:8]:
            name = name.lstrip()
        if kind == b"l":
            # A link may lead anywhere: where it leads is not followed, and what it is cannot be told.
            return ShareRow(name.partition(b" -> ")[0], False)
        month, day = month or month_second, day or day_first
        date = _unix_date(month, int(day), year or time, now) if month else _day(*map(int, numbers))
        # `1.2M` tells no number of bytes; `4,044` does.
        digits = re.sub(rb"[.,']", b"", size)
        known = int(digits) if digits.isdigit() else None
        return ShareRow(name, kind == b"d", known, date) if kind in b"-d" else None
    if match := _MLSD.fullmatch(line.removeprefix(b" ")):
        return _mlsd(match[1], match[2])
    if match := _VMS.fullmatch(line):
        name, version, day, month, year = match.groups()
        date = _unix_date(month.title(), int(day), year, now)
        if name.endswith(b".DIR"):
            return ShareRow(name.removesuffix(b".DIR"), True, None, date)
        return ShareRow(name + b";" + version, False, None, date)
    if match := _DOS.fullmatch(line):
        us, iso, north = match.groups()[:3], match.groups()[3:6], match.groups()[6:9]
        month, day, year = us if us[0] else (iso[1], iso[2], iso[0]) if iso[0] else (north[1], north[0], north[2])
        *time, size, name = match.groups()[9:]
        folder = size == b"<DIR>"
        date = _dos_date(month, day, year, *time)
        return ShareRow(name, folder, None if folder else int(re.sub(rb"[.,]", b"", size)), date)
    if match := _MVS.fullmatch(line):
        date = _day(*map(int, match.groups()[:3])) if match[1] else None
        return ShareRow(match[5], match[4].startswith(b"PO"), None, date)
    if match := _MVS_MEMBER.fullmatch(line):
        return ShareRow(match[1], False, None, _day(*map(int, match.groups()[1:])))
    if match := _EPLF.fullmatch(line):
        return _eplf(match[1].split(b","), match[2])
    if match := _OS400.fullmatch(line):
        folder = match[2] in (b"DIR", b"DDIR", b"FLR", b"LIB") or match[3].endswith(b"/")
        return ShareRow(match[3].rstrip(b"/"), folder, int(match[1]) if match[1] and not folder else None)
    return None


def _eplf(facts: list[bytes], name: bytes) -> ShareRow | None:
    told = {fact[:1]: fact[1:] for fact in facts if fact}
    size, modify = told.get(b"s", b""), told.get(b"m", b"")
    date = at(int(modify)) if re.fullmatch(rb"\d{1,10}", modify) else None
    return ShareRow(name, b"/" in told, int(size) if re.fullmatch(rb"\d{1,19}", size) else None, date)


def _mlsd(facts: bytes, name: bytes) -> ShareRow | None:
    told = {
        key.lower(): value for key, _, value in (fact.partition(b"=") for fact in facts.split(b";") if b"=" in fact)
    }
    kind = told.get(b"type", b"").lower()
    if kind in (b"cdir", b"pdir"):
        return ShareRow(b".", True)
    size, modify = told.get(b"size", b""), told.get(b"modify", b"")[:14]
    date = None
    if re.fullmatch(rb"\d{14}", modify):
        date = _moment(*(int(modify[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12))), doubt=False)
    return ShareRow(name, kind == b"dir", int(size) if re.fullmatch(rb"\d{1,19}", size) else None, date)


def _unix_date(month: bytes, day: int, when: bytes, now: datetime | None) -> Modified | None:
    number = _month(month)
    if number is None:
        return None
    if b":" not in when:
        return _day(int(when), number, day)
    if now is None:
        return None
    hour, minute = map(int, when.split(b":"))
    found = _moment(now.year, number, day, hour, minute)
    # `ls` leaves out the year of the last half year: a date ahead of us is last year's.
    return _moment(now.year - 1, number, day, hour, minute) if found is None or found.low > now else found


def _month(said: bytes) -> int | None:
    """The number of a month as a list names it: in a language of servers, or by its number before a sign (`11月`)."""
    number = re.match(rb"\d{1,2}", said)
    if number is not None:
        return int(number[0]) if 1 <= int(number[0]) <= 12 else None
    name = said.decode("utf-8", "replace").lower()
    return MONTHS.get(name) or MONTHS.get(name.rstrip("."))


def _dos_date(month: bytes, day: bytes, year: bytes, hour: bytes, minute: bytes, half: bytes | None) -> Modified | None:
    years = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 70 else 1900)
    hours = int(hour) % 12 + 12 * (half == b"PM") if half else int(hour)
    return _moment(years, int(month), int(day), hours, int(minute))


def _moment(year: int, month: int, day: int, hour: int, minute: int, *, doubt: bool = True) -> Modified | None:
    try:
        told = datetime(year, month, day, hour, minute, tzinfo=UTC)
        return Modified(told - _EAST, told + _WEST) if doubt else Modified(told, told)
    except (ValueError, OverflowError):
        return None


def _day(year: int, month: int, day: int) -> Modified | None:
    try:
        told = datetime(year, month, day, tzinfo=UTC)
        return Modified(told - _EAST, told + timedelta(days=1) + _WEST)
    except (ValueError, OverflowError):
        return None
