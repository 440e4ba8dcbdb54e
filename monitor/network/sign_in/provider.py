"""Signs a declared subject in at a declared identity provider, as a browser does (OpenID Connect with a code, SAML).

The portal leads there, the provider's form is sent once, and what it answers is taken back to the portal: by a
redirect, or by a form that a script of the provider's page would send at once.

Each redirect is a request of its own, to the portal or to an endpoint of the provider's asset and to nothing else, each
host with cookies of its own. The password goes to the provider alone, and the code to the portal alone: where it asked
for it to be sent, and with the state that it asked with.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import parse_qs, urlencode

from monitor.inventory.model.assets import HostAsset
from monitor.inventory.values.addresses import is_address
from monitor.network.http.client import HttpConversation
from monitor.network.sign_in.form import (
    NOT_YET,
    TAKE,
    WRONG,
    FormAccount,
    SignInStep,
    form_of,
    inside,
    overload,
    resolved,
    send,
)
from monitor.network.sign_in.session import Session
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.sign_in_form import SignInForm, handed_form
from probes.recognise.pages.page_kind import PageKind, leads_to_login, page
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.requests.session import Shown

_MOST: Final = 12
"""Requests of one sign-in, there and back."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The asset that people sign in at, and how it is reached."""

    asset: HostAsset
    pace_key: str
    lead: Callable[[str], Awaitable[tuple[str, ...] | NoAnswer]]
    """The addresses of one of its names that the scope admits, or why there are none."""


class ProviderSignIn:
    """The sign-in of one subject in one look."""

    def __init__(
        self,
        portal: Session,
        account: FormAccount,
        provider: Provider | NoAnswer,
        conversation: Callable[[WebTarget, str], HttpConversation],
        refuse: Callable[[], Awaitable[None]],
    ) -> None:
        """`conversation` checks a server's certificate; `refuse` remembers that the provider refused the credential."""
        self._portal = portal
        self._account = account
        self._provider = provider
        self._conversation = conversation
        self._refuse = refuse
        self._there: dict[tuple[str, int], Session] = {}
        self._asked: dict[str, list[str]] = {}
        """What the portal asked the provider for."""
        self._answer: Response | None = None
        self._sent = False
        self.failed: Shown | NoAnswer | None = NOT_YET
        """What stands for every answer to the subject, as long as it is not signed in; None: it is."""

    async def close(self) -> None:
        """End the connections with the provider."""
        for session in self._there.values():
            await session.web.__aexit__(None, None, None)

    async def steps(self) -> AsyncGenerator[SignInStep, None]:
        """What is to be asked, in this order."""
        if isinstance(self._provider, NoAnswer):
            self.failed = self._provider
            return
        here, path, form = self._portal, self._account.start, None
        for _ in range(_MOST):
            back = here is self._portal and self._sent
            yield self._step(here, path, form)
            answer, self._answer = self._answer, None
            if answer is None:
                return  # it was not asked, or failed
            self._sent |= form is not None
            form = None
            if 300 <= answer.status < 400:
                led = await self._led(here, path, answer.headers.get("location"), back=back)
                if not isinstance(led, tuple):
                    self.failed = led
                    return
                here, path = led
            elif here is self._portal:
                self.failed = self._arrived(answer) if back else _no("the portal does not lead to its provider")
                return
            elif self._sent:
                handed = await self._handed(here, path, answer)
                if not isinstance(handed, tuple):
                    self.failed = handed
                    return
                (form, path), here = handed, self._portal
            else:
                found = self._form(here, path, answer)
                if isinstance(found, NoAnswer):
                    self.failed = found
                    return
                form, path = found
        self.failed = _no("the sign-in leads from page to page")

    def _step(self, here: Session, path: str, form: SignInForm | None) -> SignInStep:
        """One request. What a peer wrote into a redirect is not recorded: a code and a state are secrets."""
        assert isinstance(self._provider, Provider)  # noqa: S101  or there are no steps
        if here is self._portal and form is not None:
            return SignInStep("POST", self._account.back, partial(self._hand_over, path, form), here.target)
        if here is self._portal:
            said = path if path == self._account.start else "/{the sign-in}"
            return SignInStep("GET", said, partial(self._ask, here, path), here.target)
        at, key = here.target, self._provider.pace_key
        if form is None:
            return SignInStep("GET", at.url("/{the sign-in}"), partial(self._ask, here, path), at, key)
        return SignInStep("POST", at.url(self._account.to), partial(self._send, here, path, form), at, key)

    async def _ask(self, here: Session, path: str, seconds: float) -> Shown | NoAnswer:
        answer = await here.web.ask(Request("GET", path, TAKE, headers=here.says()), seconds)
        if isinstance(answer, Response):
            here.keep(answer)
        return self._heard(answer)

    async def _send(self, here: Session, path: str, form: SignInForm, seconds: float) -> Shown | NoAnswer:
        to = inside(here.target, path, form.action)
        assert to is not None  # noqa: S101  the form was found to be sent there
        return self._heard(await send(here, self._account, form, path, to, seconds))

    async def _hand_over(self, path: str, form: SignInForm, seconds: float) -> Shown | NoAnswer:
        at = self._portal
        answer = await at.web.send_form(path, urlencode(form.hidden).encode(), at.says(), TAKE, seconds)
        if isinstance(answer, Response):
            at.keep(answer)
        return self._heard(answer)

    def _heard(self, answer: Answer) -> Shown | NoAnswer:
        failed = overload(answer)
        if failed is not None:
            self.failed = failed
            return failed
        assert isinstance(answer, Response)  # noqa: S101  whatever is none has failed
        self._answer = answer
        return Shown(answer.status, wire=answer.wire)

    async def _led(
        self, here: Session, path: str, where: str, *, back: bool
    ) -> tuple[Session, str] | Shown | NoAnswer | None:
        """Where a redirect leads, or what the sign-in came to by it."""
        found = resolved(here.target, path, where)
        if found is None:
            return _no("a redirect leads to no address of the web")
        own = resolved(self._portal.target, "/", "/")
        assert own is not None  # noqa: S101  the target's own address
        if found[:3] != own[:3]:
            if back:
                return _no("the portal did not take the sign-in")
            if here is self._portal:
                self._asked = parse_qs(found[3].partition("?")[2])
            there = await self._at_provider(*found[:3])
            return there if isinstance(there, NoAnswer) else (there, found[3])
        if back:
            led = found[3].partition("?")[0]
            again = leads_to_login(led) or led == self._account.start.partition("?")[0]
            return _no("the portal did not take the sign-in") if again else None
        if here is not self._portal:
            to, _, query = found[3].partition("?")
            wrong = await self._wrong_way_back(to, parse_qs(query))
            return _no(wrong) if wrong else (self._portal, found[3])
        return self._portal, found[3]

    async def _handed(
        self, here: Session, path: str, answer: Response
    ) -> tuple[SignInForm, str] | Shown | NoAnswer | None:
        """What a page of the provider behind its form hands over to the portal, and where; or what it says instead."""
        form = handed_form(answer.body) if answer.status == 200 and answer.ending is Ending.WHOLE else None
        given = parse_qs(urlencode(form.hidden)) if form is not None else {}
        if form is None or not {"code", "error", "SAMLResponse"} & given.keys():
            return await self._asked_again(answer)
        there, own = resolved(here.target, path, form.action), resolved(self._portal.target, "/", "/")
        assert own is not None  # noqa: S101  the target's own address
        if there is None or there[:3] != own[:3] or there[3].partition("?")[0] != self._account.back:
            return _no("the provider hands its answer over to another address than the declared one (sign_in: back)")
        wrong = await self._wrong_way_back(self._account.back, given)
        return _no(wrong) if wrong else (form, there[3])

    async def _wrong_way_back(self, path: str, given: dict[str, list[str]]) -> str:
        """Why what the provider leads back with is not taken to the portal; empty: it is."""
        if self._sent and "SAMLRequest" in self._asked:
            if given.get("RelayState") != self._asked.get("RelayState"):
                return "the provider leads back with a state that the portal did not ask with"
            if not _says_yes("".join(given.get("SAMLResponse", ()))):
                await self._refuse()
                return "the provider's answer does not say that somebody signed in"
            return ""
        if not self._sent:
            return "the provider leads back without its form"
        if given.get("state") != self._asked.get("state"):
            return "the provider leads back with a state that the portal did not ask with"
        if "error" in given or "code" not in given:
            await self._refuse()
            return "the provider leads back without a code"
        for wanted in self._asked.get("redirect_uri", ()):
            if inside(self._portal.target, "/", wanted) != path:
                return "the provider leads to another place than the portal asked for"
        return ""

    async def _at_provider(self, scheme: str, host: str, port: int) -> Session | NoAnswer:
        assert isinstance(self._provider, Provider)  # noqa: S101  or there are no steps
        asset, tls = self._provider.asset, scheme == "https"
        if not asset.leads_to(host) or port not in asset.ports:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the sign-in leads to a host that is not its provider")
        if self._portal.target.tls and not tls:
            return _no("the provider is asked in clear")
        if (host, port) not in self._there:
            addresses = await self._provider.lead(host)
            if isinstance(addresses, NoAnswer):
                return addresses
            name = None if is_address(host) else host
            nonce = self._portal.target.nonce
            target = WebTarget(asset.id, asset.host, name, addresses[0], port, tls=tls, nonce=nonce)
            self._there[host, port] = Session(target, self._conversation(target, self._provider.pace_key))
        return self._there[host, port]

    def _form(self, here: Session, path: str, answer: Response) -> tuple[SignInForm, str] | NoAnswer:
        """The provider's form, where it is the declared one and is sent to the declared address."""
        if not _covers(self._account.page, path):
            return _no("the provider asks for a sign-in at another page than the declared one")
        form = form_of(answer, self._account)
        if form is None:
            return _no("the provider's page has no such form")
        to = inside(here.target, path, form.action)
        if to is None or not _covers(self._account.to, to):
            return _no("the provider's form is not sent to the declared address")
        return form, path

    async def _asked_again(self, answer: Response) -> Shown | NoAnswer:
        """What a page of the provider says behind the form: it is the form again, or it asks for more. Either way the
        password is not sent again: a page that says no in words cannot be told from one that asks for a code."""
        await self._refuse()
        if form_of(answer, self._account) is not None or answer.status in (400, 401, 403, 422):
            return WRONG
        return _no("the provider asks for more than a password")

    def _arrived(self, answer: Response) -> NoAnswer | None:
        if answer.status != 200:
            return _no("the portal did not take the sign-in")
        kind = page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind
        return _no("the portal did not take the sign-in") if kind is PageKind.LOGIN_WALL else None


def _covers(declared: str, path: str) -> bool:
    """Whether a path, whatever its query, is the declared one, or below one that ends with a slash."""
    path = path.partition("?")[0]
    return path.startswith(declared) if declared.endswith("/") else path == declared


def _says_yes(text: str) -> bool:
    """Whether an answer of SAML is one of success: its status is never encrypted. The portal checks the rest of it."""
    try:
        return b"urn:oasis:names:tc:SAML:2.0:status:Success" in b64decode(text, validate=False)
    except ValueError:
        return False


def _no(detail: str) -> NoAnswer:
    return NoAnswer(NoAnswerReason.NOT_SIGNED_IN, detail)
