"""The list of findings. Its filters stand in the URL: a link to the page is a link to what it shows."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from monitor.web.call import Call
from monitor.web.paging import after_of, filters_of, next_of
from monitor.web.read.findings import KNOWN, findings

PAGE = 50


async def show(call: Call) -> web.Response:
    """`GET /findings`. Without a filter it shows what is open."""
    query = call.request.query
    filters = filters_of(call.request, {"state": "open"} if not query.getall("state", []) else {})
    after = after_of(query.get("after", ""), call)
    listed, following = await call.read(lambda ledger: findings(ledger, call.seen, filters, after, PAGE, call.now))
    kept = [(key, value) for key, value in query.items() if key not in ("after", "refresh", "lang")]
    values = {
        "findings": listed["items"],
        "count": listed["count"],
        "filters": filters,
        "known": KNOWN,
        "parties": call.seen.inventory.parties,
        "contracts": call.seen.contracts,
        "next": "/findings?" + urlencode([*kept, ("after", next_of(following, call))]) if following else "",
        "first": "/findings?" + urlencode(kept) if after else "",
    }
    return await call.page("findings.html.j2", values)
