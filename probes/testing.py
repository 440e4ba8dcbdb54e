"""`play()`: a probe against scripted answers, without a network, a clock or a server."""

from __future__ import annotations

from collections.abc import Callable

from probes.asks import Answer, Headers, Request, Response, Together, Told
from probes.contract import Probe, Sight, T

Script = Callable[[Request], Answer]
"""What the world answers to one request."""


def play(probe: Probe[T], target: T, script: Script, most: int = 500) -> tuple[tuple[Sight, ...], list[Request]]:
    """Hold the dialogue to its end; returns the sights and every request in order. Raises RuntimeError past `most`."""
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
            told: Told
            match ask:
                case Request():
                    told = answer(ask)
                case Together(asks=asks):
                    told = tuple(answer(request) for request in asks)
            ask = dialogue.send(told)
    except StopIteration as end:
        return tuple(end.value), asked


def says(status: int, body: bytes = b"", **headers: str) -> Response:
    """A response, its header names written as Python names: `says(200, page, content_type="text/html")`."""
    return Response(status, Headers(tuple((k.replace("_", "-").lower(), v) for k, v in headers.items())), body)
