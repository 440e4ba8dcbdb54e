"""Pages with frames, or whose script loads their rows: what the verdicts about these say of the page."""

from __future__ import annotations

from collections.abc import Sequence

from probes.api import Clear, Exposed, Verdict, WebTarget
from probes.reasons import ClosedReason, UndecidedReason

MOST_FRAMES = 4
"""Frames of one page that are looked at."""
MAY_FRAME = frozenset(
    {
        UndecidedReason.REDIRECTED,
        UndecidedReason.DRAWN_BY_SCRIPT,
        ClosedReason.NO_LISTING,
        ClosedReason.LOGIN_WALL,
    }
)
"""What a page says of itself whose frames may show a list."""


def of_frames(
    target: WebTarget, path: str, told: tuple[Verdict, ...], inside: Sequence[Verdict], *, whole: bool
) -> tuple[Verdict, ...]:
    """The verdicts about a page with frames: what its frames show, and clear where it is nothing but frames, and all
    of them are. `whole`: every frame was looked at."""
    if opened := [verdict for verdict in inside if isinstance(verdict, Exposed)]:
        return (Clear(target.place(path), "listing", ClosedReason.LOOKED_AT_THERE, told[0].facts), *opened, *told[1:])
    closed = whole and len(inside) > 1 and all(isinstance(verdict, Clear) for verdict in inside)
    if closed and told[0].why is UndecidedReason.REDIRECTED:
        return (Clear(target.place(path), "listing", ClosedReason.NO_LISTING, told[0].facts), *told[1:])
    return told
