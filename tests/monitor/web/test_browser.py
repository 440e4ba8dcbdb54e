"""Every screen in a real browser: narrow, wide, light, dark, without a script, by keyboard alone, and for readers who
do not see. What the console says (a blocked style, a script that failed) is a failure."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.handling import ActionKind
from monitor.findings.reach.tally import Hours, SurveyResult, Tally
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import NewMessage
from monitor.store.tables import actions, surveys
from monitor.web.table import OPEN
from tests.monitor.web.house import NOW, put
from tests.monitor.web.serving import Site, site
from tests.monitor.web.test_screens import HOSTILE, SCREENS
from tests.monitor.web.test_tenants import ids_of
from tests.servers.browser import Browser, browser, picture
from tests.servers.pdf import pdf_text

WIDTHS = ((320, 640), (768, 1024), (1440, 900))
SCHEMES = ("light", "dark")
_MOST_STOPS = 90


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with browser() as running:
        yield running


async def _furnish(at: Site) -> None:
    """What a screen can have and the house does not: a hostile name, two surveys for the charts, and a held drill."""
    assert at.services.ledger is not None
    found, declared = at.house.findings["alpha-disk"], at.house.inventory

    def fill(ledger: Ledger) -> None:
        put(ledger, declared, "alpha-disk", HOSTILE, "r1", NOW + timedelta(seconds=5))
        for files in (12, 2_700_000):
            survey = surveys.begin(ledger, found.id, NOW)
            tally = Tally(folders=9, files=files, size=9_000_000, months=Counter({"2018-11": 4, "2019-02": files - 4}))
            tally.by_extension = {".wav": [files, 9_000_000]}
            surveys.finish(ledger, SurveyResult(found.id, survey, NOW, NOW, tally, hours=Hours(9.0, 7.0, 12.0, 30)))
        key = "drill/DRILL-1/alpha-oncall"
        drill = NewMessage(key, "", 0, "drill", "alpha-oncall", "alpha", "low", "{}")
        ledger.owe((drill,), NOW)

    await at.services.ledger(fill)


PATHS = (
    *(route.path for route in SCREENS),
    *(one.path for one in OPEN if one.name in ("sign-in", "invite")),
    "/none",
    "/wall?refresh=60",
    "/findings?lang=sv&state=all",
    "/acknowledge?finding={finding}",
)
"""Every screen; also those for everybody, one that is not there, and some with parameters."""


@pytest.mark.parametrize("path", PATHS)
async def test_every_screen_fits_reads_and_says_nothing_on_the_console(
    tmp_path: Path, chromium: Browser, path: str
) -> None:
    async with site(tmp_path) as at:
        await _furnish(at)
        cookie = await at.signed_in("approver", "region", "<b>Eve</b>\u202e")
        status = 404 if path == "/none" else 200
        steps: list[tuple[str, Any]] = []
        for scheme in SCHEMES:
            for size in WIDTHS:
                steps += [("scheme", scheme), ("size", size), ("width", None)]
                # Between them they see both schemes, the narrow page and the wide one; each costs most of a second.
                if (scheme, size) in (("light", WIDTHS[0]), ("dark", WIDTHS[-1])):
                    steps += [("axe", None), picture(f"screen {path} {size[0]} {scheme}")]
        ids = {**await ids_of(at, "alpha"), "secret": "guess"}
        seen = await chromium.visit(at.url + path.format(**ids), *steps, cookie=cookie, status=status)
        assert seen["status"] == status
        assert seen["said"] == []
        assert seen["origins"] == [at.url], "nothing comes from elsewhere"
        for (step, _), result in zip(steps, seen["results"], strict=True):
            if step == "axe":
                # The rule does not know that who reads has asked for it, and can turn it off: WCAG 2.2.1 allows that.
                allowed = "meta-refresh:" if "refresh=" in path else "none"
                assert [one for one in result if not one.startswith(allowed)] == []
            if step == "width":
                assert result["page"] <= result["window"], "it is moved sideways"


async def test_what_the_browser_calls_a_fault_is_found(chromium: Browser) -> None:
    """The test above can fail: a page with faults of each kind is not passed."""
    page = (
        "<!doctype html><title></title><div style='width:2000px'>wide</div><img src='http://127.0.0.1:9/x.png'>"
        "<script>nothing()</script><p><font color='#eeeeee'>pale</font></p>"
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
        policy = "Content-Security-Policy: style-src 'self'; img-src 'self'\r\n"
        writer.write(f"{head}{policy}Content-Length: {len(page)}\r\n\r\n{page}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        seen = await chromium.visit(url, ("axe", None))
        said = " ".join(seen["said"])
        assert "Content Security Policy" in said
        assert "nothing is not defined" in said
        rules = {one.partition(":")[0] for one in seen["results"][0]}
        assert {"document-title", "html-has-lang", "image-alt", "color-contrast"} <= rules


async def test_reading_and_acknowledging_take_no_script(tmp_path: Path, chromium: Browser) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("responder", "region", "Anna Test")
        finding = at.house.findings["alpha-disk"].id
        how = {"cookie": cookie, "script": False, "width": 320, "height": 640}
        listed = await chromium.visit(
            f"{at.url}/", ("click", f"a[href='/findings/{finding}']"), ("address", None), **how
        )
        assert listed["results"][-1] == f"{at.url}/findings/{finding}"
        seen = await chromium.visit(listed["results"][-1], ("click", "button.primary"), ("text", None), **how)
        assert "Anna Test" in seen["results"][-1]
        assert await _done(at, finding) == [(ActionKind.ACKNOWLEDGED, "Anna Test")]


async def test_a_phone_shows_today_and_does_not_hide_the_page_below_its_head(tmp_path: Path, chromium: Browser) -> None:
    async with site(tmp_path) as at:
        how = {"cookie": await at.signed_in("responder", "region", "Anna Test"), "width": 390, "height": 844}
        steps = [("shown", where) for where in (".heat tbody td:last-child", ".heat tbody th", "h1")]
        today, name, title = (await chromium.visit(f"{at.url}/coverage", *steps, **how))["results"]
        assert today["across"], "the newest day is what is seen of the days first"
        assert name["across"], "and whose days they are"
        assert title["top"] < 422, "half of the window is the page's own"


def _opened(at: Site, path: str, ledger: Ledger) -> None:
    put(ledger, at.house.inventory, "alpha-disk", path, "r1", at.clock.now)


async def test_an_open_page_says_when_it_is_no_longer_true(tmp_path: Path, chromium: Browser) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "alpha")
        reading = asyncio.create_task(
            chromium.visit(f"{at.url}/", ("later", (31, ".changed")), ("text", None), cookie=cookie, clock=True)
        )
        assert at.services.ledger is not None
        # The head is read ahead, so nothing here tells when the browser has the page: places go on opening.
        for number in range(120):
            await at.services.ledger(partial(_opened, at, f"/new-{number}/"))
            at.clock.now += timedelta(minutes=2)
            if (await asyncio.wait((reading,), timeout=0.5))[0]:
                break
        seen = await reading
        assert seen["results"][0]
        assert "Something has changed since this page was made. Reload" in seen["results"][1]
        assert seen["said"] == []


async def test_a_hand_on_the_keyboard_reaches_everything_and_sees_where_it_is(
    tmp_path: Path, chromium: Browser
) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("responder", "region", "Anna Test")
        finding = at.house.findings["alpha-disk"].id
        for path in ("/", "/findings", "/coverage", f"/findings/{finding}"):
            (seen,) = (await chromium.visit(at.url + path, ("tab", _MOST_STOPS), cookie=cookie))["results"]
            assert seen["left"], f"{path}: the keyboard comes out of the page again"
            assert seen["stops"][0]["where"] == "#content", "the first stop leads past the navigation"
            assert {"/findings", "/coverage", "/messages"} <= {stop["where"] for stop in seen["stops"]}
            for stop in seen["stops"]:
                assert stop["outline"], (path, stop)
                assert stop["uncovered"], (path, stop)
        number = [stop["name"] for stop in seen["stops"]].index("I take it") + 1
        await chromium.visit(f"{at.url}{path}", ("tab", number), ("enter", None), cookie=cookie)
        assert await _done(at, finding) == [(ActionKind.ACKNOWLEDGED, "Anna Test")]


async def test_printed_it_is_a_document(tmp_path: Path, chromium: Browser) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["alpha-disk"].id
        path = tmp_path / "finding.pdf"
        cookie = await at.signed_in("viewer", "region")
        await chromium.visit(f"{at.url}/findings/{finding}", ("print", str(path)), cookie=cookie)
        text = pdf_text(path)
        assert finding in text
        assert f"/findings/{finding}" in text, "the sheet says where it is from"
        assert "The ledger as of" in text
        assert "Sign out" not in text, "no navigation on paper"


async def _done(at: Site, finding: str) -> list[tuple[ActionKind, str]]:
    assert at.services.ledger is not None
    found = await at.services.ledger(lambda ledger: actions.of_finding(ledger, finding))
    return [(one.act, one.by.partition(" [")[0]) for one in found]
