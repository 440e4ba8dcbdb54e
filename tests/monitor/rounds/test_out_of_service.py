"""A page of maintenance at the root: its Retry-After is kept, and a declared folder beside it is looked at all the
same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from monitor.findings.finding import State
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import NAMES, SOUND, Disk
from tests.servers.raw import Talk, listening, reply

BUSY = b"<html><body><h1>Maintenance</h1><p>We are back soon.</p></body></html>"
WAIT = reply("503 Service Unavailable", BUSY, "text/html", ("Retry-After", "3600"))
PATHS = ["/recordings/", "/a/", "/b/", "/c/"]


async def test_a_declared_folder_is_looked_at_beside_a_root_that_is_out_of_service(tmp_path: Path) -> None:
    asked: Counter[str] = Counter()
    disk = Disk({f"/recordings/{name}": SOUND for name in NAMES})

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            asked[hit.path] += 1
            await talk.say(WAIT if hit.path == "/" else disk.answer(hit))

    async with listening(serve) as server:
        declared = inventory({"id": "nas", "host": "127.0.0.1", "ports": [server.port], "paths": ["/recordings/"]})
        async with application(declared, tmp_path / "a.db", lambda: datetime.now(UTC)) as app:
            await app.round()
            first = asked["/"]
            for _ in range(2):
                await app.round()
            findings = await app.ledger(lambda ledger: ledger.findings())
            rows = await app.ledger(
                lambda ledger: ledger.rows("SELECT place, verdict, why FROM places WHERE kind = 'listing'")
            )
    assert [(one.place.path, one.state) for one in findings] == [("/recordings/", State.EXPOSED)]
    # The look in TLS asks once as well, for what the port speaks.
    assert asked["/"] == first <= 2, "for an hour it is not asked again"
    defaults = set(asked) - {"/"} - {path for path in asked if path.startswith("/recordings")}
    assert not defaults, "of a root that is out of service only what is declared is asked for beside it"
    root = {(row["verdict"], row["why"]) for row in rows if row["place"].endswith(f":{server.port}/")}
    assert root == {("unknown", "told-to-wait")}


async def test_an_endpoint_is_left_alone_where_several_paths_are_out_of_service(tmp_path: Path) -> None:
    asked: Counter[str] = Counter()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            asked[hit.path] += 1
            await talk.say(WAIT)

    async with listening(serve) as server:
        declared = inventory({"id": "nas", "host": "127.0.0.1", "ports": [server.port], "paths": PATHS})
        async with application(declared, tmp_path / "a.db", lambda: datetime.now(UTC)) as app:
            for _ in range(3):
                await app.round()
            assert not await app.ledger(lambda ledger: ledger.findings())
    asked["/"] -= asked["/"] == 2  # by the look in TLS, for what the port speaks
    assert asked == {"/": 1, "/recordings/": 1, "/a/": 1}, "three say so, and nobody else is asked"
