"""The inventory as a page: what is wrong with it and what ends, of what the scope holds and of nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from monitor.store.tables import service_faults
from tests.monitor.web.house import NOW
from tests.monitor.web.serving import site

NEAR_THE_END = NOW.replace(year=2027, month=12, day=20)


async def test_warnings_stand_with_the_line_of_their_entry(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        at.clock.now = NEAR_THE_END
        page = (await at.get("/inventory", await at.signed_in("operator", "region"))).text
        warned = page.partition("What is wrong with it")[2].partition("What ends")[0]
        _, line = at.house.inventory.place_of("contracts", "c-beta") or ("", None)
        assert line is not None
        assert re.search(rf">{line}</th><td[^>]*>contract &#39;c-beta&#39; ends in 11 days", warned)
        assert "c-alpha" in warned
        ends = page.partition("<h2>What ends")[2].partition("What is declared")[0]
        assert ends.count("<strong") == 3
        assert "is not used" not in page


async def test_a_scope_reads_its_own_and_is_not_told_of_others_channels(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        at.clock.now = NEAR_THE_END
        page = (await at.get("/inventory", await at.signed_in("viewer", "beta"))).text
        assert "c-beta" in page
        assert "beta-disk" in page
        for foreign in ("c-alpha", "c-sub", "alpha-disk", "own-site"):
            assert foreign not in page
        assert "have no channel" not in page, "whether the region can be reached is not for its vendor to know"


async def test_only_those_who_run_it_read_that_the_changed_file_is_not_used(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        assert at.services.ledger is not None
        why = "the changed inventory is not used, since it has faults: inventory.yaml:7: unknown key"
        await at.services.ledger(lambda ledger: service_faults.record(ledger, "inventory", why, at.clock.now))
        assert why in (await at.get("/inventory", await at.signed_in("operator", "region"))).text
        assert "unknown key" not in (await at.get("/inventory", await at.signed_in("approver", "region"))).text
        assert (await at.get("/inventory?page=0", await at.signed_in("viewer", "region"))).status == 422


async def test_reasons_stand_in_the_readers_language(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        at.clock.now = NOW + timedelta(hours=3)
        cookie = await at.signed_in("viewer", "region")
        for path in ("/coverage", "/coverage/own-site", "/"):
            swedish = (await at.get(f"{path}?lang=sv", cookie)).text
            assert "ingen kontroll i tid" in swedish, path
            assert "no look in time" not in swedish, path
        page = (await at.get(f"/findings/{at.house.findings['alpha-disk'].id}?lang=sv", cookie)).text
        assert "uppgifter: inspelningar" in page
        assert "tidig varning" in page
        assert "early warning" not in page
