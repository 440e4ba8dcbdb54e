"""Parties and contracts: a row each, with what is covered beside what was found."""

from __future__ import annotations

from aiohttp import web

from monitor.web.call import Call
from monitor.web.read import parties


async def show(call: Call) -> web.Response:
    """`GET /parties`."""
    counted = (await call.services.heads(call.seen)).tallies
    rows = await call.read(lambda ledger: parties.parties(ledger, call.seen, counted, call.now))
    return await call.page("parties.html.j2", {"parties": rows})


async def contracts(call: Call) -> web.Response:
    """`GET /contracts`."""
    counted = (await call.services.heads(call.seen)).tallies
    return await call.page("contracts.html.j2", {"contracts": parties.contracts(call.seen, counted, call.now.date())})
