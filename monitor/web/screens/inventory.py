"""The inventory, to read: what is wrong with it first, then what ends, then what is declared."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from monitor.store.ledger import Ledger
from monitor.web.call import Call
from monitor.web.errors import Problem
from monitor.web.read import declared

PAGE = 100
MOST_PROBLEMS = 100


async def show(call: Call) -> web.Response:
    """`GET /inventory`, a page of assets at a time."""
    number = call.request.query.get("page", "1")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 6 and int(number)):
        raise Problem(422, "problem.cursor", more={"parameter": "page"})
    first, today = (int(number) - 1) * PAGE, call.now.date()
    every, problems = declared.assets(call.seen), declared.problems(call.seen, today)

    def read(ledger: Ledger) -> dict[str, Any]:
        return {
            "broken": declared.broken(ledger, call.seen),
            "endings": declared.ends(ledger, call.seen, today),
        }

    values = await call.read(read) | {
        "problems": problems[:MOST_PROBLEMS],
        "more_problems": max(0, len(problems) - MOST_PROBLEMS),
        "digest": call.services.inventory().digest,
        "assets": every[first : first + PAGE],
        "count": len(every),
        "before": f"/inventory?page={int(number) - 1}" if int(number) > 1 else "",
        "next": f"/inventory?page={int(number) + 1}" if first + PAGE < len(every) else "",
    }
    return await call.page("inventory.html.j2", values)
