"""What of a listing answers a stranger: a file, a folder that lists, a folder that is there; or that all is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from probes.api import WebTarget
from probes.proof import ProofStep
from probes.reasons import ClosedReason, UndecidedReason, Why
from probes.recognise.listing.model import Entry, Kind, Listing, Strength
from probes.recognise.media.kinds import GRAVEST_FIRST, extension, kind_of_name
from probes.recognise.media.signatures import FLOW_INSTANCE
from probes.requests.http import Answer, Ask, Reply, Request, Response, one
from probes.web._folder_page import PAGE, listing_in
from probes.web._outcome import Closed, Undecided, unserved
from probes.web._redirects import Arrived, follow, redirects
from probes.web.proof.canary import file_canary, same
from probes.web.proof.file import Opened, first_bytes, opens
from probes.web.proof.file_pages import handed_out

T = TypeVar("T")
_CASE = re.compile(r"\d{1,12}\.xml", re.IGNORECASE)
_GRAVEST = 3
_SPREAD = 5
_FOLDERS = 3
_DEPTH = 4
_PEEKS = 6
PLAINLY = 2
"""Files that must refuse a plain GET as well before a refused Range is believed of the others."""


@dataclass(frozen=True, slots=True)
class Witness:
    """An entry that answered a stranger. `path` is learnt from the page: it is sealed before it is kept."""

    path: str
    step: ProofStep
    inside: tuple[Listing, ...] = ()
    """The listings read on the way down to it, when the page itself holds folders alone."""
    folders: tuple[str, ...] = ()
    """Where those listings are."""
    file: bool = False
    """Whether it is a file; else a folder."""
    case: bool = False
    """Whether it is a case of an e-service."""
    names: bool = False
    """Whether it is a folder, and every file that was tried is refused: a stranger gets their names alone."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The answer to a folder that cannot exist in the listing's own folder, and the path that was asked."""

    answer: Answer
    path: str


Finding = Generator[Ask, Reply, "Witness | Closed | Undecided"]


Read: TypeAlias = Callable[[WebTarget, str, Answer], Listing | None]
"""How a listing is read out of the answer to a path."""


_BY_PAGE = Request("GET", "/", PAGE)


def find_witness(
    target: WebTarget, path: str, listing: Listing, beside: Beside, read: Read = listing_in, ask: Request = _BY_PAGE
) -> Finding:
    """An entry that answers: a file of this page, else a file in its folders, else a folder. Pages are read by `read`.
    Folders are asked for as the listing was, by `ask`: what WebDAV lists may have no page.

    Closed: whatever was tried is refused, so that the names are all that a stranger gets.
    """
    came: list[Closed | Undecided] = []
    if listing.files:
        found = yield from _file_witness(target, path, listing)
        if isinstance(found, Witness):
            return found
        came.append(found)
    # Some servers link folders without their slash, and redirect: where no file answers they are tried as folders.
    folders = listing if listing.directories else _without_slash(listing)
    if folders.directories:
        below = yield from _folder_witness(target, path, folders, beside, read, ask)
        if isinstance(below, Witness):
            return replace(below, names=below.names and bool(came) and _refuses(came[0]))
        came.append(below)
    return came[0] if came else Undecided(UndecidedReason.ENTRY_UNPROVEN, "no entry of the listing could be tried")


def _without_slash(listing: Listing) -> Listing:
    """The entries of a listing that may be folders, though their links do not say so: names without an ending."""
    bare = [one for one in listing.files if "?" not in one.path and not extension(one.name)]
    return replace(listing, entries=tuple(replace(one, path=f"{one.path}/", kind=Kind.DIRECTORY) for one in bare))


def spread(listing: Listing, inside: tuple[Listing, ...] = ()) -> list[Entry]:
    """A few listed files, first to last: one of them alone may be deleted, or closed, while the rest stay open."""
    return few([entry for page in (listing, *inside) for entry in page.files], _SPREAD)


def few(entries: Sequence[T], most: int) -> list[T]:
    """So many of these at most, first to last."""
    if len(entries) <= most:
        return list(entries)
    return [entries[number * (len(entries) - 1) // (most - 1)] for number in range(most)]


def candidates(listing: Listing) -> list[Entry]:
    """Files in the order in which they are tried: the gravest kinds first, then from all over the page.

    The same page gives the same order, so the same inventory leads to the same requests.
    """
    # Exported cases of e-services are called by their numbers: where one lies, it is tried before what is beside it.
    cases = [entry for entry in listing.files if _CASE.fullmatch(entry.name)][:1]
    rank = {kind: number for number, kind in enumerate(GRAVEST_FIRST)}
    gravest = sorted(listing.files, key=lambda entry: rank.get(kind_of_name(entry.name), len(rank)))[:_GRAVEST]
    return list(dict.fromkeys((*cases, *gravest, *reversed(spread(listing)))))[:_SPREAD]


@dataclass(slots=True)
class _Tried:
    """What the entries tried so far came to, when none of them answered."""

    certain: bool
    """Whether what names them is a listing for certain: whatever its files lead to, their names are shown."""
    refused: list[Why] = field(default_factory=list)
    undecided: Undecided | None = None

    def add(self, came: Closed | Undecided) -> None:
        match came:
            case Closed(why=why) if why is not ClosedReason.LOOKED_AT_THERE:
                self.refused.append(why)
            case Closed() | Undecided(why=UndecidedReason.TYPE_UNPROVEN):
                # A page in place of the file: a stranger does not get it here.
                self.refused.append(ClosedReason.NOT_FOUND)
            case Undecided(why=UndecidedReason.REDIRECTED) if self.certain:
                self.refused.append(ClosedReason.LEADS_ELSEWHERE)
            case Undecided():
                self.undecided = self.undecided or came

    def result(self, what: str) -> Closed | Undecided:
        if self.undecided is None and self.refused:
            return Closed(
                next((why for why in self.refused if why is not ClosedReason.NOT_FOUND), ClosedReason.NOT_FOUND)
            )
        match self.undecided:
            case Undecided(why=UndecidedReason.CATCH_ALL | UndecidedReason.CANARY_FAILED) as came:
                return came
            case Undecided(why=why, detail=detail):
                return Undecided(
                    UndecidedReason.ENTRY_UNPROVEN, f"the {what} tried gave no proof ({detail or why.value})"
                )
            case None:
                return Undecided(UndecidedReason.ENTRY_UNPROVEN, f"no {what} of the listing could be tried")


_SHOWN_AS_PAGES = re.compile(r"(?i)\.nsf/?\?open")
"""Databases of Domino: whoever is let in to one is shown its pages, and never the file."""


def _file_witness(target: WebTarget, folder: str, listing: Listing) -> Finding:
    tried, pages = _Tried(listing.strength is Strength.CERTAIN), list[Entry]()
    texts: dict[bytes, Witness] = {}
    for number, entry in enumerate(candidates(listing), 1):
        # Where two were refused without a Range as well, a refused Range is believed of the others.
        insist = len(tried.refused) < PLAINLY
        opened = yield from opens(target, entry.path, f"{folder}{{file {number}}}", insist=insist)
        if isinstance(opened, Opened):
            case = opened.media.format == FLOW_INSTANCE
            step = ProofStep.CASE_ANSWERS if case else ProofStep.FILE_ANSWERS
            witness = Witness(entry.path, step, file=True, case=case)
            if not opened.instead:
                return witness
            # One text in place of every file gives away their names alone.
            tried.refused += [ClosedReason.FORBIDDEN] * (opened.instead in texts)
            texts.setdefault(opened.instead, witness)
            if len(texts) > 1:
                return witness
            continue
        pages += [entry] * (isinstance(opened, Undecided) and opened.why is UndecidedReason.TYPE_UNPROVEN)
        tried.add(opened)
        if tried.undecided is not None and number >= _GRAVEST:
            break
    if texts and not tried.refused:
        return next(iter(texts.values()))
    told = len(pages) == len(tried.refused) > 0 and tried.undecided is None and listing.strength is not Strength.CERTAIN
    if pages:
        # What answered otherwise may be the file itself, of which no more is read.
        shown = yield from handed_out(target, pages, folder)
        if shown:
            return Witness(shown, ProofStep.FILE_ANSWERS, file=True)
    if told and not any(map(_SHOWN_AS_PAGES.search, (entry.path for entry in listing.files))):
        # Rows of names that lead to pages of their own, as shops and archives have, are no listing.
        beside = yield from first_bytes(file_canary(listing.files[0].path, target.nonce), f"{folder}{{canary}}")
        if isinstance(unserved(beside), Closed):
            return Closed(ClosedReason.NO_LISTING)
    return tried.result("file")


def whole_file(target: WebTarget, folder: str, listing: Listing) -> Generator[Ask, Reply, Witness | None]:
    """One of the listed files, if it answers a plain GET. Asked where each was said to be missing when it was asked for
    in part: some programs answer so to any Range."""
    entry = candidates(listing)[0]
    opened = yield from opens(target, entry.path, f"{folder}{{file 1}}", plainly=True)
    return Witness(entry.path, ProofStep.FILE_ANSWERS, file=True) if isinstance(opened, Opened) else None


def _folder_witness(
    target: WebTarget, path: str, listing: Listing, beside: Beside, read: Read, ask: Request
) -> Finding:
    """Go down a few folders, last name first, until a file answers; a folder that lists, or is there, is the weaker
    witness."""
    here, peeks, tried = listing, 0, _Tried(listing.strength is Strength.CERTAIN)
    inside: list[Listing] = []
    folders: list[str] = []
    refused: list[bool] = []
    lists: Witness | None = None
    there: Witness | None = None
    for _ in range(_DEPTH):
        step: Listing | None = None
        for entry in reversed(here.directories[-_FOLDERS:]):
            if peeks == _PEEKS:
                break
            peeks += 1
            said = f"{path}{{folder {peeks}}}"
            at, answer = yield from _folder_page(target, entry.path, said, ask)
            child = read(target, at, answer)
            if child is None:
                if listing.strength is Strength.CERTAIN and _is_there(answer, at, beside):
                    there = there or Witness(at, ProofStep.FOLDER_ANSWERS)
                tried.add(_folder_told(answer))
                continue
            inside.append(child)
            folders.append(at)
            lists = lists or Witness(at, ProofStep.FOLDER_LISTS)
            if child.files:
                found = yield from _file_witness(target, said, child)
                if isinstance(found, Witness):
                    return replace(found, inside=tuple(inside), folders=tuple(folders))
                refused.append(_refuses(found))
            if child.entries:
                step = child
                break
        if step is None or not step.directories:
            break
        here = step
    if lists is not None:
        return replace(lists, inside=tuple(inside), folders=tuple(folders), names=bool(refused) and all(refused))
    return there or tried.result("folder")


def _refuses(came: Closed | Undecided) -> bool:
    """Whether the files that were tried are there and refused: one that is gone is no refusal."""
    return isinstance(came, Closed) and came.why not in (ClosedReason.NOT_FOUND, ClosedReason.NO_LISTING)


def _folder_page(target: WebTarget, path: str, said: str, ask: Request) -> Generator[Ask, Reply, tuple[str, Answer]]:
    """The page of a folder and where it is: a redirect that adds the slash to its path is followed."""
    answer = yield from (_page(path, said) if ask.method == "GET" else one(replace(ask, path=path, said=said)))
    if not redirects(answer) or path.endswith("/"):
        return path, answer
    arrived = yield from follow(target, path, answer, _page, said)
    return (arrived.path, arrived.answer) if isinstance(arrived, Arrived) else (path, answer)


def _page(path: str, said: str) -> Generator[Ask, Reply, Answer]:
    return (yield from one(Request("GET", path, PAGE, said=said)))


def _is_there(answer: Answer, path: str, beside: Beside) -> bool:
    """Whether a listed folder answers with a page of its own: its own index page, a redirect within it."""
    if not isinstance(answer, Response) or unserved(answer) is not None:
        return False
    refused = isinstance(beside.answer, Response) and beside.answer.status in (401, 403, 404, 410)
    return answer.status == 200 and refused and not same(answer, path, beside.answer, beside.path)


def _folder_told(answer: Answer) -> Closed | Undecided:
    nothing = unserved(answer)
    if nothing is not None:
        return nothing
    return Undecided(UndecidedReason.ENTRY_UNPROVEN, "a page that is no listing")
