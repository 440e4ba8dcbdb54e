"""What a look at one path came to where it is no exposure: closed with positive evidence, or undecided, and why."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason, Why
from probes.recognise.pages.page_kind import Page, PageKind, page
from probes.requests.http import Answer, NoAnswer, Response


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


def page_of(answer: Response) -> Page:
    """What the body of an answer is, read as a page."""
    return page(answer.body, answer.type, answer.status, tuple(answer.headers))


def unserved(answer: Answer, told: Page | None = None) -> Closed | Undecided | None:
    """What an answer means that serves nothing, by its status or a filter's page; None where it serves a body, or
    redirects, or has a status that says neither. `told` is its page, where that was read already."""
    match answer:
        case NoAnswer(why=NoAnswerReason.CLIENT_CERTIFICATE):
            return Closed(NoAnswerReason.CLIENT_CERTIFICATE)
        case NoAnswer(why=NoAnswerReason.TLS_ONLY | NoAnswerReason.CLEAR_ONLY):
            # The other endpoint of the port is looked at as such.
            return Closed(ClosedReason.NOT_SPOKEN)
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
            if status in REFUSALS:
                return Closed(REFUSALS[status])
            if status == 429:
                return Undecided(UndecidedReason.THROTTLED, "the server asks us to slow down")
            if status >= 500:
                return Undecided(UndecidedReason.SERVER_ERROR, f"the server failed with {status}")
            return None
