"""Pages that are read as a whole are read beside us, within bounds: what they cost is one folder, never the survey."""

from __future__ import annotations

import asyncio
import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.surveys.web import page_worker
from monitor.surveys.web.counted_page import CountedPage, WholePageOrder, count_whole
from monitor.surveys.web.page_worker import PageWorker
from tests.monitor.surveys.builders import calls, disk, opened
from tests.servers.pages import Row, listing
from tests.servers.raw import Hit, listening, reply
from tests.speed import within

KEY = b"k" * 32


def order(path: str = "/x/", whole: bool = True, weak: bool = False) -> WholePageOrder:
    return WholePageOrder(f"http://nas.test{path}", path, (("content-type", "text/html"),), 200, whole, KEY, 12, weak)


def python_page(path: str, names: list[str]) -> bytes:
    """What `python -m http.server` makes of a folder."""
    items = "".join(f'<li><a href="{name}">{name}</a></li>\n' for name in names)
    title = f"Directory listing for {path}"
    return (
        f'<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n'
        f"<body>\n<h1>{title}</h1>\n<hr>\n<ul>\n{items}</ul>\n<hr>\n</body>\n</html>\n"
    ).encode()


async def test_a_page_is_counted_beside_us_as_it_would_be_here() -> None:
    body = python_page("/x/", ["sub/", *(f"a-20181121-14{n:02d}12.wav" for n in range(9))])
    async with PageWorker() as worker:
        for _ in range(2):
            there = await worker.count(order(), body)
    here = count_whole(order(), body)
    assert there is not None
    assert (there.dump(), there.tally.files, there.tally.calls, there.folders) == (here.dump(), 9, 9, [("/x/sub/", "")])
    assert CountedPage.load(here.dump()).dump() == here.dump()


async def test_what_is_no_listing_is_none() -> None:
    async with PageWorker() as worker:
        found = await worker.count(order(), b"<html><body><p>Welcome to our clinic.</p></body></html>")
    assert found is not None
    assert (found.family, found.tally.closed) == ("", 1)


def hostile() -> bytes:
    """A page that takes the tolerant recogniser some seconds, as no two rows are alike, and holds rows at its
    beginning."""
    rows = "".join(
        f"<li class={sha256(b'%d' % n).hexdigest()}><a href=c{n}.wav>c{n}.wav</a></li>" for n in range(50_000)
    )
    return python_page("/x/", []).replace(b"</ul>", rows.encode() + b"</ul>")


async def test_too_long_costs_the_process_and_the_rest_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_worker, "SECONDS_A_MEBIBYTE", 0.0)
    monkeypatch.setattr(page_worker, "BEGINNING", 16 << 10)
    # Seconds in which a process starts on a machine that is busy, and in which nothing reads the page.
    async with PageWorker(seconds=4.0) as worker:
        first = worker._process
        found = await asyncio.wait_for(worker.count(order(), hostile() * 2), 60)
        again = await worker.count(order("/y/"), python_page("/y/", ["a.wav"]))
    assert first is None
    assert found is not None
    assert found.partial
    assert 100 < found.tally.files < 1000
    assert again is not None
    assert (again.tally.files, again.partial) == (1, "")


async def test_too_much_memory_costs_no_more() -> None:
    async with PageWorker(memory=90 << 20) as worker:
        found = await worker.count(order(), hostile() * 3)
    assert found is None or found.partial


async def test_nothing_of_it_is_left_behind() -> None:
    async with PageWorker() as worker:
        await worker.count(order(), python_page("/x/", ["a.wav"]))
        assert worker._process is not None
        pid = worker._process.pid
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def mixed(path: str) -> list[Row] | None:
    if path == "/":
        return [("big/", None), *((f"{n:02d}/", None) for n in range(10)), ("a.wav", 10)]
    return calls(3) if path.strip("/").isdigit() else None


@pytest.mark.parametrize("kind", ["python", "stalled"])
async def test_a_heavy_page_holds_up_nothing_else(kind: str, tmp_path: Path) -> None:
    if kind == "python":
        body = python_page("/big/", [f"in-0701740612-1177-20181121-{n:06d}.wav?x" for n in range(12_000)])
    else:
        body = listing("/big/", calls(20), "nginx").replace(b"</pre>", b"x" * (3 << 20) + b"</pre>")

    async def before(hit: Hit) -> bytes | None:
        return reply(200, body) if hit.path == "/big/" and "run=survey" in hit.header("user-agent") else None

    longest, stalled, worked, last = 0.0, 0.0, time.thread_time(), time.monotonic()

    async def watch() -> None:
        nonlocal longest, stalled, worked, last
        while True:
            await asyncio.sleep(0.02)
            # Its own work by the clock of the thread: a busy machine stands still in between.
            longest, worked = max(longest, time.thread_time() - worked), time.thread_time()
            stalled, last = max(stalled, time.monotonic() - last), time.monotonic()

    async with listening(disk(mixed, before)) as server, opened(server, tmp_path) as house:
        worked, last = time.thread_time(), time.monotonic()
        watching = asyncio.create_task(watch())
        found = await house.survey()
        watching.cancel()
    assert within(longest, 0.7)
    assert stalled < 4
    assert found.tally.files >= 31
    assert found.tally.folders + found.tally.closed + found.tally.unread == 12


async def test_a_page_that_dies_in_the_worker_costs_its_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_worker, "SECONDS", 0.6)
    monkeypatch.setattr(page_worker, "SECONDS_A_MEBIBYTE", 0.0)
    # Its links show other names than they lead to: no form of rows can be learnt, and it is read whole.
    body = hostile().replace(b"href=c", b"href=/other/d")

    async def before(hit: Hit) -> bytes | None:
        return reply(200, body) if hit.path == "/big/" and "run=survey" in hit.header("user-agent") else None

    async with listening(disk(mixed, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.tally.files >= 31
    assert found.tally.unread + found.tally.cut + found.tally.closed == 1
