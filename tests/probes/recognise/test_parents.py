"""Rows in several folders are one listing where a script keeps what it shows beside itself, and only there."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST

HEAD = "<tr><th>Name</th><th>Size</th></tr>"
FOLDERS = '<tr><td><a href="?dir={0}">{0}</a></td><td>-</td></tr>'
FILES = '<tr><td><a href="{0}">{1}</a></td><td>{2} KB</td></tr>'


def page(files: list[tuple[str, str]], folders: tuple[str, ...] = ("calls", "faxes")) -> bytes:
    """A script's table: its folders by a parameter, and files at their own paths."""
    rows = [FOLDERS.format(one) for one in folders]
    rows += [FILES.format(href, shown, at) for at, (href, shown) in enumerate(files, 31)]
    return f"<title>Intranet</title><table>{HEAD}{''.join(rows)}</table>".encode()


def names(body: bytes) -> tuple[list[str], list[str]]:
    """The folders and files that a page lists, of those that are claimed."""
    found = recognise(body, HOST + "/desk/index.php")
    if not isinstance(found, Listing) or not found.claimed:
        return [], []
    return [one.name for one in found.directories], [one.name for one in found.files]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_script_keeps_its_files_in_a_folder_beside_it(count: int) -> None:
    files = [(f"store/plan{at}.pdf", f"plan{at}.pdf") for at in range(count)]
    assert names(page(files)) == (["calls", "faxes"], [name for _, name in files])


def test_files_in_several_folders_are_not_of_the_folder_shown() -> None:
    assert not names(page([("a/plan1.pdf", "plan1.pdf"), ("b/plan2.pdf", "plan2.pdf")]))[1]


def test_links_that_show_words_are_not_its_files() -> None:
    assert not names(page([("store/plan1.pdf", "Our plan"), ("store/plan2.pdf", "The other plan")]))[1]
