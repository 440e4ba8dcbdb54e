"""The workload `buckets` on buckets that are small: it counts right, beside whoever of its peers is there."""

from __future__ import annotations

import pytest

from bench.buckets import PEERS, Bucket, Setting, measure
from bench.store import LAYOUTS, Rows, page


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_are_in_order_and_as_many(layout: str) -> None:
    rows = Rows(LAYOUTS[layout](3000), 3000)
    keys = [rows[n] for n in range(len(rows))]
    assert len(keys) == 3000
    assert keys == sorted(set(keys))


def test_pages_follow_each_other() -> None:
    rows = Rows(LAYOUTS["tree"](2500), 2500)
    first = b"".join(page(rows, {"list-type": "2"}))
    assert first.count(b"<Contents>") == 1000
    rest = b"".join(page(rows, {"list-type": "2", "start-after": rows[999].decode(), "max-keys": "9999"}))
    assert rest.count(b"<Contents>") == 1000
    last = b"".join(page(rows, {"marker": rows[1999].decode()}))
    assert last.count(b"<Contents>") == 500
    assert b"<IsTruncated>false" in last
    folders = b"".join(page(rows, {"delimiter": "/", "prefix": "recordings/"}))
    assert folders.count(b"<CommonPrefixes>") == 5


def test_the_workload() -> None:
    said: list[str] = []
    quick = tuple(peer for peer in PEERS if peer.name.startswith("rclone"))
    figures = measure(Setting((Bucket("ninety", 3000), Bucket("flat", 2000, 5)), 1, 8), said.append, quick)
    assert {figure.what for figure in figures} == {"ledger", "wall", "CPU", "memory, peak", "requests"}
    assert all("(counts" not in figure.note for figure in figures)
