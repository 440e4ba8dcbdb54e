"""Proof that a listing is open: a canary beside it, an entry that answers, and a second look over a new connection."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from probes.api import Certainty, Exposed, WebTarget
from probes.proof import Proof, ProofStep
from probes.reasons import Why
from probes.recognise.listing.model import Entry, Listing
from probes.recognise.media.kinds import MediaKind, kind_of_name
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one
from probes.web._canary import folder_canary, folder_of, healthy, same
from probes.web._file import Opened, opens
from probes.web._folder_page import listing_in
from probes.web._outcome import Closed, Undecided

PAGE = 1 << 20
"""Bytes of a folder's page that are read: about 4,000 rows of the widest table, or 10,000 plain ones."""

_TRIES = 3
_DEPTH = 4
_PEEKS = 6
_SPREAD = 5
_GRAVE = (
    MediaKind.AUDIO,
    MediaKind.DICOM,
    MediaKind.VIDEO,
    MediaKind.DATABASE_DUMP,
    MediaKind.MAIL_STORE,
    MediaKind.ARCHIVE,
    MediaKind.DOCUMENT,
)


@dataclass(frozen=True, slots=True)
class Witness:
    """An entry that answered a stranger. `path` is learnt from the page: it is sealed before it is kept."""

    path: str
    step: ProofStep
    inside: tuple[Listing, ...] = ()
    """The listings read on the way down to it, when the page itself holds folders alone."""
    file: bool = False
    """Whether it is a file; else a folder that lists."""


Proving = Generator[Ask, Reply, "Exposed | Undecided"]


def prove(
    target: WebTarget, path: str, page: Response, listing: Listing, ask: Request, facts: tuple[str, ...]
) -> Proving:
    """Prove or drop one listing. `ask` is the request that brought it; it is what the second look sends again.

    Exposed needs all of: a page that parses as a listing (it did), a canary folder in the same folder that is not
    answered like it before and after, an entry that answers with a canary beside it that does not, and the same listing
    over a new connection. When only that last look did not come about, the exposure is likely, not proven.
    """
    undecided = yield from _canary_folder(target, path, page, listing, ask, "a")
    if undecided is not None:
        return undecided
    if not listing.entries:
        return Undecided(Why.EMPTY_LISTING, "the listing is open and empty: nothing in it could answer")
    witness = yield from _witness(target, path, listing)
    if isinstance(witness, Undecided):
        return witness
    again = yield from one(_again(ask))
    proof = [
        Proof(ProofStep.PARSES_AS_LISTING, listing.family),
        *(Proof(ProofStep.PAGE_SAYS, reason) for reason in listing.reasons),
        Proof(ProofStep.CANARY_DIFFERS),
        Proof(witness.step),
    ]
    certainty = Certainty.PROVEN
    if isinstance(again, NoAnswer) or again.status == 429 or again.status >= 500:
        certainty = Certainty.LIKELY
        proof.append(Proof(ProofStep.NOT_SEEN_AGAIN))
    else:
        seen = listing_in(target, path, again)
        if seen is None or not {e.name for e in seen.entries} & {e.name for e in listing.entries}:
            return Undecided(Why.UNSTABLE, "a second look over a new connection did not show the listing again")
        undecided = yield from _canary_folder(target, path, again, seen, ask, "b")
        if undecided is not None:
            return undecided
        proof.append(Proof(ProofStep.SEEN_AGAIN))
    return Exposed(
        place=target.place(path),
        kind="listing",
        why=Why.LISTED_AND_READABLE if listing.files and witness.file else Why.FOLDERS_LISTED,
        certainty=certainty,
        listing=listing,
        inside=witness.inside,
        witnesses=tuple(dict.fromkeys((witness.path, *_spread(listing, witness.inside)))),
        facts=facts,
        proof=tuple(proof),
    )


def _spread(listing: Listing, inside: tuple[Listing, ...]) -> list[str]:
    """A few more listed files, first to last: one witness alone may be deleted while the rest stay open."""
    files = [entry.path for page in (listing, *inside) for entry in page.files]
    step = max(1, (len(files) - 1) // (_SPREAD - 1)) if files else 1
    return files[::step][:_SPREAD]


def _again(ask: Request) -> Request:
    return Request(ask.method, ask.path, ask.take, ask.headers, ask.body, fresh=True, said=ask.said)


def _canary_folder(
    target: WebTarget, path: str, page: Response, listing: Listing, ask: Request, turn: str
) -> Generator[Ask, Reply, Undecided | None]:
    name = folder_canary(path, target.nonce + turn)
    answer = yield from one(Request(ask.method, name, ask.take, ask.headers, ask.body))
    if not healthy(answer):
        return Undecided(Why.CANARY_FAILED, "a listing, but the server does not answer a canary in order")
    if same(page, path, answer, name):
        return Undecided(Why.CATCH_ALL, "a folder that cannot exist is answered with the same page")
    shown = listing_in(target, name, answer)
    if shown is not None and {e.name for e in shown.entries} & {e.name for e in listing.entries}:
        return Undecided(Why.CATCH_ALL, "a folder that cannot exist lists the same entries")
    return None


def _witness(target: WebTarget, path: str, listing: Listing) -> Generator[Ask, Reply, Witness | Undecided]:
    """An entry that answers: a file of this page, else a file in its folders, else a folder that lists."""
    last: Undecided | None = None
    if listing.files:
        found = yield from _file_witness(target, path, listing)
        if isinstance(found, Witness):
            return found
        last = found
    if listing.directories:
        below = yield from _folder_witness(target, path, listing)
        if isinstance(below, Witness):
            return below
        last = last or below
    return last or Undecided(Why.ENTRY_UNPROVEN, "no entry of the listing could be tried")


def _file_witness(target: WebTarget, folder: str, listing: Listing) -> Generator[Ask, Reply, Witness | Undecided]:
    last = Undecided(Why.ENTRY_UNPROVEN, "no file of the listing could be tried")
    for number, entry in enumerate(candidates(listing.files)[:_TRIES], 1):
        said = f"{folder}{{file {number}}}"
        opened = yield from opens(entry.path, target.nonce, said)
        if not isinstance(opened, Opened):
            last = _untold(opened)
            continue
        return Witness(entry.path, ProofStep.FILE_ANSWERS, file=True)
    return last


def candidates(files: tuple[Entry, ...]) -> list[Entry]:
    """Files in the order in which they are tried: the gravest kind first, then in the page's own order.

    The same page gives the same order, so the same inventory leads to the same asks.
    """
    rank = {kind: number for number, kind in enumerate(_GRAVE)}
    return sorted(files, key=lambda entry: rank.get(kind_of_name(entry.name), len(_GRAVE)))


def _untold(came: Closed | Undecided) -> Undecided:
    """What a file that was no witness says of its listing."""
    match came:
        case Closed():
            return Undecided(Why.ENTRY_REFUSED, "the listing is open, the file tried is refused")
        case Undecided(why=Why.CATCH_ALL | Why.CANARY_FAILED):
            return came
        case Undecided(why=why, detail=detail):
            return Undecided(Why.ENTRY_UNPROVEN, f"the file tried gave no proof ({detail or why.value})")


def _folder_witness(target: WebTarget, path: str, listing: Listing) -> Generator[Ask, Reply, Witness | Undecided]:
    """Go down a few folders, last name first, until a file answers; a folder that lists is the weaker witness."""
    here, inside, peeks = listing, [], 0
    deepest: Witness | None = None
    last = Undecided(Why.ENTRY_UNPROVEN, "no folder of the listing could be read")
    for _ in range(_DEPTH):
        step: Listing | None = None
        for entry in reversed(here.directories[-_TRIES:]):
            if peeks == _PEEKS:
                break
            peeks += 1
            said = f"{path}{{folder {peeks}}}"
            answer = yield from one(Request("GET", entry.path, PAGE, said=said))
            child = listing_in(target, entry.path, answer)
            if child is None:
                last = _refused(answer) or last
                continue
            inside.append(child)
            deepest = deepest or Witness(entry.path, ProofStep.FOLDER_LISTS, tuple(inside))
            if child.files:
                found = yield from _file_witness(target, said, child)
                if isinstance(found, Witness):
                    return Witness(found.path, found.step, tuple(inside), file=True)
            if child.entries:
                step = child
                break
        if step is None or not step.directories:
            break
        here = step
    if deepest is None:
        return last
    return Witness(deepest.path, deepest.step, tuple(inside))


def _refused(answer: Answer) -> Undecided | None:
    if isinstance(answer, Response) and answer.status in (401, 403, 404, 410):
        return Undecided(Why.ENTRY_REFUSED, "the listing is open, the folder tried is refused")
    return None


def still_open(
    target: WebTarget, path: str, witnesses: tuple[str, ...]
) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """Try again what was once seen open under `path`, now that its listing is gone: the classic half fix.

    None: every one of them is refused. An undecided one keeps the place from being clear.
    """
    undecided: Undecided | None = None
    for number, witness in enumerate(witnesses, 1):
        if witness.endswith("/"):
            continue  # a folder: whether it lists is the listing's own question
        opened = yield from opens(witness, target.nonce, f"{folder_of(path)}{{witness {number}}}")
        if isinstance(opened, Opened):
            return Exposed(
                place=target.place(path),
                kind="listing",
                why=Why.INDEX_OFF_FILES_OPEN,
                witnesses=witnesses,
                proof=(Proof(ProofStep.LISTING_GONE),),
            )
        if isinstance(opened, Undecided):
            undecided = opened
    return undecided
