"""What an answer of a portal says about the door that was tried: closed, open, or nothing."""

from __future__ import annotations

from probes.reasons import ClosedReason, UndecidedReason, Why
from probes.recognise.pages.page_kind import PageKind, leads_to_login
from probes.requests.http import Answer, Response
from probes.web._outcome import Closed, page_of, unserved
from probes.web._redirects import redirects


def closed_by(answer: Answer) -> tuple[Why, str] | None:
    """The reason for which an answer serves nothing to a stranger, with a detail; None where it serves something."""
    told = unserved(answer)
    if told is not None:
        return (told.why, "") if isinstance(told, Closed) else (told.why, told.detail)
    if not isinstance(answer, Response):
        return None
    if redirects(answer):
        where = answer.headers.get("location", "")
        login = leads_to_login(where.partition("?")[0]) or "saml" in where.lower()
        return (ClosedReason.LOGIN_WALL, "") if login else (UndecidedReason.REDIRECTED, "not to a login page")
    if answer.status == 200:
        kind = page_of(answer).kind
        if kind is PageKind.LOGIN_WALL:
            return ClosedReason.LOGIN_WALL, ""
        return (ClosedReason.NOT_FOUND, "") if kind is PageKind.SOFT_404 else None
    return UndecidedReason.STATUS_UNEXPECTED, f"status {answer.status}"
