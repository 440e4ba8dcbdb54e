"""The sentences of the pages in every language, and which language somebody reads."""

from __future__ import annotations

from typing import get_args

from aiohttp import web

from monitor.alerts.messages.catalogue import sentences
from monitor.alerts.routing.recipients import Language

COOKIE = "leftopen_language"
LANGUAGES: tuple[Language, ...] = get_args(Language)


def say(language: Language, key: str, **values: object) -> str:
    """A sentence with its gaps filled. Raises KeyError for a key or a gap that is not known."""
    return sentences(language, "monitor.web")[key].format(**values)


def language_of(request: web.Request, default: Language = "en") -> Language:
    """The language that a person chose, else the first of the browser's that there is, else the party's."""
    chosen = request.query.get("lang") or request.cookies.get(COOKIE, "")
    asked = [
        part.partition(";")[0].strip().lower()[:2] for part in request.headers.get("Accept-Language", "").split(",")
    ]
    return next((language for one in (chosen, *asked[:8]) for language in LANGUAGES if language == one), default)
