"""What is done over HTTP: by whom it may be, once and on what was seen, with the name of whoever did it."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.findings.handling import ActionKind, same_person
from monitor.legal.clocks import duty_ids
from monitor.store.ledger import Ledger
from monitor.store.messages import events
from monitor.store.tables import actions
from tests.monitor.web.house import NOW
from tests.monitor.web.serving import Answer, Site, site


async def act(at: Site, cookie: str, act_: str, asset: str = "beta-disk", **more: Any) -> Answer:
    finding = at.house.findings[asset].id
    form = {"act": act_, "key": f"k-{act_}", "etag": "1.0", "reason": "a good reason", **more}
    return await at.post(f"/findings/{finding}/act", cookie, data=form)


async def done(at: Site, asset: str = "beta-disk") -> list[tuple[str, str]]:
    assert at.services.ledger is not None
    found = await at.services.ledger(lambda ledger: actions.of_finding(ledger, at.house.findings[asset].id))
    return [(one.act.value, one.by) for one in found]


async def test_an_action_is_the_same_as_on_the_command_line_with_the_persons_name(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        answer = await act(at, await at.signed_in("responder", "beta"), "acknowledge")
        assert (answer.status, answer.headers["Location"]) == (303, f"/findings/{at.house.findings['beta-disk'].id}")
        ((what, who),) = await done(at)
        assert what == "acknowledged"
        assert re.fullmatch(r"Anna Test \[[0-9a-f]{8}\]", who)
        log = (await at.log())[-1]
        assert (log.event, log.object, log.status) == ("act", at.house.findings["beta-disk"].id, 303)
        assert "acknowledged, Anna Test" in (await at.get("/", await at.signed_in("viewer", "region"))).text


async def test_a_repeat_does_nothing_and_is_answered_alike(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("responder", "beta")
        answers = await asyncio.gather(*(act(at, cookie, "acknowledge") for _ in range(5)))
        assert {one.status for one in answers} == {303}
        assert len(await done(at)) == 1
        assert (await act(at, cookie, "contain", key="k-acknowledge")).status == 409, "another thing under the same key"
        assert (await act(at, cookie, "contain", key="")).status == 400


async def test_what_has_changed_since_it_was_seen_is_not_acted_on(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("responder", "beta")
        assert (await act(at, cookie, "acknowledge")).status == 303
        stale = await act(at, cookie, "contain")
        assert (stale.status, stale.headers["ETag"]) == (412, '"1.1"')
        assert (await act(at, cookie, "contain", etag="1.1")).status == 303
        assert [what for what, _ in await done(at)] == ["acknowledged", "contained"]


async def test_who_may_do_what(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        for role, what, status in [
            ("viewer", "acknowledge", 403),
            ("operator", "acknowledge", 403),
            ("auditor", "contain", 403),
            ("responder", "accept", 403),
            ("responder", "dismiss", 403),
            ("responder", "delete", 422),
        ]:
            cookie = await at.signed_in(role, "region")
            assert (await act(at, cookie, what)).status == status, (role, what)
        assert (await act(at, await at.signed_in("responder", "beta"), "contain", reason=" ")).status == 422
        assert await done(at) == []


async def test_anothers_finding_is_not_there_for_any_action(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("approver", "beta")
        missing = None
        for what in ("acknowledge", "contain", "cause", "reopen", "accept", "dismiss"):
            answer = await act(at, cookie, what, "alpha-disk", days="7")
            none = await at.post(
                "/findings/LO-0000000000/act", cookie, data={"act": what, "key": "x", "etag": "1.0", "reason": "r"}
            )
            assert (answer.status, answer.text) == (404, none.text)
            missing = none
        assert missing is not None
        assert await done(at, "alpha-disk") == []
        assert [read.status for read in await at.log()] == [404] * 12


async def test_a_grave_action_needs_a_fresh_sign_in_and_two_persons(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        vendor = await at.signed_in("approver", "beta", "Vera")
        at.clock.now += timedelta(minutes=6)
        assert (await act(at, vendor, "accept", days="7")).status == 403
        vendor = await at.signed_in("approver", "beta", "Vera")
        assert (await act(at, vendor, "accept", days="7")).status == 303
        same = await at.signed_in("approver", "region", "Vera")
        assert (await act(at, same, "accept", days="7", etag="1.1", key="2")).status == 409, "nobody approves their own"
        assert (await act(at, vendor, "accept", days="7", etag="1.1", key="3")).status == 409
        assert (
            await act(at, await at.signed_in("approver", "region", "Rune"), "accept", days="7", etag="1.1")
        ).status == 303
        assert [what for what, _ in await done(at)] == ["acceptance-asked", "accepted"]
        page = (await at.get("/", await at.signed_in("viewer", "region"))).text
        assert "1 more are open, and accepted or dismissed" in page


async def test_a_dismissal_of_a_grave_one_takes_two_persons_whatever_they_are_called(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        asked = await act(at, await at.signed_in("approver", "region", "Rune"), "dismiss")
        assert asked.status == 303
        assert (
            await act(at, await at.signed_in("approver", "region", "Rune"), "dismiss", etag="1.1", key="b")
        ).status == 409
        assert (await act(at, await at.signed_in("approver", "region", "Siv"), "dismiss", etag="1.1")).status == 303
        assert [what for what, _ in await done(at)] == ["dismissal-asked", "dismissed"]


def test_a_person_is_known_by_the_mark_and_by_the_name() -> None:
    assert same_person("Anna A [0123abcd]", "Anna Berg [0123abcd]"), "she married"
    assert same_person("Anna  a", "anna A [0123abcd]")
    assert same_person("Anna A [0123abcd]", "ANNA A [99999999]"), "it may be the same person at another provider"
    assert not same_person("Anna A [0123abcd]", "Bo B [99999999]")
    assert not same_person("Anna", "Bo")


async def test_messages_are_stopped_and_let_out_by_those_who_run_the_looking_alone(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["beta-disk"].id

        def owe(ledger: Ledger) -> tuple[int, int]:
            ids = {
                row["party"]: row["id"] for row in ledger.rows("SELECT id, party FROM dues WHERE finding = ?", finding)
            }
            with ledger.step():
                ledger.execute("UPDATE dues SET state = 'held', last_error = 'approval' WHERE finding = ?", finding)
            return ids["region"], ids["beta"]

        assert at.services.ledger is not None
        to_region, to_beta = await at.services.ledger(owe)

        async def post(cookie: str, number: int, what: str, key: str = "k") -> int:
            form = {"act": what, "key": f"{key}-{what}-{number}", "reason": "to the wrong one"}
            return (await at.post(f"/messages/{number}/act", cookie, data=form)).status

        vendor, region = await at.signed_in("approver", "beta"), await at.signed_in("approver", "region")
        assert await post(vendor, to_region, "cancel") == 403, "a vendor keeps nobody from being told of it"
        assert await post(vendor, to_beta, "approve") == 403
        assert await post(vendor, to_region, "misdelivered") == 403
        assert await post(vendor, to_beta, "misdelivered") == 303
        assert await post(vendor, to_beta, "misdelivered", "again") == 409
        assert await post(await at.signed_in("approver", "alpha"), to_beta, "cancel") == 404
        assert await post(region, to_beta, "approve") == 303
        assert await post(region, to_region, "cancel") == 303
        happened = await at.services.ledger(lambda ledger: events.happened(ledger, finding))
        assert [one.event.value for one in happened] == ["misdelivered", "approved", "cancelled"]


async def test_a_server_that_only_reads_refuses_in_words(tmp_path: Path) -> None:
    async with site(tmp_path, writes=False) as at:
        answer = await act(at, await at.signed_in("responder", "beta"), "acknowledge")
        assert answer.status == 503
        assert "only reads" in answer.text


async def test_a_failure_of_the_ledger_leaves_nothing_half_done(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        assert at.services.ledger is not None

        def spoil(ledger: Ledger) -> None:
            with ledger.step():
                ledger.execute("CREATE TRIGGER t BEFORE INSERT ON http_actions BEGIN SELECT RAISE(ABORT, 'full'); END")

        await at.services.ledger(spoil)
        assert (await act(at, await at.signed_in("responder", "beta"), "acknowledge")).status in (500, 503)
        assert await done(at) == [], "the action and the answer to its key are one transaction"


async def test_reasons_are_tidied(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        reason = "moved\r\n 19 121212-1212 " + "x" * 900
        assert (await act(at, await at.signed_in("responder", "beta"), "contain", reason=reason)).status == 303
        assert at.services.ledger is not None
        (one,) = await at.services.ledger(lambda ledger: actions.of_finding(ledger, at.house.findings["beta-disk"].id))
        assert one.act is ActionKind.CONTAINED
        assert "\n" not in one.reason
        assert "121212-1212" not in one.reason
        assert len(one.reason) <= 520
        assert one.at >= NOW


async def test_a_person_says_for_their_own_party_since_when_it_is_aware_and_what_it_sent(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("approver", "beta")
        finding = at.house.findings["beta-disk"].id
        page = (await at.get(f"/findings/{finding}", cookie)).text
        duty = re.findall(r'<select name="duty"><option value="([^"]+)"', page)[0]
        since = NOW - timedelta(minutes=30)
        typed = f"{since:%Y-%m-%dT%H:%M}"
        assert (await act(at, cookie, "aware", since=typed)).status == 303
        assert (await act(at, cookie, "sent", etag="1.1", duty=duty, since=typed)).status == 303
        assert at.services.ledger is not None
        found = await at.services.ledger(lambda ledger: actions.of_finding(ledger, finding))
        assert [(one.act, one.party, one.since, one.signature) for one in found] == [
            (ActionKind.AWARE, "beta", since, ""), (ActionKind.SENT, "beta", since, duty),
        ]  # fmt: skip
        later = f"{at.clock.now + timedelta(hours=1):%Y-%m-%dT%H:%M}"
        assert (await act(at, cookie, "aware", etag="1.2", key="k2", since=later)).status == 409, "a time to come"
        assert (await act(at, cookie, "sent", etag="1.2", key="k3", duty="no-such")).status == 422
        for mistyped in ("noon", "0001-01-01T00:00", "9999-12-31T23:59"):
            said = await act(at, cookie, "sent", etag="1.2", key="k4", duty=duty, since=mistyped)
            assert said.status == 422, mistyped
        assert (await act(at, await at.signed_in("responder", "beta"), "aware", etag="1.2")).status == 403


async def test_programs_say_what_was_sent_and_never_who_is_aware(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        finding = at.house.findings["beta-disk"].id
        scopes, ends = ("findings:read", "actions:write"), at.clock.now + timedelta(days=1)
        secret = await at.services.access(
            lambda file: file.make_token("ticketing", "approver", "beta", scopes, at.clock.now, ends)
        )
        said = {"Authorization": f"Bearer {secret}", "If-Match": '"1.0"'}
        path, duty = f"/api/v1/findings/{finding}/actions", duty_ids()[0]
        for n, (body, status) in enumerate((
            ({"act": "aware", "reason": "r"}, 403),
            ({"act": "sent", "reason": "case 7", "duty": "no-such"}, 422),
            ({"act": "sent", "reason": "case 7", "duty": duty, "since": "2026-10-01T11:00:00"}, 422),
            ({"act": "sent", "reason": "case 7", "duty": duty, "since": "2026-10-01T13:00:00+02:00"}, 200),
        )):  # fmt: skip
            headers = {**said, "Idempotency-Key": f"k{n}"}
            answer = await at.get(path, method="POST", json=body, headers=headers)
            assert answer.status == status, (body, answer.text)
        assert [what for what, _ in await done(at)] == ["sent"]
