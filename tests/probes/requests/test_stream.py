"""How far to listen: every end is found in any pieces, and a frame that lies is as long as it says and no longer."""

from __future__ import annotations

import pytest

from probes.requests.stream import Ber, Exactly, Framed, FtpReply, Line, Mark, Some, Until, UntilClosed, end_of

CASES: list[tuple[Until, bytes, int | None]] = [
    (Line(), b"a\r\nb\r\n", 3),
    (Line(), b"no end", None),
    (FtpReply(), b"220 hello\r\nrest", 11),
    (FtpReply(), b"220 hello", None),
    (FtpReply(), b"211-Features\r\n MLST\r\n 211 no\r\n211 End\r\nx", 39),
    (FtpReply(), b"230-you\r\n220 not the end\r\n230\r\n", 31),
    (FtpReply(), b"220-a\r\n220-b\r\n", None),
    (FtpReply(), b"SSH-2.0-x\r\n", 11),
    (Mark(b"END"), b"STAT\r\nEND\r\n", 9),
    (Mark(b"END"), b"EN", None),
    (Exactly(4), b"abcdef", 4),
    (Exactly(4), b"abc", None),
    (Framed(0, 4), b"\0\0\0\x08abcdrest", 8),
    (Framed(0, 4, add=4), b"\0\0\0\x03abcrest", 7),
    (Framed(2, 2, "little", add=4), b"xx\x01\0yrest", 5),
    (Framed(0, 4, add=4, mask=0x7FFFFFFF), b"\x80\0\0\x02abrest", 6),
    (Framed(0, 4), b"\0\0\0\0rest", 4),
    (Framed(0, 2, add=2, pad=4), b"\0\x05abcdepadrest", 10),
    (Framed(0, 4), b"\0\0", None),
    (Ber(), b"0\x03\x02\x01\x01rest", 5),
    (Ber(), b"0\x81\x03abcrest", 6),
    (Ber(), b"0\x82\x00\x02abrest", 6),
    (Ber(), b"0\x84\x7f\xff\xff\xffrest", None),
    (Ber(), b"0", None),
    (Some(), b"", None),
    (Some(), b"a", 1),
    (UntilClosed(), b"anything", None),
]


@pytest.mark.parametrize(("until", "data", "end"), CASES)
def test_the_end_is_found(until: Until, data: bytes, end: int | None) -> None:
    assert end_of(until, data) == end
    if end is not None and not isinstance(until, Some):
        assert all(end_of(until, data[:short]) is None for short in range(end))
