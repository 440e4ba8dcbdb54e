"""The pages of a drill and of a channel's confirmation, and what is said where there is no page."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime

from monitor.alerts.delivery.signed_links import Token, UnsignedLinks, confirming
from monitor.alerts.messages.formatting import joined
from monitor.alerts.messages.reader import Reader
from monitor.alerts.routing.recipients import Language
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, drills
from monitor.web.phone.choices import party_of
from monitor.web.phone.finding_page import contact
from monitor.web.phone.page import Page, say

log = logging.getLogger("leftopen.web")


def drill_page(ledger: Ledger, inventory: Inventory, token: Token, by: str | None, now: datetime) -> Page | None:
    """The page of a drill: whoever presses shows that it has reached a person. None: there was no such drill."""
    if not drills.known(ledger, token.finding, token.channel):
        return None
    reader = _reader(inventory, token.channel)
    lang, notice = reader.language, ""
    if by == "":
        notice = say(lang, "refused", why=say(lang, "refused.name"))
    elif by is not None:
        with ledger.step():
            first = drills.answer(ledger, token.finding, token.channel, now, by)
        key = "done.drill" if first else "done.drill.again"
        notice = say(lang, key, by=by, organisation=reader.organisation)
    return Page(
        language=lang,
        state=say(lang, "status.drill"),
        title=say(lang, "title.drill"),
        lines=[say(lang, "text.drill")],
        tone="closed",
        notice=notice,
        buttons=[] if by else [("read", say(lang, "form.drill"))],
        contact=contact(reader),
    )


def question_page(
    ledger: Ledger, inventory: Inventory, path: str, by: str | None, now: datetime
) -> tuple[Page | None, bool]:
    """The page of a question whether a channel leads to its party, and whether it was confirmed by this.

    No page: the link is none of ours.
    """
    parts = path.split("/")
    number = int(parts[1]) if parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 9 else 0
    asked = confirmations.question(ledger, number)
    signed = confirming(ledger.seal.signature, asked.text) if asked is not None else ""
    fits = hmac.compare_digest(signed.encode(), parts[3].encode("utf-8", "replace"))
    if asked is None or asked.channel != parts[2] or not fits:
        return None, False
    reader = _reader(inventory, asked.channel)
    lang, notice, confirmed = reader.language, "", False
    names = joined([reader.named(party) for party in asked.parties.split(",")]) if asked.parties else reader.name
    if by == "":
        notice = say(lang, "refused", why=say(lang, "refused.name"))
    elif by is not None:
        with ledger.step():
            confirmed = not confirmations.confirm(ledger, asked, by, now)
        if confirmed:
            log.info("channel %s was confirmed by its link", asked.channel)
            notice = say(lang, "done.question", by=by, party=names, days=confirmations.LASTS.days)
        else:
            why = say(lang, "refused.question", contact=inventory.organisation.contact)
            notice = say(lang, "refused", why=why)
    page = Page(
        language=lang,
        state=say(lang, "status.question"),
        title=say(lang, "title.question", party=names),
        lines=[say(lang, "text.question", organisation=reader.organisation, party=names)],
        tone="closed" if confirmed else "problem",
        notice=notice,
        buttons=[] if by else [("confirm", say(lang, "form.question", party=names))],
        contact=contact(reader),
    )
    return page, confirmed


def problem_page(inventory: Inventory, language: Language, code: int, what: str) -> Page:
    """What is said where there is nothing to show: `no-link`, `limit` or `broken`."""
    title = "title.broken" if what == "broken" else "title.no-link"
    reader = Reader(inventory, "", "", UnsignedLinks(inventory))
    where = say(language, "contact", contact=inventory.organisation.contact, organisation=reader.organisation)
    return Page(
        language=language,
        state=say(language, "status.problem"),
        title=say(language, title),
        lines=[say(language, f"text.{what}")],
        code=code,
        contact=where,
    )


def _reader(inventory: Inventory, channel: str) -> Reader:
    return Reader(inventory, channel, party_of(inventory, channel), UnsignedLinks(inventory))
