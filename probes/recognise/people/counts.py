"""What a page tells of how much is kept behind it: files, rows, tables, recordings, patients, each with its number."""

from __future__ import annotations

import re
from typing import Final

from probes.recognise.people.rows import Rows, fields

_KEPT: Final = (
    r"(?:files?|rows?|records?|tables?|databases?|collections?|documents?|recordings?|voicemails?|patients?|studies|"
    r"filer|rader|poster|tabeller|databaser|dokument|inspelningar|röstmeddelanden|patienter|undersökningar|opptak|"
    r"optagelser|pasienter|dateien|aufnahmen|patienten)"
)
_KIND: Final = (
    r"(?:audio|sound|music|video|image|picture|media|total|stored|all|number of|ljud|bild|video|antal|totalt|anzahl)"
)
_LABEL: Final = re.compile(rf"(?:{_KIND}[ -]?){{0,2}}{_KEPT}(?: (?:stored|in total|totalt))?")
_NUMBER: Final = re.compile(r"0{0,8}[1-9]\d{0,11}(?:[ ,.\u00a0]\d{3}){0,4}")
_COUNTED: Final = re.compile(rf"\(?{_NUMBER.pattern}[ \u00a0](?:{_KIND} )?{_KEPT}(?!\w)", re.IGNORECASE)
_FEW_WORDS: Final = 12
_LONGEST: Final = 200


def counted(rows: Rows) -> str:
    """What says that a page tells how many files or records are kept behind it, in our own words; empty where none
    says so, or where all of them are none. Total, linear time.

    A sentence may hold such a number too: it has many words, or ends as sentences do."""
    if any(_NUMBER.fullmatch(value) for _, value, _ in fields(rows, _LABEL)):
        return "a number of what is kept"
    cells = (cell for row in rows if sum(map(len, row)) <= _LONGEST for cell in row)
    told = (cell for cell in cells if len(cell.split()) <= _FEW_WORDS and not cell.endswith((".", "!", "?")))
    return "a number of what is kept" if any(map(_COUNTED.match, told)) else ""
