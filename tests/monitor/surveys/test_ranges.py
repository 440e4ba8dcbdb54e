"""Ranges of keys: whatever the keys and whoever reads when, each key is read once, and a cut parts no character."""

from __future__ import annotations

import json
import random
from bisect import bisect_left, bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.surveys.bucket.concurrency_window import FIRST, ConcurrencyWindow
from monitor.surveys.bucket.count_objects import parts
from monitor.surveys.bucket.prefixes import Prefixes
from monitor.surveys.bucket.ranges import Alphabet, Range, Ranges, cut, shared

TEXT = st.text(
    st.sampled_from("ab/0159.z-öÿ€\ud7ff\uffee😀\U0010ffff") | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=8,
)
KEYS = st.lists(TEXT.map(str.encode) | st.binary(min_size=1, max_size=6), max_size=120, unique=True).map(sorted)


def read(
    keys: list[bytes],
    ranges: Ranges,
    chance: random.Random,
    page: int,
    workers: int,
    prefixes: Prefixes,
    steps: int = 10**6,
) -> list[bytes]:
    """Read with so many at once, in any order; pages that are under way are overtaken by splits. Ends after `steps`."""
    found: list[bytes] = []
    flying: list[tuple[Range, bytes]] = []
    for _ in range(steps):
        while len(flying) < workers and (one := ranges.next()) is not None:
            flying.append((one, one.at))
        if not flying:
            break
        one, at = flying.pop(chance.randrange(len(flying)))
        first = bisect_right(keys, at)
        got = keys[first : first + page]
        mine = got[: bisect_right(got, one.hi) if one.hi is not None else len(got)]
        found += mine
        prefixes.add(mine, [1] * len(mine), one)
        if mine and one.begin is None:
            one.begin = mine[0]
        ranges.alphabet.see(got[-1:])
        beyond = got[len(mine)] if len(mine) < len(got) else None
        doubt = ranges.advance(one, mine[-1] if mine else one.at, beyond, end=first + page >= len(keys))
        assert doubt is None
        if not one.done:
            flying.append((one, one.at))
    for one, _ in flying:
        one.busy = False
    return found


@given(KEYS, st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32), st.lists(TEXT.map(str.encode), max_size=3))
@settings(max_examples=400, deadline=None)
def test_each_key_once(keys: list[bytes], page: int, workers: int, seed: int, hints: list[bytes]) -> None:
    ranges, prefixes, chance = Ranges(hints), Prefixes(), random.Random(seed)
    assert sorted(read(keys, ranges, chance, page, workers, prefixes)) == keys
    assert ranges.left == 0
    folders = {key[: at + 1] for key in keys for at, byte in enumerate(key) if byte == ord("/")}
    assert ranges.folders == len(folders) == prefixes.folders
    assert sum(count for count, _ in prefixes.counts.values()) == len(keys)


@given(KEYS, st.integers(1, 5), st.integers(1, 9), st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_broken_off_anywhere_and_gone_on_with(keys: list[bytes], page: int, workers: int, seed: int) -> None:
    chance, found = random.Random(seed), []
    ranges, prefixes = Ranges(), Prefixes()
    while ranges.left:
        found += read(keys, ranges, chance, page, workers, prefixes, steps=chance.randint(1, 12))
        ranges = Ranges.load(json.loads(json.dumps(ranges.dump())))
        prefixes = Prefixes.load(json.loads(json.dumps(prefixes.dump())))
    assert sorted(found) == keys
    assert ranges.folders == prefixes.folders


@given(TEXT.map(str.encode) | st.binary(), st.none() | TEXT.map(str.encode), KEYS, st.integers(0, 9))
@settings(max_examples=500, deadline=None)
def test_a_cut_lies_between_and_parts_all_orders_alike(
    at: bytes, hi: bytes | None, seen: list[bytes], turn: int
) -> None:
    alphabet = Alphabet()
    alphabet.see(seen)
    found = cut(at, hi, alphabet, turn)
    if found is None:
        return
    assert at < found
    assert hi is None or found < hi
    text = found.decode("utf-8")
    assert max(text) < "\ud800"
    wide = text.encode("utf-16-be")
    for key in seen:
        try:
            other = key.decode("utf-8").encode("utf-16-be")
        except UnicodeDecodeError:
            continue
        assert (key > found) == (other > wide)


def test_where_a_cut_falls() -> None:
    alphabet = Alphabet()
    alphabet.see([b"recordings/2015/01/01/0f.wav"])
    # Whether anything comes after this folder; then in the middle of the years to come.
    assert cut(b"recordings/2015/01/01/0f.wav", None, alphabet, 0) == b"recordings0"
    assert cut(b"recordings/2015/01/01/0f.wav", b"recordings0", alphabet, 1) == b"recordings/6"
    assert cut(b"recordings/2015/01/01/0f.wav", b"recordings/3", alphabet, 1) == b"recordings/25"
    assert cut(b"a", b"a", Alphabet()) is None
    assert cut(b"", None, Alphabet()) is None


def test_neighbours_that_do_not_agree() -> None:
    for begin, beyond, doubtful in ((b"n", b"n", False), (b"n", b"m5", True), (b"n", b"z", True), (b"n", None, True)):
        ranges = Ranges([b"m"])
        left, right = ranges.next(), ranges.next()
        assert left is not None
        assert right is not None
        right.begin = begin
        ranges.advance(right, begin)
        assert (ranges.advance(left, b"k", beyond, end=beyond is None) is not None) == doubtful


def test_an_empty_half_is_given_back() -> None:
    ranges = Ranges()
    one = ranges.next()
    assert one is not None
    one.begin = b"a/1"
    ranges.alphabet.see([b"a/1", b"a/2"])
    for _ in range(4):
        ranges.advance(one, b"a/2")
    half = ranges.next()
    assert half is not None
    assert one.weight == half.weight == 2
    ranges.advance(half, half.at, end=True)
    assert one.weight == 5
    assert ranges.left == 1


def test_shared_folders() -> None:
    assert shared(b"a/b/", b"a/c/") == 1
    assert shared(b"a/b/", b"a/b/c/") == 2
    assert shared(b"a/", b"b/") == shared(None, b"a/") == shared(b"", b"a/") == 0
    assert shared(b"//", b"/") == 1


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=4).map(lambda p: "/".join([*p, "x"])), max_size=60),
    st.integers(1, 6),
)
@settings(max_examples=300, deadline=None)
def test_counts_by_folder_are_few_and_hang_on_the_keys_alone(names: list[str], most: int) -> None:
    keys = [name.encode() for name in names]
    made = []
    for order in (keys, keys[::-1]):
        prefixes = Prefixes(most)
        for key in order:
            prefixes.add([key], [3])
        assert len(prefixes.counts) <= most
        made.append(prefixes)
    assert made[0].counts == made[1].counts
    assert made[0].deepest == made[1].deepest
    assert sum(count for count, _ in made[0].counts.values()) == len(keys)
    assert sum(size for _, size in made[0].counts.values()) == 3 * len(keys)


def test_parts_are_evenly_spread() -> None:
    marks = [b"%03d" % n for n in range(100)]
    assert parts(marks, 3) == [b"024", b"049", b"075"]
    assert parts(marks, 200) == marks
    assert parts([], 4) == []
    assert bisect_left(marks, b"050") == 50


def test_as_much_as_the_store_bears() -> None:
    allowance = ConcurrencyWindow(64)
    assert allowance.now == FIRST
    for _ in range(30):
        allowance.answered(0.1)
    assert allowance.now == 34
    # Eight that were under way together are refused once.
    for _ in range(8):
        allowance.refused(1.0, 1.1)
    assert allowance.now == 17
    allowance.refused(1.2, 1.3)
    assert allowance.now == 8.5
    for _ in range(40):
        allowance.answered(0.1)
    assert 11 < allowance.now < 13
    # It answers ever slower: no more is asked.
    for _ in range(40):
        allowance.answered(0.5)
    before = allowance.now
    for _ in range(40):
        allowance.answered(0.5)
    assert allowance.now == before
    for turn in range(20):
        allowance.refused(10.0 + turn, 10.5 + turn)
    assert allowance.now == 1
    assert ConcurrencyWindow(2).now == 2
