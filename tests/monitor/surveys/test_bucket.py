"""A bucket's survey on file: resumed after a kill, compared with the last one, its names sealed, its rows few."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.network.survey.conversation import SurveyBudget
from monitor.network.transport import Timeouts
from monitor.store.ledger import Ledger
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables import surveys
from monitor.store.tables.rounds import RoundKind
from monitor.surveys.bucket import enumeration
from monitor.surveys.bucket.prefixes import MOST
from monitor.surveys.bucket.run import survey_bucket
from monitor.surveys.run import Terms
from monitor.surveys.web import crawl
from probes.api import Dialect
from tests.monitor.store.builders import put
from tests.monitor.surveys.buckets import Store, driver, listing, seen, serving
from tests.monitor.surveys.builders import raw_bytes
from tests.monitor.surveys.test_keys import LAYOUTS, folders
from tests.waiting import until_async

T = TypeVar("T")
KEYS = LAYOUTS["tree"][:3000]
ROOM = SurveyBudget(5000, 1 << 30, 60, Timeouts(5, 10, 20))


class House:
    """A ledger with one finding, and surveys of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "leftopen.db")
        store_rounds.begin(self.ledger, "r1", RoundKind.ROUND, datetime.now(UTC), "internet", "digest")
        self.finding: Finding = put(self.ledger)

    async def on_ledger(self, work: Callable[[Ledger], T]) -> T:
        await asyncio.sleep(0)
        return work(self.ledger)

    async def survey(self, store: Store, budget: SurveyBudget = ROOM, most: int = 8, **how: Any) -> SurveyResult:
        terms = Terms(budget, "store", most, ("Region Exempel",))
        return await survey_bucket(self.finding, store.target, driver(most), self.on_ledger, terms, **how)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_what_it_comes_to(house: House) -> None:
    store = Store(KEYS)
    progress: list[Any] = []
    async with serving(store):
        found = await house.survey(store, on_progress=progress.append)
    assert (found.tally.files, found.tally.folders, found.tally.calls) == (3000, folders(KEYS), 3000)
    assert found.tally.size == sum(store.sizes.values())
    assert found.partial == ()
    assert found.new_files is None
    assert found.asks == len(store.asked)
    assert len(found.largest) == 10
    assert progress[-1].files == 3000
    assert progress[-1].waiting == 0
    on_file = surveys.latest(house.ledger, house.finding.id)
    assert on_file is not None
    assert (on_file.tally, on_file.largest) == (found.tally, found.largest)
    rows = surveys.folders(house.ledger, house.finding.id)
    assert sum(row.tally.files for _, row in rows.values()) == 3000
    raw = raw_bytes(house.folder)
    assert b"recordings/2015" not in raw
    assert b".wav" not in raw


async def test_growth_by_folder(house: House) -> None:
    async with serving(Store(KEYS)) as store:
        await house.survey(store)
        again = await house.survey(store)
        assert (again.new_files, again.new_folders) == (0, 0)
        more = [b"recordings/2015/01/01/new.wav", b"recordings/2020/01/01/a.wav", b"recordings/2020/01/01/b.wav"]
        store.keys = sorted([*KEYS[5:], *more])
        store.sizes |= dict.fromkeys(more, 1)
        grown = await house.survey(store)
    assert grown.new_folders == 1
    # The five that are gone and the one that came lie in one folder or in several: removed and added cancel out there.
    assert 2 <= (grown.new_files or 0) <= 3
    assert grown.tally.files == 2998


async def test_more_folders_than_are_told_apart(house: House) -> None:
    deep = [f"a/{n % 50:02d}/{n}/call.wav".encode() for n in range(MOST + 500)]
    async with serving(Store(deep, page=1000)) as store:
        first = await house.survey(store)
        assert first.tally.folders == folders(deep)
        assert len(surveys.folders(house.ledger, house.finding.id)) == 50
        store.keys = sorted([*store.keys, b"a/07/new/call.wav"])
        store.sizes[b"a/07/new/call.wav"] = 1
        again = await house.survey(store)
    assert (again.new_files, again.new_folders) == (1, 0)


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_a_budget_ends_it_and_it_goes_on(house: House, dialect: Dialect) -> None:
    budget = SurveyBudget(7, 1 << 30, 60, Timeouts(5, 10, 20))
    async with serving(Store(KEYS, dialect)) as store:
        found = await house.survey(store, budget)
        assert any("budget ended: 7 requests" in why for why in found.partial)
        turns = 1
        while found.partial and turns < 100:
            before = found.tally.files
            found = await house.survey(store, budget)
            assert found.tally.files >= before
            turns += 1
    assert found.partial == ()
    assert found.tally.files == 3000
    assert found.tally.size == sum(store.sizes.values())
    assert 4 < turns < 90
    assert b"recordings/" not in raw_bytes(house.folder)


async def test_bytes_and_seconds_end_it_too(house: House) -> None:
    async with serving(Store(KEYS, delay=0.01)) as store:
        found = await house.survey(store, SurveyBudget(5000, 200_000, 60, Timeouts(5, 10, 20)))
        assert any("budget ended" in why and "bytes" in why for why in found.partial)
        found = await house.survey(store, SurveyBudget(5000, 1 << 30, 0.05, Timeouts(5, 10, 20)))
        assert any("budget ended" in why for why in found.partial)
        found = await house.survey(store)
    assert (found.partial, found.tally.files) == ((), 3000)


async def test_begun_anew_where_that_is_wanted(house: House) -> None:
    async with serving(Store(KEYS)) as store:
        await house.survey(store, SurveyBudget(7, 1 << 30, 60, Timeouts(5, 10, 20)))
        asked = len(store.asked)
        found = await house.survey(store, whole=True)
    assert (found.partial, found.tally.files) == ((), 3000)
    assert found.asks == len(store.asked) - asked


@pytest.mark.parametrize("state", ['{"is": "service"}', '{"waiting": []}'])
async def test_what_another_kind_of_survey_left_is_not_resumed(house: House, state: str) -> None:
    # The place showed folders, and shows a bucket now.
    number = surveys.begin(house.ledger, house.finding.id, datetime.now(UTC))
    surveys.progress(house.ledger, house.finding.id, number, (), state)
    async with serving(Store(KEYS)) as store:
        found = await house.survey(store)
    assert (found.tally.files, found.partial) == (3000, ())
    assert found.survey != number


async def test_the_last_survey_parts_the_next(house: House) -> None:
    async with serving(Store(KEYS, delay=0.005)) as store:
        await house.survey(store)
        before = len(store.asked)
        await house.survey(store)
        first = [one.get("start-after", b"") for one in store.asked[before : before + 4]]
    assert len(set(first)) == 4


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dialect", [Dialect.S3, Dialect.SWIFT, Dialect.AZURE])
async def test_killed_at_any_moment_nothing_is_counted_twice(
    seed: int, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "BATCH_SECONDS", 0.01)
    chance = random.Random(seed)
    store = Store(KEYS, dialect, delay=0.004)
    left = None
    async with serving(store):
        for life in range(101):
            states: list[dict[str, Any]] = []
            async with listing(store, left=left, states=states) as one:
                running = asyncio.create_task(one.run())
                # The last is left to itself: on a busy machine each of the others comes to little.
                done, _ = await asyncio.wait([running], timeout=chance.uniform(0.02, 0.12) if life < 100 else None)
                if done:
                    running.result()
                    break
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            left = states[-1] if states else left
    assert one.partial == ()
    assert seen(one) == sorted(KEYS)
    assert one.tally.size == sum(store.sizes.values())
    assert one.tally.folders == folders(KEYS)


def _waits(house: House) -> bool:
    begun = surveys.unfinished(house.ledger, house.finding.id)
    return begun is not None and bool(begun.waiting)


async def test_the_waiting_ones_are_sealed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "BATCH_SECONDS", 0.01)
    assert crawl.BATCH_SECONDS == 1.0
    async with serving(Store(KEYS, delay=0.01)) as store:
        running = asyncio.create_task(house.survey(store))
        await until_async(lambda: _waits(house), "a part of it is on file")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        resumed = surveys.unfinished(house.ledger, house.finding.id)
        assert resumed is not None
        assert resumed.waiting
        assert b"recordings/" not in raw_bytes(house.folder)
        found = await house.survey(store)
    assert (found.partial, found.tally.files, found.survey) == ((), 3000, resumed.survey)


async def test_a_million_keys_are_less_than_five_megabytes(house: House) -> None:
    house.ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    before = len(raw_bytes(house.folder))
    # As many folders as are told apart, which is all that the rows hang on.
    wide = [f"recordings/{n:05d}/in-{n}.wav".encode() for n in range(MOST)]
    async with serving(Store(wide, page=1000)) as store:
        await house.survey(store)
        await house.survey(store)
    house.ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert len(surveys.folders(house.ledger, house.finding.id)) == MOST
    assert len(raw_bytes(house.folder)) - before < 5_000_000


async def test_a_ledger_that_fails_is_said(house: House) -> None:
    async def broken(work: Callable[[Ledger], Any], turns: list[int]) -> Any:
        turns[0] += 1
        if turns[0] > 5:
            raise OSError("no room")
        return work(house.ledger)

    async with serving(Store(KEYS)) as store:
        terms = Terms(ROOM, "store", 8, ())
        on_ledger: Callable[[Callable[[Ledger], Any]], Awaitable[Any]] = partial(broken, turns=[0])
        with pytest.raises(OSError, match="no room"):
            await survey_bucket(house.finding, store.target, driver(8), on_ledger, terms)
