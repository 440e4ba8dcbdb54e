"""Taking several findings at once: what is shown first, what is done once, and what has changed meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.store.tables import actions
from monitor.web.act.several import MOST
from tests.monitor.web.serving import Site, site


def form(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the page, as a browser would send them."""
    return re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)


async def done(at: Site, finding: str) -> list[str]:
    assert at.services.ledger is not None
    return [one.act.value for one in await at.services.ledger(lambda ledger: actions.of_finding(ledger, finding))]


async def test_those_that_are_chosen_are_shown_and_then_taken_once(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("responder", "region")
        alpha, beta = (at.house.findings[one].id for one in ("alpha-disk", "beta-disk"))
        listed = (await at.get("/findings", cookie)).text
        assert re.findall(r'type="checkbox" name="finding" value="([^"]+)"', listed) == sorted([alpha, beta])
        assert "checkbox" not in (await at.get("/findings", await at.signed_in("viewer", "region"))).text
        page = (await at.get(f"/acknowledge?finding={alpha}&finding={beta}", cookie)).text
        assert (alpha in page, beta in page) == (True, True)
        assert await done(at, alpha) == [], "a page that is read changes nothing"
        for _ in range(2):
            answer = await at.post("/acknowledge", cookie, data=form(page))
            assert answer.status == 200
            assert f"/findings/{alpha}" in answer.text
        assert (await done(at, alpha), await done(at, beta)) == (["acknowledged"], ["acknowledged"])
        assert [one.object for one in await at.log()][-4:] == [alpha, beta, alpha, beta], "one line for each"
        again = (await at.get(f"/acknowledge?finding={alpha}", cookie)).text
        assert "None of them can be taken" in again
        assert f"Not taken, since somebody has them or they are not open: {alpha}" in again


async def test_what_has_changed_meanwhile_stays_and_the_others_are_taken(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("responder", "region")
        alpha, beta = (at.house.findings[one].id for one in ("alpha-disk", "beta-disk"))
        page = (await at.get(f"/acknowledge?finding={alpha}&finding={beta}", cookie)).text
        said = {"act": "contain", "reason": "shut", "key": "k", "etag": "1.0"}
        assert (await at.post(f"/findings/{alpha}/act", cookie, data=said)).status == 303
        answer = (await at.post("/acknowledge", cookie, data=form(page))).text
        changed = answer.partition("Changed since the page was shown")[2]
        assert alpha in changed
        assert beta not in changed
        assert (await done(at, alpha), await done(at, beta)) == (["contained"], ["acknowledged"])


async def test_who_may_not_take_one_may_not_take_several(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        alpha = at.house.findings["alpha-disk"].id
        for role in ("viewer", "auditor", "operator"):
            cookie = await at.signed_in(role, "region")
            assert (await at.get(f"/acknowledge?finding={alpha}", cookie)).status == 403
            sent = [("key", "k"), ("finding", f"{alpha} 1.0")]
            assert (await at.post("/acknowledge", cookie, data=sent)).status == 403
        cookie = await at.signed_in("responder", "region")
        many = "&".join(f"finding=LO-{n:010d}" for n in range(MOST + 1))
        assert (await at.get(f"/acknowledge?{many}", cookie)).status == 422
        assert (await at.post("/acknowledge", cookie, data=[("finding", f"{alpha} 1.0")])).status == 400, "a key"
        assert await done(at, alpha) == []
