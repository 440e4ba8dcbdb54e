"""A declared URL taken apart without a guess: what could be read in two ways is refused, with the reason."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus, unquote_to_bytes


class AddressError(ValueError):
    """Why a text leads to no bucket, as a sentence for people that says the way out."""


# RFC 3986, section 3 and appendix B.
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?"
    r"(?P<fragment>#.*)?",
    re.DOTALL,
)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

_SECRETS = frozenset(
    {
        "x-amz-signature",
        "x-amz-credential",
        "x-amz-security-token",
        "awsaccesskeyid",
        "signature",
        "x-goog-signature",
        "x-goog-credential",
        "googleaccessid",
        "ossaccesskeyid",
        "x-oss-signature",
        "sig",
        "se",
        "sp",
        "temp_url_sig",
        "token",
        "authorization",
        "access_token",
    }
)
"""Query parameters by which presigned, shared-access and temporary URLs let their holder in."""


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a URL, its host in normal form and its path still percent-encoded."""

    scheme: str
    user: str
    host: str
    port: int | None
    path: str
    query: tuple[tuple[str, str], ...]

    def asked(self, name: str) -> str:
        """The first value of the query parameter `name`, or nothing."""
        return next((value for key, value in self.query if key == name), "")


def split(text: str, *, users: frozenset[str] = frozenset()) -> Url:
    """Take `text` apart; `users` are the schemes whose `name@` is a container's. Raises AddressError."""
    if any(c <= " " or c in '\x7f\\<>"' for c in text):
        raise AddressError("a URL holds no blanks, control characters or backslashes: percent-encode them")
    found = _URL.fullmatch(text)
    if found is None:
        raise AddressError("no URL: it begins with a scheme, such as https://")
    scheme = found["scheme"].lower()
    if found["fragment"] is not None:
        raise AddressError("a URL with a fragment (#): write %23 if the object's name holds it, or leave it out")
    user, at, authority = found["authority"].rpartition("@")
    if at and scheme not in users:
        raise AddressError("a URL with a user or password (@): an anonymous look sends none, so leave it out")
    if _BAD_ESCAPE.search(found["path"] or "") or _BAD_ESCAPE.search(found["query"] or ""):
        raise AddressError("a percent sign without two hexadecimal digits after it: write %25 for the sign itself")
    pairs = tuple(_pair(one) for one in (found["query"] or "").split("&") if one)
    if any(name.lower() in _SECRETS for name, _ in pairs):
        raise AddressError("a URL that carries a signature or token lets its holder in: declare it without the query")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise AddressError("no host name or address between // and the path")
    port = None if parts["port"] is None else int(parts["port"])
    if port is not None and not 0 < port < 65536:
        raise AddressError(f"{port} is no port: 1 to 65535 are")
    return Url(scheme, user, host_of(parts["host"]), port, found["path"] or "/", pairs)


def host_of(text: str) -> str:
    """A host in lower case without its final dot, or an address without brackets. Raises AddressError."""
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError as error:
            raise AddressError("no valid IPv6 address between the brackets") from error
    if not text.isascii():
        # Look-alike letters and two standards of international names: which host is meant would be a guess.
        raise AddressError("a host name with letters beyond ASCII: write it in its xn-- form")
    name = text.removesuffix(".").lower()
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressError("not a host name")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise AddressError("neither a whole address nor a host name") from error
    return name


def decoded(text: str) -> str:
    """A percent-encoded part of a path as its UTF-8 text, decoded once. Raises AddressError."""
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except ValueError as error:
        raise AddressError("a name that is not UTF-8 once its percent-encoding is undone") from error


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    try:
        return unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
    except ValueError as error:
        raise AddressError("a query that is not UTF-8 once its percent-encoding is undone") from error
