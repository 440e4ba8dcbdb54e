"""DICOM's upper layer (PS3.8) and C-FIND (PS3.4, PS3.7): associate, ask for the UIDs of studies, abort."""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed

_APPLICATION = b"1.2.840.10008.3.1.1.1"
_VERIFICATION = b"1.2.840.10008.1.1"
_FIND = b"1.2.840.10008.5.1.4.1.2.2.1"
_IMPLICIT = b"1.2.840.10008.1.2"
_ABOUT = b"2.25.88017329116438021765"
"""Our implementation's UID, derived from chance as PS3.5 annex B.2 lets anybody."""


def _item(kind: int, inside: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(inside)) + inside


def _title(name: str) -> bytes:
    told = name.encode("ascii", "strict")
    if not 0 < len(told.strip()) <= 16 or any(byte < 32 or byte > 126 or byte == 0x5C for byte in told):
        raise ValueError("an application entity title has 1 to 16 printable letters")
    return told.ljust(16)


def _associate(asker: Asker, title: str) -> bytes:
    contexts = [
        _item(0x20, bytes([number, 0, 0, 0]) + _item(0x30, abstract) + _item(0x40, _IMPLICIT))
        for number, abstract in ((1, _VERIFICATION), (3, _FIND))
    ]
    user = _item(0x51, struct.pack(">I", 16_384)) + _item(0x52, _ABOUT) + _item(0x55, b"LEFTOPEN")
    body = struct.pack(">HH", 1, 0) + _title(title) + _title(asker.name.upper()) + bytes(32)
    body += _item(0x10, _APPLICATION) + b"".join(contexts) + _item(0x50, user)
    return struct.pack(">BBI", 1, 0, len(body)) + body


def _element(group: int, number: int, value: bytes) -> bytes:
    return struct.pack("<HHI", group, number, len(value)) + value


def _even(value: bytes, pad: bytes) -> bytes:
    return value + pad * (len(value) % 2)


def _data(command: bool, inside: bytes) -> bytes:
    value = struct.pack(">IBB", len(inside) + 2, 3, 3 if command else 2) + inside
    return struct.pack(">BBI", 4, 0, len(value)) + value


def _find(asker: Asker, study: str) -> bytes:
    """C-FIND at the level of studies. The UID is the only key, so that no patient's data come back."""
    if any(letter not in "0123456789." for letter in study) or len(study) > 64:
        raise ValueError("no UID of a study")
    elements = _element(0, 0x0002, _even(_FIND, b"\0")) + _element(0, 0x0100, struct.pack("<H", 0x0020))
    elements += _element(0, 0x0110, struct.pack("<H", 1)) + _element(0, 0x0700, struct.pack("<H", 0))
    elements += _element(0, 0x0800, struct.pack("<H", 1))
    command = _element(0, 0, struct.pack("<I", len(elements))) + elements
    keys = _element(0x0008, 0x0052, b"STUDY ") + _element(0x0020, 0x000D, _even(study.encode("ascii"), b"\0"))
    return _data(True, command) + _data(False, keys)


DICOM: Verbs = MappingProxyType(
    {
        "A-ASSOCIATE": Verb(_associate, "associate, for verification and for finding studies"),
        "C-FIND": Verb(_find, "which studies there are, by their UID alone"),
        "A-ABORT": Verb(fixed(struct.pack(">BBIBBBB", 7, 0, 4, 0, 0, 0, 0)), "leave at once"),
    }
)
