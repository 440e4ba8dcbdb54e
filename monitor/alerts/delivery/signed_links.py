"""Links by which a finding is acknowledged and a channel confirmed: signed, of one thing and one channel.

They are signed as they are sent, with a key that stands beside the ledger: what is kept of a message holds no link that
could be used.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.queued import UNSIGNED, UNWRITTEN

Sign = Callable[[str], str]
"""Signs a text with a key that is not in the ledger."""
CODE = 10
"""Letters of the code by which a channel is confirmed where there is no page: forty bits, typed by a person."""


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


@dataclass(frozen=True, slots=True)
class UnsignedLinks:
    """Links whose signature is left out: for the text of a message as it is kept."""

    inventory: Inventory

    def acknowledge(self, finding: str, sequence: int, channel: str) -> str:
        """The link by which a finding is taken; empty when the inventory declares no page."""
        return self._link(f"{finding}/{sequence}/{channel}", UNSIGNED)

    def confirm(self, number: int, channel: str) -> str:
        """The link that confirms a channel; empty when the inventory declares no page."""
        return self._link(f"confirm/{number}/{channel}", UNSIGNED)

    def code(self, number: int) -> str:
        """What stands for the code by which a channel is confirmed."""
        return UNWRITTEN

    def _link(self, path: str, signature: str) -> str:
        page = self.inventory.acknowledge
        return f"{page.url.rstrip('/')}/{path}/{signature}" if page is not None else ""


@dataclass(frozen=True, slots=True)
class SignedLinks(UnsignedLinks):
    """The links as they are sent."""

    sign: Sign
    question: Callable[[int], str]
    """What is signed to answer the question with this number; empty when nothing was asked."""

    def acknowledge(self, finding: str, sequence: int, channel: str) -> str:
        """The link by which a finding is taken; empty when the inventory declares no page."""
        return self._link(f"{finding}/{sequence}/{channel}", self.sign(Token(finding, sequence, channel).text))

    def confirm(self, number: int, channel: str) -> str:
        """The link that confirms a channel; empty when the inventory declares no page."""
        return self._link(f"confirm/{number}/{channel}", self._answer(number))

    def code(self, number: int) -> str:
        """The code by which a channel is confirmed."""
        return self._answer(number)[:CODE]

    def _answer(self, number: int) -> str:
        asked = self.question(number)
        return confirming(self.sign, asked) if asked else ""


def read(path: str, sign: Sign) -> Token | None:
    """The token of a link's path (what follows the page's own address); None unless its signature fits."""
    parts = path.strip("/").split("/")
    if len(parts) != 4 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 9:
        return None
    token = Token(parts[0], int(parts[1]), parts[2])
    return token if hmac.compare_digest(sign(token.text).encode(), parts[3].encode("utf-8", "replace")) else None


def confirming(sign: Sign, question: str) -> str:
    """The answer to a question whether a channel leads to its party: its first letters are the code."""
    return sign(question)
