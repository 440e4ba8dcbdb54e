"""What a directory answers over LDAP: result codes, the trees that it names, whether an entry came."""

from __future__ import annotations

from dataclasses import dataclass

SUCCESS, SIZE_LIMIT, NO_SUCH, NO_ACCESS = 0, 4, 32, 50
REFUSED = frozenset({1, 7, 8, 48, 49, 50, 53})
"""Codes by which a directory demands a login or withholds: 1 is Active Directory's word for it."""
BUSY = frozenset({51, 52})
WANTS_TLS = frozenset({8, 13})
"""Codes by which a directory asks for more protection than clear text: strangers may be let in, in TLS."""
BIND, ENTRY, DONE, REFERENCE, EXTENDED = 0x61, 0x64, 0x65, 0x73, 0x78


class NotLdap(ValueError):
    """Bytes that are no message of LDAP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One message: what kind it is, its result code where it has one, and the trees that it names."""

    kind: int
    code: int = -1
    contexts: tuple[bytes, ...] = ()


def _value(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, value and end of one element. Raises NotLdap."""
    if at + 2 > len(data):
        raise NotLdap
    tag, size = data[at], data[at + 1]
    at += 2
    if size & 0x80:
        count = size & 0x7F
        if not 0 < count <= 4 or at + count > len(data):
            raise NotLdap
        size, at = int.from_bytes(data[at : at + count], "big"), at + count
    if at + size > len(data):
        raise NotLdap
    return tag, data[at : at + size], at + size


def _values(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    at = 0
    while at < len(data):
        tag, value, at = _value(data, at)
        found.append((tag, value))
        if len(found) > 1000:
            raise NotLdap
    return found


def answer(message: bytes) -> Answer:
    """Read one message. Raises NotLdap."""
    tag, inside, end = _value(message, 0)
    if tag != 0x30 or end != len(message):
        raise NotLdap
    parts = _values(inside)
    if len(parts) < 2 or parts[0][0] != 0x02:
        raise NotLdap
    kind, body = parts[1]
    if kind in (BIND, DONE, EXTENDED):
        tag, code, _ = _value(body, 0)
        if tag != 0x0A or not 0 < len(code) <= 2:
            raise NotLdap
        return Answer(kind, int.from_bytes(code, "big"))
    if kind == ENTRY:
        return Answer(kind, contexts=_contexts(body))
    return Answer(kind)


def _contexts(entry: bytes) -> tuple[bytes, ...]:
    """The values of the attributes that name trees, the one that is meant first of all at the beginning."""
    parts = _values(entry)
    if len(parts) < 2:
        raise NotLdap
    usual: list[bytes] = []
    others: list[bytes] = []
    for _, attribute in _values(parts[1][1]):
        fields = _values(attribute)
        name = fields[0][1].lower() if fields else b""
        if name in (b"namingcontexts", b"defaultnamingcontext") and len(fields) > 1:
            to = usual if name.startswith(b"default") else others
            to += [value for _, value in _values(fields[1][1]) if value]
    return tuple(dict.fromkeys((*usual, *others)))
