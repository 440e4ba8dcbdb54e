"""`play()`: a probe against scripted answers, without a network, a clock or a server."""

from __future__ import annotations

from collections.abc import Callable

from probes.api import Probe, T, Verdict
from probes.reasons import NoAnswerReason
from probes.requests.dns import Lookup, Records
from probes.requests.http import Answer, Headers, NoAnswer, Proven, Reply, Request, Response, Together
from probes.requests.session import InSession, SideBySide
from probes.requests.sources import ReadCount, ReadLog, ReadMailbox
from probes.requests.stream import Received, Step, Sweep, Swept

Script = Callable[[Request], Answer]
"""What the world answers to one request."""
Elsewhere = Callable[[Lookup | Step | Sweep], Records | Received | Swept | NoAnswer]
"""What name servers and services answer."""


def _nobody(step: Lookup | Step | Sweep) -> NoAnswer:
    return NoAnswer(NoAnswerReason.REFUSED)


def play(
    probe: Probe[T], target: T, script: Script, most: int = 500, elsewhere: Elsewhere = _nobody
) -> tuple[tuple[Verdict, ...], list[Request]]:
    """Hold the dialogue to its end; return the verdicts and every HTTP request in order. Raises RuntimeError past
    `most`."""
    asked: list[Request] = []

    def answer(request: Request) -> Answer:
        asked.append(request)
        if len(asked) > most:
            raise RuntimeError(f"the probe asks for ever: {request}")
        return script(request)

    dialogue = probe.look(target)
    try:
        ask = next(dialogue)
        while True:
            told: Reply
            match ask:
                case Request():
                    told = answer(ask)
                case Together(asks=asks):
                    told = tuple(answer(request) for request in asks)
                case InSession() | SideBySide() | ReadLog() | ReadMailbox() | ReadCount():
                    raise TypeError("a request in a session needs a session, and a source its reader")
                case Proven():
                    told = NoAnswer(NoAnswerReason.NOT_ASKED)
                case _:
                    told = elsewhere(ask)
            ask = dialogue.send(told)
    except StopIteration as end:
        return tuple(end.value), asked


def says(status: int, body: bytes = b"", **headers: str) -> Response:
    """A response, its header names written as Python names: `says(200, page, content_type="text/html")`."""
    return Response(status, Headers(tuple((k.replace("_", "-").lower(), v) for k, v in headers.items())), body)
