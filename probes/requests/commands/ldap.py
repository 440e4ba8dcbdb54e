"""LDAP 3 (RFC 4511): come in without a name, read which trees there are, ask for one entry without content."""

from __future__ import annotations

from types import MappingProxyType

from probes.requests.commands.command import Asker, Verb, Verbs, fixed


def _der(tag: int, inside: bytes) -> bytes:
    size = len(inside)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + inside


def _number(value: int, tag: int = 2) -> bytes:
    return _der(tag, bytes([value]))


def _message(number: int, operation: bytes) -> bytes:
    return _der(0x30, _number(number) + operation)


_ANYTHING = _der(0x87, b"objectClass")
"""The filter that every entry fits: (objectClass=*)."""


def _search(number: int, base: bytes, scope: int, *attributes: bytes) -> bytes:
    """Scope 0 is the entry itself, 2 all below it too. At most one entry, in at most ten seconds."""
    names = b"".join(_der(0x04, name) for name in attributes)
    inside = _der(0x04, base) + _number(scope, 0x0A) + _number(0, 0x0A) + _number(1) + _number(10) + b"\x01\x01\0"
    return _message(number, _der(0x63, inside + _ANYTHING + _der(0x30, names)))


def _entry(asker: Asker, base: bytes) -> bytes:
    """`1.1` asks for no attribute: only the entry's name comes (RFC 4511 section 4.5.1.8)."""
    if not 0 < len(base) <= 512 or b"\0" in base:
        raise ValueError("no name of an entry")
    return _search(3, base, 2, b"1.1")


def _none(asker: Asker, base: bytes, nonce: str) -> bytes:
    if not 0 < len(base) <= 512 or b"\0" in base or not nonce.isalnum():
        raise ValueError("no name of an entry")
    return _search(4, b"ou=" + nonce.encode("ascii") + b"," + base, 0, b"1.1")


LDAP: Verbs = MappingProxyType(
    {
        "bind": Verb(
            fixed(_message(1, _der(0x60, _number(3) + _der(0x04, b"") + _der(0x80, b"")))), "come in without a name"
        ),
        "root": Verb(
            fixed(_search(2, b"", 0, b"namingContexts", b"defaultNamingContext")),
            "what the directory says of itself, which is public by design: which trees it holds",
        ),
        "search": Verb(_entry, "the name of one entry of a tree, without anything in it"),
        "search of none": Verb(_none, "an entry that cannot exist"),
        "unbind": Verb(fixed(_message(5, b"\x42\0")), "leave"),
    }
)
