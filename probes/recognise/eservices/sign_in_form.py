"""The form of a login page: where it is sent, and the hidden fields that go with it. Hostile bytes in, a value out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from probes.recognise.listing.html.markup import tokens
from probes.recognise.pages.plain import as_text

_MOST_FIELDS: Final = 50
_LONGEST: Final = 16 << 10
"""Characters of all hidden fields: a token against forged requests takes about a hundred."""
_LONGEST_ANSWER: Final = 160 << 10
"""Characters of what a provider hands over: a signed and encrypted assertion of SAML takes some thousand."""


@dataclass(frozen=True, slots=True)
class SignInForm:
    """A form that is to be sent. Its hidden fields are not printed: they are a session's own."""

    action: str
    """Where it is sent, as it is written there; empty: to the page itself."""
    hidden: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(slots=True)
class _Posted:
    """A form that is sent by POST, as it is written."""

    action: str
    hidden: list[tuple[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """What a person fills in: its kind and name."""


def sign_in_form(body: bytes, user: str, password: str) -> SignInForm | None:
    """The one form of a page that is sent by POST and has a field `user` and a password's field `password`.

    None where there is no such form, or more than one of them: whichever a person would take cannot be told.
    """

    def takes(form: _Posted) -> bool:
        named = {name for kind, name in form.asked if kind != "password"}
        return user in named and ("password", password) in form.asked

    found = [form for form in _posted(body) if takes(form)]
    return _only(found, _LONGEST, (user, password))


def handed_form(body: bytes) -> SignInForm | None:
    """The form by which a provider hands its answer over to the portal, as a script sends it at once: the one form of a
    page that is sent by POST, in which a person has nothing to fill in. None where there is no such form."""
    found = list(_posted(body))
    return _only(found, _LONGEST_ANSWER) if len(found) == 1 and not found[0].asked else None


def _only(found: list[_Posted], longest: int, but: tuple[str, ...] = ()) -> SignInForm | None:
    if len(found) != 1:
        return None
    hidden = tuple(pair for pair in found[0].hidden if pair[0] not in but)
    long = sum(len(name) + len(value) for name, value in hidden) > longest
    return None if long or len(hidden) > _MOST_FIELDS else SignInForm(found[0].action, hidden)


def _posted(body: bytes) -> Iterator[_Posted]:
    form: _Posted | None = None
    for token in tokens(as_text(body)):
        said = token.attributes
        if token.name == "form":
            if form is not None:
                yield form
            posts = not token.closing and said.get("method", "").strip().lower() == "post"
            form = _Posted(said.get("action", "")) if posts else None
        elif form is None or token.closing:
            continue
        elif token.name in ("select", "textarea"):
            form.asked.append((token.name, said.get("name", "")))
        elif token.name == "input":
            kind, name = said.get("type", "text").strip().lower(), said.get("name", "")
            if kind == "hidden" and name:
                form.hidden.append((name, said.get("value", "")))
            elif kind not in ("hidden", "submit", "button", "image", "reset"):
                form.asked.append((kind, name))
    if form is not None:
        yield form  # a form that is not closed ends with the page
