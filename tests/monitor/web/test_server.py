"""The server of the dashboard: who gets in, what every answer holds, and what is refused."""

from __future__ import annotations

import asyncio
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.inventory.load import loads
from monitor.web.identity.sign_in import own_path
from monitor.web.protection.limits import READS, Limits
from tests.monitor.web.house import CANARY, TEXT
from tests.monitor.web.serving import Site, site


async def test_the_overview_answers_in_its_order_and_to_its_scope(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        page = await at.get("/", cookie)
        assert page.status == 200
        order = [page.text.index(said) for said in ("Is anything open?", "Can we see?", "Can we tell?")]
        assert order == sorted(order)
        assert "<title>(1) Overview" in page.text
        assert at.house.findings["beta-disk"].id in page.text
        assert CANARY["beta-disk"] in page.text
        for foreign in (CANARY["alpha-disk"], at.house.findings["alpha-disk"].id, "alpha", "Alpha", "own-site"):
            assert foreign not in page.text
        assert "(2) Overview" in (await at.get("/", await at.signed_in("approver", "region"))).text
        assert CANARY["alpha-disk"] not in (await at.get("/", await at.signed_in("auditor", "region"))).text


async def test_nothing_is_green_when_we_do_not_see(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "region")
        assert "All 3 assets were judged in time" in (await at.get("/", cookie)).text
        at.clock.now += timedelta(hours=2)
        cookie = await at.signed_in("viewer", "region")
        page = (await at.get("/", cookie)).text
        assert "We cannot see" in page
        assert "own-site" in page, "what we do not see is named"
        assert 'class="good"' not in page.partition("Can we tell?")[0]


async def test_whoever_is_not_signed_in_sees_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        for cookie in ("", "leftopen=guessed", "leftopen="):
            page = await at.get("/findings?state=open", cookie)
            assert (page.status, page.headers["Location"]) == (303, "/sign-in?next=/findings?state%3Dopen")
        assert (await at.get("/", headers={"Authorization": "Bearer lo_x"})).status == 401
        gone = await at.signed_in("viewer", "nobody")
        assert (await at.get("/", gone)).status == 303, "no grant, no page"
        assert await at.log() == []


async def test_a_party_that_is_gone_while_its_session_is_read_sees_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        read = threading.Event()
        held = asyncio.create_task(at.services.access(lambda _: read.wait(30)))
        page = asyncio.create_task(at.get("/", cookie))
        await asyncio.sleep(0.3)
        assert not page.done()
        renamed = loads(TEXT.replace("beta", "gamma"))
        at.declared.append(renamed.model_copy(update={"web": at.declared[-1].web}))
        read.set()
        await held
        assert ((await page).status, (await page).headers["Location"]) == (303, "/sign-in?next=/")


async def test_an_invitation_lets_in_once_and_a_get_uses_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        lasts = timedelta(minutes=10)
        secret = await at.services.access(lambda file: file.invite("Anna", "viewer", "beta", at.clock(), lasts))
        for _ in range(2):
            assert (await at.get(f"/invite/{secret}")).status == 200
        entered = await at.post(f"/invite/{secret}")
        assert (entered.status, entered.headers["Location"]) == (303, "/")
        said = entered.headers["Set-Cookie"]
        assert "HttpOnly" in said
        assert "SameSite=Lax" in said
        cookie = said.partition(";")[0]
        assert (await at.get("/", cookie)).status == 200
        assert (await at.post(f"/invite/{secret}")).status == 403
        left = await at.post("/sign-out", cookie)
        assert left.status == 303
        assert (await at.get("/", cookie)).status == 303, "the session has ended on file"
        assert [read.event for read in await at.log()] == ["sign-in", "read", "act"]


async def test_a_session_ends_by_itself(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        viewer, approver = await at.signed_in("viewer", "beta"), await at.signed_in("approver", "beta")
        at.clock.now += timedelta(minutes=31)
        assert (await at.get("/", viewer)).status == 200
        assert (await at.get("/", approver)).status == 303
        at.clock.now += timedelta(hours=9)
        assert (await at.get("/", viewer)).status == 303


@pytest.mark.parametrize(
    "path", ["/", "/findings", "/sign-in", "/nothing-here", "/static/style.css", "/healthz", "/invite/x"]
)
async def test_every_answer_has_the_headers(tmp_path: Path, path: str) -> None:
    async with site(tmp_path) as at:
        answer = await at.get(path, await at.signed_in("viewer", "beta"))
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Server"] == "leftopen"
        assert path.startswith("/static") or answer.headers["Cache-Control"] == "no-store"
        # The policy forbids these, so a page that had them would look broken.
        assert not re.search(r"<[^>]+\sstyle=|<script>|<style|javascript:|\son[a-z]+=", answer.text)


async def test_requests_from_elsewhere_are_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        for headers in (
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": at.url},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": at.url.rpartition(":")[0]},
            {"Authorization": "Bearer lo_x"},
        ):
            assert (await at.get("/sign-out", cookie, "POST", headers=headers)).status == 403, headers
        for said in ({"Host": "evil.example"}, {"Host": "127.0.0.1"}, {"Host": ""}):
            assert (await at.get("/", cookie, headers=said)).status in (400, 421)
        assert (await at.get("/healthz", headers={"Host": "10.0.0.7:9"})).status == 200
        assert (await at.get("/", cookie)).status == 200, "nothing of that signed anybody out"
        assert (await at.get("/sign-out", cookie, "POST", headers={"Origin": at.url})).status == 303


async def test_bodies_methods_and_paths_have_limits(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        assert (await at.post("/act-as", cookie, data={"grant": "x" * 70_000})).status == 413
        wrong = await at.get("/findings", cookie, "DELETE", headers={"Sec-Fetch-Site": "same-origin"})
        assert (wrong.status, wrong.headers["Allow"]) == (405, "GET,HEAD")
        assert (await at.get("/findings/../../etc/passwd", cookie)).status == 404
        problem = await at.get("/api/v1/nothing", cookie)
        assert problem.headers["Content-Type"].startswith("application/problem+json")
        assert (await at.post("/act-as", cookie, data={"grant": "approver:region"})).status == 404


async def test_filters_of_the_list_stand_in_the_url(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "region")
        alpha, beta = at.house.findings["alpha-disk"].id, at.house.findings["beta-disk"].id
        for query, there in [
            ("", {alpha, beta}),
            ("?state=cleared", set()),
            ("?state=all", {alpha, beta}),
            ("?party=beta", {beta}),
            ("?party=sub", {alpha}),
            ("?contract=c-alpha", {alpha}),
            ("?party=beta&contract=c-alpha", set()),
            ("?q=canary-beta", {beta}),
            ("?q=%25", set()),
            ("?q=" + alpha[:8], {alpha}),
            ("?asset=beta-disk", {beta}),
            ("?handling=new", {alpha, beta}),
            ("?handling=accepted", set()),
        ]:
            page = (await at.get("/findings" + query, cookie)).text
            assert {one for one in (alpha, beta) if one in page} == there, query
        assert (await at.get("/findings?state=opne", cookie)).status == 422
        assert (await at.get("/findings?party=alpha", await at.signed_in("viewer", "beta"))).status == 200
        assert (await at.get("/findings?after=xyz", cookie)).status == 422


async def test_what_cannot_be_seen_is_shown_and_markup_is_text(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        page = (await at.get("/findings?q=%E2%80%AE%3Cscript%3Ealert(1)%3C/script%3E%22", cookie)).text
        assert "[U+202E]&lt;script&gt;alert(1)&lt;/script&gt;&#34;" in page
        assert "<script>" not in page


async def test_swedish_and_reloading(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        swedish = await at.get("/?lang=sv&refresh=60", cookie)
        assert 'lang="sv"' in swedish.text
        assert "Är något öppet?" in swedish.text
        assert '<meta http-equiv="refresh" content="60">' in swedish.text
        assert "leftopen_language=sv" in swedish.headers["Set-Cookie"]
        assert "+0200" in swedish.text, "the walls of Stockholm, with their offset"
        filtered = (await at.get("/findings?state=open&party=beta&refresh=60", cookie)).text
        assert "/findings?state=open&amp;party=beta&amp;refresh=60&amp;lang=sv" in filtered, "filters are kept"
        assert "refresh" not in (await at.get("/?refresh=1", cookie)).text.partition("</head>")[0]


async def test_every_page_that_is_read_stands_in_the_log_before_it_is_seen(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        await at.get("/findings", cookie)
        (read,) = await at.log()
        assert (read.route, read.role, read.party, read.status, read.event) == (
            "findings",
            "viewer",
            "beta",
            200,
            "read",
        )
        assert read.who.startswith("Anna Test [")
        await at.services.access(lambda file: file.close())
        assert (await at.get("/findings", cookie)).status in (500, 503), "what cannot be logged is not shown"
        at.services.access._file = await asyncio.to_thread(type(at.services.access._file), at.house.path)


def test_only_paths_of_this_server_are_led_to() -> None:
    good = ["/", "/findings?state=open", "/findings/LO-1"]
    bad = [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "/" + "x" * 3000,
    ]
    assert [own_path(one) for one in good] == good
    assert {own_path(one) for one in bad} == {"/"}


def test_limits_are_refilled_by_the_minute() -> None:
    limits = Limits()
    assert [limits.wait("a", READS, 0.0) for _ in range(READS)] == [0] * READS
    assert limits.wait("a", READS, 0.0) == 1
    assert limits.wait("b", READS, 0.0) == 0
    assert limits.wait("a", READS, 6.0) == 0


async def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        answers = [await at.post("/invite/guess") for _ in range(11)]
        assert [one.status for one in answers[:10]] == [403] * 10
        assert answers[10].status == 429
        assert int(answers[10].headers["Retry-After"]) >= 1


async def test_ready_says_whether_the_ledger_can_be_read(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        assert (await at.get("/readyz")).status == 200
        at.house.path.rename(tmp_path / "away.db")
        assert (await at.get("/healthz")).status == 200
        for _ in range(2):  # one connection may still be open
            last = await at.get("/readyz")
        assert last.status in (200, 503)


async def _idle(at: Site, count: int) -> list[asyncio.StreamWriter]:
    host, port = at.url.removeprefix("http://").split(":")
    return [(await asyncio.open_connection(host, int(port)))[1] for _ in range(count)]


async def test_idle_connections_keep_nobody_out(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        idle = await _idle(at, 300)
        assert (await at.get("/", cookie)).status == 200
        for one in idle:
            one.close()
