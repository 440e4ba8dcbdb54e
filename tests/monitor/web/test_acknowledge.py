"""The acknowledgement page and escalation, over real sockets: who is told next, what a link does and does not do."""

from __future__ import annotations

import asyncio
import html
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
from monitor.web.phone.server import MOST_CONNECTIONS, WRONG_LINKS, AcknowledgePage
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
    text = text.replace("role: controller}", "role: controller, language: sv}")
    # What is free now may be one of the ports above, on which nobody listens yet.
    page = next(port for port in iter(free_port, 0) if str(port) not in text)
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
            async with AcknowledgePage(inventory.acknowledge, lambda: inventory, ledger, clock, outbox.wake):
                await app.round(("journal-backup",))
                yield House(app, practice, outbox, clock)
    finally:
        ledger.close()


def link(letter: Letter) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/took/\S+", letter.body)
    assert found is not None, letter.body
    return found.group()


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def id_of(letter: Letter) -> str:
    return letter.title.rpartition("(")[2].partition("/")[0]


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
        ref = first[0].title.rpartition(" ")[2]
        assert later.title.endswith(ref), "the same news under the same id and number, in the region's language"
        await at.app.run_timers()
        assert await at.told() == [], "and once"


async def test_an_acknowledgement_stops_the_escalation_and_its_lapse_starts_it_again(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        status, page = await get(link(letter), "POST", name="Anna Andersson")
        assert (status, "Thank you, Anna Andersson" in page) == (200, True)
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
        assert sum("Thank you" in page for _, page in answers) == 1
        assert [page for _, page in answers if "has it since" not in page] == []
        id_ = letter.title.rpartition("(")[2].partition("/")[0]
        (action,) = await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_))
        assert (action.act, action.channel) == (ActionKind.ACKNOWLEDGED, "careline-oncall")
        assert action.by in ("Anna", "Bo", "Eva")
        _, page = await get(link(letter))
        assert f"{action.by} has it since" in page
        assert "It is closed: check now" in page
        assert "I take it" not in page


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
            assert "security@region.example" in page, "whoever has a broken link is told whom to ask"
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
        assert (status, "it is closed already" in page, "<form" in page) == (200, True, False)


async def test_the_page_tells_no_more_than_the_message(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        async with aiohttp.ClientSession() as web, web.get(link(letter)) as answer:
            page = await answer.text()
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "script" not in answer.headers["Content-Security-Policy"]
        text = html.unescape(page)
        for line in letter.body.partition("\n—\n")[0].splitlines():
            if not line.startswith("I will handle it"):
                assert line in text, line


def test_an_inventory_without_the_page_has_no_links() -> None:
    inventory = declared()
    without = inventory.model_copy(update={"acknowledge": None})
    assert UnsignedLinks(without).acknowledge("LO-TDE55YEECK", 1, "oncall") == ""


async def test_the_party_is_spoken_to_in_its_language_and_on_its_clock(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        await at.told()
        at.clock.ahead = LATER
        await at.app.run_timers()
        (letter,) = await at.told()
        assert letter.channel == "region-security"
        _, page = await get(link(letter))
        for words in ('<html lang="sv">', "ÖPPET", "Jag tar hand om det", "Inte vårt", "Vem som har det", "kl. "):
            assert words in page, words
        assert "Careline" in page, "who else was alerted"


async def test_it_is_closed_check_now_is_a_claim_that_starts_close_watching(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        _, page = await get(link(letter), "POST", name="Anna", choice="closed", said="index turned off")
        assert "It is checked every minute" in page
        assert "Anna said at" in page
        id_ = id_of(letter)
        (action,) = await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_))
        assert (action.act, action.by, action.reason) == (ActionKind.CONTAINED, "Anna", "index turned off")
        assert id_ in await at.app.ledger(lambda ledger: actions.watched(ledger, at.clock()))
        # Whoever takes it after that goes backwards: refused, in words.
        _, page = await get(link(letter), "POST", name="Bo", choice="take")
        assert "Not done: Anna has said that it is closed" in page
        assert len(await at.app.ledger(lambda ledger: actions.of_finding(ledger, id_))) == 1


async def test_the_page_says_how_far_it_is_to_closed(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        at.practice.shut("journal-backup")
        at.clock.ahead = timedelta(minutes=1)
        await at.app.round(("journal-backup",))
        _, page = await get(link(letter))
        assert re.search(r"CLOSING: 1 of \d checks", page)
        assert "Next check:" in page
        assert "Closed at the earliest:" in page
        for minutes in (3, 5):
            at.clock.ahead = timedelta(minutes=minutes)
            await at.app.round(("journal-backup",))
        _, page = await get(link(letter))
        assert "CLOSED" in page
        assert "Several checks have proven it" in page


async def test_not_ours_tells_those_who_run_leftopen_and_gives_it_back(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        await get(link(letter), "POST", name="Anna", choice="take")
        _, page = await get(link(letter), "POST", name="Anna", choice="not-ours", said="it is Voice's <b>disk</b>")
        assert "finds out whose it is" in page
        assert "Nobody has taken it yet" in page
        told = [one for one in await at.told() if "not theirs" in one.title or "INTE DERAS" in one.title]
        assert [one.channel for one in told] == [one.id for one in at.app.inventory.operator_channels()]
        assert "<b>" not in told[0].body
        _, page = await get(link(letter), "POST", name="Anna", choice="not-ours")
        assert "Not done: this was done by this link already" in page


async def test_wrong_links_are_limited_and_good_ones_work_all_the_same(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        base = link(letter).rsplit("/", 4)[0]
        async with aiohttp.ClientSession() as web:
            codes = []
            for n in range(WRONG_LINKS + 5):
                async with web.get(f"{base}/LO-TDE55YEECK/1/careline-oncall/{n:024d}") as answer:
                    codes.append(answer.status)
        assert codes[:WRONG_LINKS] == [404] * WRONG_LINKS
        assert set(codes[WRONG_LINKS:]) == {429}
        status, page = await get(link(letter))
        assert (status, "I take it" in page) == (200, True)


async def test_idle_connections_do_not_take_what_the_rounds_need(tmp_path: Path) -> None:
    """Many more than the page's share are opened and stay silent: the page answers, and few descriptors are held."""
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        declared = at.app.inventory.acknowledge
        assert declared is not None
        before = descriptors()
        idle = []
        for _ in range(MOST_CONNECTIONS + 150):
            idle.append(await asyncio.open_connection(declared.listen.address, declared.listen.port))
        await asyncio.sleep(0.1)
        status, page = await get(link(letter))
        assert (status, "I take it" in page) == (200, True)
        # Both ends are in this process: ours are `len(idle)`, the page's are the rest.
        held = descriptors() - before - len(idle)
        assert held <= MOST_CONNECTIONS + 2
        for _, writer in idle:
            writer.close()


async def test_a_page_that_fails_says_so_in_words(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        (letter,) = await at.told()
        await at.app.ledger(lambda ledger: ledger.execute("ALTER TABLE deeds RENAME TO deeds_away"))
        status, page = await get(link(letter))
        assert (status, "was not recorded" in page) == (500, True)
        assert "Traceback" not in page
