"""How fast, how much, how long: one pace for a host, budgets that end in unknown, and a probe that fails alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count, pairwise
from statistics import median

import pytest

from monitor.network.budget import Limits
from monitor.network.http.retry_after import LONGEST_WAIT, retry_after
from monitor.network.pace import Pace
from probes.api import Dialogue, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Reply, Request, Response, Together, one
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import (
    KEY,
    LIMITS,
    QUICK,
    asks,
    driver,
    look,
    only,
    probe,
    target,
    unknowns,
    verdict_word,
)
from tests.servers.pages import Disk
from tests.servers.raw import Raw, Serve, Talk, listening, reply

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
GET = Request("GET", "/", 100)


def noting(times: list[float]) -> Serve:
    """A server that notes when it was asked."""

    async def serve(talk: Talk) -> None:
        while await talk.hear() is not None:
            times.append(time.monotonic())
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    return serve


async def test_one_pace_holds_over_all_endpoints_of_a_host() -> None:
    times: list[float] = []
    async with listening(noting(times)) as first, listening(noting(times)) as second:
        looks = driver(only(("127.0.0.1", first.port), ("127.0.0.1", second.port)), rate=20.0)
        held = asks(GET, Together((GET, GET)), GET, GET)
        await asyncio.gather(*(looks.look(held, target(server), KEY, LIMITS) for server in (first, second)))
    assert len(times) == 10
    gaps = [after - before for before, after in pairwise(sorted(times))]
    # A machine that is busy delivers some late, and the next right behind: most gaps are whole, and so is their sum.
    assert median(gaps) > 0.03, gaps
    assert max(times) - min(times) >= 9 / 20 - 0.1


async def test_two_hosts_do_not_wait_for_each_other() -> None:
    async with listening(ok) as first, listening(ok) as second:
        pace = Pace()
        looks = driver(only(("127.0.0.1", first.port), ("127.0.0.1", second.port)), pace, rate=0.001)
        pace.set("other", 1000.0, 8)
        held = asks(*(GET,) * 5)
        # The first host has its next turn in a quarter of an hour, which is longer than a look: so had the second.
        await looks.look(held, target(first), KEY, LIMITS)
        await looks.look(held, target(second), "other", LIMITS)
    assert (len(first.hits), len(second.hits)) == (1, 5)


async def test_no_more_than_so_many_are_under_way_at_a_host() -> None:
    under, most = 0, 0

    async def serve(talk: Talk) -> None:
        nonlocal under, most
        if await talk.hear() is not None:
            under += 1
            most = max(most, under)
            await asyncio.sleep(0.05)
            under -= 1
            await talk.say(reply(200, b"ok"))

    async with listening(serve) as server:
        pace = Pace()
        looks = driver(only(("127.0.0.1", server.port)), pace)
        pace.set(KEY, 5000, 3)
        await looks.look(asks(Together((GET,) * 12)), target(server), KEY, LIMITS)
    assert most == 3


async def throttled(header: Callable[[], str], status: int = 429) -> tuple[list[float], list[Reply]]:
    """Two asks of a server that answers the first with a Retry-After."""
    times: list[float] = []
    into: list[Reply] = []

    async def serve(talk: Talk) -> None:
        while await talk.hear() is not None:
            times.append(time.monotonic())
            wait = f"Retry-After: {header()}\r\n" if len(times) == 1 else ""
            code = f"{status} Wait" if len(times) == 1 else "200 OK"
            await talk.say(f"HTTP/1.1 {code}\r\n{wait}Content-Length: 2\r\n\r\nok".encode())

    async with listening(serve) as server:
        await look(asks(GET, GET, into=into), target(server))
    return times, into


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_in_seconds_is_honoured(status: int) -> None:
    times, _ = await throttled(lambda: "1", status)
    assert len(times) == 2
    assert times[1] - times[0] >= 0.95


async def test_retry_after_as_a_date_is_honoured() -> None:
    times, _ = await throttled(lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True))
    assert len(times) == 2
    assert times[1] - times[0] >= 0.9


async def test_a_wait_of_four_hours_ends_the_look_and_holds_for_the_host() -> None:
    times: list[float] = []

    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None:
            times.append(time.monotonic())
            await talk.say(reply("429 Too Many Requests", b"", "text/html", ("Retry-After", "14400")))

    async with listening(serve) as server:
        pace = Pace()
        looks = driver(only(("127.0.0.1", server.port)), pace)
        limits = Limits(seconds=100, timeouts=QUICK)
        begun = time.monotonic()
        seen = await looks.look(HTTP_LISTING, target(server, paths=("/", "/a/", "/b/")), KEY, limits)
        again = await looks.look(HTTP_LISTING, target(server), KEY, limits)
        assert time.monotonic() - begun < 40
        assert 0 < pace.held(KEY) <= LONGEST_WAIT
    assert len(times) == 1, "a host that asked to be left alone was asked again"
    assert set(unknowns(seen)) <= {"throttled", "told-to-wait"}
    assert unknowns(again) == ["told-to-wait"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("14400", LONGEST_WAIT),
        ("9" * 4000, LONGEST_WAIT),
        ("-5", 0.0),
        ("1e9", 0.0),
        ("٣", 0.0),
        ("soon", 0.0),
        ("", 0.0),
        ("Thu, 01 Oct 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Oct 2026 16:00:00 GMT", LONGEST_WAIT),
        ("Thu, 01 Oct 2026 11:00:00 GMT", 0.0),
        ("Thursday, 01-Oct-26 12:00:30 GMT", 30.0),
        ("Thu, 99 Foo 2026 99:99:99 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_every_form(text: str, seconds: float) -> None:
    assert retry_after(text, NOON) == seconds


def endless(at: WebTarget) -> Dialogue:
    """A probe that asks for ever."""
    for number in count():
        yield from one(Request("GET", f"/{number}", 1000))
    return ()


async def ok(talk: Talk) -> None:
    """A server to which all is well."""
    while await talk.hear() is not None:
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + bytes(1000))


@pytest.mark.parametrize(
    ("limits", "most"),
    [(Limits(requests=5, timeouts=QUICK), 5), (Limits(wire=4500, timeouts=QUICK), 6)],
    ids=["requests", "bytes"],
)
async def test_a_budget_that_is_spent_ends_the_asking(limits: Limits, most: int) -> None:
    async with listening(ok) as server:
        seen = await look(probe(endless), target(server), limits)
    assert len(server.hits) <= most
    assert [a.outcome for a in seen.asked].count("budget-spent") >= 1
    # It asks on past its budget: a bug of ours, for this one target.
    assert unknowns(seen) == ["bug-of-ours"]


async def test_time_that_is_spent_ends_the_asking() -> None:
    async def slow(talk: Talk) -> None:
        while await talk.hear() is not None:
            await asyncio.sleep(0.3)
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with listening(slow) as server:
        seen = await look(
            HTTP_LISTING, target(server, paths=tuple(f"/{n}/" for n in range(40))), Limits(seconds=1, timeouts=QUICK)
        )
    assert len(server.hits) < 20, "all of them are eighty"
    assert "budget-spent" in unknowns(seen)
    assert len(seen.verdicts) == 40


async def test_a_listing_that_the_budget_cuts_short_is_never_clear() -> None:
    async with listening(_disk) as server:
        for requests in range(1, 12):
            seen = await look(HTTP_LISTING, target(server), Limits(requests=requests, timeouts=QUICK))
            assert verdict_word(seen.verdicts[0]) in ("unknown", "exposed"), (requests, seen.verdicts)
            assert len([a for a in seen.asked if a.outcome != "budget-spent"]) <= requests


async def _disk(talk: Talk) -> None:
    disk = Disk()
    while (hit := await talk.hear()) is not None:
        await talk.say(disk.answer(hit))


async def test_a_host_that_falls_silent_is_not_asked_for_ever() -> None:
    async def silent(talk: Talk) -> None:
        if await talk.hear() is not None and len(talk.server.hits) == 1:
            await talk.say(reply(200, b"<p>hello</p>"))
            return
        await talk.hang()

    async with listening(silent) as server:
        paths = tuple(f"/{n}/" for n in range(60))
        seen = await look(HTTP_LISTING, target(server, paths=paths), Limits(seconds=100, timeouts=QUICK))
    assert len(server.hits) <= 4, "each of the sixty would cost a second"
    assert set(unknowns(seen)) <= {"timed-out", "host-silent", "canary-failed"}
    assert "host-silent" in unknowns(seen)


def raising(at: WebTarget) -> Dialogue:
    """A probe with a bug."""
    told = yield from one(GET)
    assert isinstance(told, Response)
    raise ZeroDivisionError(told.status)


async def test_a_probe_that_raises_costs_its_own_target_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with listening(_disk) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        bad, good = await asyncio.gather(
            looks.look(probe(raising, "raises"), target(server), KEY, LIMITS),
            looks.look(HTTP_LISTING, target(server), KEY, LIMITS),
        )
    assert unknowns(bad) == ["bug-of-ours"]
    assert verdict_word(good.verdicts[0]) == "exposed"
    assert "ZeroDivisionError" in caplog.text


async def test_a_probe_that_returns_nonsense_costs_its_own_target_alone() -> None:
    def nothing(at: WebTarget) -> Dialogue:
        yield from one(GET)
        return None  # type: ignore[return-value]

    def strange(at: WebTarget) -> Dialogue:
        yield "GET /"  # type: ignore[misc]
        return ()

    async with listening(_disk) as server:
        for held in (nothing, strange):
            assert unknowns(await look(probe(held), target(server))) == ["bug-of-ours"]


async def test_the_asks_are_recorded_without_what_was_learnt_from_the_page() -> None:
    async with listening(_disk) as server:
        seen = await look(HTTP_LISTING, target(server))
    assert verdict_word(seen.verdicts[0]) == "exposed"
    assert len(seen.asked) == len(server.hits)
    said = " ".join(one.said for one in seen.asked)
    assert "0701740" not in said
    assert "{canary}" in said
    assert target(Raw("127.0.0.1", 1, False)).nonce not in said
    assert [f"{a.method}" for a in seen.asked] == [hit.method for hit in server.hits]


async def test_the_same_target_leads_to_the_same_asks() -> None:
    async with listening(_disk) as server:
        first = await look(HTTP_LISTING, target(server))
        second = await look(HTTP_LISTING, target(server, nonce="xanother0000nonce"))
    assert [(a.method, a.said) for a in first.asked] == [(a.method, a.said) for a in second.asked]


async def test_a_refusal_is_recorded_as_an_ask() -> None:
    into: list[Reply] = []
    seen = await driver(only()).look(asks(GET, into=into), target(Raw("127.0.0.1", 9, False)), KEY, LIMITS)
    assert isinstance(into[0], NoAnswer)
    assert into[0].why is NoAnswerReason.OUT_OF_SCOPE
    assert [a.outcome for a in seen.asked] == ["out-of-scope"]
