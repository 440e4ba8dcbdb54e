"""Servers are asked, and heard, as browsers ask and hear them.

Some serve a page to those alone who say that they accept one: they are asked once more so. Some let a stranger in who
brings back the cookie that they hand to everybody (walls.py). A status that nobody knows is that of its class.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import wraps
from typing import TypeVar

from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response
from probes.requests.walls import Passes

_BROWSERS = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")

T = TypeVar("T")
V = TypeVar("V")


def as_browser(request: Request) -> Request:
    """The same request as a browser sends it. Every other one accepts whatever comes."""
    return replace(request, headers=(*request.headers, _BROWSERS))


def wants_browsers(answer: Answer) -> bool:
    """Whether an answer refuses whoever does not say that they accept a page. A filter answers so, too, and then both
    times."""
    return isinstance(answer, Response) and answer.status == 406


_OF_ITS_OWN = frozenset({200, 202, 203, 204, 205, 206, 207})
"""Statuses of success that tell more than that here comes a page."""


def heard(answer: Answer) -> Answer:
    """The answer as browsers hear it: a status of success that says nothing to them (`218 This is fine`) is 200 (RFC
    9110 section 15)."""
    odd = isinstance(answer, Response) and 200 <= answer.status < 300 and answer.status not in _OF_ITS_OWN
    return replace(answer, status=200) if odd and isinstance(answer, Response) else answer


def as_browsers(look: Callable[[T], Generator[Ask, Reply, V]]) -> Callable[[T], Generator[Ask, Reply, V]]:
    """The same look, in which a GET that is answered 406 is sent once more as a browser sends it, and the cookie of a
    wall is brought back."""

    @wraps(look)
    def looked(target: T) -> Generator[Ask, Reply, V]:
        dialogue, passes = look(target), Passes()
        told: Reply | None = None
        while True:
            try:
                ask = next(dialogue) if told is None else dialogue.send(told)
            except StopIteration as end:
                verdicts: V = end.value
                return verdicts
            if not isinstance(ask, Request):
                told = yield ask
                continue
            ask = passes.carried(ask)
            told = yield ask
            if ask.method == "GET" and isinstance(told, Response) and wants_browsers(told):
                told = yield as_browser(ask)
            if (again := passes.once_more(ask, told) if isinstance(told, Response | NoAnswer) else None) is not None:
                let_in = yield again
                if isinstance(let_in, Response) and passes.let_in(let_in):
                    ask, told = again, let_in
            if isinstance(told, Response):
                passes.hear(ask, told)
                told = heard(told)

    return looked
