"""A bounded memory of results that took long to compute. For functions of their arguments alone, from any thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

H = TypeVar("H")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


_rounds = {"one": False}
"""Whether this process looks once. Of all its threads: results are computed in several."""


@contextmanager
def one_round() -> Iterator[None]:
    """In here every target is looked at once: nothing is kept for a later round, which would not come."""
    before, _rounds["one"] = _rounds["one"], True
    try:
        yield
    finally:
        _rounds["one"] = before


class Memo(Generic[K, V]):
    """Keeps the results that were used last, as long as their weights together are no more than `most`."""

    def __init__(self, most: int, of_one_round: int | None = None) -> None:
        """`of_one_round` is what the weights come to at the most where there is one round alone; None: as ever. A
        result that is heavier than that is kept until the next one. 0: what is kept is for later rounds alone."""
        self._most = most
        self._of_one_round = most if of_one_round is None else of_one_round
        self._weight = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def keeps(self) -> bool:
        """Whether anything is kept now."""
        return not _rounds["one"] or self._of_one_round > 0

    def get(self, key: K, compute: Callable[[], V], weight: int) -> V:
        """The result that is kept under a key; else it is computed, and kept if it is not heavier than all may be."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        # Outside the lock: two threads may compute the same, and neither waits for the other's page.
        value = compute()
        self.keep(key, value, weight)
        return value

    def kept(self, key: K) -> V | None:
        """The result that is kept under a key, if one is."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: K, value: V, weight: int) -> None:
        """Keep a result from now on, in place of the one that was kept, if it is not heavier than all may be."""
        if weight <= self._most and self.keeps:
            most = self._of_one_round if _rounds["one"] else self._most
            with self._lock:
                _, before = self._kept.pop(key, (None, 0))
                self._kept[key] = value, weight
                self._weight += weight - before
                while self._weight > most and len(self._kept) > 1:
                    _, (_, gone) = self._kept.popitem(last=False)
                    self._weight -= gone


class Found(Generic[K, H]):
    """What is read of pages of which few hold it. That one holds nothing is remembered, which takes a few bytes; what
    one does hold is read again."""

    def __init__(self, most: int) -> None:
        self._empty: Memo[K, bool] = Memo(most)

    def get(self, key: K, read: Callable[[], H | None]) -> H | None:
        """What `read` finds; None where it found nothing, now or under this key before."""
        found: list[H | None] = []

        def nothing() -> bool:
            found.append(read())
            return not found[0]

        if self._empty.get(key, nothing, 1):
            return None
        return found[0] if found else read()
