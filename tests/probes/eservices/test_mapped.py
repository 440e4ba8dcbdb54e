"""A portal of any program whose sitemap names its services: lost logins, sensitive ones, new ones and those that go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.findings.finding import Severity, State
from probes.eservices.kinds import LOGIN, SENSITIVE
from probes.reasons import UndecidedReason
from tests.monitor.network.rounds import application, inventory
from tests.probes.eservices.test_listed import Plain, Watched
from tests.servers.raw import Hit, listening, reply

SENSITIVE_PAGE = (
    "<html><head><title>Orosanmälan för barn</title></head><body><h1>Orosanmälan</h1>"
    + "<p>Fyll i formuläret.</p>" * 9
    + "</body></html>"
)


class Mapped(Plain):
    """The portal of the other tests, with a sitemap."""

    services: tuple[str, ...] = ("/e/concern", "/e/building", "/e/lamps")
    sitemap: bytes | None = None
    gone: tuple[str, ...] = ()

    def answer(self, hit: Hit) -> bytes:
        if hit.path == "/sitemap.xml":
            rows = "".join(f"<url><loc>https://portal.test{path}</loc></url>" for path in (*self.services, "/news"))
            return reply(200, self.sitemap or f"<urlset>{rows}</urlset>".encode(), "text/xml")
        if hit.path in self.gone:
            self.asked.append(hit.path)
            return reply(404, b"<html><title>Not found</title><body><h1>Not found</h1></body></html>")
        if hit.path == "/e/concern" and hit.path in self.open:
            self.asked.append(hit.path)
            return reply(200, SENSITIVE_PAGE.encode(), "text/html; charset=utf-8")
        return super().answer(hit)


@asynccontextmanager
async def watched(tmp_path: Path) -> AsyncIterator[tuple[Mapped, Watched]]:
    portal = Mapped()
    async with listening(portal.serve) as server:
        host = {"id": "portal", "host": "portal.test", "addresses": ["127.0.0.1"], "ports": [server.port]}
        made = Watched(portal, None, datetime.now(UTC))  # type: ignore[arg-type] # set below
        declared = inventory({**host, "pace": 1000, "eservices": {"sitemap": "/sitemap.xml", "below": "/e/"}})
        async with application(declared, tmp_path / "a.db", lambda: made.at) as app:
            made.app = app
            yield portal, made


async def test_b1_and_b2_by_a_sitemap_alone(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, seen):
        await seen.look()
        assert await seen.findings() == set()
        assert "/news" not in portal.asked, "nothing outside the declared part"
        portal.open |= {"/e/building"}
        portal.services = (*portal.services, "/e/new-concern", "/e/orosanmalan")
        portal.open |= {"/e/new-concern"}
        await seen.look()
        assert await seen.findings() == {(LOGIN, "/e/building", Severity.HIGH, State.EXPOSED)}
        portal.open = {"/e/lamps", "/e/concern"}
        for _ in range(3):
            await seen.look()
        assert await seen.findings() == {
            (LOGIN, "/e/building", Severity.HIGH, State.CLEARED),
            (LOGIN, "/e/concern", Severity.HIGH, State.EXPOSED),
        }


async def test_a_new_service_with_a_sensitive_title_is_found_in_the_first_look_and_closed_by_its_login(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as (portal, seen):
        portal.services = ("/e/building", "/e/lamps")
        await seen.look()
        portal.services = Mapped.services
        portal.open.add("/e/concern")
        await seen.look()
        assert await seen.findings() == {(SENSITIVE, "/e/concern", Severity.MEDIUM, State.EXPOSED)}
        portal.open.discard("/e/concern")
        for _ in range(3):
            await seen.look()
        assert await seen.findings() == {(SENSITIVE, "/e/concern", Severity.MEDIUM, State.CLEARED)}


async def test_a_service_that_the_sitemap_leaves_out_is_asked_for_until_it_is_gone(tmp_path: Path) -> None:
    async with watched(tmp_path) as (portal, seen):
        portal.open.add("/e/concern")
        await seen.look()
        portal.services = ("/e/building", "/e/lamps")
        for _ in range(3):
            await seen.look()
        assert await seen.findings() == {(SENSITIVE, "/e/concern", Severity.MEDIUM, State.EXPOSED)}
        portal.gone = ("/e/concern",)
        for _ in range(3):
            await seen.look()
        assert await seen.findings() == {(SENSITIVE, "/e/concern", Severity.MEDIUM, State.CLEARED)}


@pytest.mark.parametrize("body", [b"<html></html>", b"<urlset></urlset>", b'<!DOCTYPE a [<!ENTITY b "c">]><urlset/>'])
async def test_without_a_sitemap_that_names_services_the_portal_is_unknown(tmp_path: Path, body: bytes) -> None:
    async with watched(tmp_path) as (portal, seen):
        portal.sitemap = body
        seen.at = datetime.now(UTC)
        lines = (await seen.app.round()).lines
        whys = {one.verdict.why for one in lines if one.verdict.kind == "eservice-portal" and "http://" in one.target}
        assert whys == {UndecidedReason.CATALOGUE_UNREAD}
