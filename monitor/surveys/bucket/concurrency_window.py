"""How many questions a store is asked at once: more while it answers as fast as before, half when it refuses. Pure."""

from __future__ import annotations

from typing import Final

FIRST: Final = 4.0
HOLDS: Final = 2.0
"""Answers may take so many times as long as the fastest one, and still more is asked at once."""
_SLACK: Final = 0.002
_NEW: Final = 0.2
"""What the last answer weighs in the mean."""


class ConcurrencyWindow:
    """Questions allowed at once. It doubles with each round of answers until one takes long or is refused, and goes up
    by one a round from then on (RFC 5681, 3.1: slow start and congestion avoidance)."""

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._fastest = float("inf")
        self._mean = 0.0
        self._doubling = True
        self._halved = float("-inf")
        self.now = min(FIRST, self._most)

    def answered(self, seconds: float) -> None:
        """A question was answered after so long."""
        self._fastest = min(self._fastest, seconds)
        self._mean = self._mean * (1 - _NEW) + seconds * _NEW if self._mean else seconds
        if self._mean > HOLDS * self._fastest + _SLACK:
            self._doubling = False
        else:
            self.now = min(self._most, self.now + (1.0 if self._doubling else 1.0 / self.now))

    def refused(self, begun: float, now: float) -> None:
        """A question that was asked at `begun` was too much. Those that were under way together are one refusal."""
        self._doubling = False
        if begun >= self._halved:
            self.now = max(1.0, self.now / 2)
            self._halved = now
