"""A host that moves, by DNS: what was open at its old address is retired, told, and closed where the name leads now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.alerts.delivery.writing import preview
from monitor.findings.finding import State
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import QueuedMessage
from tests.monitor.network.nameserver import name_server
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

OLD, NEW = "127.0.0.1", "127.0.0.2"


class Clock:
    """A quarter of an hour goes by between two rounds."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at

    def goes_on(self) -> None:
        self.at += timedelta(minutes=15)


def owed(ledger: Ledger, now: datetime) -> tuple[QueuedMessage, ...]:
    return ledger.due(now + timedelta(days=1), 1000)


async def test_a_finding_closes_after_its_host_moved_and_the_way_there_is_told(tmp_path: Path) -> None:
    clock, open_disk, closed_disk = Clock(), Disk(), Disk({})

    async def serve(talk: Talk) -> None:
        # One port on every address of loopback: what is there depends on where it was asked.
        moved = talk.writer.get_extra_info("sockname")[0] == NEW
        while (hit := await talk.hear()) is not None:
            await talk.say((closed_disk if moved else open_disk).answer(hit))

    async with listening(serve, host="0.0.0.0") as nas, name_server({("nas.test", "A"): (OLD,)}) as dns:
        declared = inventory(
            {"id": "nas", "host": "nas.test", "ports": [nas.port], "networks": ["127.0.0.0/8"]},
            channels=[{"id": "vendor-mail", "party": "vendor", "url": "env:NONE"}],
            defaults={"resolvers": [dns.where], "retire_after": 3},
        )
        async with application(declared, tmp_path / "a.db", clock) as app:
            await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert finding.state is State.EXPOSED
            dns.zone[("nas.test", "A")] = (NEW,)
            for _ in range(2):
                clock.goes_on()
                await app.round()
            dns.silent = True  # a name server that fails says nothing of where the name leads
            for _ in range(3):
                clock.goes_on()
                await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            changes = await app.ledger(lambda ledger: queries.changes(ledger, finding.id))
            assert [one.step.value for one in changes] == ["opened"]
            blank = await app.ledger(lambda ledger: [one for one in queries.unseen(ledger) if one.why == "dns-failed"])
            assert blank
            dns.silent = False
            for _ in range(5):
                clock.goes_on()
                await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            changes = await app.ledger(lambda ledger: queries.changes(ledger, finding.id))
            assert [one.step.value for one in changes] == ["opened", "retired", "clearing", "cleared"]
            assert finding.state is State.CLEARED
            messages = await app.ledger(lambda ledger: owed(ledger, clock()))
            titles = [preview(app.inventory, one.owed).title for one in messages]
            assert len(titles) == 3
            assert "not proven closed" in titles[1]
            left = await app.ledger(lambda ledger: ledger.rows("SELECT DISTINCT endpoint FROM places"))
            where = {row["endpoint"] for row in left}
            assert where
            assert all(one.endswith(f"@{NEW}") for one in where), (
                "neither the old address nor a failed name server stays"
            )


async def test_an_address_that_rotates_leaves_no_endless_rows(tmp_path: Path) -> None:
    clock, disk = Clock(), Disk()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async with listening(serve, host="0.0.0.0") as nas, name_server({}) as dns:
        declared = inventory(
            {"id": "nas", "host": "nas.test", "ports": [nas.port], "networks": ["127.0.0.0/8"]},
            defaults={"resolvers": [dns.where], "retire_after": 2},
        )
        async with application(declared, tmp_path / "a.db", clock) as app:
            for n in range(9):
                dns.zone[("nas.test", "A")] = (f"127.0.0.{n + 1}",)
                clock.goes_on()
                await app.round()
            (finding,) = await app.ledger(lambda ledger: ledger.findings())
            assert len(finding.seen) <= 3
            rows = await app.ledger(lambda ledger: ledger.rows("SELECT DISTINCT endpoint FROM places"))
            assert len(rows) <= 6  # each address in clear text and in TLS
            changes = await app.ledger(lambda ledger: queries.changes(ledger, finding.id))
            assert [one.step.value for one in changes] == ["opened"]
