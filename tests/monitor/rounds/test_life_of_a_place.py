"""The life of a place by chance: it opens, is half closed, fails, closes and opens again, and each look is held
against what a stranger gets there at that time."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from monitor.findings.finding import State
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import FORBIDDEN, NOT_FOUND, SOUND, Disk, sound
from tests.servers.raw import Hit, Talk, listening, reply

LOGIN = b"""<!DOCTYPE html><title>Sign in</title><h1>Sign in</h1><form method="post" action="/login">
<input name="user"><input type="password" name="password"><button>Sign in</button></form>"""
ORDINARY = b"""<!DOCTYPE html><title>Welcome</title><h1>Welcome</h1><p>We have answered calls for regions since 1998.
Our nurses have many years of experience in hospitals. Call us on weekdays, or write a letter.</p>"""
CLOSED = {
    "403": ("403 Forbidden", FORBIDDEN),
    "404": ("404 Not Found", NOT_FOUND),
    "401": ("401 Unauthorized", FORBIDDEN),
    "410": ("410 Gone", NOT_FOUND),
    "login": ("200 OK", LOGIN),
}
FAILED = {
    "503": ("503 Service Unavailable", ORDINARY),
    "500": ("500 Internal Server Error", ORDINARY),
    "blank": ("200 OK", b""),
}
LISTINGS = ("open", "chunked", "endless", "gzip", "cut")
FILES = ("open", "whole", "no-head")
BROKEN = ("drop", "reset", "junk")

FOLDER_OPEN, FOLDER_CLOSED = LISTINGS, (*CLOSED, "ordinary")
FOLDER_UNDECIDED = (*FAILED, *BROKEN)
FILES_OPEN, FILES_CLOSED, FILES_UNDECIDED = FILES, tuple(CLOSED), ("503", "500", *BROKEN)


class Place(Disk):
    """A recorder's folder `/calls/` whose page and whose files are served in ways of their own."""

    folder = files_are = "open"

    async def serve(self, talk: Talk) -> None:
        """Answer a connection until the way of serving ends it."""
        while (hit := await talk.hear()) is not None:
            path = unquote(hit.path)
            is_file = path in self.files
            way = self.files_are if is_file else self.folder
            if way == "drop":
                return None
            if way == "reset":
                return talk.reset()
            if way == "junk":
                return await talk.say(b"\x00\x01\x02 no protocol at all\r\n\r\n")
            if way in FAILED:
                await talk.say(reply(*FAILED[way], bare=hit.method == "HEAD"))
            elif not is_file and path != "/calls/":
                await talk.say(reply(404, NOT_FOUND, bare=hit.method == "HEAD"))
            elif way in CLOSED:
                await talk.say(reply(*CLOSED[way], bare=hit.method == "HEAD"))
            else:
                await talk.say(self._file(hit, path, way) if is_file else self._page(way))
                if way in ("endless", "cut"):
                    return None
        return None

    def _file(self, hit: Hit, path: str, way: str) -> bytes:
        if way == "no-head" and hit.method == "HEAD":
            return reply(403, b"", bare=True)
        if way == "whole":
            return reply(200, self.files[path], "application/octet-stream", bare=hit.method == "HEAD")
        return sound(hit, self.files[path])

    def _page(self, way: str) -> bytes:
        page = ORDINARY if way == "ordinary" else self.page("/calls/")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        match way:
            case "chunked":
                return head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
            case "endless":
                return head + b"Connection: close\r\n\r\n" + page
            case "cut":
                return head + b"Content-Length: %d\r\n\r\n" % len(page) + page[: len(page) * 2 // 3]
            case "gzip":
                return reply(200, gzip.compress(page), "text/html", ("Content-Encoding", "gzip"))
        return reply(200, page)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_no_step_is_taken_that_the_place_does_not_bear_out(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    place = Place(
        {f"/calls/in-0{number}-1177-20181121-1{number % 10}0512.wav": SOUND for number in range(70174061, 70174066)}
    )
    now, told = datetime.now(UTC), ""
    async with listening(place.serve) as nas:
        declared = inventory(
            {"id": "nas", "host": nas.host, "ports": [nas.port], "data": "recordings", "paths": ["/calls/"]},
            defaults={"timeouts": {"connect": 5, "read": 5, "ask": 10}},
        )
        async with application(declared, tmp_path / "a.db", lambda: now) as app:

            async def looked() -> State:
                nonlocal now, told
                now += timedelta(minutes=15)
                await app.round()
                (finding,) = await app.ledger(lambda ledger: ledger.findings())
                told += f"\n{place.folder} / {place.files_are}: {finding.state.value}"
                return finding.state

            state = await looked()
            for _ in range(6):
                assert state is State.EXPOSED, told
                # Half closed, or failing: what was open is never on its way to be closed.
                place.folder, place.files_are = chance.choice(
                    [
                        (chance.choice(FOLDER_CLOSED), chance.choice(FILES_OPEN)),
                        (chance.choice(FOLDER_CLOSED), chance.choice(FILES_UNDECIDED)),
                        (chance.choice(FOLDER_UNDECIDED), chance.choice((*FILES_OPEN, *FILES_UNDECIDED))),
                    ]
                )
                for _ in range(3):
                    assert await looked() is State.EXPOSED, told
                # Closed: two clear looks close it, and what fails between them moves nothing.
                closed = (chance.choice(FOLDER_CLOSED), chance.choice(FILES_CLOSED))
                place.folder, place.files_are = closed
                assert await looked() is State.CLEARING, told
                if chance.random() < 0.5:
                    place.folder, place.files_are = chance.choice(FOLDER_UNDECIDED), chance.choice(FILES_UNDECIDED)
                    assert await looked() is State.CLEARING, told
                    place.folder, place.files_are = closed
                assert await looked() is State.CLEARED, told
                # Open again: one look says so.
                place.folder, place.files_are = chance.choice(FOLDER_OPEN), chance.choice(FILES_OPEN)
                state = await looked()
