"""What is wrong with a text that is no YAML, for somebody who does not know YAML's words: libyaml's own say what its
parser was doing, and often name the line after the fault."""

from __future__ import annotations

from typing import Final

_CLOSES: Final = {"flow mapping": ("{", "}"), "flow sequence": ("[", "]")}


def plain(context: str, problem: str, char: str, began: int, line: int) -> str:
    """The fault in plain words.

    `context` and `problem` are those of `yaml.MarkedYAMLError` (empty where it has none), `char` is the character at
    its mark, `line` the line of that mark, and `began` the line on which what could not be read begins.
    """
    if "tab character" in problem or (char == "\t" and "cannot start any token" in problem):
        return "a tab stands here: indent with spaces"
    if "cannot start any token" in problem:
        return f"a value cannot begin with {char}: put it in quotes"
    if "mapping values are not allowed" in problem:
        return (
            "a ':' stands where no key can be: this line is indented otherwise than the keys beside it, the line above "
            "it lacks its ':', or a text that holds ': ' lacks its quotes"
        )
    for name, (opening, closing) in _CLOSES.items():
        if context.endswith(name):
            return f"the '{opening}' of line {began} is not closed: before this a '{closing}', ',' or quote is missing"
    if "quoted scalar" in context and "end of stream" in problem:
        return f"the quote that begins on line {began} has no end"
    if "unknown escape" in problem:
        return f"\\{char} means nothing within double quotes: use single quotes, or write \\\\"
    if "simple key" in context:
        return f"line {began} has no ': ' between a key and its value"
    if "block mapping" in context and char in "}]":
        return f"a '{char}' closes what was never opened"
    if "block mapping" in context and line == began:
        return "something stands behind the end of a value: is a quote, a ',' or a line break missing?"
    if "block mapping" in context:
        return f"this line is indented otherwise than the keys beside it, which begin on line {began}"
    if "block collection" in context:
        return f"this is no item of the list that begins on line {began}: its '- ' is missing, or its indent differs"
    if "alias" in context or "alias" in problem:
        return "a value that begins with * or & has a meaning of its own in YAML: put it in quotes"
    if "flow node" in context:
        return "a value is missing here: two commas follow each other, or a bracket is empty"
    return " ".join(word for word in (context, problem) if word)
