"""The literals of a script, read and never run: strings, numbers, arrays and objects, in linear time."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import unquote

Value: TypeAlias = object
"""str, int, float, bool, None, list or dict, as `json.loads` makes them."""

LONGEST: Final = 8 << 20
"""More characters of scripts than this are not read."""
_DEEPEST: Final = 16
_MOST: Final = 2_000_000

# Every unclosed thing runs to the end of the source: it must not be searched for again from each later character.
_GRAMMAR: Final = r"""(?P<skip>\s++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|<!--[^\n]*+)
    |(?P<text>"(?:[^"\\\n]++|\\[\s\S])*+(?:"{end})|'(?:[^'\\\n]++|\\[\s\S])*+(?:'{end})|`(?:[^`\\]++|\\[\s\S])*+(?:`|\Z))
    |(?P<number>0[xX][0-9a-fA-F]{1,16}|(?:\d{1,25}(?:\.\d{0,20}+)?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?)
    |(?P<name>[A-Za-z_$][\w$]*+(?:\.[A-Za-z_$][\w$]*+)*+)
    |(?P<sign>[\s\S])"""
_TOKEN: Final = re.compile(_GRAMMAR.replace("{end}", ""), re.VERBOSE)
_ENDED: Final = re.compile(_GRAMMAR.replace("{end}", r"|(?=\n)|\Z"), re.VERBOSE)
"""As before, with a text that is never closed ending with its line."""
_MOST_OPEN: Final = 16
"""A quote that is never closed (in a pattern) is passed over. Of more, each would be searched to the end for."""
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_PLAIN: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WORDS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
_NO_CALL: Final = frozenset("if for while switch catch function with return typeof await async".split())  # noqa: SIM905
_BEFORE_VALUE: Final = frozenset("( [ , = : ? & | >".split())  # noqa: SIM905
DELIMITED: Final = re.compile(r"[^;|<>]{1,255}(?:\|[^;|<>]{0,255}){1,9};[^;|<>]{1,255}\|")
"""A text of rows that end with semicolons, of fields between bars."""
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


class _Opaque:
    """What a literal cannot say: a variable, a function, the result of a call."""


OPAQUE: Final = _Opaque()


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that a script holds: assigned to `name`, appended to it (`item`), or the arguments of a call of it."""

    name: str
    how: str
    """`value`, `item` or `call`; the value of a call is the list of its arguments."""
    value: Value


def literals(source: str) -> list[Literal]:
    """Every literal array, object or string that a script assigns, appends or hands to a call, in its order.

    Nothing is evaluated but: joined strings, `split` by a constant, `JSON.parse`, `atob` and `decodeURIComponent` of a
    string, `new Date` of one. What is no literal stands as None inside of one. Total; time is linear.
    """
    return _Reader(source[:LONGEST]).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self._kinds: list[str] = []
        self._texts: list[str] = []
        at = self._read_tokens(_TOKEN, source, 0)
        self._read_tokens(_ENDED, source, at)
        self._ends = self._matched()
        self._found: list[Literal] = []
        self._later: list[tuple[int, int]] = []

    def _read_tokens(self, grammar: re.Pattern[str], source: str, start: int) -> int:
        """Reads the tokens from `start` on, until too many quotes close nothing; returns where it ended."""
        unclosed = 0
        for match in grammar.finditer(source, start):
            kind = match.lastgroup or "sign"
            if kind == "skip":
                continue
            self._kinds.append(kind)
            self._texts.append(match[0])
            if kind == "sign" and match[0] in "\"'":
                unclosed += 1
                if unclosed == _MOST_OPEN:
                    return match.end()
        return len(source)

    def _matched(self) -> dict[int, int]:
        """For every opening bracket that is closed, where."""
        ends: dict[int, int] = {}
        stack: list[int] = []
        for at, (kind, text) in enumerate(zip(self._kinds, self._texts, strict=True)):
            if kind != "sign":
                continue
            if text in _CLOSING:
                stack.append(at)
            elif text in ")]}":
                while stack and _CLOSING[self._texts[stack[-1]]] != text:
                    stack.pop()
                if stack:
                    ends[stack.pop()] = at
        return ends

    def read(self) -> list[Literal]:
        self._later.append((0, len(self._texts)))
        while self._later and len(self._found) < _MOST:
            at, end = self._later.pop()
            while at < end:
                at = self._statement(at, end)
        return self._found

    def _is(self, at: int, text: str) -> bool:
        return at < len(self._texts) and self._texts[at] == text and self._kinds[at] == "sign"

    def _statement(self, at: int, end: int) -> int:
        kind, text = self._kinds[at], self._texts[at]
        if kind == "name" and text not in _NO_CALL:
            return self._named(at, end)
        opens = kind == "sign" and text in "[{"
        before = self._texts[at - 1] if at else "("
        if (
            opens
            and at in self._ends
            and (before in _BEFORE_VALUE or before in {"return", "default"} or (text == "[" and before in ";{}"))
        ):
            value, after = self._expression(at, end, 0)
            self._add("", "value", value)
            return max(after, at + 1)
        return at + 1

    def _named(self, at: int, end: int) -> int:
        name = self._texts[at]
        after = at + 1
        how = "value"
        if self._is(after, "[") and after in self._ends and not self._is(after - 1, "="):
            closed = self._ends[after]
            if self._is(closed + 1, "=") and not self._is(closed + 2, "="):
                after, how = closed + 1, "item"
        if self._is(after, "+") and self._is(after + 1, "="):
            after, how = after + 1, "item"
        if (self._is(after, "=") and not self._is(after + 1, "=") and not self._is(after + 1, ">")) or (
            how == "value" and self._is(after, ":") and not self._is(at - 1, "?")
        ):
            if self._calls(after + 1):
                return after + 1
            value, stop = self._expression(after + 1, end, 0)
            self._add(name, how, value)
            return max(stop, after + 1)
        if self._is(after, "(") and after in self._ends and not (at and self._texts[at - 1] == "function"):
            if _pure(name):
                value, stop = self._expression(at, end, 0)
                self._add(name, "value", value)
                return max(stop, after)
            arguments, stop = self._sequence(after, 0)
            if name.endswith(".push"):
                for argument in arguments:
                    self._add(name[:-5], "item", argument)
            else:
                self._add(name, "call", arguments)
            return stop
        return after

    def _add(self, name: str, how: str, value: Value) -> None:
        if isinstance(value, str) and how == "value":
            telling = "<" in value or "\n" in value or value[:1] in ("[", "{") or DELIMITED.match(value) is not None
        else:
            telling = isinstance(value, list | dict) or how != "value"
        if telling and value is not OPAQUE and value != []:
            self._found.append(Literal(name, how, _clear(value)))

    def _calls(self, at: int) -> bool:
        """Whether a call begins at a token that is read as a statement of its own."""
        at += self._texts[at : at + 1] == ["new"]
        return self._kinds[at : at + 1] == ["name"] and self._is(at + 1, "(") and not _pure(self._texts[at])

    def _expression(self, at: int, end: int, depth: int) -> tuple[Value, int]:
        """The value that begins at a token, and the token after it: opaque where an operator goes on with it."""
        value, at = self._operand(at, end, depth)
        while at < end and self._is(at, "+") and isinstance(value, str):
            more, at = self._operand(at + 1, end, depth)
            value = value + more if isinstance(more, str) else OPAQUE
        if at < end and self._kinds[at] == "sign" and self._texts[at] in "?=*/%<>&|+-^":
            return OPAQUE, at
        return value, at

    def _value(self, at: int, end: int, depth: int) -> tuple[Value, int]:
        """As an expression, inside of brackets: what follows it up to the next comma is passed over."""
        value, at = self._expression(at, end, depth)
        return value, self._skip(at, end)

    def _operand(self, at: int, end: int, depth: int) -> tuple[Value, int]:
        if at >= end:
            return OPAQUE, at
        kind, text = self._kinds[at], self._texts[at]
        if kind == "text":
            value = _string(text)
            if self._texts[at + 1 : at + 3] == [".", "split"] or self._texts[at + 1 : at + 2] == [".split"]:
                return self._split(value, at + 2)
            return value, at + 1
        if kind == "number":
            return _number(text), at + 1
        if kind == "name":
            return self._word(at, end, depth)
        if text in "-!" and at + 1 < end and self._kinds[at + 1] == "number":
            number = _number(self._texts[at + 1])
            return (-number if text == "-" else not number), at + 2
        if text in _CLOSING and at in self._ends:
            closed = self._ends[at] + 1
            if depth >= _DEEPEST:
                return OPAQUE, closed
            if text == "[":
                return self._sequence(at, depth + 1)
            if text == "{":
                return self._object(at, depth + 1), closed
            if self._is(closed, "=") and self._is(closed + 1, ">"):
                return OPAQUE, closed + 2
            return self._value(at + 1, closed - 1, depth + 1)[0], closed
        return OPAQUE, at

    def _split(self, value: Value, at: int) -> tuple[Value, int]:
        while at < len(self._texts) and not self._is(at, "("):
            at += 1
        if at not in self._ends or not isinstance(value, str):
            return OPAQUE, at
        mark = self._texts[at + 1]
        parts = value.split(str(_string(mark))) if self._kinds[at + 1] == "text" and len(mark) > 2 else OPAQUE
        return parts, self._ends[at] + 1

    def _word(self, at: int, end: int, depth: int) -> tuple[Value, int]:
        name = self._texts[at]
        if name == "new" and at + 1 < end and self._kinds[at + 1] == "name":
            return self._word(at + 1, end, depth)
        if name in _WORDS:
            return _WORDS[name], at + 1
        if not (self._is(at + 1, "(") and at + 1 in self._ends) or name == "function" or depth >= _DEEPEST:
            return OPAQUE, at + 1
        arguments, stop = self._sequence(at + 1, depth + 1)
        return _called(name, arguments), stop

    def _sequence(self, at: int, depth: int) -> tuple[list[Value], int]:
        """The values between the bracket at `at` and its end."""
        closed = self._ends[at]
        values: list[Value] = []
        at += 1
        while at < closed:
            value, after = self._value(at, closed, depth)
            values.append(value)
            at = after + 1
        return values, closed + 1

    def _object(self, at: int, depth: int) -> Value:
        closed = self._ends[at]
        found: dict[str, Value] = {}
        at += 1
        while at < closed:
            kind, text = self._kinds[at], self._texts[at]
            if kind == "sign" or not self._is(at + 1, ":"):
                # A method, a spread, a computed key: what it holds is read on its own.
                at = self._skip(at, closed) + 1
                continue
            key = str(_string(text)) if kind == "text" else text
            value, at = self._value(at + 2, closed, depth)
            found.setdefault(key, value)
            at += 1
        return found

    def _skip(self, at: int, end: int) -> int:
        """The comma or the end that closes what began at `at`, over every bracket between; bodies are read later."""
        while at < end:
            if self._kinds[at] == "sign":
                if self._texts[at] in ",;":
                    return at
                closed = self._ends.get(at)
                if closed is not None and closed < end:
                    self._later.append((at + 1, closed))
                    at = closed
            at += 1
        return end


def _pure(name: str) -> bool:
    """Whether a call is of a function whose result a constant text tells."""
    return name in {"atob", "window.atob", "decodeURIComponent", "unescape", "Date", "Array"} or name.endswith(
        (".parse", ".parseJSON")
    )


def _string(text: str) -> Value:
    inner = text[1:-1] if len(text) > 1 and text[-1] == text[0] else text[1:]
    if text[0] == "`" and "${" in inner:
        return OPAQUE
    return _ESCAPE.sub(_unescaped, inner) if "\\" in inner else inner


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _PLAIN.get(match[4], match[4])


def _number(text: str) -> int | float:
    if text[:2].lower() == "0x":
        return int(text, 16)
    return int(text) if text.isdigit() else float(text)


def _called(name: str, arguments: list[Value]) -> Value:
    """What a call of a known pure function gives; a Date is the text or number that it was made of."""
    first = arguments[0] if arguments else OPAQUE
    if name == "Date" and len(arguments) == 1:
        return first
    if name == "Array":
        return arguments
    if name.endswith((".parse", ".parseJSON")) and isinstance(first, str):
        try:
            return json.loads(first)
        except (ValueError, RecursionError):
            return OPAQUE
    if name in {"atob", "window.atob"} and isinstance(first, str):
        try:
            return base64.b64decode(first, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return OPAQUE
    if name in {"decodeURIComponent", "unescape", "decodeURI"} and isinstance(first, str):
        return unquote(first)
    # `Object.freeze([...])`, `ref([...])`, `createElement(List, {...})`: a call around one literal hands it on.
    literal = [one for one in arguments if isinstance(one, list | dict)]
    return literal[0] if len(literal) == 1 else OPAQUE


def _clear(value: Value, depth: int = 0) -> Value:
    """`value` with None for what is opaque, and no deeper than a reader of rows goes."""
    if value is OPAQUE or depth > 2 * _DEEPEST:
        return None
    if isinstance(value, list):
        return [_clear(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {key: _clear(one, depth + 1) for key, one in value.items()}
    return value
