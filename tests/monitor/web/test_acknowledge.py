"""The acknowledgement page and escalation, over real sockets: who is told next, what a link does and does not do."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from monitor.alerts.delivery.process import OwnProcess
from monitor.alerts.delivery.signed_links import UnsignedLinks
from monitor.alerts.queue.outbox import Outbox
from monitor.findings.handling import ActionKind
from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.practice.inbox import Letter
from monitor.practice.organisation import Practice
from monitor.service.application import Application
from monitor.store.tables import actions
from monitor.store.thread import LedgerThread
from monitor.web.acknowledge import AcknowledgePage
from tests.monitor.practice.ports import on_free_ports
from tests.servers.launch import free_port

ROOT = Path(__file__).resolve().parents[3]
LATER = timedelta(minutes=16)


class Clock:
    """A clock that the test sets forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def declared() -> Inventory:
    """The practice inventory on this test's own ports, with the page, and the region told only after 15 minutes."""
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    text = on_free_ports(text)
    text = text.replace('url: "env:PRACTICE_REGION"', 'url: "env:PRACTICE_REGION", after: 15m')
    page = free_port()
    text += f'\nacknowledge: {{listen: "127.0.0.1:{page}", url: "http://127.0.0.1:{page}/took"}}\n'
    return loads(text)


class House:
    """The practice organisation with its ledger, its mailboxes and the page."""

    def __init__(self, app: Application, practice: Practice, outbox: Outbox, clock: Clock) -> None:
        self.app, self.practice, self.outbox, self.clock = app, practice, outbox, clock
        self._read = 0

    async def told(self) -> list[Letter]:
        """Send what is owed; the letters that came since the last call."""
        await self.outbox.drain_once()
        letters = self.practice.inbox.letters[self._read :]
        self._read = len(self.practice.inbox.letters)
        return list(letters)


@asynccontextmanager
async def house(tmp_path: Path) -> AsyncIterator[House]:
    inventory, clock = declared(), Clock()
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        async with Practice(inventory, clock) as practice, Application(inventory, ledger, clock) as app:
            environ = {**os.environ, **practice.environment()}
            outbox = Outbox(ledger, inventory, clock, OwnProcess(), environ=environ)
            assert inventory.acknowledge is not None
            async with AcknowledgePage(inventory.acknowledge, ledger, clock):
                await app.round(("journal-backup",))
                yield House(app, practice, outbox, clock)
    finally:
        ledger.close()


def link(letter: Letter) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/took/\S+", letter.body)
    assert found is not None, letter.body
    return found.group()


async def get(url: str, method: str = "GET", **form: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as web, web.request(method, url, data=form or None) as answer:
        return answer.status, await answer.text()


async def test_escalation_tells_the_next_only_when_nobody_acknowledged_in_time(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        first = await at.told()
        assert {letter.channel for letter in first} == {"careline-oncall"}, "the region is told only after 15 minutes"
        await at.app.run_timers()
        assert await at.told() == []
        at.clock.ahead = LATER
        await at.app.run_timers()
        (later,) = await at.told()
        assert later.channel == "region-security"
        assert later.title == first[0].title, "the same news under the same id and number"
        await at.app.run_timers()
        assert await at.told() == [], "and once"


async def test_an_acknowledgement_stops_the_escalation_and_its_lapse_starts_it_again(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        status, page = await get(link(letter), "POST", name="Anna Andersson")
        assert (status, "Acknowledged" in page) == (200, True)
        at.clock.ahead = LATER
        await at.app.run_timers()
        assert await at.told() == []
        at.clock.ahead = timedelta(hours=4, minutes=1)
        await at.app.run_timers()
        (lapsed,) = await at.told()
        assert "nobody handles it" in lapsed.title
        assert lapsed.channel == "careline-oncall"
        at.clock.ahead += LATER
        await at.app.run_timers()
        assert {letter.channel for letter in await at.told()} == {"region-security"}


async def test_whoever_only_looks_acknowledges_nothing(tmp_path: Path) -> None:
    """Mail scanners follow every link, with GET and HEAD."""
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        for method in ("GET", "HEAD", "GET"):
            status, _ = await get(link(letter), method)
            assert status == 200
        id_ = letter.title.rpartition("(")[2].partition("/")[0]
        assert await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_)) == ()


async def test_a_link_works_once_and_says_who_and_by_which_channel(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        answers = await asyncio.gather(*(get(link(letter), "POST", name=name) for name in ("Anna", "Bo", "Eva")))
        assert sum("<h1>Acknowledged</h1>" in page for _, page in answers) == 1
        id_ = letter.title.rpartition("(")[2].partition("/")[0]
        (action,) = await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_))
        assert (action.act, action.channel) == (ActionKind.ACKNOWLEDGED, "careline-oncall")
        assert action.by in ("Anna", "Bo", "Eva")
        _, page = await get(link(letter))
        assert "works once" in page


async def test_a_link_of_one_finding_change_or_channel_is_of_no_use_for_another(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        good = link(letter)
        base, id_, sequence, channel, signature = good.rsplit("/", 4)
        assert base.endswith("/took")
        for other in (
            f"{base}/LO-TDE55YEECK/{sequence}/{channel}/{signature}",
            f"{base}/{id_}/2/{channel}/{signature}",
            f"{base}/{id_}/{sequence}/region-security/{signature}",
            f"{base}/{id_}/{sequence}/{channel}/{signature[:-1]}{'c' if signature[-1] == 'b' else 'b'}",
            f"{base}/{id_}/{sequence}/{channel}/",
            f"{base}/",
        ):
            status, page = await get(other, "POST", name="Mallory")
            assert (status, id_ in page) == (404, False), other
        assert await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_)) == ()


@pytest.mark.parametrize("name", ["", "   ", "<script>alert(1)</script>", "0701740605", "x" * 5000])
async def test_a_name_is_asked_for_and_never_believed(tmp_path: Path, name: str) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        status, page = await get(link(letter), "POST", name=name)
        id_ = letter.title.rpartition("(")[2].partition("/")[0]
        done = await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_))
        assert "<script>" not in page
        assert "0701740605" not in page + "".join(action.by for action in done)
        if not name.strip() or len(name) > 4096:
            assert done == ()
        else:
            assert status == 200
            assert len(done[0].by) <= 80


async def test_nothing_is_to_be_taken_once_it_is_cleared(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        at.practice.shut("journal-backup")
        for minutes in (1, 3, 5):
            at.clock.ahead = timedelta(minutes=minutes)
            await at.app.round(("journal-backup",))
        status, page = await get(link(letter), "POST", name="Anna")
        assert (status, "No longer open" in page) == (200, True)


async def test_the_page_tells_no_more_than_the_message(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        async with aiohttp.ClientSession() as web, web.get(link(letter)) as answer:
            page = await answer.text()
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for secret in ("journal.sql", "/backup/", "127.0.0.1"):
            assert secret not in page


def test_an_inventory_without_the_page_has_no_links() -> None:
    inventory = declared()
    without = inventory.model_copy(update={"acknowledge": None})
    assert UnsignedLinks(without).acknowledge("LO-TDE55YEECK", 1, "oncall") == ""
