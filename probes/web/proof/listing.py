"""Proof that a listing is open: a canary beside it, an entry that answers, and a second look over a new connection."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace

from probes.api import Certainty, Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.listing.model import Listing, Strength
from probes.recognise.listing.structured.bucket_names import BUCKET_LIST
from probes.recognise.media.kinds import NO_DATA, kind_of_name
from probes.recognise.pages.page_parts import read_page
from probes.recognise.pages.plain import as_text
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one
from probes.web._folder_page import listing_in
from probes.web._outcome import Closed, Undecided, unserved
from probes.web.proof.below import arrive, door, door_of, look_below, shut
from probes.web.proof.canary import breaks_off, fails, folder_canary, folder_of, healthy, same
from probes.web.proof.file import Opened, opens
from probes.web.proof.witness import PLAINLY, Beside, Read, Witness, few, find_witness, spread, whole_file

Proving = Generator[Ask, Reply, "Exposed | Closed | Undecided"]


def prove(
    target: WebTarget,
    path: str,
    page: Response,
    listing: Listing,
    ask: Request,
    facts: tuple[Fact, ...],
    read: Read = listing_in,
    canary: Beside | None = None,
) -> Proving:
    """Prove or drop one listing. `ask` is the request that brought it; it is what the second look sends again. `canary`
    is the answer to a canary in the same folder, where it was asked for in the same way already.

    Exposed needs all of: a page that parses as a listing (it did), a canary folder in the same folder that is not
    answered like it before and after, and the same listing over a new connection. An entry that answers, with a canary
    beside it that does not, makes what is listed open; where all entries are refused, their names are (`names-only`).
    When only that last look did not come about, the exposure is likely, not proven.
    """
    beside = yield from _canary_folder(target, path, page, listing, ask, "a", read, canary)
    if isinstance(beside, Undecided):
        return beside
    shown = yield from _shown(target, path, page, listing, beside, read, ask)
    if isinstance(shown, Closed | Undecided):
        return shown
    why, step, witness = shown
    again = yield from one(_again(ask))
    seen = read(target, path, again)
    for _ in range(_MORE_LOOKS):
        if isinstance(again, NoAnswer) or (seen is not None and _share(seen, listing)):
            break
        # Of several servers behind an address another may have answered; one that lists is open.
        again = yield from one(_again(ask))
        seen = read(target, path, again)
    proof = [
        Proof(ProofStep.PARSES_AS_LISTING, listing.family),
        *(Proof(ProofStep.PAGE_SAYS, reason) for reason in listing.reasons),
        Proof(ProofStep.CANARY_DIFFERS),
        Proof(step),
    ]
    certainty = Certainty.PROVEN
    if isinstance(again, NoAnswer) or _of_us(again) or page.status != again.status >= 500:
        certainty = Certainty.LIKELY
        proof.append(Proof(ProofStep.NOT_SEEN_AGAIN))
    else:
        if seen is None or not _share(seen, listing):
            return Undecided(
                UndecidedReason.UNSTABLE, "a second look over a new connection did not show the listing again"
            )
        if not any(one.open and (one.path, one.kind) == (path, "listing") for one in target.known):
            after = yield from _canary_folder(target, path, again, seen, ask, "b", read)
            if isinstance(after, Undecided):
                return after
        proof.append(Proof(ProofStep.SEEN_AGAIN))
    inside = witness.inside if witness is not None else ()
    seen_open: tuple[str, ...] = ()
    if witness is not None:
        below = yield from look_below(target, path, listing, ask, read, witness)
        first = witness.path if witness.file or ask.method == "GET" else door(ask.method, witness.path)
        seen_open = (first, *(entry.path for entry in spread(listing, inside)), *below)
    return Exposed(
        place=target.place(path),
        kind="listing",
        why=why,
        certainty=certainty,
        listing=listing,
        inside=inside,
        witnesses=tuple(dict.fromkeys(seen_open)),
        facts=facts,
        proof=tuple(proof),
    )


def _shown(
    target: WebTarget, path: str, page: Response, listing: Listing, beside: Beside, read: Read, ask: Request
) -> Generator[Ask, Reply, tuple[OpenReason, ProofStep, Witness | None] | Closed | Undecided]:
    """What the listing gives to a stranger: what is in it, its names alone, or that an empty folder lists itself."""
    if not listing.entries:
        if listing.strength is not Strength.CERTAIN or page.body.lstrip().startswith(_ANY_INTERFACE):
            return Undecided(UndecidedReason.ENTRY_UNPROVEN, "an empty list, which an interface of any kind may send")
        if any(kind_of_name(word) not in NO_DATA for word in read_page(as_text(page.body)).text.split()):
            return Undecided(
                UndecidedReason.ENTRY_UNPROVEN, "names of files stand on the page, and no link leads to one"
            )
        if not _ENDED.search(page.body):
            return Undecided(UndecidedReason.BODY_BROKEN, "a listing that ends before its first entry")
        return OpenReason.EMPTY, ProofStep.EMPTY_SHOWN, None
    witness = yield from find_witness(target, path, listing, beside, read, ask)
    if isinstance(witness, Closed) and witness.why is ClosedReason.NOT_FOUND and listing.files:
        witness = (yield from whole_file(target, path, listing)) or witness
    buckets = listing.family.endswith(BUCKET_LIST)
    match witness:
        case Witness() if buckets:
            return OpenReason.BUCKETS_LISTED, witness.step, witness
        case Witness(case=True):
            return OpenReason.CASES_OPEN, witness.step, witness
        case Witness(names=True):
            return OpenReason.NAMES_ONLY, witness.step, witness
        case Witness():
            whole = listing.files and witness.file
            return OpenReason.LISTED_AND_READABLE if whole else OpenReason.FOLDERS_LISTED, witness.step, witness
        case Closed(why=ClosedReason.NO_LISTING):
            return witness
        case Closed(why=ClosedReason.NOT_FOUND):
            # A page that names files which are not there may be an old copy, or about another host's files.
            return Undecided(UndecidedReason.ENTRY_REFUSED, "names are listed, and what was tried of them is not there")
        case Closed():
            return OpenReason.BUCKETS_LISTED if buckets else OpenReason.NAMES_ONLY, ProofStep.NAMES_SHOWN, None
        case Undecided():
            return witness


_MORE_LOOKS = 2


def _of_us(answer: Response) -> bool:
    """Whether an answer says something of us alone: that we ask too much, or are filtered out."""
    told = unserved(answer)
    return isinstance(told, Undecided) and told.why in (UndecidedReason.THROTTLED, UndecidedReason.FILTERED)


_ENDED = re.compile(rb"(?:</(?:html|body|pre|table|ul|div)\s{0,9}>|\})\s{0,200}\Z", re.IGNORECASE)
_ANY_INTERFACE = (b"[", b"<?xml", b"<list")


def _share(one_: Listing, other: Listing) -> bool:
    """Whether two readings show the same folder: an entry in common, or no entry in both."""
    if not one_.entries or not other.entries:
        return not one_.entries and not other.entries
    return bool({entry.name for entry in one_.entries} & {entry.name for entry in other.entries})


def _again(ask: Request) -> Request:
    return Request(ask.method, ask.path, ask.take, ask.headers, ask.body, fresh=True, said=ask.said)


def _canary_folder(
    target: WebTarget,
    path: str,
    page: Response,
    listing: Listing,
    ask: Request,
    turn: str,
    read: Read,
    asked: Beside | None = None,
) -> Generator[Ask, Reply, Beside | Undecided]:
    name = asked.path if asked else folder_canary(path, target.nonce + turn)
    said = f"{ask.said} beside {{canary}}" if ask.said else ""
    request = Request(ask.method, name, ask.take, ask.headers, ask.body, said=said)
    answer = asked.answer if asked else (yield from one(request))
    if not healthy(answer) and not fails(answer) and not (yield from _ends_each(target, path, request, answer, turn)):
        return Undecided(UndecidedReason.CANARY_FAILED, "a listing, but the server does not answer a canary in order")
    shown = read(target, name, answer)
    if same(page, path, answer, name) or (shown is not None and _share(shown, listing)):
        if "?" in path and path.partition("?")[0].endswith("/"):
            # The query of a folder's own address may say how it is shown, and not which (`/rec/?view=list`).
            address, _, query = path.partition("?")
            name = f"{folder_canary(address, target.nonce + turn)}?{query}"
            answer = yield from one(Request(ask.method, name, ask.take, ask.headers, ask.body))
            shown = read(target, name, answer)
            if healthy(answer) and not same(page, path, answer, name) and not (shown and _share(shown, listing)):
                return Beside(answer, name)
        return Undecided(UndecidedReason.CATCH_ALL, "a folder that cannot exist lists the same entries")
    return Beside(answer, name)


def _ends_each(
    target: WebTarget, path: str, request: Request, answer: Answer, turn: str
) -> Generator[Ask, Reply, bool]:
    """Whether the connection ends at another made-up folder as well: so this server says what is not there."""
    other = replace(request, path=folder_canary(path, f"{target.nonce}{turn}c"), fresh=True)
    return breaks_off(answer) and breaks_off((yield from one(other)))


_FRESH = 3
"""Witnesses that a look asks for over a new connection each, once the first was refused."""


def still_open(
    target: WebTarget, path: str, witnesses: tuple[str, ...], kind: str
) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """Try again what was once seen open under `path`, now that its listing is gone: the classic half fix. Files are
    tried, and folders below, which may list themselves still.

    None: every one of them is refused. An undecided one keeps the place from being clear.
    """

    def exposed(*more: str) -> Exposed:
        proof = (Proof(ProofStep.LISTING_GONE),)
        why = OpenReason.INDEX_OFF_FILES_OPEN
        return Exposed(target.place(path), kind, why, witnesses=(*witnesses, *more), proof=proof)

    undecided: Undecided | None = None
    refused = 0
    texts: list[bytes] = []
    for number, witness in enumerate(witnesses, 1):
        said = f"{folder_of(path)}{{witness {number}}}"
        opened: Opened | tuple[str, ...] | Closed | Undecided
        if (door := door_of(witness)) is not None:
            opened = yield from _folder_still(target, replace(door, said=said))
        else:
            # Of servers that take turns by connection, one alone would be asked for all of them.
            fresh = 0 < refused <= _FRESH
            opened = yield from opens(target, witness, said, fresh=fresh, insist=refused < PLAINLY, closing=True)
            refused += isinstance(opened, Closed)
            if isinstance(opened, Opened) and opened.empty:
                opened = Undecided(UndecidedReason.TYPE_UNPROVEN, "what was once open answers without a byte")
            elif isinstance(opened, Opened) and opened.instead and {*texts} <= {opened.instead}:
                texts.append(opened.instead)
                opened = Undecided(UndecidedReason.TYPE_UNPROVEN, "the same text answers in place of files")
        if isinstance(opened, Opened | tuple):
            return exposed(*(opened if isinstance(opened, tuple) else ()))
        if isinstance(opened, Undecided):
            undecided = opened
    return exposed() if len(texts) == 1 else undecided


def _folder_still(target: WebTarget, door: Request) -> Generator[Ask, Reply, tuple[str, ...] | Closed | Undecided]:
    """What a folder that was once listed gives to a stranger now, if it lists itself: names to try again later."""
    path, answer = yield from arrive(target, door)
    listing = listing_in(target, path, answer)
    if listing is None or (door.method != "GET" and not listing.entries):
        return shut(door, answer)
    assert isinstance(answer, Response)  # noqa: S101  a listing stands in an answer
    beside = yield from _canary_folder(target, path, answer, listing, door, "w", listing_in)
    if isinstance(beside, Undecided):
        return beside
    shown = yield from _shown(target, door.said, answer, listing, beside, listing_in, door)
    if isinstance(shown, Closed | Undecided):
        return shown
    *_, witness = shown
    return (*((witness.path,) if witness else ()), *(entry.path for entry in few(listing.files, 2)))
