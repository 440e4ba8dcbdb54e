"""Data stores: Redis, memcached, MongoDB, ZooKeeper and NATS, as far as they count what they hold."""

from __future__ import annotations

import json
import re
import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed


def _resp(*words: bytes) -> bytes:
    """A command of Redis (RESP 2), whose arguments cannot be mistaken for another command."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def _redis_none(asker: Asker, nonce: str) -> bytes:
    if not re.fullmatch(r"x[a-z0-9]{2,40}", nonce):
        raise ValueError("a name that some key may have")
    return _resp(b"EXISTS", nonce.encode("ascii"))


def _redis_get_none(asker: Asker, nonce: str) -> bytes:
    return _redis_none(asker, nonce).replace(b"$6\r\nEXISTS", b"$3\r\nGET", 1)


REDIS: Verbs = MappingProxyType(
    {
        "PING": Verb(fixed(_resp(b"PING")), "whether it answers a stranger"),
        "INFO": Verb(fixed(_resp(b"INFO", b"keyspace")), "how many keys each database holds"),
        "INFO server": Verb(fixed(_resp(b"INFO", b"server")), "its version"),
        "DBSIZE": Verb(fixed(_resp(b"DBSIZE")), "how many keys the first database holds"),
        "EXISTS": Verb(_redis_none, "whether there is a key of a name that cannot exist"),
        "GET": Verb(_redis_get_none, "the value of a key that cannot exist"),
        "QUIT": Verb(fixed(_resp(b"QUIT")), "leave"),
    }
)

MEMCACHED: Verbs = MappingProxyType(
    {
        "version": Verb(fixed(b"version\r\n"), "its version"),
        "stats": Verb(fixed(b"stats\r\n"), "how many items it holds"),
        "quit": Verb(fixed(b"quit\r\n"), "leave"),
    }
)


def _jute(*parts: bytes) -> bytes:
    """A frame of ZooKeeper's protocol (Jute)."""
    inside = b"".join(parts)
    return struct.pack(">i", len(inside)) + inside


def _node(kind: int, path: str, *more: bytes) -> bytes:
    told = path.encode("utf-8")
    if not 0 < len(told) <= 1024 or b"\0" in told or not told.startswith(b"/") or b"//" in told:
        raise ValueError("a path that is never asked for")
    return _jute(struct.pack(">iii", 1, kind, len(told)), told, *more)


_NO_WATCH = b"\0"

ZOOKEEPER: Verbs = MappingProxyType(
    {
        # Version 0, nothing seen yet, ten seconds, no earlier session, and the empty password of a new one.
        "connect": Verb(
            fixed(_jute(struct.pack(">iqiqi", 0, 0, 10_000, 0, 16), bytes(16))), "enter without an account"
        ),
        "getChildren": Verb(lambda asker, node: _node(8, node, _NO_WATCH), "the names below a node"),
        "getACL": Verb(lambda asker, node: _node(6, node), "who may do what at a node"),
        "closeSession": Verb(fixed(_jute(struct.pack(">ii", 2, -11))), "leave"),
    }
)


def _enter(asker: Asker, nonce: str) -> bytes:
    if not re.fullmatch(r"[a-z0-9]{3,64}", nonce):
        raise ValueError("a subject that somebody may use")
    told = {"verbose": False, "pedantic": False, "name": asker.name, "lang": "python", "version": "1"}
    # In one piece: a server that refuses closes at once, and a reset would overtake its words.
    subscribed = b"SUB leftopen." + nonce.encode("ascii") + b" 1\r\n"
    return b"CONNECT " + json.dumps(told).encode("ascii") + b"\r\n" + subscribed + b"PING\r\n"


NATS: Verbs = MappingProxyType(
    {
        "CONNECT": Verb(
            _enter, "enter without an account, and whether a subject of chance, which nobody uses, may be heard"
        )
    }
)


def _bson(**fields: str | int | bool | bytes) -> bytes:
    """A document of BSON, of what our few commands need."""
    parts = []
    for key, value in fields.items():
        name = key.encode("ascii") + b"\0"
        match value:
            case bool():
                parts.append(b"\x08" + name + bytes([value]))
            case int():
                parts.append(b"\x10" + name + struct.pack("<i", value))
            case str():
                text = value.encode("utf-8") + b"\0"
                parts.append(b"\x02" + name + struct.pack("<i", len(text)) + text)
            case bytes():  # a document inside
                parts.append(b"\x03" + name + value)
    inside = b"".join(parts) + b"\0"
    return struct.pack("<i", len(inside) + 4) + inside


def _op_msg(document: bytes) -> bytes:
    """A message of MongoDB's wire protocol (OP_MSG, code 2013) with one section."""
    body = struct.pack("<iB", 0, 0) + document
    return struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body


def _op_query(document: bytes) -> bytes:
    """A command in the form before it (OP_QUERY, code 2004), which may be answered by a secondary (flag 4)."""
    body = struct.pack("<i", 4) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + document
    return struct.pack("<iiii", 16 + len(body), 1, 0, 2004) + body


_ANY_MEMBER: dict[str, str | bytes] = {"$db": "admin", "$readPreference": _bson(mode="primaryPreferred")}
"""Of a set of servers, the one that is asked answers, whether or not it is the primary."""

MONGODB: Verbs = MappingProxyType(
    {
        # The one question that every release knows in the older form.
        "isMaster": Verb(fixed(_op_query(_bson(isMaster=1))), "its version; answered to everybody"),
        "listDatabases": Verb(
            fixed(_op_msg(_bson(listDatabases=1, nameOnly=True, **_ANY_MEMBER))), "the names of its databases"
        ),
        "listDatabases before 3.6": Verb(
            fixed(_op_query(_bson(listDatabases=1))), "the names of its databases, in the older form"
        ),
    }
)
