"""What is put into a message only as it is sent: signatures of its links, and the code of a question.

The ledger holds neither. They are made of the key beside it, so a copy of the ledger alone acknowledges nothing.
"""

from __future__ import annotations

import re

from monitor.alerts.delivery.signed_links import CODE, Token, confirming
from monitor.alerts.queue.send_conditions import CONFIRM
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations
from monitor.store.messages.queued import UNSIGNED, UNWRITTEN, NewMessage
from probes.recognise.people.masking import Masked

_LINK = re.compile(rf"(?<=/)([^/\s]+)/(\d{{1,9}})/([^/\s]+)/{UNSIGNED}")


def completed(ledger: Ledger, owed: NewMessage) -> Masked:
    """The text as it leaves. Only what is signed for the message's own channel is signed."""

    def signed(match: re.Match[str]) -> str:
        what, number, channel = match[1], int(match[2]), match[3]
        if channel != owed.channel:
            return match[0]
        signature = _answer(ledger, owed) if owed.step == CONFIRM else _of(ledger, Token(what, number, channel))
        return match[0].removesuffix(UNSIGNED) + signature

    text = _LINK.sub(signed, owed.body)
    if owed.step == CONFIRM:
        text = text.replace(UNWRITTEN, _answer(ledger, owed)[:CODE])
    # What is put in is letters alone, and ours.
    return Masked(text)


def _of(ledger: Ledger, token: Token) -> str:
    return ledger.seal.signature(token.text)


def _answer(ledger: Ledger, owed: NewMessage) -> str:
    """The answer to the question that this message asks, by its own key and by nothing in its text."""
    asked = confirmations.question(ledger, int(owed.key.split("/")[1]))
    return confirming(ledger.seal.signature, asked.text) if asked is not None else ""
