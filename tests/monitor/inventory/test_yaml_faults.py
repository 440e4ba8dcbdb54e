"""What is no YAML is told in plain words, with the line where the fault is."""

from __future__ import annotations

import pytest

from monitor.inventory.yaml_source import NotRead, read

CASES = {
    "a:\n\t- b": (2, "a tab stands here: indent with spaces"),
    "a:\n  - b\n\t- c": (3, "a tab stands here: indent with spaces"),
    "a: @b": (1, "a value cannot begin with @: put it in quotes"),
    "a: `b`": (1, "a value cannot begin with `: put it in quotes"),
    "name: a: b": (1, "a text that holds ': ' lacks its quotes"),
    "organisation {id: b, name: c}": (1, "a ':' stands where no key can be"),
    "a:\n  b: 1\n   c: 2": (3, "this line is indented otherwise than the keys beside it"),
    "a:\n  b: 1\n c: 2": (3, "this line is indented otherwise than the keys beside it, which begin on line 1"),
    "a:\n  - b: 1\n   c: 2": (3, "this is no item of the list that begins on line 2"),
    "a:\n  - b\n  c: d": (3, "its '- ' is missing, or its indent differs"),
    "a: {b: c\nd: e": (2, "the '{' of line 1 is not closed"),
    "x: 1\na: [b, c\nd: e": (3, "the '[' of line 2 is not closed"),
    "a: {b: c}}": (1, "a '}' closes what was never opened"),
    "a: 'b\nc: d": (2, "the quote that begins on line 1 has no end"),
    'a: "b\\d"': (1, "use single quotes"),
    "a: b\nc\nd: e": (3, "line 2 has no ': ' between a key and its value"),
    'a: "b" c': (1, "something stands behind the end of a value"),
    "a: *.example.org": (1, "a value that begins with * or & has a meaning of its own in YAML"),
    "a: {b: c, , d: e}": (1, "two commas follow each other"),
}


@pytest.mark.parametrize("text", CASES)
def test_a_fault_of_yaml_is_told_in_plain_words(text: str) -> None:
    line, words = CASES[text]
    with pytest.raises(NotRead) as caught:
        read(text)
    said = str(caught.value)
    assert words in said
    assert caught.value.mark.line == line
    for parsers_own in ("token", "scalar", "mapping", "block", "flow", "scanning", "parsing"):
        assert parsers_own not in said
