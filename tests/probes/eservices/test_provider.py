"""Subjects that sign in at a real identity provider: as a browser does, and nowhere but where it is declared."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.inventory.load import Problems, load
from monitor.service.application import Application
from monitor.store.tables.refused_credentials import refused
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Verdict
from tests.monitor.network.rounds import inventory
from tests.probes.eservices.test_form_sign_in import ACCOUNTS, FORMS, bytes_in
from tests.probes.eservices.test_role_matrix import CANARIES, LIST, ONE, SECRETS, cells, verdicts
from tests.servers.certificates import certificate
from tests.servers.federated import Federated, Identity, federated, identity

pytestmark = pytest.mark.slow

SIGN_IN = {
    "provider": "identity",
    "start": "/sso",
    "page": "/login",
    "to": "/login/submit",
    "user": "user",
    "password": "pass",
}


@asynccontextmanager
async def watched(
    tmp_path: Path,
    accounts: dict[str, str] = ACCOUNTS,
    name: str = "idp.test",
    **sign_in: Any,
) -> AsyncIterator[tuple[Federated, Identity, Application]]:
    """The portal, its provider, and an application that looks at the portal."""
    async with identity(tmp_path) as idp, federated(idp, name) as portal:
        roles = {
            "port": portal.port,
            "tls": False,
            "subjects": FORMS,
            "canaries": CANARIES,
            "rules": [LIST, ONE],
            "sign_in": {**SIGN_IN, **sign_in},
        }
        host = {"id": "portal", "host": "portal.test", "addresses": ["127.0.0.1"], "ports": [portal.port]}
        there = {"id": "identity", "host": "idp.test", "addresses": ["127.0.0.1"], "ports": [idp.port]}
        ledger = LedgerThread(tmp_path / "a.db")
        try:
            declared = inventory({**host, "roles": roles}, there)
            async with Application(declared, ledger, lambda: datetime.now(UTC), {**SECRETS, **accounts}) as app:
                yield portal, idp, app
        finally:
            ledger.close()


async def seen(app: Application) -> dict[str, Verdict]:
    return verdicts(await app.round(["portal"]))


async def cell(app: Application) -> str:
    """What the list shows the administrator of a."""
    return cells((await seen(app))["/orders/page"])["admin-a"]


async def test_each_subject_signs_in_at_the_provider_once_a_look(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, idp, app):
        found = await seen(app)
        assert {type(one) for one in found.values()} == {Clear}, {path: cells(one) for path, one in found.items()}
        sent = await idp.changes()
        assert sorted((one["user"], one["portal"]) for one in sent) == [("a", False), ("b", False)], (
            "no cookie of the portal"
        )
        assert portal.begun == [{}, {}], "nor one of another subject, or of the provider"
        assert [set(one) for one in portal.back] == [{"code", "state"}] * 2
        await seen(app)
        assert len(await idp.changes()) == 4, "a session is of one look"


async def test_a_leak_is_found_by_somebody_who_signed_in_at_the_provider(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, _, app):
        portal.sees_all = True
        assert isinstance((await seen(app))["/orders/page"], Exposed)


async def test_no_password_code_state_or_cookie_is_kept_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(tmp_path, {**ACCOUNTS, "FORM_B": "b:wrong-password"}) as (portal, idp, app):
        done = await app.round(["portal"])
        said = repr(done) + caplog.text
        (code, state) = (portal.back[0][name] for name in ("code", "state"))
        csrf = (await idp.changes())[0]["csrf"]
        bodies = await app.ledger(lambda ledger: [row["body"] for row in ledger.rows("SELECT body FROM records")])
    kept = bytes_in(tmp_path) + b"".join(zlib.decompress(body) for body in bodies)
    for secret in ("key-of-a-1234", "wrong-password", code, state, csrf):
        assert secret.encode() not in kept
        assert secret not in said
    assert b"/login/submit as admin-a" in kept, "what was asked is on file"


async def test_a_wrong_password_is_sent_once_to_the_provider(tmp_path: Path) -> None:
    async with watched(tmp_path, {**ACCOUNTS, "FORM_A": "a:wrong-password"}) as (_, idp, app):
        for _ in range(3):
            assert await cell(app) == "unknown credential-refused"
        assert sorted(one["user"] for one in await idp.changes()) == ["a", "b", "b", "b"]
        assert [one.subject for one in await app.ledger(refused)] == ["admin-a"]


async def test_a_redirect_to_a_host_that_is_not_the_provider_is_not_followed(tmp_path: Path) -> None:
    async with watched(tmp_path, name="elsewhere.test") as (_, idp, app):
        assert await cell(app) == "unknown out-of-scope"
        assert await idp.changes() == []


async def test_a_port_that_the_provider_does_not_declare_is_not_asked(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, idp, app):
        portal.provider = "http://idp.test:9"
        assert await cell(app) == "unknown out-of-scope"
        assert await idp.changes() == []


async def test_a_wrong_state_is_not_taken_to_the_portal(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, idp, app):
        await idp.changes(state="another-state")
        assert await cell(app) == "unknown not-signed-in"
        assert portal.back == []


async def test_a_code_goes_only_to_where_the_portal_asked_for_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, idp, app):
        await idp.changes(to=f"http://portal.test:{portal.port}/orders/page")
        assert await cell(app) == "unknown not-signed-in"
        await idp.changes(to="http://elsewhere.test/sso/back")
        assert await cell(app) == "unknown out-of-scope"
        assert portal.back == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"busy": True}, "unknown server-error"),
        ({"consent": True}, "unknown not-signed-in"),
        ({"error": "access_denied"}, "unknown not-signed-in"),
        ({"action": "https://elsewhere.test/login/submit"}, "unknown not-signed-in"),
        ({"action": "/collect"}, "unknown not-signed-in"),
    ],
)
async def test_what_is_no_sign_in_is_unknown(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    async with watched(tmp_path) as (portal, idp, app):
        await idp.changes(**change)
        assert await cell(app) == says
        assert portal.back == []
        assert len(await idp.changes()) == (0 if "action" in change else 2)


async def test_another_page_than_the_declared_one_gets_no_password(tmp_path: Path) -> None:
    async with watched(tmp_path, page="/realms/") as (_, idp, app):
        assert await cell(app) == "unknown not-signed-in"
        assert await idp.changes() == []


async def test_a_page_below_the_declared_one_is_meant_too(tmp_path: Path) -> None:
    async with watched(tmp_path, page="/", to="/login/") as (_, _, app):
        assert await cell(app) == "clear roles-hold"


@pytest.mark.parametrize("way", ["form_post", "saml"])
async def test_an_answer_that_is_handed_over_by_a_form_is_taken_to_the_declared_address_alone(
    tmp_path: Path, way: str
) -> None:
    async with watched(tmp_path, back="/sso/back") as (portal, idp, app):
        portal.way = way
        assert await cell(app) == "clear roles-hold"
        await idp.changes(state="another-state")
        assert await cell(app) == "unknown not-signed-in"
        for to in (f"http://portal.test:{portal.port}/orders/page", f"http://elsewhere.test:{portal.port}/sso/back"):
            await idp.changes(to=to)
            assert await cell(app) == "unknown not-signed-in"
        assert len(portal.back) == 2, "of the first look alone"
        assert await app.ledger(refused) == (), "the provider has taken the passwords"
        await idp.changes(error="access_denied")
        assert await cell(app) == "unknown not-signed-in"
        assert len(await app.ledger(refused)) == 2, "and now it takes neither"


@pytest.mark.parametrize("way", ["form_post", "saml"])
async def test_nothing_is_handed_over_where_no_address_for_it_is_declared(tmp_path: Path, way: str) -> None:
    async with watched(tmp_path) as (portal, _, app):
        portal.way = way
        assert await cell(app) == "unknown not-signed-in"
        assert portal.back == []


async def test_a_portal_that_does_not_take_the_sign_in_is_unknown(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, idp, app):
        portal.forgetful = True
        assert await cell(app) == "unknown not-signed-in"
        assert len(await idp.changes()) == 2
        assert await app.ledger(refused) == (), "the provider has refused nothing"


@pytest.mark.parametrize(("kind", "known"), [("good", True), ("self-signed", False), ("wrong-name", False)])
async def test_a_password_goes_only_to_a_provider_with_a_valid_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any, known: bool
) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_bytes(certificate("good").authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    portal_tls = certificate("good").server_side()
    async with (
        identity(tmp_path, certificate(kind)) as idp,
        federated(idp, "rec.test", portal_tls) as portal,
    ):
        roles = {"port": portal.port, "subjects": FORMS, "canaries": CANARIES, "rules": [LIST], "sign_in": SIGN_IN}
        host = {"id": "portal", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [portal.port]}
        there = {"id": "identity", "host": "rec.test", "addresses": ["127.0.0.1"], "ports": [idp.port]}
        ledger = LedgerThread(tmp_path / "a.db")
        try:
            declared = inventory({**host, "roles": roles}, there)
            async with Application(declared, ledger, lambda: datetime.now(UTC), {**SECRETS, **ACCOUNTS}) as app:
                assert (await cell(app) == "clear roles-hold") is known
                assert len(await idp.changes()) == (2 if known else 0)
                if known:
                    portal.provider = portal.provider.replace("https:", "http:")
                    assert await cell(app) == "unknown not-signed-in"
                    assert len(await idp.changes()) == 2, "nor in clear, where the portal is asked in TLS"
        finally:
            ledger.close()


def test_a_provider_that_is_not_declared_is_refused_with_its_place_and_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "inventory.yaml"
    roles = {"subjects": FORMS, "canaries": CANARIES, "rules": [LIST], "sign_in": SIGN_IN}
    tree = inventory({"id": "portal", "host": "portal.test"}).model_dump(mode="json", exclude_defaults=True)
    tree["assets"] = [{"id": "portal", "host": "portal.test", "owner": "vendor", "roles": roles}]
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "provider: identity" in text)
    with pytest.raises(Problems) as raised:
        load(file)
    assert f"inventory.yaml:{line}: provider 'identity' is no declared host; declare it as an asset" in str(
        raised.value
    )
