"""A port has two endpoints, one in clear and one in TLS; where it speaks as one of them, the other is not asked on.

A port that completes a TLS handshake, and answers clear HTTP with a notice, an alert, a reset or silence, speaks TLS
only; one that breaks off a handshake, and answers clear HTTP, speaks clear text only. The first request to an endpoint
in a round decides this, with one more to its twin where it was not answered; all other requests there rest on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.recognise.pages.page_kind import PageKind, page
from probes.requests.http import Answer, NoAnswer, Response

TLS_ONLY = NoAnswer(NoAnswerReason.TLS_ONLY, "the port speaks TLS, and clear text is not answered")
CLEAR_ONLY = NoAnswer(NoAnswerReason.CLEAR_ONLY, "the port speaks clear HTTP, and no TLS")

_UNSPOKEN = frozenset({NoAnswerReason.RESET, NoAnswerReason.TIMED_OUT, NoAnswerReason.NOT_HTTP, NoAnswerReason.NOT_TLS})


@dataclass(slots=True)
class Speech:
    """How an endpoint of this round is spoken to."""

    known: bool = False
    otherwise: NoAnswer | None = None
    """Set where the port speaks as its twin does: nothing else is to be asked here."""


class Twins:
    """What is known of the endpoints of one round."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[str, int, bool], tuple[asyncio.Lock, Speech]] = {}

    @asynccontextmanager
    async def asking(self, target: WebTarget) -> AsyncIterator[Speech]:
        """What is known of the target's endpoint. The first who asks finds it out, and the others wait for that."""
        key = (target.address, target.port, target.tls)
        lock, speech = self._endpoints.setdefault(key, (asyncio.Lock(), Speech()))
        await lock.acquire()
        try:
            if not speech.known:
                yield speech
                return
        finally:
            speech.known = True
            lock.release()
        yield speech


def unspoken(answer: Answer) -> bool:
    """Whether an answer leaves open that the port speaks as its twin does; a failure of TLS itself does not."""
    return isinstance(answer, NoAnswer) and answer.why in _UNSPOKEN


def says_tls(answer: Answer) -> bool:
    """Whether an answer to clear HTTP is a server's notice that the port speaks TLS."""
    if not isinstance(answer, Response) or answer.status not in (400, 497):
        return False
    return page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind is PageKind.TLS_NOTICE
