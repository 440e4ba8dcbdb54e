"""The owner's monthly count of dispatches that went astray, held against a recount of its own log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from probes.api import Verdict
from probes.dispatch.kinds import COUNT
from probes.reasons import UndecidedReason
from tests.probes.dispatch.test_dispatch import NINE, watched

HEAD = "number,when,result\n"
LOG = (
    HEAD
    + "d-1,2026-10-31T23:30:00+00:00,misdirected\n"  # in Stockholm it is November
    + "d-2,2026-11-03T10:00:00+01:00,sent\n"
    + "d-3,2026-11-04T10:00:00+01:00,Misdirected\n"
    + "d-3,2026-11-05T10:00:00+01:00,misdirected\n"  # marked twice, and one dispatch
    + "d-4,2026-12-02T10:00:00+01:00,sent\n"
)


@pytest.mark.parametrize(
    ("counted", "why", "shown"),
    [
        ("month,misdirected\n2026-11,2\n2026-12,0\n", "count-holds", "counted 2, 2 in the log"),
        ("month,misdirected\n2026-11,1\n2026-12,0\n", "count-differs", "counted 1, 2 in the log"),
        ("month,misdirected\n2026-11,2\n2026-12,1\n", "count-differs", "counted 2, 2 in the log"),
        ("month,misdirected\n2026-12,0\n", "count-differs", "counted nothing, 2 in the log"),
        ("month,misdirected\n2026-11,2\n", "count-missing", "counted 2, 2 in the log"),
        ("month,misdirected\n2026-11,two\n", "log-unread", ""),
        ("month,misdirected\n2026-11,2\n2026-11,3\n", "log-unread", ""),
        ("monat,anzahl\n2026-11,2\n", "log-unread", ""),
        (None, "log-unread", ""),
    ],
)
async def test_canary_7_the_monthly_count_equals_a_recount_of_the_log_zero_included(
    tmp_path: Path, counted: str | None, why: str, shown: str
) -> None:
    seen = await _count(tmp_path, counted, LOG)
    assert seen.why.value == why
    assert next((check.detail for check in seen.checks if check.name == "2026-11"), "") == shown


async def test_canary_7_a_month_that_the_log_does_not_hold_shows_no_zero(tmp_path: Path) -> None:
    seen = await _count(tmp_path, "month,misdirected\n2026-11,2\n2026-12,0\n", LOG[: LOG.index("d-4")])
    assert seen.why is UndecidedReason.COUNT_MISSING


async def test_canary_7_nothing_of_the_log_is_kept(tmp_path: Path) -> None:
    await _count(tmp_path, "month,misdirected\n2026-11,1\n2026-12,0\n", LOG.replace("d-3", "19811218-9876"))
    kept = bytes_in(tmp_path, "a.db*")
    assert b"count-differs" in kept
    assert b"19811218" not in kept


def bytes_in(folder: Path, names: str) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob(names))


async def _count(tmp_path: Path, counted: str | None, log: str) -> Verdict:
    (tmp_path / "dispatches.csv").write_text(log)
    if counted is not None:
        (tmp_path / "counted.csv").write_text(counted)
    monthly: dict[str, Any] = {
        "counted": str(tmp_path / "counted.csv"),
        "log": str(tmp_path / "dispatches.csv"),
        "id": "number",
        "at": "when",
        "outcome": "result",
    }
    async with watched(tmp_path, first="2026-11-01T09:00", monthly=monthly) as it:
        it.set_to(NINE.replace(year=2027, month=1, day=12))
        done = await it.app.round()
        (seen,) = [line.verdict for line in done.lines if line.verdict.kind == COUNT]
        return seen
