"""One row of what a file service lists, whatever the protocol, as a listing for looks and as columns for surveys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote_from_bytes

from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size
from probes.recognise.listing.streaming.rows import Rows, date_shown

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A file or folder as a file service names it: bytes, which go back to it as they came."""

    name: bytes
    folder: bool
    size: int | None = None
    modified: Modified | None = None


def at(epoch: float) -> Modified | None:
    """A date told in seconds since 1970, UTC; None for what is no date of a file."""
    try:
        moment = datetime.fromtimestamp(epoch, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Modified(moment, moment) if 1970 <= moment.year < 2200 and epoch > 0 else None


def listing_of(family: str, folder: str, rows: Iterable[ShareRow], partial: str = "") -> Listing:
    """The rows of one folder as a listing; `folder` is its path, percent-encoded, with a slash at its end."""
    entries = []
    for row in rows:
        path = folder + quote_from_bytes(row.name) + ("/" if row.folder else "")
        size = None if row.size is None or row.folder else Size(row.size, row.size, row.size)
        name = row.name.decode("utf-8", "replace")
        entries.append(Entry(name, path, Kind.DIRECTORY if row.folder else Kind.FILE, size, row.modified))
    return Listing(family, tuple(entries), partial)


def columns_of(folder: str, rows: Iterable[ShareRow]) -> Rows:
    """The rows of one folder as columns: what a survey counts. `folder` as in `listing_of`."""
    found = Rows()
    shown: dict[Modified | None, str] = {}
    for row in rows:
        date = shown.get(row.modified)
        if date is None:
            date = shown[row.modified] = date_shown(row.modified)
        spelled = quote_from_bytes(row.name)
        if row.folder:
            found.folders.append((f"{folder}{spelled}/", date if len(date) > 10 else ""))
            continue
        found.files.append(spelled.encode())
        found.sizes.append(row.size or 0)
        found.sized += row.size is not None
        found.exact += row.size is not None
        if date:
            found.months[date[:7]] += 1
            found.newest = max(found.newest, date)
            found.oldest = min(found.oldest or date, date)
    return found
