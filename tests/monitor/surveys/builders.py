"""A finding opened by a real round, and surveys of it: what these tests share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import NOT_FOUND, SOUND, Row, listing, sound
from tests.servers.raw import Hit, Raw, Talk, reply


class Place(Protocol):
    """Where a server is."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


def declared(server: Place, **survey: Any) -> Inventory:
    """One asset of recordings at the server, measured without pauses unless `survey` says otherwise."""
    nas = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port], "data": "recordings"}
    return inventory(nas, defaults={"survey": {"pace": 5000, **survey}})


class House:
    """The application with the one finding that its round has opened."""

    def __init__(self, app: Application, finding: Finding) -> None:
        self.app = app
        self.finding = finding

    async def survey(self, **how: Any) -> SurveyResult:
        """Measure, and insist that it was possible."""
        surveyed = await self.app.survey(self.finding, **how)
        assert surveyed is not None
        return surveyed

    async def on_file(self) -> Finding:
        """The finding as it is on file now."""
        found = await self.app.ledger(lambda ledger: ledger.finding(self.finding.id))
        assert found is not None
        return found


@asynccontextmanager
async def opened(server: Place, folder: Path, **survey: Any) -> AsyncIterator[House]:
    """A round over the server, and the finding of its listing."""
    async with application(declared(server, **survey), folder / "leftopen.db") as app:
        done = await app.round()
        findings = [one for one in done.changed if one.kind == "listing"]
        assert len(findings) == 1, [(line.probe, line.verdict) for line in done.lines]
        yield House(app, findings[0])


def raw_bytes(folder: Path) -> bytes:
    """All that the ledger's files hold."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("leftopen.db*")) if file.suffix != ".key")


Answer = Callable[[Hit], bytes | None]
Before = Callable[[Hit], Awaitable[bytes | None]]


def disk(rows: Callable[[str], list[Row] | None], before: Before | None = None) -> Callable[[Talk], Awaitable[None]]:
    """Serves listings: `rows` says what a folder holds (None: there is none). `before` may answer in its place."""

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            said = await before(hit) if before is not None else None
            await talk.say(said if said is not None else _answer(hit, rows))
            return

    return serve


def _answer(hit: Hit, rows: Callable[[str], list[Row] | None]) -> bytes:
    path = hit.path.partition("?")[0]
    if path.endswith("/"):
        found = rows(path)
        return reply(404, NOT_FOUND) if found is None else reply(200, listing(path, found, "nginx"))
    folder, _, name = path.rpartition("/")
    inside = rows(folder + "/") or []
    if any(name == one for one, size in inside if size is not None):
        return sound(hit, SOUND)
    return reply(404, NOT_FOUND)


def calls(count: int) -> list[Row]:
    """So many made-up calls."""
    return [(f"in-07017406{n % 95 + 5:02d}-1177-20181121-{n:06d}.wav", 1000 + n) for n in range(count)]


def asked(server: Raw, word: str) -> int:
    """How often something with that word in its path was asked for."""
    return sum(word in hit.path for hit in server.hits)


def run(work: Awaitable[Any]) -> Any:
    """Run a piece of work to its end."""

    async def all_of_it() -> Any:
        return await work

    return asyncio.run(all_of_it())
