"""The overview: is anything open, can we see, can we tell; what is open, worst first; what was not judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from monitor.api.asset import asset_json
from monitor.web.call import Call
from monitor.web.read.findings import Filters, findings

MOST = 20
"""Findings and assets that are shown here; the rest stands in their own lists."""


async def show(call: Call) -> web.Response:
    """`GET /`."""
    filters = Filters(state=("open",), handling=("new", "acknowledged", "contained"))
    listed, following = await call.read(lambda ledger: findings(ledger, call.seen, filters, None, MOST, call.now))
    head = await call.services.heads(call.seen)
    unjudged = [one for one in head.states if not one.judged]
    values = {
        "findings": listed["items"],
        "more": following is not None,
        "unjudged": [asset_json(one, call.seen.inventory) for one in unjudged[:MOST]],
        "deadlines": _together(head.deadlines)[:MOST],
        "more_unjudged": max(0, len(unjudged) - MOST),
    }
    return await call.page("overview.html.j2", values)


def _together(deadlines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Deadlines, with one row for a duty about a finding that several parties have, until the same time."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in deadlines:
        found.setdefault(tuple(str(one[name]) for name in ("finding", "duty", "to", "deadline", "law")), []).append(one)
    return [{**alike[0], "parties": ", ".join(one["party"] for one in alike)} for alike in found.values()]
