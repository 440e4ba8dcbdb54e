"""What DICOM archives answer: the end of an association, its contexts, and the status of a response to C-FIND."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ACCEPTED: Final = 2
REJECTED: Final = 3
DATA: Final = 4
RELEASED: Final = frozenset({5, 6})
ABORTED: Final = 7
_FIND_CONTEXT: Final = 3
PENDING: Final = frozenset({0xFF00, 0xFF01})
REFUSED: Final = frozenset({0x0105, 0x0122, 0x0124, 0x0112, 0x0118})
"""No such attribute, class, object or instance; not authorised."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an association was rejected: the three numbers of PS3.8 section 9.3.4."""

    result: int
    source: int
    reason: int

    @property
    def passing(self) -> bool:
        """Whether it is rejected for now alone: congestion, or a limit."""
        return self.result == 2 or self.source == 3

    @property
    def unknown_title(self) -> bool:
        """Whether the title that we called is not recognised."""
        return (self.source, self.reason) == (1, 7)


def kind(pdu: bytes) -> int:
    """The kind of a PDU; 0 of nothing."""
    return pdu[0] if pdu else 0


def rejection(pdu: bytes) -> Rejection | None:
    """What a rejection says; None for a short one."""
    return Rejection(pdu[7], pdu[8], pdu[9]) if len(pdu) >= 10 else None


def finds(pdu: bytes) -> bool:
    """Whether an accepted association takes C-FIND: the accepted context says so."""
    begin = 74
    while begin + 4 <= len(pdu):
        size = int.from_bytes(pdu[begin + 2 : begin + 4], "big")
        if pdu[begin] == 0x21 and pdu[begin + 4 : begin + 5] == bytes([_FIND_CONTEXT]):
            return pdu[begin + 6 : begin + 7] == b"\0"
        begin += 4 + size
    return False


def status(pdu: bytes) -> int | None:
    """The status of the response that a P-DATA carries; None where it carries none (the rest of a data set)."""
    begin = 6
    while begin + 6 <= len(pdu):
        size = int.from_bytes(pdu[begin : begin + 4], "big")
        if size < 2:
            return None
        if pdu[begin + 5] & 1:
            found = _element(pdu[begin + 6 : begin + 4 + size], 0x0900)
            if found is not None:
                return found
        begin += 4 + size
    return None


def _element(command: bytes, wanted: int) -> int | None:
    begin = 0
    while begin + 8 <= len(command):
        group, number = (
            int.from_bytes(command[begin : begin + 2], "little"),
            int.from_bytes(command[begin + 2 : begin + 4], "little"),
        )
        size = int.from_bytes(command[begin + 4 : begin + 8], "little")
        if group == 0 and number == wanted and size == 2:
            return int.from_bytes(command[begin + 8 : begin + 10], "little")
        begin += 8 + size
    return None
