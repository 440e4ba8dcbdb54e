"""What goes wrong, as a page for people or as problem+json (RFC 9457) for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from monitor.alerts.routing.recipients import Language
from monitor.web.templates import page
from monitor.web.words import say


@dataclass
class Problem(Exception):
    """An answer other than what was asked for. `key` names its sentence in the catalogue."""

    status: int
    key: str
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)
    """Members of the problem for programs; `why`, a sentence, is for people too."""
    back: str = "/"
    """The page that a person goes back to."""


def not_found() -> Problem:
    """What is not there and what is not yours: one answer, and the same work before it."""
    return Problem(404, "problem.not-found")


def answer(problem: Problem, language: Language, *, as_json: bool) -> web.Response:
    """The problem as an answer."""
    status = HTTPStatus(problem.status)
    text = say("en" if as_json else language, problem.key)
    if as_json:
        body = {"type": f"about:blank#{problem.key.removeprefix('problem.')}", "title": status.phrase}
        value = {**body, "status": problem.status, "detail": text, **problem.more}
        return web.Response(
            status=problem.status,
            text=json.dumps(value, ensure_ascii=False),
            content_type="application/problem+json",
            headers=problem.headers,
        )
    values = {"title": text, "status": problem.status, "phrase": status.phrase, "why": problem.more.get("why", "")}
    html = page("problem.html.j2", language, {**values, "back": problem.back})
    return web.Response(status=problem.status, text=html, content_type="text/html", headers=problem.headers)
