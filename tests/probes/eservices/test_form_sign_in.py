"""Subjects that sign in by a portal's form: once, at the declared address, with the page's token, and nowhere else."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.service.application import Application
from probes.api import Clear, Exposed, Unknown
from tests.probes.eservices.test_role_matrix import LIST, SECRETS, cells, verdicts, watched
from tests.servers.benefits import Benefits
from tests.servers.certificates import certificate

FORMS = [
    {"id": "anyone"},
    {"id": "admin-a", "tenant": "a", "kind": "form", "credential": "env:FORM_A"},
    {"id": "admin-b", "tenant": "b", "kind": "form", "credential": "env:FORM_B"},
]
ACCOUNTS = {"FORM_A": "a:key-of-a-1234", "FORM_B": "b:key-of-b-5678"}
SIGN_IN = {"page": "/login", "user": "user", "password": "pass"}


@asynccontextmanager
async def forms(
    tmp_path: Path, accounts: dict[str, str] = ACCOUNTS, tls: ssl.SSLContext | None = None, **roles: Any
) -> AsyncIterator[tuple[Benefits, Application]]:
    declared = {"subjects": FORMS, "sign_in": SIGN_IN, "rules": [LIST], **roles}
    async with watched(tmp_path, {**SECRETS, **accounts}, tls, **declared) as seen:
        yield seen


def sent(portal: Benefits) -> list[str]:
    """Who was signed in: the subjects sign in side by side."""
    return sorted(one["user"] for one in portal.signed)


async def test_each_subject_signs_in_once_a_look_with_the_token_of_the_page(tmp_path: Path) -> None:
    async with forms(tmp_path, rules=[LIST, {"id": "one", "allow": ["admin-a", "admin-b"]}]) as (portal, app):
        seen = verdicts(await app.round())
        assert {type(one) for one in seen.values()} == {Clear}, {path: cells(one) for path, one in seen.items()}
        assert sent(portal) == ["a", "b"]
        assert set(portal.signed[0]) == {"csrf", "user", "pass"}, "the form's own fields, and no other form's"
        await app.round()
        assert sent(portal) == ["a", "a", "b", "b"], "a session is of one look"


async def test_a_leak_is_found_by_somebody_who_signed_in_by_the_form(tmp_path: Path) -> None:
    async with forms(tmp_path) as (portal, app):
        portal.sees_all = True
        (verdict,) = verdicts(await app.round()).values()
        assert isinstance(verdict, Exposed)
        assert sent(portal) == ["a", "b"], "not again for the second request"


async def test_a_wrong_password_is_sent_once_and_not_again_until_it_is_another_one(tmp_path: Path) -> None:
    accounts = {**ACCOUNTS, "FORM_B": "b:wrong-password"}
    async with forms(tmp_path, accounts) as (portal, app):
        for _ in range(3):
            (verdict,) = verdicts(await app.round()).values()
            assert isinstance(verdict, Unknown)
            assert cells(verdict)["admin-b"] == "unknown credential-refused"
        assert sent(portal).count("b") == 1
        assert sent(portal).count("a") == 3


async def test_a_refusal_without_a_form_is_known_by_what_the_subject_gets_then(tmp_path: Path) -> None:
    async with forms(tmp_path, {**ACCOUNTS, "FORM_B": "b:wrong-password"}) as (portal, app):
        portal.quiet = True
        for _ in range(3):
            (verdict,) = verdicts(await app.round()).values()
            assert cells(verdict)["admin-b"] == "unknown credential-refused"
        assert sent(portal).count("b") == 1
        assert sent(portal).count("a") == 3


async def test_an_overloaded_login_is_asked_once_a_look_and_is_no_refusal(tmp_path: Path) -> None:
    async with forms(tmp_path) as (portal, app):
        portal.busy = True
        (verdict,) = verdicts(await app.round()).values()
        assert cells(verdict)["admin-a"] == "unknown server-error"
        assert sent(portal) == ["a", "b"]


@pytest.mark.parametrize("action", ["https://elsewhere.test/login", "//elsewhere.test/login", "/other", "login.asp"])
async def test_a_form_that_is_sent_elsewhere_gets_no_credential(tmp_path: Path, action: str) -> None:
    async with forms(tmp_path) as (portal, app):
        portal.action = action
        (verdict,) = verdicts(await app.round()).values()
        assert cells(verdict)["admin-a"] == "unknown not-signed-in"
        assert portal.signed == []


async def test_a_redirect_to_another_host_is_not_followed_and_is_no_sign_in(tmp_path: Path) -> None:
    async with forms(tmp_path) as (portal, app):
        portal.welcome = "http://127.0.0.1:9/collect"
        (verdict,) = verdicts(await app.round()).values()
        assert cells(verdict)["admin-a"] == "unknown not-signed-in"
        assert not [path for path, key in portal.asked if key]
        await app.round()
        assert sent(portal) == ["a", "b"], "not sent again to a portal that leads away"


async def test_two_forms_that_fit_are_none(tmp_path: Path) -> None:
    async with forms(tmp_path, sign_in={**SIGN_IN, "password": "q"}) as (portal, app):
        (verdict,) = verdicts(await app.round()).values()
        assert cells(verdict)["admin-b"] == "unknown not-signed-in"
        assert portal.signed == []


@pytest.mark.parametrize(("keeps", "kind"), [(True, Exposed), (False, Clear)])
async def test_a_session_of_a_form_is_ended_and_asked_once_more(
    tmp_path: Path, keeps: bool, kind: type[Exposed | Clear]
) -> None:
    async with forms(tmp_path, sign_out="/leave") as (portal, app):
        portal.keeps_sessions = keeps
        assert isinstance(verdicts(await app.round())["/leave"], kind)
        assert sent(portal) == ["a", "b"], "whoever was signed out does not sign in again"
        assert bool(portal.sessions) is keeps


async def test_a_password_goes_out_only_to_a_server_with_a_valid_certificate(tmp_path: Path) -> None:
    async with forms(tmp_path, tls=certificate("self-signed").server_side()) as (portal, app):
        (verdict,) = verdicts(await app.round()).values()
        assert isinstance(verdict, Unknown)
        assert portal.signed == []


async def test_no_password_and_no_token_of_a_form_is_kept_anywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with forms(tmp_path, {**ACCOUNTS, "FORM_B": "b:wrong-password"}) as (portal, app):
        portal.sees_all = True
        said = repr(await app.round()) + caplog.text + repr(app.inventory)
    kept = bytes_in(tmp_path)
    for secret in ("key-of-a-1234", "wrong-password", "t-&-", "s-0"):
        assert secret.encode() not in kept
        assert secret not in said
    assert b"/login as admin-a" in kept, "what was asked is on file"


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
