"""What a TFTP server answers to a request for a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

NOT_FOUND, DENIED = 1, 2
_SIZE = re.compile(rb"(?i)(?:\A|\0)tsize\0(\d{1,18})(?=\0)")


class NotTftp(ValueError):
    """Bytes that are no answer of TFTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the file would be sent, how large it is where that is told, or the code that refuses it."""

    sends: bool
    size: int | None = None
    code: int = 0


def answer(data: bytes) -> Answer:
    """Read one datagram: its end may be missing. Raises NotTftp."""
    if len(data) < 4 or data[0]:
        raise NotTftp
    match data[1]:
        case 6:
            size = _SIZE.search(data[2:])
            return Answer(True, int(size[1]) if size is not None else None)
        case 3 if data[2:4] == b"\0\1":
            return Answer(True)
        case 5:
            return Answer(False, code=int.from_bytes(data[2:4], "big"))
    raise NotTftp
