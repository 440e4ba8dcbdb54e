"""Which rows are directories where nothing marks them: what the other rows of the page say about it."""

from __future__ import annotations

import re
from dataclasses import replace

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.html.row.found import Found
from probes.recognise.media.kinds import DATA, kind_of_name

FILE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
LETTERED = re.compile(r"\.(?=[A-Za-z0-9]{0,4}[A-Za-z])[A-Za-z0-9]{1,5}$")


def weightless(one: Found) -> bool:
    """Whether a row says no size, or that of nothing."""
    size = one.exact or sizes.read_size(sizes.tidy(one.size_text))
    return size is None or size.best == 0


def blank_is_folder(rows: list[Found]) -> bool:
    """Whether a row without a size is a folder: every row whose name has an ending has a size, on several rows; or no
    name has an ending, and all rows have a place for a size that is empty."""
    files = [one for one in rows if LETTERED.search(one.target.name)]
    if not files:
        return len(rows) > 1 and all(one.size_column and not one.size_text for one in rows)
    # One file proves less than several, unless a column of sizes stands beside all rows.
    several = len(files) > 1 or all(one.size_column for one in rows)
    return several and all(one.sized_text for one in files)


def is_stored(one: Found) -> bool:
    """Whether a row is a file with data, by its name."""
    return kind_of_name(one.target.name) in DATA


def may_be_folder(one: Found) -> bool:
    """Whether a row that nothing marks is a folder, on a page of files that have endings: its name has none."""
    name = one.target.name
    return "." not in name and name.upper() not in _WITHOUT_ENDING and not one.fetched and "?" not in one.target.path


def slashed(target: Target) -> Target:
    """A directory's target with the slash that its link lacks: without it most servers redirect."""
    if target.slash or "?" in target.path:
        return target
    return replace(target, path=f"{target.path}/", slash=True)


_WITHOUT_ENDING = frozenset(
    {
        "README", "LICENSE", "LICENCE", "COPYING", "CHANGELOG", "CHANGES", "AUTHORS", "NEWS", "TODO", "INSTALL",
        "NOTICE", "VERSION", "MAKEFILE", "DOCKERFILE", "MD5SUMS", "SHA1SUMS", "SHA256SUMS", "SHA512SUMS", "DICOMDIR",
    }
)  # fmt: skip
"""Files whose names have no ending."""
