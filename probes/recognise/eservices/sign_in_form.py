"""The form of a login page: where it is sent, and the hidden fields that go with it. Hostile bytes in, a value out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from probes.recognise.listing.html.markup import tokens
from probes.recognise.pages.plain import as_text

_MOST_FIELDS: Final = 50
_LONGEST: Final = 16 << 10
"""Characters of all hidden fields: a token against forged requests takes about a hundred."""


@dataclass(frozen=True, slots=True)
class SignInForm:
    """A form that takes a user and a password. The hidden fields are not printed: they are a session's own."""

    action: str
    """Where it is sent, as it is written there; empty: to the page itself."""
    hidden: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def sign_in_form(body: bytes, user: str, password: str) -> SignInForm | None:
    """The one form of a page that is sent by POST and has a field `user` and a password's field `password`.

    None where there is no such form, or more than one of them: whichever a person would take cannot be told.
    """
    found: list[SignInForm] = []
    action: str | None = None
    named: set[str] = set()
    hidden: list[tuple[str, str]] = []
    for token in tokens(as_text(body)):
        if token.name == "form":
            if action is not None and {user, password} <= named:
                found.append(SignInForm(action, tuple(hidden)))
            posts = not token.closing and token.attributes.get("method", "").strip().lower() == "post"
            action, named, hidden = (token.attributes.get("action", "") if posts else None), set(), []
        elif token.name == "input" and action is not None and not token.closing:
            said = token.attributes
            kind, name = said.get("type", "text").strip().lower(), said.get("name", "")
            if kind == "hidden" and name and name not in (user, password):
                hidden.append((name, said.get("value", "")))
            elif name == user and kind not in ("password", "submit", "button"):
                named.add(user)
            elif name == password and kind == "password":
                named.add(password)
    if action is not None and {user, password} <= named:
        found.append(SignInForm(action, tuple(hidden)))  # a form that is not closed ends with the page
    if len(found) != 1:
        return None
    (form,) = found
    long = sum(len(name) + len(value) for name, value in form.hidden) > _LONGEST
    return None if long or len(form.hidden) > _MOST_FIELDS else form
