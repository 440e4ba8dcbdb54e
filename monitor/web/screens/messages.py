"""Messages: what is owed or was sent, and one of them with every try, and what may be done about it."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from monitor.store.messages.queued import DueState
from monitor.web.act.messages import ACTS
from monitor.web.act.once import LONGEST_TEXT
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.read import messages

PAGE = 50
_FIRST = 2**53


async def show(call: Call) -> web.Response:
    """`GET /messages`, newest first."""
    query = call.request.query
    state, before = query.get("state", ""), query.get("before", "")
    if state and state not in messages.STATES:
        raise Problem(422, "problem.filter", more={"parameter": "state", "known": list(messages.STATES)})
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise Problem(422, "problem.cursor", more={"parameter": "before"})
    filters = {"finding": query.get("finding", "").strip().upper()[:60], "party": query.get("party", "")[:100]}
    rows, following = await call.read(
        lambda ledger: messages.messages(
            ledger, int(before or _FIRST), PAGE, **filters, states=[state] if state else ()
        )
    )
    kept = [(key, value) for key, value in {**filters, "state": state}.items() if value]
    values = {
        **filters,
        "messages": rows,
        "state": state,
        "known": messages.STATES,
        "parties": call.seen.inventory.parties,
        "next": "/messages?" + urlencode([*kept, ("before", following)]) if following else "",
    }
    return await call.page("messages.html.j2", values)


async def one_message(call: Call) -> web.Response:
    """`GET /messages/{message}`."""
    found = await call.read(lambda ledger: messages.one_message(ledger, call.object))
    if found is None:
        raise not_found()
    tries = [{**one, "at": one["ended"]} for one in found["tries_made"]]
    values = {
        "m": found,
        "trace": sorted([*tries, *({**one, "outcome": ""} for one in found["events"])], key=lambda one: str(one["at"])),
        "text": next((one["text"] for one in reversed(tries) if one["text"]), ""),
        "acts": choices(call, found),
        "proven": call.caller.proven(call.now),
        "key": secrets.token_urlsafe(16),
        "longest": LONGEST_TEXT,
    }
    return await call.page("message.html.j2", values)


def choices(call: Call, found: dict[str, Any]) -> list[str]:
    """What this person may do about the message as it stands now."""
    own = call.caller.grant.party in call.services.inventory().own_parties()
    fits = []
    if own and found["state"] == DueState.HELD:
        fits.append("approve")
    if own and found["state"] in (DueState.OWED, DueState.HELD):
        fits.append("cancel")
    if found["accepted"] and (own or found["party"] == call.caller.grant.party):
        fits.append("misdelivered")
    return [act for act in fits if call.may(ACTS[act])]
