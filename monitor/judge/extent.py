"""How far an exposure reaches, as a value: counts, sizes and dates, and never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from probes.contract import Exposed
from probes.recognise.media import MediaKind


@dataclass(frozen=True, slots=True)
class Extent:
    """What is known to be open, at least. `size` is in bytes, best guesses summed; dates are UTC."""

    files: int = 0
    directories: int = 0
    size: int = 0
    size_exact: bool = False
    sized: int = 0
    """How many of the files showed a size at all."""
    partial: str = ""
    """Why there is more in the folders that were read than this (e.g. a page cut short); empty: they are whole."""
    kinds: tuple[tuple[str, int], ...] = ()
    """Files by kind of media, most first."""
    calls: int = 0
    """Distinct recorded calls: a wav and an mp3 of one call are one."""
    newest: datetime | None = None
    oldest: datetime | None = None
    claims: tuple[str, ...] = ()
    """What the names hold, by the bulk test: e.g. `phone numbers in 83 % of 120 names`."""

    def count(self, kind: MediaKind) -> int:
        """How many files are of one kind."""
        return dict(self.kinds).get(kind.value, 0)


def extent_of(sight: Exposed) -> Extent:
    """The extent that one sight shows: its listing's own page, or its single file."""
    if sight.listing is not None:
        return _of_listing(sight.listing, sight.place.path)
    if sight.size is None and not sight.media:
        return Extent(files=1, kinds=((MediaKind.OTHER.value, 1),))
    kind = sight.media.partition("/")[0] or MediaKind.OTHER.value
    return Extent(
        files=1,
        size=sight.size or 0,
        size_exact=sight.size is not None,
        sized=int(sight.size is not None),
        kinds=((kind, 1),),
        calls=int(kind == MediaKind.AUDIO.value),
    )
