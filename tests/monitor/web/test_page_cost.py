"""What a page costs is counted: its queries, their rows and its bytes do not grow with the findings on file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.web import NOW, Setting, build, inventory
from monitor.store.access.pool import ReadPool
from monitor.store.access.scope import ScopedLedger
from monitor.store.access.thread import AccessThread
from monitor.web.call import Services
from monitor.web.server import WebServer
from tests.monitor.web.house import House
from tests.monitor.web.serving import Clock, Site

SMALL, LARGE = Setting(40, 400, 60, 5), Setting(40, 6_000, 600, 31)
PAGES = ("/", "/findings", "/findings?state=all", "/coverage", "/messages", "/parties", "/contracts", "/inventory",
         "/rounds", "/findings/{finding}", "/coverage/a7", "/api/v1/findings?limit=50", "/api/v1/messages")  # fmt: skip


@contextmanager
def counted() -> Iterator[tuple[Counter[str], list[int]]]:
    """Every query of every scoped connection, and how many rows it returned."""
    asked: Counter[str] = Counter()
    rows: list[int] = []
    before = ScopedLedger.rows

    def count(self: ScopedLedger, sql: str, *arguments: object) -> list[Any]:
        found = before(self, sql, *arguments)
        asked[" ".join(sql.split())] += 1
        rows.append(len(found))
        return found

    with pytest.MonkeyPatch.context() as patch:
        # Counting changes nothing of what is asked or answered.
        patch.setattr(ScopedLedger, "rows", count)
        yield asked, rows


async def costs(tmp_path: Path, setting: Setting) -> dict[str, tuple[int, int, int]]:
    """For each page: its queries, the rows that they returned, and the bytes of the answer."""
    declared, path = inventory(setting), tmp_path / "leftopen.db"
    build(path, declared, setting)
    clock = Clock()

    clock.now = NOW + timedelta(minutes=2)
    pool, access = ReadPool(path), AccessThread(path)
    services = Services(lambda: declared, pool, access, clock)
    assert declared.web is not None
    found = {}
    try:
        async with WebServer(declared.web, services):
            at = Site(declared.web.url, House(path, declared, {}), services, clock, [declared])
            cookie = await at.signed_in("viewer", "region")
            first = (await at.get("/api/v1/findings?limit=1", cookie)).text.partition('"id":"')[2][:13]
            # The head is read once a minute for all pages, and counts all that is open.
            await at.get("/api/v1/head", cookie)
            for page in PAGES:
                with counted() as (asked, rows):
                    answer = await at.get(page.format(finding=first), cookie)
                assert answer.status == 200, page
                assert answer.headers["Content-Type"].startswith(("text/html", "application/json"))
                found[page] = (sum(asked.values()), sum(rows), len(answer.text.encode()))
    finally:
        pool.close()
        access.close()
    return found


async def test_queries_rows_and_bytes_of_a_page_do_not_grow_with_the_findings(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "large").mkdir()
    small, large = await costs(tmp_path / "small", SMALL), await costs(tmp_path / "large", LARGE)
    for page in PAGES:
        queries, rows, size = large[page]
        assert queries <= small[page][0] + 2, (page, small[page], large[page])
        assert queries <= 60, page
        # Lists have pages, and heat maps have 31 days of 25 assets.
        assert rows <= 2_500, (page, small[page], large[page])
        assert size < 150_000, page
