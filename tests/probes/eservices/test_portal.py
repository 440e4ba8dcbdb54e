"""Whole rounds over a portal of e-services: what is sensitive, what lost its login, which doors are open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Severity, State
from monitor.service.application import Application, Round
from probes.eservices.kinds import ADMIN, INTERFACE, LOGIN, SENSITIVE
from probes.reasons import OpenReason, UndecidedReason, Why
from tests.monitor.network.rounds import application, inventory
from tests.servers.portal import Portal
from tests.servers.raw import listening


@dataclass
class Watched:
    """A portal, the application that looks at it, and a clock."""

    portal: Portal
    app: Application
    at: datetime

    async def look(self) -> Round:
        """One round, a quarter of an hour later."""
        self.at += timedelta(minutes=15)
        return await self.app.round()

    async def findings(self) -> set[tuple[str, str, Severity, State]]:
        """What is on file: kind, path, severity and state."""
        found = await self.app.ledger(lambda ledger: ledger.findings())
        return {(one.kind, one.place.path, one.severity, one.state) for one in found}


@asynccontextmanager
async def watched(tmp_path: Path, **asset: Any) -> AsyncIterator[Watched]:
    """A portal that is closed as it should be, declared in clear text on its own port."""
    portal = Portal()
    async with listening(portal.serve) as server:
        host = {"id": "portal", "host": "portal.test", "addresses": ["127.0.0.1"], "ports": [server.port]}
        declared = inventory({**host, "eservices": {}, **asset})
        made = Watched(portal, None, datetime.now(UTC))  # type: ignore[arg-type] # set in the next line
        async with application(declared, tmp_path / "a.db", lambda: made.at) as app:
            made.app = app
            yield made


def whys(done: Round, kind: str) -> dict[str, Why]:
    """The reason of each place of one kind on the clear endpoint."""
    lines = [line for line in done.lines if line.verdict.kind == kind and line.target.startswith("http://")]
    return {line.verdict.place.path: line.verdict.why for line in lines}


async def test_a_portal_as_it_should_be_has_no_finding_and_costs_one_request_for_its_services(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.services |= {str(n): (f"Ansökan {n}", "login") for n in range(2000, 2294)}
        await seen.look()
        assert await seen.findings() == set()
        assert seen.portal.asked.count("/oversikt") == 1
        assert not [path for path in seen.portal.asked if path.startswith("/oversikt/")], "no service is opened"
        assert len(seen.portal.asked) < 30


@pytest.mark.parametrize("data", [False, True])
async def test_300_services_in_iso_8859_1_cost_three_requests_at_most_with_a_finding(
    tmp_path: Path, data: bool
) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.services |= {str(n): (f"Ansökan om plats {n}", "login") for n in range(2000, 2294)}
        seen.portal.services["2150"] = ("Orosanmälan för äldre", "none")
        seen.portal.data = data
        said = whys(await seen.look(), SENSITIVE)
        assert len(seen.portal.services) == 300
        assert len([path for path in seen.portal.asked if path in ("/oversikt", "/api/v1/getflows/json")]) <= 3
        # What comes as data says nothing of logins: no service is open or closed by it.
        why = UndecidedReason.LOGIN_UNSAID if data else OpenReason.SENSITIVE_SERVICE
        assert said["/oversikt/overview/2150"] is why, said


async def test_b1_a_sensitive_service_without_a_login_is_to_be_reviewed_until_it_asks_for_one(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.mark("1203", "none")
        await seen.look()
        opened = {(SENSITIVE, "/oversikt/overview/1203", Severity.MEDIUM, State.EXPOSED)}
        assert await seen.findings() == opened
        seen.portal.mark("1203", "login")
        for _ in range(3):
            await seen.look()
        assert {state for *_, state in await seen.findings()} == {State.CLEARED}


async def test_b2_a_service_that_loses_its_login_is_graver_whatever_its_name(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        await seen.look()
        seen.portal.mark("1201", "none")
        await seen.look()
        assert await seen.findings() == {(LOGIN, "/oversikt/overview/1201", Severity.HIGH, State.EXPOSED)}
        seen.portal.services["1201"] = ("Ett annat namn", "none")
        await seen.look()
        assert {place for _, place, *_ in await seen.findings()} == {"/oversikt/overview/1201"}


async def test_a_service_that_never_asked_for_a_login_has_not_lost_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        for _ in range(3):
            await seen.look()
        assert await seen.findings() == set()


async def test_b1_an_external_service_is_unknown_and_never_clear(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.mark("1204", "external")
        done = await seen.look()
        assert whys(done, SENSITIVE)["/oversikt/overview/1204"] is UndecidedReason.EXTERNAL_SERVICE
        assert await seen.findings() == set()


async def test_a_rebuilt_page_that_shows_no_marks_at_all_alarms_about_no_service(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        await seen.look()
        for service in seen.portal.services:
            seen.portal.mark(service, "none")
        done = await seen.look()
        assert set(whys(done, LOGIN).values()) == {UndecidedReason.LOGIN_UNSAID}
        assert await seen.findings() == set()


@pytest.mark.parametrize(
    ("page", "status", "why"),
    [
        (b"<html><title>Driftstopp</title><body><p>Vi bygger om.</p></body></html>", 200, "catalogue-unread"),
        (None, 503, "server-error"),
        (None, 429, "throttled"),
    ],
)
async def test_without_its_catalogue_nothing_of_a_portal_is_clear(
    tmp_path: Path, page: bytes | None, status: int, why: str
) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.mark("1203", "none")
        await seen.look()
        seen.portal.page, seen.portal.status = page, status
        done = await seen.look()
        assert {one.value for one in whys(done, "eservice-portal").values()} == {why}
        assert {state for *_, state in await seen.findings()} == {State.EXPOSED}, "silence closes nothing"


async def test_a_service_that_is_gone_from_the_whole_catalogue_is_closed(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.mark("1203", "none")
        await seen.look()
        del seen.portal.services["1203"]
        for _ in range(3):
            await seen.look()
        assert {state for *_, state in await seen.findings()} == {State.CLEARED}


async def test_b3_interfaces_and_pages_of_operators_that_answer_a_stranger_are_found(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.open_interfaces = seen.portal.open_admin = True
        await seen.look()
        found = {(kind, path): severity for kind, path, severity, _ in await seen.findings()}
        assert {path for kind, path in found if kind == INTERFACE} == {
            "/api/instanceapi/",
            "/api/messageapi/",
            "/api/fileuploadqueryapi/",
            "/api/multisigninstanceapi/",
        }
        assert {path for kind, path in found if kind == ADMIN} == {"/flowadmin", "/administration/sessionadmin"}
        assert set(found.values()) == {Severity.CRITICAL, Severity.HIGH}


async def test_interfaces_that_are_not_installed_are_clear(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.missing_interfaces = True
        done = await seen.look()
        assert {one.value for one in whys(done, INTERFACE).values()} == {"not-found"}


async def test_b4_what_is_declared_open_by_intent_opens_nothing_until_its_day(tmp_path: Path) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).date()
    intent = {"path": "/oversikt/overview/1203", "reason": "decided by the board", "until": until.isoformat()}
    async with watched(tmp_path, public=[intent]) as seen:
        seen.portal.mark("1203", "none")
        await seen.look()
        assert await seen.findings() == set()
        seen.at += timedelta(days=3)
        await seen.look()
        assert {place for _, place, *_ in await seen.findings()} == {"/oversikt/overview/1203"}


async def test_no_personal_number_and_no_name_of_a_stranger_is_asked_for(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        await seen.look()
        asked = [path for path in seen.portal.asked if "citizenidentifier" in path]
        assert asked
        assert not any(part.isdigit() and len(part) > 4 for path in asked for part in path.split("/"))
