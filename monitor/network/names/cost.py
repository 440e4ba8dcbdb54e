"""What reading an answer of DNS costs, told from its bytes: a few kilobytes can hold the event loop up for seconds.

The names of a record may be written as pointers (RFC 1035, 4.1.4), so that two bytes are a name of 127 labels; and the
library takes time by the square of them for names in the data of a record.
"""

from __future__ import annotations

import struct

_MOST = 40_000
"""Labels that are read of a message, those of names in data by their square: a tenth of a second at most. An answer of
four thousand addresses is read."""
_LONGEST = 128
"""Labels that a name cannot have (RFC 1035, 3.1)."""
_HEAD, _QUESTION, _RECORD = 12, 4, 10

_SOA = 6
_NAME_AT = {2: 0, 5: 0, _SOA: 0, 12: 0, 39: 0, 47: 0, 15: 2, 18: 2, 36: 2, 64: 2, 65: 2, 33: 6, 46: 18}
"""Where the data of a type of record have their name: NS, CNAME, SOA (two of them), PTR, DNAME, NSEC; MX, AFSDB, KX,
SVCB, HTTPS; SRV; RRSIG."""
_NAMELESS = frozenset({1, 16, 28, 41, 43, 48, 50, 52, 99, 257})
"""A, TXT, AAAA, OPT, DS, DNSKEY, NSEC3, TLSA, SPF, CAA."""


def bearable(wire: bytes) -> bool:
    """Whether a message is read at once. One that is broken is: the library says so at its first record."""
    spent = 0
    try:
        questions, *counts = struct.unpack_from("!4H", wire, 4)
        at = _HEAD
        for number in range(questions + sum(counts)):
            labels, at = _name(wire, at)
            spent += labels
            if number < questions:
                at += _QUESTION
                continue
            kind, _, _, size = struct.unpack_from("!HHIH", wire, at)
            at += _RECORD
            if kind in _NAME_AT:
                named, after = _name(wire, at + _NAME_AT[kind])
                spent += named**2
                if kind == _SOA:
                    spent += _name(wire, after)[0] ** 2
            elif kind not in _NAMELESS:
                spent += _LONGEST**2
            at += size
            if spent > _MOST:
                return False
    except (IndexError, struct.error):
        pass
    return spent <= _MOST


def _name(wire: bytes, at: int) -> tuple[int, int]:
    """How many labels a name has, and where what follows it begins. Every step counts as one, so a loop ends."""
    labels, after = 1, 0
    while (size := wire[at]) and labels < _LONGEST:
        labels += 1
        if size < 0xC0:
            at += 1 + size
        else:
            after = after or at + 2
            at = (size & 0x3F) << 8 | wire[at + 1]
    return labels, after or at + 1
