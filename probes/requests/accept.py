"""Servers that serve a page to those alone who say that they accept one: asked once more as a browser asks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import wraps
from typing import TypeVar

from probes.requests.http import Answer, Ask, Reply, Request, Response

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


def as_browsers(look: Callable[[T], Generator[Ask, Reply, V]]) -> Callable[[T], Generator[Ask, Reply, V]]:
    """The same look, in which a GET that is answered 406 is sent once more as a browser sends it."""

    @wraps(look)
    def looked(target: T) -> Generator[Ask, Reply, V]:
        dialogue = look(target)
        told: Reply | None = None
        while True:
            try:
                ask = next(dialogue) if told is None else dialogue.send(told)
            except StopIteration as end:
                verdicts: V = end.value
                return verdicts
            told = yield ask
            if isinstance(ask, Request) and ask.method == "GET" and isinstance(told, Response) and wants_browsers(told):
                told = yield as_browser(ask)

    return looked
