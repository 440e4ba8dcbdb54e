"""Signs a declared subject in by the form of a portal: the page is read, and its form is sent, once.

This is the one request of leftopen that is no reading one. It goes to the declared address of the same endpoint alone,
carries the subject's own credential and the page's hidden fields, and is never repeated: not on a new connection, and
not in a later look once the portal refused it. A redirect is not followed with anything.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from monitor.network.sign_in.session import Session
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.sign_in_form import SignInForm, sign_in_form
from probes.recognise.pages.page_kind import PageKind, leads_to_login, page
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.requests.session import Shown

TAKE: Final = 256 << 10
"""Bytes of a login page."""


@dataclass(frozen=True, slots=True)
class FormAccount:
    """A declared form, and who signs in by it."""

    page: str
    to: str
    """The path that the form must be sent to."""
    user_field: str
    password_field: str
    user: str = field(repr=False)
    password: str = field(repr=False)
    start: str = ""
    """The path of the portal that leads to the provider; empty: the form is the portal's own."""
    back: str = ""
    """The path of the portal that takes what the provider hands over by POST; empty: none does."""

    @property
    def identity(self) -> str:
        """All of it as one text, for a keyed digest."""
        return repr((self.page, self.to, self.user_field, self.password_field, self.user, self.password, self.start))


@dataclass(frozen=True, slots=True)
class SignInStep:
    """One request of a sign-in, for the driver to carry out within its pace and budget."""

    method: str
    path: str
    ask: Callable[[float], Awaitable[Shown | NoAnswer]]
    at: WebTarget
    pace_key: str = ""
    """The pace of another host; empty: that of the portal."""


class FormSignIn:
    """The sign-in of one subject in one look."""

    def __init__(self, at: Session, account: FormAccount, refuse: Callable[[], Awaitable[None]]) -> None:
        """`at` is where the form is; `refuse` remembers that the portal refused the credential."""
        self._at = at
        self._account = account
        self._refuse = refuse
        self._form: SignInForm | None = None
        self.failed: Shown | NoAnswer | None = NOT_YET
        """What stands for every answer to the subject, as long as it is not signed in; None: it is."""

    async def steps(self) -> AsyncGenerator[SignInStep, None]:
        """What is to be asked, in this order."""
        yield SignInStep("GET", self._account.page, self._fetch, self._at.target)
        if self._form is not None:
            yield SignInStep("POST", self._account.to, self._send, self._at.target)

    async def _fetch(self, seconds: float) -> Shown | NoAnswer:
        account = self._account
        answer = await self._at.web.ask(Request("GET", account.page, TAKE, headers=self._at.says()), seconds)
        self.failed = overload(answer)
        if self.failed is not None:
            return self.failed
        assert isinstance(answer, Response)  # noqa: S101  whatever is none has failed
        self._at.keep(answer)
        found = form_of(answer, account)
        if found is None:
            self.failed = NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the declared page has no such form")
        elif inside(self._at.target, account.page, found.action) != account.to:
            self.failed = NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the form is not sent to the declared address")
        else:
            self._form, self.failed = found, NOT_YET
        return Shown(answer.status, wire=answer.wire)

    async def _send(self, seconds: float) -> Shown | NoAnswer:
        assert self._form is not None  # noqa: S101  the step before found it
        answer = await send(self._at, self._account, self._form, self._account.page, self._account.to, seconds)
        self._form, self.failed = None, overload(answer)
        if self.failed is not None:
            return self.failed
        assert isinstance(answer, Response)  # noqa: S101  whatever is none has failed
        self.failed = self._came_of(answer)
        if self.failed is not None:
            await self._refuse()
        return Shown(answer.status, login=self.failed is not None, wire=answer.wire)

    def _came_of(self, answer: Response) -> Shown | NoAnswer | None:
        if 300 <= answer.status < 400:
            path = inside(self._at.target, self._account.to, answer.headers.get("location"))
            if path is None:
                return NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the sign-in led to another host")
            path = path.partition("?")[0]
            return WRONG if path == self._account.page.partition("?")[0] or leads_to_login(path) else None
        if answer.status != 200:
            return WRONG if answer.status in (400, 401, 403, 422) else NOT_YET
        again = sign_in_form(answer.body, self._account.user_field, self._account.password_field) is not None
        kind = page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind
        return WRONG if again or kind is PageKind.LOGIN_WALL else None


def form_of(answer: Response, account: FormAccount) -> SignInForm | None:
    """The declared form of a page that was read to its end; None where there is none, or more than one."""
    if answer.status != 200 or answer.ending is not Ending.WHOLE:
        return None
    return sign_in_form(answer.body, account.user_field, account.password_field)


async def send(at: Session, account: FormAccount, form: SignInForm, page: str, to: str, seconds: float) -> Answer:
    """Send a form that was found on `page`, once, to a path of the same endpoint."""
    fields = [*form.hidden, (account.user_field, account.user), (account.password_field, account.password)]
    origin = at.target.url("")
    headers = (*at.says(), ("Origin", origin), ("Referer", origin + page))
    answer = await at.web.send_form(to, urlencode(fields).encode(), headers, TAKE, seconds)
    if isinstance(answer, Response):
        at.keep(answer)
    return answer


def overload(answer: Answer) -> Shown | NoAnswer | None:
    """An answer that says nothing of the sign-in, which a later look may try again."""
    if isinstance(answer, NoAnswer):
        return answer
    return Shown(answer.status) if answer.status == 429 or answer.status >= 500 else None


def resolved(target: WebTarget, path: str, where: str) -> tuple[str, str, int, str] | None:
    """Scheme, host, port, and path with its query, to which a reference leads that stands at `path` of `target`; None
    for what is no address of the web."""
    try:
        there = urlsplit(urljoin(target.url(path), where.strip()))
        if there.scheme not in ("http", "https") or not there.hostname:
            return None
        port = there.port or (443 if there.scheme == "https" else 80)
    except ValueError:
        return None
    return there.scheme, there.hostname, port, (there.path or "/") + (f"?{there.query}" if there.query else "")


def inside(target: WebTarget, path: str, where: str) -> str | None:
    """The path with its query of a reference within the endpoint; None for one that leads out of it."""
    here, there = resolved(target, path, path), resolved(target, path, where)
    return there[3] if here is not None and there is not None and here[:3] == there[:3] else None


NOT_YET: Final = NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the sign-in came to nothing")
WRONG: Final = Shown(200, login=True)
"""Somebody who is asked to sign in again: the credential is wrong, or has ended."""
