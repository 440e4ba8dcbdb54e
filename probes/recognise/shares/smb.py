"""What SMB 2 and 3 servers answer: packets and their status, challenges, shares, rows of folders."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from probes.recognise.shares.rows import ShareRow, at

OK: Final = 0
PENDING: Final = 0x103
MORE_PROCESSING: Final = 0xC0000016
NO_MORE_FILES: Final = 0x80000006
NO_SUCH_FILE: Final = 0xC000000F
ACCESS_DENIED: Final = 0xC0000022
BAD_NETWORK_NAME: Final = 0xC00000CC
BUSY: Final = frozenset({0xC00000B5, 0xC000009A, 0xC00000C4, 0xC0000205, 0xC0000203, 0xC00000CF, 0xC00000D0})
"""Time-out, no resources, network trouble, session gone, paused, too many: nothing is decided by them."""
LOGON_REFUSED: Final = frozenset(
    {ACCESS_DENIED, 0xC000006D, 0xC000006E, 0xC0000064, 0xC0000072, 0xC000015B, 0xC0000071, 0xC0000193, 0xC0000234,
     0xC000006A, 0xC000006F, 0xC0000070, 0xC0000199, 0xC000018D}
)  # fmt: skip
"""No such user, wrong password, restriction, disabled, logon type not granted and the like."""
SHARE_REFUSED: Final = frozenset({ACCESS_DENIED, 0xC00000CA, 0xC0000061, BAD_NETWORK_NAME})
"""Access denied, to the network or for lack of a privilege; no such share."""
_FOLDER: Final = 0x10
_REPARSE: Final = 0x400
_EPOCH: Final = 11_644_473_600
"""Seconds from 1601, where Windows counts from, to 1970."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One answer of a frame."""

    status: int
    command: int
    message: int
    session: int
    tree: int
    body: bytes
    """From the end of the header on; offsets in it count from the header's beginning, 64 bytes before."""

    def part(self, offset: int, size: int) -> bytes:
        """So many bytes at an offset of the packet; fewer where it ends before."""
        return self.body[max(0, offset - 64) : max(0, offset - 64) + size] if offset >= 64 else b""


def packets(frame: bytes) -> tuple[Packet, ...]:
    """The answers in a frame, those that chain behind the first too; none in what is no SMB 2."""
    found: list[Packet] = []
    at_ = 4
    while frame[at_ : at_ + 4] == b"\xfeSMB" and len(frame) >= at_ + 64 and len(found) < 16:
        status, command, _, _, following, message, _, tree, session = struct.unpack_from("<IHHIIQIIQ", frame, at_ + 8)
        end = at_ + following if following else len(frame)
        found.append(Packet(status, command, message, session, tree, frame[at_ + 64 : end]))
        if not following or following < 64:
            break
        at_ += following
    return tuple(found)


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "little")


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")


def dialect(packet: Packet) -> int:
    """The version that the server chose."""
    return _u16(packet.body, 4)


def token(packet: Packet) -> bytes:
    """What a login was answered, in SPNEGO."""
    return packet.part(_u16(packet.body, 4), _u16(packet.body, 6))


def challenge(token: bytes) -> tuple[bytes, bytes] | None:
    """The challenge of NTLMSSP and what it tells of the server; None where there is none."""
    begin = token.find(b"NTLMSSP\0\x02\0\0\0")
    if begin < 0 or len(token) < begin + 48:
        return None
    ntlm = token[begin:]
    size, offset = _u16(ntlm, 40), _u32(ntlm, 44)
    return ntlm[24:32], ntlm[offset : offset + size]


def file_id(packet: Packet) -> bytes:
    """The handle that a CREATE returned; empty when there is none."""
    return packet.body[64:80] if len(packet.body) >= 80 else b""


def read_bytes(packet: Packet) -> bytes:
    """The bytes that a READ returned."""
    return packet.part(packet.body[2] if len(packet.body) > 2 else 0, _u32(packet.body, 4))


def rpc_answer(packet: Packet) -> bytes:
    """What an RPC over a pipe was answered."""
    return packet.part(_u32(packet.body, 32), _u32(packet.body, 36))


def rows(packet: Packet) -> tuple[ShareRow, ...]:
    """The rows of a folder's list."""
    return directory_rows(packet.part(_u16(packet.body, 2), _u32(packet.body, 4)))


def directory_rows(data: bytes) -> tuple[ShareRow, ...]:
    """Rows of FileDirectoryInformation (MS-FSCC 2.4.10). Names are UTF-16, and are kept as they came."""
    found: list[ShareRow] = []
    begin, size = 0, len(data)
    while begin + 64 <= size:
        following, written, length, attributes, name = struct.unpack_from("<I20xQ8xQ8xII", data, begin)
        end = begin + 64 + name
        if end > size or name % 2 or not name:
            break
        raw = data[begin + 64 : end]
        if raw not in (b".\0", b".\0.\0"):
            # A link of Windows may lead anywhere: it is not walked into.
            folder = bool(attributes & _FOLDER) and not attributes & _REPARSE
            found.append(ShareRow(utf8(raw), folder, length, at(written / 10_000_000 - _EPOCH)))
        if following < 64:
            break
        begin += following
    return tuple(found)


def utf8(raw: bytes) -> bytes:
    """A name of UTF-16 as bytes that keep all of it, lone halves of pairs too."""
    return raw.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def utf16(name: bytes) -> bytes:
    """The name that `utf8` made this of. Raises ValueError for what it never made."""
    return name.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Share:
    """One share as the server lists it."""

    name: str
    kind: int

    @property
    def disk(self) -> bool:
        """Whether it is a disk, and neither a printer nor a pipe."""
        return self.kind & 0x0FFFFFFF == 0


_MOST_SHARES: Final = 4096


def disks(found: tuple[Share, ...]) -> tuple[str, ...]:
    """The names of shares that are disks; that of the printers' drivers is none of them."""
    return tuple(dict.fromkeys(share.name for share in found if share.disk and share.name.lower() != "print$"))


def shares(rpc: bytes) -> tuple[Share, ...] | None:
    """The shares of an answer to NetrShareEnum, level 1; None for anything else."""
    if len(rpc) < 24 or rpc[:1] != b"\5" or rpc[2] != 2:
        return None
    data = rpc[24:]
    if len(data) < 20 or _u32(data, 0) != 1:
        return None
    count = _u32(data, 12)
    if not _u32(data, 16) or not count:
        return ()
    if count > _MOST_SHARES or len(data) < 24 + 12 * count:
        return None
    kinds = [_u32(data, 24 + 12 * number + 4) for number in range(count)]
    at_, found = 24 + 12 * count, []
    for kind in kinds:
        names = []
        for _ in range(2):
            actual = _u32(data, at_ + 8)
            end = at_ + 12 + 2 * actual
            if actual > 32_768 or end > len(data):
                return None
            names.append(data[at_ + 12 : end].decode("utf-16-le", "replace").rstrip("\0"))
            at_ = end + -end % 4
        found.append(Share(names[0], kind))
    return tuple(found)
