"""Actions about a message: approve, cancel, misdelivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from monitor.acting import messages as acting
from monitor.findings.handling import Refused
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.web.act.findings import tidy
from monitor.web.act.once import Stale, once
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.identity.permits import Permit
from monitor.web.read.messages import one_message

ACTS = {"approve": Permit.APPROVE, "cancel": Permit.CANCEL, "misdelivered": Permit.MISDELIVERED}
"""What may be done about a message here, and what it takes."""


async def act(call: Call, number: str, what: str, reason: str, key: str) -> dict[str, Any]:
    """Do it. Raises Problem."""
    if what not in ACTS:
        raise Problem(422, "problem.act", more={"known": list(ACTS)})
    if what != "approve" and not reason:
        raise Problem(422, "problem.reason", more={"parameter": "reason"})
    shown = await call.read(lambda ledger: one_message(ledger, number))
    if shown is None:
        raise not_found()
    # Whoever is told of its own failing must not keep others from being told: that is for those who run the looking.
    own = call.caller.grant.party in call.services.inventory().own_parties()
    if not own and (what != "misdelivered" or shown["party"] != call.caller.grant.party):
        raise Problem(403, "problem.forbidden")
    now, by = call.now, call.caller.name

    def do(ledger: Ledger) -> Mapping[str, Any] | Refused | Stale | None:
        due = events.message(ledger, shown["id"])
        if due is None:
            return None
        match what:
            case "approve":
                approved = acting.approve(ledger, (due,), now, by)
                if isinstance(approved, Refused):
                    return approved
                if not approved:
                    return Refused("it does not wait for an approval")
            case "cancel":
                stopped = acting.cancel(ledger, (due,), now, by, reason)
                if not stopped.stopped:
                    return Refused("it is being sent just now" if stopped.late else "it does not wait any more")
            case _:
                refused = acting.misdelivered(ledger, due, now, by, reason)
                if refused is not None:
                    return refused
        return {"message": shown["id"], "act": what, "by": by}

    return await once(call, ACTS[what], key, {"message": shown["id"], "act": what, "reason": reason}, do)


async def from_page(call: Call) -> web.Response:
    """`POST /messages/{message}/act`: the form of its page."""
    form = await call.request.post()
    said = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        await act(call, call.object, said.get("act", ""), tidy(said.get("reason", "")), said.get("key", ""))
    except Problem as problem:
        # A message that is not there leads to the list.
        problem.back = f"/messages/{call.object}" if problem.status != 404 else "/messages"
        raise
    return web.Response(status=303, headers={"Location": f"/messages/{call.object}"})
