"""Hostile HTML as a flat run of tags and text, in one pass and in linear time."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

# A tree is not built: a million nested tags cost a tree builder hours, and listings are flat in any case.
# As HTML has it, a quote counts only where a value begins: `<a href='it's.wav'>` ends at its first `>`.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))*+)>""")
_STEP = re.compile(rf"([^<]*+)({_TAG.pattern})?+")
"""Text, and the tag after it where there is one: what nearly all of a page is."""
_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>")
_LOOSE_STEP = re.compile(rf"([^<]*+)({_LOOSE_TAG.pattern})?+")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "template")
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"}
"""Elements that have no end tag."""
_LONGEST_TAG = 1 << 20
_SEARCHES = 16
"""After so many searches through all of a page for a quote that never closes, or more that are shorter, quotes are no
longer followed: the search would turn quadratic."""


@dataclass(slots=True)
class Token:
    """A tag (`name`, lower case) or a run of text (`name` empty). `raw` is the attributes' source, or the text's."""

    name: str
    raw: str
    closing: bool = False
    _read: Mapping[str, str] | None = None

    @property
    def attributes(self) -> Mapping[str, str]:
        """The attributes by lower-case name, character references resolved; the first of a name wins, as in HTML."""
        if self._read is None:
            self._read = _attributes(self.raw) if 0 < len(self.raw) < _OFTEN else _read_attributes(self.raw)
        return self._read

    @property
    def text(self) -> str:
        """The text with its character references resolved."""
        return html.unescape(self.raw)


_OFTEN = 200
"""Characters of attributes that tags of one page may have in common."""


def _read_attributes(raw: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(raw):
        key = match[1].lower()
        if key not in found:
            found[key] = attribute_text(match[2] or match[3] or match[4] or "")
    return found


def attribute_text(raw: str) -> str:
    """The value of an attribute with its character references resolved. HTML 13.2.5.73: one without a semicolon counts
    in a value only where neither a letter, nor a digit, nor `=` follows, so that `?file=a&copy=1` stays as it is."""
    return html.unescape(_REFERENCE.sub(_counting, raw)) if "&" in raw else raw


_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9]*+)([;=]?)")


def _counting(found: re.Match[str]) -> str:
    name, end = found.groups()
    counts = end != "=" and (f"{name};" if end else name) in html5
    return found[0] if counts else f"&amp;{found[0][1:]}"


_attributes = lru_cache(2048)(_read_attributes)


def tokens(source: str) -> list[Token]:
    """Every tag and every run of text of `source`, comments and declarations left out. Raises nothing. A tag that is
    written twice in the same way may be one object.

    The content of script, style, title, textarea and template is one text token, as a browser would not show it.
    """
    run = _Run(source)
    add = run.found.append
    known: dict[str, Token] = {}
    while run.position < run.length:
        token = None
        for step in (_STEP if run.searches > 0 else _LOOSE_STEP).finditer(source, run.position):
            text, tag = step.group(1, 2)
            if tag is None or len(tag) > _LONGEST_TAG:
                run.position = step.start()
                token = run.odd(step.end(1))
                break
            if text:
                add(Token("", text))
            token = known.get(tag)
            if token is None:
                closing, name, raw = step.group(3, 4, 5)
                token = known[tag] = Token(name.lower(), raw, closing != "")
            add(token)
            if token.name in _RAW and not token.closing:
                run.position = step.end()
                break
        if token is not None and token.name in _RAW and not token.closing:
            # Found by its end tag alone, whatever stands between: that is how HTML reads these elements.
            closed = _RAW[token.name].search(source, run.position)
            stop = closed.start() if closed else run.length
            add(Token("", source[run.position : stop]))
            run.position = stop
    return run.found


class _Run:
    """A page that is being read: how far it was, and what was found."""

    def __init__(self, source: str) -> None:
        self.source, self.length = source, len(source)
        self.position = 0
        self.found: list[Token] = []
        self.searches = _SEARCHES * self.length
        """Characters that may still be searched for the ends of quotes."""

    def odd(self, failed: int) -> Token | None:
        """Read on over what is no tag: a comment, a declaration, a `<` that begins nothing, a tag that does not end.
        The tag that was read after it. `failed`: where there is none, as was seen already."""
        source, start, position = self.source, self.position, self.position
        while (at := source.find("<", start)) >= 0:
            # Text is collected up to the next thing that is a tag, however many bare `<` stand in it.
            start = at + 1
            follower = source[start : start + 1]
            match = None
            if follower not in {"!", "?"}:
                if not (follower.isalpha() or follower == "/"):
                    continue
                if self.searches > 0:
                    match = _TAG.match(source, at, at + _LONGEST_TAG) if at != failed else None
                    self.searches -= 0 if match is not None else min(self.length - at, _LONGEST_TAG)
                match = match or _LOOSE_TAG.match(source, at, at + _LONGEST_TAG)
                if match is None:
                    continue
            if at > position:
                self.found.append(Token("", source[position:at]))
            if match is None:
                self.position = _after_declaration(source, at)
                return None
            closing, name, raw = match.groups()
            self.found.append(token := Token(name.lower(), raw, closing != ""))
            self.position = match.end()
            return token
        if position < self.length:
            self.found.append(Token("", source[position:]))
        self.position = self.length
        return None


def _after_declaration(source: str, start: int) -> int:
    if source.startswith("<!--", start):
        end = source.find("-->", start + 4)
        return end + 3 if end >= 0 else len(source)
    end = source.find(">", start)
    return end + 1 if end >= 0 else len(source)


def squeeze(text: str) -> str:
    """`text` with every run of white space, no-break spaces included, as one space and none at its ends."""
    if text.isascii():
        # What `split` parts at is the same there, and it is several times faster.
        return " ".join(text.split())
    return _SPACE.sub(" ", text).strip(" ")
