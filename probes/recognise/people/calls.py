"""What a page or a text shows of calls, where such are declared to be kept: who called whom, and what was said."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from probes.recognise.people.rows import Rows, fields
from probes.recognise.people.shown import PERSON_NAME

_CLOCK: Final = r"(?:[01]?\d|2[0-3])[:.]\d\d(?:[:.]\d\d)?"
_MONTH: Final = r"(?:jan|feb|mar|apr|ma[ijy]|jun|jul|aug|sep|o[ck]t|nov|de[cs])[a-zåäöé]{0,8}\.?"
_WHEN: Final = re.compile(
    rf"(?<![\w-])(?:(?:19|20)\d\d([-/.])\d\d?\1\d\d?|\d\d?([-/.])\d\d?\2(?:20)?\d\d|20[0-3]\d[01]\d[0-3]\d|"
    rf"\d\d?\.? {_MONTH} 20\d\d)(?:[T,]?\s{{0,3}}(?:kl\.? ?)?{_CLOCK}(?:[.,]\d{{1,6}})?Z?)?(?!\d)",
    re.IGNORECASE,
)
_CLOCKED: Final = re.compile(rf"\d[T, ]\s{{0,3}}(?:\| )?(?:kl\.? ?)?{_CLOCK}(?!\d)")
"""A date with a time of day."""
_PHONE: Final = re.compile(r"(?<![\w.:/,-])(?:\+|00?)[ (]{0,2}[1-9](?:[ ()/-]{0,2}\d){7,13}(?![\w:-]|[.,]\d)")
_TO_CALL: Final = re.compile(r"\+?\d(?:[ ()/-]{0,2}\d){6,14}")
"""What may be a number of a telephone where something else says that it is one."""
_TURN: Final = re.compile(
    r"(?i)\A((?:\+|0)\d(?:[ -]?\d){7,13}|agent|kund|customer|caller|inringare|uppringare|patient(?:en)?|sköterskan?|"
    r"sjuksköterskan?|nurse|doctor|läkaren?|operator|operatör|speaker ?\w{1,2}|talare ?\w{1,2})\s?:\s?(?:\w\S*\s+){2}"
)
_CALLER: Final = re.compile(
    r"[ab][\s-]?(?:nummer|number|nr|party)|caller(?:[\s_-]?(?:id|number|no))?|callee(?:[\s_-]?(?:id|number))?|"
    r"call(?:ed|ing)(?:[\s_-]?(?:number|party|no))?|clid|anrop(?:are|ande)|uppring(?:are|ande|d)|inringare|anrufer|"
    r"angerufener|innringer|opkalder|soittaja"
)
_ENDS: Final = re.compile(r"från|till|fra|til|from|to|von|an|src|dst")
"""Columns that have other ends than those of a call, too."""
_DIALLED: Final = re.compile(r"(?:telefon|phone|mobil)?[\s_-]?(?:nummer|number|nr|no)|telefon|phone|rufnummer|tlf\.?")
_LABELS: Final = re.compile("|".join(f"(?:{one.pattern})" for one in (_CALLER, _ENDS, _DIALLED)))
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_FEW_WORDS: Final = 12
_ENOUGH: Final = 3
_NEAR: Final = 5
"""Elements of a card in which its date and its number stand."""


def about_calls(rows: Rows) -> str:
    """What says that rows are of calls, in our own words: rows of a date and a number of a telephone, columns of who
    called whom, or what was said by turns. Empty for none. Total, linear time.

    An ordinary page shows telephones too: this counts only where calls or people's data are declared to be kept.
    """
    calls: set[str] = set()
    turns: Counter[str] = Counter()
    at, since = 0, _NEAR
    for row in rows:
        line = " ".join(row)
        since += 1
        rest, dates = _WHEN.subn(" | ", line)
        if not dates and (said := _TURN.match(line)) is not None:
            turns[said[1].lower()] += 1
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
    if at >= _ENOUGH and len(calls) > 1:
        return "rows of dates and numbers of telephones"
    if any(turns[one] > 1 and (len(turns) > 1 or not one[-1:].isalpha()) for one in turns):
        return "what was said by turns"
    called = {value for label, value, row in fields(rows, _LABELS) if _is_called(label, value, row)}
    return "columns of who called whom" if len(called) > 1 else ""


def _of_a_call(row: list[str], rest: str) -> bool:
    """Whether a row is little else than its date and its number, begins with them, or has a cell for each: no sentence
    with both."""
    alone = any(_PHONE.fullmatch(cell) for cell in row)
    if (alone and _is_dated(row)) or len(re.findall(r"[^\W\d_]{2,}", rest)) <= _FEW_WORDS:
        return True
    first = _PHONE.search(rest)
    return rest.lstrip("[( ").startswith("|") and first is not None and not re.search(r"\w", rest[: first.start()])


def _is_called(label: str, value: str, row: list[str]) -> bool:
    if _WHEN.fullmatch(value):
        return False
    if _CALLER.fullmatch(label):
        return _TO_CALL.fullmatch(value) is not None
    if _ENDS.fullmatch(label) and _PHONE.fullmatch(value):
        return True
    # Telephones stand in many a table: beside a moment they were called.
    may_be = _ENDS.fullmatch(label) or _DIALLED.fullmatch(label)
    return bool(may_be) and _CLOCKED.search(" ".join(row)) is not None and _TO_CALL.fullmatch(value) is not None


def _is_dated(row: list[str]) -> bool:
    return any(_WHEN.fullmatch(cell) for cell in row)


def kept_rows(rows: Rows, *, people: bool) -> str:
    """What says that rows without a sentence are entries of what a title promises, of calls or of `people`, in our own
    words: three that begin with a date, or that are names of persons. Empty for none."""
    if sum(_is_dated(row[:2]) or _WHEN.match(row[0]) is not None for row in rows) >= _ENOUGH:
        return "rows of dates, and no running text"
    if people and len({cell for row in rows for cell in row if PERSON_NAME.fullmatch(cell)}) >= _ENOUGH:
        return "names of people, and no running text"
    if people and len({cell for row in rows for cell in row if _MAIL.fullmatch(cell)}) >= _ENOUGH:
        return "addresses of people, and no running text"
    return ""
