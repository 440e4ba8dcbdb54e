"""iSCSI (RFC 7143): which targets there are, and whether one of them lets in without a secret. No command of a disk."""

from __future__ import annotations

import hashlib
import re
import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed

_WHO = "iqn.2019-02.example.{name}:stranger"
_TARGET = re.compile(r"[A-Za-z0-9.:_-]{1,223}")
_SESSION = bytes.fromhex("80c3b1d6a000")
"""The identifier of our session: of the kind that is chosen by chance."""


def _pdu(opcode: int, flags: int, specific: bytes, told: bytes) -> bytes:
    """A header of 48 bytes, and text padded to four."""
    head = bytes([opcode, flags, 0, 0, 0]) + len(told).to_bytes(3, "big") + specific
    return head.ljust(48, b"\0") + told + bytes(-len(told) % 4)


def _login(asker: Asker, flags: int, **says: str) -> bytes:
    pairs = {"InitiatorName": _WHO.format(name=asker.name), "AuthMethod": "None", **says}
    told = b"".join(f"{key}={value}".encode("ascii") + b"\0" for key, value in pairs.items())
    return _pdu(0x43, flags, _SESSION + struct.pack(">HIHHII", 0, 1, 0, 0, 1, 0), told)


def _named(asker: Asker, target: str) -> bytes:
    """Up to the end of the login's first stage, where it is decided who is let in; the session is not entered."""
    if not _TARGET.fullmatch(target):
        raise ValueError("a name that no target has")
    return _login(asker, 0x81, SessionType="Normal", TargetName=target)


def _none(asker: Asker, nonce: str) -> bytes:
    name = hashlib.sha256(nonce.encode()).hexdigest()[:16]
    return _named(asker, f"iqn.2019-02.example.none:{name}")


def _targets(asker: Asker, serial: int) -> bytes:
    specific = bytes(8) + struct.pack(">IIII", 2, 0xFFFFFFFF, 1, serial & 0xFFFFFFFF)
    return _pdu(0x44, 0x80, specific, b"SendTargets=All\0")


ISCSI: Verbs = MappingProxyType(
    {
        "discover": Verb(lambda asker: _login(asker, 0x83, SessionType="Discovery"), "come in to ask for targets"),
        "SendTargets": Verb(_targets, "the names of its targets"),
        "login": Verb(_named, "whether a target lets in without a secret; its disk is not touched"),
        "login of none": Verb(_none, "a target that cannot exist"),
        "logout": Verb(fixed(_pdu(0x46, 0x80, bytes(8) + struct.pack(">IIII", 3, 0, 1, 0), b"")), "leave"),
    }
)
