"""How often somebody may ask: a bucket of requests each, refilled by the minute."""

from __future__ import annotations

from collections import OrderedDict

READS, WRITES, SIGN_INS = 600, 60, 10
"""Requests a minute: of one person or program, and sign-ins from one address."""
_MOST_KNOWN = 10_000


class Limits:
    """Counts requests by who and what. Time is an argument, in seconds."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, most: int, now: float) -> int:
        """Count one request; 0 when it may go on, else after how many seconds to come again."""
        left, since = self._left.pop(who, (float(most), now))
        left = min(float(most), left + (now - since) * most / 60)
        # The one that was not seen for longest is forgotten first: its bucket is the fullest.
        self._left[who] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > _MOST_KNOWN:
            self._left.popitem(last=False)
        return 0 if left >= 1 else int((1 - left) * 60 / most) + 1
