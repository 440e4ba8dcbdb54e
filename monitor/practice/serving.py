"""How the practice sites answer: files with HEAD and Range, error pages, and an application listening on loopback."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import TypeAlias

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from monitor.practice.disk import File
from monitor.practice.indexes import refusal_page

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_TYPES = {
    "wav": "audio/x-wav",
    "mp3": "audio/mpeg",
    "txt": "text/plain",
    "gz": "application/x-gzip",
    "sql": "application/sql",
}

_LOG = logging.getLogger("leftopen.practice")


def _ours(record: logging.LogRecord) -> bool:
    """Looks in TLS at a port that speaks clear text are part of every round: no record of a request that is no HTTP."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_LOG.addFilter(_ours)


def application(handler: Handler) -> web.Application:
    """An application in which one handler answers every path and every verb."""
    app = web.Application(client_max_size=256 * 1024, logger=_LOG)
    app.router.add_route("*", "/{path:.*}", handler)
    return app


async def prepared(app: web.Application) -> web.AppRunner:
    """A runner for `app`, to be given its places by `listen`; `cleanup()` of it closes them all."""
    runner = web.AppRunner(app, access_log=None, logger=_LOG, shutdown_timeout=1.0, handle_signals=False)
    await runner.setup()
    return runner


async def listen(runner: web.AppRunner, address: str, port: int) -> int:
    """Serve at one more place, and say at which port (0 asks for a free one). Raises OSError when it cannot be had."""
    await web.TCPSite(runner, address, port).start()
    return int(runner.addresses[-1][1])


def page(text: str, server: str, status: int = 200, more: Mapping[str, str] | None = None) -> web.Response:
    """An HTML page."""
    headers = {"Server": server, "Content-Type": "text/html;charset=UTF-8", **(more or {})}
    return web.Response(body=text.encode(), status=status, headers=headers)


def refusal(status: int, server: str, more: Mapping[str, str] | None = None) -> web.Response:
    """A short error page that says its status."""
    return page(refusal_page(status), server, status, more)


def moved(location: str, server: str) -> web.Response:
    """A redirect that stays."""
    return page("<html><head><title>301 Moved Permanently</title></head></html>\n", server, 301, {"Location": location})


def verb_refused(server: str) -> web.Response:
    """What these servers say to any verb but GET and HEAD."""
    return refusal(405, server, {"Allow": "GET,HEAD"})


def file_answer(request: web.Request, file: File, server: str) -> web.Response:
    """A file: its headers to HEAD, a part of it to a Range, all of it to a plain GET."""
    headers = {
        "Server": server,
        "Content-Type": _TYPES.get(file.name.rpartition(".")[2], "application/octet-stream"),
        "Last-Modified": _http_date(file.modified),
        "Accept-Ranges": "bytes",
    }
    if request.method == "HEAD":
        return web.Response(headers={**headers, "Content-Length": str(file.size)})
    try:
        asked = request.http_range
    except ValueError:
        asked = slice(None, None)  # several ranges, or none that can be read: RFC 9110 allows to answer with the whole
    if asked.start is None and asked.stop is None:
        return web.Response(body=file.read(0, file.size), headers=headers)
    start, stop, _ = asked.indices(file.size)
    if start >= stop:
        return refusal(416, server, {"Content-Range": f"bytes */{file.size}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    return web.Response(body=file.read(start, stop), status=206, headers=headers)


def _http_date(at: datetime) -> str:
    return format_datetime(at.replace(microsecond=0), usegmt=True)
