"""What ends, and when that is announced: a table of days, and the exceptions of a ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitor.coverage.endings import ENDED, Ending, EndingKind, contract_endings, said, soon
from tests.monitor.alerts.builders import inventory

LAST = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("left", "stage"),
    [(31, None), (30, 30), (15, 30), (14, 14), (4, 14), (3, 3), (1, 3), (0, 0), (-1, ENDED), (-400, ENDED)],
)
def test_an_ending_is_announced_thirty_fourteen_and_three_days_ahead_and_on_the_day(
    left: int, stage: int | None
) -> None:
    ending = Ending(EndingKind.CONTRACT, "care", LAST, ("nas",))
    assert ending.stage(LAST - timedelta(days=left)) == stage


def test_a_contract_above_holds_for_the_assets_below_it() -> None:
    found = {one.name: one.assets for one in contract_endings(inventory())}
    assert found == {"care": ("voice-nas",), "voice": ("voice-nas",), "other": ()}


def test_what_is_far_away_is_not_said_and_the_next_end_comes_first() -> None:
    today = date(2026, 12, 1)
    near, far, gone = (
        Ending(EndingKind.CONTRACT, name, today + timedelta(days=days), ("a", "b"))
        for name, days in (("near", 3), ("far", 31), ("gone", -2))
    )
    assert [one.name for one in soon((near, far, gone), today)] == ["gone", "near"]
    assert said(near, today) == "contract near ends in 3 days (2026-12-04): 2 assets then no longer checked"
    assert said(gone, today) == "contract gone ended on 2026-11-29: 2 assets are no longer checked"
