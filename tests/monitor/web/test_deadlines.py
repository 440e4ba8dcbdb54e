"""The first page names the legal clocks that end within a day, each in its own scope."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from tests.monitor.web.house import NOW
from tests.monitor.web.serving import Site, site


async def _told(at: Site, cookie: str) -> list[tuple[str, str, str]]:
    told = json.loads((await at.get("/api/v1/head", cookie)).text)["deadlines"]
    return [(one["finding"], one["party"], one["deadline"]) for one in told]


async def test_clocks_that_end_within_a_day_stand_on_the_first_page(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        alpha, beta = (at.house.findings[one].id for one in ("alpha-disk", "beta-disk"))
        region = await at.signed_in("approver", "region")
        at.clock.now = NOW + timedelta(hours=30)
        assert "Deadlines within" not in (await at.get("/", region)).text, "72 hours have 42 left"
        at.clock.now = NOW + timedelta(hours=60)
        region, vendor = await at.signed_in("approver", "region"), await at.signed_in("viewer", "beta")
        page, swedish = (await at.get("/", region)).text, (await at.get("/?lang=sv", region)).text
        assert "Deadlines within 24 hours" in page
        assert "12 h left" in page
        assert "Frister inom 24 timmar" in swedish
        assert "anmäl" in swedish.lower()
        ends = f"{NOW + timedelta(hours=72):%Y-%m-%dT%H:%M:%SZ}"
        assert {(alpha, "region", ends), (beta, "region", ends)} <= set(await _told(at, region))
        assert alpha not in (await at.get("/", vendor)).text
        assert {finding for finding, *_ in await _told(at, vendor)} <= {beta}
        for name, etag in (("Anna", "1.0"), ("Bo", "1.1")):
            cookie = await at.signed_in("approver", "region", name)
            said = {"act": "dismiss", "reason": "ours, and meant", "key": "k", "etag": etag}
            assert (await at.post(f"/findings/{beta}/act", cookie, data=said)).status == 303
        assert {finding for finding, *_ in await _told(at, region)} == {alpha}, (
            "what people have settled is not counted"
        )
        at.clock.now = NOW + timedelta(hours=73)
        assert await _told(at, await at.signed_in("approver", "region")) == [], "what is over is not to come"
