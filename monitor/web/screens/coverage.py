"""Coverage: what was not looked at first, then every declared asset with its gaps and its days; and one asset whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from monitor.coverage.asset_state import AssetStatus
from monitor.store.ledger import Ledger
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.read import coverage
from probes.reasons import ClosedReason

PAGE = 25
MOST_PLACES = 300
_ORDER = {"unknown": 0, "exposed": 1}


async def show(call: Call) -> web.Response:
    """`GET /coverage`, a page of assets at a time, the worst first."""
    query = call.request.query
    status, number = query.get("status", ""), query.get("page", "1")
    known = [one.value for one in AssetStatus]
    if status and status not in known:
        raise Problem(422, "problem.filter", more={"parameter": "status", "known": known})
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 6 and int(number)):
        raise Problem(422, "problem.cursor", more={"parameter": "page"})
    head = await call.services.heads(call.seen)
    every = coverage.of_status(head.states, [status] if status else ())
    first = (int(number) - 1) * PAGE
    rows = coverage.assets(every[first : first + PAGE], call.seen)

    def read(ledger: Ledger) -> list[dict[str, Any]]:
        chosen = [one["asset"] for one in rows]
        heat = coverage.days(ledger, chosen, call.now.date())
        places = coverage.places(ledger, chosen, call.now, gaps=False)
        slots = coverage.slots(ledger, chosen, call.now)
        return [
            one | _sums(one["asset"], places, slots.get(one["asset"])) | {"days": heat[one["asset"]]} for one in rows
        ]

    def link(page: int) -> str:
        return "/coverage?" + urlencode([*([("status", status)] if status else []), ("page", page)])

    values = {
        "assets": await call.read(read),
        "reasons": head.reasons,
        "known": known,
        "status": status,
        "count": len(every),
        "before": link(int(number) - 1) if int(number) > 1 else "",
        "next": link(int(number) + 1) if first + PAGE < len(every) else "",
    }
    return await call.page("coverage.html.j2", values)


async def one_asset(call: Call) -> web.Response:
    """`GET /coverage/{asset}`."""
    states = (await call.services.heads(call.seen)).states
    asset = call.request.match_info["asset"]
    found = await call.read(lambda ledger: coverage.of_one(ledger, call.seen, states, asset, call.now))
    if found is None:
        raise not_found()
    # What is not known first, then what is open: the rest is long.
    places = sorted(found["places"], key=lambda one: _ORDER.get(one["verdict"], 2))
    values = {
        "a": found,
        "share": _percent(found["coverage"]),
        "places": places[:MOST_PLACES],
        "left_out": max(0, len(places) - MOST_PLACES),
    }
    return await call.page("asset.html.j2", values)


def _sums(asset: str, places: list[dict[str, Any]], slots: dict[str, Any] | None) -> dict[str, Any]:
    """What an asset comes to: its coverage, the place that was not judged for longest, and the worst gap."""
    # A port that speaks the other of clear text and TLS is no place: its twin is.
    mine = [one for one in places if one["asset"] == asset and one["why"] != ClosedReason.NOT_SPOKEN.value]
    return {
        "share": _percent(slots),
        "oldest_conclusive": min((one["last_conclusive"] for one in mine if one["last_conclusive"]), default=None),
        "never_conclusive": sum(one["last_conclusive"] is None for one in mine),
        "gap": slots["worst_gap"] if slots else None,
    }


def _percent(slots: dict[str, Any] | None) -> str:
    # Rounded down: what was not all is never shown as all.
    return "–" if not slots or not slots["due"] else f"{1000 * slots['conclusive'] // slots['due'] / 10:g} %"
