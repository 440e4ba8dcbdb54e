"""Folders that a script draws: where the page is a known product's shell, its own interface is asked by one GET."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.api import Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.listing.model import Listing
from probes.recognise.memo import Found
from probes.recognise.pages.script_loads import listed_bucket
from probes.recognise.pages.script_shells import Shell, shell_of
from probes.requests.http import Answer, Ask, Reply, Request, Response, Together, one
from probes.web._folder_page import PAGE, read_folder
from probes.web._outcome import MOST_REMEMBERED, Closed, Undecided, digest_of, telling_of
from probes.web.proof.below import door, door_of
from probes.web.proof.listing import Proving, prove

_REFUSED = (ClosedReason.LOGIN_DEMANDED, ClosedReason.FORBIDDEN, ClosedReason.LOGIN_WALL)


def behind_script(
    target: WebTarget, path: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Closed | Undecided | None]:
    """What the folder shows to the script of its page; None where the page is no shell of a product that is known.

    A shell by itself is no evidence that a folder is closed: what its interface neither shows nor refuses is undecided.
    """
    if page.status != 200:
        return None
    shell = shell_in(page)
    if shell is None:
        return None
    if shell.folder is None:
        return Undecided(
            UndecidedReason.DRAWN_BY_SCRIPT, f"{shell.product} shows its rows to a POST alone, which is never sent"
        )
    bare, _, query = path.partition("?")
    rows = yield from one(Request("GET", shell.folder(bare), PAGE))
    told = read_folder(target, path, rows, rows, path)
    if query and not (isinstance(told, Closed) and told.why in _REFUSED and not shell.anybody):
        # A query is of another product's: what this one shows is looked at without it.
        return None
    match told:
        case Listing() as listing if isinstance(rows, Response):
            proof = prove(target, path, rows, listing, Request("GET", path, PAGE), facts)
            result = yield from _through(shell, path, proof)
            if not isinstance(result, Exposed):
                return result
            return replace(
                result,
                witnesses=tuple(_asked(shell, one) for one in result.witnesses),
                proof=(Proof(ProofStep.SCRIPTED_PAGE, shell.product), *result.proof),
            )
        case Closed(why=why) if why in _REFUSED and not shell.anybody:
            return Closed(why)
        case Undecided(why=why, detail=detail) if why not in (UndecidedReason.CATCH_ALL, ClosedReason.NO_LISTING):
            return Undecided(why, detail)
        case _:
            return Undecided(
                UndecidedReason.DRAWN_BY_SCRIPT, f"a shell of {shell.product}, whose interface shows no rows to a GET"
            )


def shell_in(page: Response) -> Shell | None:
    """The product whose shell a page is; None where it is none of those that are known."""
    telling = telling_of(page)
    return _shells.get(digest_of(page, telling), lambda: shell_of(page.body, telling))


_shells: Found[bytes, Shell] = Found(MOST_REMEMBERED)


def _through(shell: Shell, path: str, proof: Proving) -> Proving:
    """The proof of any listing, in which each folder is asked for through the interface: the canaries' too."""
    told: Reply | None = None
    while True:
        try:
            ask = next(proof) if told is None else proof.send(told)
        except StopIteration as end:
            return _result(end.value)
        match ask:
            case Request():
                told = yield _by_interface(shell, path, ask)
            case Together(asks=asks):
                told = yield Together(tuple(_by_interface(shell, path, each) for each in asks))


def _asked(shell: Shell, witness: str) -> str:
    """What was seen open, as the interface hands it out."""
    folder = door_of(witness)
    if folder is None:
        return shell.file(witness)
    return door("GET", shell.folder(folder.path)) if shell.folder is not None else witness


def _result(value: object) -> Exposed | Closed | Undecided:
    assert isinstance(value, Exposed | Closed | Undecided)  # noqa: S101  what a proof ends with
    return value


def _by_interface(shell: Shell, path: str, ask: Request) -> Request:
    # The page's own address stands for the folder that it shows, with or without a slash at its end.
    if shell.folder is not None and ask.method == "GET" and (ask.path.endswith("/") or ask.path == path):
        return replace(ask, path=shell.folder(ask.path))
    return replace(ask, path=shell.file(ask.path))


def bucket_of_script(target: WebTarget, page: Answer) -> str:
    """The host of a bucket that a page's script lists, and that is not this host: it is never connected to."""
    if not isinstance(page, Response) or page.status != 200:
        return ""
    host = _buckets.get(digest_of(page), lambda: listed_bucket(page.body) or None)
    return "" if host is None or host in (target.host, target.name) else host


_buckets: Found[bytes, str] = Found(MOST_REMEMBERED)
