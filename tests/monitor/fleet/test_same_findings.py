"""A fleet over a real RabbitMQ comes to what one process comes to."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from monitor.inventory.load import loads
from monitor.practice.organisation import Practice
from monitor.proof.formats.note import LOG, SigningKey
from monitor.store.ledger import Ledger
from monitor.store.looks.days import place_days
from tests.monitor.fleet.parts import Fleet, inventory_of, now
from tests.monitor.network.rounds import application
from tests.monitor.practice.ports import practice_text
from tests.servers.pages import NOT_FOUND, SOUND, Disk
from tests.servers.raw import Talk, listening, reply
from tests.waiting import until_async

pytestmark = pytest.mark.slow


@pytest.mark.timeout(600)
async def test_a_fleet_finds_what_one_process_finds(fleet: Fleet) -> None:
    """The practice organisation and 300 hosts more, through a round of one process, and through the service and workers
    in processes of their own."""
    tree = yaml.safe_load(practice_text())
    plain = {key: one for key, one in tree.items() if key not in ("web", "acknowledge", "heartbeat", "log", "witness")}
    disks = [Disk({f"/{n}-{m}.wav": SOUND for m in range(n)}) for n in range(21)]

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            net, last = map(int, hit.header("host").partition(":")[0].split(".")[2:])
            n = 250 * net + last
            # Twenty are open.
            await talk.say(disks[n // 15].answer(hit) if n % 15 == 0 else reply(404 if n % 3 == 1 else 403, NOT_FOUND))

    async with listening(serve, host="0.0.0.0") as many:
        owner = plain["assets"][0]["owner"]
        more = [
            {"id": f"g{n}", "host": f"127.15.{n // 250}.{n % 250}", "ports": [many.port], "owner": owner}
            for n in range(300)
        ]
        plain["assets"] += more
        # Both have time enough on a busy machine: what is not answered in time would be unknown to one of them alone.
        patient = {"timeouts": {"connect": 30, "read": 30, "ask": 60}, "budget": {"seconds": 300}}
        plain["defaults"] = {**plain.get("defaults", {}), **patient, "interval": "6h", "survey": {"automatic": False}}
        declared, at = loads(yaml.safe_dump(plain)), now()  # its growing disk does not grow meanwhile
        async with Practice(declared, lambda: at) as practice:
            environ = practice.environment()
            async with application(declared, fleet.home / "alone.db") as app:
                app.environ = environ
                await app.round()
                alone, told, chains, covered = await app.ledger(
                    lambda ledger: (_findings(ledger), _told(ledger), _chains(ledger), _covered(ledger))
                )
            fleet.keys["same"] = SigningKey.make("same", LOG)
            network = declared.vantage.network
            sections = inventory_of([], {"same": network}, fleet.keys)
            fleet.put({**plain, "fleet": sections["fleet"], "vantages": sections["vantages"]}, ["same"])
            fleet.worker("same", "--threads", "4")
            fleet.watch(environ)
            wanted = len(declared.assets)
            await until_async(lambda: fleet.looked() == wanted, f"all {wanted} are looked at: {fleet.logs()}", 400)
    ledger = Ledger(fleet.database)
    try:
        by_fleet = _findings(ledger)
        assert _told(ledger) == told, "others are told, or of other things"
        assert _chains(ledger) == chains, "who was in a chain is not on file"
        assert _covered(ledger) == covered, "another place was judged, or from elsewhere"
        slots = {row["id"] for row in ledger.rows("SELECT id FROM log_slots JOIN log_numbers ON number = asset")}
        assert slots >= {one.id for one in declared.assets}, "the evidence log does not declare what is looked at"
    finally:
        ledger.close()
    assert len(alone) >= 25
    assert by_fleet == alone


def _told(ledger: Ledger) -> set[tuple[str, str, str]]:
    """Who is owed a message of which finding."""
    return {tuple(row) for row in ledger.rows("SELECT finding, step, channel FROM dues WHERE finding <> ''")}


def _chains(ledger: Ledger) -> set[tuple[str, str]]:
    """Who is in the chain of which asset."""
    return {tuple(row) for row in ledger.rows("SELECT asset, party FROM asset_parties")}


def _covered(ledger: Ledger) -> set[tuple[object, ...]]:
    """What coverage is counted by: each place at each endpoint, and whether it was ever judged open, closed, or not."""
    days = place_days(ledger, date(2020, 1, 1), date(2100, 1, 1))
    return {(d.asset, d.kind, d.place, d.endpoint, d.network, d.exposed > 0, d.clear > 0, d.unknown > 0) for d in days}


def _findings(ledger: Ledger) -> dict[str, tuple[object, ...]]:
    return {
        one.id: (one.asset, one.kind, one.place, one.state, one.severity, one.extent, one.why, one.facts, one.proof)
        for one in ledger.findings()
    }
