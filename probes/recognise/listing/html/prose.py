"""How much of a page is running text: what articles and notices are made of, and folders are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from probes.recognise.listing.html.markup import Token, squeeze

UNREAD = {"script", "style", "title", "textarea", "template", "noscript"}
_INLINE = {
    "a",
    "b",
    "i",
    "em",
    "strong",
    "span",
    "code",
    "small",
    "abbr",
    "font",
    "u",
    "sup",
    "sub",
    "q",
    "cite",
    "mark",
}
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[.!?:;,](?:\s|$)|[。、！？]")
_LEAST_WORDS = 9
_LEAST_CHARACTERS = 60


def running(run: Iterable[Token]) -> int:
    """Characters of the page that stand in sentences: blocks of nine words and more, with punctuation. Linear time."""
    total, pieces, previous = 0, [], ""
    for token in run:
        if not token.name:
            if previous not in UNREAD:
                pieces.append(token.text)
            continue
        previous = "" if token.closing else token.name
        if token.name not in _INLINE:
            total += _in_sentences("".join(pieces))
            pieces = []
    return total + _in_sentences("".join(pieces))


def _in_sentences(text: str) -> int:
    if len(text) < _LEAST_CHARACTERS:
        return 0
    text = squeeze(text)
    if len(text) < _LEAST_CHARACTERS or _SENTENCE.search(text) is None:
        return 0
    words = sum(len(word) for word in _WORD.findall(text))
    # A line of numbers and names is no sentence; ideographs are words of their own.
    if not text.isascii() and words * 2 > len(text) and len(text.split()) < _LEAST_WORDS:
        return len(text)
    return len(text) if len(text.split()) >= _LEAST_WORDS and words * 10 > len(text) * 6 else 0


def length(run: Iterable[Token]) -> int:
    """Characters of all the text that the page shows."""
    return sum(len(squeeze(token.raw)) for token in shown(run))


def shown(run: Iterable[Token]) -> Iterator[Token]:
    """The texts that the page shows."""
    previous = ""
    for token in run:
        if token.name:
            previous = "" if token.closing else token.name
        elif previous not in UNREAD:
            yield token
