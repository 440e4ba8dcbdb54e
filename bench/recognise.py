"""The workload `recognise`: pages of thousands of rows told and read, beside parsers that only find the links."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

from selectolax.lexbor import LexborHTMLParser

from bench.figures import Figure, middle
from bench.pages import DESIGNS, FAMILIES
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise

PAGES = FAMILIES | DESIGNS
PATH = "/medicall/"
URL = f"http://nas.example:443{PATH}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One page read once by each: rows found, and seconds."""

    family: str
    size: int
    rows: int
    ours: float
    stdlib: float
    lexbor: float


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.extend(value for name, value in attrs if name == "href" and value)


def ours(body: bytes) -> int:
    """Rows that leftopen tells as files of a listing, with sizes and dates."""
    found = recognise(body, URL, headers=(("content-type", "text/html"),), status=200)
    assert isinstance(found, Listing), found
    return len(found.files)


def stdlib(body: bytes) -> int:
    """Links that the parser of the standard library finds."""
    parser = _Links()
    parser.feed(body.decode())
    return sum(link.endswith(".wav") for link in parser.found)


def lexbor(body: bytes) -> int:
    """Links that selectolax finds in the tree that it makes of the page."""
    links = LexborHTMLParser(body).css("a[href]")
    return sum((link.attributes.get("href") or "").endswith(".wav") for link in links)


def read(family: str, rows: int) -> Reading:
    """One page, read once by each. Raises AssertionError when one of them does not find every row."""
    body = PAGES[family](PATH, rows)
    seconds = []
    for reader in (ours, stdlib, lexbor):
        seconds.append(_timed(reader, body, rows))
    return Reading(family, len(body), rows, *seconds)


def measure(rows: int = 10_000, runs: int = 5) -> list[Figure]:
    """Every family, several times, the readers in turn."""
    figures = []
    for family in PAGES:
        taken = [read(family, rows) for _ in range(runs)]
        mega = taken[0].size / 1e6
        speed = mega / middle(taken, lambda one: one.ours)
        note = "{}, links alone"
        figures += [
            Figure(
                "recognise",
                f"{family}, {rows:,} rows",
                "MB/s",
                speed,
                mega / middle(taken, lambda one: one.stdlib),
                note.format("html.parser"),
            ),
            Figure(
                "recognise",
                f"{family}, {rows:,} rows",
                "k rows/s",
                rows / middle(taken, lambda one: one.ours) / 1e3,
                rows / middle(taken, lambda one: one.lexbor) / 1e3,
                note.format("selectolax"),
            ),
        ]
    return figures


def _timed(reader: Callable[[bytes], int], body: bytes, rows: int) -> float:
    begun = time.process_time()
    found = reader(body)
    taken = time.process_time() - begun
    assert found == rows, (reader.__name__, found, rows)
    return taken
