"""The page of a finding: what it shows, and that what is done on it is done as everywhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, service_faults
from monitor.web.screens.charts import bars, months
from probes.facts import Fact, FactKind
from tests.monitor.web.house import CANARY, NOW
from tests.monitor.web.serving import Site, site


def fields(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form for an action, as a browser would send them."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{act}"' in one)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def done(at: Site, finding: str) -> list[tuple[str, str, str]]:
    assert at.services.ledger is not None
    found = await at.services.ledger(lambda ledger: actions.of_finding(ledger, finding))
    return [(one.act.value, one.by, one.reason) for one in found]


async def test_what_to_do_stands_first_then_what_is_known_and_what_is_not(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["alpha-disk"]
        page = await at.get(f"/findings/{finding.id}", await at.signed_in("responder", "region"))
        assert page.status == 200
        order = [
            page.text.index(f'id="{one}"') for one in ("act", "unknown", "since", "reach", "life", "told", "proof")
        ]
        assert order == sorted(order)
        assert CANARY["alpha-disk"] in page.text
        assert "I take it" in page.text
        assert "Dismiss" not in page.text, "a responder does not dismiss"
        assert "it was never seen closed before" in page.text
        lines = re.findall(r'<li class="(seen|said|told)">', page.text)
        assert lines[0] == "seen"
        assert "told" in lines
        assert "alpha-oncall" in page.text, "the region is told by which channel its vendor heard of it"
        swedish = (await at.get(f"/findings/{finding.id}?lang=sv", await at.signed_in("viewer", "alpha"))).text
        assert "Vad som ska göras" in swedish
        assert "Din roll får bara läsa" in swedish


async def test_a_button_does_its_thing_once_and_the_page_says_so(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["beta-disk"].id
        cookie = await at.signed_in("responder", "beta")
        page = (await at.get(f"/findings/{finding}", cookie)).text
        sent = fields(page, "acknowledge")
        for _ in range(2):
            answer = await at.post(f"/findings/{finding}/act", cookie, data=sent)
            assert (answer.status, answer.headers["Location"]) == (303, f"/findings/{finding}")
        stale = {**fields(page, "contain"), "reason": "shut the door"}
        refused = await at.post(f"/findings/{finding}/act", cookie, data=stale)
        assert refused.status == 412
        assert f'href="/findings/{finding}"' in refused.text, "and it leads back to what has changed"
        page = (await at.get(f"/findings/{finding}", cookie)).text
        assert "I take it" not in page
        assert "Anna Test" in page
        named = {**fields(page, "contain"), "reason": "shut it, ask 19121212-1212"}
        assert (await at.post(f"/findings/{finding}/act", cookie, data=named)).status == 303
        found = await done(at, finding)
        assert [act for act, _, _ in found] == ["acknowledged", "contained"]
        assert "19121212-1212" not in found[1][2]


async def test_grave_decisions_take_a_sign_in_just_now(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["beta-disk"].id
        cookie = await at.signed_in("approver", "region")
        page = (await at.get(f"/findings/{finding}", cookie)).text
        assert fields(page, "dismiss")["key"]
        assert 'name="days"' in page
        at.clock.now += timedelta(minutes=6)
        late = (await at.get(f"/findings/{finding}", cookie)).text
        assert "Sign in again first" in late
        assert 'name="days"' not in late
        sent = {**fields(page, "dismiss"), "reason": "it is nothing"}
        assert (await at.post(f"/findings/{finding}/act", cookie, data=sent)).status == 403
        assert await done(at, finding) == []


async def test_a_server_that_only_reads_offers_no_button(tmp_path: Path) -> None:
    async with site(tmp_path, writes=False) as at:
        page = (
            await at.get(f"/findings/{at.house.findings['beta-disk'].id}", await at.signed_in("approver", "beta"))
        ).text
        assert "This server only reads" in page
        assert "/act" not in page.replace("/act-as", "")


def test_bars_stand_in_their_picture() -> None:
    assert bars([]) is None
    assert bars([("2019-01", 0)]) is None
    chart = bars([("a", 1), ("b", 1_000_000), ("c", 0)])
    assert chart is not None
    assert [bar.height for bar in chart.bars] == [3.0, 160.0, 0.0], "the least is seen beside the most"
    assert all(0 <= bar.x <= chart.width and 0 <= bar.y <= chart.height for bar in chart.bars)
    many = bars([(str(n), n) for n in range(1000)])
    assert many is not None
    assert (len(many.bars), many.left_out) == (240, 760)


def test_a_month_without_files_is_seen_as_one() -> None:
    assert months({}) == []
    found = months({"2019-02": 4, "2021-12": 1, "not-a-date": 3})
    assert len(found) == 24
    assert dict(found)["2019-01"] == 0
    assert dict(found)["2019-02"] == 4


async def test_what_was_checked_stands_with_the_proof(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["alpha-disk"].id
        assert at.services.ledger is not None

        def put(ledger: Ledger) -> None:
            (seen,) = ledger.rows("SELECT max(id) AS id FROM observations")
            change = queries.changes(ledger, finding)[-1]
            checks = [["admin-a", "exposed", "role-leak"], ["rows", "exposed", "log-untrue", "1: row <21>"]]
            with ledger.step():
                ledger.add_evidence(change, seen["id"], {"checks": checks})

        await at.services.ledger(put)
        page = (await at.get(f"/findings/{finding}", await at.signed_in("viewer", "alpha"))).text
        assert "<li>open: admin-a (a test account sees what belongs to another)</li>" in page
        assert re.search(r"<li>open: rows \(the log says what nobody did[^<]*\): <span>1: row &lt;21&gt;</span>", page)
        hidden = (await at.get(f"/findings/{finding}", await at.signed_in("operator", "region"))).text
        assert "admin-a" not in hidden, "operators see no evidence"


async def test_the_checks_of_a_bucket_are_named_in_the_readers_language(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["alpha-disk"]
        assert at.services.ledger is not None

        def put(ledger: Ledger) -> None:
            (seen,) = ledger.rows("SELECT max(id) AS id FROM observations")
            change = queries.changes(ledger, finding.id)[-1]
            checks = [["list calls/", "exposed", "listed-and-readable", "236 keys and prefixes and more"]]
            checks += [["write", "unknown", "not-asked"], ["tomorrow", "clear", "denied"]]
            with ledger.step():
                ledger.save(replace(finding, kind="bucket"), None, "r1", finding.last_seen)
                ledger.add_evidence(change, seen["id"], {"checks": checks})

        await at.services.ledger(put)
        page = (await at.get(f"/findings/{finding.id}?lang=sv", await at.signed_in("viewer", "alpha"))).text
        detail = '<span lang="en">236 keys and prefixes and more</span>'
        assert re.search(rf"<li>öppet: lista calls/ \([^<]*\): {detail}", page)
        assert re.search(r"<li>okänt: skriva \([^<]*\)</li>", page)
        assert "tomorrow" in page, "a check that a newer program made keeps its own name"


@pytest.mark.parametrize(
    ("counted", "partial", "said"),
    [((("keys", 1841), ("databases", 1)), "", "1,841 keys, 1 database"), ((), "a page cut short", "at least 7 files")],
)
async def test_how_much_is_open_is_said_in_the_words_of_what_it_is(
    counted: tuple[tuple[str, int], ...], partial: str, said: str, tmp_path: Path
) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["alpha-disk"]
        extent = replace(finding.extent, files=7, counted=counted, partial=partial)
        ledger = Ledger(at.house.path)
        with ledger.step():
            ledger.save(replace(finding, extent=extent), None, "r1", finding.last_seen)
        ledger.close()
        cookie = await at.signed_in("viewer", "region")
        for address in ("/", "/findings", f"/findings/{finding.id}"):
            text = " ".join(re.sub(r"<[^>]*>", " ", (await at.get(address, cookie)).text).split())
            assert said in text or (address.endswith(finding.id) and "at least 7" in text), address


@pytest.mark.parametrize(
    ("language", "fact", "part"),
    [("en", "it is served by nginx", "Looking does not work: the disk is full."),
     ("sv", "den drivs med nginx", "Granskningen fungerar inte: the disk is full.")],
)  # fmt: skip
async def test_facts_and_what_fails_are_said_in_the_language_of_the_reader(
    language: str, fact: str, part: str, tmp_path: Path
) -> None:
    async with site(tmp_path) as at:
        found = at.house.findings["alpha-disk"]
        assert at.services.ledger is not None

        def put(ledger: Ledger) -> None:
            with ledger.step():
                ledger.save(replace(found, facts=(Fact(FactKind.ENGINE, "nginx"),)), None, "r1", NOW)
            service_faults.record(ledger, "looks", "the disk is full", NOW)

        await at.services.ledger(put)
        cookie = await at.signed_in("approver", "region")
        page = (await at.get(f"/findings/{found.id}?lang={language}", cookie)).text
        assert fact in page
        assert part in (await at.get(f"/?lang={language}", await at.signed_in("operator", "region"))).text
