"""The pieces of a text that stands beside a name: what separators, brackets and labels part, without the date in it."""

from __future__ import annotations

import re

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.dates import AGE, find_date

_NEAR = 300
_PARTING = re.compile(r"\s*(?:[|;·•()\[\]<>/]|,\s|\s[-–—]\s|^\s*[-–—,]\s|\s[-–—,]\s*$|\s{2,}|[^\W\d_]\s*[:：]\s)\s*")
_MEASURE = re.compile(r"\d\s+[mtpe]$")
"""`3 m` are metres or minutes."""
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,2}(?:,\d\d){1,6},\d{3}|\d{1,3}(?:[\s,.'’]\d{3})+|\d{1,15}")


def pieces(text: str) -> list[str]:
    """The pieces of a short text that are not its date, none blank."""
    text = AGE.sub(" | ", sizes.plain_digits(text[:_NEAR]))
    stamp = find_date(text)
    parts = [text[: stamp.start], text[stamp.end :]] if stamp is not None else [text]
    return [piece for part in parts for one in _PARTING.split(part) if (piece := one.strip())]


def measured(text: str) -> str:
    """The piece that is a size in a unit; of several (`4.8 MB (5,000,019 bytes)`) the one in bytes, else the first."""
    if _DIGIT.search(text) is None:
        return ""
    found = [one for one in pieces(text) if sizes.has_unit(one) and not _MEASURE.search(one)]
    return next((one for one in found if sizes.in_bytes(one)), found[0] if found else "")


def counted(text: str) -> str:
    """The piece that is nothing but a number, where there is one alone: bytes, as far as the text tells."""
    if _DIGIT.search(text) is None:
        return ""
    found = [one for one in pieces(text) if _NUMBER.fullmatch(one)]
    return found[0] if len(found) == 1 else ""
