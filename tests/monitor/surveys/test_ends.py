"""How a survey ends that does not come to its end: by a bug, by an inventory that changed, by its time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.network.survey.pages import Pages
from monitor.surveys.unknown_customers import UnknownCustomers
from monitor.surveys.web import crawl
from monitor.surveys.web.folder_pages import FolderPages
from tests.monitor.network.rounds import inventory
from tests.monitor.surveys.builders import calls, declared, disk, opened
from tests.servers.pages import Row, listing
from tests.servers.raw import Hit, Raw, listening, reply


def many(path: str) -> list[Row] | None:
    """Two hundred folders with three calls each."""
    if path == "/":
        return [*((f"{n:03d}/", None) for n in range(200)), ("a.wav", 10)]
    return calls(3) if path.strip("/").isdigit() else None


def without(server: Raw) -> Any:
    other = {"id": "other", "host": "other.test", "addresses": [server.host], "ports": [server.port + 1]}
    return inventory(other)


def elsewhere(server: Raw) -> Any:
    nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.9"], "ports": [server.port]}
    return inventory(nas)


def ended(server: Raw) -> Any:
    contract = {
        "id": "avtal", "controller": "region", "processor": "vendor", "authorised_by": "x",
        "authorised_until": "2020-01-01",
    }  # fmt: skip
    nas = {
        "id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port], "contract": "avtal",
    }  # fmt: skip
    parties = [
        {"id": "vendor", "name": "Vendor", "role": "processor"},
        {"id": "region", "name": "Region", "role": "controller"},
    ]
    return inventory(nas, parties=parties, contracts=[contract])


@pytest.mark.parametrize(
    ("changed", "why"),
    [(without, "no longer declared"), (elsewhere, "at another place"), (ended, "contract that allowed it has ended")],
)
async def test_what_leaves_the_inventory_is_asked_no_more(changed: Any, why: str, tmp_path: Path) -> None:
    late = 0

    async def before(hit: Hit) -> bytes | None:
        nonlocal late
        if "run=survey" not in hit.header("user-agent"):
            return None
        if hit.path == "/120/":
            house.app.inventory = changed(server)
        elif house.app.inventory is not first:
            late += 1
        return None

    async with listening(disk(many, before)) as server, opened(server, tmp_path) as house:
        first = house.app.inventory
        found = await house.survey()
    assert any(why in reason for reason in found.partial), found.partial
    assert 20 < found.tally.files < 500
    assert late <= 8


async def test_a_change_of_something_else_ends_nothing(tmp_path: Path) -> None:
    async def before(hit: Hit) -> bytes | None:
        if hit.path == "/120/" and "run=survey" in hit.header("user-agent"):
            house.app.inventory = declared(server, seconds=1234)
        return None

    async with listening(disk(many, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert (found.partial, found.tally.files) == ((), 601)


async def test_a_page_that_ends_early_in_good_order_is_a_part(tmp_path: Path) -> None:
    async def before(hit: Hit) -> bytes | None:
        # It serves its pages to browsers alone, too.
        if "text/html" not in hit.header("accept"):
            return reply(406)
        page = listing("/", calls(9), "nginx")
        whole = "run=survey" not in hit.header("user-agent")
        return reply(200, page if whole else page[: page.rfind(b"<a href=")]) if hit.path == "/" else None

    serve = disk(lambda path: calls(9) if path == "/" else None, before)
    async with listening(serve) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.tally.files == 8
    assert any("cut short" in reason for reason in found.partial), found.partial


async def test_a_bug_in_one_reader_ends_the_survey_and_leaves_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: UnknownCustomers, folder: str, children: object) -> None:
        raise ZeroDivisionError(folder)

    monkeypatch.setattr(UnknownCustomers, "see", broken)
    async with listening(disk(many)) as server, opened(server, tmp_path) as house:
        async with asyncio.timeout(40):
            with pytest.raises(ZeroDivisionError):
                await house.survey()


async def test_a_bug_in_one_page_costs_that_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = FolderPages.read

    async def broken(self: FolderPages, path: str, sampled: int, *, weak: bool = False) -> object:
        if path == "/120/":
            raise ZeroDivisionError(path)
        return await read(self, path, sampled, weak=weak)

    monkeypatch.setattr(FolderPages, "read", broken)
    async with listening(disk(many)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert (found.tally.files, found.tally.unread) == (598, 1)


async def test_a_page_that_hangs_beyond_the_budget_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "_LATE", 0.5)
    read = Pages.read

    async def hanging(self: Pages, request: Any, feed: Any = None) -> Any:
        if request.path == "/120/":
            await asyncio.sleep(60)
        return await read(self, request, feed)

    monkeypatch.setattr(Pages, "read", hanging)
    async with listening(disk(many)) as server, opened(server, tmp_path, seconds=1) as house:
        begun = time.monotonic()
        found = await house.survey()
        assert time.monotonic() - begun < 40
        monkeypatch.setattr(Pages, "read", read)
        for _ in range(20):  # a second is little on a busy machine: each goes on where the one before ended
            again = await house.survey()
            if not again.partial:
                break
    assert any("seconds are spent" in reason for reason in found.partial)
    assert (again.partial, again.tally.files) == ((), 601)


async def test_a_page_of_folders_without_an_end_is_partial_and_writes_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.surveys.web.frontier.MOST_WAITING", 1000)

    def endless(path: str) -> list[Row] | None:
        if path == "/":
            return [*((f"{n:05d}/", None) for n in range(5_000)), ("a.wav", 10)]
        return calls(1) if path.strip("/").isdigit() else None

    async with listening(disk(endless)) as server, opened(server, tmp_path, requests=600) as house:
        found = await house.survey()
        rows = await house.app.ledger(
            lambda ledger: ledger.rows("SELECT length(waiting) AS n FROM surveys WHERE waiting IS NOT NULL")
        )
        again = await house.survey()
    assert any("folders wait to be read" in reason for reason in found.partial)
    assert found.tally.files == 1 + found.tally.folders - 1
    assert rows[0]["n"] < 10_000
    assert again.tally.folders == 1001
    assert again.tally.files == 1001


async def own_design(hit: Hit) -> bytes | None:
    """A program of somebody's own: its links to folders lack their slash, and one of its folders shows nothing."""
    rows: dict[str, list[Row]] = {
        "/": [("vinter", None), ("slutet", None), ("in-0701740610-20241101.wav", 1000), ("ut.wav", 2000)],
        "/vinter/": [("in-0701740611-20241102.wav", 3000), ("in-0701740612-20241102.wav", 3000)],
    }
    if hit.path in ("/vinter", "/slutet"):
        return reply(301, b"", "text/html", ("Location", f"{hit.path}/"))
    if hit.path == "/slutet/":
        return reply(200, b"<html><head><title>Arkiv</title></head><body><p>Mappen visas i en ram.</p></body></html>")
    if hit.path not in rows:
        return None
    shown = "".join(
        f'<tr><td><i class="icon {"folder" if size is None else "audio"}"></i></td><td><a href="{name}">{name}</a></td>'
        f"<td>2024-11-03 10:00</td><td>{'' if size is None else f'{size} B'}</td></tr>"
        for name, size in rows[hit.path]
    )
    head = "<tr><th></th><th>Namn</th><th>Datum</th><th>Storlek</th></tr>"
    page = f"<html><head><title>Arkiv {hit.path}</title></head><body><table>{head}{shown}</table></body></html>"
    return reply(200, page.encode())


async def test_a_folder_without_its_slash_is_read_and_one_that_is_not_understood_is_told(tmp_path: Path) -> None:
    def rows(path: str) -> list[Row] | None:
        return [("in-0701740610-20241101.wav", 1000), ("ut.wav", 2000)] if path == "/" else None

    async with listening(disk(rows, own_design)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert (found.tally.files, found.tally.folders, found.tally.unread) == (4, 2, 1)
    assert found.partial == ("1 folders could not be read (1 x a page that was not understood)",)


async def plain_lines(hit: Hit) -> bytes | None:
    """A program that writes lines of links and nothing else: its empty folders have no structure of their own."""
    names = {
        "/": ["dag/", "tom/", *(f"in-070174061{n}-20241101.wav" for n in range(4))],
        "/dag/": ["in-0701740615-20241102.wav"],
        "/tom/": [],
    }
    if hit.path not in names:
        return None
    rows = "".join(f'<a href="{name}">{name}</a><br/>' for name in names[hit.path])
    return reply(200, f"<html><body><b><a href='..'>..</a></b><br/>{rows}</body></html>".encode())


async def test_a_folder_without_rows_is_known_by_the_page_of_the_folder_above_it(tmp_path: Path) -> None:
    def rows(path: str) -> list[Row] | None:
        return [(f"in-070174061{n}-20241101.wav", 1000) for n in range(4)] if path == "/" else None

    async with listening(disk(rows, plain_lines)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert (found.tally.files, found.tally.folders, found.tally.unread) == (5, 3, 0)
    assert found.partial == ()
