"""The parsers of what file services and imaging archives answer, and answers of each to begin from."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from probes.recognise.shares import dicom, ftp, nfs, smb, smb1
from probes.recognise.shares.rsync import FileList, NotAList, index_of, modules
from probes.requests.stream import (
    Ber,
    Exactly,
    Framed,
    FtpReply,
    Line,
    LineOf,
    Mark,
    Some,
    Until,
    UntilClosed,
    end_of,
)

_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
_CALL = 3


def _entry(name: bytes, size: int, mode: int = 0o100644) -> bytes:
    return bytes([0x40]) + struct.pack("<I", len(name)) + name + struct.pack("<IiI", size, 1_700_000_000, mode)


def _frame(data: bytes) -> bytes:
    return struct.pack("<I", 7 << 24 | len(data)) + data


def _packet(body: bytes) -> bytes:
    head = struct.pack("<HHIHHIIQIIQ16s", 64, 0, 0, 14, 1, 0, 0, 1, 0, 0, 0, b"")
    return struct.pack(">I", 64 + len(body)) + b"\xfeSMB" + head + body


def _row_of_smb(name: str) -> bytes:
    raw = name.encode("utf-16-le")
    row = struct.pack("<I20xQ8xQ8xII", 0, 0, 7, 0, len(raw)) + raw
    return _packet(struct.pack("<HHI", 9, 72, len(row)) + row)


def _xdr(*words: int) -> bytes:
    return struct.pack(">IIIIII", _CALL, 1, 0, 0, 0, 0) + b"".join(struct.pack(">I", word) for word in words)


_OPAQUE = struct.pack(">I", 5) + b"/open\0\0\0"
_SHARES = (
    b"\5\0\2\3\x10\0\0\0\x60\0\0\0\2\0\0\0H\0\0\0\0\0\0\0"
    + struct.pack("<IIIIIIIII", 1, 1, 0x20000, 1, 0x20004, 1, 0x20008, 0, 0x2000C)
    + struct.pack("<III", 5, 0, 5)
    + "open\0".encode("utf-16-le")
    + b"\0\0"
    + struct.pack("<III", 1, 0, 1)
    + b"\0\0\0\0"
    + struct.pack("<III", 1, 0x20010, 0)
)

_PACKET1 = bytes(4) + b"\xffSMB\x32" + bytes(4) + b"\x98\x01\xc8" + bytes(20)
"""The header of an answer of SMB 1."""

ANSWERS = (
    b"213-Status follows:\r\n-rw-r--r--    1 0        0             100 Nov 29 10:00 a b.wav\r\n213 End\r\n",
    b" drwxr-xr-x   2 ftp      Domain Users     4096 Feb 16  2019 \xe5r\r\n",
    b"02-16-19  11:05PM       <DIR>          calls\r\n02-16-2019  11:05PM  1234 a.wav\r\n",
    b"type=file;size=7;modify=20190216230512;perm=adfr; x;y=z.wav\r\ntype=cdir; .\r\n",
    b"227 Entering Passive Mode (203,0,113,9,200,10).\r\n",
    b"229 Entering Extended Passive Mode (|||51210|)\r\n",
    b"@RSYNCD: 31.0\nWelcome\nopen           \tall calls\nmy disk        \t\n@RSYNCD: EXIT\n",
    _frame(_entry(b".", 0, 0o40755) + _entry(b"a.wav", 5) + _entry(b"b/c.wav", 7) + b"\0" + bytes(4)),
    _frame(bytes([0x20, 1, 3]) + b"big" + struct.pack("<IQii", 0xFFFFFFFF, 5 << 32, 1, 0o100644) + b"\0"),
    _row_of_smb("call.wav"),
    _packet(struct.pack("<HHI", 9, 72, 40) + b"NTLMSSP\0\2\0\0\0\4\0\4\0\x38\0\0\0" + bytes(24)),
    _packet(struct.pack("<HBBII", 17, 80, 0, len(_SHARES), 0) + bytes(4) + _SHARES),
    _SHARES,
    _PACKET1
    + b"\x0a"
    + struct.pack("<10H", 8, 20, 0, 8, 56, 0, 20, 64, 0, 0)
    + b"\x1d\0"
    + bytes(5)
    + b"\0\0\0\0\1\0\1\0calls"
    + bytes(15),
    _PACKET1 + b"\x11\0\0" + bytes(17) + b"\x0c\xf3\0\x80" + bytes(11) + b"\x08\0challeng",
    _xdr(0, 0, 1, 1, 7, 0, 7) + _OPAQUE + bytes(40),
    _xdr(0, 0, 2, 9, 0, 26, 0) + struct.pack(">Q", 1) + _OPAQUE + struct.pack(">II", 0, 1),
    _xdr(0, 1) + _OPAQUE + _xdr(0, 2049),
    b"\2\0" + struct.pack(">I", 74) + bytes(66) + b"\x21\0\0\4\1\0\0\0",
    b"\3\0\0\0\0\4\0\1\1\7",
    b"\4\0\0\0\0\x20\0\0\0\x1c\1\3\0\0\0\0\4\0\0\0\x38\0\0\0\0\0\0\x09\2\0\0\0\0\0",
    b"0\x84\0\0\0\x10\2\1\1e\x84\0\0\0\7\n\1\0\4\0\4\0",
)

_UNTIL: tuple[Until, ...] = (
    Line(), LineOf((b"@RSYNCD: ", b"220 ")), FtpReply(), Mark(b"\r\n\r\n"), Exactly(64), Framed(0, 4), Ber(), Some(),
    Framed(0, 3, order="little", add=4), Framed(0, 4, mask=0x7FFFFFFF, pad=4), UntilClosed(),
)  # fmt: skip


def _ftp(body: bytes) -> None:
    ftp.code_of(body)
    ftp.last_code(body)
    ftp.refuses_our_address(body)
    ftp.passive_port(body)
    ftp.rows(body, _NOW)
    ftp.bare_names(body)


def _rsync(body: bytes) -> None:
    modules(body)
    for data in (body, _frame(body[: (1 << 24) - 1])):
        files = FileList()
        with suppress(NotAList):
            for at in range(0, len(data), 4096):
                files.feed(data[at : at + 4096])
        if files.entries:
            index_of(list(files.entries), files.entries[-1].path)


def _smb(body: bytes) -> None:
    for one in (*smb.packets(body), *smb.packets(_packet(body))):
        smb.rows(one)
        smb.dialect(one)
        smb.challenge(smb.token(one))
        smb.shares(smb.rpc_answer(one))
        smb.read_bytes(one)
        smb.file_id(one)
    smb.shares(body)
    smb.utf8(body[: len(body) & ~1])
    with suppress(ValueError):
        smb.utf16(body)


def _smb1(body: bytes) -> None:
    for frame in (body, _PACKET1[:36] + body, *(_PACKET1[:36] + bytes([words]) + body for words in (10, 17, 42))):
        answer = smb1.packet1(frame)
        if answer is None:
            continue
        smb1.capabilities(answer)
        smb.challenge(smb1.token(answer))
        smb1.read1(answer)
        smb1.file_of(answer)
        for parameters, data in filter(None, (smb1.transacted((answer,) * 3), (body[:8], body[8:]))):
            smb1.shares1(parameters, data)
            smb.directory_rows(data)


_OF_NFS: tuple[Callable[[nfs._Xdr], object], ...] = (
    nfs.page3, nfs.read3, nfs.read4, nfs.handle3, nfs.mounted, nfs.exports, nfs.port, lambda xdr: nfs.page4(xdr, b"/"),
)  # fmt: skip


def _nfs(body: bytes) -> None:
    for record in (body, _xdr() + body):
        for read in _OF_NFS:
            with suppress(nfs.Malformed):
                told = nfs.results(record, _CALL)
                if not isinstance(told, nfs.Refused):
                    read(told)


def _dicom(body: bytes) -> None:
    dicom.kind(body)
    dicom.rejection(body)
    dicom.finds(body)
    dicom.status(body)


def _frames(body: bytes) -> None:
    for until in _UNTIL:
        end_of(until, body)


_READINGS = (_ftp, _rsync, _smb, _smb1, _nfs, _dicom, _frames)
READINGS = len(_READINGS) + 2 * len(_OF_NFS) + 3
"""How many parsers read the same bytes."""


def read_as_shares(body: bytes) -> None:
    """Read bytes as the answer of every file service, and look for the end of it as a connection does."""
    for read in _READINGS:
        read(body)
