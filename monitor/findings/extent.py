"""How far an exposure reaches, as a value: counts, sizes and dates, and never a name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from probes.api import Exposed
from probes.recognise.listing.model import Entry, Listing
from probes.recognise.media.identify import MediaKind, kind_of_name
from probes.recognise.people.identifiers import Census, NameCensus
from probes.recognise.people.recordings import call_key, recording


@dataclass(frozen=True, slots=True)
class Extent:
    """What is known to be open, at least. `size` is in bytes, best guesses summed; dates are UTC."""

    files: int = 0
    directories: int = 0
    size: int = 0
    size_exact: bool = False
    sized: int = 0
    """How many of the files showed a size at all."""
    folders_read: int = 0
    """How many folders these numbers rest on; two extents of different breadth do not compare."""
    partial: str = ""
    """Why there is more in the folders that were read than this (e.g. a page cut short); empty: they are whole."""
    kinds: tuple[tuple[str, int], ...] = ()
    """Files by kind of media, most first."""
    calls: int = 0
    """Distinct recorded calls: a wav and an mp3 of one call are one."""
    newest: datetime | None = None
    """The date that some file was surely changed at or after."""
    oldest: datetime | None = None
    """The date that some file was surely changed at or before."""
    claims: tuple[str, ...] = ()
    """What the names hold, by the bulk test: our own words with counts."""

    @property
    def dates(self) -> tuple[datetime, datetime] | None:
        """The earlier and the later of the two dates, for people; None where the pages show none.

        The two are bounds, each with the doubt of an unknown time zone: of files of one day `newest` can lie before
        `oldest`.
        """
        if self.oldest is None or self.newest is None:
            return None
        return min(self.oldest, self.newest), max(self.oldest, self.newest)

    def count(self, kind: MediaKind) -> int:
        """How many files are of one kind."""
        return dict(self.kinds).get(kind.value, 0)


CONFIG = "bucket-config"
"""The kind of findings on what a bucket's settings say: nothing is counted for them, since the bucket's own are."""


def extent_of(verdict: Exposed) -> Extent:
    """The extent that one verdict shows: its listing's page and the folders read on the way, or its single file."""
    if verdict.listing is not None:
        return _of_listings((verdict.listing, *verdict.inside), verdict.place.path)
    if verdict.kind == CONFIG:
        return Extent()
    kind = verdict.media.partition("/")[0] or MediaKind.OTHER.value
    return Extent(
        files=1,
        size=verdict.size or 0,
        size_exact=verdict.size is not None,
        sized=int(verdict.size is not None),
        kinds=((kind, 1),),
        calls=int(kind == MediaKind.AUDIO.value),
    )


def _of_listings(listings: tuple[Listing, ...], folder: str) -> Extent:
    files = [entry for listing in listings for entry in listing.files]
    sizes = [entry.size for entry in files if entry.size is not None]
    census = NameCensus()
    kinds: Counter[str] = Counter()
    calls = set()
    for entry in files:
        census.add(entry.name)
        kind = kind_of_name(entry.name)
        kinds[kind.value] += 1
        if kind is MediaKind.AUDIO and recording(folder + entry.name) is not None:
            calls.add(call_key(entry.path.rpartition("/")[0], entry.name))
    verdict = census.verdict()
    return Extent(
        files=len(files),
        directories=sum(len(listing.directories) for listing in listings),
        size=sum(size.best for size in sizes),
        size_exact=bool(sizes) and all(size.exact for size in sizes),
        sized=len(sizes),
        folders_read=len(listings),
        partial=next((listing.partial for listing in listings if listing.partial), ""),
        kinds=tuple(kinds.most_common()),
        calls=len(calls),
        newest=max((low for low, _ in _dates(files)), default=None),
        oldest=min((high for _, high in _dates(files)), default=None),
        claims=claims_of(verdict),
    )


def claims_of(census: Census) -> tuple[str, ...]:
    """What may be said of the names that were counted, in our own words with the share behind it."""
    return tuple(
        f"{claim.says.removesuffix(' in names')} in {100 * claim.share:.0f} % of {census.names} names"
        for claim in census.claims
        if claim.personal
    )


def _dates(files: list[Entry]) -> list[tuple[datetime, datetime]]:
    return [(entry.modified.low, entry.modified.high) for entry in files if entry.modified is not None]
