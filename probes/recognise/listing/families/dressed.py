"""Families that are known by the classes and ids of their page: scripts and servers with a dress of their own."""

from __future__ import annotations

from collections.abc import Callable

from probes.recognise.listing.family import Family, read_lines
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading, read_block

Marks = Callable[[Page], tuple[str, ...]]


def wears(said: str, *needs: str) -> Marks:
    """Marks of a page that has every one of these classes and `#ids`; `a|b` asks for either."""
    wanted = [set(need.split("|")) for need in needs]

    def marks(page: Page) -> tuple[str, ...]:
        return (said,) if all(alternatives & page.classes for alternatives in wanted) else ()

    return marks


def _encode_explorer(page: Page) -> tuple[str, ...]:
    """Icons that the script draws itself (`?img=`), beside links of class `item`."""
    icons = sum(token.name == "img" and '"?img=' in token.raw for token in page.tokens)
    return ("icons drawn by the script itself, beside its items",) if icons and "item" in page.classes else ()


def _subversion(page: Page) -> tuple[str, ...]:
    revision = " - Revision " in page.title and page.title in page.headings[:2] and ": /" in page.title
    return ("title and heading alike give a revision and a path, as mod_dav_svn writes them",) if revision else ()


def _wamp(page: Page) -> tuple[str, ...]:
    shown = "WAMPSERVER" in page.title.upper() and "projects" in page.classes
    return ("the start page of WampServer with its list of projects",) if shown else ()


def _read_projects(page: Page) -> Reading:
    """The folders of the server's root, which stand beside tools, aliases and links to manuals."""
    reading = Reading(kind="list")
    for block in page.blocks:
        if "projects" in block.attributes.get("class", "").split():
            reading.add(read_block(block, page.place))
    for one in reading.found:
        one.directory = one.marked = True
    return reading


FAMILIES: tuple[Family, ...] = (
    Family("h5ai", wears("the table that h5ai writes for browsers without scripts", "fb-n", "fb-s|fb-d")),
    Family("h5ai", wears("h5ai's extended list", "#extended", "entry", "label")),
    Family("directory lister", wears("Directory Lister's list", "#directory-listing|directory-listing", "file-name")),
    Family(
        "evoluted",
        wears("Evoluted's list and its header", "#listing|#listingcontainer", "#headerfile|#headersize"),
        read_lines,
    ),
    Family("snif", wears("snif's table", "snif")),
    Family("autoindex php", wears("AutoIndex's cells", "autoindex_body|autoindex_table", "default_td|autoindex_td")),
    Family("zindexer", wears("zindexer's cells", "fname", "mono", "style1")),
    Family("godir", wears("godir's items", "litem", "litem_name")),
    Family("encode explorer", _encode_explorer),
    Family("subversion", _subversion),
    Family("wamp", _wamp, _read_projects),
)
