"""Lists as files for a spreadsheet, under the same filters and the same scope as their pages."""

from __future__ import annotations

from aiohttp import web

from monitor.api.csv_text import csv_text
from monitor.store import summaries
from monitor.web.call import Call
from monitor.web.paging import filters_of
from monitor.web.read import coverage
from monitor.web.read.findings import wanted, with_handling

MOST_ROWS = 10_000
FINDINGS = ("id", "asset", "place", "kind", "state", "severity", "handling", "handled_by", "first_seen", "last_seen",
            "cleared", "proven_seconds", "files", "surveyed_files", "bytes", "live", "why",
            "severity_reasons")  # fmt: skip
ASSETS = ("asset", "label", "status", "judged", "since", "last_look", "why", "unknown_places", "findings", "owner",
          "contract", "contract_until", "data")  # fmt: skip


async def findings(call: Call) -> web.Response:
    """`GET /findings.csv`."""
    asked = wanted(filters_of(call.request), call.seen)
    rows = await call.read(
        lambda ledger: with_handling(ledger, summaries.findings_page(ledger, asked, None, MOST_ROWS), call.now)
    )
    return _file("findings.csv", csv_text(rows, FINDINGS))


async def assets(call: Call) -> web.Response:
    """`GET /coverage.csv`."""
    states = (await call.services.heads(call.seen)).states
    return _file("coverage.csv", csv_text(coverage.assets(states, call.seen), ASSETS))


def _file(name: str, text: str) -> web.Response:
    return web.Response(
        text=text, content_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
