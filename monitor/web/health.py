"""Whether this server lives, and whether it can read the ledger; nothing is said of what is open."""

from __future__ import annotations

from aiohttp import web

from monitor.store.access.pool import TooBusy
from monitor.store.access.views import ReadScope
from monitor.store.ledger import LedgerUnusable
from monitor.web.call import Services

_NOTHING = ReadScope("nothing", frozenset(), frozenset(), frozenset())


async def lives(_: web.Request, __: Services) -> web.Response:
    """The process answers."""
    return web.json_response({"lives": True})


async def ready(_: web.Request, services: Services) -> web.Response:
    """The ledger can be read, by a scope that holds nothing."""
    try:
        await services.pool(_NOTHING, lambda ledger: ledger.rows("SELECT count(*) AS n FROM findings"))
    except (LedgerUnusable, TooBusy):
        return web.json_response({"ready": False}, status=503)
    return web.json_response({"ready": True})
