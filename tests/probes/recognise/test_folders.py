"""Folders that only the elements around their links call so, and elements that say nothing of what is in them."""

from __future__ import annotations

import pytest

from tests.probes.recognise.test_kinds_of_pages import shown

HEAD = "<title>Files - /ark/</title><body><h1>/ark/</h1>"
FOLDERS = ("2021", "löner")


def page(folder: str, file: str, before: str = "", after: str = "") -> str:
    """Two folders and a file, each as its own text of the page has it."""
    rows = "".join(folder.format(name) for name in FOLDERS) + file.format("a.pdf")
    return f"<html>{HEAD}{before}{rows}{after}</body></html>"


LINK = '<a href="/ark/{0}" class="nm">{0}</a>'
CARDS = {
    "a class and a path": (
        f'<div class="entry is-dir" data-dir-path="{{0}}"><span>{LINK}</span><em>open</em></div>',
        f'<div class="entry"><span>{LINK}</span><em>open</em></div>',
    ),
    "a kind of a card": (
        f'<div class="card" data-type="directory"><div class="t">{LINK}</div><div>open</div></div>',
        f'<div class="card" data-type="file"><div class="t">{LINK}</div><div>open</div></div>',
    ),
    "a kind of an item": (
        '<li role="treeitem" data-entry-type="directory" data-path="/ark/{0}"><span>{0}</span></li>',
        '<li role="treeitem" data-entry-type="file" data-path="/ark/{0}"><span>{0}</span></li>',
    ),
    "a yes or no": (
        f'<section data-is-dir="true"><p>{LINK}</p></section>',
        f'<section data-is-dir="false"><p>{LINK}</p></section>',
    ),
    "a label": (
        f'<div role="row" aria-label="Folder {{0}}"><div>{LINK}</div></div>',
        f'<div role="row" aria-label="File {{0}}"><div>{LINK}</div></div>',
    ),
    "a link's own kind": (
        '<p><a href="/ark/{0}" data-kind="folder">{0}</a></p>',
        '<p><a href="/ark/{0}" data-kind="file">{0}</a></p>',
    ),
}


@pytest.mark.parametrize("kind", CARDS)
def test_an_element_that_says_folder_makes_one_of_its_only_link(kind: str) -> None:
    assert sorted(shown(page(*CARDS[kind]), "/ark/")) == ["d 2021", "d löner", "f a.pdf"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<div class="folder">', "</div>"),
        ('<div data-type="directory" aria-label="Folder ark">', "</div>"),
        ('<div class="dir-list" data-dir="/ark">', "</div>"),
    ],
)
def test_an_element_around_all_rows_makes_none_of_them_a_folder(before: str, after: str) -> None:
    row = f"<p>{LINK} 12 kB</p>"
    assert sorted(shown(page(row, row, before, after), "/ark/")) == ["f 2021 12288", "f a.pdf 12288", "f löner 12288"]


def test_a_file_of_a_known_ending_is_none_whatever_stands_around_it() -> None:
    assert "f a.pdf" in shown(page(CARDS["a kind of a card"][0], f'<div class="folder">{LINK}</div>'), "/ark/")
