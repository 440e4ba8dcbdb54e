"""What PostgreSQL, MySQL, Cassandra and etcd answer to somebody who comes in without a password."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum, auto


class NotAReply(ValueError):
    """Bytes that are no answer of the database."""


class Entry(Enum):
    """What an answer says of coming in."""

    LET_IN = auto()
    LOGIN = auto()  # a password or a ticket is demanded
    REFUSED = auto()
    BUSY = auto()
    SWITCH = auto()  # MySQL: the same once more, spelled otherwise
    NO_SUCH = auto()  # what was named does not exist
    TLS = auto()  # in TLS alone
    BLOCKED = auto()  # we are refused, whoever we say that we are
    OTHER = auto()


_BUSY_STATES = frozenset({b"53300", b"57P03", b"57P01", b"57P02"})


def postgresql(message: bytes) -> Entry:
    """One message of PostgreSQL (protocol 3.0). Raises NotAReply."""
    if len(message) < 5 or int.from_bytes(message[1:5], "big") != len(message) - 1:
        raise NotAReply
    kind, body = message[:1], message[5:]
    if kind == b"R":
        if len(body) < 4:
            raise NotAReply
        return Entry.LET_IN if body[:4] == bytes(4) else Entry.LOGIN
    if kind != b"E":
        raise NotAReply
    state = next((field[1:] for field in body.split(b"\0") if field[:1] == b"C"), b"")
    if state in _BUSY_STATES:
        return Entry.BUSY
    # The words of an error are in the server's language; its code is not.
    return Entry.REFUSED if state in (b"28000", b"28P01") else Entry.NO_SUCH if state == b"3D000" else Entry.OTHER


@dataclass(frozen=True, slots=True)
class MySqlAnswer:
    """One packet of MySQL."""

    entry: Entry
    sequence: int = 0
    native: bool = False
    """Of a switch: whether the plugin is the one that wants nothing for no password."""


_MYSQL_BUSY = frozenset({1040, 1203, 1226})
_MYSQL_REFUSED = frozenset({1130, 1044, 1045, 1251, 1698, 4151})
"""1130: no account may come from our address."""
_MYSQL_BLOCKED = 1129
"""Our address is blocked for connections that broke off: what others are told is not seen from here."""


def mysql_greeting(packet: bytes) -> Entry:
    """The greeting, which wants a login behind it, or the error in its place. Raises NotAReply."""
    body = _mysql_body(packet)
    if body[:1] == b"\x0a":
        return Entry.LOGIN
    return _mysql_error(body)


def mysql_speaks_tls(greeting: bytes) -> bool:
    """Whether a greeting offers TLS: a bit of the capabilities, which stand behind the version, an id and a salt."""
    at = greeting.find(b"\0", 5) + 1 + 4 + 8 + 1
    return greeting[4:5] == b"\x0a" and bool(int.from_bytes(greeting[at : at + 2], "little") & 0x800)


def mysql_answer(packet: bytes) -> MySqlAnswer:
    """The answer to a login. Raises NotAReply."""
    body = _mysql_body(packet)
    sequence = packet[3]
    match body[:1]:
        case b"\0":
            return MySqlAnswer(Entry.LET_IN, sequence)
        case b"\xfe":
            plugin = body[1:].partition(b"\0")[0]
            return MySqlAnswer(Entry.SWITCH, sequence, native=plugin in (b"", b"mysql_native_password"))
        case b"\xff":
            return MySqlAnswer(_mysql_error(body), sequence)
    raise NotAReply


def _mysql_body(packet: bytes) -> bytes:
    if len(packet) < 5 or int.from_bytes(packet[:3], "little") != len(packet) - 4:
        raise NotAReply
    return packet[4:]


def _mysql_error(body: bytes) -> Entry:
    if body[:1] != b"\xff" or len(body) < 3:
        raise NotAReply
    code = int.from_bytes(body[1:3], "little")
    if code in (3159, _MYSQL_BLOCKED):
        return Entry.TLS if code == 3159 else Entry.BLOCKED
    return Entry.BUSY if code in _MYSQL_BUSY else Entry.REFUSED if code in _MYSQL_REFUSED else Entry.OTHER


@dataclass(frozen=True, slots=True)
class Schemas:
    """How many databases are shown, and whether that of the accounts is shown beside them."""

    number: int
    accounts: bool


def mysql_counts(packets: bytes) -> Schemas:
    """The answer to the count of databases: two columns, one row. Raises NotAReply."""
    bodies: list[bytes] = []
    at = 0
    while at < len(packets):
        size = int.from_bytes(packets[at : at + 3], "little")
        if at + 4 + size > len(packets) or len(bodies) > 8:
            raise NotAReply
        bodies.append(packets[at + 4 : at + 4 + size])
        at += 4 + size
    if len(bodies) != 6 or bodies[0] != b"\x02" or bodies[3][:1] != b"\xfe" or bodies[5][:1] != b"\xfe":
        raise NotAReply
    # A value is a byte of length and its text, or 0xfb for none.
    row = re.fullmatch(rb"(?:[\x01-\x12])(\d{1,18})(?:[\x01-\x12](\d{1,18})|\xfb)", bodies[4], re.DOTALL)
    if row is None:
        raise NotAReply
    accounts = int(row[2] or b"0") > 0
    return Schemas(max(0, int(row[1]) - accounts), accounts)


_CQL_REFUSED = frozenset({0x0100, 0x2100})
_CQL_BUSY = frozenset({0x1001, 0x1002})
_CQL_NO_SUCH = frozenset({0x2200})


def cassandra(frame: bytes) -> Entry:
    """One answer of Cassandra's protocol, versions 1 to 5. Raises NotAReply."""
    if frame[:1] in (b"\x81", b"\x82"):  # the number of the stream is one byte
        frame = frame[:3] + b"\0" + frame[3:]
    if len(frame) < 9 or frame[0] & 0x80 == 0 or int.from_bytes(frame[5:9], "big") != len(frame) - 9:
        raise NotAReply
    match frame[4]:
        case 2:
            return Entry.LET_IN
        case 3:
            return Entry.LOGIN
        case 0 if len(frame) >= 13:
            code = int.from_bytes(frame[9:13], "big")
            if code in _CQL_NO_SUCH:
                return Entry.NO_SUCH
            return Entry.REFUSED if code in _CQL_REFUSED else Entry.BUSY if code in _CQL_BUSY else Entry.OTHER
        case _:
            return Entry.OTHER


@dataclass(frozen=True, slots=True)
class Range:
    """What etcd answers to a count of keys."""

    entry: Entry
    keys: int = 0


_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")


def etcd(answer: bytes) -> Range:
    """An answer over HTTP/1.0 to a count of keys (etcd 3). Raises NotAReply."""
    head, found, body = answer.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None or not found:
        raise NotAReply
    if status[1] == b"404":
        return Range(Entry.NO_SUCH)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAReply from None
    if not isinstance(told, dict):
        raise NotAReply
    message = str(told.get("message", told.get("error", "")))
    if status[1] == b"200" and isinstance(told.get("header"), dict):
        count = told.get("count", "0")
        if not isinstance(count, str) or not re.fullmatch(r"[0-9]{1,18}", count):
            raise NotAReply
        return Range(Entry.LET_IN, int(count))
    if "user name is empty" in message or "invalid auth token" in message or "permission denied" in message:
        return Range(Entry.LOGIN)
    return Range(Entry.OTHER)


_OLD_ROOT = b'{"action":"get","node":{"dir":true'


def etcd_root(body: bytes) -> bool:
    """Whether the beginning of etcd's older store shows something below its root. Raises NotAReply."""
    if not body.startswith(_OLD_ROOT):
        raise NotAReply
    return body[len(_OLD_ROOT) :].startswith(b',"nodes":[')
