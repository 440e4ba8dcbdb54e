"""A listing whose links do not lead below its own folder, tried: where they lead, and under the names that they show.

Servers behind a proxy that takes a prefix away write links from their own root; others name an inner host, have a wrong
`<base href>`, or keep their files at another path. What a link seems to lead to decides nothing: what answers does.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from probes.api import Exposed, WebTarget
from probes.facts import Fact
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.model import Kind, Listing, Strength
from probes.recognise.listing.unchanged import recognise_again
from probes.recognise.media.kinds import NO_DATA, kind_of_name
from probes.recognise.memo import Found
from probes.recognise.pages.page_links import PageLink, below, leads_inside, page_links
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.plain import as_text
from probes.recognise.pages.script_loads import folders_in
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response
from probes.web._folder_page import PAGE, listing_in
from probes.web._outcome import MOST_REMEMBERED, Undecided, digest_of, telling_of
from probes.web._redirects import named_here
from probes.web.proof.file import Opened, opens
from probes.web.proof.listing import prove
from probes.web.proof.witness import Beside, Witness, find_witness

_MOST_FOLDERS = 2
_UNASKED = Beside(NoAnswer(NoAnswerReason.NOT_ASKED), "")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the pages at and below `path` as though they had been asked for at `base`, where their links lead."""

    path: str
    base: str
    renamed: bool
    """Whether entries are taken to lie in the folder asked for, under their names; else where their links lead."""

    def read(self, target: WebTarget, asked: str, answer: Answer) -> Listing | None:
        """The listing in the answer to `asked`, if it holds one."""
        if not isinstance(answer, Response) or answer.ending in (Ending.BOMB, Ending.UNREADABLE):
            return None
        if not asked.startswith(self.path) or "?" in asked:
            return None
        url = self.base + asked[len(self.path) :]
        whole = answer.ending is Ending.WHOLE
        found = recognise_again(answer.body, url, headers=tuple(answer.headers), status=answer.status, whole=whole)
        if not isinstance(found, Listing) or not found.entries or not found.claimed:
            return None
        if not self.renamed:
            return found if _is_of(found, target, asked, answer) else None
        return _renamed(found, asked)


def _is_of(listing: Listing, target: WebTarget, asked: str, answer: Response) -> bool:
    """Whether a listing is certain, or the title or a heading of its page names the folder asked for."""
    if listing.strength is Strength.CERTAIN:
        return True
    return Page.of(answer.body, target.url(asked), tuple(answer.headers), answer.status, True).names_path


def moved_listing(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...], listing: Listing | None = None
) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """The exposure of a page that is a listing of another folder than its own; None where it is none of any.

    A file that answers, or a folder that lists, is what proves it: an ordinary page links to ordinary pages. `listing`
    is what the page lists in its own folder, where nothing of that answered.
    """
    if listing is not None and (opened := (yield from _escaped_twice(target, path, page, listing, facts))):
        return opened
    if listing is not None and (opened := (yield from _in_its_folder(target, path, path, page, page, facts))):
        return opened
    if page.status != 200 or not path.endswith("/"):
        return None
    seen = False
    key = digest_of(page, target.url(path), telling_of(page))
    for base, inside in _elsewhere.get(key, lambda: _bases(target, path, page)) or ():
        for renamed in (True, False):
            reader = _Reader(path, base, renamed)
            other = reader.read(target, path, page)
            if other is None:
                continue
            # A page that names another host of the internet says itself that the files are not here.
            seen = seen or (inside and _is_of(other, target, path, page))
            witness = yield from find_witness(target, path, other, _UNASKED, reader.read)
            if isinstance(witness, Witness) and (witness.file or witness.inside):
                ask = Request("GET", path, PAGE)
                result = yield from prove(target, path, page, other, ask, facts, reader.read)
                if isinstance(result, Exposed):
                    return result
    if seen:
        return Undecided(
            UndecidedReason.ENTRY_UNPROVEN, "names are listed, their links lead elsewhere, and nothing of it answers"
        )
    return None


_elsewhere: Found[bytes, list[tuple[str, bool]]] = Found(MOST_REMEMBERED)


def loaded_rows(
    target: WebTarget, path: str, page: Answer, source: str, answer: Answer, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of the folder `path` whose `page` loads its rows from `source`: an interface names the files of that
    folder, or of one that the page's script writes before their names, and none of its own. None where they do not
    answer there either."""
    folder = path.partition("?")[0]
    folder = folder[: folder.rfind("/") + 1]
    if source.partition("?")[0].rpartition("/")[0] + "/" != folder:
        opened = yield from _rows_in(target, path, folder, source, answer, facts)
        if opened is not None:
            return opened
    opened = yield from _in_its_folder(target, path, source, page, answer, facts)
    return opened or (yield from _in_its_folder(target, path, source, answer, answer, facts))


def _in_its_folder(
    target: WebTarget, path: str, source: str, page: Answer, answer: Answer, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of rows that `source` gives, in a folder that the script of `page` writes before their names, or
    that an interface may mean by them; None where the first file of them does not answer in any."""
    if not isinstance(page, Response) or not isinstance(answer, Response):
        return None
    if _is_data(page) and path == source and path not in target.paths:
        # What a page loads is tried as a part of that page.
        return None
    key = digest_of(page, target.url(path), source, tuple(sorted(_hosts(target))))
    folders = _written.get(key, lambda: _folders_of(target, path, source, page) or None) or ()
    listing = listing_in(target, source, answer) if folders else None
    if listing is None or not listing.files:
        return None
    asked = {entry.path for entry in listing.files}
    for number, folder in enumerate(folders, 1):
        other = _within(listing, source, folder).files[0].path
        said = f"{path}{{folder of the script {number}}}"
        if other not in asked and isinstance((yield from opens(target, other, said)), Opened):
            return (yield from _rows_in(target, path, folder, source, answer, facts))
    return None


_written: Found[bytes, tuple[str, ...]] = Found(MOST_REMEMBERED)


def _is_data(page: Response) -> bool:
    """Whether an answer is no page: an interface's, a text, or a script that holds rows."""
    return page.body.lstrip()[:1] != b"<"


_MOST_BASES = 2
_BASE = re.compile(
    r"""(?i)"(?:(?:base|root|media|files?|storage|download|cdn|audio|public)_?)?(?:ur[il]|path|prefix|root|base|dir|folder)"\s{0,8}:\s{0,8}"""
    r""""((?:https?:\\?/\\?/[^"\s]{1,200})?\\?/[^"\s]{0,300})\""""
)
"""A field of an answer that tells where what it names is kept."""


def _folders_of(target: WebTarget, path: str, source: str, page: Response) -> tuple[str, ...]:
    """The folders of this endpoint that the script of a page names. What an interface names as `audio/a.wav` may lie
    where it says itself that it keeps its files, beside it, or below the root."""
    if _is_data(page):
        said = [one.replace("\\/", "/") for one in _BASE.findall(as_text(page.body[:_EARLY]))]
        kept = [one if one.endswith("/") else f"{one}/" for one in said if kind_of_name(one) in NO_DATA]
        bases = dict.fromkeys(named_here(target, path, one) for one in kept)
        beside = source.partition("?")[0].rpartition("/")[0] + "/"
        found = [*list(bases)[:_MOST_BASES], beside, "/"]
    else:
        found = [named_here(target, path, one) for one in folders_in(read_page(as_text(page.body)).script)]
    return tuple(dict.fromkeys(one for one in found if one and (one != path or _is_data(page))))


_EARLY = 1 << 16


def _within(listing: Listing, source: str, folder: str) -> Listing:
    """The listing with its entries taken to lie in `folder`, by their paths from where they were taken to lie."""
    bare = source.partition("?")[0]
    for own in (bare.rstrip("/") + "/", bare.rpartition("/")[0] + "/"):
        if all(one.path.startswith(own) and "?" not in one.path for one in listing.entries):
            entries = (replace(one, path=folder + one.path[len(own) :]) for one in listing.entries)
            return replace(listing, entries=tuple(entries))
    return _renamed(listing, folder)


def _hosts(target: WebTarget) -> set[str]:
    return {host.lower() for host in (target.name, target.host, target.address) if host}


def _rows_in(
    target: WebTarget, path: str, folder: str, source: str, answer: Answer, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of the rows in `answer`, which was asked for at `source`, as files of `folder`."""

    def read(target: WebTarget, asked: str, answer: Answer) -> Listing | None:
        found = listing_in(target, source if asked == path else asked, answer)
        return _within(found, source, folder) if found is not None and asked == path else found

    listing = read(target, path, answer)
    if listing is None or not listing.entries or not isinstance(answer, Response):
        return None
    result = yield from prove(target, path, answer, listing, Request("GET", source, PAGE), facts, read)
    answered = isinstance(result, Exposed) and result.witnesses
    return result if isinstance(result, Exposed) and answered else None


def _escaped_twice(
    target: WebTarget, path: str, page: Response, listing: Listing, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | None]:
    """The exposure of a listing whose links are escaped once too often (`a%2520b.wav`, `a&amp;amp;b.wav`), by the names
    that they show; None where these do not answer either."""

    def read(target: WebTarget, asked: str, answer: Answer) -> Listing | None:
        found = listing_in(target, asked, answer)
        return _unescaped(found, asked) if found is not None else None

    if (plain := _unescaped(listing, path)).entries == listing.entries:
        return None
    result = yield from prove(target, path, page, plain, Request("GET", path, PAGE), facts, read)
    return result if isinstance(result, Exposed) and result.witnesses else None


def _unescaped(listing: Listing, folder: str) -> Listing:
    named = [(one, html.unescape(unquote(one.name, errors="replace"))) for one in listing.entries]
    return replace(
        listing,
        entries=tuple(
            replace(one, name=name, path=below(folder, name) + "/" * (one.kind is Kind.DIRECTORY))
            if name != one.name and "/" not in name
            else one
            for one, name in named
        ),
    )


def _renamed(listing: Listing, folder: str) -> Listing:
    """The listing with its entries taken to lie in `folder`, under their names."""
    entries = (
        replace(one, path=below(folder, one.name) + "/" * (one.kind is Kind.DIRECTORY)) for one in listing.entries
    )
    return replace(listing, entries=tuple(entries))


def _bases(target: WebTarget, path: str, page: Response) -> list[tuple[str, bool]]:
    """The folders that most links of the page lead into, as URLs, and whether they may be of this host.

    The page's own folder is none of them.
    """
    links = page_links(page.body, target.url(path), tuple(page.headers))
    hosts = _hosts(target)
    counted = Counter(
        (link.host, link.port, link.folder, leads_inside(link, hosts))
        for link in links
        if not _own(target, path, link) and not _up(path, link)
    )
    return [
        (f"http://{_bracketed(host)}:{port}{folder}", inside)
        for (host, port, folder, inside), _ in counted.most_common(_MOST_FOLDERS)
    ]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _own(target: WebTarget, path: str, link: PageLink) -> bool:
    here = target.name or target.address
    return link.host == here.lower() and link.port == target.port and link.folder == path


def _up(path: str, link: PageLink) -> bool:
    """Whether a link leads to a folder above the one asked for, as each listing has one: no file lies there by it."""
    return link.path.endswith("/") and link.path != path and path.startswith(link.path)
