"""One subject at one endpoint: its connections, its declared header fields and the cookies that it was given there."""

from __future__ import annotations

from monitor.network.http.client import HttpConversation
from probes.api import WebTarget
from probes.requests.http import Response

_MOST_COOKIES = 50


class Session:
    """What goes out in one subject's name to one endpoint, and to no other."""

    def __init__(self, target: WebTarget, web: HttpConversation, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.target = target
        self.web = web
        self._headers = headers
        self._cookies: dict[str, str] = {}

    def says(self) -> tuple[tuple[str, str], ...]:
        """The header fields of the next request."""
        declared = [value for name, value in self._headers if name == "Cookie"]
        cookies = "; ".join([*declared, *(f"{name}={value}" for name, value in self._cookies.items())])
        others = tuple(pair for pair in self._headers if pair[0] != "Cookie")
        return (*others, ("Cookie", cookies)) if cookies else others

    def keep(self, answer: Response) -> None:
        """Take the cookies of an answer (RFC 6265 section 5.2, of one host: domain and path are not looked at)."""
        for name, value in answer.headers:
            if name != "set-cookie":
                continue
            pair, *attributes = value.split(";")
            key, equals, held = pair.strip().partition("=")
            if not equals or not key or not _sendable(key + held):
                continue
            if (
                any(one.strip().lower().replace(" ", "") in ("max-age=0", "max-age=-1") for one in attributes)
                or not held
            ):
                self._cookies.pop(key, None)
            elif key in self._cookies or len(self._cookies) < _MOST_COOKIES:
                self._cookies[key] = held


def _sendable(text: str) -> bool:
    return len(text) < 4096 and all("!" <= letter <= "~" and letter not in ';,"\\' for letter in text)
