"""Names that call recorders give: which product, when, and which files are one and the same call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from probes.recognise.listing.model import Modified
from probes.recognise.people.spelling import meant


@dataclass(frozen=True, slots=True)
class Recording:
    """A name of a recorder's shape. `when` is what the name says, as bounds in UTC; None where it says nothing."""

    product: str
    when: Modified | None = None
    spans: tuple[tuple[int, int], ...] = ()
    """Where dates, times, epochs and serials stand in the decoded name: taken out before numbers are looked for."""


_AUDIO: Final = r"(?:wav49|wav|gsm|mp3|ogg|opus|amr|g729|ulaw|alaw|sln|m4a|wma|flac|au|vox)"
_SOUND: Final = rf"(?:\.{_AUDIO}){{1,2}}"
_GUID: Final = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_MONTHS: Final = {
    name: month
    for month, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905
}

# Named groups are what is taken out: d date, t time, e epoch, s serial; y m r are year, month and day of a date tree.
# Every repeat is bounded or excludes the slash.
_SHAPES: Final = tuple(
    (product, re.compile(pattern, re.IGNORECASE))
    for product, pattern in (
        (
            "Asterisk",
            r"(?:^|/)(?:in|out|internal|external|exten|ext|q|queue|rg|conf|force|g)-[^/]{0,200}?"
            rf"(?P<d>20\d{{6}})-(?P<t>\d{{6}})-(?P<e>\d{{10}})\.(?P<s>\d{{1,12}})(?:{_SOUND})?$",
        ),
        (
            "Asterisk",
            rf"(?:^|/)(?P<y>20\d\d)/(?P<m>\d\d)/(?P<r>\d\d)/(?P<t>\d{{6}})-\d{{2,8}}(?:-[^/]{{0,100}})?{_SOUND}$",
        ),
        ("Asterisk voicemail", rf"(?:^|/)msg(?P<s>\d{{4}})(?:{_SOUND}|\.txt)$"),
        ("VICIdial", rf"(?:^|/)(?P<d>20\d{{6}})-(?P<t>\d{{6}})_[^/]{{1,200}}?-(?:all|in|out){_SOUND}$"),
        ("Grandstream", rf"(?:^|/)auto-(?P<e>\d{{10}})-[^/-]{{1,64}}-[^/]{{1,64}}?{_SOUND}$"),
        ("Grandstream", rf"(?:^|/)meetme-conf-rec-\d{{1,12}}-(?P<e>\d{{10}})[^/]{{0,64}}?{_SOUND}$"),
        ("FocalScope", rf"(?:^|/)(?P<y>20\d\d)-UTC/(?P<m>\d\d)/(?P<r>\d\d)/(?P<s>{_GUID})(?:{_SOUND}|\.json)$"),
        (
            "FreeSWITCH",
            rf"(?:^|/)(?P<y>20\d\d)/(?P<m>[a-z]{{3}})/(?P<r>\d\d)/(?P<s>{_GUID})(?:-(?:in|out))?{_SOUND}$",
        ),
        (
            "FreeSWITCH",
            r"(?:^|/)[^/]{1,200}?\.(?P<d>20\d\d-\d\d-\d\d)[-_](?P<t>\d\d[-:]\d\d[-:]\d\d)" rf"{_SOUND}$",
        ),
        ("GUID", rf"(?:^|/)(?P<s>{_GUID})(?:[-_][a-z0-9]{{1,12}})?{_SOUND}$"),
        (
            "Telesis",
            r"(?:^|/)[^/_]{1,16}_(?P<d>\d{6})_(?P<t>\d{6})(?:_[^/_]{0,40}){5}_(?P<s>[0-9a-f]{1,16})" rf"{_SOUND}$",
        ),
        ("MiaRec", rf"(?:^|/)(?:[^/]{{1,100}}?[-_])?(?P<d>20\d{{6}})(?P<t>\d{{6}})(?:_(?P<s>\d{{1,3}}))?{_SOUND}$"),
    )
)
# Any recorder: a sound whose name holds a day and a time, or an epoch. Prompts and music hold neither.
_GENERIC: Final = (
    re.compile(
        r"(?<!\d)(?P<d>20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))[-_T .]{0,3}"
        r"(?P<t>(?:[01]\d|2[0-3])[-:_.]?[0-5]\d(?:[-:_.]?[0-5]\d)?)(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<e>1[0-9]\d{8})(?:\.(?P<s>\d{1,9}))?(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))(?!\d)"),
)
_NO_DIGIT: Final = re.compile(r"\D")
_ENDS_IN_SOUND: Final = re.compile(rf"{_SOUND}$", re.IGNORECASE)
_NOT_CALLS: Final = re.compile(r"(?:^|/)(?:sounds?|moh|mohmp3|music|prompts?|greetings?)/", re.IGNORECASE)
_LONGEST: Final = 512


def recording(name: str) -> Recording | None:
    """The recorder's shape that `name` (a file name, better a path) has, or None. Any text is read, in bounded time.

    `product` is `generic` for a sound that is named after a moment, `GUID` for one that is named after a GUID. Prompts,
    greetings and music on hold are none, by their folder. Local times in names have no zone: 26 hours of doubt.
    """
    name = meant(name)[-_LONGEST:]
    if _NOT_CALLS.search(name):
        return None
    for product, shape in _SHAPES:
        if (match := shape.search(name)) is not None:
            return Recording(product, _when(match), _spans(match))
    sound = _ENDS_IN_SOUND.search(name)
    if sound is None:
        return None
    last = name.rfind("/") + 1
    for shape in _GENERIC:
        if (match := shape.search(name, last, sound.start())) is not None and (when := _when(match)) is not None:
            return Recording("generic", when, _spans(match))
    return None


def _spans(match: re.Match[str]) -> tuple[tuple[int, int], ...]:
    return tuple(match.span(group) for group in match.groupdict() if match[group] is not None)


def _when(match: re.Match[str]) -> Modified | None:
    """The moment in a name: an epoch is exact, a local time as wide as the zones of the earth, a date a day wider."""
    found = match.groupdict()
    if epoch := found.get("e"):
        at = datetime.fromtimestamp(int(epoch), UTC)
        return Modified(at, at)
    if date := found.get("d"):
        digits = date.replace("-", "")
        digits = digits if len(digits) == 8 else f"20{digits}"
    elif year := found.get("y"):
        month = found.get("m") or ""
        number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
        digits = f"{year}{number:02d}{found.get('r')}"
    else:
        return None
    time = _NO_DIGIT.sub("", found.get("t") or "")
    clock = (time + "000000")[:6]
    try:
        day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
        at = datetime(*day, int(clock[:2]), int(clock[2:4]), int(clock[4:]), tzinfo=UTC)
    except ValueError:
        return None
    # Zones run from UTC-12 to UTC+14: a local time may be 14 hours later in UTC than written, or 12 earlier.
    return Modified(at - timedelta(hours=14), at + timedelta(hours=12 if time else 36))


# Extensions of one call's files: its sound in several formats, and what is told of it beside.
_CALL_EXTENSION: Final = re.compile(rf"(?:\.(?:{_AUDIO}|txt|json|xml))$", re.IGNORECASE)
_SIDE: Final = re.compile(r"(?:-(?:in|out|all)|_[lr])$", re.IGNORECASE)
_FORMAT_FOLDER: Final = re.compile(r"/(?:mp3|wav|gsm|ogg|orig)/?$", re.IGNORECASE)
_UNIQUE_ID: Final = re.compile(r"-(\d{10}\.\d{1,12})$")


def call_key(folder: str, name: str) -> str:
    """What is equal for all files of one call: wav, mp3, sides, and the text beside them (behaviour A7).

    The folder and the name in lower case, without extensions of sound or metadata and without `-in`, `-out`, `-all`,
    `_L`, `_R`; a folder of one format (`MP3/`) counts as the one above it; of an Asterisk name, its unique id
    `<epoch>.<seq>` alone. It may hold a caller's number, so it is never stored.
    """
    stem = meant(name).rpartition("/")[2]
    for _ in range(3):
        shorter = _CALL_EXTENSION.sub("", stem)
        if shorter in ("", stem):
            break
        stem = shorter
    if (unique := _UNIQUE_ID.search(stem)) is not None:
        return unique[1]
    stem = _SIDE.sub("", stem) or stem
    return f"{_FORMAT_FOLDER.sub('/', meant(folder)).rstrip('/')}/{stem}".lower()
