"""Whether two answers are one page: the same but for what was asked, and for numbers, ids and nonces."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import Final
from urllib.parse import quote, unquote

_MOST: Final = 1 << 18
_MOST_SEGMENTS = 24
# A nonce, a token or a digest: one unbroken word with digits or both cases in it, or a GUID.
_GUID: Final = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_LONG_WORD: Final = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
_TOKEN: Final = re.compile(r"[^\W_]+|[<>{}]")
_HEX: Final = re.compile(r"[0-9a-f]{4,}\Z")
_FEW_DIFFERENCES = 4
_MANY_DIFFERENCES = 24
_SHARE_OF_DIFFERENCES = 0.05


def alike(a: bytes, b: bytes, asked_a: str, asked_b: str) -> bool:
    """Whether `a`, the answer to path `asked_a`, and `b`, the answer to `asked_b`, are the same page. Linear time.

    What was asked is taken out of each page first, in every spelling that servers echo (decoded, encoded, escaped, name
    and stem alone), then numbers, ids, tokens and nonces count as one word; the words that are left may differ by 5 %,
    at least 4 and at most 24, since pages carry a date or a count of visits. Bytes that are no text must be equal. Two
    empty answers are alike. Used against canaries: a host that answers a random name with the same page says nothing.
    """
    if a == b:
        return True
    a, b = a[:_MOST], b[:_MOST]
    if a == b:
        return True
    if not a or not b or b"\0" in a[:4096] or b"\0" in b[:4096]:
        return False
    words_a = _words(a, asked_a)
    words_b = _words(b, asked_b)
    total_a, total_b = words_a.total(), words_b.total()
    # The two sides of the difference overlap where one word replaced another: count the larger side.
    differ = max((words_a - words_b).total(), (words_b - words_a).total())
    larger = max(total_a, total_b)
    if larger < 2 * _FEW_DIFFERENCES:
        # Too short to allow for anything: `Not found: <name>` and `OK` differ in all they say.
        return differ == 0
    allowed = min(max(_FEW_DIFFERENCES, int(_SHARE_OF_DIFFERENCES * larger)), _MANY_DIFFERENCES)
    return differ <= min(allowed, larger // 4)


def _words(body: bytes, asked: str) -> Counter[str]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    for spelling in _spellings(asked):
        text = text.replace(spelling, "\ue000")
    text = _GUID.sub(" # ", text)
    text = _LONG_WORD.sub(_hidden_if_random, text)
    words: Counter[str] = Counter()
    for token, times in Counter(_TOKEN.findall(text)).items():
        words["#" if any(char.isdigit() for char in token) or _HEX.match(token) else token.lower()] += times
    return words


def _hidden_if_random(match: re.Match[str]) -> str:
    word = match[0]
    digits = any(char.isdigit() for char in word)
    if "/" in word and not word.rstrip("=").endswith("/") and word.count("/") > len(word) // 16 + 1:
        return word  # a path of several short parts, not base64
    mixed = not word.islower() and not word.isupper()
    return " # " if digits and (mixed or len(word) >= 20) else word


def _spellings(asked: str) -> list[str]:
    """Every way in which a page may repeat what was asked for, longest first, none as short as an ordinary word."""
    asked = asked[:4096]
    path, _, query = asked.partition("?")
    decoded = unquote(path, errors="replace")
    parts = {asked, path, decoded, query, path.strip("/"), decoded.strip("/")}
    for segment in (*path.split("/")[-_MOST_SEGMENTS:], *decoded.split("/")[-_MOST_SEGMENTS:]):
        parts |= {segment, segment.rpartition(".")[0]}
    spelled = set()
    for part in parts:
        spelled |= {
            part,
            escape(part),
            quote(part),
            quote(part, safe=""),
            part.replace("/", "\\/"),
            part.replace("/", "&#x2F;"),
        }
    spelled |= {part.lower() for part in spelled} | {part.upper() for part in spelled}
    return sorted((part for part in spelled if len(part) >= 4), key=lambda part: (-len(part), part))
