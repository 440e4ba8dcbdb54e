"""The screens: each is there in both languages and small, says nothing green of what was not seen, and shows hostile
names as text."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from monitor.inventory.model.installation.web import WebRole
from monitor.store.ledger import Ledger
from monitor.store.messages import digests
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import NewMessage
from monitor.web.routes import Route
from monitor.web.table import ROUTES
from probes.recognise.people.masking import mask_text
from tests.monitor.web.house import NOW, put
from tests.monitor.web.serving import Site, site
from tests.monitor.web.test_tenants import ids_of

SCREENS = [one for one in ROUTES if one.method == "GET" and not one.as_json and "." not in one.path
           and one.path not in ("/metrics",) and "form" not in one.gaps]  # fmt: skip
HOSTILE = "/<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[2J\u202egnp.exe{{7*7}}${7*7}/"
VOID = {"meta", "link", "input", "br", "rect", "line", "img", "hr"}


class Nested(HTMLParser):
    """Fails where tags do not close as they opened, or two elements have one id."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


async def shown(at: Site, route: Route, cookie: str, query: str = "") -> str:
    ids = await ids_of(at, "alpha")
    answer = await at.get(route.path.format(**ids) + query, cookie)
    assert answer.status == 200, (route.name, answer.text)
    return answer.text


@pytest.mark.parametrize("language", ["en", "sv"])
async def test_every_screen_is_there_small_and_well_formed(tmp_path: Path, language: str) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("approver", "region")
        for route in SCREENS:
            text = await shown(at, route, cookie, f"?lang={language}&refresh=60")
            assert len(text.encode()) < 150_000
            assert f'<html lang="{language}">' in text
            assert 'content="60"' in text, f"{route.name} reloads without a script"
            parser = Nested()
            parser.feed(text)
            assert parser.open == [], route.name
            assert len(set(parser.ids)) == len(parser.ids), route.name
            headings = {one.strip() for one in re.findall(r'<h2 id="[^"]+">([^<]+)</h2>', text)}
            labels = re.findall(r'role="region" aria-label="([^"]+)"', text)
            assert len(set(labels)) == len(labels), "each region has a name of its own"
            assert not headings & set(labels), route.name
            for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
                assert "<caption>" in table, route.name
                assert re.search(r"<th scope", table), route.name


@pytest.mark.parametrize("role", [role.value for role in WebRole])
async def test_every_role_may_read_every_screen_that_stands_in_its_navigation(tmp_path: Path, role: str) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in(role, "region")
        page = (await at.get("/", cookie)).text
        navigation = re.findall(r'<a href="(/[^"]*)"', page.partition("<nav")[2].partition("</nav>")[0])
        assert len(navigation) > 6
        assert ("/log" in navigation) is (role in ("approver", "operator", "auditor"))
        for path in navigation:
            assert (await at.get(path, cookie)).status == 200, path


async def test_hostile_names_are_text_on_every_screen(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        assert at.services.ledger is not None
        declared = at.house.inventory
        found = await at.services.ledger(
            lambda ledger: put(ledger, declared, "alpha-disk", HOSTILE, "r1", NOW + timedelta(seconds=5))
        )
        cookie = await at.signed_in("approver", "region", "<b>Eve</b>\u202e")
        for path in (
            "/",
            "/findings",
            f"/findings/{found.id}",
            "/coverage",
            "/coverage/alpha-disk",
            "/log",
            "/messages",
        ):
            text = (await at.get(path, cookie)).text
            assert found.id in text or path.startswith(("/coverage", "/log")), path
            for bad in ("<script>alert", "<img src=x", "\x1b", "\u202e", "<b>Eve", ">49<"):
                assert bad not in text, (path, bad)
        assert "[U+202E]" in (await at.get(f"/findings/{found.id}", cookie)).text


async def test_the_wall_is_loud_when_we_cannot_see(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "region")
        page = (await at.get("/wall?refresh=60", cookie)).text
        assert "<h1>2 findings are open</h1>" in page
        assert "loud" not in page
        assert "does not reload" in (await at.get("/wall", cookie)).text
        at.clock.now += timedelta(hours=2)
        page = (await at.get("/wall?refresh=60", cookie)).text
        assert "<h1>We cannot see</h1>" in page
        assert "wall loud" in page


async def test_a_stopped_watch_is_not_hidden_by_what_is_open(tmp_path: Path) -> None:
    """Beta has one asset, and it is open: an old verdict on it is no judgement in time."""
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        assert "The asset was judged in time" in (await at.get("/", cookie)).text
        at.clock.now += timedelta(hours=2)
        page = (await at.get("/", cookie)).text
        assert "We cannot see" in page
        assert 'class="good"' not in page, "nor does it send"


async def test_coverage_shows_what_was_not_looked_at(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "region")
        page = (await at.get("/coverage", cookie)).text
        heat = page.partition('class="heat"')[2]
        assert heat.count("<td") == 3 * 31
        assert heat.count('<td class="unseen">') == 3 * 30, "days without a look are not green"
        assert heat.count('<td class="open">') == 2
        at.clock.now += timedelta(hours=2)
        page = (await at.get("/coverage?status=not+seen", cookie)).text
        assert "no look in time" in page
        assert "alpha-disk" not in page.partition("<main")[2]
        assert (await at.get("/coverage?status=green", cookie)).status == 422
        assert (await at.get("/coverage?page=0", cookie)).status == 422


async def test_what_may_be_done_about_a_message_depends_on_who_asks(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        number = (await ids_of(at, "alpha"))["message"]
        said = {}
        for role, party in (("approver", "region"), ("responder", "alpha"), ("approver", "alpha")):
            text = (await at.get(f"/messages/{number}", await at.signed_in(role, party))).text
            said[role, party] = re.findall(r'name="act" value="(\w+)"', text)
        assert said == {
            ("approver", "region"): ["misdelivered"],
            ("responder", "alpha"): [],
            ("approver", "alpha"): ["misdelivered"],
        }
        own = (await at.get(f"/messages/{number}", await at.signed_in("viewer", "alpha"))).text
        assert "text of alpha-oncall" in own
        assert (
            "text of alpha-oncall"
            not in (await at.get(f"/messages/{number}", await at.signed_in("viewer", "region"))).text
        ), "the text is its party's"


async def test_a_message_that_stands_for_many_names_their_findings(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        assert at.services.ledger is not None
        alpha, beta = (at.house.findings[one].id for one in ("alpha-disk", "beta-disk"))
        facts = dump_facts(Written(mask_text("many"), mask_text("many")))
        told = [
            NewMessage(f"{one}/2", one, 2, "opened", "region-soc", "region", "high", facts) for one in (alpha, beta)
        ]
        group = NewMessage("group/1", "", 0, "opened", "region-soc", "region", "high", facts)

        def together(ledger: Ledger) -> None:
            with ledger.step():
                ledger.owe_now(tuple(told), NOW)
                digests.fold(ledger, group, ledger.due(NOW), NOW)

        await at.services.ledger(together)
        cookie = await at.signed_in("viewer", "region")
        newest = json.loads((await at.get("/api/v1/messages?limit=1", cookie)).text)["items"][0]
        assert (newest["finding"], newest["findings"]) == (None, [alpha, beta])
        row = (
            (await at.get("/messages", cookie))
            .text.partition(f'href="/messages/{newest["id"]}"')[2]
            .partition("</tr>")[0]
        )
        about = json.loads((await at.get(f"/api/v1/messages?finding={beta}", cookie)).text)["items"]
        assert newest["id"] in [one["id"] for one in about]
        page = (await at.get(f"/messages/{newest['id']}", cookie)).text
        for one in (alpha, beta):
            assert f'<a href="/findings/{one}">' in row
            assert f'<a href="/findings/{one}">' in page
