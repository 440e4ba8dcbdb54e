"""Questions to a registry that wants a token for each: whoever issues them may hand one to anybody who asks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from probes.api import Place, Unknown
from probes.facts import Fact, FactKind
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.stores.tokens import issuer_of, token_in
from probes.recognise.stores.web import NotTheStore
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one

_LONGEST = 1 << 16
_ISSUER = "the issuer of tokens"


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a question."""

    answer: Answer
    facts: tuple[Fact, ...] = ()
    """That it came to a token which strangers get."""


def asked_with_token(place: Place, kind: str, request: Request) -> Generator[Ask, Reply, Told | Unknown]:
    """Ask, and where a token is demanded, ask its issuer for one without a login and the question again with it.

    The token is used once and never kept. An issuer on another host is asked only where that host is declared. What
    the issuer answers in place of a token stands for the answer to the question.
    """
    told = yield from one(request)
    if not isinstance(told, Response) or told.status != 401:
        return Told(told)
    try:
        issuer = issuer_of(told.headers.all("www-authenticate"))
    except NotTheStore:
        return Unknown(place, kind, UndecidedReason.ISSUER_NOT_ASKED, "who issues tokens is not told in a way to ask")
    if issuer is None:
        return Told(told)
    issued = yield from one(
        Request("GET", issuer.path, _LONGEST, host=issuer.origin, fresh=True, said=f"/ ({_ISSUER})")
    )
    if isinstance(issued, NoAnswer):
        if issued.why is not NoAnswerReason.OUT_OF_SCOPE:
            return Unknown(place, kind, issued.why, f"{_ISSUER}: {issued.detail}")
        if issuer.lists_for_administrators and request.path.startswith("/v2/_catalog"):
            return Told(told)
        detail = f"whether a stranger gets a token was not asked: {issuer.host} is not declared"
        leads = (Fact(FactKind.LEADS_TO, issuer.shown),)
        return Unknown(place, kind, UndecidedReason.ISSUER_NOT_ASKED, detail, leads)
    if issued.status == 401 and issued.body.lstrip()[:1] == b"{":
        return Told(told)  # whoever issues tokens demands a login, in words of its own: the registry's demand stands
    if issued.status != 200:
        return Told(issued)
    try:
        token = token_in(issued.body)
    except NotTheStore:
        return Unknown(place, kind, UndecidedReason.NOT_A_STORE, f"{_ISSUER} answers without one")
    with_token = Request(
        request.method, request.path, request.take, (("Authorization", f"Bearer {token}"),), fresh=request.fresh,
        said=f"{request.said or request.path} (with a token that anybody gets)",
    )  # fmt: skip
    return Told((yield from one(with_token)), (Fact(FactKind.HANDS_OUT_TOKENS),))
