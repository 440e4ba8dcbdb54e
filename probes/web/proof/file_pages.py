"""Listings whose names lead to a page about each file, on which a link, a player or a script hands the file out."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from probes.api import WebTarget
from probes.recognise.listing.model import Entry
from probes.recognise.media.kinds import KINDS_OF_DATA, kind_of_name
from probes.recognise.pages.page_links import leads_inside, page_links
from probes.recognise.pages.plain import as_text
from probes.requests.http import Ask, Reply, Request, Response, one
from probes.web._folder_page import OWN_QUERY, PAGE, is_act
from probes.web.proof.file import Opened, file_name, opens

_TRIES = 3
_LONGEST = 1 << 18


def handed_out(target: WebTarget, entries: Sequence[Entry], said: str) -> Generator[Ask, Reply, str]:
    """The path by which the page of one of these files gives it to a stranger; empty where none does.

    Only files that the asset is declared to hold are asked for, by addresses that name the same file, and their first
    bytes must be of the kind that the name promises: shops and archives have a page about everything that they show.
    """
    kinds = KINDS_OF_DATA.get(target.data, frozenset())
    grave = [entry for entry in entries if kind_of_name(entry.name) in kinds]
    for number, entry in enumerate(dict.fromkeys((*grave[:1], *grave[-1:])), 1):
        page = yield from one(Request("GET", entry.path, PAGE, said=f"{said}{{page {number}}}"))
        if not isinstance(page, Response) or page.status != 200:
            continue
        for which, path in enumerate(_addresses(target, entry, page)[:_TRIES], 1):
            told = yield from opens(target, path, f"{said}{{page {number} file {which}}}")
            if isinstance(told, Opened) and told.media.confirmed and told.media.kind is kind_of_name(entry.name):
                return path
    return ""


def _addresses(target: WebTarget, entry: Entry, page: Response) -> list[str]:
    """Addresses on the page of a file that name the same file: links, players, and the page's own address with a query
    that a script of it adds (`location.pathname + "?download=true"`)."""
    hosts = {host.lower() for host in (target.name, target.host, target.address) if host}
    name = file_name(entry.path)
    linked = page_links(page.body, target.url(entry.path), tuple(page.headers))
    found = [link.path for link in linked if leads_inside(link, hosts) and file_name(link.path) == name]
    found += [entry.path.partition("?")[0] + query for query in OWN_QUERY.findall(as_text(page.body)[:_LONGEST])]
    return [path for path in dict.fromkeys(found) if path != entry.path and not is_act(path)]
