"""One pace a host over looks and surveys; who waits in its queue honours what the host asks for meanwhile."""

from __future__ import annotations

import asyncio
import logging
import threading
import time

import pytest

from monitor.network.budget import Limits
from monitor.network.pace import OTHERS, Pace, Work
from monitor.network.survey.conversation import SurveyBudget
from monitor.network.survey.pages import Pages
from probes.api import Dialogue, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Reply, Request, Response, Together, one
from tests.monitor.network.builders import KEY, LIMITS, QUICK, asks, driver, only, probe, target
from tests.servers.raw import Serve, Talk, listening

GET = Request("GET", "/", 100)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def noting(times: list[float], first: bytes = OK) -> Serve:
    """A server that notes when it was asked, and says `first` to the first request."""

    async def serve(talk: Talk) -> None:
        while await talk.hear() is not None:
            times.append(time.monotonic())
            await talk.say(first if len(times) == 1 else OK)

    return serve


def waits(seconds: int) -> bytes:
    """A 429 that asks for patience."""
    return b"HTTP/1.1 429 Wait\r\nRetry-After: %d\r\nContent-Length: 2\r\n\r\nno" % seconds


async def test_what_waits_in_the_queue_honours_a_retry_after_that_arrives_meanwhile() -> None:
    times: list[float] = []
    into: list[Reply] = []
    async with listening(noting(times, waits(1))) as server:
        looks = driver(only(("127.0.0.1", server.port)), rate=20.0)
        await looks.look(asks(Together((GET,) * 4), into=into), target(server), KEY, LIMITS)
    assert len(times) == 4
    assert times[1] - times[0] >= 0.95, "a request that was queued went out although the host asked for patience"
    # Behind the wait they keep the pace: a busy machine delivers some late, and none before its turn.
    assert times[3] - times[0] >= 0.95 + 2 / 20.0, times


async def test_what_would_wait_longer_than_its_look_is_not_asked() -> None:
    times: list[float] = []
    into: list[Reply] = []
    async with listening(noting(times, waits(600))) as server:
        looks = driver(only(("127.0.0.1", server.port)), rate=20.0)
        begun = time.monotonic()
        limits = Limits(seconds=100, timeouts=QUICK)
        await looks.look(asks(Together((GET,) * 4), into=into), target(server), KEY, limits)
        assert time.monotonic() - begun < 40
    assert len(times) == 1
    told = into[0]
    assert isinstance(told, tuple)
    assert [type(one) for one in told] == [Response, NoAnswer, NoAnswer, NoAnswer]
    assert {one.why for one in told if isinstance(one, NoAnswer)} == {NoAnswerReason.TOLD_TO_WAIT}


async def test_a_survey_and_looks_share_the_turns_of_their_host_and_its_wishes() -> None:
    times: list[float] = []
    async with listening(noting(times)) as server:
        pace = Pace()
        looks = driver(only(("127.0.0.1", server.port)), pace, rate=10.0)
        pace.set(KEY, 20.0, 4, Work.SURVEY)
        async with Pages(looks, target(server), KEY, SurveyBudget(timeouts=QUICK)) as pages:
            first = begun = time.monotonic()
            await asyncio.gather(
                looks.look(asks(*(GET,) * 5), target(server), KEY, LIMITS), *(pages.read(GET) for _ in range(10))
            )
            # Five turns of a tenth and ten of a twentieth, less the one that ends nothing.
            assert time.monotonic() - begun >= 0.9
            pace.hold(KEY, 0.5)
            begun = time.monotonic()
            await pages.read(GET)
            assert time.monotonic() - begun >= 0.45
    # A machine that is busy delivers some late, and none before its turn.
    assert all(at - first >= 0.05 * number - 0.02 for number, at in enumerate(times)), times


@pytest.mark.parametrize(("status", "others"), [("503 Service Unavailable", 1), ("429 Too Many Requests", 0)])
async def test_one_site_out_of_service_leaves_the_others_of_its_host_and_too_many_requests_none(
    status: str, others: int
) -> None:
    times: list[float] = []
    wait = f"HTTP/1.1 {status}\r\nRetry-After: 600\r\nContent-Length: 2\r\n\r\nno".encode()
    async with listening(noting([], wait)) as ill, listening(noting(times)) as well:
        looks = driver(only(("127.0.0.1", ill.port), ("127.0.0.1", well.port)))
        await looks.look(asks(GET), target(ill), KEY, LIMITS)
        into: list[Reply] = []
        await looks.look(asks(GET, into=into), target(ill), KEY, LIMITS)
        assert [one.why for one in into if isinstance(one, NoAnswer)] == [NoAnswerReason.TOLD_TO_WAIT]
        await looks.look(asks(GET), target(well), KEY, LIMITS)
    assert len(times) == others


async def test_a_survey_that_is_told_to_wait_stops_the_looks() -> None:
    times: list[float] = []
    async with listening(noting(times, waits(600))) as server:
        pace = Pace()
        looks = driver(only(("127.0.0.1", server.port)), pace)
        pace.set(KEY, 1000.0, 4, Work.SURVEY)
        into: list[Reply] = []
        async with Pages(looks, target(server), KEY, SurveyBudget(timeouts=QUICK)) as pages:
            await pages.read(GET)
            await looks.look(asks(GET, into=into), target(server), KEY, LIMITS)
    assert len(times) == 1
    assert [one.why for one in into if isinstance(one, NoAnswer)] == [NoAnswerReason.TOLD_TO_WAIT]


async def _most_at_once(pace: Pace, count: int, go_on: asyncio.Event | None = None) -> int:
    """How many have a turn at one time; each holds it for a moment, or until they may go on."""
    under = most = 0

    async def work() -> None:
        nonlocal under, most
        async with pace.turn(KEY, asyncio.get_running_loop().time() + 60):
            under += 1
            most = max(most, under)
            await (asyncio.sleep(0.01) if go_on is None else go_on.wait())
            under -= 1

    await asyncio.gather(*(work() for _ in range(count)))
    return most


async def test_a_changed_concurrency_takes_effect_at_once() -> None:
    pace = Pace()
    for limit in (4, 1, 3):
        pace.set(KEY, 1e6, limit)
        assert await _most_at_once(pace, 12) == limit
    # Also for those who wait already.
    pace.set(KEY, 1e6, 1)
    go_on = asyncio.Event()
    waiting = asyncio.create_task(_most_at_once(pace, 12, go_on))
    await asyncio.sleep(0.02)
    pace.set(KEY, 1e6, 5)
    await asyncio.sleep(0.02)
    go_on.set()
    assert await waiting == 5


async def test_who_gives_up_waiting_takes_no_slot_along() -> None:
    pace = Pace()
    pace.set(KEY, 1e6, 2)
    for when in (0.0, 0.005, 0.01, 0.015):
        tasks = [asyncio.create_task(_most_at_once(pace, 3)) for _ in range(4)]
        await asyncio.sleep(when)
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert await asyncio.wait_for(_most_at_once(pace, 6), 40) == 2


async def test_a_look_that_is_cancelled_while_a_thread_reads_its_page_ends(caplog: pytest.LogCaptureFixture) -> None:
    reading, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def slow(_: WebTarget) -> Dialogue:
        try:
            yield from one(Request("GET", "/", 1 << 20))
            reading.set()
            go_on.wait(60)
            yield from one(GET)
        finally:
            closed.set()
        return ()

    async def heavy(talk: Talk) -> None:
        while await talk.hear() is not None:
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + bytes(200_000))

    async with listening(heavy) as server:
        looks = driver(only(("127.0.0.1", server.port)))
        task = asyncio.create_task(looks.look(probe(slow), target(server), KEY, LIMITS))
        await asyncio.to_thread(reading.wait, 40)
        task.cancel()
        with caplog.at_level(logging.DEBUG), pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 40)
        assert not closed.is_set(), "the thread still reads"
        go_on.set()
        assert await asyncio.to_thread(closed.wait, 40), "the dialogue was not ended by its thread"
    assert not caplog.records


async def test_who_says_too_many_requests_is_left_alone_and_others_at_its_address_for_a_minute() -> None:
    pace = Pace()
    pace.set(KEY, 100.0, 2)
    said, tls, twin = "http://a.test:80@192.0.2.1", "https://a.test:443@192.0.2.1", "https://b.test:443@192.0.2.1"
    other = "http://a.test:80@192.0.2.2"
    pace.too_many(KEY, 600, said)
    assert [pace.held(KEY, at) > 590 for at in (said, tls, twin, other)] == [True, True, False, False]
    assert 50 < pace.held(KEY, twin) <= OTHERS, "who shares an address with a hostile site is seen again in a minute"
    assert pace.held(KEY, other) == 0, "another machine said nothing"
    assert pace.held(KEY) > 590, "whoever asks for the host as a whole waits for each of its names"
    assert pace.held(KEY, names=("a.test",)) > 590 > OTHERS >= pace.held(KEY, names=("b.test",)) > 50
    soon = asyncio.get_running_loop().time() + 1
    async with pace.turn(KEY, soon, endpoint=other) as granted:
        assert granted
    async with pace.turn(KEY, soon, endpoint=twin) as granted:
        assert not granted
    pace.hold(KEY, 600, "//b.test")
    assert pace.held(KEY, twin) > 590, "what is said of a name holds wherever it is"


async def test_a_bucket_that_says_too_many_requests_keeps_us_from_others_for_a_minute() -> None:
    pace = Pace()
    pace.set(KEY, 100.0, 2)
    pace.too_many(KEY, 600, "s3+https://bucket.example")
    assert pace.held(KEY, "s3+https://bucket.example") > 590
    assert 50 < pace.held(KEY, "s3+https://other.example") <= OTHERS
