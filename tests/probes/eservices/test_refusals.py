"""A password that is refused is not sent again: not by the next program, and not with a hundred requests of a look."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.alerts.endings import tell_endings
from monitor.coverage.endings import refused_credentials, said
from monitor.service.application import Application
from monitor.store.tables.refused_credentials import refused
from tests.probes.eservices.test_form_sign_in import ACCOUNTS, bytes_in, forms, sent
from tests.probes.eservices.test_role_matrix import LIST, ONE, SECRETS, cells, verdicts, watched

BASIC = [
    {"id": "anyone"},
    {"id": "admin-a", "tenant": "a", "kind": "basic", "credential": "env:BASIC_A"},
    {"id": "admin-b", "tenant": "b", "kind": "basic", "credential": "env:BASIC_B"},
]
USERS = {"BASIC_A": "a:key-of-a-1234", "BASIC_B": "b:wrong-password"}


async def test_the_next_program_knows_what_was_refused_and_keeps_no_password(tmp_path: Path) -> None:
    """As `leftopen run` does from a timer: every round is another program with the same ledger."""
    wrong = {**ACCOUNTS, "FORM_B": "b:wrong-password"}
    async with forms(tmp_path, wrong) as (portal, app):

        async def program(environ: dict[str, str], **more: bool) -> dict[str, str]:
            async with Application(app.inventory, app.ledger, app.now, {**SECRETS, **environ}, **more) as another:
                (verdict,) = verdicts(await another.round()).values()
            return cells(verdict)

        for _ in range(3):
            assert (await program(wrong))["admin-b"] == "unknown credential-refused"
        assert sent(portal).count("b") == 1
        await program({**ACCOUNTS, "FORM_B": "b:another-wrong-one"})
        assert sent(portal).count("b") == 2, "another password is another try"
        assert b"wrong" not in bytes_in(tmp_path)
        with portal.locked("b"):
            await program(ACCOUNTS)
        assert (await program(ACCOUNTS))["admin-b"] == "unknown credential-refused"
        assert sent(portal).count("b") == 3, "the portal has unlocked it, and nobody has said so"
        assert (await program(ACCOUNTS, sign_in_again=True))["admin-b"] == "clear roles-hold"
        assert (await program(ACCOUNTS))["admin-b"] == "clear roles-hold"
        assert await app.ledger(refused) == ()


async def test_the_owner_is_told_once_that_an_account_is_refused(tmp_path: Path) -> None:
    async with forms(tmp_path, {**ACCOUNTS, "FORM_B": "b:wrong-password"}) as (_, app):
        for _ in range(2):
            await app.round()
            await app.ledger(lambda ledger: tell_endings(ledger, app.inventory, app.now()))
        keys = await app.ledger(lambda ledger: [row["key"] for row in ledger.rows("SELECT key FROM dues")])
        assert len([key for key in keys if key.startswith("ends/credential/portal admin-b/")]) == len(
            app.inventory.channels
        ), keys


async def test_a_host_of_several_addresses_gets_a_wrong_password_once(tmp_path: Path) -> None:
    host = {"addresses": ["127.0.0.1", "127.0.0.2", "127.0.0.3"]}
    async with forms(tmp_path, {**ACCOUNTS, "FORM_B": "b:wrong-password"}, host=host) as (portal, app):
        await app.round()
        assert sent(portal).count("b") == 1
        assert sent(portal).count("a") == 3


async def test_a_wrong_basic_password_is_sent_once_and_not_with_every_request(tmp_path: Path) -> None:
    rules = [LIST, ONE, *({**LIST, "id": f"list-{number}", "get": f"/orders/page?{number}"} for number in range(8))]
    async with watched(tmp_path, {**SECRETS, **USERS}, subjects=BASIC, rules=rules) as (portal, app):
        portal.denies = portal.unknown = 401
        for _ in range(2):
            seen = verdicts(await app.round())
            assert cells(seen["/orders/page"])["admin-b"] == "unknown credential-refused"
            assert cells(seen["{object}"])["admin-a b"] == "clear roles-hold", "401 is how this portal says no"
        asked = [key for _, key in portal.asked]
        assert asked.count("wrong-password") == 1
        assert asked.count("key-of-a-1234") == 2 * 11
    assert b"wrong-password" not in bytes_in(tmp_path)


@pytest.mark.parametrize("basic", ["key-of-b-5678", "wrong-password"])
async def test_a_portal_that_says_401_for_what_is_not_ones_own_refuses_no_password(tmp_path: Path, basic: str) -> None:
    only_a = [{**LIST, "id": f"a-{number}", "get": f"/city?{number}", "allow": ["admin-a"]} for number in range(2)]
    environ = {**SECRETS, **USERS, "BASIC_B": f"b:{basic}"}
    async with watched(tmp_path, environ, subjects=BASIC, rules=[*only_a, LIST]) as (portal, app):
        portal.denies = portal.unknown = 401
        seen = verdicts(await app.round())
        wrong = basic == "wrong-password"
        assert cells(seen["/orders/page"])["admin-b"] == (
            "unknown credential-refused" if wrong else "unknown canary-unseen"
        )
        assert [key for _, key in portal.asked].count(basic) == 3


async def test_a_token_that_has_ended_is_asked_with_again_and_is_told_until_it_is_good(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, app):
        portal.ended.add("key-of-b-5678")
        await app.round()
        (one,) = await app.ledger(lambda ledger: refused_credentials(ledger, app.inventory))
        assert said(one, app.now().date()).startswith("the account of portal admin-b is refused since ")
        portal.ended.clear()
        await app.round()
        assert await app.ledger(refused) == ()
