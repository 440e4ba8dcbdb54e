"""What was refused in a look is not asked for again in it: the same request, of the same path, in the same way.

A request over a new connection is always sent: it asks whether the first answer was all of the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import wraps
from typing import TypeVar

from probes.requests.http import Answer, Ask, Reply, Request, Response

_REFUSALS = frozenset({401, 403, 404, 410})

T = TypeVar("T")
V = TypeVar("V")


def refused_once(look: Callable[[T], Generator[Ask, Reply, V]]) -> Callable[[T], Generator[Ask, Reply, V]]:
    """The same look, which is told a refusal that it was told before without asking for it."""

    @wraps(look)
    def looked(target: T) -> Generator[Ask, Reply, V]:
        dialogue, refused = look(target), dict[Request, Answer]()
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
            same = replace(ask, said="", fresh=False)
            told = None if ask.fresh else refused.get(same)
            if told is None:
                told = yield ask
                if isinstance(told, Response) and told.status in _REFUSALS:
                    refused[same] = told
                else:
                    refused.pop(same, None)

    return looked
