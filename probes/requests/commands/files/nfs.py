"""NFS 3 and 4.0 over ONC RPC (RFC 5531, 1813, 7530), with its portmapper and mount protocol.

Calls carry AUTH_SYS as nobody (65534): another number would be somebody's.
"""

from __future__ import annotations

import struct
from types import MappingProxyType

from probes.requests.commands.command import LONGEST, Asker, Verb, Verbs

_NOBODY = 65534
_PAGE = 1 << 20
"""Bytes of a folder's list in one answer."""
_PORTMAPPER, _NFS, _MOUNT = 100000, 100003, 100005
_MOST_READ = 512
"""Bytes of a file."""
_GETATTR, _LOOKUP, _PUTROOTFH, _READ, _READDIR = 9, 15, 24, 25, 26
_ROWS = (1 << 1 | 1 << 4 | 1 << 8 | 1 << 11, 1 << (53 - 32))
"""Type, size, file system, the error of one entry (else one entry fails the whole list), time of the last change."""
_FILE_SYSTEM = (1 << 8, 0)


def _opaque(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data + bytes(-len(data) % 4)


def _named(name: bytes) -> bytes:
    if not name or len(name) > LONGEST or b"\0" in name:
        raise ValueError("a name that no file has")
    return _opaque(name)


def _call(asker: Asker, number: int, program: int, version: int, procedure: int, arguments: bytes = b"") -> bytes:
    who = struct.pack(">I", 0) + _opaque(asker.name.encode("ascii")) + struct.pack(">III", _NOBODY, _NOBODY, 0)
    head = struct.pack(">IIIIII", number, 0, 2, program, version, procedure)
    body = head + struct.pack(">I", 1) + _opaque(who) + bytes(8) + arguments
    return struct.pack(">I", 1 << 31 | len(body)) + body


def _compound(asker: Asker, number: int, operations: list[bytes]) -> bytes:
    body = _opaque(b"") + struct.pack(">II", 0, len(operations)) + b"".join(operations)
    return _call(asker, number, _NFS, 4, 1, body)


def _walked(path: bytes) -> list[bytes]:
    """From the root to a folder or file: its path, with slashes between its names."""
    names = [name for name in path.split(b"/") if name]
    return [struct.pack(">I", _PUTROOTFH), *(struct.pack(">I", _LOOKUP) + _named(name) for name in names)]


def _words(words: tuple[int, int]) -> bytes:
    return struct.pack(">III", 2, *words)


def _readdir(asker: Asker, number: int, path: bytes, cookie: int, verifier: bytes) -> bytes:
    asked = struct.pack(">IQ8sII", _READDIR, cookie, verifier, _PAGE, _PAGE) + _words(_ROWS)
    system = struct.pack(">I", _GETATTR) + _words(_FILE_SYSTEM)
    return _compound(asker, number, [*_walked(path), system, asked])


def _few(count: int) -> int:
    if not 0 < count <= _MOST_READ:
        raise ValueError("more of a file than is ever read")
    return count


def _read(asker: Asker, number: int, path: bytes, count: int) -> bytes:
    asked = struct.pack(">I16sQI", _READ, bytes(16), 0, _few(count))
    return _compound(asker, number, [*_walked(path), asked])


def _readdir3(asker: Asker, number: int, handle: bytes, cookie: int, verifier: bytes) -> bytes:
    asked = _opaque(handle[:64]) + struct.pack(">Q8sII", cookie, verifier, _PAGE, _PAGE)
    return _call(asker, number, _NFS, 3, 17, asked)


NFS: Verbs = MappingProxyType(
    {
        "READDIR": Verb(_readdir, "list a folder, by NFS 4"),
        "READ": Verb(_read, "the first bytes of a file, by NFS 4"),
        "GETPORT mount": Verb(
            lambda asker, number: _call(asker, number, _PORTMAPPER, 2, 3, struct.pack(">IIII", _MOUNT, 3, 6, 0)),
            "the port of the mount service",
        ),
        "GETPORT nfs": Verb(
            lambda asker, number: _call(asker, number, _PORTMAPPER, 2, 3, struct.pack(">IIII", _NFS, 3, 6, 0)),
            "the port of NFS 3",
        ),
        "EXPORT": Verb(lambda asker, number: _call(asker, number, _MOUNT, 3, 5), "the exports that the server shows"),
        "MNT": Verb(
            lambda asker, number, export: _call(asker, number, _MOUNT, 3, 1, _named(export)),
            "enter an export, by NFS 3",
        ),
        "READDIRPLUS": Verb(_readdir3, "list a folder, by NFS 3"),
        "LOOKUP": Verb(
            lambda asker, number, handle, entry: _call(asker, number, _NFS, 3, 3, _opaque(handle[:64]) + _named(entry)),
            "find a folder by its name, by NFS 3",
        ),
        "READ 3": Verb(
            lambda asker, number, handle, count: _call(
                asker, number, _NFS, 3, 6, _opaque(handle[:64]) + struct.pack(">QI", 0, _few(count))
            ),
            "the first bytes of a file, by NFS 3",
        ),
    }
)
