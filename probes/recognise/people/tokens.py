"""Which numbers stand in a name: moments out first, then phones, then identity numbers, a token once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from probes.recognise.people import check_digits
from probes.recognise.people.recordings import recording
from probes.recognise.people.spelling import meant


class Identifier(StrEnum):
    """Kinds of numbers that name a person, a phone or an organisation."""

    PHONE = "phone"
    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    ORGANISATIONSNUMMER = "organisationsnummer"
    CPR = "cpr"
    FOEDSELSNUMMER = "foedselsnummer"
    HENKILOTUNNUS = "henkilotunnus"
    KENNITALA = "kennitala"
    HSA_ID = "hsa-id"


@dataclass(frozen=True, slots=True)
class Token:
    """One number in a name. It holds the number itself, lives as long as the name is looked at, and is never kept."""

    text: str
    passes: Identifier | None
    """The one kind that it is counted as; None where it has the shape of some kinds and is none of them."""
    shapes: frozenset[Identifier] = frozenset()
    """The kinds that it was a candidate for."""
    synthetic: bool = False
    clock: bool = False
    """Whether its last four digits are a time of day: a timestamp's always are."""


_YEAR: Final = r"20[0-3]\d"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12]\d|3[01])"
_CLOCK: Final = r"(?:[01]\d|2[0-3])[-:_.]?[0-5]\d"
# Moments, most specific first. Birth dates of the last century are none of them; a number of this century whose serial
# is a time of day (one of seven) is lost to this, and the share of those that pass is not.
_MOMENTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}[-_.]?{_MONTH}[-_.]?{_DAY}[-_T .]{{0,3}}{_CLOCK}(?:[-:_.]?[0-5]\d(?:[.,_-]?\d{{3}})?)?(?!\d)",
        rf"(?<!\d)(?:[0-3]\d{_MONTH}{_DAY}|{_DAY}{_MONTH}[0-3]\d)[-_T ]?{_CLOCK}(?:[-:_.]?[0-5]\d)?(?!\d)",
        r"(?<!\d)1[0-9]\d{8}\.\d{1,9}(?!\d)",
        r"(?<!\d)1[0-9]\d{11}(?!\d)",
        rf"(?<!\d){_YEAR}[-_.]{_MONTH}[-_.]{_DAY}(?!\d|[-+]\d{{4}}(?!\d))",
        rf"(?<!\d){_YEAR}{_MONTH}{_DAY}(?!\d|[-+]\d{{4}}(?!\d))",
    )
)

_EPOCH: Final = re.compile(r"(?<!\d)1[0-9]\d{8}(?!\d)")

_MOBILE: Final = r"(?:(?:\+|00)?46[ _-]?(?:\(0\))?|0)7[02369][ _-]?\d{3}[ _-]?\d{2}[ _-]?\d{2}"
# Without a separator only the nine digits of `087860000`: ten of them are chance in one name of a hundred.
_STOCKHOLM: Final = (
    r"(?:(?:(?:\+|00)46[ _-]?(?:\(0\))?|0)8[ _-][1-9]\d{1,2}[ _-]?\d{2,3}[ _-]?\d{2}|(?:(?:\+|00)46|0)8[1-9]\d{6})"
)
_INTERNATIONAL: Final = r"(?:\+|00(?=4[5-7]|35[48]))[1-9]\d{0,2}[ _-]?\d{2,4}(?:[ _-]?\d{2,4}){1,3}"
_PHONE: Final = re.compile(rf"(?<!\d)(?:{_MOBILE}|{_STOCKHOLM}|{_INTERNATIONAL})(?!\d)")

_HSA: Final = re.compile(r"(?<![0-9A-Z])SE(?:16)?\d{10}-[0-9A-Z]{1,20}(?![0-9A-Za-z])")
_HETU: Final = re.compile(
    r"(?<![0-9A-Za-z])([0-3]\d[01]\d\d\d)[-+A-FU-Ya-fu-y](\d{3})([0-9A-FHJ-NPR-Ya-fhj-npr-y])(?![0-9A-Za-z])"
)
_TEN: Final = re.compile(r"(?<!\d)(\d{6})[-+ ]?(\d{4})(?!\d)")
_TWELVE: Final = re.compile(r"(?<!\d)((?:1[689]|20)\d{6})[-+ ]?(\d{4})(?!\d)")
_ELEVEN: Final = re.compile(r"(?<!\d)(\d{6})[- ]?(\d{5})(?!\d)")

_FEW: Final = re.compile(r"[^\d+]*(?:\d[^\d+]*){0,6}")
"""Fewer digits than any of these numbers has; behind a plus sign five may be a phone."""
_GONE: Final = "|"
_LONGEST: Final = 512


def tokens(name: str) -> Iterator[Token]:
    """The numbers in one name or path, each once, the most specific shape first. Any text is read.

    (1) percent-decoding, (2) a recorder's name loses its moment and its serial, (3) so does any other name, (4) what
    separates stays a border, (5) phones, (6) identity numbers, most specific first.
    """
    rest = meant(name)[-_LONGEST:]
    # `recording` decodes again: its positions are only of use if that changes nothing.
    if meant(rest) == rest and (named := recording(rest)) is not None:
        for start, end in sorted(named.spans, reverse=True):
            rest = rest[:start] + _GONE + rest[end:]
    if _FEW.fullmatch(rest):
        return
    for moment in _MOMENTS:
        rest = moment.sub(_GONE, rest)
    # Ten digits from 1 on are an epoch, or somebody born in the 1910s or 2010s: the share that passes tells which.
    for match in _EPOCH.finditer(rest):
        if check_digits.swedish_shape(match[0]) and match[0][4] < "6":
            told_as = Identifier.PERSONNUMMER if check_digits.personnummer(match[0]) else None
            yield Token(
                match[0], told_as, frozenset({Identifier.PERSONNUMMER}), clock=check_digits.is_clock(match[0][-4:])
            )
    rest = _EPOCH.sub(_GONE, rest)
    for pattern, told in ((_PHONE, Identifier.PHONE), (_HSA, Identifier.HSA_ID)):
        for match in pattern.finditer(rest):
            yield Token(match[0], told, frozenset({told}))
        rest = pattern.sub(_GONE, rest)
    for match in _HETU.finditer(rest):
        # `200546-1003`, a time and an extension, has this shape too, and ten digits of others: only the letter decides.
        if check_digits.henkilotunnus(match[1] + match[2], match[3]):
            yield Token(match[0], Identifier.HENKILOTUNNUS, frozenset({Identifier.HENKILOTUNNUS}))
        elif match[3].isalpha():
            yield Token(match[0], None, frozenset({Identifier.HENKILOTUNNUS}))
    rest = _HETU.sub(lambda match: _GONE if match[3].isalpha() or _is_hetu(match) else match[0], rest)
    for match in _TWELVE.finditer(rest):
        yield _twelve(match[0], match[1] + match[2])
    rest = _TWELVE.sub(_GONE, rest)
    for match in _ELEVEN.finditer(rest):
        kind = check_digits.foedselsnummer(match[1] + match[2])
        told_as = Identifier.FOEDSELSNUMMER if kind else None
        yield Token(match[0], told_as, frozenset({Identifier.FOEDSELSNUMMER}), synthetic=kind == "synthetic")
    for match in _TEN.finditer(_ELEVEN.sub(_GONE, rest)):
        yield _ten(match[0], match[1] + match[2])


def _is_hetu(match: re.Match[str]) -> bool:
    return check_digits.henkilotunnus(match[1] + match[2], match[3])


def _twelve(text: str, digits: str) -> Token:
    shapes = set()
    if check_digits.swedish_shape(digits) and not digits.startswith("16"):
        shapes.add(Identifier.SAMORDNINGSNUMMER if digits[6] >= "6" else Identifier.PERSONNUMMER)
    if digits.startswith("16"):
        shapes.add(Identifier.ORGANISATIONSNUMMER)
    passes = None
    if shapes & {Identifier.PERSONNUMMER} and check_digits.personnummer(digits):
        passes = Identifier.PERSONNUMMER
    elif shapes & {Identifier.SAMORDNINGSNUMMER} and check_digits.samordningsnummer(digits):
        passes = Identifier.SAMORDNINGSNUMMER
    elif shapes & {Identifier.ORGANISATIONSNUMMER} and check_digits.organisationsnummer(digits):
        passes = Identifier.ORGANISATIONSNUMMER
    return Token(text, passes, frozenset(shapes), clock=check_digits.is_clock(digits[-4:]))


def _ten(text: str, digits: str) -> Token:
    """Ten digits may be five things. Those with a check digit go first; a CPR has none: any date left is one."""
    shapes = {Identifier.CPR}
    if check_digits.swedish_shape(digits):
        shapes.add(Identifier.SAMORDNINGSNUMMER if digits[4] >= "6" else Identifier.PERSONNUMMER)
    if digits[2] >= "2":
        shapes.add(Identifier.ORGANISATIONSNUMMER)
    if check_digits.kennitala_shape(digits):
        shapes.add(Identifier.KENNITALA)
    for told, check in (
        (Identifier.PERSONNUMMER, check_digits.personnummer),
        (Identifier.SAMORDNINGSNUMMER, check_digits.samordningsnummer),
        (Identifier.ORGANISATIONSNUMMER, check_digits.organisationsnummer),
        (Identifier.KENNITALA, check_digits.kennitala),
        (Identifier.CPR, check_digits.cpr),
    ):
        if told in shapes and check(digits):
            return Token(text, told, frozenset(shapes), clock=check_digits.is_clock(digits[-4:]))
    return Token(text, None, frozenset(shapes), clock=check_digits.is_clock(digits[-4:]))
