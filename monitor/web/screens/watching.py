"""Do we see truly, and who looks at what we know: rounds with their controls, drills, and the log of reads."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from monitor.web.call import Call
from monitor.web.errors import Problem
from monitor.web.read import reads, rounds

PAGE = 100
MOST_DRILLS = 50
_FIRST = 2**53


async def show_rounds(call: Call) -> web.Response:
    """`GET /rounds`."""
    values = {
        "rounds": await call.read(lambda ledger: rounds.rounds(ledger, call.seen, language=call.language)),
        "vantages": await call.read(lambda ledger: rounds.vantages(ledger, call.seen, call.now, call.language)),
        "drills": await call.read(lambda ledger: rounds.drills(ledger, MOST_DRILLS)),
    }
    return await call.page("rounds.html.j2", values)


async def show_log(call: Call) -> web.Response:
    """`GET /log`, newest first."""
    before, object_ = call.request.query.get("before", ""), call.request.query.get("object", "").strip()[:60]
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise Problem(422, "problem.cursor", more={"parameter": "before"})
    lines, following = await reads.log(call, int(before or _FIRST), PAGE, object_)
    kept = [("object", object_)] if object_ else []
    values = {
        "lines": lines,
        "object": object_,
        "next": "/log?" + urlencode([*kept, ("before", following)]) if following else "",
    }
    return await call.page("log.html.j2", values)


async def version(call: Call) -> web.Response:
    """`GET /version.json`: the version of the three answers, and nothing of what they say."""
    return web.json_response({"version": (await call.services.heads(call.seen)).version})


async def wall(call: Call) -> web.Response:
    """`GET /wall`: the three answers, as large as the screen. It is made anew with each reload: `?refresh=60`."""
    return await call.page("wall.html.j2", {})
