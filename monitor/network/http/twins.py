"""A port has two endpoints, one in clear and one in TLS; where it speaks as one of them, the other is not asked on.

A port that completes a TLS handshake, and answers clear HTTP with a notice, an alert, a reset or silence, speaks TLS
only; one that breaks off a handshake, and answers clear HTTP, speaks clear text only. The first request to an endpoint
in a round decides this, with one more to its twin where it was not answered; all other requests there rest on it. What
the endpoint in clear was answered in the same round is not asked again for its twin in TLS.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple, Self

from monitor.network.http.client import Greeted, HttpConversation
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.pages.page_kind import PageKind, page
from probes.requests.http import Answer, NoAnswer, Response

APART = 1.0
"""Seconds that two looks at one port, in clear and in TLS, begin apart at the most where nothing holds them up."""

TLS_ONLY = NoAnswer(NoAnswerReason.TLS_ONLY, "the port speaks TLS, and clear text is not answered")
CLEAR_ONLY = NoAnswer(NoAnswerReason.CLEAR_ONLY, "the port speaks clear HTTP, and no TLS")

_UNSPOKEN = frozenset({NoAnswerReason.RESET, NoAnswerReason.TIMED_OUT, NoAnswerReason.NOT_HTTP, NoAnswerReason.NOT_TLS})


class Heard(NamedTuple):
    """That an endpoint in clear answered, or that it was silent for as long as it may be."""

    otherwise: NoAnswer | None
    """What an answer says of its twin in TLS, whose handshake broke off."""
    silent: bool = False
    """Where the twin is silent too, it is not asked in clear again: that would take as long once more."""


_ANSWERED, _IN_CLEAR, _SILENT = Heard(None), Heard(CLEAR_ONLY), Heard(None, silent=True)


class Speech:
    """How an endpoint of this round is spoken to: `with` it, a look is under way there. Who asks first holds `lock`
    until it is known; the others wait."""

    __slots__ = ("_first", "_greeted", "_heard", "_lock", "_looks", "_told", "known", "otherwise")

    def __init__(self) -> None:
        # There is one of each endpoint of the round, to its end: what is waited on is made when somebody waits.
        self._lock: asyncio.Lock | None = None
        self.known = False
        self.otherwise: NoAnswer | None = None
        """Set where the port speaks as its twin does: nothing else is to be asked here."""
        self._looks = 0
        self._greeted: Greeted | None = None
        self._told = False
        self._heard: Heard | None = None
        self._first: asyncio.Future[None] | None = None

    @property
    def lock(self) -> asyncio.Lock:
        """Held by who asks first."""
        if self._lock is None:
            self._lock = asyncio.Lock()
        return self._lock

    def settle(self) -> None:
        """It is known how the endpoint is spoken to, as far as it will be: nobody needs the lock any more."""
        self.known, self._lock = True, None

    def __enter__(self) -> Self:
        self._looks += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._looks -= 1
        if not self._looks:
            self._tell(None)  # nobody is left who would ask
            if self._greeted is not None:
                self._greeted.close()
                self._greeted = None

    def lend(self, greeted: Greeted) -> None:
        """A connection to the endpoint that the look at its twin has made: for the looks under way here, while they
        are. It saves them a handshake; where there are none it is closed."""
        if self._looks and self._greeted is None:
            self._greeted = greeted
        else:
            greeted.close()

    def greeted(self, name: str | None) -> Greeted | None:
        """The connection that was lent, once, if it was made by `name`; None where none was, or the peer has closed
        it, or soon may."""
        greeted = self._greeted
        if greeted is None or greeted.name != name:
            return None
        self._greeted = None
        if greeted.line.stale(asyncio.get_running_loop().time()):
            greeted.close()
            return None
        return greeted

    def heard(self, answer: Answer) -> None:
        """What the endpoint itself answered. Its page is not kept: there is one of each endpoint of the round."""
        if isinstance(answer, Response):
            self._tell(_IN_CLEAR if clear_only(answer) else _ANSWERED)
        else:
            self._tell(_SILENT if timed_out(answer) else None)

    def _tell(self, heard: Heard | None) -> None:
        if not self._told:
            self._told, self._heard = True, heard
            first, self._first = self._first, None
            if first is not None and not first.done():
                first.set_result(None)

    @property
    def in_clear(self) -> bool:
        """Whether the endpoint has answered, and not that the port speaks TLS."""
        return self._heard is not None and self._heard.otherwise is not None

    async def first(self) -> Heard | None:
        """What the first answer of the endpoint itself said, when it has come; None where none came."""
        if not self._told:
            if self._first is None:
                self._first = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._first)
        return self._heard


class Twins:
    """What is known of the endpoints of one round."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[str, int, bool], Speech] = {}

    def of(self, target: WebTarget) -> Speech:
        """How the target's endpoint is spoken to. It is there from when the first look at the endpoint begins."""
        key = (target.address, target.port, target.tls)
        found = self._endpoints.get(key)
        if found is None:
            found = self._endpoints[key] = Speech()
        return found

    def beside(self, target: WebTarget) -> Speech | None:
        """How the target's twin is spoken to, if a look at it has begun."""
        return self._endpoints.get((target.address, target.port, not target.tls))

    def greeted(self, target: WebTarget) -> Greeted | None:
        """The connection that was lent to the looks at the target's own endpoint."""
        own = self._endpoints.get((target.address, target.port, target.tls))
        return None if own is None else own.greeted(target.name)

    def after_greeting(self, target: WebTarget, other: HttpConversation) -> NoAnswer | None:
        """What a handshake with the twin of a target in clear says of the target; the connection, where one was made,
        is left to the looks that are under way at the twin."""
        greeted, beside = other.hand_over(), self.beside(target)
        if greeted is not None and beside is not None:
            beside.lend(greeted)
        elif greeted is not None:
            greeted.close()
        return TLS_ONLY if other.secured else None

    async def heard_beside(self, target: WebTarget, *, silent: bool) -> Heard | None:
        """What the look at the target's twin was told first, where that answers for the twin here as well: the look in
        clear began before that in TLS; and where both are silent, as `silent` says of this one, neither is asked for
        the other."""
        beside = self.beside(target)
        if beside is None or not (target.tls or silent):
            return None
        with suppress(TimeoutError):
            # The look in TLS began after that in clear: it is waited for no longer than a few looks are apart.
            async with asyncio.timeout(None if target.tls else APART):
                heard = await beside.first()
                if heard is not None and (silent if heard.silent else target.tls):
                    return heard
        return None

    def in_clear(self, target: WebTarget) -> bool:
        """Whether the port of a target in TLS has answered in clear in this round."""
        beside = self.beside(target) if target.tls else None
        return beside is not None and beside.in_clear


def timed_out(answer: Answer) -> bool:
    """Whether nothing came in time."""
    return isinstance(answer, NoAnswer) and answer.why is NoAnswerReason.TIMED_OUT


def unspoken(answer: Answer) -> bool:
    """Whether an answer leaves open that the port speaks as its twin does; a failure of TLS itself does not. A server
    that expects TLS may call clear text a bad request in any words, and closes the connection: it can read no more."""
    if isinstance(answer, Response):
        said = {one.strip() for one in answer.headers.all("connection").lower().split(",")}
        return answer.status == 400 and said == {"close"}
    return answer.why in _UNSPOKEN


def says_tls(answer: Answer) -> bool:
    """Whether an answer to clear HTTP is a server's notice that the port speaks TLS."""
    if not isinstance(answer, Response) or answer.status not in (400, 497):
        return False
    return page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind is PageKind.TLS_NOTICE


def clear_only(answer: Answer) -> NoAnswer | None:
    """What an answer in clear says of the twin in TLS, whose handshake broke off."""
    return CLEAR_ONLY if isinstance(answer, Response) and not says_tls(answer) else None
