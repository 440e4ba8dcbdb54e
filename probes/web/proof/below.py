"""Folders below an open listing: a few of them are kept, and asked before the place is clear.

A server may refuse a folder and its own files, and still list what lies deeper. Each folder is kept with the door that
it was seen by, as `GET /calls/2025/` or `PROPFIND /calls/2025/`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.api import WebTarget
from probes.reasons import ClosedReason
from probes.recognise.listing.model import Listing
from probes.requests.http import Answer, Ask, Reply, Request, Response, one
from probes.requests.webdav import propfind
from probes.web._folder_page import PAGE
from probes.web._outcome import Closed, Undecided, unserved
from probes.web._redirects import Arrived, follow, redirects
from probes.web.proof.witness import Read, Witness, few

_KEPT = 12
"""Folders of one listing that are kept: the first, the last and some between."""
_DEPTH = 3
"""Folders that the first look at an open place reads, one below the other."""


def door(method: str, path: str) -> str:
    """How a folder is kept among what was seen open."""
    return f"{method} {path}"


def door_of(witness: str) -> Request | None:
    """The request that asks a kept folder again; None for a file."""
    if witness.startswith("PROPFIND "):
        return propfind(witness.removeprefix("PROPFIND "), PAGE)
    if witness.startswith("GET ") or witness.endswith("/"):
        return Request("GET", witness.removeprefix("GET "), PAGE)
    return None


def look_below(
    target: WebTarget, path: str, listing: Listing, ask: Request, read: Read, witness: Witness
) -> Generator[Ask, Reply, tuple[str, ...]]:
    """What lies below an open listing and is to be tried again before it is clear: folders that it lists, and once,
    for the first look, those that list themselves one below the other, with a file of each."""
    kept = [door(ask.method, one.path) for one in few(listing.directories, _KEPT)]
    kept += [door(ask.method, one) for one in witness.folders]
    here = listing
    for number in range(1, _DEPTH + 1):
        if witness.folders or not here.directories or _looked_below(target, path):
            break
        into = here.directories[-1].path
        answer = yield from one(replace(ask, path=into, fresh=False, said=f"{path}{{below {number}}}"))
        inside = read(target, into, answer)
        if inside is None:
            break
        kept += [door(ask.method, into), *(entry.path for entry in inside.files[-1:])]
        here = inside
    return tuple(kept)


def _looked_below(target: WebTarget, path: str) -> bool:
    known = (one for one in target.known if (one.path, one.kind) == (path, "listing"))
    return any(" " in witness for one in known for witness in one.witnesses)


def arrive(target: WebTarget, ask: Request) -> Generator[Ask, Reply, tuple[str, Answer]]:
    """The answer to a kept folder and where it is: a redirect to what lies in the folder is followed."""
    answer = yield from one(ask)
    if ask.method != "GET" or not redirects(answer):
        return ask.path, answer

    def again(path: str, said: str) -> Generator[Ask, Reply, Answer]:
        return (yield from one(replace(ask, path=path, said=said)))

    arrived = yield from follow(target, ask.path, answer, again, ask.said)
    inside = isinstance(arrived, Arrived) and arrived.path.startswith(ask.path)
    return (arrived.path, arrived.answer) if inside and isinstance(arrived, Arrived) else (ask.path, answer)


def shut(ask: Request, answer: Answer) -> Closed | Undecided:
    """What the answer of a folder that lists nothing says: silence and faults do not shut it, a page of its own does.
    Servers answer a verb that they do not know by 405 or 501."""
    told = unserved(answer)
    if isinstance(told, Undecided) and not (
        ask.method != "GET" and isinstance(answer, Response) and answer.status == 501
    ):
        return told
    return told if isinstance(told, Closed) else Closed(ClosedReason.NO_LISTING)
