"""Data stores: Redis, memcached, MongoDB, ZooKeeper and NATS, as far as they count what they hold."""

from __future__ import annotations

import json
import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed


def _resp(*words: bytes) -> bytes:
    """A command of Redis (RESP 2), whose arguments cannot be mistaken for another command."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


REDIS: Verbs = MappingProxyType(
    {
        "PING": Verb(fixed(_resp(b"PING")), "whether it answers a stranger"),
        "INFO": Verb(fixed(_resp(b"INFO", b"keyspace")), "how many keys each database holds"),
        "INFO server": Verb(fixed(_resp(b"INFO", b"server")), "its version"),
        "DBSIZE": Verb(fixed(_resp(b"DBSIZE")), "how many keys the first database holds"),
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

ZOOKEEPER: Verbs = MappingProxyType({"srvr": Verb(fixed(b"srvr"), "its version and how many nodes it holds")})


def _connect(asker: Asker) -> bytes:
    told = {"verbose": False, "pedantic": False, "name": asker.name, "lang": "python", "version": "1"}
    return b"CONNECT " + json.dumps(told).encode("ascii") + b"\r\n"


NATS: Verbs = MappingProxyType(
    {
        "CONNECT": Verb(_connect, "enter without an account"),
        "PING": Verb(fixed(b"PING\r\n"), "whether a stranger was let in"),
    }
)


def _bson(**fields: str | int | bool) -> bytes:
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
    inside = b"".join(parts) + b"\0"
    return struct.pack("<i", len(inside) + 4) + inside


def _op_msg(document: bytes) -> bytes:
    """A message of MongoDB's wire protocol (OP_MSG, code 2013) with one section."""
    body = struct.pack("<iB", 0, 0) + document
    return struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body


MONGODB: Verbs = MappingProxyType(
    {
        "hello": Verb(fixed(_op_msg(_bson(hello=1, **{"$db": "admin"}))), "its version; answered to everybody"),
        "listDatabases": Verb(
            fixed(_op_msg(_bson(listDatabases=1, nameOnly=True, **{"$db": "admin"}))), "the names of its databases"
        ),
    }
)
