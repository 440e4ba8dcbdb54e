"""How a name was meant: percent-decoding in the encoding it was written in, mojibake repaired, and its folded form."""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes

_LONGEST: Final = 1024
_FOLDED: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i"})
# What UTF-8 of a Nordic letter looks like when it was read as Latin-1 or Windows-1252.
_MOJIBAKE: Final = ("Ã", "Â")


def meant(name: str | bytes) -> str:
    """`name` as a person would write it: percent-decoded (UTF-8, else ISO-8859-1), mojibake repaired, NFC.

    `l%C3%B6n`, `l%F6n`, `lÃ¶n` and a decomposed `lön` are all `lön`. For recognising only: a request needs the raw
    spelling. At most 1,024 characters are looked at.
    """
    name = name[: 3 * _LONGEST]
    if isinstance(name, bytes) or "%" in name:
        raw = unquote_to_bytes(name if isinstance(name, bytes) else name.encode(errors="surrogatepass"))
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("latin-1")
    if name.isascii():
        return name[:_LONGEST]
    if any(mark in name for mark in _MOJIBAKE):
        name = _repaired(name)
    return unicodedata.normalize("NFC", name)[:_LONGEST]


def _repaired(name: str) -> str:
    for wrongly in ("cp1252", "latin-1"):
        try:
            return name.encode(wrongly).decode()
        except UnicodeError:
            continue
    return name


def folded(name: str) -> str:
    """Lower case without accents, Nordic letters as people type them abroad: å ä -> a, ö ø -> o, æ -> ae."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_FOLDED))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
