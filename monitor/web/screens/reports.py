"""Reports on file: a list, and each to be had again as it was made."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from monitor.alerts.messages.catalogue import sentences
from monitor.reports.as_html import as_html
from monitor.reports.as_pdf import NoPdf, as_pdf
from monitor.reports.document import Document
from monitor.store.tables import reports
from monitor.store.tables.reports import FiledReport
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found

PAGE = 50
_FIRST = 2**53
_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""A layout of a long report takes hundreds of megabytes."""


async def show(call: Call) -> web.Response:
    """`GET /reports`, newest first."""
    before = call.request.query.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise Problem(422, "problem.cursor", more={"parameter": "before"})
    found = await call.read(lambda ledger: reports.filed(ledger, int(before or _FIRST), PAGE + 1))
    following = f"/reports?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return await call.page("reports.html.j2", {"reports": found[:PAGE], "next": following})


async def as_file(call: Call) -> web.Response:
    """`GET /reports/{report}/{form}`: the report as it was made, as a file to keep."""
    form = call.request.match_info["form"]
    number = call.object if call.object.isascii() and call.object.isdigit() and len(call.object) < 16 else "0"
    found = await call.read(lambda ledger: reports.one(ledger, int(number)))
    if found is None or form not in ("html", "json", "pdf"):
        raise not_found()
    filed, content = found
    document = Document.of(content)
    closing = sentences("sv" if filed.language == "sv" else "en", "monitor.reports")["limit.digest"]
    closing = closing.format(digest=document.digest)
    match form:
        case "html":
            return _file(filed, form, "text/html", as_html(document, closing).encode())
        case "pdf":
            try:
                async with _ONE_AT_A_TIME:
                    body = await asyncio.to_thread(as_pdf, document, closing, filed.at.date())
            except NoPdf:
                raise Problem(503, "problem.busy", {"Retry-After": "30"}) from None
            return _file(filed, form, "application/pdf", body)
        case _:
            value: dict[str, Any] = {**document.value(), "digest": document.digest, "seal": filed.seal}
            value |= {"template": filed.template, "engine": filed.engine}
            return _file(filed, form, "application/json", json.dumps(value, ensure_ascii=False, indent=2).encode())


def _file(filed: FiledReport, form: str, kind: str, body: bytes) -> web.Response:
    name = f"{filed.kind}-{filed.party}-{filed.about}-{filed.language}.{form}"
    return web.Response(body=body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
