"""How a delivery ended, as its own process tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from monitor.store.messages.queued import Outcome

_LOGIN: Final = re.compile(rb"""(?i)<input\b[^<>]{0,400}?\btype\s{0,9}=\s{0,9}["']?password\b""")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a delivery ended, in our own words."""

    outcome: Outcome
    reason: str
    taken: tuple[str, ...] = ()
    """Keyed digests of the addresses that took it, where there are several (mail)."""
    permanent: bool = False
    """Whether the far end said that trying again is no use."""
    wait: float = 0.0
    """Seconds for which the far end asked to be left alone (Retry-After); 0: it did not ask."""


def asks_for_password(body: bytes) -> bool:
    """Whether an answer is a page that asks for a password: a login, or a portal of a network, in the place of the
    receiver, which took no message."""
    return _LOGIN.search(body) is not None
