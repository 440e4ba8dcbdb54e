"""Check digits and dates of Nordic identity numbers: each function says whether digits of a given shape can be one."""

from __future__ import annotations

from datetime import date
from typing import Final


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit (mod 10, doubling from the right) of those before it."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_day(two_digit_year: int, month: int, day: int) -> bool:
    """Whether the day exists in a year with these last two digits, whatever the century."""
    return _is_date(2000 + two_digit_year, month, day)


def swedish_shape(digits: str) -> bool:
    """Whether 10 or 12 digits have a month and a day, or a day + 60, where a personal number has them."""
    month, day = int(digits[-8:-6]), int(digits[-6:-4])
    return 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91)


def personnummer(digits: str) -> bool:
    """A Swedish personnummer of 10 or 12 digits: an existing day and Luhn over the last ten (skatteverket.se)."""
    year, month, day = int(digits[-10:-8]), int(digits[-8:-6]), int(digits[-6:-4])
    if len(digits) == 12:
        if digits[:2] not in ("18", "19", "20") or not _is_date(int(digits[:4]), month, day):
            return False
    elif not _is_day(year, month, day):
        return False
    return luhn(digits[-10:])


def samordningsnummer(digits: str) -> bool:
    """A Swedish samordningsnummer: as a personnummer with 60 added to the day; python-stdnum 2.2 rejects it."""
    day = int(digits[-6:-4]) - 60
    # The day alone is moved: the check digit is that of the digits as they are written.
    return 1 <= day <= 31 and _is_day(int(digits[-10:-8]), int(digits[-8:-6]), day) and luhn(digits[-10:])


def organisationsnummer(digits: str) -> bool:
    """A Swedish organisationsnummer, 10 digits or 12 behind `16`: third digit at least 2, and Luhn."""
    if len(digits) == 12 and not digits.startswith("16"):
        return False
    digits = digits[-10:]
    return digits[2] >= "2" and digits[0] in "123456789" and luhn(digits)


def cpr(digits: str) -> bool:
    """A Danish CPR number, DDMMYY and a serial: the day exists. Its mod 11 was given up in 2007, so any date passes."""
    return _is_day(int(digits[4:6]), int(digits[2:4]), int(digits[:2]))


def is_clock(digits: str) -> bool:
    """Whether four digits are a time of day HHMM: 14.4 % of random serials are, and every timestamp."""
    return digits[:2] < "24" and digits[2] < "6"


_FNR_FIRST: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_FNR_SECOND: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def foedselsnummer(digits: str) -> str:
    """What Norwegian number 11 digits are: `fnr`, `d-number`, `h-number`, `synthetic` (month + 65 or + 80), or empty.

    Two mod 11 digits and an existing day. Numbers made under the rules of 2032 (remainders 0 to 3) are not told yet.
    """
    for weights in (_FNR_FIRST, _FNR_SECOND):
        if sum(weight * int(char) for weight, char in zip(weights, digits, strict=False)) % 11:
            return ""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    kind = "fnr"
    if day > 40:
        day, kind = day - 40, "d-number"
    for added, label in ((80, "synthetic"), (65, "synthetic"), (40, "h-number")):
        if 1 <= month - added <= 12:
            month, kind = month - added, label
            break
    return kind if _is_day(year, month, day) else ""


_HETU_LETTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def henkilotunnus(digits: str, letter: str) -> bool:
    """A Finnish henkilötunnus: DDMMYY and three digits, whose remainder by 31 is the letter (dvv.fi)."""
    return (
        _is_day(int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
        and digits[6:9] >= "002"
        and _HETU_LETTERS[int(digits[:9]) % 31] == letter.upper()
    )


_KENNITALA: Final = (3, 2, 7, 6, 5, 4, 3, 2, 1)


def kennitala_shape(digits: str) -> bool:
    """Whether ten digits have a day, a month and a century digit where a kennitala has them; a firm's day is + 40."""
    day, month = int(digits[:2]), int(digits[2:4])
    return (1 <= day <= 31 or 41 <= day <= 71) and 1 <= month <= 12 and digits[9] in "890"


def kennitala(digits: str) -> bool:
    """An Icelandic kennitala with its mod 11 digit. System numbers (first digit 8 or 9) have none and do not pass."""
    day = int(digits[:2])
    return (
        kennitala_shape(digits)
        and _is_day(int(digits[4:6]), int(digits[2:4]), day - 40 if day > 40 else day)
        and sum(weight * int(char) for weight, char in zip(_KENNITALA, digits, strict=False)) % 11 == 0
    )
