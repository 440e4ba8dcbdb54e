"""What a page or a text shows of people: their numbers, and fields about them. Reasons, and never a value."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from probes.recognise.people import check_digits
from probes.recognise.people.rows import Rows, fields

_NUMBER: Final = re.compile(
    r"(?<![\w.:/+-])(?:(?P<full>(?:18|19|20)\d{6})[-+](?P<serial>\d{4})|(?P<short>\d{6}[-+]\d{4})|(?P<twelve>\d{12})|"
    r"(?P<eleven>\d{6} ?\d{5})|(?P<hetu>[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3})(?P<letter>[0-9A-FHJ-NPR-Y])|"
    r"(?P<social>(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}))(?![\w-]|[.:]\d)"
)
_EXAMPLE: Final = re.compile(
    r"(?i)\b(?:t\.? ?ex|ex|exempel|exempelvis|example|e\.g|f\.eks|z\.b|beispiel|format(?:et)?|skriv|ange|fyll i|enter|"
    r"yyyymmdd|åååå\w*)\b[^\n]{0,30}$"
)
"""What stands before a number that shows how numbers are written."""
_ENOUGH: Final = 3
"""Numbers without a check digit that are told by their form."""


def persons(rows: Rows) -> int:
    """How many different numbers of persons the rows show, of the Nordic countries and the United States.

    A number counts by its check digit and its date; a Swedish one with its century by its date alone; and from three
    on, numbers of six and four digits where nearly all of them are dates, and those of three, two and four digits. 0
    where most numbers of such a form are none.
    """
    told: set[str] = set()
    formed: set[str] = set()
    others: set[str] = set()
    for row in rows:
        line = " ".join(row)
        for found in _NUMBER.finditer(line):
            if _EXAMPLE.search(line, max(0, found.start() - 40), found.start()):
                continue
            if _is_person(found):
                told.add(found[0])
            elif found["social"] or (found["short"] and _is_dated(found["short"])):
                formed.add(found[0])
            else:
                others.add(found[0])
    if len(formed | told) >= _ENOUGH and len(formed) >= 3 * len(others):
        told |= formed
    return len(told) if len(told) >= len(others) else 0


def _is_person(found: re.Match[str]) -> bool:
    kind = found.lastgroup or ""
    digits = re.sub(r"\D", "", found[0])
    clock = check_digits.is_clock(digits[-4:])
    match kind:
        case "serial":
            return _is_swedish(digits) or (_is_day(digits) and not (clock and digits.startswith("20")))
        case "twelve":
            return not clock and digits[:2] in ("18", "19", "20") and (_is_swedish(digits) or _is_day(digits))
        case "short":
            icelandic = check_digits.kennitala(digits)
            finnish = check_digits.henkilotunnus(digits[:9], digits[9])
            return not clock and (_is_swedish(digits) or icelandic or finnish)
        case "eleven":
            return bool(check_digits.foedselsnummer(digits))
        case "letter":
            return check_digits.henkilotunnus(found[0][:6] + found[0][7:10], found[0][-1])
        case _:
            return False


def _is_swedish(digits: str) -> bool:
    return check_digits.personnummer(digits) or check_digits.samordningsnummer(digits)


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def _is_dated(short: str) -> bool:
    """Whether six digits are a day, as they begin a Danish or a Swedish number, and the four behind no time of day."""
    first, month, last = short[:2], short[2:4], short[4:6]
    return not check_digits.is_clock(short[7:]) and (_is_day(f"20{last}{month}{first}") or _is_day(f"20{short[:6]}"))


_NO: Final = r"[\s._-]?(?:nummer|number|numret|numero|nr|no|id)?\.?"
_WHO: Final = re.compile(
    rf"(?:pers(?:on)?(?:al)?\.?(?:[\s_-]?(?:identity|id))?[\s_-]?(?:nummer|number|nr|no)|pnr|p\.?nr|f\.?nr|fnr|bsn|pesel|"
    rf"personbeteckning|födelsenummer|fødselsn(?:umme)?r|samordningsn(?:umme)?r|cpr{_NO}|henkilötunnus|hetu|sotu|"
    rf"isikukood|kennitala|ssn|mrn|nhs{_NO}|(?:social security|medical record|national insurance){_NO}|"
    r"(?:patient|pasient|potilas)(?:ens?)?[\s_-]?(?:nummer|number|nr|no|id)|versicherten(?:nummer|nr))\.?"
)
_WHOM: Final = re.compile(r"(?:patient|pasient|potilaan|potilas)(?:en)?s?[\s_-]?(?:name|namn|navn|nimi)")
_PATIENT: Final = re.compile(r"patient|pasient|potilas")
_ABOUT: Final = re.compile(
    r"dob|date of birth|birth[\s_-]?(?:date|day)|born|född|födelse(?:datum|dag|tid)|fødsels(?:dato|dag)|født|"
    r"geburtsdatum|geb\.?[\s-]?datum|syntymäaika|diagnos[a-z]{0,4}|icd(?:-?10)?(?:[\s-]?(?:kod|code))?|läkemedel|"
    r"medication|medisin|medikament|ordination|recept|allergi(?:er|es)?|remiss|kontaktorsak|sökorsak|blodgrupp|"
    r"blood type"
)
_LABELS: Final = re.compile("|".join(f"(?:{one.pattern})" for one in (_WHO, _WHOM, _PATIENT, _ABOUT)))
_OF_A_NUMBER: Final = re.compile(r"[A-Z]{0,6}[\s#-]?\d(?:[\s.+-]?\d){5,15}[\s-]?[A-Z0-9]{0,4}")
_OF_A_NAME: Final = re.compile(r"[^\W\d_][^\n.:;!?<>(){}=/]{2,60}")
PERSON_NAME: Final = re.compile(r"[A-ZÅÄÖÆØÉ](?:[^\W\d_]|-){1,30}(?:,? |\^)[A-ZÅÄÖÆØÉ](?:[^\W\d_]|[ .^-]){1,40}\d{0,3}")
"""What the name of a person looks like that stands alone: `Anna Ek`, `Ek, Anna`, `EK^ANNA`."""


_CALLED: Final = re.compile(
    r"(?:full[\s_-]?|first[\s_-]?|last[\s_-]?|for|efter|sur)?(?:name|namn|navn|nimi|namen?)|kund|customer|client|klient|member|medlem"
)
_TELEPHONE: Final = re.compile(
    r"(?:mobil|mobile|tele|cell|hand)?[\s_-]?(?:phone|telefon|fon|nummer|number|nr|tel|tlf|puhelin)(?:nummer|number|nr)?\.?|mobil|"
    r"mobile|gsm|handy"
)
_REACHED: Final = re.compile(f"{_CALLED.pattern}|{_TELEPHONE.pattern}")
_CALLS: Final = re.compile(r"(?:\+|0)\d(?:[ ()/-]{0,2}\d){6,13}")


def telephones(rows: Rows) -> int:
    """How many rows, below a head that says so, hold the name of a person and the number of a telephone."""
    seen: dict[int, set[str]] = {}
    for label, value, row in fields(rows, _REACHED):
        said = seen.setdefault(id(row), set())
        if _CALLED.fullmatch(label) and PERSON_NAME.fullmatch(value):
            said.add("name")
        elif _TELEPHONE.fullmatch(label) and _CALLS.fullmatch(value):
            said.add("telephone")
    return sum(len(said) > 1 for said in seen.values())


def about_people(rows: Rows) -> str:
    """What says that rows are about persons, in our own words: two numbers of persons, or values under fields that
    name a person (a personal number, a patient) and what is known of him. Empty for none. Total, linear time."""
    if persons(rows) > 1:
        return "numbers of people"
    named = 0
    known = patient = False
    for label, value, _ in fields(rows, _LABELS):
        named += (_WHO.fullmatch(label) and _OF_A_NUMBER.fullmatch(value)) is not None or (
            _WHOM.fullmatch(label) and _OF_A_NAME.fullmatch(value)
        ) is not None
        # A column that is called `patient` may tell roles: a name in it counts beside what is known of him.
        patient = patient or (_PATIENT.fullmatch(label) and PERSON_NAME.fullmatch(value)) is not None
        known = known or (_ABOUT.fullmatch(label) is not None and 0 < len(value) <= 200)
    return "fields about people" if named > 1 or ((named or patient) and known) else ""
