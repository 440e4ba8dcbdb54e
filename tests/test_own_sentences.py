"""Nothing reads back the sentences that leftopen itself writes: what they say is stored and handed on as values.

How a regex over our own sentences is recognised: it matches a text that we write, from its beginning over at least
three quarters of it, and no longer does when every letter of that text is replaced by the next one of the alphabet. So
it hangs on our own words, and a reworded sentence would break it in silence.

Texts that we write: every fact and claim as it is printed, and what has three words or more of the catalogues in every
language and of the strings in the code (a 7 in each gap). `probes.recognise` is left out: it reads bytes of other
people's servers, imports nothing else of ours, and so never meets a sentence of ours.
"""

from __future__ import annotations

import ast
import importlib
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from monitor.alerts.messages.catalogue import catalogue
from monitor.findings.reasons import NamesHold
from monitor.legal.drafts.draft import SENTENCES
from probes.facts import Fact, FactKind
from probes.recognise.people.tokens import Identifier
from tests.test_structure import ROOT, SOURCES

READERS = {"monitor/store/schema/old_sentences.py": "what version 0.1.0 stored, for the migrations that replace it"}
"""Files that may read sentences of ours, and why."""

_NEXT = str.maketrans(
    string.ascii_letters, string.ascii_lowercase[1:] + "a" + string.ascii_uppercase[1:] + string.ascii_uppercase[0]
)
_CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All that stands in a file."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def texts(path: Path) -> Iterator[str]:
    """The strings of a file that are no docstring and no regex, with a 7 in each gap."""
    left_out = {id(argument) for call in calls(path) for argument in call.args}
    for node in nodes(path):
        if isinstance(node, ast.Expr):
            left_out.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
    for node in nodes(path):
        if isinstance(node, ast.JoinedStr) and id(node) not in left_out:
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.value


def calls(path: Path) -> Iterator[ast.Call]:
    """The calls of functions of `re`."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "re":
                yield node


@cache
def sentences() -> frozenset[str]:
    """All that we write."""
    found = {str(Fact(kind, "Apache/2.4.7", 7)) for kind in FactKind}
    found |= {str(NamesHold(what, 7, 7 * seen)) for what in Identifier for seen in (0, 1)}
    for languages in (catalogue(), catalogue(SENTENCES)):
        written = {re.sub(r"\{[a-z_]+\}", "7", text) for words in languages.values() for text in words.values()}
        found |= {text for text in written if len(text.split()) > 2}
    for path in SOURCES:
        found |= {text for text in texts(path) if len(text.split()) > 2}
    return frozenset(text for text in found if len(text) < 500)


def patterns(path: Path) -> set[re.Pattern[str]]:
    """The regexes of a file: those that its module holds, and those that stand in a call."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    held = list(vars(importlib.import_module(name)).values()) if not name.endswith("__main__") else []
    found = set()
    while held:
        value = held.pop()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            found.add(value)
        elif isinstance(value, tuple | list | set | frozenset):
            held += value
        elif type(value) is dict:
            held += [*value.keys(), *value.values()]
    for call in calls(path):
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            found.add(re.compile(call.args[0].value))
    return found


def reads(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a regex hangs on the words of a text."""

    def most(of: str) -> bool:
        match = pattern.match(of)
        return match is not None and 4 * len(match.group()) >= 3 * len(of)

    return most(text) and not most(text.translate(_NEXT))


def test_no_regex_reads_a_sentence_of_ours() -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for path in SOURCES:
        name = str(path.relative_to(ROOT))
        if name not in READERS and not name.startswith("probes/recognise/"):
            read = [(one.pattern, text) for one in patterns(path) for text in sentences() if reads(one, text)]
            found |= {name: read[:3]} if read else {}
    assert found == {}


@pytest.mark.parametrize(
    "pattern",
    [
        r"(http-on|tls-on)-(\d{1,5})",
        r"(synthetic )?([a-z -]{3,40}?) in (?:names|\d{1,3} % of \d+ names)",
        r"banner (.*): possible CVEs.*",
        r"it grows: (\d+) files before, (\d+) now",
        r"(.+ in \d+ % of \d+ names)",
    ],
)
def test_those_that_there_once_were_are_recognised(pattern: str) -> None:
    assert any(reads(re.compile(pattern), text) for text in {*sentences(), "it grows: 7 files before, 7 now"})


@pytest.mark.parametrize("pattern", [r"\d+", r"[^\W_]{3,}", r".*", r"[a-z0-9.-]+", r"\S+ \S+"])
def test_a_regex_over_any_text_is_none(pattern: str) -> None:
    assert not any(reads(re.compile(pattern), text) for text in sentences())
