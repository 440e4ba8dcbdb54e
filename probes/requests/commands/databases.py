"""Databases and directories with protocols of their own: PostgreSQL, MySQL, Cassandra, etcd and LDAP 3 (RFC 4511).

Come in without a password, count or read what is public by design, ask for what cannot exist.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line

_CANARY = re.compile(r"x[a-z0-9]{2,40}")
"""Names of chance: of accounts, keyspaces and keys that cannot exist."""


def _canary(nonce: str) -> bytes:
    if not _CANARY.fullmatch(nonce):
        raise ValueError("a name that somebody may have")
    return nonce.encode("ascii")


def _startup(asker: Asker, nonce: str, wanted: bytes) -> bytes:
    body = struct.pack(">I", 196_608) + b"user\0" + _canary(nonce) + b"\0" + wanted
    body += b"\0application_name\0" + one_line(asker.name) + b"\0\0"
    return struct.pack(">I", len(body) + 4) + body


def _postgresql_startup(asker: Asker, nonce: str, base: str = "") -> bytes:
    """Version 3.0; the account is made of chance, and so is the database, where none is declared."""
    name = base.encode("utf-8") or _canary(nonce)
    if b"\0" in name or len(name) > 63:
        raise ValueError("a name that no database has")
    return _startup(asker, nonce, b"database\0" + name)


def _postgresql_replication(asker: Asker, nonce: str) -> bytes:
    return _startup(asker, nonce, b"replication\0true")


POSTGRESQL: Verbs = MappingProxyType(
    {
        "SSLRequest": Verb(fixed(struct.pack(">II", 8, 80_877_103)), "whether it speaks TLS"),
        "startup": Verb(_postgresql_startup, "come in as an account that cannot exist, without a password"),
        "startup to copy": Verb(_postgresql_replication, "the same, for a connection that copies the server"),
        "terminate": Verb(fixed(b"X\0\0\0\4"), "leave"),
    }
)


def _packet(sequence: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([sequence & 0xFF]) + body


_MYSQL_FLAGS = 0x1 | 0x200 | 0x8000 | 0x80000
"""Long passwords, protocol 4.1, secure connection, plugins."""


def _mysql_hello(flags: int) -> bytes:
    return struct.pack("<IIB23x", flags, 1 << 16, 45)


def _mysql_login(asker: Asker, nonce: str, secured: int = 0) -> bytes:
    """With no password at all; in TLS it is the second packet, and says so."""
    hello = _mysql_hello(_MYSQL_FLAGS | 0x800 * secured)
    return _packet(1 + secured, hello + _canary(nonce) + b"\0" + b"\0" + b"mysql_native_password\0")


def _mysql_switch(asker: Asker, sequence: int, native: int) -> bytes:
    """No password, as another plugin spells it."""
    return _packet(sequence, b"" if native else b"\0")


_SCHEMAS = (
    b"SELECT COUNT(*), SUM(schema_name = 'mysql') FROM information_schema.schemata"
    b" WHERE schema_name NOT IN ('information_schema', 'performance_schema', 'sys')"
)

MYSQL: Verbs = MappingProxyType(
    {
        "SSLRequest": Verb(fixed(_packet(1, _mysql_hello(_MYSQL_FLAGS | 0x800))), "speak TLS from here on"),
        "login": Verb(_mysql_login, "come in as an account that cannot exist, without a password"),
        "switch": Verb(_mysql_switch, "the same, where the server wants it spelled otherwise"),
        "count": Verb(fixed(_packet(0, b"\x03" + _SCHEMAS)), "how many databases there are; none is named"),
        "quit": Verb(fixed(_packet(0, b"\x01")), "leave"),
    }
)


def _cql(opcode: int, body: bytes, version: int) -> bytes:
    stream = struct.pack(">h" if version > 2 else ">b", 1)
    return struct.pack(">BB", version, 0) + stream + struct.pack(">BI", opcode, len(body)) + body


def _cql_text(words: bytes) -> bytes:
    return struct.pack(">H", len(words)) + words


def _cql_startup(asker: Asker, version: int = 4) -> bytes:
    options = (b"CQL_VERSION", b"3.0.0"), (b"DRIVER_NAME", one_line(asker.name))
    body = b"".join(_cql_text(key) + _cql_text(value) for key, value in options)
    return _cql(1, struct.pack(">H", len(options)) + body, version)


def _cql_none(asker: Asker, nonce: str, version: int = 4) -> bytes:
    query = b"SELECT id FROM " + _canary(nonce) + b".none LIMIT 1"
    return _cql(7, struct.pack(">I", len(query)) + query + struct.pack(">HB", 1, 0), version)


CASSANDRA: Verbs = MappingProxyType(
    {
        "STARTUP": Verb(_cql_startup, "enter without an account"),
        "QUERY of none": Verb(_cql_none, "a table of a keyspace that cannot exist"),
    }
)


def _range(host: str, body: dict[str, str | bool], asker: Asker) -> bytes:
    told = json.dumps(body).encode("ascii")
    lines = [b"POST /v3/kv/range HTTP/1.0", b"Host: " + one_line(host), b"User-Agent: " + one_line(asker.name)]
    lines += [b"From: " + one_line(asker.contact), b"Content-Type: application/json"]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(told), b"", told])


def _every_key(asker: Asker, host: str) -> bytes:
    return _range(host, {"key": "AA==", "range_end": "AA==", "count_only": True}, asker)


def _no_key(asker: Asker, host: str, nonce: str) -> bytes:
    return _range(host, {"key": base64.b64encode(_canary(nonce)).decode("ascii"), "count_only": True}, asker)


ETCD: Verbs = MappingProxyType(
    {
        # etcd reads by POST; HTTP/1.0, so that the answer comes in one piece and ends with the connection.
        "range": Verb(_every_key, "how many keys there are"),
        "range of none": Verb(_no_key, "how many keys of a name that cannot exist there are"),
    }
)


def _der(tag: int, inside: bytes) -> bytes:
    size = len(inside)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + inside


def _number(value: int, tag: int = 2) -> bytes:
    return _der(tag, bytes([value]))


def _message(number: int, operation: bytes) -> bytes:
    return _der(0x30, _number(number) + operation)


_ANYTHING = _der(0x87, b"objectClass")
"""The filter that every entry fits: (objectClass=*)."""


def _search(number: int, base: bytes, scope: int, *attributes: bytes) -> bytes:
    """Scope 0 is the entry itself, 2 all below it too. At most one entry, in at most ten seconds."""
    names = b"".join(_der(0x04, name) for name in attributes)
    inside = _der(0x04, base) + _number(scope, 0x0A) + _number(0, 0x0A) + _number(1) + _number(10) + b"\x01\x01\0"
    return _message(number, _der(0x63, inside + _ANYTHING + _der(0x30, names)))


def _entry(asker: Asker, base: bytes) -> bytes:
    """`1.1` asks for no attribute: only the entry's name comes (RFC 4511 section 4.5.1.8)."""
    if not 0 < len(base) <= 512 or b"\0" in base:
        raise ValueError("no name of an entry")
    return _search(3, base, 2, b"1.1")


def _none(asker: Asker, base: bytes, nonce: str) -> bytes:
    if not 0 < len(base) <= 512 or b"\0" in base or not nonce.isalnum():
        raise ValueError("no name of an entry")
    return _search(4, b"ou=" + nonce.encode("ascii") + b"," + base, 0, b"1.1")


LDAP: Verbs = MappingProxyType(
    {
        "StartTLS": Verb(
            fixed(_message(6, _der(0x77, _der(0x80, b"1.3.6.1.4.1.1466.20037")))),
            "speak TLS from here on",
        ),
        "bind": Verb(
            fixed(_message(1, _der(0x60, _number(3) + _der(0x04, b"") + _der(0x80, b"")))), "come in without a name"
        ),
        "root": Verb(
            fixed(_search(2, b"", 0, b"namingContexts", b"defaultNamingContext")),
            "what the directory says of itself, which is public by design: which trees it holds",
        ),
        "search": Verb(_entry, "the name of one entry of a tree, without anything in it"),
        "search of none": Verb(_none, "an entry that cannot exist"),
        "unbind": Verb(fixed(_message(5, b"\x42\0")), "leave"),
    }
)
