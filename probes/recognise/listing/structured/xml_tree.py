"""XML from strangers as a small tree: no entity is ever expanded, and depth and size are bounded."""

from __future__ import annotations

import codecs
import xml.parsers.expat
from dataclasses import dataclass, field

_MAX_DEPTH = 64
_MAX_ELEMENTS = 4_000_000


@dataclass(slots=True)
class Node:
    """An element: its local name, attributes by local name, text and children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def first(self, path: str) -> Node | None:
        """The first descendant along local names parted by `/`."""
        here: Node | None = self
        for name in path.split("/"):
            here = next((child for child in here.children if child.name == name), None) if here else None
        return here

    def text_of(self, path: str) -> str:
        """The text of the first descendant along a path to the letter: a key may begin with a space."""
        node = self.first(path)
        return node.text if node else ""

    def said(self, path: str) -> str:
        """The text of the first descendant along a path, or nothing."""
        node = self.first(path)
        return node.text.strip() if node else ""


class _Refused(Exception):
    """The document declares a type or entities, or is built to exhaust: it is not read on."""


def parse(body: bytes) -> tuple[Node | None, bool]:
    """The root of an XML body and whether it was well-formed to the end; None when nothing could be read.

    A document type that stands elsewhere, and the declaration of an entity, end the reading before either is used.
    Raises nothing.
    """
    root = Node("")
    stack = [root]
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > _MAX_DEPTH or count > _MAX_ELEMENTS:
            raise _Refused
        node = Node(local(name), {local(key): value for key, value in attributes.items()})
        stack[-1].children.append(node)
        stack.append(node)

    def end(name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def refuse(*_: object) -> None:
        raise _Refused

    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = lambda name, system, public, inside: refuse() if system or public else None
    parser.EntityDeclHandler = refuse
    try:
        # Scripts write blank lines before the declaration, where XML allows none.
        parser.Parse(body.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n"), True)
    except (xml.parsers.expat.ExpatError, _Refused, ValueError, LookupError):
        return (root.children[0] if root.children else None), False
    return root.children[0], True


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]
