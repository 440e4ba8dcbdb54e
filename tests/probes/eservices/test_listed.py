"""A portal of any program, whose services its owner lists: what asks for a login, what lost it, what says nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.findings.finding import Severity, State
from monitor.service.application import Application
from probes.eservices.kinds import LOGIN, SENSITIVE
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason, Why
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import NOT_FOUND
from tests.servers.raw import Hit, Talk, listening, reply

SERVICES = [
    {"name": "Orosanmälan för barn", "path": "/e/concern"},
    {"name": "Ansökan om bygglov", "path": "/e/building"},
    {"name": "Felanmälan av gatubelysning", "path": "/e/lamps"},
]
FORM = (
    b"<html><head><title>E-service</title></head><body><h1>Form</h1>"
    + b"<p>Fill it in, please.</p>" * 9
    + b"</body></html>"
)


@dataclass
class Plain:
    """A portal of no known program."""

    open: set[str] = field(default_factory=lambda: {"/e/lamps"})
    anything: bool = False
    status: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, hit: Hit) -> bytes:
        """The first page of a service, or the way to the login."""
        self.asked.append(hit.path)
        if not hit.path.startswith("/e/"):
            return reply(200, FORM) if self.anything else reply(404, NOT_FOUND)
        if self.status:
            return reply(self.status, b"later")
        if hit.path in self.open:
            return reply(200, FORM)
        return reply("302 Found", b"", "text/html", ("Location", "/login?next=" + hit.path))

    async def serve(self, talk: Talk) -> None:
        """Answer until the client leaves."""
        while (hit := await talk.hear()) is not None:
            await talk.say(self.answer(hit))


@dataclass
class Watched:
    """The portal, the application that looks at it, and a clock."""

    portal: Plain
    app: Application
    at: datetime

    async def look(self) -> dict[str, Why]:
        """One round: the reason of each service's place, on the endpoint in clear text."""
        self.at += timedelta(minutes=15)
        lines = (await self.app.round()).lines
        return {
            f"{one.verdict.kind} {one.verdict.place.path}": one.verdict.why
            for one in lines
            if one.verdict.kind in (LOGIN, SENSITIVE) and one.target.startswith("http://")
        }

    async def findings(self) -> set[tuple[str, str, Severity, State]]:
        """What is on file."""
        found = await self.app.ledger(lambda ledger: ledger.findings())
        return {(one.kind, one.place.path, one.severity, one.state) for one in found}


@asynccontextmanager
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    portal = Plain()
    async with listening(portal.serve) as server:
        host = {"id": "portal", "host": "portal.test", "addresses": ["127.0.0.1"], "ports": [server.port]}
        made = Watched(portal, None, datetime.now(UTC))  # type: ignore[arg-type] # set below
        declared = inventory({**host, "eservices": {"services": SERVICES}})
        async with application(declared, tmp_path / "a.db", lambda: made.at) as app:
            made.app = app
            yield made


async def test_services_that_ask_for_a_login_are_clear_and_harmless_ones_need_none(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        whys = await seen.look()
        assert whys[f"{SENSITIVE} /e/concern"] is ClosedReason.LOGIN_WALL
        assert whys[f"{LOGIN} /e/building"] is ClosedReason.LOGIN_WALL
        assert not [place for place in whys if place.endswith("/e/lamps")]
        assert await seen.findings() == set()
        assert not [path for path in seen.portal.asked if "instanceapi" in path or "flowadmin" in path]


async def test_b1_a_sensitive_service_without_a_login_is_to_be_reviewed(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.open.add("/e/concern")
        await seen.look()
        assert await seen.findings() == {(SENSITIVE, "/e/concern", Severity.MEDIUM, State.EXPOSED)}


async def test_b2_a_service_that_lost_its_login_is_graver_and_closes_when_it_has_one_again(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        await seen.look()
        seen.portal.open.add("/e/building")
        await seen.look()
        assert await seen.findings() == {(LOGIN, "/e/building", Severity.HIGH, State.EXPOSED)}
        seen.portal.open.discard("/e/building")
        for _ in range(3):
            await seen.look()
        assert await seen.findings() == {(LOGIN, "/e/building", Severity.HIGH, State.CLEARED)}


async def test_a_portal_that_answers_anything_proves_nothing_of_its_services(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        seen.portal.anything = True
        seen.portal.open |= {"/e/concern", "/e/building"}
        whys = await seen.look()
        assert set(whys.values()) == {UndecidedReason.CATCH_ALL}
        assert await seen.findings() == set()


@pytest.mark.parametrize(
    ("status", "why"),
    [("503 Busy", UndecidedReason.SERVER_ERROR), ("404 Not Found", ClosedReason.NOT_FOUND)],
)
async def test_an_overload_or_a_page_that_is_gone_is_no_verdict(tmp_path: Path, status: str, why: Why) -> None:
    async with watched(tmp_path) as seen:
        await seen.look()
        seen.portal.status = status
        whys = await seen.look()
        assert set(whys.values()) <= {why, UndecidedReason.THROTTLED, NoAnswerReason.TOLD_TO_WAIT}
        assert await seen.findings() == set()
