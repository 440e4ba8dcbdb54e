"""Replies of MongoDB (BSON in OP_MSG, before 3.6 in OP_REPLY): whether it went well, how many databases are named."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

UNAUTHORIZED = 13
_OWN = frozenset({b"admin", b"config", b"local"})
"""Databases that MongoDB makes for itself."""
_FIXED = {0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
"""Bytes of each kind of value whose size is always the same (bsonspec.org 1.1)."""
_HEAD, _HEAD_OF_OLD = 21, 36
_NOT_YOU = (b"unauthorized", b"not authorized")
"""How a refusal begins that has no number."""
_Field: TypeAlias = tuple[bytes, int, bytes]
"""Its name, its kind, and its value as it stands."""


class NotAReply(ValueError):
    """Bytes that are no reply of MongoDB."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command was answered."""

    ok: bool
    code: int = 0
    """The number of its error."""
    databases: int | None = None
    """Databases that are named, but for MongoDB's own; None where the reply names none at all."""
    server: bool = False
    """Whether it tells what the server is, as `isMaster` is answered."""
    version: int = 0
    """Of the protocol; servers before 2.6 tell none."""


def read(frame: bytes) -> Reply:
    """A whole reply. Raises NotAReply."""
    ok, code, databases, server, version = None, 0, None, False, 0
    for name, value_kind, value in _fields(_document(frame)):
        match name:
            case b"ok":
                ok = _number(value_kind, value) == 1
            case b"code":
                code = int(_number(value_kind, value))
            case b"databases" if value_kind == 0x04:
                names = [_name_in(one, inside) for _, one, inside in _fields(value)]
                databases = len([one for one in names if one not in _OWN]) if names else None
            case b"errmsg" | b"$err" if value_kind == 0x02 and value[4:].startswith(_NOT_YOU):
                code = code or UNAUTHORIZED
            case b"maxWireVersion":
                server, version = True, int(_number(value_kind, value))
            case b"ismaster":
                server = True
            case _:
                pass
    if ok is None:
        raise NotAReply
    return Reply(ok, code, databases, server, version)


def _document(frame: bytes) -> bytes:
    """The document in a frame. Raises NotAReply."""
    if len(frame) < _HEAD:
        raise NotAReply
    length, _, _, kind, flags, section = struct.unpack_from("<iiiiIB", frame)
    if length != len(frame):
        raise NotAReply
    # One document, and no cursor that holds more of them.
    if kind == 1 and len(frame) >= _HEAD_OF_OLD and struct.unpack_from("<i", frame, 32)[0] == 1:
        return frame[_HEAD_OF_OLD:]
    # Bit 0: a checksum follows, which nobody asks for here.
    if kind != 2013 or flags & 1 or section != 0:
        raise NotAReply
    return frame[_HEAD:]


def _fields(document: bytes) -> Iterator[_Field]:
    """The fields of a document, which must end where it says. Raises NotAReply."""
    if len(document) < 5 or int.from_bytes(document[:4], "little") != len(document) or document[-1]:
        raise NotAReply
    at, end = 4, len(document) - 1
    while at < end:
        kind, at = document[at], at + 1
        stop = document.find(b"\0", at, end)
        if stop < 0:
            raise NotAReply
        name, at = document[at:stop], stop + 1
        size = _size(kind, document, at)
        if not 0 <= size <= end - at:
            raise NotAReply
        yield name, kind, document[at : at + size]
        at += size


def _size(kind: int, document: bytes, at: int) -> int:
    if kind in _FIXED:
        return _FIXED[kind]
    length = int.from_bytes(document[at : at + 4], "little", signed=True)
    match kind:
        case 0x02 | 0x0D | 0x0E:  # a text, code, a symbol
            return 4 + length if length > 0 else -1
        case 0x03 | 0x04:  # a document, an array
            return length if length >= 5 else -1
        case 0x05:  # bytes, with a byte that says of what kind
            return 5 + length if length >= 0 else -1
        case _:
            return -1


def _number(kind: int, value: bytes) -> float:
    match kind:
        case 0x01:
            told = float(struct.unpack("<d", value)[0])
            return told if abs(told) < 1e15 else 0.0  # NaN and what is endless are not below it
        case 0x10 | 0x12:
            return int.from_bytes(value, "little", signed=True)
        case 0x08:
            return value[0]
        case _:
            raise NotAReply


def _name_in(kind: int, document: bytes) -> bytes:
    """The name of a database. Raises NotAReply for an entry without one."""
    if kind != 0x03:
        raise NotAReply
    for name, inside, value in _fields(document):
        if name == b"name" and inside == 0x02 and len(value) > 5:
            return value[4:-1]
    raise NotAReply
