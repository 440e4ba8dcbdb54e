"""Sessions of declared subjects: each with its own connections, cookies and credential, all closed with the look.

The credentials and canary tokens are read when a look begins, and are in no target, record, text or exception. Of an
answer nothing leaves but its status and whose tokens stand in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.network.http.client import HttpConversation
from monitor.network.sign_in.form import FormAccount, FormSignIn, SignInStep
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.eservices.canary_tokens import tokens_in
from probes.recognise.pages.page_kind import PageKind, leads_to_login, page
from probes.requests.http import Ending, NoAnswer, Request, Response
from probes.requests.session import InSession, Shown

TAKE = 4 << 20
"""Bytes of an answer that are searched."""
_MOST_COOKIES = 50


@dataclass(frozen=True, slots=True)
class SubjectSecrets:
    """What the subjects of one matrix sign in with, and what they may come to see. Never printed."""

    headers: Mapping[str, tuple[tuple[str, str], ...]] = field(repr=False)
    """For each subject the header fields that go out with each of its requests; none for an anonymous one."""
    tokens: Mapping[str, str] = field(repr=False)
    """For each tenant the token of its canaries."""
    forms: Mapping[str, FormAccount] = field(default_factory=dict, repr=False)
    """For each subject that signs in by a form, its account."""
    refused: set[int] = field(default_factory=set, repr=False)
    """What identifies credentials that a form refused in an earlier look."""


SecretsOf = Callable[[WebTarget], SubjectSecrets | NoAnswer]
"""Reads the secrets of a target's matrix, or says which of them could not be had."""


class Sessions:
    """The sessions of one look."""

    def __init__(
        self,
        target: WebTarget,
        secrets: SubjectSecrets,
        conversation: Callable[[], HttpConversation],
        anonymous: Callable[[], HttpConversation],
        now: Callable[[], datetime],
    ) -> None:
        """`conversation` checks the server's certificate before a credential goes out; `anonymous` carries none."""
        self._target = target
        self._secrets = secrets
        self._conversation = conversation
        self._anonymous = anonymous
        self._now = now
        self._open: dict[str, _Session] = {}

    async def close(self) -> None:
        """End every connection. A subject that was asked to sign in wherever it asked was not let in by its form."""
        for session in self._open.values():
            if session.sign_in is not None and session.sign_in.failed is None and session.logins == {True}:
                session.sign_in.refuse()
            await session.web.__aexit__(None, None, None)
        self._open.clear()

    def signing_in(self, subject: str) -> Iterator[SignInStep]:
        """What is to be asked before the first request of a subject that signs in by a form: once in a look."""
        session = self._session(subject)
        if session is not None and session.sign_in is not None and not session.tried:
            session.tried = True
            yield from session.sign_in.steps()

    def unsigned(self, subject: str) -> Shown | NoAnswer | None:
        """What stands for every answer to a subject that is not signed in; None for one that may ask."""
        session = self._session(subject)
        return None if session is None or session.sign_in is None else session.sign_in.failed

    def _session(self, subject: str) -> _Session | None:
        headers = self._secrets.headers.get(subject)
        if headers is None:
            return None
        session = self._open.get(subject)
        if session is None:
            account = self._secrets.forms.get(subject)
            web = self._conversation() if headers or account is not None else self._anonymous()
            session = self._open[subject] = _Session(web, headers)
            if account is not None:
                session.sign_in = FormSignIn(
                    self._target, account, web, session.says, session.keep, self._secrets.refused
                )
        return session

    async def ask(self, step: InSession, seconds: float) -> Shown | NoAnswer:
        """Ask as a subject, and tell what it was shown."""
        session = self._session(step.subject)
        if session is None:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no declared subject")
        answer = await session.web.ask(
            Request("GET", step.path, TAKE, headers=session.says(), fresh=step.fresh), seconds
        )
        if isinstance(answer, NoAnswer):
            return answer
        session.keep(answer)
        shown = replace(self._shown(answer), at=int(self._now().timestamp()))
        session.logins.add(shown.login)
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


class _Session:
    """One subject's connections and cookies."""

    def __init__(self, web: HttpConversation, headers: tuple[tuple[str, str], ...]) -> None:
        self.web = web
        self._headers = headers
        self._cookies: dict[str, str] = {}
        self.sign_in: FormSignIn | None = None
        self.tried = False
        self.logins: set[bool] = set()
        """Whether the answers were logins: of both kinds, of one, or of none yet."""

    def says(self) -> tuple[tuple[str, str], ...]:
        """The header fields of the next request."""
        declared = [value for name, value in self._headers if name == "Cookie"]
        cookies = "; ".join([*declared, *(f"{name}={value}" for name, value in self._cookies.items())])
        others = tuple(pair for pair in self._headers if pair[0] != "Cookie")
        return (*others, ("Cookie", cookies)) if cookies else others

    def keep(self, answer: Response) -> None:
        """Take the cookies of an answer (RFC 6265 section 5.2, of one host: domain and path are not looked at)."""
        for name, value in answer.headers:
            if name != "set-cookie":
                continue
            pair, *attributes = value.split(";")
            key, equals, held = pair.strip().partition("=")
            if not equals or not key or not _sendable(key + held):
                continue
            if (
                any(one.strip().lower().replace(" ", "") in ("max-age=0", "max-age=-1") for one in attributes)
                or not held
            ):
                self._cookies.pop(key, None)
            elif key in self._cookies or len(self._cookies) < _MOST_COOKIES:
                self._cookies[key] = held


def _sendable(text: str) -> bool:
    return len(text) < 4096 and all("!" <= letter <= "~" and letter not in ';,"\\' for letter in text)
