"""A round whose controls are misjudged decides nothing, closes nothing, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import State
from monitor.findings.observation import Observation
from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from monitor.rounds import run
from monitor.rounds.run import CONTROL_KEY, ControlPair, Job, run_round
from probes.api import Unknown
from probes.reasons import UndecidedReason
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import KEY, driver, only, target
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import Disk
from tests.servers.raw import Hit, Raw, Serve, Talk, listening, reply

CLOSED = Disk({})


def serving(answer: Any) -> Serve:
    """A server from a function of one request."""

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(answer(hit))
            return

    return serve


def declared(nas: Raw, opened: Raw, closed: Raw) -> Any:
    """One asset, the two controls, and somebody to tell."""
    return inventory(
        {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [nas.port]},
        channels=[{"id": "ours", "url": "env:OURS", "operator": True}],
        controls={
            "open": {"address": opened.host, "port": opened.port, "host": "open.test"},
            "closed": {"address": closed.host, "port": closed.port, "host": "closed.test"},
        },
    )


async def test_declared_controls_that_are_right_let_a_round_see(tmp_path: Path) -> None:
    disk = Disk()
    async with (
        listening(serving(disk.answer)) as nas,
        listening(serving(CLOSED.answer)) as closed,
        application(declared(nas, nas, closed), tmp_path / "a.db") as app,
    ):
        done = await app.round()
        assert done.blind is None
        assert len(await app.ledger(lambda ledger: ledger.findings())) == 1
    assert {hit.header("host") for hit in nas.hits} >= {f"open.test:{nas.port}", f"nas.test:{nas.port}"}


@pytest.mark.parametrize("lie", ["open-is-closed", "closed-is-open", "open-is-silent", "closed-fails", "both-same"])
async def test_a_control_that_lies_makes_the_round_blind(lie: str, tmp_path: Path) -> None:
    disk = Disk()
    state = {"nas": disk.answer}

    def failing(hit: Hit) -> bytes:
        return reply("500 Broken", b"")

    async with (
        listening(serving(lambda hit: state["nas"](hit))) as nas,
        listening(serving(disk.answer)) as opened,
        listening(serving(CLOSED.answer)) as closed,
        listening(serving(failing)) as fails,
        application(declared(nas, opened, closed), tmp_path / "a.db") as app,
    ):
        await app.round()
        before = await app.ledger(lambda ledger: ledger.findings())
        assert [one.state for one in before] == [State.EXPOSED]
        state["nas"] = CLOSED.answer  # it looks fixed, while we cannot see
        pairs = {
            "open-is-closed": (closed, closed),
            "closed-is-open": (opened, opened),
            "open-is-silent": (Raw("127.0.0.1", 1, False), closed),
            "closed-fails": (opened, fails),
            "both-same": (fails, fails),
        }
        app.inventory = declared(nas, *pairs[lie])
        for _ in range(3):
            done = await app.round()
            assert done.blind
            assert all(isinstance(line.verdict, Unknown) for line in done.lines)
            assert {line.verdict.why for line in done.lines} <= {UndecidedReason.BLIND_ROUND}
        after = await app.ledger(lambda ledger: ledger.findings())
        assert after == before
        owed = await app.ledger(lambda ledger: ledger.due(app.now(), 50))
        blind = [one for one in owed if one.owed.step == "blind"]
        assert blind
        assert {one.owed.channel for one in blind} == {"ours"}
        rounds = await app.ledger(lambda led: led.rows("SELECT * FROM rounds ORDER BY rowid"))
        assert all(row["blind"] for row in rounds[1:])


async def test_a_control_that_fails_half_way_blinds_what_was_not_yet_decided(tmp_path: Path) -> None:
    """The control is good at the beginning, and lies at its second look: nothing seen in between counts."""
    disk = Disk()
    looks = 0

    def answer(hit: Hit) -> bytes:
        nonlocal looks
        if hit.method == "GET" and hit.path == "/":
            looks += 1
        # One look at the control fetches its page twice.
        return disk.answer(hit) if looks <= 2 else CLOSED.answer(hit)

    async with (
        listening(serving(disk.answer)) as nas,
        listening(serving(answer)) as opened,
        listening(serving(CLOSED.answer)) as closed,
        application(declared(nas, opened, closed), tmp_path / "a.db") as app,
    ):
        done = await app.round()
        assert done.blind
        assert await app.ledger(lambda ledger: ledger.findings()) == ()
    assert nas.hits, "the look itself had begun"
    assert {line.verdict.why for line in done.lines} == {UndecidedReason.BLIND_ROUND}


async def test_what_is_newly_open_is_decided_before_looks_that_have_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks at a time; the servers behind the first answer once it is decided."""
    monkeypatch.setattr(run, "CONTROL_EVERY", 60.0)
    decided, recorded, begun = asyncio.Event(), list[str](), list[int]()

    async def waits(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await decided.wait()
            await talk.say(CLOSED.answer(hit))

    async def take(seen: Sequence[Observation]) -> None:
        recorded.extend(one.asset for one in seen)
        begun.append(len({hit.header("host") for hit in slow.hits}))
        decided.set()

    async with (
        listening(serving(Disk().answer)) as nas,
        listening(serving(CLOSED.answer)) as closed,
        listening(waits) as slow,
    ):
        looks = driver(only(*((one.host, one.port) for one in (nas, closed, slow))), at_once=2)
        looks.pace.set(CONTROL_KEY, 1000.0, 8)
        names = [f"slow-{n}.test" for n in range(6)]
        targets = (target(nas), *(target(slow, asset=name, host=name, name=name) for name in names))
        limits = Limits(seconds=30.0, timeouts=Timeouts(connect=20.0, read=20.0, ask=20.0))
        jobs = tuple(Job(HTTP_LISTING, one, KEY, limits) for one in targets)
        assert await run_round(jobs, looks, ControlPair(target(nas), target(closed)), take, take) is None
    assert recorded[0] == "nas"
    assert begun[0] <= 2
    assert sorted(recorded[1:]) == names


async def test_a_round_over_many_hosts_holds_few_looks_before_a_slow_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of forty looks, four are tasks at any time, and twelve more have ended and are not on file; each is recorded
    once."""
    monkeypatch.setattr(run, "BRACKET", 4)
    monkeypatch.setattr(run, "NOT_ON_FILE", 8)
    recorded, begun, most, held = list[str](), set[str | None](), 0, 0

    async def serve(talk: Talk) -> None:
        nonlocal most, held
        while (hit := await talk.hear()) is not None:
            named = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
            begun.add(hit.header("host"))
            most, held = max(most, named.count("Driver.look")), max(held, len(begun) - len(recorded))
            await talk.say(CLOSED.answer(hit))

    async def take(seen: Sequence[Observation]) -> None:
        await asyncio.sleep(0.1)
        recorded.extend(one.asset for one in seen)

    async with listening(serving(Disk().answer)) as nas, listening(serve) as closed:
        looks = driver(only((nas.host, nas.port), (closed.host, closed.port)), at_once=4)
        for key in (CONTROL_KEY, KEY):
            looks.pace.set(key, 100_000.0, 8)
        names = [f"many-{n}.test" for n in range(40)]
        targets = [target(closed, asset=name, host=name, name=name) for name in names]
        jobs = tuple(Job(HTTP_LISTING, one, KEY, Limits()) for one in targets)
        assert await run_round(jobs, looks, ControlPair(target(nas), target(closed)), take, take) is None
    assert sorted(recorded) == sorted(names)
    assert 1 <= most <= 4
    assert held <= 4 + 12
