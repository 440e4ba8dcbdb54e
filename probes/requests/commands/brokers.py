"""Brokers of messages. Nothing is ever published, and no queue is named.

MQTT 3.1.1: enter without an account, and subscribe to a declared topic. AMQP 0-9-1: come in as the account that the
protocol calls ANONYMOUS (RFC 4505), open a virtual host, and leave.
"""

from __future__ import annotations

import re
import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed, one_line


def _mqtt_text(words: str) -> bytes:
    told = words.encode("utf-8")
    return struct.pack(">H", len(told)) + told


def _mqtt_packet(kind: int, body: bytes) -> bytes:
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return bytes([kind]) + length + body


def _subscribe(asker: Asker, topic: str) -> bytes:
    one_line(topic)
    return _mqtt_packet(0x82, struct.pack(">H", 1) + _mqtt_text(topic) + b"\0")


def _mqtt_connect(asker: Asker, nonce: str) -> bytes:
    # A clean session that is kept for nobody; the client's id says who asks, and must not be another client's.
    return _mqtt_packet(
        0x10, _mqtt_text("MQTT") + bytes([4, 2]) + struct.pack(">H", 30) + _mqtt_text(f"{asker.name}-{nonce[:16]}")
    )


MQTT: Verbs = MappingProxyType(
    {
        "CONNECT": Verb(_mqtt_connect, "enter without an account"),
        "SUBSCRIBE": Verb(_subscribe, "one message of a topic: a declared one, or one that cannot exist"),
        "DISCONNECT": Verb(fixed(b"\xe0\0"), "leave"),
    }
)


def _short(words: bytes) -> bytes:
    return bytes([len(words)]) + words


def _long(words: bytes) -> bytes:
    return struct.pack(">I", len(words)) + words


def _method(number: int, arguments: bytes) -> bytes:
    """A method of the class `connection` on channel 0."""
    payload = struct.pack(">HH", 10, number) + arguments
    return struct.pack(">BHI", 1, 0, len(payload)) + payload + b"\xce"


def _start(asker: Asker) -> bytes:
    # A server that refuses then says so, and does not close without a word.
    able = _short(b"authentication_failure_close") + b"t\x01"
    about = _short(b"product") + b"S" + _long(one_line(asker.name)) + _short(b"capabilities") + b"F" + _long(able)
    return _method(11, _long(about) + _short(b"ANONYMOUS") + _long(one_line(asker.contact)) + _short(b"en_US"))


def _open(host: bytes) -> bytes:
    """Accept what the server offers, without a heartbeat, and open a virtual host."""
    return _method(31, struct.pack(">HIH", 1, 4096, 0)) + _method(40, _short(host) + b"\0\0")


def _open_none(asker: Asker, nonce: str) -> bytes:
    if not re.fullmatch(r"[a-z0-9]{3,64}", nonce):
        raise ValueError("a name that somebody may have")
    return _open(nonce.encode("ascii"))


AMQP: Verbs = MappingProxyType(
    {
        "header": Verb(fixed(b"AMQP\0\0\x09\x01"), "which ways of coming in it offers"),
        "start": Verb(_start, "come in as the public account that the server offers"),
        "open": Verb(lambda asker: _open(b"/"), "the usual virtual host"),
        "open of none": Verb(_open_none, "a virtual host that cannot exist"),
        "close": Verb(fixed(_method(50, struct.pack(">HBHH", 200, 0, 0, 0))), "leave"),
    }
)
