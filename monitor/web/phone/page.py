"""One page for a phone, as values and as HTML: nothing is loaded from elsewhere, and it works without JavaScript."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.alerts.messages.catalogue import sentences
from monitor.alerts.routing.recipients import Language

CSS = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    # No script at all, and no style but the one that stands in the page.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What one page shows, in the reader's language; every text is escaped when it is written."""

    language: Language
    state: str
    """In a word or two, in the bar at the top."""
    title: str
    lines: Sequence[str] = ()
    code: int = 200
    """The HTTP status."""
    tone: str = "problem"
    """`open`, `closed` or `problem`: the colour of the bar."""
    notice: str = ""
    """What came of what the person just did."""
    sections: Sequence[tuple[str, Sequence[str]]] = ()
    buttons: Sequence[tuple[str, str]] = ()
    """Each with the value that is sent; none: nothing is asked."""
    asks_more: bool = False
    """Whether it also asks what was done."""
    name: str = ""
    again: bool = False
    """Whether there is a button that shows the newest state."""
    contact: str = ""


def say(language: Language, key: str, **values: object) -> str:
    """A sentence of the page. Raises KeyError for a key or a gap that is not known."""
    return sentences(language, __package__ or "")[key].format(**values)


@cache
def _template_of(language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader(__package__ or "", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"t": partial(say, language), "language": language, "css": CSS}
    return made


def html_of(page: Page) -> str:
    """The page as HTML."""
    return _template_of(page.language).get_template("page.html.j2").render(page=page)
