"""Parts of the service fail alone, are tried again after a pause, and stand in health while they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from monitor.service import supervisor
from monitor.service.supervisor import Part, PartFailed, Supervisor
from monitor.store.ledger import LedgerUnusable
from tests.waiting import until_async


class Counting:
    """A part that fails its first `fails` steps."""

    def __init__(self, error: Exception | None = None, fails: int = 0, wait: float = 0.01) -> None:
        self.steps = 0
        self._error = error
        self._fails = fails
        self._wait = wait

    async def step(self) -> float:
        self.steps += 1
        if self._error is not None and self.steps <= self._fails:
            raise self._error
        return self._wait


@pytest.fixture(autouse=True)
def _short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 0.05)
    monkeypatch.setattr(supervisor, "SETTLED", 0.05)


async def running(parts: list[Part], until: Callable[[], bool]) -> tuple[list[tuple[str, str]], Supervisor]:
    noted: list[tuple[str, str]] = []

    async def record(part: str, why: str) -> None:
        noted.append((part, why))

    stop = asyncio.Event()
    one = Supervisor(parts, stop, record)
    task = asyncio.create_task(one.run())
    await until_async(until, "they run as often as the test asks")
    stop.set()
    await asyncio.wait_for(task, 40)
    return noted, one


@pytest.mark.parametrize(
    "error", [PartFailed("no port"), LedgerUnusable("disk full"), RuntimeError("a bug"), OSError("x")]
)
async def test_a_part_that_fails_stops_no_other_and_is_tried_again(error: Exception) -> None:
    broken, whole = Counting(error, fails=2), Counting()
    noted, _ = await running(
        [Part("broken", broken.step), Part("whole", whole.step)], lambda: broken.steps > 3 and whole.steps > 10
    )
    assert [part for part, _ in noted] == ["broken", "broken"], "said when it fails and when it works, not each time"
    assert noted[0][1]
    assert noted[1][1] == ""


async def test_the_same_fault_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    broken = Counting(PartFailed("acknowledge.listen: taken"), fails=100)
    with caplog.at_level(logging.ERROR):
        await running([Part("page", broken.step)], lambda: broken.steps > 2)
    assert len([one for one in caplog.records if "acknowledge.listen" in one.getMessage()]) == 1


@pytest.mark.parametrize("vital", [True, False])
async def test_only_a_vital_part_makes_the_service_unwell(vital: bool) -> None:
    broken = Counting(PartFailed("no"), fails=100)
    _, one = await running([Part("broken", broken.step, vital=vital)], lambda: broken.steps > 1)
    assert one.well is not vital


async def test_an_endless_part_is_well_again_once_it_runs_and_ends_by_itself() -> None:
    stopped = asyncio.Event()
    ended, runs = [], 0

    async def send() -> float:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise OSError("No space left on device")
        await asyncio.wait_for(stopped.wait(), 40)
        ended.append("ended")
        return 0.0

    noted: list[tuple[str, str]] = []

    async def record(part: str, why: str) -> None:
        noted.append((part, why))

    one = Supervisor([Part("sending", send, vital=True, endless=True)], stopped, record)
    task = asyncio.create_task(one.run())
    await until_async(lambda: len(noted) == 2, "that it works again is said")
    assert one.well
    assert [why == "" for _, why in noted] == [False, True]
    stopped.set()
    await asyncio.wait_for(task, 40)
    assert ended == ["ended"], "what it is at is finished, not broken off"


async def test_a_part_is_tried_again_as_soon_as_the_ledger_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 3600.0)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    full, stop, tries = True, asyncio.Event(), 0
    written: list[str] = []

    async def record(part: str, why: str) -> None:
        if full:
            raise LedgerUnusable("the disk is full")
        written.append(why)

    async def look() -> float:
        nonlocal tries
        tries += 1
        await record("looks", "")
        return 3600.0

    task = asyncio.create_task(Supervisor([Part("looks", look)], stop, record).run())
    # Each pause is twice as long as the last one: a tenth would take five seconds.
    await until_async(lambda: tries >= 6, "it is tried again and again, less and less often")
    full = False
    await until_async(lambda: "" in written, "it works soon after, however long the pause had become", 40)
    assert written[0] == "the disk is full", "what could not be written then is on file"
    stop.set()
    await asyncio.wait_for(task, 40)


async def test_a_part_that_goes_on_failing_is_tried_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 3600.0)
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    times: list[float] = []

    async def step() -> float:
        times.append(asyncio.get_running_loop().time())
        if len(times) % 2:
            return 0.0  # it works in between
        raise PartFailed("no")

    await running([Part("broken", step)], lambda: len(times) >= 12)
    pauses = [after - before for before, after in zip(times[1::2], times[2::2], strict=False)]
    assert pauses[-1] >= 0.01 * 2 ** (len(pauses) - 1)


async def test_a_part_is_called_at_once_when_it_is_woken() -> None:
    slow = Counting(wait=60)
    stop = asyncio.Event()

    async def record(part: str, why: str) -> None:
        raise LedgerUnusable("nor can this be written")

    one = Supervisor([Part("slow", slow.step)], stop, record)
    task = asyncio.create_task(one.run())
    await until_async(lambda: slow.steps == 1, "it runs")
    one.wake("slow")
    await until_async(lambda: slow.steps == 2, "it is called when it is woken", 40)
    stop.set()
    await asyncio.wait_for(task, 40)
