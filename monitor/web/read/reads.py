"""The log of who read, tried and did what: a party's own, or for those who run the installation all of it."""

from __future__ import annotations

from typing import Any

from monitor.api.times import iso
from monitor.web.call import Call


async def log(call: Call, before: int, most: int, object_: str = "") -> tuple[list[dict[str, Any]], int | None]:
    """A page of the log before a number, newest first; and the number to go on from, None at the end."""
    party = None if call.seen.scope.installation else call.caller.grant.party
    rows = await call.services.access(lambda file: file.reads(party, before, most + 1, object_))
    items = [
        {
            "id": number,
            "at": iso(one.at),
            "who": one.who,
            "role": one.role,
            "party": one.party,
            "event": one.event,
            "route": one.route,
            "object": one.object or None,
            "status": one.status,
        }
        for number, one in rows[:most]
    ]
    return items, rows[most - 1][0] if len(rows) > most else None
