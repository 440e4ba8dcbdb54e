"""What a broker answers over AMQP 0-9-1: methods of the class `connection`."""

from __future__ import annotations

from dataclasses import dataclass

START, TUNE, OPENED, CLOSE = 10, 30, 41, 50
REFUSED, NO_SUCH = frozenset({403}), frozenset({402, 404, 530})
"""Codes by which a broker refuses an account, and those by which it has no such virtual host."""


class NotAmqp(ValueError):
    """Bytes that are no method of a connection."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its number, the ways of coming in that it offers, or the code with which it closes."""

    number: int
    mechanisms: tuple[bytes, ...] = ()
    code: int = 0


def method(frame: bytes) -> Method:
    """Read one frame. Raises NotAmqp."""
    size = int.from_bytes(frame[3:7], "big")
    if len(frame) < 12 or frame[:3] != b"\x01\0\0" or len(frame) != size + 8 or frame[-1] != 0xCE:
        raise NotAmqp
    if frame[7:9] != b"\0\x0a":
        raise NotAmqp
    number, arguments = int.from_bytes(frame[9:11], "big"), frame[11:-1]
    if number == START:
        table = int.from_bytes(arguments[2:6], "big")
        return Method(number, tuple(_long(arguments, 6 + table).split(b" ")))
    if number == CLOSE:
        if len(arguments) < 2:
            raise NotAmqp
        return Method(number, code=int.from_bytes(arguments[:2], "big"))
    return Method(number)


def _long(data: bytes, at: int) -> bytes:
    size = int.from_bytes(data[at : at + 4], "big")
    if len(data) < at + 4 + size:
        raise NotAmqp
    return data[at + 4 : at + 4 + size]
