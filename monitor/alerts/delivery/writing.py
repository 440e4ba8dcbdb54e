"""Writes a message as it leaves, with signed links, and as it is kept beside its delivery, without them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.alerts.delivery.signed_links import SignedLinks, UnsignedLinks
from monitor.alerts.messages.fields import fields_of
from monitor.alerts.messages.reader import Text
from monitor.alerts.messages.render import text_of
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, digests
from monitor.store.messages.facts import Written, load_facts
from monitor.store.messages.queued import GROUP, UNWRITTEN, NewMessage, QueuedMessage
from probes.recognise.people.masking import Masked


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves, and the text that is kept of it: nobody can use a link of that."""

    text: Text
    kept: Masked
    fields: str = ""
    """The same as JSON, for programs."""


def letter_of(ledger: Ledger, inventory: Inventory, due: QueuedMessage) -> Letter:
    """The text of a queued message, written now."""
    owed, facts = due.owed, load_facts(due.owed.facts)
    members = [one.owed for one in digests.members(ledger, due.id)] if owed.key.startswith(GROUP) else []
    unsigned = UnsignedLinks(inventory)
    signed = SignedLinks(inventory, ledger.seal.signature, lambda number: _question(ledger, number))
    kept = text_of(owed, inventory, unsigned, members)
    if isinstance(facts, Written):
        text = _signed_as_written(kept, (owed, *members), unsigned, signed)
    else:
        text = text_of(owed, inventory, signed, members)
    fields = json.dumps(fields_of(owed, inventory, text, members), ensure_ascii=False)
    return Letter(text, Masked(f"{kept.title}\n{kept.body}"), fields)


def preview(inventory: Inventory, message: NewMessage, members: Sequence[NewMessage] = ()) -> Text:
    """The text that a message has now, with links that nobody can use."""
    return text_of(message, inventory, UnsignedLinks(inventory), members)


def _question(ledger: Ledger, number: int) -> str:
    asked = confirmations.question(ledger, number)
    return asked.text if asked is not None else ""


def _signed_as_written(text: Text, about: Sequence[NewMessage], unsigned: UnsignedLinks, signed: SignedLinks) -> Text:
    """A text of an earlier version, in which a mark stands for each signature."""
    body = str(text.body)
    for one in about:
        place = (one.finding or one.key.split("/")[1], one.sequence, one.channel)
        if link := unsigned.acknowledge(*place):
            body = body.replace(link, signed.acknowledge(*place))
    kind, _, number = about[0].key.partition("/")
    if kind == "confirm":
        asked = int(number.split("/")[0])
        if link := unsigned.confirm(asked, about[0].channel):
            body = body.replace(link, signed.confirm(asked, about[0].channel))
        body = body.replace(UNWRITTEN, signed.code(asked))
    # What is put in is letters alone, and ours.
    return replace(text, body=Masked(body))
