"""YAML text as plain mappings, lists and texts, with the line of every key and value, and nothing else of YAML."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import yaml

from monitor.inventory.values.yaml_faults import plain

Loc: TypeAlias = tuple[str | int, ...]

MOST_BYTES = 4 * 2**20
MOST_NODES = 800_000
"""Bytes, and keys and values, of one file."""
MOST_COPIED = 200_000
"""Of those values the ones that aliases stand for: a few lines of aliases may stand for any number of them."""
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

    tree: dict[str, Any]
    nodes: int
    """Keys and values, those that aliases stand for among them."""
    faults: list[tuple[Mark, Fault]]
    empty: set[Loc]
    _positions: _Positions

    def mark(self, loc: Loc, *, at_key: bool = False) -> Mark:
        """The line of the part at `loc`, or of the nearest part around it that stands in the file."""
        return self._positions.mark(loc, at_key)

    def lines(self, section: str) -> list[int]:
        """The line of each entry in the list under a key of the file; none where there is no list."""
        return self._positions.lines(section)


def read(text: str, most: int = MOST_NODES, most_bytes: int = MOST_BYTES) -> Source:
    """The tree of a YAML text. Raises NotRead when there is none: bad YAML, empty, too large, no mapping.

    Every plain value stays the text that was written. Anchors and aliases work, as copies that count in full against
    the bound; merge keys, tags and second documents are refused. An alias is the value of its anchor itself in the
    tree, so nobody may change the tree.
    """
    _refuse_control_characters(text)
    if len(text) > most_bytes:
        raise NotRead(f"the text is larger than {most_bytes // 2**20} MiB", Mark(1, 1))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        composer = _Composer(loader.get_event, most)
        tree = composer.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
        raise NotRead(f"not YAML: {_words(error, text)}", where) from None
    except yaml.YAMLError:
        raise NotRead("not YAML", Mark(1, 1)) from None
    finally:
        loader.dispose()
    positions = composer.positions
    if not isinstance(tree, dict):
        raise NotRead("an inventory is a mapping that begins with 'leftopen: 1'", positions.at(0))
    source = Source(tree, composer.nodes, [], set(), positions)
    if composer.bad or composer.nulls:
        _tell(composer, 0, (), source)
    return source


def _words(error: yaml.MarkedYAMLError, text: str) -> str:
    at, began = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    lines = text.splitlines() if at else []
    here = lines[at.line][at.column : at.column + 1] if at and at.line < len(lines) else ""
    return plain(
        error.context or "", error.problem or "", here, began.line + 1 if began else 1, at.line + 1 if at else 1
    )


def _refuse_control_characters(text: str) -> None:
    found = _CONTROL.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise NotRead(f"holds the control character U+{ord(found[0]):04X}", Mark(line, column))


_SCALAR, _MAPPING, _LIST, _ALIAS = range(4)


@dataclass(slots=True)
class _Positions:
    """Where every node stands, by its number in the order of the text.

    An inventory of a hundred thousand assets has a million nodes: numbers in arrays take a tenth of what a value for
    each node takes, and looking up the few that are wrong is fast enough.
    """

    marks: array[int] = field(default_factory=lambda: array("Q"))
    """Line and column, in the upper and the lower half."""
    sizes: array[int] = field(default_factory=lambda: array("L"))
    """Of how many nodes it consists, itself among them: so the next one beside it is found."""
    kinds: bytearray = field(default_factory=bytearray)
    names: list[str | None] = field(default_factory=list)
    """Of a key what it says, where it counts; None: a value, or a key that is refused."""
    anchors: dict[int, int] = field(default_factory=dict)
    """Of an alias the node that it stands for."""
    nulls: set[int] = field(default_factory=set)
    """Values that are empty: they do not stand in the tree."""
    items: dict[int, list[int]] = field(default_factory=dict)
    """The children of nodes that were looked up: of many faults in one list, each is found at once."""

    def at(self, node: int) -> Mark:
        """Where a node stands; an alias stands where its anchor does."""
        return Mark(*divmod(self.marks[self.anchors.get(node, node)], 1 << 32))

    def children(self, node: int) -> list[int]:
        """The parts of a list, or the keys and values of a mapping in turns."""
        node = self.anchors.get(node, node)
        if node not in self.items:
            found, at, end = [], node + 1, node + self.sizes[node]
            while at < end:
                found.append(at)
                at += self.sizes[at]
            self.items[node] = found
        return self.items[node]

    def entry(self, node: int, part: str | int) -> tuple[int, int] | None:
        """The key and the value (the same, of a list) of one part of a node."""
        kind, children = self.kinds[self.anchors.get(node, node)], self.children(node)
        if isinstance(part, int):
            return (children[part], children[part]) if kind == _LIST and part < len(children) else None
        keys = children[::2] if kind == _MAPPING else []
        return next(((key, children[2 * n + 1]) for n, key in enumerate(keys) if self.names[key] == part), None)

    def mark(self, loc: Loc, at_key: bool) -> Mark:
        """See `Source.mark`."""
        node = 0
        for depth, part in enumerate(loc, 1):
            found = self.entry(node, part)
            if found is not None and at_key and depth == len(loc):
                return self.at(found[0])
            if found is None or found[1] in self.nulls:
                break
            node = found[1]
        return self.at(node)

    def lines(self, section: str) -> list[int]:
        """See `Source.lines`."""
        found = self.entry(0, section)
        if found is None or self.kinds[self.anchors.get(found[1], found[1])] != _LIST:
            return []
        return [self.at(one).line for one in self.children(found[1])]


class _Composer:
    """Builds the tree from events, so that depth and number are bounded before anything grows."""

    def __init__(self, event: Callable[[], Any], most: int) -> None:
        self.event = event
        self.most = most
        self.positions = _Positions()
        self.nulls = self.positions.nulls
        self.bad: dict[int, list[tuple[Mark, str]]] = {}
        """What is wrong with the keys of a mapping."""
        self.nodes = self.copied = 0
        self._anchors: dict[str, tuple[int, Any, int]] = {}

    def document(self) -> Any:
        self.event()  # the beginning of the stream
        tree = None
        if not isinstance(self.event(), yaml.StreamEndEvent):
            tree = self.node(self.event(), 0)
            self.event()  # the end of the document
            second = self.event()
            if isinstance(second, yaml.DocumentStartEvent):
                raise NotRead("a second document (---) begins: an inventory is one", _at(second))
        if tree is None:
            raise NotRead("the inventory is empty", Mark(1, 1))
        return tree

    def node(self, event: Any, depth: int) -> Any:
        """The value that begins with an event; None: an empty one."""
        where, at = self.positions, event.start_mark
        number = len(where.marks)
        where.marks.append((at.line + 1) << 32 | at.column + 1)
        where.sizes.append(1)
        where.kinds.append(_SCALAR)
        where.names.append(None)
        kind = event.__class__
        if kind is yaml.AliasEvent:
            # An anchor is known only once its node is complete, so nothing can hold itself.
            known = self._anchors.get(event.anchor or "")
            if known is None:
                raise NotRead(f"the alias *{event.anchor} has no anchor before it", _at(event))
            anchor, value, size = known
            self.copied += size
            self.count(size, event)
            where.kinds[number] = _ALIAS
            where.anchors[number] = anchor
            if value is None:
                self.nulls.add(number)
            return value
        self.count(1, event)
        if depth > DEEPEST:
            raise NotRead(f"nested deeper than {DEEPEST} levels", _at(event))
        if event.tag is not None and event.tag != "!":
            raise NotRead("a YAML tag (!) is not taken here", _at(event))
        before = self.nodes
        value = event.value if kind is yaml.ScalarEvent else None
        if kind is not yaml.ScalarEvent:
            where.kinds[number] = _LIST if kind is yaml.SequenceStartEvent else _MAPPING
            value = self.items(depth) if kind is yaml.SequenceStartEvent else self.entries(number, depth)
            where.sizes[number] = len(where.marks) - number
        elif not event.style and value in ("", "~", "null", "Null", "NULL"):
            value = None
            self.nulls.add(number)
        if event.anchor is not None:
            self._anchors[event.anchor] = number, value, self.nodes - before + 1
        return value

    def items(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while (event := self.event()).__class__ is not yaml.SequenceEndEvent:
            item = self.node(event, depth + 1)
            items.append("" if item is None else item)
        return items

    def entries(self, number: int, depth: int) -> dict[str, Any]:
        """The entries of a mapping; a key that is refused and a value that is empty are none."""
        where, entries = self.positions, dict[str, Any]()
        keys = dict[str, int]()
        while (event := self.event()).__class__ is not yaml.MappingEndEvent:
            at = len(where.marks)
            key = self.node(event, depth + 1)
            value = self.node(self.event(), depth + 1)
            if key.__class__ is not str:
                self.refuse(number, at, "a key must be a plain word")
            elif key == "<<":
                self.refuse(number, at, "merge keys (<<) are not taken: what assets share belongs under defaults")
            elif key in keys:
                first = where.at(keys[key]).line
                self.refuse(number, at, f"key {key[:60]!r} is already given on line {first}")
            else:
                key = sys.intern(key)  # every asset has the same few
                where.names[at] = key
                keys[key] = at
                if value is not None:
                    entries[key] = value
        return entries

    def refuse(self, number: int, key: int, text: str) -> None:
        self.bad.setdefault(number, []).append((self.positions.at(key), text))
        self.nulls.discard(key)

    def count(self, nodes: int, event: Any) -> None:
        self.nodes += nodes
        if self.copied > MOST_COPIED:
            raise NotRead(f"aliases (*) stand for more than {MOST_COPIED} values", _at(event))
        if self.nodes > self.most:
            raise NotRead(f"there are more than {self.most} values: move entries into other files", _at(event))


def _at(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _tell(composer: _Composer, node: int, loc: Loc, source: Source) -> None:
    """What is wrong below a node, as often as aliases lead there: keys that are refused, and empty values."""
    where = composer.positions
    real = where.anchors.get(node, node)
    source.faults += [(mark, Fault(loc, text)) for mark, text in composer.bad.get(real, ())]
    children, kind = where.children(real), where.kinds[real]
    for n in range(0, len(children), 2 if kind == _MAPPING else 1):
        key, value = children[n], children[n + (kind == _MAPPING)]
        part = where.names[key] if kind == _MAPPING else n
        if part is None:
            continue
        if value in where.nulls:
            source.empty.add((*loc, part))
            say = f"{part} is empty: give a value or leave the key out"
            say = say if kind == _MAPPING else "is empty: give a value or leave the - out"
            source.faults.append((where.at(key), Fault((*loc, part), say)))
        elif where.sizes[where.anchors.get(value, value)] > 1:
            _tell(composer, value, (*loc, part), source)


def entries(tree: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """The mappings in the list under a key of what was written, each with its index; none where there is no list."""
    listed = tree.get(key) if isinstance(tree, dict) else None
    return [(at, one) for at, one in enumerate(listed) if isinstance(one, dict)] if isinstance(listed, list) else []
