"""Names of files that a page or a text shows and links to none of: in rows of their own, or among its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from probes.recognise.media.kinds import MediaKind, kind_of_name

MOST = 200
"""More names than this of one page are not read."""
_LONGEST: Final = 255
_FEW: Final = 6
"""Words beside a name in a row: an owner, a month, a kind. A sentence has more."""
_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}\b")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_AROUND: Final = "()[]{},;:*„“”«»→•"
_BETWEEN: Final = re.compile(r"[\s\"'`=<>|]+")
_NO_NAME: Final = re.compile(r"[:;=,|\t\\\"'`<>?]|\s{2}|\.\s|//|\.\.")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A name as it is shown, or a path from the folder of the page or from a root on. `row`: it stands in a row of its
    own, and no sentence tells of it."""

    name: str
    row: bool


def shown_files(rows: Iterable[Sequence[str]], kinds: Collection[MediaKind]) -> list[ShownFile]:
    """The names of files of `kinds` in the rows of cells that a reader sees, each once, in their order. Total, linear
    time."""
    found: dict[str, ShownFile] = {}
    for row in rows:
        # What stands in the other cells says nothing against a cell that is a name.
        for cell in row:
            names, own = _names(cell) if _ENDING.search(cell) else ([], False)
            for name in [one for one in names[:MOST] if kind_of_name(one) in kinds]:
                if name not in found or (own and not found[name].row):
                    found[name] = ShownFile(name, own)
            if len(found) >= MOST:
                return list(found.values())
    return list(found.values())


def _names(cell: str) -> tuple[list[str], bool]:
    """The names in a cell, and whether it is a row of one: the words that end so, and all of a cell that is one with
    blanks (`Eva P 2024.wav`)."""
    words = [_path(word) for word in _BETWEEN.split(cell)]
    names = list(dict.fromkeys(word for word in words if _is_name(word)))
    if len(names) != 1:
        return names, False
    own = len(_WORD.findall(cell.replace(names[0], ""))) <= _FEW
    whole = cell.strip().strip(_AROUND).strip()
    blanks = own and " " in whole and "/" not in whole and len(whole) <= _LONGEST and not _NO_NAME.search(whole)
    return ([whole, *names] if blanks and whole.endswith(names[0]) else names), own


def _path(word: str) -> str:
    """A word as a path: from this folder on, or from a root, which may be the server's or that of its disk."""
    return word.strip(_AROUND).rstrip(".").removeprefix("./")


def _is_name(word: str) -> bool:
    return len(word) <= _LONGEST and "." in word.strip(".") and not _NO_NAME.search(word) and "@" not in word
