"""What a look proves is on file, and owed, before the rest of the look is answered; the look itself then counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.observation import Observation
from monitor.findings.reasons import Cause
from monitor.network.budget import Limits
from monitor.proof.log.database import compare
from monitor.rounds import run
from monitor.rounds.run import CONTROL_KEY, ControlPair, Job, run_round
from monitor.service.application import Application
from monitor.store.rows import read_record
from probes.api import Certainty, Clear, Exposed, Known, Unknown
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.requests.http import Ask, Proven
from probes.web._once_open import News
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import KEY, driver, only, target
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import SOUND, Disk
from tests.servers.raw import Raw, Serve, Talk, listening
from tests.waiting import until_async

CLOSED = Disk({})
LATER = "/later/"


def patient(disk: Disk, goes_on: asyncio.Event) -> Serve:
    """A disk that answers for `LATER`, and what is below it, when it may."""

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            if hit.path.startswith(LATER):
                await goes_on.wait()
            await talk.say(disk.answer(hit))

    return serve


def declared(nas: Raw, opened: Raw, closed: Raw, *more: str) -> Any:
    paths = [*more, LATER]
    return inventory(
        {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [nas.port], "paths": paths},
        channels=[{"id": "vendor", "party": "vendor", "url": "env:VENDOR"}],
        controls={
            "open": {"address": opened.host, "port": opened.port, "host": "open.test"},
            "closed": {"address": closed.host, "port": closed.port, "host": "closed.test"},
        },
    )


@asynccontextmanager
async def house(tmp_path: Path, goes_on: asyncio.Event) -> AsyncIterator[Application]:
    async def closes(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(CLOSED.answer(hit))

    async def opens(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(Disk().answer(hit))

    async with (
        listening(patient(Disk(), goes_on)) as nas,
        listening(opens) as opened,
        listening(closes) as closed,
        application(declared(nas, opened, closed), tmp_path / "a.db") as app,
    ):
        yield app


async def rows(app: Application, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await app.ledger(lambda ledger: ledger.rows(sql))]


async def owed(app: Application) -> list[str]:
    return [row["key"] for row in await rows(app, "SELECT key FROM dues")]


async def test_it_is_owed_while_the_look_goes_on_and_is_told_once(tmp_path: Path) -> None:
    goes_on, said = asyncio.Event(), list[str]()
    async with house(tmp_path, goes_on) as app:
        going = asyncio.create_task(app.round(on_line=lambda line: said.append(line.finding), early=True))
        await until_async(lambda: said, "it is on file")
        assert not going.done()
        assert len(await owed(app)) == 1
        (before,) = await app.ledger(lambda ledger: ledger.findings())
        assert said[0] == before.id
        (proof,) = await rows(app, "SELECT body FROM evidence")
        asked = [one["path"] for one in json.loads(proof["body"])["asked"]]
        assert asked
        assert not [path for path in asked if path.startswith(LATER)]
        goes_on.set()
        done = await asyncio.wait_for(going, 30)
        (finding,) = await app.ledger(lambda ledger: ledger.findings())
        assert (finding.id, finding.sequence) == (before.id, 1)
        assert [one.id for one in done.changed] == [finding.id]
        (line,) = done.recorded.seen.open
        assert line.note is Cause.PROVEN, "counted by the look itself, and shown as what is new"
        assert len(await owed(app)) == 1
        assert len(await rows(app, "SELECT * FROM evidence")) == 1
        looks = await rows(app, "SELECT r.body FROM observations o JOIN records r ON r.id = o.asked ORDER BY o.id")
        whole = [str(read_record(one["body"])) for one in looks]
        assert [LATER in one for one in whole].count(True) == 1, "the look itself has all of its requests"
        (figures,) = await rows(app, "SELECT tasks, asks, exposed FROM rounds")
        assert figures == {"tasks": 2, "asks": done.recorded.asks, "exposed": 1}, "nothing is counted twice"
        assert await rows(app, "SELECT sum(asks) AS asks FROM all_days") == [{"asks": done.recorded.asks}]
        assert (await app.ledger(compare)).differences == ()


async def test_a_look_that_is_broken_off_has_owed_it_and_the_next_does_not_again(tmp_path: Path) -> None:
    goes_on, said = asyncio.Event(), list[str]()
    async with house(tmp_path, goes_on) as app:
        going = asyncio.create_task(app.round(on_line=lambda line: said.append(line.finding), early=True))
        await until_async(lambda: said, "it is on file")
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        (key,) = await owed(app)
        goes_on.set()
        await app.round(early=True)
        assert await owed(app) == [key]
        (finding,) = await app.ledger(lambda ledger: ledger.findings())
        assert finding.sequence == 1


async def test_what_lies_below_a_folder_on_file_is_its_part_early_too(tmp_path: Path) -> None:
    below, said = False, list[str]()
    disk = Disk({"/in-1.wav": SOUND, "/in-2.wav": SOUND, "/calls/in-3.wav": SOUND, "/calls/in-4.wav": SOUND})

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say((disk if below or not hit.path.startswith("/calls/") else CLOSED).answer(hit))

    async def closes(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(CLOSED.answer(hit))

    async def opens(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(Disk().answer(hit))

    async with (
        listening(serve) as nas,
        listening(opens) as opened,
        listening(closes) as closed,
        application(declared(nas, opened, closed, "/calls/"), tmp_path / "a.db") as app,
    ):
        await app.round(early=True)
        (root,) = await app.ledger(lambda ledger: ledger.findings())
        before, below = await owed(app), True
        await app.round(on_line=lambda line: said.append(f"{line.verdict.place} {line.note}"), early=True)
        assert [one.id for one in await app.ledger(lambda ledger: ledger.findings())] == [root.id]
        assert await owed(app) == before
        assert any("/calls/ " in one for one in said)


async def test_nothing_is_owed_early_when_the_control_behind_it_fails(tmp_path: Path) -> None:
    goes_on, looks = asyncio.Event(), 0

    async def lies(talk: Talk) -> None:
        nonlocal looks
        while (hit := await talk.hear()) is not None:
            looks += hit.method == "GET" and hit.path == "/"
            # One look at the control fetches its page twice.
            await talk.say((Disk() if looks <= 2 else CLOSED).answer(hit))

    async def closes(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(CLOSED.answer(hit))

    async with (
        listening(patient(Disk(), goes_on)) as nas,
        listening(lies) as opened,
        listening(closes) as closed,
        application(declared(nas, opened, closed), tmp_path / "a.db") as app,
    ):
        done = await asyncio.wait_for(app.round(early=True), 30)
        assert done.blind
        assert nas.hits
        assert await app.ledger(lambda ledger: ledger.findings()) == ()
        assert not [key for key in await owed(app) if "blind" not in key]


async def test_what_others_prove_within_a_second_is_handed_on_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CONTROL_EVERY", 60.0)
    goes_on, taken = asyncio.Event(), list[list[tuple[str, bool]]]()

    async def take(seen: Sequence[Observation]) -> None:
        taken.append(sorted((one.asset, one.early) for one in seen))
        goes_on.set()

    async def closes(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(CLOSED.answer(hit))

    async with listening(patient(Disk(), goes_on)) as nas, listening(closes) as closed:
        looks = driver(only(*((one.host, one.port) for one in (nas, closed))), at_once=8)
        for key in (CONTROL_KEY, KEY):
            looks.pace.set(key, 1000.0, 8)
        names = [f"nas-{n}.test" for n in range(3)]
        targets = [target(nas, asset=name, host=name, name=name, paths=("/", LATER)) for name in names]
        jobs = tuple(Job(HTTP_LISTING, one, KEY, Limits(seconds=30.0)) for one in targets)
        pair = ControlPair(target(nas), target(closed))
        assert await run_round(jobs, looks, pair, take, take, early=True) is None
    assert taken[0] == [(name, True) for name in names]
    assert sorted(one for some in taken[1:] for one in some) == [(name, False) for name in names]


def news(left: tuple[str, ...], *opened: str, known: tuple[Known, ...] = ()) -> list[Ask]:
    """What is told of places that are proven open, while these paths are left."""
    at = target(Raw("127.0.0.1", 80, False), known=known)
    verdicts = tuple(Exposed(at.place(path), "listing", OpenReason.LISTED) for path in opened)
    return list(News(at).told(verdicts, left))


def test_it_is_told_where_it_is_news_and_something_is_left() -> None:
    (proven,) = news(("/later/",), "/calls/")
    assert isinstance(proven, Proven)
    assert [one.place.path for one in proven.verdicts] == ["/calls/"]
    assert not news((), "/calls/"), "the look ends now"
    assert not news(("/later/",), "/calls/", known=(Known("/calls/", open=True),))
    assert news(("/later/",), "/calls/", known=(Known("/calls/"),)), "it was closed, and is open again"


def test_what_lies_below_a_folder_that_is_left_waits_for_it() -> None:
    """The folder may list itself too, and then it is one finding."""
    assert not news(("/data/",), "/data/calls/")
    assert news(("/data",), "/data/calls/")


def test_what_lies_below_a_folder_that_is_open_is_no_news() -> None:
    """It is a part of that finding, which is on file or follows at the end of the look."""
    assert not news(("/later/",), "/data/calls/", known=(Known("/data/", open=True),))
    assert news(("/later/",), "/data/calls/", known=(Known("/data/"),)), "that one is closed"
    at = target(Raw("127.0.0.1", 80, False))
    weak = Exposed(at.place("/data/"), "listing", OpenReason.LISTED, Certainty.LIKELY)
    proven = Exposed(at.place("/data/calls/"), "listing", OpenReason.LISTED)
    telling = News(at)
    assert not list(telling.told((weak,), ("/data/calls/", "/later/")))
    assert not list(telling.told((proven,), ("/later/",)))
    assert not list(News(at).told((proven, weak), ("/later/",)))
    unseen = Unknown(at.place("/data/"), "listing", NoAnswerReason.TIMED_OUT)
    telling = News(replace(at, known=(Known("/data/"),)))
    assert not list(telling.told((unseen,), ("/data/calls/", "/later/")))
    assert not list(telling.told((proven,), ("/later/",))), "its closing is not proven yet, perhaps"


def test_it_is_told_once_in_a_look() -> None:
    at = target(Raw("127.0.0.1", 80, False))
    one, two = (Exposed(at.place(path), "listing", OpenReason.LISTED) for path in ("/a/", "/b/"))
    telling = News(at)
    assert len(list(telling.told((one,), ("/b/", "/c/")))) == 1
    assert not list(telling.told((two,), ("/c/",)))


def test_a_suspicion_is_told_at_the_end() -> None:
    at = target(Raw("127.0.0.1", 80, False))
    weak = Exposed(at.place("/a/"), "listing", OpenReason.LISTED, Certainty.LIKELY)
    assert not list(News(at).told((weak, Clear(at.place("/b/"), "listing", ClosedReason.NOT_FOUND)), ("/c/",)))
