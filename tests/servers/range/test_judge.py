"""The counting of a range's outcome: above all what counts as an open place that is told to be clear."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.range.judge import compare
from tests.servers.range.kind import Spot, by_path, talking

OPEN = Spot("open", talking(by_path({})), open_at=("/rec/",))


def line(path: str, verdict: str, scheme: str = "http") -> dict[str, Any]:
    """A verdict line of one place."""
    return {"place": f"r0.test{path}", "target": f"{scheme}://r0.test/", "verdict": verdict, "why": "x"}


@pytest.mark.parametrize(
    ("lines", "clear"),
    [
        ([line("/rec/", "clear")], True),
        ([line("/rec", "clear")], True),
        ([line("/", "clear")], True),
        ([line("/rec/", "clear"), line("/rec/", "unknown", "https")], False),
        ([line("/rec/", "unknown"), line("/", "clear")], False),
        ([line("/", "clear"), line("/other/", "unknown")], False),
    ],
)
def test_an_open_place_that_is_missed_is_a_false_clear_only_where_it_is_told_to_be_clear(
    lines: list[dict[str, Any]], clear: bool
) -> None:
    told = compare([OPEN], [lines])
    assert len(told.missed) == 1
    assert bool(told.false_clears) is clear


def test_an_open_place_that_is_found_is_no_false_clear() -> None:
    told = compare([OPEN], [[line("/rec/", "exposed"), line("/", "clear")]])
    assert (told.missed, told.false_clears, told.false_alarms) == ([], [], [])
