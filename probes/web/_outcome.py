"""What a look at one path came to where it is no exposure: closed with positive evidence, or undecided, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass
from types import MappingProxyType

from probes.api import Clear, Dialogue, Unknown, WebTarget
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason, Why
from probes.recognise.complaints import complains, is_soap_fault, knows_no_such_host, wants_certificate, wants_http_2
from probes.recognise.listing.unchanged import TELLING
from probes.recognise.memo import Memo
from probes.recognise.pages.page_kind import Page, PageKind, page
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Response, swept
from probes.requests.stream import Sweep, Swept


@dataclass(frozen=True, slots=True)
class Closed:
    """Positive evidence that the path is closed to a stranger."""

    why: Why


@dataclass(frozen=True, slots=True)
class Undecided:
    """No verdict; `detail` in our own words."""

    why: Why
    detail: str = ""


REFUSALS = MappingProxyType(
    {
        401: ClosedReason.LOGIN_DEMANDED,
        403: ClosedReason.FORBIDDEN,
        404: ClosedReason.NOT_FOUND,
        410: ClosedReason.NOT_FOUND,
    }
)
"""The statuses by which a server refuses a path, and what each of them says."""


def _other_use(answer: Response) -> Closed | Undecided | None:
    """What a port says that is there for something else than pages, or for those with a certificate of theirs, or that
    serves its pages by HTTP/2 alone."""
    if answer.status in (400, 403, 426, 464, 505) and wants_http_2(answer.body):
        return Undecided(UndecidedReason.NEWER_HTTP_ONLY, "the server speaks HTTP/2 alone")
    if knows_no_such_host(answer.status, answer.body):
        return Closed(ClosedReason.FORBIDDEN)
    if answer.status == 500 and is_soap_fault(answer.body):
        # An interface that wants a message, and gets none.
        return Closed(ClosedReason.VERB_REFUSED)
    if answer.status == 440 or (answer.status in (498, 499) and complains(answer.body)):
        # IIS (Login Time-out), ArcGIS (a token is invalid, or is required).
        return Closed(ClosedReason.LOGIN_DEMANDED)
    if answer.status in (400, 496) and wants_certificate(answer.body):
        return Closed(NoAnswerReason.CLIENT_CERTIFICATE)
    if answer.type.startswith("application/grpc") and not answer.body and answer.status < 500:
        return Closed(ClosedReason.VERB_REFUSED)
    # An upgrade to HTTP/2 or to TLS would serve pages all the same.
    if answer.status == 426 and answer.headers.all("upgrade").strip().lower() == "websocket":
        return Closed(ClosedReason.VERB_REFUSED)
    return None


MOST_REMEMBERED = 1 << 16
"""Pages whose reading is remembered, each by 32 bytes and a word or two: those of about ten thousand hosts."""
_pages: Memo[bytes, Page] = Memo(MOST_REMEMBERED)
_CHANGING = frozenset({"date", "age", "expires", "etag", "last-modified", "set-cookie"})
"""Headers that differ from answer to answer, and say nothing of what a page is: reading a page never sees them."""


def page_of(answer: Response) -> Page:
    """What the body of an answer is, read as a page.

    Most answers are the same few error pages, from all hosts and in every round: each is read once.
    """
    headers = tuple([pair for pair in answer.headers if pair[0].lower() not in _CHANGING])
    key = digest_of(answer, answer.type, answer.status, headers)
    return _pages.get(key, lambda: page(answer.body, answer.type, answer.status, headers), 1)


def telling_of(answer: Response) -> tuple[tuple[str, str], ...]:
    """The headers on which it depends what stands on a page."""
    return tuple([pair for pair in answer.headers if pair[0].lower() in TELLING])


def digest_of(answer: Response, *rest: object) -> bytes:
    """SHA-256 of a body and of all else that its reading depends on: texts, numbers, and tuples of these."""
    return hashlib.sha256(repr((answer.digest, rest)).encode("utf-8", "surrogatepass")).digest()


def unserved(answer: Answer, told: Page | None = None) -> Closed | Undecided | None:
    """What an answer means that serves nothing, by its status or a filter's page; None where it serves a body, or
    redirects, or has a status that says neither. `told` is its page, where that was read already."""
    match answer:
        case NoAnswer(why=NoAnswerReason.CLIENT_CERTIFICATE):
            return Closed(NoAnswerReason.CLIENT_CERTIFICATE)
        case NoAnswer(why=NoAnswerReason.TLS_ONLY | NoAnswerReason.CLEAR_ONLY):
            # The other endpoint of the port is looked at as such.
            return Closed(ClosedReason.NOT_SPOKEN)
        case NoAnswer(why=NoAnswerReason.HTTP_2, detail=detail):
            return Undecided(UndecidedReason.NEWER_HTTP_ONLY, detail)
        case NoAnswer(why=why, detail=detail):
            return Undecided(why, detail)
        case Response(status=status):
            told = told or page_of(answer)
            if told.kind is PageKind.TLS_NOTICE:
                return Closed(ClosedReason.NOT_SPOKEN)
            if told.kind is PageKind.BLOCK_PAGE:
                return Undecided(
                    UndecidedReason.FILTERED, f"a filter answered{f' ({told.vendor})' if told.vendor else ''}"
                )
            if (other := _other_use(answer)) is not None:
                return other
            if status in REFUSALS:
                return Closed(REFUSALS[status])
            if status == 429:
                return Undecided(UndecidedReason.THROTTLED, "the server asks us to slow down")
            if status >= 500:
                return Undecided(UndecidedReason.SERVER_ERROR, f"the server failed with {status}")
            return None


def out_of_service(answer: Answer) -> bool:
    """Whether a path is out of service for a time that its server says: told now, or before."""
    if isinstance(answer, NoAnswer):
        return answer.why is NoAnswerReason.TOLD_TO_WAIT
    return answer.status == 503 and bool(answer.headers.get("retry-after"))


NOBODY_THERE = frozenset(
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
        NoAnswerReason.HTTP_2,
        NoAnswerReason.CLIENT_CERTIFICATE,
    }
)
"""After these to the first ask, no further ask of this endpoint would be answered otherwise."""


_BESIDE = 3
"""Other ports of the host that are knocked at before a refused port is called unknown."""


def shut(target: WebTarget, why: Why) -> Generator[Ask, Reply, bool]:
    """Whether nothing is served at a port that refuses: the host answers at another declared port. A host that is away
    refuses nothing, and one that bans us refuses us alone, at its web ports: where the port has answered before, or
    something is on file, it stays undecided. A redirect may lead to it all the same: alone it makes no host clear."""
    if why is not NoAnswerReason.REFUSED or target.known or target.front or not target.beside:
        return False
    beside = yield from swept(Sweep(target.beside[:_BESIDE]))
    return isinstance(beside, Swept) and bool(beside.answered)


def nobody_there(target: WebTarget, paths: tuple[str, ...], kind: str, answer: NoAnswer) -> Dialogue:
    """The first ask found nobody who speaks: one verdict for every folder, and no further asks of this port."""
    if (yield from shut(target, answer.why)):
        return tuple(Clear(target.place(path), kind, ClosedReason.PORT_SHUT) for path in paths)
    match unserved(answer):
        case Closed(why=why):
            return tuple(Clear(target.place(path), kind, why) for path in paths)
        case Undecided(why=why, detail=detail):
            return tuple(Unknown(target.place(path), kind, why, detail) for path in paths)
        case _:
            return tuple(Unknown(target.place(path), kind, answer.why, answer.detail) for path in paths)
