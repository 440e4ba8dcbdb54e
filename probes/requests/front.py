"""What the first answer of an endpoint looks like: the next look tells by it whether the endpoint changed."""

from __future__ import annotations

import hashlib
import re

from probes.recognise.memo import Memo
from probes.requests.http import Response

_TAG = re.compile(rb"<([a-zA-Z][a-zA-Z0-9]*)")
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]+")
_READ = 1 << 16
_HEADERS = ("server", "x-powered-by", "www-authenticate", "content-type")


def front_of(answer: Response) -> str:
    """A digest of the status, the banners, the certificate, the title and the kinds of tags of a page.

    Times, counters, tokens and the length of a list are not in it: they change from look to look. Nothing that stood in
    the answer can be read from it.
    """
    said = (
        answer.status,
        answer.ending.value,
        answer.leaf,
        *answer.certificate,
        *[answer.headers.get(name) for name in _HEADERS],
        answer.headers.get("location").partition("?")[0],
    )
    return _fronts.get((said, answer.digest), lambda: _front(said, answer.body[:_READ]), 1)


def _front(said: tuple[object, ...], body: bytes) -> str:
    tags = dict.fromkeys([tag.lower() for tag in _TAG.findall(body)])
    title = _TITLE.search(body)
    # What has no tags is known by how it begins.
    shape = b" ".join(tags) or _DIGITS.sub(b"0", body[:64])
    shown = (*said, _DIGITS.sub(b"0", title[1] if title else b""), shape)
    return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()[:16]


_fronts: Memo[tuple[tuple[object, ...], str], str] = Memo(1 << 12)
"""Of pages that were seen lately: that of one look is asked for twice, and most are the same in every round."""
