"""Which keys of a bucket are still to be listed: ranges that idle workers split between them. Pure.

A store lists keys in one order and can begin after any key (`start-after`, `marker`), so a bucket is read by many at
once without anything being known of it: whoever has nothing to do halves what the busiest one has before it. Ranges are
(lo, hi], since such a beginning is exclusive. A cut holds no character from U+D800 on: below it the orders by UTF-8, by
code point and by UTF-16 are one, so that a cut parts the keys in the same way whichever of them a store keeps.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Self

_SURROGATES: Final = "\ud800"
_DIGITS: Final = frozenset("0123456789")
_LONGEST_CUT: Final = 512
_DEEPEST: Final = 12
"""Characters after those in common that are looked at for a cut."""
_GUESS: Final = 4
"""Every so many turns characters are tried that were never seen where they are tried."""
WORTH: Final = 0.5
"""Pages that a range must have brought, since it was split last, to be worth a split."""


@dataclass(slots=True, order=True)
class Range:
    """Keys after `lo` up to `hi`, `hi` with them (None: to the end); those up to `at` are counted."""

    lo: bytes
    hi: bytes | None = field(default=None, compare=False)
    at: bytes = field(default=b"", compare=False)
    begin: bytes | None = field(default=None, compare=False)
    """Its first key."""
    done: bool = field(default=False, compare=False)
    busy: bool = field(default=False, compare=False)
    tries: int = field(default=0, compare=False)
    """Times in a row that it could not be read."""
    weight: float = field(default=0.0, compare=False)
    """Pages read since it was split last: of what has brought much, much is expected."""
    turn: int = field(default=0, compare=False)
    folders: int = field(default=0, compare=False)
    """Folders that keys of this range are in."""
    first: bytes | None = field(default=None, compare=False)
    """The folder of its first key, and of its last one: they may reach into its neighbours."""
    last: bytes | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        self.at = self.at or self.lo


@dataclass(slots=True)
class Doubt:
    """Two adjacent ranges disagree about the first key of the right one, which begins after `lo`.

    The left range was asked after `at` and saw `beyond` after its end. Either a key was added meanwhile, or the store
    does not sort its keys by their bytes.
    """

    at: bytes
    lo: bytes
    beyond: bytes
    tries: int = 0


class Alphabet:
    """The characters seen in keys, by position: between which of them a cut may fall."""

    def __init__(self) -> None:
        self._at: list[set[str]] = []
        self._all: set[str] = set()

    def see(self, keys: Iterable[bytes]) -> None:
        """Take note of some keys."""
        for key in keys:
            text = key[:_LONGEST_CUT].decode("utf-8", "ignore")
            while len(self._at) < len(text):
                self._at.append(set())
            for seen, char in zip(self._at, text, strict=False):
                seen.add(char)
            self._all.update(text)

    def between(self, index: int, low: str, high: str | None, *, anywhere: bool) -> list[str]:
        """The characters above `low` and not above `high` that were seen at a position; all that were seen `anywhere`,
        where that is wanted and none was seen there. Where a digit was seen any digit may stand."""
        here = self._at[index] if index < len(self._at) else set()
        for seen in (here | _DIGITS if here & _DIGITS else here, self._all if anywhere else ()):
            chosen = sorted(c for c in seen if low < c < _SURROGATES and (high is None or c <= high))
            if chosen:
                return chosen
        return []


def cut(at: bytes, hi: bytes | None, alphabet: Alphabet, turn: int = 1) -> bytes | None:
    """Where to part the keys after `at` up to `hi`; None where no cut can be told.

    Where nothing bounds a character from above, every other `turn` tries the end of the folder that `at` lies in: one
    question then tells whether anything comes after it.
    """
    here, top = _text(at), None if hi is None else _text(hi)
    same = _same(here, top) if top is not None else 0
    bound = top[same : same + 1] if top is not None else None
    for index in range(same, min(same + _DEEPEST, _LONGEST_CUT)):
        if max(here[:index], default="") >= _SURROGATES:
            return None
        low = here[index : index + 1]
        slash = here.find("/", index) if bound is None and turn % 2 == 0 else -1
        if slash > 0 and (found := _cut(here[:slash] + "0", at, hi)):
            return found
        chars = alphabet.between(index, low, bound, anywhere=turn % _GUESS == _GUESS - 1)
        # With `bound` itself where `hi` goes on after it: `hi` may not be cut off from its own range.
        if top is not None and chars and here[:index] + chars[-1] == top:
            chars.pop()
        if chars and (found := _cut(here[:index] + chars[len(chars) // 2], at, hi)):
            return found
        if not low:
            return None
        bound = None
    return None


def _same(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _cut(text: str, at: bytes, hi: bytes | None) -> bytes | None:
    if max(text) >= _SURROGATES:
        return None
    found = text.encode()
    return found if at < found and (hi is None or found < hi) else None


def _text(key: bytes) -> str:
    # Bytes that are no UTF-8 become characters beyond U+D800, which are never part of a cut.
    return key.decode("utf-8", "surrogateescape")


def shared(one: bytes | None, other: bytes | None) -> int:
    """How many folders two folders lie in together, themselves included: `a/b/` and `a/c/` lie in one."""
    if not one or not other:
        return 0
    count = 0
    for a, b in zip(one.split(b"/")[:-1], other.split(b"/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count


class Ranges:
    """All ranges of one bucket, in order and without a gap between them."""

    def __init__(self, hints: Iterable[bytes] = ()) -> None:
        """`hints` are keys at which to part it from the beginning: where an earlier survey found its quarters."""
        self._all = [Range(b"")]
        self.alphabet = Alphabet()
        for hint in sorted(set(hints)):
            if hint and max(_text(hint)) < _SURROGATES:
                self._all[-1].hi = hint
                self._all.append(Range(hint))

    @property
    def left(self) -> int:
        """Ranges that are not read to their end."""
        return sum(not one.done for one in self._all)

    @property
    def folders(self) -> int:
        """Folders that the keys so far are in: one that reaches over a border is one."""
        count, last = 0, None
        for one in self._all:
            count += one.folders - shared(last, one.first)
            last = one.last if one.last is not None else last
        return count

    def next(self) -> Range | None:
        """What an idle worker does: a range that nobody reads, or half of the busiest one, which is `busy` from now on;
        None: nothing yet."""
        for one in self._all:
            if not one.done and not one.busy:
                one.busy = True
                return one
        # A half of which nothing was read yet may be empty: it is not parted again until it has brought a page.
        worth = [one for one in self._all if not one.done and one.begin is not None and one.weight >= WORTH]
        for one in sorted(worth, key=lambda found: -found.weight):
            at = cut(one.at, one.hi, self.alphabet, one.turn)
            one.turn += 1
            one.weight /= 2
            if at is not None:
                new = Range(at, one.hi, busy=True, weight=one.weight, turn=one.turn)
                one.hi = at
                insort(self._all, new)
                return new
        return None

    def advance(
        self, one: Range, at: bytes, beyond: bytes | None = None, *, end: bool = False, bounded: bool = False
    ) -> Doubt | None:
        """Keys up to `at` are counted. `beyond` is the first key that was seen after the range's own end, and `end`
        says that the store has no more keys; with `bounded` it has no more up to there, and said nothing of others.
        What makes the order of the store doubtful is returned."""
        before, one.at = one.at, at
        one.weight += 1
        if beyond is None and not end:
            return None
        one.done = True
        index = self._all.index(one)
        if one.begin is None and index:
            # Nothing was there to be taken over: who was split has as much before it as it had.
            self._all[index - 1].weight += one.weight
        after = self._all[index + 1] if index + 1 < len(self._all) else None
        self._merge()
        if after is None or not (after.done or after.begin is not None):
            return None
        if beyond is None:
            return Doubt(before, after.lo, after.begin) if after.begin is not None and not bounded else None
        mine = after.hi is None or beyond <= after.hi
        return Doubt(before, after.lo, beyond) if mine and after.begin != beyond else None

    def _merge(self) -> None:
        merged: list[Range] = []
        for one in self._all:
            before = merged[-1] if merged else None
            if before is None or not (before.done and one.done):
                merged.append(one)
                continue
            before.hi, before.at = one.hi, one.at
            before.folders += one.folders - shared(before.last, one.first)
            before.begin = one.begin if before.begin is None else before.begin
            before.first = one.first if before.first is None else before.first
            before.last = before.last if one.last is None else one.last
        self._all = merged

    def dump(self) -> list[list[Any]]:
        """All of them as JSON values; they hold keys."""
        texts = [[one.lo, one.hi, one.at, one.begin, one.first, one.last] for one in self._all]
        return [
            [*(None if key is None else _text(key) for key in keys), one.done, one.folders]
            for one, keys in zip(self._all, texts, strict=True)
        ]

    @classmethod
    def load(cls, value: list[list[Any]]) -> Self:
        """The ranges that `dump` wrote."""
        made = cls()
        made._all = []
        for *texts, done, folders in value:
            keys = [None if text is None else text.encode("utf-8", "surrogateescape") for text in texts]
            lo, hi, at, begin, first, last = keys
            made._all.append(Range(lo or b"", hi, at or b"", begin, done=done, folders=folders, first=first, last=last))
        made.alphabet.see(one.at for one in made._all)
        return made
