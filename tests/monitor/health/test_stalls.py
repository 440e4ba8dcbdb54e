"""The meter of the event loop sees a stall, and a round over large and hostile pages causes none to speak of."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bench.pages import nginx
from monitor.findings.reach import extent
from monitor.health.stalls import LIMIT, SAID_EVERY, StallMeter, Stalls
from tests.monitor.network.rounds import application, inventory
from tests.monitor.web.house import NOW
from tests.monitor.web.serving import site

ROWS = 4000
"""Rows of a page: enough that reading it in the loop would hold it for far longer than is allowed here."""
GENEROUS = 3 * LIMIT
"""Processor seconds that the loop may work without a pause: a busy machine makes the same work take longer."""


async def measured(work: Callable[[], Awaitable[object]]) -> Stalls:
    meter = StallMeter()
    task = asyncio.create_task(meter.step())
    await asyncio.sleep(0)
    try:
        await work()
        await asyncio.sleep(0)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return meter.stalls


async def test_a_stall_is_seen_counted_and_said(caplog: pytest.LogCaptureFixture) -> None:
    async def holds() -> None:
        await asyncio.sleep(0.01)
        ends = time.thread_time() + 0.4
        while time.thread_time() < ends:
            pass
        # The timer of the meter comes now, and it is late.
        await asyncio.sleep(0.2)

    with caplog.at_level(logging.WARNING, "leftopen.watch"):
        stalls = await measured(holds)
    assert stalls.number >= 1
    assert stalls.longest >= 0.3
    assert stalls.longest_work >= 0.3
    assert stalls.seconds >= stalls.longest
    assert any("the event loop was held" in record.message for record in caplog.records)


def test_further_stalls_are_counted_and_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    meter = StallMeter(clock=lambda: now, work=lambda: 0.0)
    meter.took(LIMIT, 0.0)
    assert meter.stalls == Stalls()
    with caplog.at_level(logging.WARNING, "leftopen.watch"):
        meter.took(0.2, 0.1)
        meter.took(0.3, 0.1)
        assert len(caplog.records) == 1
        meter.took(0.5, 0.1)
        assert len(caplog.records) == 2, "twice as long as the one that was said"
        now += SAID_EVERY
        meter.took(0.2, 0.1)
        assert len(caplog.records) == 3
    assert (meter.stalls.number, meter.stalls.longest, meter.stalls.longest_work) == (4, 0.5, 0.1)


def served() -> web.Application:
    """An open folder with thousands of rows, and pages that are hard to read, each in a folder of its own."""
    pages = {"/calls/": nginx("/calls/", ROWS)}
    pages["/tags/"] = b"<html><body>" + b"<table><tr><td><a href=x>" * 4000
    pages["/json/"] = b"[" + b'{"name":"a.wav","size":1},' * 4000 + b'{"name":"b.wav"}]'

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path in pages and request.method == "GET":
            return web.Response(body=pages[request.path], content_type="text/html")
        if request.path.endswith(".wav") and "/call-" in request.path:
            return web.Response(body=b"RIFF\x24\0\0\0WAVEfmt " + bytes(200), content_type="audio/wav")
        return web.Response(status=404, text="<title>404 Not Found</title>", content_type="text/html")

    made = web.Application()
    made.router.add_route("*", "/{path:.*}", answer)
    return made


@pytest.mark.slow
async def test_a_round_over_large_and_hostile_pages_does_not_hold_the_loop(tmp_path: Path) -> None:
    async with TestServer(served()) as server:
        paths = ["/calls/", "/tags/", "/json/"]
        nas = {"id": "nas", "host": "127.0.0.1", "ports": [server.port], "paths": paths, "data": "recordings"}
        # A busy machine reads slowly: the budget is no part of what is tested.
        declared = inventory(
            nas, defaults={"budget": {"seconds": 300}, "timeouts": {"connect": 30, "read": 60, "ask": 90}}
        )
        async with application(declared, tmp_path / "leftopen.db") as app:
            first = await measured(app.round)
            known = len(extent._known)
            done = []

            async def again() -> None:
                done.append(await app.round())

            second = await measured(again)
    assert first.longest_work < GENEROUS, "reading and counting the pages takes many times as long"
    assert second.longest_work < GENEROUS
    (extent_seen,) = [line.extent for line in done[0].lines if line.extent is not None]
    assert extent_seen.files == ROWS
    assert len(extent._known) == known, "unchanged pages are not counted again"


async def test_the_metrics_have_it(tmp_path: Path) -> None:
    async with site(tmp_path, stalls=Stalls(3, 1.5, 0.7, 0.2)) as at:
        made = await at.services.access(
            lambda file: file.make_token("m", "viewer", "region", ("metrics:read",), NOW, NOW + timedelta(days=9))
        )
        answer = await at.get("/metrics", headers={"Authorization": f"Bearer {made}"})
    assert "leftopen_loop_stalls_total 3.0" in answer.text
    assert "leftopen_loop_stall_seconds_total 1.5" in answer.text
    assert "leftopen_loop_longest_stall_seconds 0.7" in answer.text
