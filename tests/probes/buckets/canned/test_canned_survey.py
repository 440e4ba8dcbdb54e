"""A bucket that was found open is measured where it was found: in its region, below its prefix, to the last key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.service.application import Application
from monitor.store.tables import surveys
from monitor.surveys.bucket import enumeration
from probes.facts import FactKind
from tests.monitor.network.rounds import application
from tests.probes.buckets.canned.looks import Said, of_one
from tests.probes.buckets.canned.test_canned_life import AT, Clock
from tests.servers.canned_s3 import Amazon, first_version
from tests.servers.canned_store import (
    Asked,
    Bucket,
    CannedStore,
    Provider,
    Says,
    at_home,
    decent,
    html,
    recordings,
)
from tests.servers.canned_stores import Microsoft

COUNT = 730
GLOBAL, NORTH, WEST = "s3.amazonaws.com", "s3.eu-north-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"
AWS: Said = {"provider": "aws", "name": "calls"}
QUICK = {"survey": {"pace": 5000, "automatic": False}}


@asynccontextmanager
async def watched(provider: Provider, said: Said, folder: Path) -> AsyncIterator[tuple[CannedStore, Application]]:
    """A store at home, and the program that looks at one bucket of it."""
    async with (
        at_home(provider) as store,
        application(of_one(said, store.address, defaults=QUICK), folder / "leftopen.db", Clock()) as app,
    ):
        yield store, app
        decent(store.asked)


async def opened(app: Application) -> Finding:
    """What one round found."""
    done = await app.round()
    assert done.blind is None
    (found,) = await app.ledger(lambda ledger: ledger.findings())
    return found


async def measured(app: Application, store: CannedStore) -> tuple[SurveyResult, list[Asked]]:
    """What one survey of it came to, and what it asked."""
    (found,) = await app.ledger(lambda ledger: ledger.findings())
    before = len(store.asked)
    surveyed = await app.survey(found)
    assert surveyed is not None
    return surveyed, store.asked[before:]


def exactly(surveyed: SurveyResult, bucket: Bucket, prefix: str = "") -> None:
    """Insist that every key below a prefix was counted, and once."""
    mine = Bucket([key for key in bucket.keys if key.startswith(prefix)])
    assert surveyed.partial == ()
    assert (surveyed.tally.files, surveyed.tally.size) == (len(mine.keys), mine.sizes)


@pytest.mark.parametrize("where", AT)
async def test_every_page_of_every_store_is_counted(where: str, tmp_path: Path) -> None:
    said, made, region = AT[where]
    bucket = Bucket(recordings(COUNT), region, page=70)
    async with watched(made(bucket), said, tmp_path) as (store, app):
        found = await opened(app)
        surveyed, asked = await measured(app, store)
        (on_file,) = await app.ledger(lambda ledger: ledger.findings())
    exactly(surveyed, bucket)
    assert found.extent.files < COUNT
    assert len(asked) >= COUNT // 70
    assert len({one.host for one in asked}) == 1
    assert on_file.reach is not None
    assert on_file.reach.files == COUNT


@pytest.mark.parametrize(
    "state", ["", "silent redirect", "307", "IllegalLocationConstraintException"]
)  # fmt: skip
@pytest.mark.parametrize("region", ["", "eu-west-1"])
async def test_a_bucket_is_measured_in_the_region_that_it_lies_in(state: str, region: str, tmp_path: Path) -> None:
    bucket = Bucket(recordings(COUNT), "eu-north-1", page=200, state=state)
    said = {**AWS, "region": region or None}
    async with watched(Amazon({"calls": bucket}), said, tmp_path) as (store, app):
        found = await opened(app)
        surveyed, asked = await measured(app, store)
    assert FactKind.ASKED_AT in [fact.kind for fact in found.facts]
    exactly(surveyed, bucket)
    assert {one.host for one in asked} == {NORTH}


async def test_a_bucket_that_has_moved_is_measured_where_it_lies_now(tmp_path: Path) -> None:
    bucket = Bucket(recordings(COUNT), "eu-north-1", page=200)
    async with watched(Amazon({"calls": bucket}), AWS, tmp_path) as (store, app):
        await opened(app)
        for region, host in (("eu-west-1", WEST), ("eu-north-1", NORTH), ("eu-west-1", WEST)):
            bucket.region = region
            await opened(app)
            surveyed, asked = await measured(app, store)
            exactly(surveyed, bucket)
            assert {one.host for one in asked} == {host}


@pytest.mark.parametrize("where", ["aws", "wasabi", "gcs"])
async def test_what_lists_below_a_prefix_alone_is_measured_there(where: str, tmp_path: Path) -> None:
    said, made, region = AT[where]
    bucket = Bucket([*recordings(300), *recordings(200, "å b+c")], region, lists=False, prefixes=("å b+c/",), page=70)
    async with watched(made(bucket), {**said, "prefixes": ["å b+c/"]}, tmp_path) as (store, app):
        await opened(app)
        surveyed, asked = await measured(app, store)
    exactly(surveyed, bucket, "å b+c/")
    assert {one.query["prefix"] for one in asked if one.query} == {"å b+c/"}


async def test_a_prefix_that_is_not_printable_is_measured_too(tmp_path: Path) -> None:
    prefix = "calls of\u200bours/"
    bucket = Bucket([f"{prefix}{n}.wav" for n in range(120)], "eu-north-1", lists=False, prefixes=(prefix,), page=70)
    async with watched(Amazon({"calls": bucket}), {**AWS, "prefixes": [prefix]}, tmp_path) as (store, app):
        await opened(app)
        surveyed, asked = await measured(app, store)
    exactly(surveyed, bucket)
    assert {one.query["prefix"] for one in asked if one.query} == {prefix}


async def test_a_bucket_that_was_half_closed_is_measured_below_what_is_left(tmp_path: Path) -> None:
    bucket = Bucket([*recordings(100, "a"), *recordings(60, "b")], "eu-north-1", page=70)
    async with watched(Amazon({"calls": bucket}), {**AWS, "prefixes": ["b/"]}, tmp_path) as (store, app):
        await opened(app)
        exactly((await measured(app, store))[0], bucket)
        bucket.lists, bucket.prefixes = False, ("b/",)
        await opened(app)
        surveyed, _ = await measured(app, store)
    exactly(surveyed, bucket, "b/")


async def test_several_open_prefixes_are_all_counted(tmp_path: Path) -> None:
    bucket = Bucket([*recordings(90, "a"), *recordings(60, "b"), *recordings(9, "c")], "eu-north-1", lists=False)
    bucket.prefixes = ("a/", "b/", "a/2019/")
    said = {**AWS, "prefixes": ["a/", "a/2019/", "b/", "c/"]}
    async with watched(Amazon({"calls": bucket}), said, tmp_path) as (store, app):
        await opened(app)
        surveyed, _ = await measured(app, store)
    mine = [key for key in bucket.keys if key.startswith(("a/", "b/"))]
    assert surveyed.partial == ()
    assert (surveyed.tally.files, surveyed.tally.folders) == (150, len(folders(mine)))


async def test_several_prefixes_go_on_where_a_budget_ended(tmp_path: Path) -> None:
    bucket = Bucket([*recordings(300, "a"), *recordings(200, "b")], "eu-north-1", lists=False, page=50)
    bucket.prefixes = ("a/", "b/")
    said = {**AWS, "prefixes": ["a/", "b/"]}
    async with watched(Amazon({"calls": bucket}), said, tmp_path) as (store, app):
        await opened(app)
        parts = []
        for _ in range(9):
            app.inventory = of_one(said, store.address, defaults={"survey": {**QUICK["survey"], "requests": 5}})
            surveyed, _ = await measured(app, store)
            parts.append(surveyed.tally.files)
            if not surveyed.partial:
                break
    assert parts == sorted(parts)
    assert len(parts) > 2
    assert (surveyed.partial, surveyed.tally.files) == ((), 500)


def folders(keys: list[str]) -> set[str]:
    """Every folder that keys lie in."""
    return {key[: at + 1] for key in keys for at, char in enumerate(key) if char == "/"}


async def test_a_front_is_measured_at_the_front(tmp_path: Path) -> None:
    # What lies behind is closed since, or was moved: what is open is the owner's own name, and that is what is counted.
    bucket, front = Bucket(recordings(COUNT), "eu-north-1", page=200), "media.owner.example"
    home = Amazon({"calls": bucket})
    shut = False

    def fronted(asked: Asked) -> Says | None:
        if asked.host == front:
            return home.says(Asked(asked.method, NORTH, f"/calls{asked.path}", asked.query, asked.headers, asked.tls))
        return html(403) if shut else None

    said = {**AWS, "domain": f"https://{front}/"}
    async with watched(home, said, tmp_path) as (store, app):
        store.fault = fronted
        await app.round()
        shut = True
        assert isinstance(app.now, Clock)
        app.now.at += timedelta(hours=1)
        await app.round()
        (found,) = [one for one in await app.ledger(lambda ledger: ledger.findings()) if one.kind == "bucket"]
        before = len(store.asked)
        surveyed = await app.survey(found)
        asked = store.asked[before:]
    assert surveyed is not None
    exactly(surveyed, bucket)
    assert {one.host for one in asked} == {front}


STORE: Said = {"endpoint": "https://store.example", "name": "calls"}


@pytest.mark.parametrize("encodes", [True, False])
@pytest.mark.parametrize("newer", [True, False])
async def test_a_store_of_the_older_way_or_without_encoding_is_counted_whole(
    tmp_path: Path, *, encodes: bool, newer: bool
) -> None:
    # Without encoding a control character makes a page that is no XML; its key is counted all the same.
    bucket = Bucket([*recordings(COUNT), "recordings/x\x01y.wav", "a/call 1.wav", "a/call+1.wav", "z%41.wav"], page=70)
    home = first_version("store.example", calls=bucket)
    home.first_version_alone = not newer

    def plain(asked: Asked) -> Says | None:
        left = {name: value for name, value in asked.query.items() if name != "encoding-type"}
        return None if encodes else home.says(replace(asked, query=left))

    async with watched(home, STORE, tmp_path) as (store, app):
        store.fault = plain
        await opened(app)
        surveyed, _ = await measured(app, store)
    exactly(surveyed, bucket)


@pytest.mark.parametrize("path", ["", "/calls"])
async def test_a_domain_of_an_account_of_microsoft_s_is_measured_at_the_domain(path: str, tmp_path: Path) -> None:
    bucket, front = Bucket(recordings(COUNT), page=200), "media.owner.example"
    home = Microsoft({"recordings": {"calls": bucket}})
    account = "recordings.blob.core.windows.net"

    def fronted(asked: Asked) -> Says | None:
        return home.says(replace(asked, host=account)) if asked.host == front else html(403)

    said = {"provider": "azure", "name": "calls", "account": "recordings", "domain": f"https://{front}{path}/"}
    async with watched(home, said, tmp_path) as (store, app):
        store.fault = fronted
        found = await opened(app)
        before = len(store.asked)
        surveyed = await app.survey(found)
        asked = store.asked[before:]
    assert surveyed is not None
    exactly(surveyed, bucket)
    assert {one.path for one in asked if one.query} == {"/calls"}
    assert {one.path.split("/")[1] for one in asked} == {"calls"}


@pytest.mark.parametrize("where", ["aws", "gcs", "oci", "azure", "swift"])
async def test_a_survey_that_is_broken_off_goes_on(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "BATCH_SECONDS", 0.02)
    said, made, region = AT[where]
    bucket = Bucket(recordings(COUNT), region, page=20)
    async with watched(made(bucket), said, tmp_path) as (store, app):
        found = await opened(app)
        store.slow = 0.03
        running = asyncio.create_task(app.survey(found))
        while not (await app.ledger(lambda ledger: _waiting(ledger, found.id))) and not running.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        broken = await app.ledger(lambda ledger: surveys.unfinished(ledger, found.id))
        store.slow = 0.0
        surveyed, asked = await measured(app, store)
    assert broken is not None
    assert surveyed.survey == broken.survey
    exactly(surveyed, bucket)
    assert surveyed.asks > len(asked)


async def test_what_was_read_of_the_whole_is_no_part_of_what_is_left(tmp_path: Path) -> None:
    bucket = Bucket([*recordings(400, "a"), *recordings(300, "b")], "eu-north-1", page=70)
    said = {**AWS, "prefixes": ["b/"]}
    async with watched(Amazon({"calls": bucket}), said, tmp_path) as (store, app):
        app.inventory = of_one(said, store.address, defaults={"survey": {**QUICK["survey"], "requests": 6}})
        await opened(app)
        broken, _ = await measured(app, store)
        assert any("budget" in why for why in broken.partial)
        assert 0 < broken.tally.files < 700

        bucket.lists, bucket.prefixes = False, ("b/",)
        app.inventory = of_one(said, store.address, defaults=QUICK)
        await opened(app)
        surveyed, _ = await measured(app, store)
    exactly(surveyed, bucket, "b/")
    assert surveyed.survey != broken.survey


def _waiting(ledger: Any, id_: str) -> bool:
    unfinished = surveys.unfinished(ledger, id_)
    return unfinished is not None and bool(unfinished.waiting)


async def test_a_store_that_slows_a_survey_down_is_waited_for_and_counted_to_the_end(tmp_path: Path) -> None:
    bucket, turns = Bucket(recordings(COUNT), "eu-north-1", page=70), 0
    async with watched(Amazon({"calls": bucket}), AWS, tmp_path) as (store, app):
        await opened(app)

        def busy(asked: Asked) -> Says | None:
            nonlocal turns
            turns += 1
            return Says(503, "<Error><Code>SlowDown</Code></Error>", {"Retry-After": "1"}) if turns == 4 else None

        store.fault = busy
        surveyed, _ = await measured(app, store)
    exactly(surveyed, bucket)
    assert surveyed.seconds >= 1
