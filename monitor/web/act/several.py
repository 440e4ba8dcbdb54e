"""Taking several findings at once: a page that lists those that are chosen, then one action for each of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from monitor.findings.finding import parse_finding_id
from monitor.findings.handling import TriageStatus
from monitor.store.ledger import Ledger
from monitor.web.act.findings import Asked, act
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.identity.permits import Permit
from monitor.web.read.findings import OPEN_STATES, with_handling

MOST = 50


async def show(call: Call) -> web.Response:
    """`GET /acknowledge?finding=...`: what was chosen, and whether it can be taken."""
    found = await _chosen(call, call.request.query.getall("finding", []))
    ready = [one for one in found if one["state"] in OPEN_STATES and one["handling"] == TriageStatus.NEW]
    values = {
        "findings": ready,
        "left_out": [one["id"] for one in found if one not in ready],
        "key": secrets.token_urlsafe(16),
    }
    return await call.page("several.html.j2", values)


async def take(call: Call) -> web.Response:
    """`POST /acknowledge`: each of them, once, as it was shown. One that has changed meanwhile stays as it is."""
    form = await call.request.post()
    said = [value for value in form.getall("finding", []) if isinstance(value, str)]
    seen = dict(value.partition(" ")[::2] for value in said)
    key = str(form.get("key", ""))
    # All of them must be the caller's to see before anything is done.
    found = await _chosen(call, seen)
    done, changed = [], []
    for one in found:
        try:
            await act(call, one["id"], Asked("acknowledge"), f"{key}-{one['id']}" if key else "", seen[one["id"]])
        except Problem as problem:
            if problem.status not in (409, 412):
                raise
            changed.append(one["id"])
        else:
            done.append(one["id"])
    return await call.page("several-done.html.j2", {"done": done, "changed": changed})


async def _chosen(call: Call, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The findings that are chosen, each with the version that an action rests on. Raises Problem."""
    if not call.may(Permit.ACKNOWLEDGE):
        raise Problem(403, "problem.forbidden")
    named = list(ids)
    if len(named) > MOST:
        raise Problem(422, "problem.many", more={"parameter": "finding"}, back="/findings")
    wanted = list(dict.fromkeys(parse_finding_id(one) or "" for one in named))
    call.objects = tuple(wanted)

    def read(ledger: Ledger) -> list[dict[str, Any]]:
        found = [ledger.finding(one) for one in wanted]
        known = [one for one in found if one is not None]
        return with_handling(ledger, known, call.now) if len(known) == len(found) else []

    listed = await call.read(read)
    if len(listed) < len(wanted):
        raise not_found()
    return listed
