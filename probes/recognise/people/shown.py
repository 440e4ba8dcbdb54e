"""What a page or a text shows of people: their numbers, fields about them, rows of calls. Reasons, never a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, TypeAlias

from probes.recognise.listing.html.markup import Token, squeeze
from probes.recognise.listing.html.prose import UNREAD
from probes.recognise.people import check_digits

Rows: TypeAlias = list[list[str]]
"""The texts of a page, a row of cells each; a line of a text is one."""

_LONGEST: Final = 1 << 18
_MOST_ROWS: Final = 4000
_CELLS: Final = frozenset({"td", "th", "dd"})
_ROWS: Final = frozenset({"tr", "table", "tbody", "dl", "dt"})
_WITHIN: Final = frozenset(
    "a abbr b big cite code em font i img input label mark q s samp small span strong sub sup time tt u wbr".split()  # noqa: SIM905
)
_BETWEEN: Final = re.compile(r"[,;|\t]")


def rows_of_page(run: Iterable[Token]) -> Rows:
    """What a reader sees of a page, row by row: rows of tables, items, paragraphs, forms, and lines of a `pre`."""
    rows: Rows = [[""]]
    pre = unread = cell = False
    for token in run:
        if len(rows) > 4 * _MOST_ROWS:
            break
        if not token.name:
            lines = token.text.splitlines() if pre else [squeeze(token.text.replace("\n", " "))]
            for number, line in enumerate([] if unread else lines):
                if number:
                    rows.append([""])
                if len(rows[-1][-1]) < 4096:
                    rows[-1][-1] += line[:4096]
            unread = False
            continue
        unread = token.name in UNREAD and not token.closing
        if token.name == "pre":
            pre = not token.closing
        if token.name in _CELLS or token.name == "br":
            if not token.closing and rows[-1] != [""]:
                rows[-1].append("")
            cell = token.name in _CELLS or cell
        elif token.name == "dt" and token.closing:
            cell = True  # its value stands beside it
        elif token.name in _ROWS or not (cell or token.name in _WITHIN):
            rows.append([""])
            cell = False
        elif token.name not in _WITHIN and not rows[-1][-1].endswith(" "):
            rows[-1][-1] += " "
    return _filled(rows)


def rows_of_text(text: str) -> Rows:
    """The lines of a text, each parted at commas, semicolons, bars or tabs, quotes taken away."""
    lines = text[:_LONGEST].splitlines()[: 4 * _MOST_ROWS]
    return _filled([[cell.strip().strip('"') for cell in _BETWEEN.split(line[:4096])] for line in lines])


def _filled(rows: Rows) -> Rows:
    kept = ([cell.strip() for cell in row] for row in rows if any(map(str.strip, row)))
    return [row for row, _ in zip(kept, range(_MOST_ROWS), strict=False)]


# --- numbers of persons

_APART: Final = r"(?<![\w.:/+-])"
_NUMBER: Final = re.compile(
    rf"{_APART}(?:(?P<full>(?:18|19|20)\d{{6}})[-+](?P<serial>\d{{4}})|(?P<short>\d{{6}}[-+]\d{{4}})|(?P<twelve>\d{{12}})|"
    r"(?P<eleven>\d{6} ?\d{5})|(?P<hetu>[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3})(?P<letter>[0-9A-FHJ-NPR-Y]))(?![\w-]|[.:]\d)"
)
_EXAMPLE: Final = re.compile(
    r"(?i)\b(?:t\.? ?ex|ex|exempel|exempelvis|example|e\.g|f\.eks|z\.b|beispiel|format(?:et)?|skriv|ange|fyll i|enter|"
    r"yyyymmdd|åååå\w*)\b[^\n]{0,30}$"
)
"""What stands before a number that shows how numbers are written."""
_ENOUGH_DATES: Final = 3


def persons(rows: Rows) -> int:
    """How many different numbers of persons the rows show, of Sweden, Norway, Denmark and Finland.

    A number counts by its check digit and its date; a Swedish one with its century and a sign by its form and date
    alone, and numbers of six and four digits where nearly all of them are dates. 0 where most numbers of such a form
    are none.
    """
    told: set[str] = set()
    dated: set[str] = set()
    others: set[str] = set()
    for row in rows:
        line = " ".join(row)
        for found in _NUMBER.finditer(line):
            if _EXAMPLE.search(line, max(0, found.start() - 40), found.start()):
                continue
            if _is_person(found):
                told.add(found[0])
            elif found["short"] and _is_dated(found["short"]):
                dated.add(found[0])
            else:
                others.add(found[0])
    if len(dated) + len(told) >= _ENOUGH_DATES and len(dated) * 4 >= len(dated | others) * 3:
        told |= dated
    return len(told) if len(told) >= len(others) else 0


def _is_person(found: re.Match[str]) -> bool:
    if day := found["full"]:
        digits = day + found["serial"]
        moment = day.startswith("20") and check_digits.is_clock(digits[-4:])
        return _is_swedish(digits) or (not moment and _is_day(day))
    if found["short"]:
        digits = found["short"][:6] + found["short"][7:]
        told = _is_swedish(digits) or check_digits.henkilotunnus(digits[:9], digits[9])
        return told and not check_digits.is_clock(digits[-4:])
    if digits := found["twelve"]:
        return _is_swedish(digits) and not (digits.startswith("20") and check_digits.is_clock(digits[-4:]))
    if found["eleven"]:
        return bool(check_digits.foedselsnummer(found["eleven"].replace(" ", "")))
    digits = found["hetu"][:6] + found["hetu"][7:]
    return check_digits.henkilotunnus(digits, found["letter"])


def _is_swedish(digits: str) -> bool:
    return check_digits.personnummer(digits) or (
        (len(digits) == 10 or digits[:2] in ("18", "19", "20")) and check_digits.samordningsnummer(digits)
    )


def _is_day(eight: str) -> bool:
    try:
        date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return False
    return True


def _is_dated(short: str) -> bool:
    """Whether six digits are a day, as they begin a Danish or a Swedish number, and the four behind no time of day."""
    return not check_digits.is_clock(short[7:]) and any(
        _is_day(f"20{year}{month}{day}") for year, month, day in ((short[4:6], short[2:4], short[:2]), _thirds(short))
    )


def _thirds(six: str) -> tuple[str, str, str]:
    return six[:2], six[2:4], six[4:6]


# --- fields about persons

_NO: Final = r"[\s._-]?(?:nummer|number|numret|numero|nr|no|id)?\.?"
_WHO: Final = re.compile(
    rf"(?:person(?:al)?(?:[\s_-]?(?:identity|id))?[\s_-]?(?:nummer|number|nr|no)|pnr|p\.?nr|personbeteckning|"
    rf"födelsenummer|fødselsn(?:umme)?r|samordningsn(?:umme)?r|cpr{_NO}|henkilötunnus|hetu|kennitala|ssn|mrn|nhs{_NO}|"
    rf"(?:social security|medical record){_NO}|(?:patient|pasient|potilas)(?:ens?)?[\s_-]?(?:nummer|number|nr|no|id)|"
    r"versicherten(?:nummer|nr))\.?"
)
_WHOM: Final = re.compile(r"(?:patient|pasient|potilaan|potilas)(?:en)?s?[\s_-]?(?:name|namn|navn|nimi)")
_PATIENT: Final = re.compile(r"patient|pasient|potilas")
_ABOUT: Final = re.compile(
    r"dob|date of birth|birth[\s_-]?(?:date|day)|born|född|födelse(?:datum|dag|tid)|fødsels(?:dato|dag)|født|"
    r"geburtsdatum|geb\.?[\s-]?datum|syntymäaika|diagnos[a-z]{0,4}|icd(?:-?10)?(?:[\s-]?(?:kod|code))?|läkemedel|medication|medisin|"
    r"medikament|ordination|recept|allergi(?:er|es)?|remiss|kontaktorsak|sökorsak|blodgrupp|blood type"
)
_OF_A_NUMBER: Final = re.compile(r"[A-Z]{0,6}[\s#-]?\d(?:[\s.+-]?\d){5,15}[\s-]?[A-Z0-9]{0,4}")
_OF_A_NAME: Final = re.compile(r"[^\W\d_][^\n.:;!?<>(){}=/]{2,60}")


_OF_A_PERSON: Final = re.compile(r"[A-ZÅÄÖÆØÉ](?:[^\W\d_]|-){1,30}(?:,? |\^)[A-ZÅÄÖÆØÉ](?:[^\W\d_]|[ .^-]){1,40}")


def _label(cell: str) -> str:
    return cell.lower().rstrip(" :*").lstrip() if len(cell) <= 40 else ""


def _pairs(rows: Rows) -> Iterator[tuple[str, str]]:
    """Labels of fields with their values: below the head of a table, beside a label, or behind its colon."""
    head: list[str] = []
    for row in rows:
        labels = [_label(cell) for cell in row]
        if len(row) > 1 and len(row) == len(head) and not any(map(_is_label, labels)):
            yield from zip(head, row, strict=True)
            continue
        if any(map(_is_label, labels)):
            head = labels
        elif len(row) > 1:
            head = []
        for at, label in enumerate(labels[:-1]):
            if _is_label(label) and not _is_label(labels[at + 1]):
                yield label, row[at + 1]
        for cell in row:
            before, colon, behind = cell.partition(":")
            if colon and behind.strip() and _is_label(_label(before)):
                yield _label(before), behind.strip()


def _is_label(text: str) -> bool:
    return bool(text) and any(labels.fullmatch(text) for labels in _LABELS)


def about_people(rows: Rows) -> str:
    """What says that rows are about persons, in our own words: two numbers of persons, or values under fields that
    name a person (a personal number, a patient) and what is known of him. Empty for none. Total, linear time."""
    if persons(rows) > 1:
        return "numbers of people"
    named = 0
    known = patient = False
    for label, value in _pairs(rows):
        named += (_WHO.fullmatch(label) and _OF_A_NUMBER.fullmatch(value)) is not None or (
            _WHOM.fullmatch(label) and _OF_A_NAME.fullmatch(value)
        ) is not None
        # A column that is called `patient` may tell roles: a name in it counts beside what is known of him.
        patient = patient or (_PATIENT.fullmatch(label) and _OF_A_PERSON.fullmatch(value)) is not None
        known = known or (_ABOUT.fullmatch(label) is not None and 0 < len(value) <= 200)
    return "fields about people" if named > 1 or ((named or patient) and known) else ""


# --- calls

_CLOCK: Final = r"(?:[01]?\d|2[0-3])[:.]\d\d(?:[:.]\d\d)?"
_MONTH: Final = r"(?:jan|feb|mar|apr|ma[ijy]|jun|jul|aug|sep|o[ck]t|nov|de[cs])[a-zåäöé]{0,8}\.?"
_WHEN: Final = re.compile(
    rf"(?<![\w-])(?:(?:19|20)\d\d([-/.])\d\d?\1\d\d?|\d\d?([-/.])\d\d?\2(?:20)?\d\d|20[0-3]\d[01]\d[0-3]\d|"
    rf"\d\d?\.? {_MONTH} 20\d\d)(?:[T,]?\s{{0,3}}(?:kl\.? ?)?{_CLOCK}(?:[.,]\d{{1,6}})?Z?)?(?!\d)",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"(?<![\w.:/,-])(?:\+|00?)[ (]{0,2}[1-9](?:[ ()/-]{0,2}\d){7,13}(?![\w:-]|[.,]\d)")
_SPEAKS: Final = re.compile(r"\A(?:\+|0)\d(?:[ -]?\d){7,13}\s?:\s?(?:\w\S*\s+){2}")
_CALLER: Final = re.compile(
    r"[ab][\s-]?(?:nummer|number|nr|party)|caller(?:[\s_-]?(?:id|number|no))?|callee(?:[\s_-]?(?:id|number))?|"
    r"call(?:ed|ing)(?:[\s_-]?(?:number|party|no))?|clid|anrop(?:are|ande)|uppring(?:are|ande|d)|inringare|anrufer|"
    r"angerufener|innringer|opkalder|soittaja"
)
_ENDS: Final = re.compile(r"från|till|fra|til|from|to|von|an|src|dst")
"""Columns that have other ends than those of a call, too."""
_LABELS: Final = (_WHO, _WHOM, _PATIENT, _ABOUT, _CALLER, _ENDS)
_CALLED_BY: Final = re.compile(r"\+?\d(?:[ ()/-]{0,2}\d){6,14}")
_FEW_WORDS: Final = 12
_ENOUGH_CALLS: Final = 3
_NEAR: Final = 5
"""Elements of a card in which its date and its number stand."""


def about_calls(rows: Rows) -> str:
    """What says that rows are of calls, in our own words: rows of a date and a number of a telephone, columns of who
    called whom, or what numbers said by turns. Empty for none. Total, linear time.

    An ordinary page shows telephones too: this counts only where calls or people's data are declared to be kept.
    """
    calls: set[str] = set()
    speakers: list[str] = []
    at, since = 0, _NEAR
    for row in rows:
        line = " ".join(row)
        since += 1
        if (said := _SPEAKS.match(line)) is not None:
            speakers.append(said[0].partition(":")[0])
        rest, dates = _WHEN.subn(" | ", line)
        phones = _PHONE.findall(rest) if dates else []
        if phones and _of_a_call(row, rest):
            calls.update(phones)
            at += 1
        elif _WHEN.fullmatch(line):
            since = 0
        elif since < _NEAR and _PHONE.fullmatch(line):
            # A date and a number in elements of their own, as grids and cards have them.
            calls.add(line)
            at, since = at + 1, _NEAR
    if at >= _ENOUGH_CALLS and len(calls) > 1:
        return "rows of dates and numbers of telephones"
    if len(speakers) > len(set(speakers)):
        return "what was said, by numbers of telephones"
    callers = {
        value
        for label, value in _pairs(rows)
        if (_CALLER.fullmatch(label) and _CALLED_BY.fullmatch(value) and not _WHEN.fullmatch(value))
        or (_ENDS.fullmatch(label) and _PHONE.fullmatch(value))
    }
    return "columns of who called whom" if len(callers) > 1 else ""


def _of_a_call(row: list[str], rest: str) -> bool:
    """Whether a row is little else than its date and its number, or has a cell for each: no sentence with both."""
    alone = {cell for cell in row if _PHONE.fullmatch(cell)}
    dated = any(_WHEN.fullmatch(cell) for cell in row)
    return (dated and bool(alone)) or len(re.findall(r"[^\W\d_]{2,}", rest)) <= _FEW_WORDS
