"""A scripted world: a disk that answers a probe by the rules of a real server, with one rule changed at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from probes.api import Known, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, Ending, Headers, NoAnswer, Request, Response
from probes.testing import says
from tests.servers.pages import NAMES, NOT_FOUND, SOUND, apache

NONCE = "x4c1d9e77a0b35f26"
HTML = "text/html; charset=utf-8"
Rule = Callable[[Request], Answer | None]
PAGE = apache("/", [(name, len(SOUND)) for name in NAMES])
MISSING = says(404, NOT_FOUND, content_type=HTML)


def target(**changed: Any) -> WebTarget:
    """The root of nas.test, in clear on 443."""
    values: dict[str, Any] = {
        "asset": "nas", "host": "nas.test", "name": "nas.test", "address": "192.0.2.1", "port": 443, "tls": False,
        "ports": (80, 443), "nonce": NONCE, **changed,
    }  # fmt: skip
    return WebTarget(**values)


def known(*witnesses: str, path: str = "/") -> tuple[Known, ...]:
    """An exposure on file."""
    return (Known(path, witnesses),)


@dataclass
class World:
    """Answers requests; `rules` are asked first, the first that answers holds. It counts how often each was asked."""

    rules: tuple[Rule, ...] = ()
    page: bytes = PAGE
    files: frozenset[str] = frozenset(f"/{name}" for name in NAMES)
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.asked.append(f"{request.method} {request.path}")
        for rule in self.rules:
            answer = rule(request)
            if answer is not None:
                return answer
        return self.usual(request)

    def usual(self, request: Request) -> Answer:
        """What an open Apache says."""
        if request.method == "PROPFIND":
            return says(405, content_type=HTML)
        if request.path == "/":
            return says(200, self.page, content_type=HTML, server="Apache/2.4.7 (Ubuntu)")
        if request.path in self.files:
            return sound(request)
        return MISSING

    def times(self, asked: str) -> int:
        """How often something was asked."""
        return self.asked.count(asked)


def sound(request: Request, content: bytes = SOUND, type_: str = "audio/x-wav") -> Response:
    """A sound file's answer, whole or to a Range from its start."""
    ranged = dict(request.headers).get("Range", "")
    if request.method == "HEAD" or not ranged:
        body = b"" if request.method == "HEAD" else content[: request.take]
        return says(200, body, content_type=type_, content_length=str(len(content)), accept_ranges="bytes")
    last = int(ranged.rpartition("-")[2])
    part = content[: last + 1][: request.take]
    return says(
        206, part, content_type=type_, content_range=f"bytes 0-{len(part) - 1}/{len(content)}", accept_ranges="bytes"
    )


def is_canary(request: Request) -> bool:
    """Whether a request is for what cannot exist."""
    return NONCE in request.path


def when(matches: Callable[[Request], bool], answer: Answer) -> Rule:
    """A rule: this answer to those requests."""
    return lambda request: answer if matches(request) else None


def silent(matches: Callable[[Request], bool], why: NoAnswerReason = NoAnswerReason.TIMED_OUT) -> Rule:
    """A rule: no answer to those requests."""
    return when(matches, NoAnswer(why))


def cut(response: Response, ending: Ending) -> Response:
    """The same, its body ended otherwise."""
    return Response(response.status, Headers(tuple(response.headers)), response.body, ending)
