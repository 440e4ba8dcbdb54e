"""MQTT 3.1.1: enter without an account, and be told how many messages are kept. Nothing is ever published."""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed


def _text(words: str) -> bytes:
    told = words.encode("utf-8")
    return struct.pack(">H", len(told)) + told


def _packet(kind: int, body: bytes) -> bytes:
    if len(body) > 127:
        raise ValueError("a packet longer than ours ever are")
    return bytes([kind, len(body)]) + body


def _connect(asker: Asker, nonce: str) -> bytes:
    # A clean session that is kept for nobody; the client's id says who asks, and must not be another client's.
    return _packet(0x10, _text("MQTT") + bytes([4, 2]) + struct.pack(">H", 30) + _text(f"{asker.name}-{nonce[:16]}"))


MQTT: Verbs = MappingProxyType(
    {
        "CONNECT": Verb(_connect, "enter without an account"),
        "SUBSCRIBE": Verb(
            fixed(_packet(0x82, struct.pack(">H", 1) + _text("$SYS/broker/messages/stored") + b"\0")),
            "how many messages the broker keeps, as it counts them itself",
        ),
        "DISCONNECT": Verb(fixed(b"\xe0\0"), "leave"),
    }
)
