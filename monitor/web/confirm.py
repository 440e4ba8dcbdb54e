"""What the link of a confirmation does: GET shows whom it is for and asks for a name, POST confirms, once."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.delivery.signed_links import confirming
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations
from probes.recognise.people.masking import mask_text

log = logging.getLogger("leftopen.web")


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says; `confirmed` when something that was held may go out now."""

    status: int
    title: str
    text: str
    asks: bool = False
    confirmed: bool = False


def judge(ledger: Ledger, path: str, name: str | None, now: datetime) -> Said | None:
    """What becomes of a link's last four parts: None when it is no link of a confirmation at all."""
    parts = path.split("/")
    if len(parts) != 4 or parts[0] != "confirm":
        return None
    number = int(parts[1]) if parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 9 else 0
    asked = confirmations.question(ledger, number)
    signed = confirming(ledger.seal.signature, asked.text) if asked is not None else ""
    fits = hmac.compare_digest(signed.encode(), parts[3].encode("utf-8", "replace"))
    if asked is None or asked.channel != parts[2] or not fits:
        return Said(404, "No such link", "The link is not one of ours, or not whole.")
    what = f"Channel {asked.channel}, to tell {mask_text(asked.parties)} when something lies open."
    if name is None:
        return Said(200, "Is this the right place?", what, asks=True)
    said = str(mask_text(name))
    if not said:
        return Said(200, "Not confirmed", f"{what} Say who you are.", asks=True)
    with ledger.step():
        why = confirmations.confirm(ledger, asked, said, now)
    if why:
        return Said(200, "Not confirmed", f"{what} Why: {why}.")
    log.info("channel %s was confirmed by its link", asked.channel)
    days = confirmations.LASTS.days
    return Said(200, "Confirmed", f"{what} Thank you, {said}. You will be asked again in {days} days.", confirmed=True)
