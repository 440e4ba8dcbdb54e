"""A memo keeps what was used last, within its weight, and never more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from probes.recognise.memo import Found, Memo, one_round


def test_a_result_is_computed_once() -> None:
    memo: Memo[str, list[int]] = Memo(10)
    first = memo.get("a", lambda: [1], 1)
    assert memo.get("a", lambda: [2], 1) is first
    assert memo.get("b", lambda: [3], 1) == [3]


def test_the_weights_are_bounded_and_what_was_used_last_stays() -> None:
    memo: Memo[str, str] = Memo(10)
    for key in "abc":
        memo.get(key, lambda: "old", 3)
    memo.get("a", lambda: "new", 3)
    memo.get("d", lambda: "old", 3)
    assert len(memo) == 3
    assert memo.get("a", lambda: "new", 3) == "old"
    assert memo.get("b", lambda: "new", 3) == "new", "b was used longest ago"


def test_what_is_heavier_than_all_may_be_is_not_kept() -> None:
    memo: Memo[str, str] = Memo(10)
    memo.get("a", lambda: "old", 4)
    assert memo.get("b", lambda: "x", 11) == "x"
    assert len(memo) == 1


def test_that_nothing_is_found_is_remembered_and_what_is_found_is_read_again() -> None:
    found: Found[str, list[int]] = Found(10)
    read: list[str] = []

    def reading(key: str, held: list[int] | None) -> list[int] | None:
        read.append(key)
        return held

    for _ in range(2):
        assert found.get("none", lambda: reading("none", None)) is None
        assert found.get("empty", lambda: reading("empty", [])) is None
        assert found.get("some", lambda: reading("some", [1])) == [1]
    assert read == ["none", "empty", "some", "some"]


def test_an_error_is_not_kept() -> None:
    memo: Memo[str, str] = Memo(10)

    def fails() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        memo.get("a", fails, 1)
    assert memo.get("a", lambda: "right", 1) == "right"


def test_threads_may_compute_the_same_and_the_weight_stays_right() -> None:
    memo: Memo[int, int] = Memo(50)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: memo.get(n % 7, lambda: n % 7, 10), range(2000)))
    assert found == [n % 7 for n in range(2000)]
    assert len(memo) == 5


def test_where_there_is_one_round_less_is_kept_and_nothing_that_is_for_a_later_one() -> None:
    memo: Memo[int, int] = Memo(100, of_one_round=10)
    later: Memo[int, int] = Memo(100, of_one_round=0)
    usual: Memo[int, int] = Memo(100)
    with one_round():
        for number in range(30):
            for one in (memo, later, usual):
                one.keep(number, number, 2)
        assert [len(one) for one in (memo, later, usual)] == [5, 0, 30]
        assert [one.keeps for one in (memo, later, usual)] == [True, False, True]
        assert [memo.kept(number) for number in (24, 25, 29)] == [None, 25, 29]
        assert later.get(1, lambda: 7, 2) == 7
    for number in range(30):
        memo.keep(number, number, 2)
        later.keep(number, number, 2)
    assert (len(memo), len(later), later.keeps) == (30, 30, True)


def test_what_is_heavier_than_one_round_keeps_is_kept_until_the_next() -> None:
    memo: Memo[str, str] = Memo(100, of_one_round=10)
    with one_round():
        memo.keep("small", "s", 1)
        memo.keep("large", "l", 60)
        assert (memo.kept("small"), memo.kept("large"), len(memo)) == (None, "l", 1)
        memo.keep("next", "n", 1)
        assert (memo.kept("large"), memo.kept("next"), len(memo)) == (None, "n", 1)
        memo.keep("too large", "t", 101)
        assert memo.kept("next") == "n"


def test_an_error_ends_the_one_round() -> None:
    memo: Memo[str, str] = Memo(10, of_one_round=0)
    with pytest.raises(ValueError, match="no"), one_round():
        raise ValueError("no")
    assert memo.keeps
