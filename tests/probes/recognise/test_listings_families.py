"""Pages in the dress of every family that no package starts: whole lists compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.recognise.listing.recognise import Listing, recognise
from tests.probes.recognise.builders import HOST, family, held
from tests.probes.recognise.page_builders import IIS, IIS_ROWS, PAGES

# ruff: noqa: E501  rows stand on one line, as servers write them

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", PAGES)
def test_a_familys_page_is_read_whole(name: str) -> None:
    body, path, expected = PAGES[name]
    assert held(body, path) == expected


@pytest.mark.parametrize("locale", IIS_ROWS)
@pytest.mark.parametrize("root", [False, True])
def test_iis_is_read_in_every_locale_with_and_without_a_parent(locale: str, root: bool) -> None:
    up, folder, file = IIS_ROWS[locale]
    rows = f'{folder}<A HREF="/rec/monday/">monday</A><br>{file}<A HREF="/rec/a%20b.wav">a b.wav</A><br>'
    page = IIS.format(up=up, rows=rows)
    path = "/rec/"
    if root:
        page = page.replace(f'<A HREF="/">{up}</A><br><br>', "").replace("/rec/", "/")
        path = "/"
    found = recognise(page.encode(), HOST + path)
    assert isinstance(found, Listing)
    assert found.family == "iis"
    assert held(page, path) == ["d monday", "f a b.wav 5000019"]
    for entry, day in zip(found.entries, (2, 22), strict=True):
        assert entry.modified is not None
        middle = entry.modified.low + (entry.modified.high - entry.modified.low) / 2
        assert (middle.year, middle.month, middle.day) == (2024, 1, day)


EMPTY = {
    "apache": '<html><title>Index of /rec</title><h1>Index of /rec</h1><pre><a href="?C=N;O=D">Name</a> <a href="?C=M;O=A">Last modified</a><hr><a href="/">Parent Directory</a>   -\n<hr></pre></html>',
    "apache plain": '<html><title>Index of /rec</title><h1>Index of /rec</h1><ul><li><a href="/"> Parent Directory</a></li></ul></html>',
    "nginx": '<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><hr><pre><a href="../">../</a>\n</pre><hr></body></html>',
    "python": "<!DOCTYPE HTML><html><head><title>Directory listing for /rec/</title></head><body><h1>Directory listing for /rec/</h1><hr><ul></ul><hr></body></html>",
    "iis": '<html><head><title>files.example - /rec/</title></head><body><H1>files.example - /rec/</H1><hr><pre><A HREF="/">[To Parent Directory]</A><br><br></pre><hr></body></html>',
    "lighttpd": '<html><head><title>Index of /rec/</title></head><body><h2>Index of /rec/</h2><div class="list"><table summary="Directory Listing"><thead><tr><th class="n">Name</th><th class="m">Last Modified</th><th class="s">Size</th><th class="t">Type</th></tr></thead><tbody><tr class="d"><td class="n"><a href="../">..</a>/</td><td class="m">&nbsp;</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr></tbody></table></div><div class="foot">lighttpd</div></body></html>',
    "tomcat": '<html><head><title>Directory Listing For [/rec/]</title></head><body><h1>Directory Listing For [/rec/] - <a href="/"><b>Up To [/]</b></a></h1><hr class="line"><table><tr><td><strong>Filename</strong></td><td><strong>Size</strong></td><td><strong>Last Modified</strong></td></tr></table><hr><h3>Apache Tomcat/10.1</h3></body></html>',
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_honest_empty_folder_is_a_listing_of_nothing(name: str) -> None:
    assert held(EMPTY[name]) == []


def test_a_family_is_named() -> None:
    names = {name: family(body, path) for name, (body, path, _) in PAGES.items()}
    assert names["h5ai"] == "h5ai"
    assert names["hfs 2"] == "hfs"
    assert names["dufs"] == "dufs"
    assert names["miniserve"] == "miniserve"
    assert names["darkhttpd"] == "darkhttpd"
    assert names["thttpd"] == "thttpd"
    assert names["litespeed table"] == "litespeed"
    assert names["webrick"] == "webrick"
    assert names["apache 1.3"] == "apache"


SERVE_INDEX = """<!DOCTYPE html><html><head><title>listing directory /rec/</title></head><body><ul id="files" class="view-details">
<li><a href="/rec/monday" class="icon icon-directory" title="monday"><span class="name">monday</span><span class="size"></span><span class="date">11/21/2026 11:46:28 PM</span></a></li>
<li><a href="/rec/a.wav" class="icon icon-wav" title="a.wav"><span class="name">a.wav</span><span class="size">12</span><span class="date">11/21/2026 11:46:28 PM</span></a></li></ul></body></html>"""
MINI_HTTPD = """<html><head><title>Index of /rec/</title></head><body><h4>Index of /rec/</h4><pre>
<a href=".">.                               </a>    21Nov2026 23:46           4096
<a href="..">..                              </a>    21Nov2026 23:46           4096
<a href="monday">monday                          </a>    21Nov2026 23:46           4096
<a href="a.wav">a.wav                           </a>    21Nov2026 23:46             12
</pre></body></html>"""


@pytest.mark.parametrize("body", [SERVE_INDEX, MINI_HTTPD], ids=["serve-index", "mini_httpd"])
def test_a_folder_that_is_linked_without_its_slash_is_asked_with_it(body: str) -> None:
    found = recognise(body.encode(), HOST + "/rec/")
    assert isinstance(found, Listing)
    assert [entry.path for entry in found.entries] == ["/rec/monday/", "/rec/a.wav"]


def test_the_family_in_the_manual_is_all_that_there_is_of_it() -> None:
    module = ROOT / "probes" / "recognise" / "listing" / "families" / "lighttpd.py"
    manual = (ROOT / "docs" / "recognition.md").read_text("utf-8")
    assert module.read_text("utf-8") in manual
    registry = (module.parent / "__init__.py").read_text("utf-8")
    assert [line.strip() for line in registry.splitlines() if "lighttpd" in line] == ["lighttpd,", "lighttpd.FAMILY,"]
    others = {path for path in (ROOT / "probes").rglob("*.py") if path != module and path.name != "__init__.py"}
    assert not [
        path for path in others if "families.lighttpd" in (said := path.read_text("utf-8")) or "lighttpd." in said
    ]
