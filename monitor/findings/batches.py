"""Which observations are committed together, and what is counted of them before anything is locked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from monitor.findings.observation import Observation
from monitor.findings.reach.extent import TOGETHER_ROWS, extent_of
from probes.api import Exposed

TOGETHER = 256
"""Observations that are committed in one transaction: a crash loses no more of what was seen, and nothing by halves."""
PLACES_TOGETHER = 640
"""So many places may be among them, those of looks in turns apart: a host's first look, or a whole one, has a dozen,
each of them with rows of its own."""
IN_TURNS = 5
"""Places of a look in turns at the most, as a rule: nearly always it sees what is on file, and writes no row of any."""
OPEN_TOGETHER = 16
"""So many of them may have seen something open: what follows from that takes longer, and others wait to write."""


def together(observations: Sequence[Observation]) -> Iterator[Sequence[Observation]]:
    """Observations in their order, as they are committed."""
    some: list[Observation] = []
    exposed = rows = seen_places = 0
    for one in observations:
        some.append(one)
        seen_places += places_of(one)
        if shows_open(one):
            exposed += 1
            opened = [verdict for verdict in one.verdicts if isinstance(verdict, Exposed)]
            pages = [page for seen in opened for page in (seen.listing, *seen.inside) if page is not None]
            rows += sum(len(page.entries) for page in pages)
        many = len(some) == TOGETHER or seen_places >= PLACES_TOGETHER
        if many or exposed == OPEN_TOGETHER or rows >= TOGETHER_ROWS:
            yield some
            some, exposed, rows, seen_places = [], 0, 0, 0
    if some:
        yield some


def places_of(seen: Observation) -> int:
    """How many places a look adds to those that are committed together."""
    number = len(seen.verdicts)
    return number if number > IN_TURNS else 0


def shows_open(seen: Observation) -> bool:
    """Whether anything was seen open: of nearly all looks nothing was, and this is asked of each several times."""
    return Exposed in map(type, seen.verdicts)


def opened_by(observations: Iterable[Observation]) -> tuple[Exposed, ...]:
    """What they saw open of which rows are to be counted."""
    verdicts = (verdict for one in observations if shows_open(one) for verdict in one.verdicts)
    return tuple(one for one in verdicts if isinstance(one, Exposed) and one.listing is not None)


def count(opened: Iterable[Exposed]) -> None:
    """Count what open places show, so that it is known where it is needed."""
    for verdict in opened:
        extent_of(verdict)
