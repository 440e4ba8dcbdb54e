"""The probe `http-listing`: folders that list themselves to a stranger, by the page they show or by WebDAV."""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Clear, Dialogue, Exposed, Known, Probe, Unknown, Verdict, WebTarget
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.listing.model import Listing
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one
from probes.requests.webdav import propfind
from probes.web._canary import folder_canary
from probes.web._endpoint_facts import facts_of
from probes.web._folder_page import PAGE, Reading, read_folder
from probes.web._outcome import Closed, Undecided, unserved
from probes.web._proof import prove, still_open
from probes.web._script_shell import behind_script

KIND = "listing"

_NOBODY_THERE = frozenset(
    {
        NoAnswerReason.TIMED_OUT,
        NoAnswerReason.REFUSED,
        NoAnswerReason.UNREACHABLE,
        NoAnswerReason.OUT_OF_SCOPE,
        NoAnswerReason.TLS_FAILED,
        NoAnswerReason.NOT_TLS,
        NoAnswerReason.TLS_ONLY,
        NoAnswerReason.CLEAR_ONLY,
        NoAnswerReason.NOT_HTTP,
        NoAnswerReason.CLIENT_CERTIFICATE,
        NoAnswerReason.TOLD_TO_WAIT,
    }
)
"""After these to the first ask, no further ask of this endpoint would be answered otherwise."""


def look(target: WebTarget) -> Dialogue:
    """Look at every folder of the target: the root, the declared ones, and the default paths of recording products."""
    paths = tuple(dict.fromkeys(target.paths + tuple(known.path for known in target.known)))
    first = yield from one(Request("GET", paths[0], PAGE))
    if isinstance(first, NoAnswer) and first.why in _NOBODY_THERE:
        return _nobody_there(target, paths, first)
    canary_path = folder_canary("/", target.nonce)
    canary = yield from one(Request("GET", canary_path, PAGE))
    verdicts: list[Verdict] = []
    for number, path in enumerate(paths):
        answer = first if number == 0 else (yield from one(Request("GET", path, PAGE)))
        beside, beside_path = canary, canary_path
        if path != "/" and isinstance(answer, Response) and answer.status == 200:
            # Catch-alls and rewrites differ per folder: a page of this folder is held against a canary of this folder.
            beside_path = folder_canary(path, target.nonce)
            beside = yield from one(Request("GET", beside_path, PAGE))
        verdicts.append((yield from _folder(target, path, answer, beside, beside_path)))
    return tuple(verdicts)


def _folder(
    target: WebTarget, path: str, answer: Answer, canary: Answer, canary_path: str
) -> Generator[Ask, Reply, Verdict]:
    facts = facts_of(target, answer) if isinstance(answer, Response) else ()
    reading = read_folder(target, path, answer, canary, canary_path)
    result: Reading | Exposed = reading
    if isinstance(reading, Listing) and isinstance(answer, Response):
        result = yield from prove(target, path, answer, reading, Request("GET", path, PAGE), facts)
    if isinstance(answer, Response) and not (isinstance(reading, Listing) and reading.entries):
        result = (yield from behind_script(target, path, answer, facts)) or result
    if path in target.declared and not isinstance(result, Exposed) and isinstance(answer, Response):
        by_dav = yield from _webdav(target, path, facts)
        # A WebDAV answer may only make the verdict worse: where it tells nothing, the page's own verdict stands.
        result = by_dav if by_dav is not None else result
    if isinstance(result, Closed):
        half = yield from _half_fixed(target, path)
        result = half if half is not None else result
    place = target.place(path)
    match result:
        case Exposed():
            return result
        case Closed(why=why):
            return Clear(place, KIND, why, facts)
        case Undecided(why=why, detail=detail):
            return Unknown(place, KIND, why, detail, facts)
        case Listing():
            return Unknown(place, KIND, UndecidedReason.ENTRY_UNPROVEN, "a listing that could not be proven", facts)


def _webdav(target: WebTarget, path: str, facts: tuple[str, ...]) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    """Ask the folder by PROPFIND; only a 207 counts, since some servers answer the verb with their ordinary page."""
    ask = propfind(path, PAGE)
    answer = yield from one(ask)
    if not isinstance(answer, Response) or answer.status != 207:
        return None
    reading = read_folder(target, path, answer, answer, path)
    if not isinstance(reading, Listing):
        return None
    if not reading.entries:
        # The folder answers with itself alone: the verb is open, and nothing is shown by it.
        return None
    return (yield from prove(target, path, answer, reading, ask, facts))


def _half_fixed(target: WebTarget, path: str) -> Generator[Ask, Reply, Exposed | Undecided | None]:
    known = next((known for known in target.known if known.path == path), Known(path))
    if not known.witnesses:
        return None
    return (yield from still_open(target, path, known.witnesses))


def _nobody_there(target: WebTarget, paths: tuple[str, ...], answer: NoAnswer) -> tuple[Verdict, ...]:
    """The first ask found nobody who speaks: one verdict for every folder, and no further asks."""
    match unserved(answer):
        case Closed(why=why):
            return tuple(Clear(target.place(path), KIND, why) for path in paths)
        case _:
            return tuple(Unknown(target.place(path), KIND, answer.why, answer.detail) for path in paths)


HTTP_LISTING: Probe[WebTarget] = Probe(
    "http-listing",
    WebTarget,
    look,
    "folders that list themselves to a stranger: by their page, by the interface that the page draws its rows from, or "
    "by WebDAV; at the root, at declared paths and at the default paths of recording products",
)
