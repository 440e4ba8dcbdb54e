"""Coverage is one figure: on the pages, in the API and on the command line, of what the scope holds."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from monitor.api.coverage import coverage_json
from monitor.coverage.slot_coverage import coverage
from monitor.findings.observation import Observation, RequestLog
from monitor.rounds.log_scope import scope_of
from monitor.store.ledger import Ledger
from monitor.store.log import slots
from monitor.store.log.declaration import declare
from probes.api import Clear, Place, Unknown, WebTarget
from probes.reasons import ClosedReason, UndecidedReason
from tests.monitor.web.house import NOW
from tests.monitor.web.serving import Site, site

HOUR = timedelta(hours=1)


async def _look_for_an_hour(at: Site) -> None:
    """Four slots: one asset judged in all of them, one in none, and one that nobody looked at."""
    assert at.services.ledger is not None

    def fill(ledger: Ledger) -> None:
        declare(ledger, scope_of(at.house.inventory), NOW - HOUR)
        for quarter in range(4):
            began = NOW - HOUR + timedelta(minutes=15 * quarter + 15)
            with ledger.step():
                outcomes = {"alpha-disk": "exposed", "beta-disk": "inconclusive:catch-all"}
                slots.decide(ledger, outcomes, began, began)

    await at.services.ledger(fill)
    at.clock.now = NOW + timedelta(minutes=40)


async def test_pages_api_and_command_line_agree(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await _look_for_an_hour(at)
        assert at.services.ledger is not None
        day = at.clock.now.date()
        midnight = NOW.replace(hour=0)
        said = await at.services.ledger(
            lambda ledger: coverage_json(
                coverage(ledger, at.house.inventory, midnight, midnight + timedelta(days=1), at.clock.now)
            )
        )
        cookie = await at.signed_in("viewer", "region")
        path = f"/api/v1/coverage?since={day}&until={day + timedelta(days=1)}"
        assert json.loads((await at.get(path, cookie)).text) == said
        assert said["assets"]["beta-disk"]["percent"] == 0.0
        percents = {id_: one["percent"] for id_, one in said["assets"].items()}
        assert 0 < percents["alpha-disk"] <= 100
        page = (await at.get("/coverage", cookie)).text
        for asset, one in said["assets"].items():
            row = page.partition(f'<a href="/coverage/{asset}">')[2].partition("</tr>")[0]
            shown = f"{1000 * one['conclusive'] // one['due'] / 10:g} %"
            assert shown in row, (asset, row)
            whole = json.loads((await at.get(f"/api/v1/assets/{asset}", cookie)).text)
            assert whole["coverage"] == one


async def test_coverage_holds_what_is_the_scopes_alone(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await _look_for_an_hour(at)
        for party, mine in (("beta", "beta-disk"), ("sub", "alpha-disk")):
            answer = await at.get("/api/v1/coverage", await at.signed_in("viewer", party))
            assert answer.status == 200
            found = json.loads(answer.text)
            assert list(found["assets"]) == [mine]
            assert found["all"] == found["assets"][mine], "nor is it in the sum"
            assert {gap["asset"] for gap in found["gaps"]} <= {mine}
            assert all(one in ("c-beta", "c-sub") for one in found["contracts"])
        for query in ("since=2026-10-01&until=2026-10-01", "since=2020-01-01", "since=yesterday"):
            cookie = await at.signed_in("viewer", "beta")
            assert (await at.get(f"/api/v1/coverage?{query}", cookie)).status == 422


async def test_a_port_that_speaks_another_protocol_is_no_place(tmp_path: Path) -> None:
    """A site that answers every path alike, and TLS on a port of clear text: nothing of it was judged."""
    async with site(tmp_path) as at:
        assert at.services.ledger is not None

        def look(ledger: Ledger) -> None:
            for tls, seen in ((False, Unknown(Place("o.test", 80, "/"), "listing", UndecidedReason.CATCH_ALL)),
                              (True, Clear(Place("o.test", 80, "/"), "listing", ClosedReason.NOT_SPOKEN))):  # fmt: skip
                target = WebTarget("own-site", "o.test", "o.test", "192.0.2.3", 80, tls=tls)
                asked = (RequestLog("GET", "/", "200 whole", 9, 1),)
                at_ = NOW + timedelta(days=1)
                with ledger.step():
                    ledger.record("r1", Observation("own-site", "http-listing", target, at_, at_, asked, (seen,)))

        await at.services.ledger(look)
        at.clock.now = NOW + timedelta(days=1, minutes=1)
        answer = await at.get("/api/v1/assets/own-site", await at.signed_in("viewer", "region"))
        today = json.loads(answer.text)["days"][-1]
        assert (today["state"], today["clear"], today["unknown"]) == ("unknown", 0, 1)
