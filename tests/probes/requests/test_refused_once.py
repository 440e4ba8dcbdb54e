"""A refusal is asked for once in a look, unless it is asked for anew; other answers are asked for each time."""

from __future__ import annotations

import pytest

from probes.requests.http import Ask, Reply, Request
from probes.requests.refused_once import refused_once
from probes.testing import says

PLAIN, RANGED = Request("GET", "/a.wav", 1024), Request("GET", "/a.wav", 1024, (("Range", "bytes=0-1023"),))


def heard(*asks: Request, status: int = 403) -> tuple[list[Request], list[int]]:
    """What is sent of these asks, and what the look is told."""
    told: list[int] = []

    def look(_: str):  # type: ignore[no-untyped-def]
        for ask in asks:
            answer = yield ask
            told.append(answer.status)
        return ()

    sent: list[Request] = []
    dialogue = refused_once(look)("target")
    reply: Reply | None = None
    while True:
        try:
            ask: Ask = next(dialogue) if reply is None else dialogue.send(reply)
        except StopIteration:
            return sent, told
        assert isinstance(ask, Request)
        sent.append(ask)
        reply = says(status + (len(sent) > 1 and status == 200))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_asked_for_once(status: int) -> None:
    said = Request("GET", "/a.wav", 1024, said="/{witness 1}")
    assert heard(PLAIN, said, PLAIN, status=status) == ([PLAIN], [status] * 3)


@pytest.mark.parametrize("status", [200, 204, 302, 429, 500, 503])
def test_whatever_else_is_answered_is_asked_for_each_time(status: int) -> None:
    assert len(heard(PLAIN, PLAIN, status=status)[0]) == 2


def test_another_request_for_the_same_path_is_sent() -> None:
    assert heard(PLAIN, RANGED)[0] == [PLAIN, RANGED]


def test_a_request_over_a_new_connection_is_sent() -> None:
    fresh = Request("GET", "/a.wav", 1024, fresh=True)
    assert heard(PLAIN, fresh, PLAIN)[0] == [PLAIN, fresh]
