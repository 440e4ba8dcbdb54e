"""Figures and the table that they are printed in: ours, the peer's, and the ratio, which alone carries over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Without a peer there is no ratio; `note` says what the peer is, or what was checked."""

    workload: str
    what: str
    unit: str
    ours: float
    peer: float | None = None
    note: str = ""
    load: str = ""
    """How many processes wanted to run, before and after."""


def middle(runs: Sequence[T], value: Callable[[T], float]) -> float:
    """The median of one value over several runs."""
    return median(value(run) for run in runs)


def number(value: float) -> str:
    """Three figures are enough: the machine drifts by more."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """All figures as a Markdown table, which people can read as it is."""
    rows = [("workload", "measure", "leftopen", "peer", "ratio", "load", "peer, or what was checked")]
    for figure in figures:
        ours, peer, ratio = f"{number(figure.ours)} {figure.unit}".strip(), "", ""
        if figure.peer is not None:
            peer = f"{number(figure.peer)} {figure.unit}".strip()
            ratio = f"{number(figure.ours / figure.peer)}" if figure.peer else ""
        rows.append((figure.workload, figure.what, ours, peer, ratio, figure.load, figure.note))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = (2, 3, 4)
    lines = [
        "| "
        + " | ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    rule = "|".join("-" * (width + 1) + (":" if column in right else "-") for column, width in enumerate(widths))
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])
