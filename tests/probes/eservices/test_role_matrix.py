"""Roles with their scopes against a portal over real sockets: leaks, lockouts, broken tests, exports and sign-out."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Severity, State
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Unknown, Verdict
from probes.eservices.kinds import ROLES
from tests.monitor.network.rounds import inventory
from tests.servers.benefits import TOKENS, Benefits, benefits
from tests.servers.certificates import Kind, certificate
from tests.speed import within

SECRETS = {
    "KEY_A": "key-of-a-1234",
    "KEY_B": "key-of-b-5678",
    "KEY_CITY": "key-of-city-9",
    "CANARY_A": TOKENS["a"],
    "CANARY_B": TOKENS["b"],
}
SUBJECTS = [
    {"id": "anyone"},
    {"id": "admin-a", "tenant": "a", "kind": "bearer", "credential": "env:KEY_A"},
    {"id": "admin-b", "tenant": "b", "kind": "bearer", "credential": "env:KEY_B"},
]
CITY = {"id": "city", "kind": "bearer", "credential": "env:KEY_CITY"}
TEAM = {"id": "team", "url": "env:TEAM", "operator": True}
CANARIES = [
    {"tenant": "a", "token": "env:CANARY_A", "object": "/order/910001"},
    {"tenant": "b", "token": "env:CANARY_B", "object": "/order/910002"},
]
LIST = {"id": "list", "get": "/orders/page", "allow": ["admin-a", "admin-b"]}
ONE = {"id": "one", "allow": ["admin-a", "admin-b"]}


@asynccontextmanager
async def watched(
    tmp_path: Path,
    environ: dict[str, str] = SECRETS,
    tls: ssl.SSLContext | None = None,
    host: Mapping[str, Any] = {},
    **roles: Any,
) -> AsyncIterator[tuple[Benefits, Application]]:
    """The portal and an application that looks at it; `host` says more of the host."""
    async with benefits(tls, host.get("addresses", ("127.0.0.1",))) as portal:
        matrix = {
            "port": portal.port,
            "tls": tls is not None,
            "subjects": SUBJECTS,
            "canaries": CANARIES,
            "rules": [LIST, ONE],
            **roles,
        }
        asset = {
            "id": "portal",
            "host": "nas.test" if tls else "portal.test",
            "addresses": ["127.0.0.1"],
            "ports": [portal.port],
            **host,
        }
        ledger = LedgerThread(tmp_path / "a.db")
        try:
            declared = inventory({**asset, "roles": matrix}, channels=[TEAM])
            async with Application(declared, ledger, lambda: datetime.now(UTC), environ) as app:
                yield portal, app
        finally:
            ledger.close()


def verdicts(done: Round) -> dict[str, Verdict]:
    """The verdict about each rule, by its path."""
    return {line.verdict.place.path: line.verdict for line in done.lines if line.verdict.kind == ROLES}


def cells(verdict: Verdict) -> dict[str, str]:
    """The cells of a rule."""
    return {check.name: f"{check.verdict} {check.why.value}" for check in verdict.checks}


async def test_a_portal_that_shows_everybody_their_own_is_clear(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, app):
        seen = verdicts(await app.round())
        assert {type(verdict) for verdict in seen.values()} == {Clear}, {path: cells(one) for path, one in seen.items()}
        assert set(seen) == {"/orders/page", "{object}"}
        assert portal.asked


@pytest.mark.parametrize("kind", ["good", "self-signed", "expired", "wrong-name"])
async def test_a_credential_goes_out_only_to_a_server_with_a_valid_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_bytes(certificate("good").authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    async with watched(tmp_path, tls=certificate(kind).server_side()) as (portal, app):
        seen = verdicts(await app.round())
    keys = {key for _, key in portal.asked}
    if kind == "good":
        assert {type(verdict) for verdict in seen.values()} == {Clear}, {path: cells(one) for path, one in seen.items()}
        assert keys == {"", "key-of-a-1234", "key-of-b-5678"}
    else:
        assert {type(verdict) for verdict in seen.values()} == {Unknown}
        assert keys == {""}, "only those without a credential ask"


@pytest.mark.parametrize("form", ["page", "json", "csv", "xlsx", "pdf"])
async def test_c1_an_administrator_who_sees_all_departments_is_a_leak_in_every_form(tmp_path: Path, form: str) -> None:
    rule = {**LIST, "get": f"/orders/{form}"}
    async with watched(tmp_path, rules=[rule]) as (portal, app):
        portal.sees_all = True
        (verdict,) = verdicts(await app.round()).values()
        assert isinstance(verdict, Exposed)
        assert cells(verdict)["admin-a"] == "exposed role-leak"
        assert cells(verdict)["anyone"] == "clear roles-hold"
        (finding,) = await app.ledger(lambda ledger: ledger.findings())
        assert (finding.kind, finding.severity, finding.state) == (ROLES, Severity.HIGH, State.EXPOSED)


async def test_subjects_ask_side_by_side_so_that_a_slow_portal_is_asked_at_its_pace(tmp_path: Path) -> None:
    async with watched(tmp_path, rules=[LIST]) as (portal, app):
        portal.meeting = asyncio.Barrier(2)
        (verdict,) = verdicts(await app.round()).values()
        assert isinstance(verdict, Clear), "neither administrator waits for the answer to the other"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_portal_that_asks_for_patience_is_left_alone_by_all_that_looks_at_it(
    tmp_path: Path, status: int
) -> None:
    rules = [{**LIST, "id": f"list-{number}", "get": f"/orders/page?{number}"} for number in range(10)]
    async with watched(tmp_path, rules=rules) as (portal, app):
        portal.throttles = status
        assert {type(verdict) for verdict in verdicts(await app.round()).values()} == {Unknown}
        assert portal.turned_away < 10, "who was on the way when the first was told to wait, and nobody after"
        portal.throttles = 0
        assert {type(verdict) for verdict in verdicts(await app.round()).values()} == {Unknown}
        assert not portal.asked


async def test_an_order_of_another_department_that_opens_is_a_leak(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, app):
        portal.opens_all = True
        seen = verdicts(await app.round())
        assert isinstance(seen["{object}"], Exposed)
        assert cells(seen["{object}"])["admin-a b"] == "exposed role-leak"
        assert isinstance(seen["/orders/page"], Clear)


async def test_c2_a_canary_that_is_not_shown_is_a_broken_test_and_never_a_pass(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, app):
        portal.forgets = True
        seen = verdicts(await app.round())
        assert isinstance(seen["/orders/page"], Unknown)
        assert cells(seen["/orders/page"])["admin-b"] == "unknown locked-out"
        # Nobody sees the canary of b, so that a does not see it proves nothing.
        assert cells(seen["/orders/page"])["admin-a"] == "unknown canary-unseen"


async def test_a_credential_that_has_ended_is_unknown_and_its_refusals_are_no_passes(tmp_path: Path) -> None:
    async with watched(tmp_path, {**SECRETS, "KEY_B": "key-that-ended"}) as (_, app):
        seen = verdicts(await app.round())
        assert {type(verdict) for verdict in seen.values()} == {Unknown}
        assert cells(seen["{object}"])["admin-b b"] == "unknown credential-refused"
        assert cells(seen["{object}"])["admin-b a"].startswith("unknown ")


@pytest.mark.parametrize("status", [403, 404])
async def test_c4_both_403_and_404_refuse(tmp_path: Path, status: int) -> None:
    async with watched(tmp_path, rules=[ONE]) as (portal, app):
        portal.denies = status
        (verdict,) = verdicts(await app.round()).values()
        assert isinstance(verdict, Clear), cells(verdict)
        assert cells(verdict)["admin-a b"] == "clear roles-hold"


async def test_c4_a_redirect_to_the_login_is_a_refusal_for_a_stranger_and_suspicious_for_who_is_signed_in(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path, rules=[ONE]) as (portal, app):
        portal.redirects = True
        (verdict,) = verdicts(await app.round()).values()
        assert cells(verdict)["anyone a"] == "clear roles-hold"
        assert cells(verdict)["admin-a b"] == "unknown credential-refused"


async def test_a_role_that_is_meant_to_see_both_may(tmp_path: Path) -> None:
    city = {"id": "city", "get": "/city", "allow": ["city"], "all_tenants": True}
    async with watched(tmp_path, subjects=[*SUBJECTS, CITY], rules=[LIST, city]) as (_, app):
        seen = verdicts(await app.round())
        assert isinstance(seen["/city"], Clear), cells(seen["/city"])


async def test_c3_a_role_without_a_rule_is_said(tmp_path: Path) -> None:
    async with watched(tmp_path, subjects=[*SUBJECTS, CITY]) as (_, app):
        seen = verdicts(await app.round())
        assert cells(seen["/"]) == {"city": "unknown role-untested"}


@pytest.mark.parametrize(
    ("keeps", "falls", "kind"), [(True, 0, Exposed), (False, 0, Clear), (False, 503, Unknown), (False, 429, Unknown)]
)
async def test_a_session_is_asked_once_more_after_its_end(
    tmp_path: Path, keeps: bool, falls: int, kind: type[Verdict]
) -> None:
    async with watched(tmp_path, sign_out="/leave") as (portal, app):
        portal.keeps_sessions, portal.falls = keeps, falls
        assert isinstance(verdicts(await app.round())["/leave"], kind)


async def test_a_secret_that_cannot_be_had_asks_nothing_and_is_said(tmp_path: Path) -> None:
    async with watched(tmp_path, {**SECRETS, "KEY_A": ""}) as (portal, app):
        seen = verdicts(await app.round())
        assert {type(verdict) for verdict in seen.values()} == {Unknown}
        assert not [path for path, _ in portal.asked if path.startswith("/order")]


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_c5_no_credential_and_no_token_is_kept_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with watched(tmp_path) as (portal, app):
        portal.sees_all = portal.opens_all = True
        done = await app.round()
        said = repr(done) + caplog.text + repr(app.inventory)
    kept = _bytes_in(tmp_path)
    for secret in SECRETS.values():
        assert secret.encode() not in kept
        assert secret not in said


async def test_the_credential_goes_to_the_declared_endpoint_alone(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, app):
        await app.round()
        keys = {key for path, key in portal.asked if not path.startswith("/order")}
        assert keys <= {""}, "the anonymous looks carry no credential"


async def test_ten_subjects_and_fifty_rules_are_a_request_a_cell(tmp_path: Path) -> None:
    """500 requests: under a minute at ten a second, and 100 seconds at the default pace of five."""
    subjects: list[dict[str, Any]] = [
        {"id": f"admin-{of}-{number}", "tenant": of, "kind": "bearer", "credential": f"env:KEY_{of.upper()}"}
        for of in ("a", "b")
        for number in range(5)
    ]
    ids = [one["id"] for one in subjects]
    rules = [{"id": f"list-{number}", "get": f"/orders/page?{number}", "allow": ids} for number in range(50)]
    async with watched(tmp_path, subjects=subjects, rules=rules) as (portal, app):
        begun = time.process_time()
        seen = verdicts(await app.round())
        assert (len(seen), {type(verdict) for verdict in seen.values()}) == (50, {Clear})
        assert len([path for path, key in portal.asked if key]) == 10 * 50
        assert within(time.process_time() - begun, 30), "of both sides"
