"""Words that grade a proven exposure by what its names speak of; they never prove one."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from probes.recognise.media.kinds import MediaKind
from probes.recognise.people.spelling import folded, meant


@dataclass(frozen=True, slots=True)
class Term:
    """A word of `probes/tables/terms.csv`: its language, what it speaks of, and its weight from 1 to 5 by judgement."""

    term: str
    language: str
    category: str
    weight: int


# Up to this many folded characters a term is a word by itself: `lvu` is not in `silvupplaga`, `cpr` not in `icpr`.
_LONGEST_TOKEN: Final = 5
# A term this long is found over separators too: `call_recordings`, `lex-sarah`.
_JOINED_FROM: Final = 8
# `lon` is a longitude unless it is spelled as pay is.
_ONLY_SPELLED: Final = {"lon": ("lön", "løn")}
_IT_CATEGORIES: Final = frozenset({"backup", "credentials"})
_WORDS: Final = re.compile(r"[a-z0-9]+")
_LETTERS: Final = re.compile(r"[a-z]+")
_SEPARATORS: Final = re.compile(r"[\W_]+")
_TELLING_KINDS: Final = frozenset(
    {
        MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.IMAGE, MediaKind.DICOM, MediaKind.DOCUMENT, MediaKind.MAIL_STORE,
        MediaKind.DATABASE_DUMP, MediaKind.ARCHIVE, MediaKind.VM_IMAGE,
    }
)  # fmt: skip
_HEAVY: Final = 4
_MIDDLING: Final = 3


@cache
def all_terms() -> tuple[Term, ...]:
    """Every term in the order of the file, which is part of the package: one that cannot be read is a bug of ours."""
    rows = csv.DictReader(files("probes.tables").joinpath("terms.csv").read_text(encoding="utf-8").splitlines())
    return tuple(Term(row["term"], row["language"], row["category"], int(row["weight"])) for row in rows)


@cache
def _tables() -> tuple[dict[str, tuple[Term, ...]], tuple[tuple[str, Term], ...]]:
    """Folded short terms by token, and folded long ones to be looked for inside words."""
    short: dict[str, list[Term]] = {}
    long: list[tuple[str, Term]] = []
    for term in all_terms():
        key = folded(term.term)
        if len(key) <= _LONGEST_TOKEN:
            short.setdefault(key, []).append(term)
        else:
            long.append((key, term))
    return {key: tuple(terms) for key, terms in short.items()}, tuple(long)


def terms_in(name: str | bytes) -> tuple[Term, ...]:
    """The terms that a file or folder name holds, in any of the spellings that servers give it. Any text is read.

    Short terms match a whole word, longer ones inside compounds (`patientjournaler`); of two where one is part of the
    other, the longer counts.
    """
    spelled = meant(name).lower()
    plain = folded(spelled)
    short, long = _tables()
    found: list[tuple[str, Term]] = []
    for token in {*_WORDS.findall(plain), *_LETTERS.findall(plain)}:
        if token in _ONLY_SPELLED and not any(spelling in spelled for spelling in _ONLY_SPELLED[token]):
            continue
        found += ((token, term) for term in short.get(token, ()))
    joined = _SEPARATORS.sub("", plain)
    found += ((key, term) for key, term in long if key in plain or (len(key) >= _JOINED_FROM and key in joined))
    keys = {key for key, _ in found}
    inner = {key for key in keys if len(key) > _LONGEST_TOKEN and any(key != other and key in other for other in keys)}
    kept = [term for key, term in found if key not in inner]
    return tuple(sorted(kept, key=lambda term: (-term.weight, term.term, term.language)))


def is_it_word(term: Term) -> bool:
    """Whether it is an English word of computing (backup, snapshot, credentials): they stand in every file system."""
    return term.language == "en" and term.category in _IT_CATEGORIES


def speaks(found: Iterable[Term], kind: MediaKind) -> bool:
    """Whether the terms of one name, on a file of this kind, raise the grade of a proven exposure.

    A term of weight 4 or more on a sound, a picture, a document, a mail store, a dump or an archive does, and so do
    terms of weight 3 or more from two categories. English words of computing never do by themselves: on 130,000
    ordinary files they made nearly all the noise.
    """
    terms = tuple(found)
    telling = [term for term in terms if not is_it_word(term)]
    if kind in _TELLING_KINDS and any(term.weight >= _HEAVY for term in telling):
        return True
    middling = [term for term in telling if term.weight >= _MIDDLING]
    return bool(middling) and len({term.category for term in terms if term.weight >= _MIDDLING}) >= 2
