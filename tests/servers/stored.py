"""What lies in every seeded bucket, and how it is put there: keys on which listers break, and a raw request."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import quote

from tests.servers.launch import Server
from tests.servers.sounds import wav

KEYS: tuple[str, ...] = tuple(
    sorted(
        [
            "a/call 1.wav",  # a plus or a space? Two keys that must stay two
            "a/call+2.wav",
            "a/call 2.wav",
            "x\x01y.wav",  # no XML 1.0 document can hold it unencoded
            "x\ny.wav",
            "z%41.wav",  # decoded twice it is zA.wav
            "b//c.wav",
            "d/../e.wav",
            "ä/ö.mp3",
            "emoji😀.mp4",
            "\uffee.wav",  # after 😀.wav in UTF-16, before it in UTF-8
            "😀.wav",
        ]
    )
)
"""In code-point order, which is that of their UTF-8."""
FLAT: tuple[str, ...] = tuple(key for key in KEYS if "/../" not in key)
COLLAPSED: tuple[str, ...] = tuple(sorted(key.replace("//", "/") for key in FLAT))
"""What SeaweedFS makes of `FLAT`, for which two slashes are one."""
KNOWN = "a/call 1.wav"
"""A key that is in every bucket that is not empty."""
PREFIX = "a/"
MISSING = "no-such-call.wav"
_HEAD, _SIZE = wav(1)
BODY = _HEAD + bytes(_SIZE - len(_HEAD))
"""A second of silence."""

T = TypeVar("T")


def encoded(key: str) -> str:
    """The key as it stands in a path: every slash and dot as it is."""
    return quote(key, safe="/")


def send(
    server: Server, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One request with the path exactly as given: status, headers in lower case, body."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def must(
    server: Server, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> dict[str, str]:
    """A request of the seed: anything but 2xx is an error of ours. The headers of the answer."""
    status, told, said = send(server, method, path, headers, body)
    if not 200 <= status < 300:
        raise AssertionError(f"{server.name}: {method} {path}: {status} {said[:500]!r}")
    return told


def each(work: Callable[[T], object], items: Iterable[T]) -> None:
    """Do `work` for every item, a few at once; the first error is raised."""
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(work, items):
            pass
