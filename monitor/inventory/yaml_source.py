"""YAML text as plain mappings, lists and texts, with the line of every key and value, and nothing else of YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import yaml

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"
Loc: TypeAlias = tuple[str | int, ...]

MOST_BYTES = 4 * 2**20
MOST_NODES = 200_000
DEEPEST = 32
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")


class Mark(NamedTuple):
    """Where something stands in the file; both count from 1."""

    line: int
    column: int


class Fault(NamedTuple):
    """Something wrong at one place of the tree, before its line is known."""

    loc: Loc
    text: str
    at_key: bool = False


class NotRead(Exception):
    """The text is no YAML that can be gone on with; `mark` is where reading ended."""

    def __init__(self, text: str, mark: Mark) -> None:
        super().__init__(text)
        self.text = text
        self.mark = mark


@dataclass(slots=True)
class Source:
    """What was read: the tree, where each of its parts stands, and what was wrong with them already."""

    tree: Tree
    values: dict[Loc, Mark] = field(default_factory=dict)
    keys: dict[Loc, Mark] = field(default_factory=dict)
    faults: list[tuple[Mark, Fault]] = field(default_factory=list)
    empty: set[Loc] = field(default_factory=set)

    def mark(self, loc: Loc, *, at_key: bool = False) -> Mark:
        """The line of the part at `loc`, or of the nearest part around it that stands in the file."""
        if at_key and loc in self.keys:
            return self.keys[loc]
        while loc not in self.values and loc:
            loc = loc[:-1]
        return self.values.get(loc, Mark(1, 1))


def read(text: str) -> Source:
    """The tree of a YAML text. Raises NotRead when there is none: bad YAML, empty, too large, no mapping.

    Every plain value stays the text that was written. Anchors and aliases work, as copies that count in full against
    the bound; merge keys, tags and second documents are refused.
    """
    _refuse_control_characters(text)
    if len(text) > MOST_BYTES:
        raise NotRead(f"the inventory is larger than {MOST_BYTES // 2**20} MiB", Mark(1, 1))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = _Composer(yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(word for word in (error.context, error.problem) if word)
        if "\\t" in words or "tab" in words:
            words += " (indent with spaces)"
        raise NotRead(f"not YAML: {words}", Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)) from None
    except yaml.YAMLError:
        raise NotRead("not YAML", Mark(1, 1)) from None
    if not isinstance(node.value, dict):
        raise NotRead("an inventory is a mapping that begins with 'leftopen: 1'", node.mark)
    source = Source("")
    source.tree = _lay_out(node, (), source)
    return source


def _refuse_control_characters(text: str) -> None:
    found = _CONTROL.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise NotRead(f"holds the control character U+{ord(found[0]):04X}", Mark(line, column))


@dataclass(slots=True)
class _Node:
    mark: Mark
    value: dict[str, tuple[Mark, _Node]] | list[_Node] | str | None
    size: int = 1
    faults: tuple[tuple[Mark, str], ...] = ()


class _Composer:
    """Builds nodes from events, so that depth and number are bounded before anything grows."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, _Node] = {}
        self.nodes = 0

    def document(self) -> _Node:
        node: _Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    raise NotRead("a second document (---) begins: an inventory is one", _at(event))
                node = self.node(next(self.events), 0)
        if node is None or node.value is None:
            raise NotRead("the inventory is empty", Mark(1, 1))
        return node

    def node(self, event: yaml.Event, depth: int) -> _Node:
        mark = _at(event)
        if isinstance(event, yaml.AliasEvent):
            # An anchor is known only once its node is complete, so nothing can hold itself.
            known = self.anchors.get(event.anchor or "")
            if known is None:
                raise NotRead(f"the alias *{event.anchor} has no anchor before it", mark)
            self.count(known.size, mark)
            return known
        self.count(1, mark)
        if depth > DEEPEST:
            raise NotRead(f"nested deeper than {DEEPEST} levels", mark)
        before = self.nodes
        if getattr(event, "tag", None) not in (None, "!"):
            raise NotRead("a YAML tag (!) is not taken here", mark)
        node = _Node(mark, None)
        if isinstance(event, yaml.ScalarEvent):
            plain_null = not event.style and event.value in ("", "~", "null", "Null", "NULL")
            node.value = None if plain_null else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            node.value = self.items(depth)
        else:
            self.entries(node, depth)
        node.size = self.nodes - before + 1
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def items(self, depth: int) -> list[_Node]:
        items: list[_Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def entries(self, node: _Node, depth: int) -> None:
        entries: dict[str, tuple[Mark, _Node]] = {}
        faults: list[tuple[Mark, str]] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key.value, str):
                faults.append((key.mark, "a key must be a plain word"))
            elif key.value == "<<":
                faults.append((key.mark, "merge keys (<<) are not taken: what assets share belongs under defaults"))
            elif key.value in entries:
                first = entries[key.value][0].line
                faults.append((key.mark, f"key {key.value[:60]!r} is already given on line {first}"))
            else:
                entries[key.value] = (key.mark, value)
        node.value, node.faults = entries, tuple(faults)

    def count(self, nodes: int, mark: Mark) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            raise NotRead(f"the inventory holds more than {MOST_NODES} values", mark)


def _at(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return Mark(mark.line + 1, mark.column + 1) if mark is not None else Mark(1, 1)


def _lay_out(node: _Node, loc: Loc, source: Source) -> Tree:
    source.values[loc] = node.mark
    source.faults += [(mark, Fault(loc, text)) for mark, text in node.faults]
    if isinstance(node.value, dict):
        tree: dict[str, Any] = {}
        for key, (mark, value) in node.value.items():
            source.keys[(*loc, key)] = mark
            if value.value is None:
                source.empty.add((*loc, key))
                text = f"{key} is empty: give a value or leave the key out"
                source.faults.append((mark, Fault((*loc, key), text)))
            else:
                tree[key] = _lay_out(value, (*loc, key), source)
        return tree
    if isinstance(node.value, list):
        items: list[Tree] = []
        for index, item in enumerate(node.value):
            if item.value is None:
                source.faults.append((item.mark, Fault((*loc, index), "is empty: give a value or leave the - out")))
                source.empty.add((*loc, index))
                items.append("")
            else:
                items.append(_lay_out(item, (*loc, index), source))
        return items
    return node.value if isinstance(node.value, str) else ""


def entries(tree: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """The mappings in the list under a key of what was written, each with its index; none where there is no list."""
    listed = tree.get(key) if isinstance(tree, dict) else None
    return [(at, one) for at, one in enumerate(listed) if isinstance(one, dict)] if isinstance(listed, list) else []
