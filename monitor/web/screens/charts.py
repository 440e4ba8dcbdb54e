"""Charts as numbers: where each bar of a picture stands. The template draws them, and puts the figures beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 720, 160
MOST_BARS: Final = 240
"""Bars that can still be told apart on a phone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands in the picture, and what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with their largest count; `left_out` says how many older ones have no room."""

    bars: tuple[Bar, ...]
    most: int
    left_out: int
    width: int = WIDTH
    height: int = HEIGHT


def bars(counts: Sequence[tuple[str, int]]) -> Chart | None:
    """A bar for each label, in the order given; None where there is nothing to draw."""
    shown = counts[-MOST_BARS:]
    most = max((count for _, count in shown), default=0)
    if most < 1:
        return None
    width = WIDTH / len(shown)
    # Three pixels for the least: what is there must be seen, beside whatever is large.
    made = tuple(
        Bar(
            round(number * width, 1),
            round(HEIGHT - (height := max(3.0, HEIGHT * count / most) if count else 0.0), 1),
            round(min(60.0, max(1.0, width - 1)), 1),
            round(height, 1),
            label,
            count,
        )
        for number, (label, count) in enumerate(shown)
    )
    return Chart(made, most, len(counts) - len(shown))


def months(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Counts by month (`2019-02`) with every month of the years in which there is one: a gap is seen as a gap.

    Years without any are left out: a clock that was never set writes 1970.
    """
    known = {month: count for month, count in counts.items() if len(month) == 7 and month[:4].isdigit()}
    years = sorted({month[:4] for month in known})
    return [
        (month, known.get(month, 0)) for year in years for month in (f"{year}-{number:02d}" for number in range(1, 13))
    ]
