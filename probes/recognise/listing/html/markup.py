"""Hostile HTML as a flat run of tags and text, in one pass and in linear time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

# A tree is not built: a million nested tags cost a tree builder hours, and listings are flat in any case.
# As HTML has it, a quote counts only where a value begins: `<a href='it's.wav'>` ends at its first `>`.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))*+)>""")
_STEP = re.compile(rf"([^<]*+){_TAG.pattern}")
"""Text, and the tag after it: what nearly all of a page is."""
_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "template")
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"}
"""Elements that have no end tag."""
_LONGEST_TAG = 1 << 20
_BAD_TAGS = 100
"""After so many tags with a quote that never closes, quotes are no longer followed: the search would turn quadratic."""


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


def tokens(source: str) -> Iterator[Token]:
    """Every tag and every run of text of `source`, comments and declarations left out. Raises nothing.

    The content of script, style, title, textarea and template is one text token, as a browser would not show it.
    """
    position = start = bad = 0
    length = len(source)
    while True:
        step = _STEP.match(source, position) if position == start and bad < _BAD_TAGS else None
        if step is not None and step.end() - step.end(1) <= _LONGEST_TAG:
            text, closing, name, raw = step.groups()
            end = step.end()
        else:
            # Text is collected up to the next thing that is a tag, however many bare `<` stand in it.
            at = source.find("<", start)
            follower = source[at + 1 : at + 2] if at >= 0 else ""
            if at >= 0 and not (follower.isalpha() or follower in {"/", "!", "?"}):
                start = at + 1
                continue
            match = None
            if at >= 0 and follower not in {"!", "?"}:
                match = _TAG.match(source, at, at + _LONGEST_TAG) if bad < _BAD_TAGS else None
                if match is None:
                    bad += 1
                    match = _LOOSE_TAG.match(source, at, at + _LONGEST_TAG)
                if match is None:
                    start = at + 1
                    continue
            text = source[position : at if at >= 0 else length]
            if match is None:
                if text:
                    yield Token("", text)
                if at < 0:
                    return
                position = start = _after_declaration(source, at)
                continue
            closing, name, raw = match.groups()
            end = match.end()
        if text:
            yield Token("", text)
        name = name.lower()
        yield Token(name, raw, closing != "")
        position = start = end
        if name in _RAW and not closing:
            # Found by its end tag alone, whatever stands between: that is how HTML reads these elements.
            closed = _RAW[name].search(source, position)
            stop = closed.start() if closed else length
            yield Token("", source[position:stop])
            position = start = stop


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
