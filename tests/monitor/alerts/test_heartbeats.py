"""Signs of life and drills, over real sockets: silence when we cannot see or write, and how long a drill takes."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.heartbeat import Heart
from monitor.alerts.delivery.process import OwnProcess
from monitor.alerts.drills import owe_drills, owe_due_drills, stale
from monitor.alerts.queue.outbox import Outbox
from monitor.health.examine import examine
from monitor.inventory.load import Problems, loads
from monitor.inventory.model.base import Controls
from monitor.inventory.model.inventory import Inventory
from monitor.practice.organisation import Practice
from monitor.service.application import Application
from monitor.service.watch import Watch
from monitor.store.ledger import Ledger
from monitor.store.messages import drills, heartbeats
from monitor.store.messages.queued import Outcome
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from monitor.web.phone.server import AcknowledgePage
from tests.monitor.web.test_acknowledge import Clock, declared, get
from tests.servers.launch import free_port
from tests.servers.webhook import Reply, Webhook

ENVIRON = {**os.environ}


def _now() -> datetime:
    return datetime.now(UTC)


def with_heartbeat(inventory: Inventory, every: str = "1s") -> Inventory:
    raw = inventory.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    heartbeat = Inventory.model_validate(
        {
            "leftopen": 1,
            "organisation": raw["organisation"],
            "parties": [{"id": "p", "name": "P", "role": "controller"}],
            "assets": [{"id": "a", "host": "a.example", "owner": "p"}],
            "heartbeat": {"url": "env:HEARTBEAT", "every": every},
        }
    ).heartbeat
    return inventory.model_copy(update={"heartbeat": heartbeat})


@asynccontextmanager
async def ledger_at(path: Path) -> AsyncIterator[LedgerThread]:
    ledger = LedgerThread(path)
    try:
        yield ledger
    finally:
        await asyncio.to_thread(ledger.close)


def beats_of(hook: Webhook) -> int:
    return sum(one.method == "GET" for one in hook.received)


async def watching(
    tmp_path: Path,
    hook: Webhook,
    ledger: LedgerThread,
    until: Callable[[], Awaitable[object]],
    inventory: Inventory | None = None,
    *,
    beats: bool = True,
) -> None:
    """The service itself on the practice organisation, until something holds."""
    inventory = inventory or declared()
    inventory = with_heartbeat(inventory) if beats else inventory
    file = tmp_path / "inventory.yaml"
    file.write_text("unchanged")
    environ = ENVIRON | {"HEARTBEAT": hook.url}
    async with Practice(inventory, _now) as practice, Application(inventory, ledger) as app:
        outbox = Outbox(ledger, inventory, app.now, OwnProcess(), environ=environ | practice.environment())
        stop = asyncio.Event()
        heart = Heart(ledger, app.now, environ)
        running = asyncio.create_task(Watch(app, outbox, file, stop, heart=heart).run())
        async with asyncio.timeout(80):
            while not await until():  # noqa: ASYNC110  what is on file tells nobody
                await asyncio.sleep(0.1)
        stop.set()
        await asyncio.wait_for(running, 40)


async def blind(ledger: LedgerThread, told: bool = False) -> bool:
    """Whether a round was blind, and told if that is asked; it then waits for as long as three signs of life take."""
    every, and_told = "SELECT 1 FROM rounds WHERE blind <> ''", "SELECT 1 FROM dues WHERE step = 'blind'"
    rows = await ledger(lambda led: led.rows(every) and led.rows(and_told if told else every))
    await asyncio.sleep(3 if rows else 0)
    return bool(rows)


async def test_while_we_see_a_sign_of_life_is_given(tmp_path: Path, hook: Webhook) -> None:
    async with ledger_at(tmp_path / "leftopen.db") as ledger:

        async def on_file() -> bool:
            last = await ledger(heartbeats.last)
            return last is not None and last.good is not None

        await watching(tmp_path, hook, ledger, on_file)
        assert beats_of(hook) >= 1


async def test_no_sign_of_life_when_the_controls_lie(tmp_path: Path, hook: Webhook) -> None:
    nowhere = {"address": "127.0.0.1", "port": free_port()}
    lying = Controls.model_validate({"open": nowhere, "closed": nowhere})
    async with ledger_at(tmp_path / "leftopen.db") as ledger:
        inventory = declared().model_copy(update={"controls": lying})
        await watching(tmp_path, hook, ledger, lambda: blind(ledger), inventory)
        assert (await ledger(lambda led: led.rows("SELECT blind FROM rounds")))[0]["blind"]
    assert beats_of(hook) == 0


async def test_no_sign_of_life_on_a_ledger_that_cannot_be_written(tmp_path: Path, hook: Webhook) -> None:
    inventory = with_heartbeat(declared())

    async with ledger_at(tmp_path / "leftopen.db") as ledger:
        heart = Heart(ledger, lambda: datetime.now(UTC), {"HEARTBEAT": hook.url})
        await ledger(lambda led: led.rows("PRAGMA query_only = ON"))
        assert await heart.beat_now(inventory) is None
        assert beats_of(hook) == 0
        await ledger(lambda led: led.rows("PRAGMA query_only = OFF"))
        assert await heart.beat_now(inventory) is not None
        assert beats_of(hook) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200), Outcome.ACCEPTED),
        (Reply(500), Outcome.REFUSED),
        (Reply(302, (("Location", "/"),)), Outcome.REFUSED),
    ],
)
async def test_what_comes_of_it_is_on_file_and_disturbs_nothing(
    tmp_path: Path, hook: Webhook, reply: Reply, outcome: Outcome
) -> None:
    inventory = with_heartbeat(declared(), "10m")
    async with ledger_at(tmp_path / "leftopen.db") as ledger:
        hook.answer(reply)
        clock = Clock()
        heart = Heart(ledger, clock, {"HEARTBEAT": hook.url})
        sent = await heart.beat_now(inventory)
        assert sent is not None
        assert sent.outcome is outcome
        assert await heart.beat_now(inventory) is None, "not before it is time"
        clock.ahead = timedelta(minutes=10)
        again = await heart.beat_now(inventory)
        assert again is not None
        assert again.outcome is Outcome.ACCEPTED
        health = await ledger(lambda led: examine(led, inventory, clock()))
        assert health.numbers["last_heartbeat"] is not None
        assert beats_of(hook) == 2


def to_channel(inventory: Inventory, channel: str) -> Inventory:
    """The same, with a sign of life to a channel, and to no URL."""
    made = with_heartbeat(inventory).heartbeat
    assert made is not None
    return inventory.model_copy(update={"heartbeat": made.model_copy(update={"url": None, "channel": channel})})


async def test_a_channel_is_told_once_a_day_that_we_see(tmp_path: Path) -> None:
    made = declared()
    ours = made.operator_channels()[0]
    inventory, clock, woken = to_channel(made, ours.id), Clock(), []
    async with ledger_at(tmp_path / "leftopen.db") as ledger, Practice(inventory, clock) as practice:
        heart = Heart(ledger, clock, {}, lambda: woken.append(clock()))
        outbox = Outbox(ledger, inventory, clock, OwnProcess(), environ={**ENVIRON, **practice.environment()})
        for hours in (0, 1, 23, 24, 25):
            clock.ahead = timedelta(hours=hours)
            assert await heart.beat_now(inventory) is None, "there is no URL"
            await outbox.drain_once()
        letters = [one for one in practice.inbox.letters if one.channel == ours.id]
    assert len(letters) == len(woken) == 2
    assert "leftopen" in letters[0].title
    assert letters[0].title.startswith("ALLT KUNDE INTE KONTROLLERAS: "), "nothing was looked at yet"
    assert str(len(inventory.assets)) in letters[0].body


async def test_a_channel_is_told_nothing_of_the_kind_while_we_are_blind(tmp_path: Path, hook: Webhook) -> None:
    nowhere = {"address": "127.0.0.1", "port": free_port()}
    lying = Controls.model_validate({"open": nowhere, "closed": nowhere})
    inventory = declared().model_copy(update={"controls": lying})
    channel = inventory.operator_channels()[0].id
    async with ledger_at(tmp_path / "leftopen.db") as ledger:
        await watching(tmp_path, hook, ledger, lambda: blind(ledger, True), to_channel(inventory, channel), beats=False)
        steps = {row["step"] for row in await ledger(lambda led: led.rows("SELECT step FROM dues"))}
    assert "blind" in steps
    assert "alive" not in steps


@pytest.mark.parametrize(
    ("heartbeat", "says"),
    [
        ("{every: 5m}", "a sign of life goes to a url, to a channel, or to both"),
        ("{channel: nobody}", "channel 'nobody' is no declared channel"),
        ("{channel: theirs}", "channel 'theirs' does not reach those who run leftopen"),
        ("{channel: ours, channel_every: 5m}", "a turn lasts whole days"),
    ],
)
def test_a_sign_of_life_to_nowhere_is_refused_with_its_line(heartbeat: str, says: str) -> None:
    text = """\
leftopen: 1
organisation: {id: region, name: Region Exempel, contact: security@region.example}
parties: [{id: vendor, name: Vendor AB, role: processor}]
channels: [{id: ours, url: "env:O", operator: true}, {id: theirs, party: vendor, url: "env:T"}]
assets: [{id: nas, host: 127.0.0.1, owner: vendor}]
heartbeat: """
    with pytest.raises(Problems) as problems:
        loads(text + heartbeat + "\n")
    assert "inventory.yaml:6: " in str(problems.value)
    assert says in str(problems.value)
    loads(text + "{channel: ours}\n")


async def test_a_secret_that_is_missing_is_said(tmp_path: Path) -> None:
    inventory = with_heartbeat(declared())
    async with ledger_at(tmp_path / "leftopen.db") as ledger:
        assert await Heart(ledger, lambda: datetime.now(UTC), {}).beat_now(inventory) is None
        health = await ledger(lambda led: examine(led, inventory, datetime.now(UTC)))
        assert any("HEARTBEAT" in note for note in health.notes)


# -- drills


async def test_a_drill_tells_how_long_it_took_to_be_accepted_and_to_be_answered(tmp_path: Path) -> None:
    inventory, clock = declared(), Clock()
    page = inventory.acknowledge
    assert page is not None
    async with (
        ledger_at(tmp_path / "leftopen.db") as ledger,
        Practice(inventory, clock) as practice,
        AcknowledgePage(page, lambda: inventory, ledger, clock),
    ):
        environ = {**os.environ, **practice.environment()}
        box = Outbox(ledger, inventory, clock, OwnProcess(), environ=environ)
        owed = await ledger(lambda led: owe_drills(led, inventory, clock()))
        assert {one.channel for one in owed} == {channel.id for channel in inventory.channels}
        drained = await box.drain_once({one.key for one in owed})
        assert drained.failed == ()
        letter = next(one for one in practice.inbox.letters if one.channel == "careline-oncall")
        assert letter.title.startswith("DRILL")
        found = re.search(r"http://127\.0\.0\.1:\d+/took/\S+", letter.body)
        assert found is not None
        clock.ahead = timedelta(minutes=7)
        for _ in range(2):
            status, text = await get(found.group())
            assert (status, "This is a test" in text) == (200, True), "a mail scanner answers nothing"
        _, text = await get(found.group(), "POST", name="Anna")
        assert "now knows that alerts reach a person here" in text
        _, text = await get(found.group(), "POST", name="Bo")
        assert "This was answered before" in text
        forged = found.group()[:-1] + ("b" if found.group()[-1] != "b" else "c")
        assert (await get(forged, "POST", name="Mallory"))[0] == 404
        report = {one.channel: one for one in await ledger(drills.drills)}
        one = report["careline-oncall"]
        assert one.by == "Anna"
        accepted, answered = one.seconds(one.accepted), one.seconds(one.answered)
        assert accepted is not None
        assert answered is not None
        assert 0 <= accepted < 60
        assert 420 <= answered < 480
        assert report["region-security"].answered is None


async def test_the_service_drills_by_itself_when_it_is_time_and_never_when_it_is_not_asked_to(tmp_path: Path) -> None:
    inventory = declared()
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    async with ledger_at(tmp_path / "leftopen.db") as ledger:

        async def owed(after: timedelta, which: Inventory) -> int:
            return len(await ledger(lambda led: owe_due_drills(led, which, start + after)))

        assert await owed(timedelta(), inventory) == 0
        monthly = inventory.model_copy(
            update={"defaults": inventory.defaults.model_copy(update={"drill_every": timedelta(days=30)})}
        )
        assert await owed(timedelta(), monthly) == len(inventory.channels)
        assert await owed(timedelta(days=29), monthly) == 0
        assert await owed(timedelta(days=30), monthly) == len(inventory.channels)


async def test_health_is_red_when_nobody_has_tried_a_channel_of_personal_data_for_35_days(tmp_path: Path) -> None:
    inventory = declared()
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def begin(ledger: Ledger) -> None:
        store_rounds.begin(ledger, "r", RoundKind.ROUND, start, "v", "i")

    async with ledger_at(tmp_path / "leftopen.db") as ledger:
        await ledger(begin)
        assert await ledger(lambda led: stale(led, inventory, start + timedelta(days=35))) == ()
        old = await ledger(lambda led: stale(led, inventory, start + timedelta(days=36)))
        # The printers hold leaflets, and no data of persons.
        assert {channel for channel, _, _ in old} == {
            channel.id for channel in inventory.channels if channel.id != "printers-office"
        }
        health = await ledger(lambda led: examine(led, inventory, start + timedelta(days=36)))
        assert any("careline-oncall of careline" in fault for fault in health.faults)
