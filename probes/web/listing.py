"""The probe `http-listing`: folders that list themselves to a stranger, by the page they show or by WebDAV."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

from probes.api import Clear, Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.recognise.listing.fields.place import without_session
from probes.recognise.pages.page_kind import alike
from probes.recognise.shares.public_links import token_of
from probes.requests.accept import as_browsers
from probes.requests.front import front_of
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one
from probes.requests.refused_once import refused_once
from probes.web._doubted import doubting
from probes.web._endpoint_facts import facts_of
from probes.web._folder_page import PAGE
from probes.web._linked_files import KIND as LINKED
from probes.web._linked_files import linked_files
from probes.web._once_open import News, half_fixed, known, shown_still
from probes.web._outcome import NOBODY_THERE, Closed, Undecided, nobody_there, out_of_service
from probes.web._parts import of_frames, parts_of, with_scripts
from probes.web._redirects import (
    Arrived,
    follow,
    leads_anew,
    leads_to,
    led_on,
    page_at,
    redirects,
)
from probes.web.proof.canary import folder_canary
from probes.web.proof.listing import still_open
from probes.web.proof.moved import loaded_rows
from probes.web.proof.remembered import remembering
from probes.web.proof.shared import looked_at_there, still_shown
from probes.web.proof.witness import Beside, Read
from probes.web.ways.listed import NOTHING_ANSWERED, by_webdav, listed, served_as_refusal, whatever_status
from probes.web.ways.script_shell import bucket_of_script

KIND = "listing"


def _alone(target: WebTarget, path: str) -> WebTarget:
    known = tuple(one for one in target.known if one.path == path)
    return replace(target, paths=(path,), known=known, resting=())


@remembering
@doubting(_alone, knows_front=True)
@refused_once
@as_browsers
def look(target: WebTarget) -> Dialogue:
    """Look at every folder of the target: the root, the declared ones, and the default paths of recording products."""
    paths = tuple(dict.fromkeys(target.paths + tuple(known.path for known in target.known)))
    first = yield from one(Request("GET", paths[0], PAGE))
    waiting: tuple[str, ...] = ()
    if out_of_service(first):
        # A page of maintenance at the root says nothing of a folder beside it; what nobody named can wait.
        named = {*target.declared, *(known.path for known in target.known)}
        waiting = tuple([path for path in paths[1:] if path not in named])
        paths = tuple([path for path in paths if path not in waiting])
    elif target.resting and (isinstance(first, NoAnswer) or front_of(first) != target.front):
        # Something about the endpoint changed: nothing rests.
        paths += target.resting
    if isinstance(first, NoAnswer) and first.why in NOBODY_THERE:
        return (yield from nobody_there(target, paths, KIND, first))
    verdicts: list[Verdict] = []
    canary, ends, news = _RootCanary(folder_canary("/", target.nonce)), set(paths), News(target)
    for number, path in enumerate(paths):
        if number and (shown := (yield from still_shown(target, path))) is not None:
            verdicts += yield from news.told((shown,), paths[number + 1 :])
            continue
        answer = first if number == 0 else (yield from one(Request("GET", path, PAGE)))
        answer = led_on(target, path, answer)
        told = yield from _path(target, path, answer, canary, ends)
        told = yield from _other_form(target, path, answer, told, canary, ends)
        verdicts += yield from news.told(told, paths[number + 1 :])
    left = (
        Unknown(target.place(path), KIND, NoAnswerReason.TOLD_TO_WAIT, "the root is out of service") for path in waiting
    )
    return (*verdicts, *left)


@dataclass(slots=True)
class _RootCanary:
    """The canary at the root, asked for once, and only where a verdict needs it."""

    path: str
    answer: Answer | None = None

    def beside(self) -> Generator[Ask, Reply, Beside]:
        """Its answer, asked for at the first time."""
        if self.answer is None:
            self.answer = yield from one(Request("GET", self.path, PAGE))
        return Beside(self.answer, self.path)


_UNASKED = Beside(NoAnswer(NoAnswerReason.NOT_ASKED), "")


def _path(
    target: WebTarget, path: str, answer: Answer, canary: _RootCanary, ends: set[str], *, framed: bool = False
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdicts about what `path` leads to. However many paths lead there, a place is looked at once: `ends` are
    those that have a verdict of their own."""
    arrived: Arrived | Closed | Undecided = Arrived(path, answer)
    if isinstance(answer, Response) and redirects(answer):
        in_redirect = whatever_status(target, path, answer)
        if in_redirect is not None and len(in_redirect.entries) > 1:
            return (yield from _listed_beside_redirect(target, path, answer))
        arrived = yield from follow(target, path, answer, partial(page_at, target), looked_at=ends - {path})
    if not isinstance(arrived, Arrived):
        return (yield from _led_away(target, path, answer, arrived))
    at, page = arrived.path, arrived.answer
    ends.add(at)
    if isinstance(page, Response) and looked_at_there(target, at, page):
        return (Clear(target.place(path), KIND, ClosedReason.LOOKED_AT_THERE, facts_of(target, page)),)
    if at != "/" and isinstance(page, Response) and page.status == 200:
        # Catch-alls and rewrites differ per folder: a page of this folder is held against a canary of this folder.
        beside = folder_canary(at, target.nonce)
        learnt = at.rstrip("/") != path.rstrip("/")
        said = f"{path}{{redirect}} beside {{canary}}" if learnt else ""
        held = Beside((yield from one(Request("GET", beside, PAGE, said=said))), beside)
    elif out_of_service(page) or (isinstance(page, Response) and page.status in (401, 403)):
        # A refusal needs nothing beside it.
        held = _UNASKED
    else:
        held = yield from canary.beside()
    page, read = yield from with_scripts(target, at, page, held)
    told = yield from _folder(target, path, at, page, held, read)
    frames, whole = ((), True) if framed else parts_of(target, at, page, told[0])
    inside: list[Verdict] = []
    others = [frame for frame in frames if frame in ends]
    for number, frame in enumerate([frame for frame in frames if frame not in ends], 1):
        shown = yield from page_at(target, frame, f"{path}{{frame {number}}}")
        within = yield from _path(target, frame, shown, canary, ends, framed=True)
        if within[0].why in NOTHING_ANSWERED:
            rows = yield from loaded_rows(target, at, page, frame, shown, told[0].facts)
            if rows is not None:
                return (rows, *told[1:])
        inside += within
    if isinstance(told[0], Unknown) and isinstance(page, Response) and page.status != 429:
        # The files that were once seen open here may still be, whatever the page or its frames show now.
        half = yield from half_fixed(target, path, KIND)
        if isinstance(half, Exposed) or (frames and isinstance(half, Undecided)):
            opened = (verdict for verdict in inside if isinstance(verdict, Exposed))
            return (_verdict(target, path, KIND, half, told[0].facts), *opened, *told[1:])
    if not frames:
        return told
    return (yield from of_frames(target, path, page, told, frames, inside, others, whole=whole))


def _other_form(
    target: WebTarget, path: str, answer: Answer, told: tuple[Verdict, ...], canary: _RootCanary, ends: set[str]
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdicts about a declared path, made worse by what stands in its other form: without its final slash, or
    with it. Servers may know one form alone, or have a page at one and a listing at the other."""
    other = path[:-1] if path.endswith("/") else f"{path}/"
    if path not in target.declared or "?" in path or not other or other in ends or isinstance(answer, NoAnswer):
        return told
    if any(isinstance(verdict, Exposed) for verdict in told) or answer.status == 429 or out_of_service(answer):
        return told
    if token_of(path) and told[0].why is ClosedReason.LOOKED_AT_THERE:
        return told
    # A server that adds the slash writes its own name and port into the redirect, which may be those of an inner one.
    if path.endswith("/") and leads_to(target, path, answer):
        return told
    page = yield from page_at(target, other, "")
    if not isinstance(page, Response) or not (page.status == 200 or redirects(page)):
        return told
    if path.endswith("/") and page.status == answer.status == 200 and alike(answer.body, page.body, path, other):
        return told
    more = yield from _path(target, other, page, canary, ends)
    if opened := [verdict for verdict in more if isinstance(verdict, Exposed)]:
        return (Clear(target.place(path), KIND, ClosedReason.LOOKED_AT_THERE, told[0].facts), *opened)
    if page.status != 200:
        return told
    doubts = [one for one in more if isinstance(one, Unknown) and one.why is not UndecidedReason.CATCH_ALL]
    if all(isinstance(verdict, Clear) for verdict in told):
        return tuple(replace(one, place=target.place(path)) for one in doubts) or told
    circle = isinstance(told[0], Unknown) and told[0].why is UndecidedReason.REDIRECTED
    return tuple(replace(one, place=target.place(path)) for one in more) if circle else told


def _led_away(
    target: WebTarget, path: str, answer: Answer, result: Closed | Undecided
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdict about a path whose redirect leads to what is looked at by itself, or to nothing of ours."""
    facts = (*facts_of(target, answer), *leads_to(target, path, answer)) if isinstance(answer, Response) else ()
    told: Exposed | Closed | Undecided = result
    if path in target.declared:
        # Only GET is redirected on some servers: the folder itself may answer WebDAV.
        told = (yield from by_webdav(target, path, facts)) or told
    if isinstance(told, Closed):
        told = (yield from half_fixed(target, path, KIND)) or told
    return (_verdict(target, path, KIND, told, facts),)


def _listed_beside_redirect(
    target: WebTarget, path: str, answer: Response
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdict about a listing in the body of a redirect: a program that goes on after it has sent a stranger to
    its login (CWE-698). Browsers do not show it, and any other program gets it."""
    facts = (*facts_of(target, answer), *leads_to(target, path, answer))
    proven = yield from served_as_refusal(target, path, answer, facts)
    told = proven or Undecided(UndecidedReason.REDIRECTED, "with a listing in the body of the redirect")
    return (_verdict(target, path, KIND, told, facts),)


def _folder(
    target: WebTarget, path: str, at: str, answer: Answer, canary: Beside, read: Read
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdict about a folder, and one about the files that its page links to where there is anything to say.

    `at` is where the page of `path` is, at the end of its redirects: what is open there is open at that place.
    """
    facts = facts_of(target, answer) if isinstance(answer, Response) else ()
    if bucket := bucket_of_script(target, answer):
        facts = (*facts, Fact(FactKind.LEADS_TO, f"https://{bucket}"))
    result = yield from listed(target, path, at, answer, canary, facts, read)
    linked: Verdict | None = None
    if not isinstance(result, Exposed):
        linked = yield from _linked(target, path, at, answer, result, facts)
    if isinstance(result, Closed):
        half = yield from half_fixed(target, path, KIND)
        result = half if half is not None else shown_still(target, path, KIND, answer) or result
    if isinstance(result, Exposed) and result.place != target.place(path) and (yield from _anew(target, path, at)):
        # A token in a path is another one at every look, and the place is the same.
        result = replace(result, place=target.place(path))
    verdict = _verdict(target, path, KIND, result, facts)
    if isinstance(result, Exposed) and result.place != target.place(path):
        return (Clear(target.place(path), KIND, ClosedReason.LOOKED_AT_THERE, facts), verdict)
    if linked is None:
        return (verdict,)
    judged = isinstance(verdict, Clear) or verdict.why in _BY_ITS_LINKS
    if isinstance(linked, Exposed) and judged and known(target, path, KIND) is None:
        # A page with links to files that a stranger gets is not clear, whatever it looks like; nor is it undecided.
        return (linked,)
    return verdict, linked


def _anew(target: WebTarget, path: str, at: str) -> Generator[Ask, Reply, bool]:
    """Whether a path leads to another address at every look, as sessions in addresses do. It is asked once
    more where it leads to what is not on file: then its place is the path, which stays."""
    plain = without_session(at)
    if plain != at and plain.rstrip("/") == path.rstrip("/"):
        return True
    if path not in target.paths or known(target, at, KIND) is not None:
        return False
    if known(target, path, KIND) is not None:
        return True
    return (yield from leads_anew(target, path, at))


_BY_ITS_LINKS = frozenset(
    {
        UndecidedReason.MEANING_UNKNOWN,
        UndecidedReason.ENTRY_UNPROVEN,
        UndecidedReason.ENTRY_REFUSED,
        UndecidedReason.BODY_UNREADABLE,
    }
)
"""What is said of a page of players, numbers or names, and hardly a word: what they lead to decides."""


def _linked(
    target: WebTarget, path: str, at: str, answer: Answer, page: Closed | Undecided, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Verdict | None]:
    """The verdict about the grave files that the page links to; None where it links to none and never did."""
    found = (yield from linked_files(target, at, answer, facts)) if isinstance(answer, Response) else None
    if found is not None:
        return found
    before = known(target, path, LINKED)
    if before is None:
        return None
    open_still = yield from still_open(target, path, before.witnesses, LINKED)
    told = open_still or (Closed(ClosedReason.NO_LISTING) if _read(answer) else page)
    return _verdict(target, path, LINKED, told, facts)


def _read(answer: Answer) -> bool:
    """Whether a page came whole, so that what it links to is all that it links to."""
    return isinstance(answer, Response) and answer.status == 200 and answer.ending is Ending.WHOLE


def _verdict(
    target: WebTarget, path: str, kind: str, result: Exposed | Closed | Undecided, facts: tuple[Fact, ...]
) -> Verdict:
    match result:
        case Exposed():
            return result
        case Closed(why=why):
            return Clear(target.place(path), kind, why, facts)
        case Undecided(why=why, detail=detail):
            return Unknown(target.place(path), kind, why, detail, facts)


HTTP_LISTING: Probe[WebTarget] = Probe(
    "http-listing",
    WebTarget,
    look,
    "folders that list themselves to a stranger: by their page, by the interface that the page draws its rows from, or "
    "by WebDAV; at the root, at declared paths and at the default paths of recording products",
)
