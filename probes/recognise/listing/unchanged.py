"""Recognises a large page once: while an open folder shows the same bytes, no look reads all of its rows again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeAlias

from probes.recognise.listing.model import Listing, NoListing
from probes.recognise.listing.recognise import recognise
from probes.recognise.memo import Memo

LARGE = 1 << 14
"""Bytes of a page from which on it is remembered: a smaller one is read as fast as it is looked up."""
MOST = 8 << 20
"""Bytes of the pages that are remembered; what was read of a page takes about four times as much."""
OF_ONE_ROUND = MOST // 4
"""Bytes of those that are remembered where no later round comes: one look may be shown the same page twice."""
TELLING = frozenset({"content-type", "server", "link", "x-next-page", "x-total-count"})
"""The only headers that recognition reads. Others, such as the date, differ from answer to answer."""

_Key: TypeAlias = tuple[bytes, str, tuple[tuple[str, str], ...], int, bool]
_known: Memo[_Key, Listing | NoListing] = Memo(MOST, OF_ONE_ROUND)


def recognise_again(
    body: bytes, url: str, headers: Iterable[tuple[str, str]] = (), status: int = 200, whole: bool = True
) -> Listing | NoListing:
    """As `recognise`, from memory if the same page was read before. The key is all that recognition depends on."""
    telling = tuple((name, value) for name, value in headers if name.lower() in TELLING)
    if len(body) < LARGE:
        return recognise(body, url, telling, status, whole)
    key = (hashlib.sha256(body).digest(), url, telling, status, whole)
    return _known.get(key, lambda: recognise(body, url, telling, status, whole), len(body))
