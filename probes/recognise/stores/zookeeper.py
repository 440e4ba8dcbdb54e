"""Answers of ZooKeeper (Jute): a session, names of nodes, and who may do what."""

from __future__ import annotations

import struct
from dataclasses import dataclass

NO_NODE = -101
NO_RIGHT = -102
"""Of this node alone: each has an access list of its own."""
REFUSED = frozenset({-115, -124})
"""A failed login, and a session that is closed because a login is demanded of it."""
_CHANGES = 2 | 4 | 8 | 16
"""Rights of an access list: to write, to create, to delete, and to change the list."""


class NotAReply(ValueError):
    """Bytes that are no reply of ZooKeeper."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to a question: its error (0: none) and what follows."""

    error: int
    body: bytes


def session(frame: bytes) -> bool:
    """Whether a session was granted. Raises NotAReply."""
    try:
        length, version, timeout, number, size = struct.unpack_from(">iiiqi", frame)
    except struct.error as error:
        raise NotAReply from error
    # Older servers leave out the last byte, which says whether they are for reading alone.
    if length != len(frame) - 4 or version != 0 or size != 16 or length not in (36, 37):
        raise NotAReply
    return bool(timeout > 0 and number != 0)


def answer(frame: bytes, asked: int = 1) -> Answer:
    """The reply to the question of that number. Raises NotAReply."""
    try:
        length, number, _, error = struct.unpack_from(">iiqi", frame)
    except struct.error as broken:
        raise NotAReply from broken
    if length != len(frame) - 4 or number != asked:
        raise NotAReply
    return Answer(error, frame[20:])


def children(body: bytes) -> int:
    """How many nodes of somebody's are named: ZooKeeper's own is not counted. Raises NotAReply."""
    count, at = _number(body, 0)
    if not 0 <= count <= len(body) // 4:
        raise NotAReply
    own = 0
    for _ in range(count):
        name, at = _text(body, at)
        own += name == b"zookeeper"
    if at != len(body):
        raise NotAReply
    return count - own


def anyone_changes(body: bytes) -> bool:
    """Whether an access list lets anyone change what is there. Raises NotAReply."""
    count, at = _number(body, 0)
    if not 0 <= count <= len(body) // 12:
        raise NotAReply
    found = False
    for _ in range(count):
        rights, at = _number(body, at)
        scheme, at = _text(body, at)
        who, at = _text(body, at)
        found |= (scheme, who) == (b"world", b"anyone") and bool(rights & _CHANGES)
    return found


def _number(body: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(body):
        raise NotAReply
    return int.from_bytes(body[at : at + 4], "big", signed=True), at + 4


def _text(body: bytes, at: int) -> tuple[bytes, int]:
    size, at = _number(body, at)
    if not 0 <= size <= len(body) - at:
        raise NotAReply
    return body[at : at + size], at + size
