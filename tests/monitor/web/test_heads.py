"""The head of a scope that somebody reads is read ahead: the first page after a pause does not wait for it."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

from monitor.inventory.model.installation.web import WebRole
from monitor.web.heads import MOST_WARM, PAUSE
from monitor.web.identity.grants import Held
from monitor.web.read.head import Head, head
from tests.monitor.web.house import put
from tests.monitor.web.serving import site
from tests.waiting import until_async

VIEWER = Held(WebRole.VIEWER, "alpha")


async def test_what_was_read_lately_is_read_ahead_and_shown_after_a_pause(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        view, heads = at.services.seen(VIEWER), at.services.heads
        first = await heads(view)
        at.clock.now += timedelta(minutes=10)
        await heads.warm()
        ahead = at.clock.now
        at.clock.now += timedelta(seconds=30)
        assert (await heads(view)).at == ahead, "a page shows what was read ahead"
        assert first.at < ahead
        # What nobody has read for long costs nothing any more.
        at.clock.now += PAUSE + timedelta(seconds=1)
        await heads.warm()
        assert (await heads(view)).at == at.clock.now


async def test_only_so_many_scopes_are_read_ahead_the_last_ones_read(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        heads = at.services.heads
        views = [at.services.seen(Held(role, party)) for role in WebRole for party in ("alpha", "beta")]
        assert len(views) > MOST_WARM
        for view in views:
            await heads(view)
            at.clock.now += timedelta(seconds=1)
        at.clock.now += timedelta(minutes=2)
        await heads.warm()
        ahead = at.clock.now
        at.clock.now += timedelta(seconds=1)
        assert [(await heads(view)).at == ahead for view in (views[0], views[-1])] == [False, True]


def said(of: Head) -> tuple[object, ...]:
    """All but its time, and how much time is left."""
    ends = [(one["finding"], one["party"], one["duty"], one["deadline"]) for one in of.deadlines]
    return of.answers, of.states, of.reasons, of.tallies, ends


async def test_what_somebody_did_is_on_the_next_page_and_only_that_is_read_anew(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        viewer, heads = at.services.seen(Held(WebRole.VIEWER, "region")), at.services.heads
        before = await heads(viewer)
        assert before.open == 2
        at.clock.now += timedelta(seconds=1)
        finding = at.house.findings["alpha-disk"].id
        # Nobody dismisses what is critical alone.
        for name, act, counted in (("Eve", "dismiss", 2), ("Ada", "dismiss", 1), ("Ada", "reopen", 2)):
            cookie = await at.signed_in("approver", "region", name)
            etag = json.loads((await at.get(f"/api/v1/findings/{finding}", cookie)).text)["etag"]
            form = {"act": act, "reason": "a test of ours", "etag": etag, "key": f"{name}-{act}"}
            answer = await at.post(f"/findings/{finding}/act", cookie, data=form)
            assert answer.status == 303, answer.text
            after = await heads(viewer)
            assert (after.open, after.at) == (counted, before.at)
            whole = await at.services.pool(viewer.scope, partial(head, seen=viewer, now=at.clock.now))
            assert said(after) == said(whole), "as if all of it had been read"


async def test_a_scope_is_read_ahead_after_a_start_and_when_the_inventory_is_another(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        await at.signed_in("viewer", "alpha")
        for _ in range(2):
            await at.services.read_ahead()
            assert at.services.heads.age(at.services.seen(VIEWER)) == 0
            assert at.services.heads.age(at.services.seen(Held(WebRole.VIEWER, "beta"))) is None, "nobody reads it"
            at.services.views.clear()
            at.services.heads.forget()


async def test_a_server_that_has_another_inventory_reads_ahead_what_is_in_use(tmp_path: Path) -> None:
    async with site(tmp_path, warm_every=0.01) as at:
        await at.signed_in("viewer", "alpha")
        before = at.services.seen(VIEWER)
        other = at.house.inventory.model_copy(update={"assets": at.house.inventory.assets[:2]})
        object.__setattr__(at.services, "inventory", lambda: other)
        after = at.services.seen(VIEWER)
        assert after.scope.key != before.scope.key
        await until_async(lambda: at.services.heads.age(after) is not None, "nobody asked for it")


async def test_a_server_reads_ahead_by_itself(tmp_path: Path) -> None:
    async with site(tmp_path, warm_every=0.01) as at:
        view = at.services.seen(VIEWER)
        first = await at.services.heads(view)
        at.clock.now += timedelta(seconds=30)
        await until_async(lambda: at.services.heads.age(view) == 0, "nobody asked for it")
        assert (await at.services.heads(view)).at > first.at


async def test_an_open_page_learns_that_an_answer_has_changed_and_nothing_else(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        mine, others = await at.signed_in("viewer", "alpha"), await at.signed_in("viewer", "beta")

        async def versions() -> list[str]:
            at.clock.now += timedelta(minutes=2)
            return [(await at.get("/version.json", one)).text for one in (mine, others)]

        before = await versions()
        assert await versions() == before, "time that passes is no change"
        assert at.services.ledger is not None
        await at.services.ledger(
            lambda ledger: put(ledger, at.house.inventory, "alpha-disk", "/new/", "r1", at.clock.now)
        )
        after = await versions()
        assert after[0] != before[0]
        assert after[1] == before[1], "what is not theirs changes nothing for them"
        assert await at.log() == [], "no person has asked"
        at.clock.now += timedelta(hours=8)
        assert (await at.get("/version.json", mine)).status == 401, "an open page keeps nobody signed in"
