"""Sessions of declared subjects: each with its own connections, cookies and credential, all closed with the look.

The credentials and canary tokens are read when a look begins, and are in no target, record, text or exception. Of an
answer nothing leaves but its status and whose tokens stand in it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from monitor.network.http.client import HttpConversation
from monitor.network.sign_in.form import WRONG, FormAccount, FormSignIn, SignInStep
from monitor.network.sign_in.provider import Provider, ProviderSignIn
from monitor.network.sign_in.refusals import Account, InMemory, Refusals
from monitor.network.sign_in.session import Session
from probes.api import WebTarget
from probes.eservices.cells import may, paths
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.canary_tokens import tokens_in
from probes.recognise.pages.page_kind import PageKind, leads_to_login, page
from probes.requests.http import Ending, NoAnswer, Request, Response
from probes.requests.session import InSession, Shown

TAKE = 4 << 20
"""Bytes of an answer that are searched."""
_MOST_REFUSED = 3
"""Times that a password is sent in a look in which nobody takes it: accounts are locked after five and more."""


@dataclass(frozen=True, slots=True)
class SubjectSecrets:
    """What the subjects of one matrix sign in with, and what they may come to see. Never printed."""

    headers: Mapping[str, tuple[tuple[str, str], ...]] = field(repr=False)
    """For each subject the header fields that go out with each of its requests; none for an anonymous one."""
    tokens: Mapping[str, str] = field(repr=False)
    """For each tenant the token of its canaries."""
    forms: Mapping[str, FormAccount] = field(default_factory=dict, repr=False)
    """For each subject that signs in by a form, its account."""
    provider: Provider | NoAnswer | None = None
    """Who has the form; None: the portal itself."""
    accounts: Mapping[str, Account] = field(default_factory=dict, repr=False)
    """For each subject that is not anonymous, what is remembered where it is refused."""
    passwords: frozenset[str] = frozenset()
    """Subjects that send a password with every request."""
    refusals: Refusals = field(default_factory=lambda: Refusals(InMemory()), repr=False)
    """What was refused in earlier looks."""


SecretsOf = Callable[[WebTarget], SubjectSecrets | NoAnswer]
"""Reads the secrets of a target's matrix, or says which of them could not be had."""


class Sessions:
    """The sessions of one look."""

    def __init__(
        self,
        target: WebTarget,
        secrets: SubjectSecrets,
        conversation: Callable[[WebTarget, str], HttpConversation],
        anonymous: Callable[[], HttpConversation],
        now: Callable[[], datetime],
    ) -> None:
        """`conversation` checks the server's certificate before a credential goes out, and is told in whose pace where
        it is not the portal's; `anonymous` carries none."""
        self._target = target
        self._secrets = secrets
        self._conversation = conversation
        self._anonymous = anonymous
        self._now = now
        self._open: dict[str, _Open] = {}

    async def close(self) -> None:
        """End every connection. A subject that was asked to sign in wherever it asked was not let in."""
        for subject, session in self._open.items():
            account = self._secrets.accounts.get(subject)
            if account is not None and session.failed is None and session.tried:
                if session.let_in:
                    await self._secrets.refusals.forget(account)
                elif session.logins == {True} and self._expected(subject):
                    await self._secrets.refusals.keep(account)
            if isinstance(session.sign_in, ProviderSignIn):
                await session.sign_in.close()
            await session.at.web.__aexit__(None, None, None)
        self._open.clear()

    async def signing_in(self, subject: str) -> AsyncGenerator[SignInStep, None]:
        """What is to be asked before the first request of a subject: once in a look, and nothing where the same
        password was refused before."""
        session, account = self._session(subject), self._secrets.accounts.get(subject)
        if session is None or session.tried:
            return
        session.tried = True
        if account is None or (session.sign_in is None and subject not in self._secrets.passwords):
            return  # a token that has ended locks nothing, and is asked with to see when it is good again
        async with self._secrets.refusals.alone(account):
            if await self._secrets.refusals.refused(account):
                session.failed = WRONG
            elif session.sign_in is not None:
                async for step in session.sign_in.steps():
                    yield step
                session.failed = session.sign_in.failed

    def unsigned(self, subject: str) -> Shown | NoAnswer | None:
        """What stands for every answer to a subject that is not signed in; None for one that may ask."""
        session = self._session(subject)
        return None if session is None else session.failed

    def _expected(self, subject: str) -> bool:
        """Whether some rule lets a subject in: one that may see nothing may be led to the login wherever it asks."""
        matrix = self._target.matrix
        return matrix is None or any(subject in rule.allow for rule in matrix.rules)

    async def _settle(self, step: InSession, session: _Open, shown: Shown) -> None:
        """A password that the portal does not take is not sent with all the other requests too."""
        session.logins.add(shown.login)
        tokens = self._secrets.tokens
        session.let_in |= bool(shown.tenants) if tokens else shown.status == 200 and not shown.login
        if step.subject not in self._secrets.passwords or shown.status != 401 or session.logins != {True}:
            return
        session.refused += 1
        # A portal may say 401 where others say 403: then it is the path, and not the password.
        if self._may(step) or session.refused == _MOST_REFUSED:
            session.failed = WRONG
            await self._secrets.refusals.keep(self._secrets.accounts[step.subject])

    def _may(self, step: InSession) -> bool:
        matrix = self._target.matrix
        if matrix is None:
            return True
        (subject,) = (one for one in matrix.subjects if one.id == step.subject)
        return any(
            path == step.path and may(rule, subject, tenant)
            for rule in matrix.rules
            for path, tenant in paths(matrix, rule)
        )

    def _session(self, subject: str) -> _Open | None:
        headers = self._secrets.headers.get(subject)
        if headers is None:
            return None
        session = self._open.get(subject)
        if session is None:
            account = self._secrets.forms.get(subject)
            web = self._conversation(self._target, "") if headers or account is not None else self._anonymous()
            at = Session(self._target, web, headers)
            session = self._open[subject] = _Open(at, self._sign_in(subject, account, at))
        return session

    def _sign_in(self, subject: str, account: FormAccount | None, at: Session) -> FormSignIn | ProviderSignIn | None:
        if account is None:
            return None
        refuse = partial(self._secrets.refusals.keep, self._secrets.accounts[subject])
        provider = self._secrets.provider
        if provider is None:
            return FormSignIn(at, account, refuse)
        return ProviderSignIn(at, account, provider, self._conversation, refuse)

    async def ask(self, step: InSession, seconds: float) -> Shown | NoAnswer:
        """Ask as a subject, and tell what it was shown."""
        session = self._session(step.subject)
        if session is None:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no declared subject")
        if step.subject not in self._secrets.passwords or session.logins:
            return await self._ask(step, session, seconds)
        account = self._secrets.accounts[step.subject]
        async with self._secrets.refusals.alone(account):
            if await self._secrets.refusals.refused(account):
                session.failed = WRONG
                return NoAnswer(NoAnswerReason.NOT_SIGNED_IN, "another address of the host has just refused it")
            return await self._ask(step, session, seconds)

    async def _ask(self, step: InSession, session: _Open, seconds: float) -> Shown | NoAnswer:
        answer = await session.at.web.ask(
            Request("GET", step.path, TAKE, headers=session.at.says(), fresh=step.fresh), seconds
        )
        if isinstance(answer, NoAnswer):
            return answer
        session.at.keep(answer)
        shown = replace(self._shown(answer), at=int(self._now().timestamp()))
        await self._settle(step, session, shown)
        return shown

    def _shown(self, answer: Response) -> Shown:
        where = answer.headers.get("location")
        tenants, read = tokens_in(answer.body, self._secrets.tokens)
        if where:
            led, _ = tokens_in(where.encode("utf-8", "replace"), self._secrets.tokens)
            tenants = tuple(sorted({*tenants, *led}))
        login = answer.status == 401
        if 300 <= answer.status < 400:
            login = leads_to_login(where.partition("?")[0]) or "saml" in where.lower()
        elif answer.status == 200 and answer.type in ("text/html", "application/xhtml+xml", ""):
            kind = page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind
            login = kind is PageKind.LOGIN_WALL
        return Shown(answer.status, tenants, login, read and answer.ending is Ending.WHOLE, answer.wire)


class _Open:
    """One subject in one look."""

    def __init__(self, at: Session, sign_in: FormSignIn | ProviderSignIn | None) -> None:
        self.at = at
        self.sign_in = sign_in
        self.tried = False
        self.failed: Shown | NoAnswer | None = None
        """What stands for every answer, since the subject is not signed in."""
        self.let_in = False
        self.refused = 0
        """Answers that did not take the password, and nothing else answered before them."""
        self.logins: set[bool] = set()
        """Whether the answers were logins: of both kinds, of one, or of none yet."""
