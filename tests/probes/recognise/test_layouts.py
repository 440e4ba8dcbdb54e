"""Folders of several kinds shown in every layout: the same entries come out, whoever wrote the page."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Kind, Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.layouts.dress import DRESS
from tests.probes.recognise.layouts.folders import SETS, Item, Layout
from tests.probes.recognise.layouts.scripts import SCRIPTS
from tests.probes.recognise.layouts.servers import SERVERS

LAYOUTS = {layout.name: layout for layout in (*SERVERS, *SCRIPTS, *DRESS)}


def entries(found: Listing) -> list[str]:
    """What a listing holds, in the words of `Layout.holds`."""
    said = []
    for entry in found.entries:
        if entry.kind is Kind.DIRECTORY:
            said.append(f"d {entry.name}")
        else:
            said.append(f"f {entry.name}" if entry.size is None else f"f {entry.name} {entry.size.best}")
    return sorted(said)


def read(layout: Layout, items: tuple[Item, ...]) -> Listing:
    """The listing that a layout's page of `items` is read as, weak or not."""
    body = layout.page(items).encode(layout.encoding, "xmlcharrefreplace")
    found = recognise(body, HOST + layout.url)
    assert isinstance(found, Listing), found
    assert not found.partial, found.partial
    return found


@pytest.mark.parametrize("folder", SETS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_shows_the_same_folder(name: str, folder: str) -> None:
    layout, items = LAYOUTS[name], SETS[folder]
    found = read(layout, items)
    assert entries(found) == layout.holds(items)
    few, bare = len(items) < 3, all(item.size is None for item in items)
    assert found.claimed or (few and layout.thin == "weak") or (bare and layout.bare == "weak"), found.reasons


def test_there_are_many_layouts() -> None:
    assert len(LAYOUTS) == len(SERVERS) + len(SCRIPTS) + len(DRESS) >= 110
