"""Servers that serve a page to those alone who say that they accept one: asked once more as a browser asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from probes.api import Dialogue, Verdict, WebTarget
from probes.requests.http import Reply, Request, Response

AS_BROWSERS = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
NOT_ACCEPTABLE = 406


def as_browsers(look: Callable[[WebTarget], Dialogue]) -> Callable[[WebTarget], Dialogue]:
    """The same look, in which a GET that is answered 406 is sent once more as a browser sends it.

    Every other request accepts whatever comes. A filter answers 406, too, and then both times.
    """

    @wraps(look)
    def looked(target: WebTarget) -> Dialogue:
        dialogue = look(target)
        told: Reply | None = None
        while True:
            try:
                ask = next(dialogue) if told is None else dialogue.send(told)
            except StopIteration as end:
                verdicts: tuple[Verdict, ...] = end.value
                return verdicts
            told = yield ask
            refused = isinstance(told, Response) and told.status == NOT_ACCEPTABLE
            if refused and isinstance(ask, Request) and ask.method == "GET":
                told = yield replace(ask, headers=(*ask.headers, AS_BROWSERS))

    return looked
