"""Items of lists and lines of texts that say in words of their own what each file is, as people write them: programs
that list a folder say the same of each row, or nothing."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote

from probes.recognise.listing.fields.months import MONTHS
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.row.cells import Row
from probes.recognise.listing.html.row.found import Found


def is_told_in_items(page: Page, rows: list[Found]) -> bool:
    """Whether all rows stand in lists or texts each item or line of which has words that few others have, or names
    several files behind a word (`January 2008: ex1.pdf, solutions ex1s.pdf`); not where most of them name somebody."""
    names = {one.target.name for one in rows}
    words: list[set[str]] = []
    several, people, seen = 0, 0, set[str]()
    for block in page.blocks if len(rows) > 1 else ():
        for row in block.rows if block.kind in _KINDS else ():
            here = {unquote(link.href.partition("?")[0].rpartition("/")[2]) for link in row.links} & names
            if not here:
                continue
            seen |= here
            said = _words(row)
            people += any(_PERSON.search(cell.plain[:_LONGEST]) for cell in row.cells[:_CELLS])
            several += len(here) > 1 and bool(row.cells[0].before.strip(" ([,;:-"))
            words.append(said)
    if seen != names or len(words) < _LEAST or people * 2 > len(words):
        return False
    if several == len(words):
        return True
    common = Counter(word for said in words for word in said)
    own = [sum(common[word] * 2 <= len(words) for word in said) for said in words]
    return min(own) >= _EACH and sum(own) * 2 >= len(own) * _HALVES


def _words(row: Row) -> set[str]:
    text = " ".join(cell.plain[:_LONGEST] for cell in row.cells[:_CELLS])
    return {word for one in _WORD.findall(text) if (word := one.lower()) not in MONTHS and word not in _MEASURES}


_KINDS = {"list", "pre"}
_LEAST = 3
"""Items of which it can be said what is common to them."""
_EACH = 2
_HALVES = 6
"""Own words of two items together, on average."""
_PERSON = re.compile(r"(?<![^\W\d_])[^\W\d_a-z][^\W\d_A-Z]{1,30},? [^\W\d_a-z][^\W\d_A-Z]{1,30}(?![^\W\d_])")
"""Two words in capitals beside each other, as names of people are: what is said of a document of somebody's."""
_LONGEST = 400
_CELLS = 8
_WORD = re.compile(r"[^\W\d_]{2,40}")
_MEASURES = frozenset(
    re.findall(
        r"\w+", "kb mb gb kib mib gib bytes byte ko mo mon tue wed thu fri sat sun gmt utc cet cest am pm pdf doc zip"
    )
)
"""Units, days and kinds: words of any row."""
