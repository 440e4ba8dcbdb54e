"""What a host of the range is: how it answers, where it is open, and which verdicts about it are right."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.servers.pages import SOUND, sound
from tests.servers.raw import REASONS, Hit, Talk

HTML = "text/html; charset=utf-8"
JSON = "application/json"
Headers: TypeAlias = tuple[tuple[str, str], ...]
Speech: TypeAlias = Literal["clear", "tls", "both", "greets"]
InClear: TypeAlias = Literal["notice", "reset", "alert", "silence", "close"]


@dataclass(frozen=True, slots=True)
class Says:
    """One answer."""

    status: int = 200
    body: str | bytes = ""
    type: str = HTML
    headers: Headers = ()


Site: TypeAlias = Callable[[Hit], Says | bytes]
Serve: TypeAlias = Callable[[Talk], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Spot:
    """One host."""

    name: str
    serve: Serve
    open_at: tuple[str, ...] = ()
    """The paths of the places that must be found open; empty: nothing is."""
    may: tuple[str, ...] = ()
    """Paths that may be reported open besides: what is open there, is."""
    unknown: str = ""
    """Why `unknown` is right about a closed host; empty where it must be told to be closed."""
    paths: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    data: str = "recordings"
    speech: Speech = "clear"
    in_clear: InClear = "notice"
    """What a host that speaks TLS alone says to clear text."""
    to_tls: Literal["close", "reset", "silence", "bad request"] = "close"
    """What a host that speaks clear text alone says to a TLS handshake."""


SPOTS: dict[str, Spot] = {}
"""Every host by name."""


def spot(one: Spot) -> None:
    """Put a host into the range."""
    assert one.name not in SPOTS, one.name
    SPOTS[one.name] = one


def talking(site: Site) -> Serve:
    """A server that keeps its connections and answers each request by `site`."""

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            said = site(hit)
            await talk.say(said if isinstance(said, bytes) else http(said, bare=hit.method == "HEAD"))

    return serve


def http(says: Says, *, bare: bool = False) -> bytes:
    """An answer on a connection that is kept."""
    body = says.body.encode() if isinstance(says.body, str) else says.body
    lines = [f"HTTP/1.1 {says.status} {REASONS.get(says.status, 'Status')}"]
    lines += [f"Content-Type: {says.type}"] if says.type else []
    named = {name.lower() for name, _ in says.headers}
    if says.status != 204 and not named & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in says.headers]
    head = ("\r\n".join([*lines, "", ""])).encode("latin-1")
    return head if bare or says.status == 204 else head + body


def missing(server: str = "nginx") -> Says:
    """A server's own page for what is not there."""
    return gone(404, "Not Found", server)


def gone(status: int, words: str, server: str = "") -> Says:
    """A server's own page of an error."""
    foot = f"<hr><center>{server}</center>" if server else ""
    return Says(
        status,
        f"<html><head><title>{status} {words}</title></head><body><center><h1>{status} {words}</h1></center>{foot}"
        "</body></html>",
    )


def to(where: str, status: int = 302) -> Says:
    """A redirect."""
    return Says(status, f'<a href="{where}">Found</a>.', HTML, (("Location", where),))


def html(title: str, body: str, head: str = "") -> str:
    """A whole page."""
    return (
        f'<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def by_path(pages: Mapping[str, Says | str], other: Says | None = None) -> Site:
    """A site of some paths, to the letter; `other` for all else."""

    def site(hit: Hit) -> Says:
        if hit.method not in ("GET", "HEAD"):
            return Says(405, "", "", (("Allow", "GET, HEAD"),))
        said = pages.get(hit.path, other or missing())
        return Says(200, said) if isinstance(said, str) else said

    return site


def play(hit: Hit, content: bytes = SOUND) -> bytes:
    """A recording, whole or in part."""
    return sound(hit, content)


def closed(name: str, pages: Mapping[str, Says | str] | Site, other: Says | None = None, **more: object) -> None:
    """A closed host."""
    site = by_path(pages, other) if isinstance(pages, Mapping) else pages
    spot(Spot(name, talking(site), **more))  # type: ignore[arg-type]


def opened(name: str, site: Site, *at: str, **more: object) -> None:
    """An open host: what is at the paths `at` must be found."""
    at = at or ("/rec/",)
    more.setdefault("paths", tuple(path for path in at if path != "/"))
    spot(Spot(name, talking(site), at, **more))  # type: ignore[arg-type]


def bytes_talk(*parts: bytes, close: bool = True) -> Serve:
    """A server of another protocol: it says these when something is said to it."""

    async def serve(talk: Talk) -> None:
        await talk.reader.read(4096)
        await talk.say(*parts)
        if not close:
            await talk.hang()

    return serve


def greeting(data: bytes, reply: bytes = b"") -> Serve:
    """A server that speaks first, and answers whatever it is told once."""

    async def serve(talk: Talk) -> None:
        await talk.say(data)
        if await talk.reader.read(4096) and reply:
            await talk.say(reply)
        await asyncio.sleep(0)

    return serve
