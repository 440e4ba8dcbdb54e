"""Pages as many products send them are read whole: file managers, cameras, share pages, small devices."""

from __future__ import annotations

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise import device_pages, product_pages
from tests.probes.recognise.builders import HOST, held

PAGES = product_pages.PAGES | device_pages.PAGES

WAMP = """<html><head><title>{title}</title></head><body><h1>Server</h1><dl><dt>PHP</dt>
<dd>7.3.5 - <a href="http://www.php.net/manual/en/">Documentation</a></dd></dl><h2>Tools</h2><ul class="tools">
<li><a href="?phpinfo=-1">phpinfo()</a></li><li><a href="phpmyadmin/">phpmyadmin</a></li></ul><h2>Projects</h2>
<ul class="projects">{rows}</ul><h2>Aliases</h2><ul class="aliases"><li><a href="adminer/">adminer</a></li></ul>
</body></html>"""


@pytest.mark.parametrize(
    "row",
    [
        "<li><a href='http://localhost/{0}/'>{0}</a></li>",
        '<li class="projects"><a href="/{0}/">{0}</a></li>',
        "<li><a href='{0}'>{0}</a>",
    ],
)
@pytest.mark.parametrize("title", ["WAMPSERVER Homepage", "Accueil WAMPSERVER", "WampServer Homepage"])
def test_the_projects_of_a_start_page_of_wampserver_are_folders(row: str, title: str) -> None:
    rows = "".join(map(row.format, ("shop", "intranet", "wp_old")))
    assert held(WAMP.format(title=title, rows=rows), "/") == ["d shop", "d intranet", "d wp_old"]
    found = recognise(WAMP.format(title="Our work", rows=rows).encode(), HOST + "/")
    assert not (isinstance(found, Listing) and found.claimed)
    bare = recognise(WAMP.format(title=title, rows="<li>No projects yet.</li>").encode(), HOST + "/")
    assert not (isinstance(bare, Listing) and bare.claimed)


@pytest.mark.parametrize("head", ["", '<!doctype html>\n<meta name="viewport" content="width=device-width">\n'])
def test_an_empty_folder_of_go_is_an_empty_text(head: str) -> None:
    found = recognise(f"{head}<pre>\n</pre>\n".encode(), HOST + "/up/")
    assert isinstance(found, Listing), found
    assert (found.family, found.entries, found.claimed) == ("go", (), True)
    for body in (f"{head}<pre></pre>", f"{head}<pre>\nnone\n</pre>\n", f"<title>up</title>{head}<pre>\n</pre>\n"):
        other = recognise(body.encode(), HOST + "/up/")
        assert not (isinstance(other, Listing) and other.claimed)


@pytest.mark.parametrize("name", PAGES)
def test_products_are_read_whole(name: str) -> None:
    path, body, entries = PAGES[name]
    assert held(body, path) == entries


@pytest.mark.parametrize("name", device_pages.ALIKE)
def test_what_is_no_product_of_files_is_no_listing(name: str) -> None:
    path, body = device_pages.ALIKE[name]
    found = recognise(body.encode(), HOST + path)
    assert not (isinstance(found, Listing) and found.claimed), found
