"""What SMB 1 servers answer: one packet a frame, transactions in parts, and the older list of shares."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from probes.recognise.shares.smb import ACCESS_DENIED, BAD_NETWORK_NAME, NO_MORE_FILES, NO_SUCH_FILE, Share

UNICODE: Final = 0x4
EXTENDED: Final = 0x80000000
_DOS: Final = MappingProxyType(
    {
        (1, 2): NO_SUCH_FILE, (1, 3): NO_SUCH_FILE, (1, 5): ACCESS_DENIED, (1, 18): NO_MORE_FILES,
        (1, 65): ACCESS_DENIED, (1, 67): BAD_NETWORK_NAME, (2, 2): 0xC000006D, (2, 4): ACCESS_DENIED,
        (2, 6): BAD_NETWORK_NAME, (2, 81): 0xC00000CF, (2, 89): 0xC000009A,
    }
)  # fmt: skip
"""Classes and codes of errors as servers before NT tell them (MS-CIFS 2.2.2.4), as the status that says the same."""


@dataclass(frozen=True, slots=True)
class Packet1:
    """One answer."""

    status: int
    command: int
    message: int
    session: int
    tree: int
    words: bytes
    whole: bytes
    """From the header on: offsets count from its beginning."""

    @property
    def data(self) -> bytes:
        """The bytes behind the words."""
        return self.whole[35 + len(self.words) :]


def packet1(frame: bytes) -> Packet1 | None:
    """The answer in a frame; None in what is no SMB 1."""
    whole = frame[4:]
    if len(whole) < 35 or whole[:4] != b"\xffSMB" or len(whole) < 35 + 2 * whole[32]:
        return None
    command, status, _, flags = struct.unpack_from("<BIBH", whole, 4)
    tree, _, session, message = struct.unpack_from("<HHHH", whole, 24)
    if status and not flags & 0x4000:
        status = _DOS.get((status & 0xFF, status >> 16), status)
    return Packet1(status, command, message, session, tree, whole[33 : 33 + 2 * whole[32]], whole)


def capabilities(negotiated: Packet1) -> int | None:
    """What the server can; None where it has no version in common."""
    words = negotiated.words
    return int.from_bytes(words[19:23], "little") if len(words) == 34 and words[:2] == b"\0\0" else None


def token(setup: Packet1) -> bytes:
    """What a login in SPNEGO was answered."""
    return setup.data[: int.from_bytes(setup.words[6:8], "little")] if len(setup.words) >= 8 else b""


def transacted(parts: Sequence[Packet1]) -> tuple[bytes, bytes] | None:
    """The parameters and the data of a transaction; None while parts of it are missing."""
    parameters = data = b""
    for one in parts:
        if len(one.words) < 20:
            return None
        all_parameters, all_data, _, some, at, _, more, begin = struct.unpack_from("<8H", one.words)
        parameters += one.whole[at : at + some]
        data += one.whole[begin : begin + more]
        if len(parameters) >= all_parameters and len(data) >= all_data:
            return parameters, data
    return None


def file_of(created: Packet1) -> int:
    """The number by which an opened file is called."""
    return int.from_bytes(created.words[5:7], "little")


def read1(answer: Packet1) -> bytes:
    """The bytes that a READ returned."""
    if len(answer.words) < 24:
        return b""
    size, at = struct.unpack_from("<HH", answer.words, 10)
    return answer.whole[at : at + size] if at >= 59 else b""


def shares1(parameters: bytes, data: bytes) -> tuple[Share, ...] | None:
    """The shares of an answer to NetShareEnum, level 1 (MS-RAP 2.5.6); None for anything else."""
    if len(parameters) < 8:
        return None
    status, _, count, _ = struct.unpack_from("<HHHH", parameters)
    if status not in (0, 234) or len(data) < 20 * count:
        return None
    rows = (data[20 * number : 20 * number + 20] for number in range(count))
    return tuple(
        Share(row[:13].partition(b"\0")[0].decode("ascii", "replace"), int.from_bytes(row[14:16], "little"))
        for row in rows
    )
