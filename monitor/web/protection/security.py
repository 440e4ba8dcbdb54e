"""What every answer and request must hold: headers, the host that is meant, where a writing request comes from."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; trusted-types 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex",
}
SAFE: Final = frozenset({"GET", "HEAD"})


def headers_of(url: str) -> dict[str, str]:
    """The headers of every answer of the site with this address."""
    tls = {"Strict-Transport-Security": "max-age=31536000"} if url.startswith("https:") else {}
    return {**HEADERS, **tls, "Cache-Control": "no-store", "Server": "leftopen"}


def meant(request: web.Request, hosts: frozenset[str]) -> bool:
    """Whether the request names one of our hosts: a page of elsewhere whose name leads to us must get nothing."""
    said = request.headers.getall("Host", [])
    return len(said) == 1 and said[0].lower() in hosts


def hosts_of(url: str, listen: str) -> frozenset[str]:
    """The values of `Host` that are ours: that of the declared url, and the place where we listen."""
    parts = urlsplit(url)
    port = listen.rpartition(":")[2]
    here = {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"} if port.isdigit() else set()
    return frozenset(
        {parts.netloc.lower(), *(one for one in here if listen.startswith(("127.", "[::1]"))), listen.lower()}
    )


def from_here(request: web.Request, url: str) -> bool:
    """Whether a writing request comes from our own page, or from a program with its token and no cookie.

    As in Go 1.25's CrossOriginProtection: browsers say where a request comes from, and no page can make them lie.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is not None:
        parts = urlsplit(url)
        return origin == f"{parts.scheme}://{parts.netloc}"
    return request.headers.get("Authorization", "").lower().startswith("bearer ") and "Cookie" not in request.headers


def unsigned(request: web.Request) -> bool:
    """Whether nothing in the request says who asks, or that a browser sent it: a program that left its token out."""
    said = ("Authorization", "Cookie", "Origin", "Sec-Fetch-Site")
    return not any(name in request.headers for name in said)
