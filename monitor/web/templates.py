"""Fills the templates: everything is escaped, nothing may be missing, and what cannot be seen is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.alerts.messages import formatting
from monitor.alerts.messages.catalogue import known, sentences
from monitor.alerts.messages.catalogue import say as say_told
from monitor.alerts.messages.text.reason import counted_whys, why_text
from monitor.alerts.routing.recipients import Language
from monitor.coverage.asset_state import StateReason
from monitor.web.words import say

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_MARKS = {"open": "●", "closed": "○", "unknown": "?", "unseen": "–"}
STOCKHOLM = "Europe/Stockholm"


def shown(value: object) -> object:
    """A text with every character that cannot be seen written out: what comes from outside may turn a line about."""
    # What a template writes itself, and what a macro made, is of a type of its own and stays as it is.
    if type(value) is not str:
        return value
    if value.isascii() and value.isprintable():
        return value
    return "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) in _HIDDEN and c != "\n" else c for c in value)


@cache
def environment(language: Language) -> Environment:
    """The templates in one language. Escaping is on for every one of them, whatever its name ends with."""
    made = Environment(
        loader=PackageLoader("monitor.web", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "t": partial(say, language),
        "told_as": lambda key: _told_as(key, language),
        "number_of": lambda things, number: str(formatting.plural(language, things, number)),
        "has_word": lambda key: key in sentences(language, "monitor.web"),
        "language": language,
        "marks": _MARKS,
        "zone": "UTC",
    }
    made.filters |= {
        "age": lambda at, now: age(at, now, language),
        "count": lambda number: str(formatting.count(number, language)),
        "size": lambda amount: "" if amount is None else str(formatting.size(amount, language)),
        "span": lambda seconds: "" if seconds is None else str(formatting.span(abs(seconds), language)),
        "because": lambda why: _because(why, language),
        "why": lambda code: str(why_text(code, language)),
        "iso": _iso,
        "local": _local,
    }
    return made


def page(name: str, language: Language, values: Mapping[str, Any]) -> str:
    """A page. Raises jinja2.UndefinedError for a value that is missing."""
    return environment(language).get_template(name).render(values)


def age(at: datetime | str | None, now: datetime, language: Language) -> str:
    """How long ago something was, in words."""
    if at is None:
        return say(language, "age.never")
    since = now - _time(at)
    if timedelta(seconds=-60) < since < timedelta(minutes=1):
        return say(language, "age.now")
    words = formatting.span(abs(since.total_seconds()), language)
    return say(language, "age.ago" if since > timedelta() else "age.to-come", span=words)


def _told_as(key: str, language: Language) -> str:
    """A word as messages have it; the word of the inventory or of the probe where they have none."""
    return str(say_told(language, key)) if known(language, key) else key.partition(".")[2]


def _because(why: str, language: Language) -> str:
    """Why an asset stands as it does."""
    return (
        say(language, f"because.{why.key}", contract=why.contract, network=why.network)
        if isinstance(why, StateReason)
        else counted_whys(why, language)
    )


def _time(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def _iso(at: datetime | str | None) -> str:
    return "" if at is None else f"{_time(at).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _local(at: datetime | str | None, zone: str) -> str:
    """A time on the walls of a zone, with its offset: an hour is worth being sure of."""
    if at is None:
        return ""
    local = _time(at).astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {local:%z}" if zone != "UTC" else f"{local:%Y-%m-%d %H:%M} UTC"
