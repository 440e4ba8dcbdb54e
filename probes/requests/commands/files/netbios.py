"""The session service of NetBIOS (RFC 1002 section 4.3), in which SMB is spoken at port 139."""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs

_SERVER, _WORKSTATION = 0x20, 0x00


def _encoded(name: bytes, kind: int) -> bytes:
    """A name in the first level of encoding: two letters a byte (RFC 1001 section 14.1)."""
    padded = name.ljust(15)[:15] + bytes([kind])
    return b"\x20" + b"".join(bytes([0x41 + (byte >> 4), 0x41 + (byte & 15)]) for byte in padded) + b"\0"


def _request(asker: Asker) -> bytes:
    names = _encoded(b"*SMBSERVER", _SERVER) + _encoded(b"LEFTOPEN", _WORKSTATION)
    return struct.pack(">BBH", 0x81, 0, len(names)) + names


NETBIOS: Verbs = MappingProxyType({"session request": Verb(_request, "a session of NetBIOS with its server of files")})
