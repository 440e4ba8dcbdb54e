"""A page of which only what was counted is left: what proves an exposure where the page itself must not go."""

from __future__ import annotations

from dataclasses import dataclass

from probes.recognise.listing.model import Listing
from probes.recognise.people.masking import mask_name

_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class PageSummary:
    """What evidence says of a page."""

    family: str
    files: int
    directories: int
    masked: tuple[str, ...]
    """The shape of a few names, so that a person can recognise the place without our holding a name."""


@dataclass(frozen=True, slots=True)
class Summarised(Listing):
    """A page that was read by another process, which kept its rows to itself."""

    summary: PageSummary = PageSummary("", 0, 0, ())


def summary_of(page: Listing) -> PageSummary:
    """What evidence says of `page`, whether its rows are here or not."""
    if isinstance(page, Summarised):
        return page.summary
    masked = tuple(str(mask_name(entry.name)) for entry in page.entries[:_SAMPLE])
    return PageSummary(page.family, len(page.files), len(page.directories), masked)
