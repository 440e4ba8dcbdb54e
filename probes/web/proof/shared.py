"""Public links of Nextcloud and ownCloud: the folder behind a declared link is asked for by WebDAV, and proven."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from probes.api import Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason
from probes.recognise.listing.model import Listing
from probes.recognise.shares.public_links import SharedFolder, is_shared, shared_folder, token_of
from probes.requests.http import Ask, Reply, Request, Response, Together, one
from probes.requests.webdav import propfind
from probes.web._endpoint_facts import facts_of
from probes.web._folder_page import PAGE, read_folder
from probes.web._once_open import known
from probes.web._outcome import Closed, Undecided, telling_of
from probes.web.proof.listing import Proving, prove


def behind_link(
    target: WebTarget, at: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Closed | Undecided | None]:
    """What the declared link at `at` shows a stranger by WebDAV. None where its page is not that of a link, where it is
    not declared, or where WebDAV shows nothing.

    What is open is filed where WebDAV shows it, and looked at there from then on. Older servers show it to who names
    the token of the link as user: there it is filed at the link.
    """
    share = shared_folder(at, page.body, telling_of(page)) if page.status == 200 else None
    if share is None or share.token not in map(token_of, target.declared):
        return None
    for folder in share.folders:
        if known(target, folder, "listing") is not None:
            return Closed(ClosedReason.LOOKED_AT_THERE)
        shown = yield from _shown(target, folder, propfind(folder, PAGE), facts)
        if shown is not None:
            return shown
    ask = propfind(share.older_folder, PAGE)
    ask = replace(ask, headers=(*ask.headers, share.as_user))
    shown = yield from _by_user(share, _shown(target, share.older_folder, ask, facts))
    if not isinstance(shown, Exposed):
        return shown
    files = tuple(share.download(one) for one in shown.witnesses if not (" " in one or one.endswith("/")))
    return replace(shown, place=target.place(at), witnesses=files)


def looked_at_there(target: WebTarget, at: str, page: Response) -> bool:
    """Whether `page` is that of a declared link whose folder is on file as open where WebDAV shows it: all that the
    link leads to is looked at there, and nothing has to be asked beside its page."""
    if page.status != 200 or known(target, at, "listing") is not None:
        return False
    share = shared_folder(at, page.body, telling_of(page))
    if share is None or share.token not in map(token_of, target.declared):
        return False
    return any((before := known(target, one, "listing")) is not None and before.open for one in share.folders)


def still_shown(target: WebTarget, folder: str) -> Generator[Ask, Reply, Exposed | None]:
    """What WebDAV shows of the folder behind a link that is on file as open: no page is asked for first, as none shows
    it. None: it is looked at like any other path."""
    before = known(target, folder, "listing")
    if before is None or not before.open or not is_shared(folder):
        return None
    shown = yield from _shown(target, folder, propfind(folder, PAGE))
    return shown if isinstance(shown, Exposed) else None


def _shown(
    target: WebTarget, folder: str, ask: Request, facts: tuple[Fact, ...] | None = None
) -> Generator[Ask, Reply, Exposed | Closed | Undecided | None]:
    answer = yield from one(ask)
    if not isinstance(answer, Response) or answer.status not in (200, 207):
        return None
    reading = read_folder(target, folder, answer, answer, folder)
    # With itself alone it answers where one file is shared, or none.
    if not isinstance(reading, Listing) or reading.family != "webdav" or not reading.entries:
        return None
    seen = facts if facts is not None else facts_of(target, answer)
    result = yield from prove(target, folder, answer, reading, ask, seen)
    if not isinstance(result, Exposed):
        return result
    return replace(result, proof=(Proof(ProofStep.SCRIPTED_PAGE, "nextcloud"), *result.proof))


def _by_user(share: SharedFolder, proof: Generator[Ask, Reply, Exposed | Closed | Undecided | None]) -> Proving:
    """The proof of a folder below which a file has an address of its own, at the link."""
    told: Reply | None = None

    def as_link(ask: Request) -> Request:
        if ask.method != "GET" or not ask.path.startswith(share.older_folder):
            return ask
        return replace(ask, path=share.download(ask.path))

    while True:
        try:
            ask = next(proof) if told is None else proof.send(told)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        match ask:
            case Request():
                told = yield as_link(ask)
            case Together(asks=asks):
                told = yield Together(tuple(as_link(each) for each in asks))
