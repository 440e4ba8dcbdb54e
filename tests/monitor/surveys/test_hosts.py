"""Hosts that are slow, throttle, lie, lead elsewhere or have no end: counted in the end, or partial with the reason."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.monitor.surveys.builders import asked, calls, disk, opened
from tests.servers.listener import Listener
from tests.servers.pages import SOUND, Row, listing, sound
from tests.servers.raw import Hit, Talk, listening, reply

FOLDERS = [f"{day:02d}/" for day in range(1, 25)]


def year(path: str) -> list[Row] | None:
    """Two dozen days with three calls each."""
    if path == "/":
        return [(name, None) for name in FOLDERS]
    return calls(3) if path.strip("/") + "/" in FOLDERS else None


async def test_a_host_that_throttles_is_left_in_peace_and_counted_in_the_end(tmp_path: Path) -> None:
    at_once, refused, most_after = 0, 0, 0

    async def before(hit: Hit) -> bytes | None:
        nonlocal at_once, refused, most_after
        if "run=survey" not in hit.header("user-agent") or hit.path == "/":
            return None
        at_once += 1
        most_after = max(most_after, at_once if refused else 0)
        await asyncio.sleep(0.02)
        try:
            if at_once > 3 and refused < 6:
                refused += 1
                return reply("429 Too Many Requests", b"", "text/html", ("Retry-After", "1"))
            return None
        finally:
            at_once -= 1

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert refused
    assert found.partial == ()
    assert (found.tally.folders, found.tally.files) == (25, 72)
    assert found.asks >= 25 + refused
    assert found.seconds >= 0.9  # it waited as it was told


@pytest.mark.parametrize("status", ["400 Bad Request", "408 Request Time-out"])
async def test_a_host_that_fails_what_comes_second_on_a_connection_is_counted(status: str, tmp_path: Path) -> None:
    failed = 0

    async def serve(talk: Talk) -> None:
        nonlocal failed
        while (hit := await talk.hear()) is not None:
            if (
                second := len([one for one in server.hits if one.connection == hit.connection]) > 1
            ) and hit.path != "/":
                failed += 1
                await talk.say(reply(status, b"<h1>no</h1>", "text/html", ("Connection", "close")))
                return
            rows = year(hit.path)
            page = reply(404, b"") if rows is None else reply(200, listing(hit.path, rows, "nginx"))
            if rows is None and hit.path.endswith(".wav"):
                page = sound(hit, SOUND)
            await talk.say(page.replace(b"Connection: close\r\n", b"") if not second else page)

    async with listening(serve) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert failed
    assert found.partial == ()
    assert (found.tally.folders, found.tally.files) == (25, 72)
    assert failed < 12, "it is asked over new connections from then on"


async def test_a_host_that_says_too_much_and_not_for_how_long_is_given_rest(tmp_path: Path) -> None:
    times: list[float] = []

    async def before(hit: Hit) -> bytes | None:
        if hit.path != "/07/" or "run=survey" not in hit.header("user-agent"):
            return None
        times.append(time.monotonic())
        return reply("503 Service Unavailable", b"") if len(times) < 3 else None

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.partial == ()
    assert found.tally.files == 72
    assert times[1] - times[0] >= 1.9


async def test_a_host_that_wants_to_be_left_alone_for_an_hour_ends_the_survey_now(tmp_path: Path) -> None:
    async def before(hit: Hit) -> bytes | None:
        if hit.path != "/07/" or "run=survey" not in hit.header("user-agent"):
            return None
        return reply("429 Too Many", b"", "text/html", ("Retry-After", "3600"))

    async with listening(disk(year, before)) as server, opened(server, tmp_path, seconds=60) as house:
        begun = time.monotonic()
        found = await house.survey()
    assert time.monotonic() - begun < 40
    assert any("left alone" in reason for reason in found.partial)


async def test_a_slow_folder_does_not_hold_up_the_others(tmp_path: Path) -> None:
    others, asked = asyncio.Event(), set[str]()

    async def before(hit: Hit) -> bytes | None:
        if "run=survey" not in hit.header("user-agent"):
            return None
        if hit.path == "/03/":
            await others.wait()
        elif hit.path.strip("/").isdigit():
            asked.add(hit.path)
            if len(asked) == 23:
                others.set()
        return None

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert len(asked) == 23, "they waited for the one that answers last"
    assert found.partial == ()
    assert found.tally.files == 72


async def test_folders_that_never_answer_are_counted_as_unread(tmp_path: Path) -> None:
    async def before(hit: Hit) -> bytes | None:
        return b"" if hit.path == "/05/" else None

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert (found.tally.files, found.tally.unread) == (69, 1)
    assert any("1 folders could not be read" in reason for reason in found.partial)


async def test_a_page_that_breaks_off_is_counted_so_far_and_said_to_be_cut(tmp_path: Path) -> None:
    async def before(hit: Hit) -> bytes | None:
        if hit.path != "/05/":
            return None
        page = listing("/05/", calls(400), "nginx")
        return reply(200, page[: len(page) // 2], length=len(page))

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.tally.cut == 1
    assert 69 + 150 < found.tally.files < 69 + 250
    assert any("cut short" in reason for reason in found.partial)


async def test_a_folder_that_is_a_file_is_not_taken(tmp_path: Path) -> None:
    body = b"RIFF" + bytes(40 << 20)

    async def before(hit: Hit) -> bytes | None:
        return reply(200, body, "audio/x-wav") if hit.path == "/05/" else None

    async with (
        listening(disk(year, before)) as server,
        opened(server, tmp_path, bytes="8MiB") as house,
    ):
        found = await house.survey()
    assert found.tally.files == 69
    assert found.tally.closed == 1
    assert found.partial == ()  # 8 MiB were enough: it was not read to its end


@pytest.mark.parametrize("shown", ["99999999999999999999", "7.9.9K", "1e9K", "-5"])
async def test_a_host_that_lies_about_sizes_is_counted_all_the_same(shown: str, tmp_path: Path) -> None:
    async def before(hit: Hit) -> bytes | None:
        if hit.path != "/05/":
            return None
        page = listing("/05/", calls(3), "nginx").replace(b"               1001", b"   " + shown.encode(), 1)
        return reply(200, page)

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.tally.files == 72


async def test_a_calendar_without_an_end_ends(tmp_path: Path) -> None:
    def calendar(path: str) -> list[Row]:
        month = len(path.split("/"))
        return [(f"{2000 + month}-{side}/", None) for side in ("before", "after")] + (calls(2) if path == "/" else [])

    async with listening(disk(calendar)) as server, opened(server, tmp_path, requests=400) as house:
        found = await house.survey()
    assert found.partial
    assert found.tally.files == 2
    assert found.asks <= 402


async def test_a_folder_that_contains_itself_ends(tmp_path: Path) -> None:
    def looped(path: str) -> list[Row] | None:
        if set(path.strip("/").split("/")) - {"", "loop", "again"}:
            return None
        return [("loop/", None), ("again/", None), *calls(2)]

    async with listening(disk(looped)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
    assert found.asks < 40
    assert any("contains itself" in reason for reason in found.partial)


async def test_links_that_lead_elsewhere_are_never_asked(tmp_path: Path, never: Listener) -> None:
    async def before(hit: Hit) -> bytes | None:
        if hit.path == "/05/":
            page = listing("/05/", calls(3), "nginx")
            away = (
                f"{never.url}/x/",
                f"//127.0.0.1:{never.port}/y/",
                "/secret/",
                "../up/",
                "%2e%2e/",
                "a/../../b/",
                "./",
            )
            rows = "".join(f'<a href="{link}">x</a>{" " * 20}21-Nov-2018 14:05{" " * 19}-\r\n' for link in away)
            return reply(200, page.replace(b"</pre>", rows.encode() + b"</pre>"))
        if hit.path == "/04/" and "run=survey" in hit.header("user-agent"):
            return reply(302, b"", "text/html", ("Location", f"{never.url}/z/"))
        return None

    async with listening(disk(year, before)) as server, opened(server, tmp_path) as house:
        found = await house.survey()
        for word in ("secret", "up", "..", "%2e", "/b/", "./"):
            assert asked(server, word) == 0
    assert found.tally.files == 69
    assert found.tally.closed == 1


@pytest.mark.parametrize("budget", [{"requests": 10}, {"bytes": "4KiB"}, {"seconds": 0.3, "pace": 30}])
async def test_a_budget_ends_it_with_its_reason_and_the_next_one_goes_on(
    budget: dict[str, object], tmp_path: Path
) -> None:
    async with listening(disk(year)) as server, opened(server, tmp_path, **budget) as house:
        before = len(server.hits)
        found = await house.survey()
        assert any("budget ended" in reason for reason in found.partial)
        assert any("not reached" in reason for reason in found.partial)
        assert found.tally.folders < 25
        first = found.survey
        for _ in range(12):
            if not found.partial:
                break
            found = await house.survey()
        assert found.survey == first
        assert found.partial == ()
        assert (found.tally.folders, found.tally.files, found.tally.cut) == (25, 72, 0)
        paths = [hit.path for hit in server.hits[before:] if hit.path.endswith("/")]
        assert len(set(paths)) == 25
        # No folder is read twice, but for a page that the end of the bytes, or of the time, has cut.
        assert len(paths) <= 25 + 12 * ("requests" not in budget)
