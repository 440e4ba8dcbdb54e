"""Pages of recorders, telephone systems, repositories and scripts, each with what it holds, and what only looks so.

`met/*.txt` holds them: a line `=== name | path | listing, weak or none`, the entries, `--- page`, and the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.test_layouts import entries

_PAGE: Final = re.compile(r"^=== (.+?) \| (\S+) \| (\w+)\n(.*?)^--- page\n(.*?)(?=^=== |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Met:
    """A page, where it was asked for, and what it is."""

    path: str
    said: str
    holds: list[str]
    body: str


PAGES: Final = {
    name: Met(path, said, sorted(holds.splitlines()), body)
    for file in sorted((Path(__file__).parent / "met").glob("*.txt"))
    for name, path, said, holds, body in _PAGE.findall(file.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_it_is(name: str) -> None:
    met = PAGES[name]
    found = recognise(met.body.replace("http://files.example", HOST).encode(), HOST + met.path)
    claimed = isinstance(found, Listing) and found.claimed
    if met.said == "none":
        assert not claimed, found
        return
    assert isinstance(found, Listing), found
    assert entries(found) == met.holds
    assert claimed or met.said == "weak", found.reasons
