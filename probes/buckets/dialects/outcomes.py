"""What an answer of an object store says: readable, denied by the store itself, or inconclusive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason, Why
from probes.recognise.pages.page_kind import PageKind, page
from probes.requests.http import Answer, Ending, NoAnswer, Response


@dataclass(frozen=True, slots=True)
class Denied:
    """The store itself refuses, in its own words."""

    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """An answer, or none, that decides nothing."""

    why: Why
    detail: str = ""
    silent: bool = False
    """Whether nobody answered, or the store could not answer now: a later answer may differ."""

    @property
    def final(self) -> bool:
        """Whether nothing else is worth asking now: nobody answers, or the store says to wait."""
        return self.silent and self.why is not UndecidedReason.SERVER_ERROR


@dataclass(frozen=True, slots=True)
class Readable:
    """An object's first bytes came, or the store said that they would."""

    size: int | None = None
    media: str = ""


_PASSWORD = re.compile(r"(?i)(?:\A|,)\s*(?:basic|digest|negotiate|ntlm)\b")
"""Challenges of a server in front (RFC 9110 section 11.6.1): no store's own protocol has them."""

T = TypeVar("T")
Outcome: TypeAlias = T | Denied | Inconclusive


def unanswered(answer: Answer) -> Inconclusive | None:
    """Why an answer says nothing in any dialect: none came, throttled, a server error, an unreadable body; or None."""
    if isinstance(answer, NoAnswer):
        return Inconclusive(answer.why, answer.detail, silent=True)
    if answer.status in (429, 498, 503):  # 498: Swift's own for a rate limit
        return Inconclusive(UndecidedReason.THROTTLED, f"status {answer.status}", silent=True)
    if answer.status >= 500 and answer.status not in (501, 505):
        return Inconclusive(UndecidedReason.SERVER_ERROR, f"status {answer.status}", silent=True)
    if answer.ending in (Ending.BOMB, Ending.UNREADABLE):
        return Inconclusive(UndecidedReason.BODY_UNREADABLE, "the body cannot be read")
    return None


def without_words(answer: Answer) -> Denied | Inconclusive:
    """What an answer says that holds none of the store's own words: a bare status proves nothing about the store. A
    server in front that demands a password of whoever asks closes what lies behind it."""
    nothing = unanswered(answer)
    if nothing is not None or not isinstance(answer, Response):
        return nothing or Inconclusive(NoAnswerReason.BUG)
    if page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind is PageKind.BLOCK_PAGE:
        return Inconclusive(UndecidedReason.FILTERED, "a filter in front answered")
    match answer.status:
        case 401 if _PASSWORD.search(answer.headers.all("www-authenticate")):
            return Denied(ClosedReason.LOGIN_DEMANDED)
        case 401 | 403:
            return Inconclusive(
                UndecidedReason.REFUSED_BY_FRONT, f"status {answer.status} without the store's own words"
            )
        case 301 | 302 | 303 | 307 | 308:
            return Inconclusive(UndecidedReason.REDIRECTED, "not followed")
        case 405 | 501:
            return Inconclusive(UndecidedReason.NOT_OFFERED, f"status {answer.status}")
        case 200 | 204 | 206 | 404 | 410:
            return Inconclusive(UndecidedReason.NOT_A_STORE, f"status {answer.status} in no dialect of the store")
        case status:
            return Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"status {status}")
