"""How far an exposure reaches, as a value: counts, sizes and dates, and never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.findings import promises
from monitor.findings.reach.counted_page import Summarised
from monitor.findings.reach.folder_count import FolderCount
from monitor.findings.reach.recorded_calls import is_recorded_call
from monitor.findings.reach.tally import Tally
from monitor.findings.reasons import NamesHold
from probes.api import Exposed
from probes.dispatch.kinds import KINDS as DISPATCH
from probes.eservices.kinds import KINDS as ESERVICES
from probes.logs.kinds import KINDS as LOGS
from probes.reasons import OpenReason
from probes.recognise.listing.model import Listing
from probes.recognise.listing.streaming.rows import rows_of
from probes.recognise.media.kinds import MediaKind
from probes.recognise.memo import Memo
from probes.recognise.people.identifiers import Census, NameCensus
from probes.services.catalogue import SPEAKS

ZONES = timedelta(hours=14)
"""Pages show dates without a zone; the earth has zones up to 14 hours from UTC."""


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
    counted: tuple[tuple[str, int], ...] = ()
    """What a data store says that it holds: keys, databases and the like, each with its number."""
    claims: tuple[NamesHold, ...] = ()

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

UNCOUNTED = frozenset({CONFIG, *promises.KINDS, *ESERVICES, *LOGS, *DISPATCH})
"""The kinds of findings of which nothing is counted."""


@dataclass(frozen=True, slots=True)
class CountedPage(Summarised):
    """A page that was read, and counted, by another process."""

    extent: Extent = Extent()


def extent_of(verdict: Exposed) -> Extent:
    """The extent that one verdict shows: its listing's page and the folders read on the way, or its single file."""
    if isinstance(verdict.listing, CountedPage):
        return verdict.listing.extent
    if verdict.listing is not None:
        listings = (verdict.listing, *verdict.inside)
        tally = Tally()
        for page in listings:
            tally += page_tally(page, verdict.place.path)
        directories = sum(len(page.directories) for page in listings)
        return extent_of_tally(tally, directories, next((page.partial for page in listings if page.partial), ""))
    if verdict.kind in UNCOUNTED:
        return Extent()
    if verdict.counted or verdict.kind in SPEAKS:
        counted = tuple((one.things, one.number) for one in verdict.counted)
        return Extent(files=int(verdict.why is OpenReason.READABLE_UNLISTED), counted=counted)
    kind = verdict.media.partition("/")[0] or MediaKind.OTHER.value
    return Extent(
        files=1,
        size=verdict.size or 0,
        size_exact=verdict.size is not None,
        sized=int(verdict.size is not None),
        kinds=((kind, 1),),
        calls=int(kind == MediaKind.AUDIO.value and is_recorded_call(verdict.place.path)),
    )


def extent_of_tally(tally: Tally, directories: int, partial: str) -> Extent:
    """What was counted, as the extent of a finding. `directories` are the folders that were seen, read or not."""
    return Extent(
        files=tally.files,
        directories=directories,
        size=tally.size,
        size_exact=bool(tally.sized) and tally.exact == tally.sized,
        sized=tally.sized,
        folders_read=tally.folders,
        partial=partial,
        kinds=tuple((kind.value, files) for kind, (files, _) in tally.by_kind().items()),
        calls=tally.calls,
        newest=_bounds(tally.newest)[0],
        oldest=_bounds(tally.oldest)[1],
        claims=claims_of(NameCensus(tally.census).verdict()),
    )


MOST_ROWS = 60_000
"""Rows of the pages whose counts are remembered."""
TOGETHER_ROWS = MOST_ROWS // 3
"""Rows of the pages that are put on file together: those of the next are counted when these are."""
_known: Memo[tuple[int, str], tuple[Listing, Tally]] = Memo(MOST_ROWS, TOGETHER_ROWS)


def page_tally(page: Listing, folder: str) -> Tally:
    """The rows of one page, counted once: a decision, the line that shows it and the next look need the same count.

    A page that was read from memory is the same object as before, and as long as its count is kept it is too.
    """
    return _known.get((id(page), folder), lambda: (page, _tally_of(page, folder)), len(page.entries) + 1)[1]


def _tally_of(page: Listing, folder: str) -> Tally:
    """The rows of one page, counted: all its names are looked at for identifiers."""
    rows = rows_of(page)
    inner = next((entry.path.rpartition("/")[0] + "/" for entry in page.files if "?" not in entry.path), folder)
    count = FolderCount(b"", inner, len(rows.files))
    count.add(rows)
    return count.close()


def _bounds(shown: str) -> tuple[datetime | None, datetime | None]:
    """The earliest and the latest moment, in UTC, that a date of a tally can mean."""
    try:
        if len(shown) == 10:
            day = datetime.strptime(shown, "%Y-%m-%d").replace(tzinfo=UTC)
            return day - ZONES, day + timedelta(days=1) + ZONES
        at = datetime.strptime(shown.removesuffix("Z"), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        return (at, at) if shown.endswith("Z") else (at - ZONES, at + ZONES)
    except (ValueError, OverflowError):
        return None, None


def claims_of(census: Census) -> tuple[NamesHold, ...]:
    """What may be said of the names that were counted, with the share behind it."""
    return tuple(
        NamesHold(claim.kind, _percent(claim.count, census.names), census.names, claim.synthetic)
        for claim in census.claims
        if claim.personal
    )


def _percent(count: int, names: int) -> int:
    # A name can hold two numbers, and what is rare is still there: never above 100, never 0.
    return max(1, min(100, round(100 * count / names)))
