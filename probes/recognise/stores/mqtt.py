"""What a broker of MQTT 3.1.1 answers to a subscription."""

from __future__ import annotations

from dataclasses import dataclass

_SUBACK, _PUBLISH = 9, 3
_REFUSED = 0x80


class NotPackets(ValueError):
    """Bytes that are no packets of MQTT."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What came after a subscription, as far as it was read."""

    refused: bool = False
    granted: bool = False
    message: bool = False
    """Whether a message began to come. Its topic and its content are not looked at."""


def subscribed(data: bytes) -> Subscribed:
    """Read packets; the last may be cut short. Raises NotPackets."""
    refused = granted = message = False
    at = 0
    while at < len(data):
        kind, at = data[at] >> 4, at + 1
        size = shift = 0
        while True:
            if at >= len(data):
                return Subscribed(refused, granted, message)
            size |= (data[at] & 127) << shift
            more, at = data[at] & 128, at + 1
            if not more:
                break
            shift += 7
            if shift > 21:
                raise NotPackets
        body, at = data[at : at + size], at + size
        if kind == _SUBACK:
            if size != 3 or (len(body) == 3 and body[:2] != b"\0\x01"):
                raise NotPackets
            if len(body) == 3:
                refused, granted = body[2] == _REFUSED, body[2] in (0, 1, 2)
        elif kind == _PUBLISH:
            length = int.from_bytes(body[:2], "big")
            if size < 3 or (len(body) > 1 and not 0 < length <= size - 2):
                raise NotPackets
            message |= len(body) > 2
        else:
            raise NotPackets
    return Subscribed(refused, granted, message)
