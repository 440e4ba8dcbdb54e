"""Signs a declared subject in by the form of a portal: the page is read, and its form is sent, once.

This is the one request of leftopen that is no reading one. It goes to the declared address of the same endpoint alone,
carries the subject's own credential and the page's hidden fields, and is never repeated: not on a new connection, and
not in a later look once the portal refused it. A redirect is not followed with anything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

from monitor.network.http.client import HttpConversation
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


@dataclass(frozen=True, slots=True)
class SignInStep:
    """One request of a sign-in, for the driver to carry out within its pace and budget."""

    method: str
    path: str
    ask: Callable[[float], Awaitable[Shown | NoAnswer]]


class FormSignIn:
    """The sign-in of one subject in one look."""

    def __init__(
        self,
        target: WebTarget,
        account: FormAccount,
        web: HttpConversation,
        cookies: Callable[[], tuple[tuple[str, str], ...]],
        keep: Callable[[Response], None],
        refused: set[int],
    ) -> None:
        """`cookies` are those of the subject's session, which `keep` takes out of an answer; `refused` outlives the
        look: it holds what identifies a credential that the portal refused, and no credential."""
        self._target = target
        self._account = account
        self._web = web
        self._cookies = cookies
        self._keep = keep
        self._refused = refused
        self._form: SignInForm | None = None
        self.failed: Shown | NoAnswer | None = _NOT_YET
        """What stands for every answer to the subject, as long as it is not signed in; None: it is."""

    def steps(self) -> Iterator[SignInStep]:
        """What is to be asked, in this order; nothing where the portal refused the same credential before."""
        if self._key in self._refused:
            self.failed = _WRONG
            return
        yield SignInStep("GET", self._account.page, self._fetch)
        if self._form is not None:
            yield SignInStep("POST", self._account.to, self._send)

    def refuse(self) -> None:
        """The portal did not let the subject in: the same credential is not sent again to any endpoint of the asset."""
        self._refused.add(self._key)

    @property
    def _key(self) -> int:
        return hash((self._target.asset, self._account))

    async def _fetch(self, seconds: float) -> Shown | NoAnswer:
        account = self._account
        answer = await self._web.ask(Request("GET", account.page, TAKE, headers=self._cookies()), seconds)
        if (failed := self._overload(answer)) is not None:
            return failed
        assert isinstance(answer, Response)  # noqa: S101  whatever is none has failed
        self._keep(answer)
        form = None
        if answer.status == 200 and answer.ending is Ending.WHOLE:
            form = sign_in_form(answer.body, account.user_field, account.password_field)
        if form is None:
            self.failed = NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the declared page has no such form")
        elif self._leads(account.page, form.action) != account.to:
            self.failed = NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the form is not sent to the declared address")
        else:
            self._form = form
        return Shown(answer.status, wire=answer.wire)

    async def _send(self, seconds: float) -> Shown | NoAnswer:
        account, form = self._account, self._form
        assert form is not None  # noqa: S101  the step before found it
        self._form = None
        fields = [*form.hidden, (account.user_field, account.user), (account.password_field, account.password)]
        origin = self._target.url("")
        headers = (*self._cookies(), ("Origin", origin), ("Referer", origin + account.page))
        answer = await self._web.send_form(account.to, urlencode(fields).encode(), headers, TAKE, seconds)
        if (failed := self._overload(answer)) is not None:
            return failed
        assert isinstance(answer, Response)  # noqa: S101  whatever is none has failed
        self._keep(answer)
        self.failed = self._came_of(answer)
        if self.failed is not None:
            self.refuse()
        return Shown(answer.status, login=self.failed is not None, wire=answer.wire)

    def _overload(self, answer: Answer) -> Shown | NoAnswer | None:
        """An answer that says nothing of the sign-in, which a later look may try again."""
        if isinstance(answer, NoAnswer):
            self.failed = answer
        elif answer.status == 429 or answer.status >= 500:
            self.failed = Shown(answer.status)
        else:
            return None
        return self.failed

    def _came_of(self, answer: Response) -> Shown | NoAnswer | None:
        if 300 <= answer.status < 400:
            path = self._leads(self._account.to, answer.headers.get("location"))
            if path is None:
                return NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the sign-in led to another host")
            path = path.partition("?")[0]
            return _WRONG if path == self._account.page.partition("?")[0] or leads_to_login(path) else None
        if answer.status != 200:
            return _WRONG if answer.status in (400, 401, 403, 422) else _NOT_YET
        again = sign_in_form(answer.body, self._account.user_field, self._account.password_field) is not None
        kind = page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind
        return _WRONG if again or kind is PageKind.LOGIN_WALL else None

    def _leads(self, path: str, where: str) -> str | None:
        """The path with its query of a reference within the endpoint; None for one that leads out of it."""
        base = self._target.url(path)
        try:
            here, there = urlsplit(base), urlsplit(urljoin(base, where.strip()))
            if (there.scheme, there.hostname, there.port or _usual(there.scheme)) != (
                here.scheme,
                here.hostname,
                here.port or _usual(here.scheme),
            ):
                return None
        except ValueError:
            return None
        return (there.path or "/") + (f"?{there.query}" if there.query else "")


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80


_NOT_YET: Final = NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "the sign-in came to nothing")
_WRONG: Final = Shown(200, login=True)
"""Somebody who is asked to sign in again: the credential is wrong, or has ended."""
