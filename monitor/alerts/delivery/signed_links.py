"""Links by which a finding is acknowledged: signed, of one finding, one of its changes, and one channel.

They are signed as they are sent (`monitor.alerts.delivery.sign_at_sending`): a stored message holds no usable link.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from monitor.alerts.messages.change import Link, no_link
from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.queued import UNSIGNED

Sign = Callable[[str], str]
"""Signs a text with a key that is not in the ledger."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a link stands for."""

    finding: str
    sequence: int
    channel: str

    @property
    def text(self) -> str:
        """What is signed."""
        return f"acknowledge|{self.finding}|{self.sequence}|{self.channel}"


def linking(inventory: Inventory) -> Link:
    """Makes the links for messages of this inventory, not signed yet; empty ones when it declares no page."""
    page = inventory.acknowledge
    if page is None:
        return no_link

    def link(finding: str, sequence: int, channel: str) -> str:
        return f"{page.url.rstrip('/')}/{finding}/{sequence}/{channel}/{UNSIGNED}"

    return link


def read(path: str, sign: Sign) -> Token | None:
    """The token of a link's path (what follows the page's own address); None unless its signature fits."""
    parts = path.strip("/").split("/")
    if len(parts) != 4 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 9:
        return None
    token = Token(parts[0], int(parts[1]), parts[2])
    return token if hmac.compare_digest(sign(token.text).encode(), parts[3].encode("utf-8", "replace")) else None


CODE = 10
"""Letters of the code by which a channel is confirmed where there is no page: forty bits, typed by a person."""


def confirming(sign: Sign, question: str) -> str:
    """The answer to a question whether a channel leads to its party: its first letters are the code."""
    return sign(question)


def confirm_link(inventory: Inventory, number: int, channel: str) -> str:
    """The link that confirms a channel, not signed yet; empty when the inventory declares no page."""
    page = inventory.acknowledge
    return f"{page.url.rstrip('/')}/confirm/{number}/{channel}/{UNSIGNED}" if page is not None else ""
