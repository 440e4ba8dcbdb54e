"""What an iSCSI server answers: how a login went, and which targets it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOGIN, TEXT = 0x23, 0x24
_NAME = re.compile(rb"TargetName=([A-Za-z0-9.:_-]{1,223})\Z")


class NotIscsi(ValueError):
    """Bytes that are no answer of iSCSI."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `status` is class and detail of a login, `passed` whether its first stage is over."""

    opcode: int
    status: int = 0
    passed: bool = False
    serial: int = 0
    targets: tuple[str, ...] = ()
    """Names; the addresses beside them are not read."""


def answer(pdu: bytes) -> Answer:
    """Read one answer. Raises NotIscsi."""
    if len(pdu) < 48:
        raise NotIscsi
    size = int.from_bytes(pdu[5:8], "big")
    if pdu[4] or len(pdu) != 48 + size + -size % 4:
        raise NotIscsi
    told = pdu[48 : 48 + size].split(b"\0")
    serial = int.from_bytes(pdu[24:28], "big")
    if pdu[0] == LOGIN:
        wanted = any(pair.startswith(b"AuthMethod=") and pair != b"AuthMethod=None" for pair in told)
        passed = pdu[1] & 0x80 != 0 and not wanted
        return Answer(LOGIN, int.from_bytes(pdu[36:38], "big"), passed, serial)
    if pdu[0] == TEXT:
        names = [found[1].decode("ascii") for found in map(_NAME.match, told) if found is not None]
        return Answer(TEXT, serial=serial, targets=tuple(dict.fromkeys(names)))
    raise NotIscsi
