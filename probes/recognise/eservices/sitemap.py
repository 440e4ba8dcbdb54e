"""The services that a portal's sitemap names (sitemaps.org 0.9), within one declared part of the site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from probes.recognise.listing.structured.xml_tree import Node, parse
from probes.recognise.pages.plain import plain_body

MOST_SERVICES: Final = 150
MOST_PARTS: Final = 2
"""Sitemaps that are asked for where the declared one is an index of them."""
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap says."""

    paths: tuple[str, ...] = ()
    """Paths of services, sorted, each once."""
    parts: tuple[str, ...] = ()
    """Paths of further sitemaps, where it is an index."""
    more: int = 0
    """How many it names beyond what is taken."""


def read_sitemap(body: bytes, host: str, below: str) -> Sitemap | None:
    """The pages of `host` below the path `below`; None where the body is no whole sitemap. Raises nothing.

    Only `http` and `https` addresses of that host without a query count: nothing else is a service's first page.
    """
    root, whole = parse(plain_body(body))
    if root is None or not whole or root.name not in ("urlset", "sitemapindex"):
        return None
    index = root.name == "sitemapindex"
    found = sorted({path for path in _paths(root, host) if index or _within(path, below)})
    most = MOST_PARTS if index else MOST_SERVICES
    taken, more = tuple(found[:most]), max(0, len(found) - most)
    return Sitemap(parts=taken, more=more) if index else Sitemap(taken, more=more)


def words_of(path: str) -> str:
    """The words of a path's last step: of `/e-services/orosanmalan-barn/` they are `orosanmalan barn`."""
    return unquote(path.rstrip("/").rpartition("/")[2]).replace("-", " ").replace("_", " ")


def _paths(root: Node, host: str) -> Iterator[str]:
    for entry in root.children:
        where = entry.said("loc")
        if len(where) > _LONGEST:
            continue
        try:
            parts = urlsplit(where)
        except ValueError:
            continue
        here = parts.scheme in ("http", "https") and (parts.hostname or "") == host.lower() and not parts.query
        if here and parts.path.startswith("/") and all("!" <= letter <= "~" for letter in parts.path):
            yield parts.path


def _within(path: str, below: str) -> bool:
    return path.startswith(below.rstrip("/") + "/") and path.rstrip("/") != below.rstrip("/") and "/../" not in path
