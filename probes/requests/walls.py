"""Walls that let every stranger in who brings back the cookie that they hand out by a redirect or a refusal.

Balancers and bot filters lead a visitor in a circle: to the same address, or by another one, which sets a cookie. Some
refuse him at first, and set it by that. Who brings it back is let in, as every browser does. Such a cookie is no
credential: whoever asks is handed it. It is carried within one look (or one survey) of one endpoint, and is never
stored.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from probes.recognise.listing.fields.links import read_location, sendable
from probes.requests.http import Answer, Request, Response

_VALUE = r"[!#-+\--:<-\[\]-~]{1,1000}"
_COOKIE = re.compile(rf"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{{1,100}})=({_VALUE}|\"{_VALUE}\")\s*(?:;|\Z)")
"""Name and value (RFC 6265 section 4.1.1)."""
_TAKEN_BACK = re.compile(r"(?i);\s*max-age\s*=\s*[\"']?(?:0|-\d+)\b|;\s*expires\s*=[^;]*\b19[79]\d\b")
_MOST = 8


class Passes:
    """The cookies of walls, as one look is handed them. A redirect's cookies go along to where it leads; once a circle
    closes they go along with every request."""

    def __init__(self) -> None:
        self._led: set[str] = set()
        """Paths that led on when they were asked for."""
        self._next = ""
        """Where the last answer leads on to."""
        self._handed: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        self._refused = False
        """Whether a refusal was asked again with its cookie."""

    def carried(self, request: Request) -> Request:
        """The request with what was handed out, if anything was."""
        along = {**self._kept, **(self._handed if request.path == self._next else {})}
        if not along or request.host:
            return request
        said = "; ".join(f"{name}={value}" for name, value in along.items())
        return replace(request, headers=(*request.headers, ("Cookie", said)))

    def once_more(self, request: Request, answer: Answer) -> Request | None:
        """The request with the cookie that its refusal sets, or a page that loads itself again: once, since most set
        one for nothing."""
        walled = isinstance(answer, Response) and (answer.status == 403 or _reloads(request.path, answer))
        given = _set_by(answer) if walled and isinstance(answer, Response) else {}
        if self._refused or request.method != "GET" or request.host or given.items() <= self._kept.items():
            return None
        self._refused = True
        self._handed, self._next = given, request.path
        plain = tuple([one for one in request.headers if one[0] != "Cookie"])
        return self.carried(replace(request, headers=plain))

    def let_in(self, answer: Answer) -> bool:
        """Whether the cookie of a refusal let in: then it goes along with every request."""
        handed, self._handed, self._next = self._handed, {}, ""
        if not isinstance(answer, Response) or not 200 <= answer.status < 300:
            return False
        self._kept = dict([*self._kept.items(), *handed.items()][-_MOST:])
        return True

    def hear(self, request: Request, answer: Response) -> bool:
        """Whether a circle closes that handed out what was not carried yet: asked once more, it may be a way in."""
        if request.path != self._next:
            self._handed = {}
        self._next = leads(request.path, answer)
        if not self._next:
            return False
        self._led.add(request.path)
        self._handed = dict([*self._handed.items(), *handed_by(answer).items()][-_MOST:])
        if self._next not in self._led or self._handed.items() <= self._kept.items():
            return False
        self._kept = dict([*self._kept.items(), *self._handed.items()][-_MOST:])
        return True


def handed_by(answer: Answer) -> dict[str, str]:
    """The cookies that a redirect sets, name and value; without those that it takes back."""
    return _set_by(answer) if isinstance(answer, Response) and 300 <= answer.status < 400 else {}


def _set_by(answer: Response) -> dict[str, str]:
    found = [
        (match[1], match[2])
        for name, value in answer.headers
        if name == "set-cookie" and not _TAKEN_BACK.search(value) and (match := _COOKIE.match(value))
    ]
    return dict(found[-_MOST:])


def leads(path: str, answer: Response) -> str:
    """The path that a redirect leads to, whatever it calls its host; empty for what does not lead on."""
    if not 300 <= answer.status < 400:
        return ""
    try:
        parts = urlsplit(urljoin(f"http://host{path}", read_location(answer.headers.get("location"))))
    except ValueError:
        return ""
    return sendable((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


LONGEST_NOTE = 1 << 12
"""Bytes of a page that only loads itself again."""
_REFRESH = re.compile(
    rb"<meta\s[^<>]{0,100}?\bhttp-equiv\s{0,8}=\s{0,8}[\"']?refresh\b[^<>]{0,100}?"
    rb"\bcontent\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:\d|1[0-5])(?:\.\d{1,3})?(?![\d.])\s{0,8}(?:[;,]\s{0,8}url\s{0,8}=\s{0,8}[\"']?([^<>\"'\s]{0,500}))?",
    re.IGNORECASE,
)
"""Within 15 seconds: what is shown for longer is meant to be read, as the state of a device is, and would be asked for
twice in every look."""


def may_be_wall(answer: Answer) -> bool:
    """Whether an answer whose body was not kept may be a page that does nothing but load itself again."""
    if not isinstance(answer, Response) or answer.status != 200:
        return False
    return answer.wire <= 2 * LONGEST_NOTE and bool(_set_by(answer))


def _reloads(path: str, answer: Response) -> bool:
    """Whether a short page does nothing but load itself again, as walls do that hand out a cookie by it."""
    if answer.status != 200 or len(answer.body) > LONGEST_NOTE or (found := _REFRESH.search(answer.body)) is None:
        return False
    try:
        parts = urlsplit(urljoin(f"http://host{path}", (found[1] or b"").decode("ascii", "replace")))
    except ValueError:
        return False
    return str(parts.path) == path.partition("?")[0]
