"""Changes known bytes at random, and makes long ones of short ones: the inputs of the attacks on parsers."""

from __future__ import annotations

from random import Random

TOKENS = (
    b"<a href=", b'"', b"'", b"<", b">", b"</a>", b"<pre>", b"</pre>", b"<table>", b"<tr><td>", b"<!--", b"-->",
    b"<![CDATA[", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#x41;", b"&#99999999;", b"{", b"}", b"[",
    b"]", b'":', b",", b"\\u0000", b"\\ud800", b"\0", b"\r\n", b"\n", b"%", b"%00", b"%ff", b"../", b"//", b"?C=N",
    b"1e999", b"-1", b"9" * 400, b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J", b"\xe2\x80\xae", b"<script>", b"</script>",
    b"<Contents>", b"<Key>", b"HTTP/1.1 200 OK\r\n", b"0\r\n\r\n", b"ffffffff\r\n",
)  # fmt: skip
"""Pieces of what the parsers look for."""


def mutated(seed: bytes, others: list[bytes], chance: Random) -> bytes:
    """`seed` with one to eight changes: bits, cuts, repeats, pieces of `others`, tokens."""
    body = bytearray(seed)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        kind = chance.randrange(7)
        if kind == 0 and body:
            body[at % len(body)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del body[at : at + chance.randint(1, 40)]
        elif kind == 2:
            piece = bytes(body[at : at + chance.randint(1, 200)])
            body[at:at] = piece * chance.randint(1, 20)
        elif kind == 3:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            body[at:at] = other[start : start + chance.randint(1, 400)]
        elif kind == 4:
            del body[at:]
        elif kind == 5:
            body[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 30))
        else:
            body[at : at + 4] = chance.randbytes(4)
    return bytes(body[: 1 << 20])


def grown(seed: bytes, size: int, chance: Random) -> bytes:
    """About `size` bytes: a beginning of `seed`, one piece of it or a token again and again, and its end."""
    at = chance.randrange(len(seed) + 1)
    piece = chance.choice((seed[at : at + chance.randint(1, 300)] or b"<", chance.choice(TOKENS), seed))
    cut = chance.randrange(len(seed) + 1)
    return (seed[:cut] + piece * (size // len(piece) + 1))[:size] + seed[cut:]
