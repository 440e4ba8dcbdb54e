"""Dates as pages write them, as spans of UTC time that hold every reading the page leaves open."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from probes.recognise.listing.fields.months import MONTHS
from probes.recognise.listing.fields.sizes import plain_digits
from probes.recognise.listing.model import Modified

_MONTH = r"(?:(?:de|den) |d['’])?([^\W\d_]{3,12})\.?"
_OF = r"(?:[-/ ,]{0,2}| (?:del?|r\.|г\.) )"
"""What parts a month from its year: `14 de mayo de 2015` and `4 d'abril del 2015` have a word there."""
_TIME = r"(?:(\d{1,2})[:.]([0-5]\d|(?<=:) \d)(?:[:.](\d{2}|(?<=:) \d)(?:\.\d{1,9})?)?(?! ?[KMGTkmgt]i?[BbOo]\b))"
"""A time; some cameras write ` 5` for a minute below ten. `4.12 MB` is none."""
_HALF = r"(?:\s*([AaPp])\.?[Mm]\.?)?"
_ZONE = r"\s*(Z|GMT|UTC|[+-]\d{2}:?\d{2})?"
_GAP = r"(?:[\s,T]|-(?=\s)|(?<=\s)(?:at|um)(?=\s)){1,12}"
"""What parts a day from its time. Each character is read in one way alone, so that no text takes long."""
_THEN = rf"(?:{_GAP}{_TIME}{_HALF}{_ZONE})?"
_ISO = re.compile(
    r"(?<!\d)(\d{4})(?:[-/.] ?|:|[年년] ?)(\d{1,2})(?:[-/.] ?|:|[月월] ?)(\d{1,2})(?:\.|日|일)?"
    rf"(?:{_GAP}(?:(오전|오후|上午|下午|午前|午後)\s*)?{_TIME}{_HALF}{_ZONE})?(?!\d)"
)
_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[-/ .]{{0,2}}{_MONTH}{_OF}(\d{{4}}|\d{{2}})(?:\.| ?г\.)?{_THEN}(?!\d)"
)
_YEAR_NAMED = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)(?:[-/ ]|\. | m\. ){_MONTH}[-/ ](\d{{1,2}})(?: d\.|\.)?{_THEN}(?!\d)"
    r"(?! (?:19|20)\d\d(?!\d))"
)
"""`2024 Jan 2`, `2015. május 12.`, `2015 m. gegužės 12 d.`; in `2024 Jan 2 2023` the first number is a size."""
_YEAR_DAY = re.compile(rf"(?<!\d)((?:19|20)\d\d)\. gada (\d{{1,2}})\. {_MONTH}{_THEN}(?!\d)")
"""Latvian, as in `2015. gada 12. maijs`."""
_MONTH_FIRST = re.compile(
    rf"(?<![^\W\d_]){_MONTH}[-/ ]{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?(?:,|[-/ ])\s*(\d{{4}}|\d{{2}}(?!:)){_THEN}(?!\d)"
)
_NO_YEAR = re.compile(rf"(?<![^\W\d_]){_MONTH}\s{{1,3}}(\d{{1,2}})\s(?:\s?at\s){{0,1}}\s*{_TIME}(?!\d)")
_C_TIME = re.compile(
    rf"(?<![^\W\d_]){_MONTH}\s{{1,3}}(\d{{1,2}})\s+(\d{{1,2}}):(\d{{2}}):(\d{{2}})\s+(?:[A-Z]{{1,5}}\s+|[+-]\d{{4}}\s+)?(\d{{4}})(?!\d)"
)
"""The C library's `Mon Jan 22 15:04:05 2024`, and Java's with a zone before the year."""
_NUMERIC = re.compile(rf"(?<![\d.])(\d{{1,2}})([-/.])\s?(\d{{1,2}})\2\s?(\d{{4}}|\d{{2}}){_THEN}(?![\d])")
AGE = re.compile(
    r"(?i)\b(?:a|an|one|\d{1,4})\+?\s*(?:second|sec|minute|min|hour|day|week|month|year)s?\s+ago\b"
    r"|\bjust now\b|\byesterday\b"
)
_LS = re.compile(
    r"\s{0,8}[-dl](?:[-r][-w][-xsStT]){1,3}[.+@]?\s{1,8}\d{1,9}\s{1,20}(?:\w[\w.-]{0,40}\s{1,20}){0,2}\d{1,20}\s{1,20}(?=[A-Z][a-z]{2}\s)"
)
"""What stands before the date of a row as `ls -l` writes it: permissions, links, owner and group, size."""
_DIGIT = re.compile(r"\d")
_WEST, _EAST = timedelta(hours=14), timedelta(hours=12)
"""A clock without a zone is at most 14 hours before and 12 after UTC's."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date found in a text, with its place there, before its day order is decided."""

    start: int
    end: int
    year: int | None
    first: int
    second: int
    order: str
    """`md` when the order is certain, `?` when `first` and `second` may each be the month."""
    clock: tuple[int, int, int] | None = None
    zone: timedelta | None = None


def find_date(text: str) -> Stamp | None:
    """The first date in `text` (at most its first 400 characters), or None. Raises nothing."""
    return _find_short(text) if len(text) <= _SHORT else _find(text[:400])


_SHORT = 60
"""Characters of a text that is asked about often, as that of a cell is."""


def _find(text: str) -> Stamp | None:
    text = plain_digits(text)
    if _DIGIT.search(text) is None:
        return None
    if (before := _LS.match(text)) is not None:
        # The size of `12 Oct 17 2023` is no day.
        stamp, over = _find(text[before.end() :]), before.end()
        return stamp and replace(stamp, start=stamp.start + over, end=stamp.end + over)
    best: Stamp | None = None
    for reader in (_iso, _named, _year_named, _year_day, _c_time, _month_first, _numeric, _no_year):
        stamp = reader(text)
        if stamp is not None and (best is None or stamp.start < best.start):
            best = stamp
        if best is not None and best.start == 0:
            break
    return best


_find_short = lru_cache(4096)(_find)


def says_age(text: str) -> bool:
    """Whether `text` tells a date as an age (`2 days ago`), which bounds no time without a clock."""
    return len(text) < 200 and AGE.search(text) is not None


def day_first(stamps: Iterable[Stamp | None]) -> bool | None:
    """Whether a page writes the day before the month: a value above 12 anywhere decides, else None."""
    for stamp in stamps:
        if stamp is not None and stamp.order == "?":
            if stamp.first > 12:
                return True
            if stamp.second > 12:
                return False
    return None


def modified(stamp: Stamp, days_first: bool | None) -> Modified | None:
    """The span of UTC time that `stamp` can mean; None when no reading of it is a date."""
    orders = [(stamp.first, stamp.second)]
    if stamp.order == "?":
        month_day, day_month = (stamp.first, stamp.second), (stamp.second, stamp.first)
        orders = [day_month] if days_first else [month_day] if days_first is not None else [month_day, day_month]
    lows, highs = [], []
    for month, day in orders:
        span = _span(stamp, month, day)
        if span is not None:
            lows.append(span[0])
            highs.append(span[1])
    return Modified(min(lows), max(highs)) if lows else None


def at(seconds: float) -> Modified | None:
    """The instant of a Unix time, or None when it is out of range."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Modified(moment, moment)


def read_date(text: str) -> Modified | None:
    """The date that `text` states on its own, with no page to decide its day order."""
    stamp = find_date(text)
    return modified(stamp, None) if stamp else None


def _span(stamp: Stamp, month: int, day: int) -> tuple[datetime, datetime] | None:
    # A leap year, so that 29 February is a day.
    year = stamp.year if stamp.year is not None else 1972
    try:
        if stamp.clock is None:
            low = datetime(year, month, day, tzinfo=UTC)
            high = low + timedelta(days=1) - timedelta(seconds=1)
        else:
            low = high = datetime(year, month, day, *stamp.clock, tzinfo=UTC)
        if stamp.zone is not None:
            low, high = low - stamp.zone, high - stamp.zone
        else:
            low, high = low - _WEST, high + _EAST
        if stamp.year is None:
            # Servers leave the year out for the past half year or so, of a now that this function must not know.
            return datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return low, high


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _clock(hour: str | None, minute: str | None, second: str | None, half: str | None) -> tuple[int, int, int] | None:
    if hour is None or minute is None:
        return None
    hours = int(hour)
    if half and half.lower() in {"p", "오후", "下午", "午後"} and hours < 12:
        hours += 12
    elif half and half.lower() in {"a", "오전", "上午", "午前"} and hours == 12:
        hours = 0
    return hours, int(minute), int(second or 0)


def _zone(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text[0] in "+-":
        digits = text[1:].replace(":", "")
        span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return span if text[0] == "+" else -span
    return timedelta()


def _possible(stamp: Stamp) -> Stamp | None:
    """The stamp, if one reading of it is a date."""
    year = stamp.year if stamp.year is not None else 1972
    if not 1 < year < 9999:  # the zone may lead out of what can be told
        return stamp if modified(stamp, None) is not None else None
    clock = stamp.clock
    if clock is not None and (clock[0] > 23 or clock[1] > 59 or clock[2] > 59):
        return None
    orders = ((stamp.first, stamp.second), (stamp.second, stamp.first))
    for month, day in orders if stamp.order == "?" else orders[:1]:
        if 0 < month <= 12 and 0 < day <= (29 if month == 2 and isleap(year) else _DAYS[month - 1]):
            return stamp
    return None


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _iso(text: str) -> Stamp | None:
    for m in _ISO.finditer(text):
        clock = _clock(m[5], m[6], m[7], m[4] or m[8])
        found = _possible(Stamp(m.start(), m.end(), int(m[1]), int(m[2]), int(m[3]), "md", clock, _zone(m[9])))
        if found:
            return found
    return None


def _named(text: str) -> Stamp | None:
    for m in _NAMED.finditer(text):
        month = MONTHS.get(m[2].lower())
        if month:
            clock = _clock(m[4], m[5], m[6], m[7])
            found = _possible(Stamp(m.start(), m.end(), _year(m[3]), month, int(m[1]), "md", clock, _zone(m[8])))
            if found:
                return found
    return None


def _year_named(text: str) -> Stamp | None:
    for m in _YEAR_NAMED.finditer(text):
        month = MONTHS.get(m[2].lower())
        if month:
            clock = _clock(m[4], m[5], m[6], m[7])
            found = _possible(Stamp(m.start(), m.end(), int(m[1]), month, int(m[3]), "md", clock, _zone(m[8])))
            if found:
                return found
    return None


def _year_day(text: str) -> Stamp | None:
    for m in _YEAR_DAY.finditer(text):
        month = MONTHS.get(m[3].lower())
        if month:
            clock = _clock(m[4], m[5], m[6], m[7])
            found = _possible(Stamp(m.start(), m.end(), _year(m[1]), month, int(m[2]), "md", clock, _zone(m[8])))
            if found:
                return found
    return None


def _month_first(text: str) -> Stamp | None:
    for m in _MONTH_FIRST.finditer(text):
        month = MONTHS.get(m[1].lower())
        if month:
            clock = _clock(m[4], m[5], m[6], m[7])
            found = _possible(Stamp(m.start(), m.end(), _year(m[3]), month, int(m[2]), "md", clock, _zone(m[8])))
            if found:
                return found
    return None


def _c_time(text: str) -> Stamp | None:
    for m in _C_TIME.finditer(text):
        month = MONTHS.get(m[1].lower())
        if month:
            clock = _clock(m[3], m[4], m[5], None)
            found = _possible(Stamp(m.start(), m.end(), int(m[6]), month, int(m[2]), "md", clock, None))
            if found:
                return found
    return None


def _no_year(text: str) -> Stamp | None:
    for m in _NO_YEAR.finditer(text):
        month = MONTHS.get(m[1].lower())
        if month:
            found = _possible(Stamp(m.start(), m.end(), None, month, int(m[2]), "md", _clock(m[3], m[4], m[5], None)))
            if found:
                return found
    return None


def _numeric(text: str) -> Stamp | None:
    for m in _NUMERIC.finditer(text):
        clock = _clock(m[5], m[6], m[7], m[8])
        # A dotted date is day first wherever dots are used for dates.
        if int(m[1]) > 31:
            # `98/11/02`: two digits of the year, the month and the day.
            stamp = Stamp(m.start(), m.end(), _year(m[1]), int(m[3]), int(m[4]), "md", clock, _zone(m[9]))
        elif m[2] == ".":
            stamp = Stamp(m.start(), m.end(), _year(m[4]), int(m[3]), int(m[1]), "md", clock, _zone(m[9]))
        else:
            stamp = Stamp(m.start(), m.end(), _year(m[4]), int(m[1]), int(m[3]), "?", clock, _zone(m[9]))
        found = _possible(stamp)
        if found:
            return found
    return None
