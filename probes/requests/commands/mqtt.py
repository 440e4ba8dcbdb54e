"""MQTT 3.1.1: enter without an account, and subscribe to a declared topic. Nothing is ever published."""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line


def _text(words: str) -> bytes:
    told = words.encode("utf-8")
    return struct.pack(">H", len(told)) + told


def _packet(kind: int, body: bytes) -> bytes:
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return bytes([kind]) + length + body


def _subscribe(asker: Asker, topic: str) -> bytes:
    one_line(topic)
    return _packet(0x82, struct.pack(">H", 1) + _text(topic) + b"\0")


def _connect(asker: Asker, nonce: str) -> bytes:
    # A clean session that is kept for nobody; the client's id says who asks, and must not be another client's.
    return _packet(0x10, _text("MQTT") + bytes([4, 2]) + struct.pack(">H", 30) + _text(f"{asker.name}-{nonce[:16]}"))


MQTT: Verbs = MappingProxyType(
    {
        "CONNECT": Verb(_connect, "enter without an account"),
        "SUBSCRIBE": Verb(_subscribe, "one message of a topic: a declared one, or one that cannot exist"),
        "DISCONNECT": Verb(fixed(b"\xe0\0"), "leave"),
    }
)
