"""`python -m bench.web [FOLDER]`: a ledger of 10,000 assets, 100,000 findings and days of 50 million looks, and how
long pages and API take over it, by scope. `--small` is a quick look at whether it works."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp

from monitor.cli.main import collect_rarely
from monitor.findings.decide import Look, Policy, open_finding
from monitor.findings.finding import State
from monitor.findings.observation import Observation, RequestLog
from monitor.inventory.load import loads
from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.model.inventory import Inventory
from monitor.store.access.access_file import AccessFile
from monitor.store.access.pool import OLDEST, ReadPool
from monitor.store.access.thread import AccessThread
from monitor.store.ledger import Ledger
from monitor.store.looks.slots import day_of
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import NewMessage
from monitor.store.tables import asset_parties, rounds
from monitor.store.tables.rounds import RoundKind
from monitor.web.call import Services
from monitor.web.heads import EVERY
from monitor.web.identity.grants import Held
from monitor.web.server import WebServer
from probes.api import Certainty, Clear, Exposed, Place, WebTarget
from probes.reasons import ClosedReason, OpenReason
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, Size
from probes.recognise.people.masking import mask_text

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
VENDORS = 40
LOOKS_A_DAY = 160
PORT = 18480


@dataclass(frozen=True, slots=True)
class Setting:
    """How large."""

    assets: int = 10_000
    findings: int = 100_000
    open: int = 2_000
    days: int = 31


SMALL = Setting(200, 1_000, 50, 3)


def inventory(setting: Setting) -> Inventory:
    """One region, its vendors, and their assets."""
    lines = [
        "leftopen: 1",
        "organisation: {id: region, name: Region, contact: it@region.example, party: region}",
        f'web: {{listen: "127.0.0.1:{PORT}", url: "http://127.0.0.1:{PORT}"}}',
        "parties:",
        "  - {id: region, name: Region, role: controller}",
        *(f"  - {{id: v{n}, name: Vendor {n}, role: processor}}" for n in range(VENDORS)),
        "contracts:",
        *(
            f"  - {{id: c{n}, controller: region, processor: v{n}, authorised_by: IT, authorised_until: 2027-12-31}}"
            for n in range(VENDORS)
        ),
        "channels:",
        '  - {id: soc, party: region, url: "env:R"}',
        *(f'  - {{id: oncall{n}, party: v{n}, url: "env:V{n}"}}' for n in range(VENDORS)),
        "assets:",
        *(
            f"  - {{id: a{n}, host: h{n}.example, addresses: [192.0.2.1], ports: [443], owner: v{n % VENDORS}, "
            f"contract: c{n % VENDORS}, data: recordings}}"
            for n in range(setting.assets)
        ),
    ]
    return loads("\n".join(lines) + "\n")


def build(path: Path, declared: Inventory, setting: Setting) -> None:
    """Write the ledger."""
    ledger = Ledger(path)
    chains = {asset.id: frozenset(one.id for one in declared.chain(asset)) for asset in declared.assets}
    asset_parties.note(ledger, chains, NOW)
    rounds.begin(ledger, "r1", RoundKind.ROUND, NOW, "internet-1", "digest")
    for some in _batches(range(setting.assets), 500):
        with ledger.step():
            for n in some:
                ledger.record("r1", _look(n))
    with ledger.step():
        ledger.execute(
            "INSERT OR REPLACE INTO looks (asset, at) SELECT DISTINCT asset, '2026-11-01T12:00:00.000Z' FROM series"
        )
        _days(ledger, setting)
    written = min(setting.findings, 2 * setting.open)
    for some in _batches(range(written), 500):
        with ledger.step():
            for n in some:
                _finding(ledger, setting, n)
    with ledger.step():
        _copies(ledger, setting.findings - written)
        ledger.execute(
            """INSERT INTO deliveries (due, channel, started, ended, outcome, reason)
               SELECT id, channel, created, created, 'accepted', '' FROM dues"""
        )
        ledger.execute("UPDATE dues SET state = 'sent'")
    rounds.end(ledger, "r1", NOW)
    ledger.close()


def _batches(numbers: range, most: int) -> Iterator[range]:
    for start in range(0, len(numbers), most):
        yield numbers[start : start + most]


def _look(n: int) -> Observation:
    target = WebTarget(f"a{n}", f"h{n}.example", f"h{n}.example", "192.0.2.1", 443, tls=True)
    verdict = Clear(Place(f"h{n}.example", 443, "/"), "listing", ClosedReason.FORBIDDEN)
    asked = (RequestLog("GET", "/", "403 whole", 100, 3),)
    return Observation(f"a{n}", "http-listing", target, NOW, NOW, asked, (verdict,))


def _days(ledger: Ledger, setting: Setting) -> None:
    """Every series once more for each day before this one, as if it had been looked at every nine minutes."""
    for back in range(1, setting.days):
        day = day_of(date(2026, 11, 1) - timedelta(days=back))
        ledger.execute(
            """INSERT INTO days (series, day, verdicts, looks, first, last, gap, asks, wire, slots)
               SELECT id, ?, verdicts, ?, 0, 86000, 540, ?, 90000, slots FROM series""",
            day,
            LOOKS_A_DAY,
            LOOKS_A_DAY,
        )


def _copies(ledger: Ledger, count: int) -> None:
    """As many closed findings more with their messages, each a copy of one that was written by the ledger."""
    ledger.execute(
        """WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k + 1 < ?1),
           c AS (SELECT *, row_number() OVER () - 1 AS k, count(*) OVER () AS many FROM findings
             WHERE state = 'cleared')
           INSERT INTO findings SELECT printf('LX-%010d', n.k), printf('copy:%d', n.k), tenant, asset, state, severity,
             first_seen, last_seen, sequence, body FROM n JOIN c ON c.k = n.k % c.many WHERE ?1 > 0""",
        count,
    )
    ledger.execute(
        """INSERT INTO dues (key, finding, sequence, step, channel, party, severity, title, body, facts, via, state,
             created, due)
           SELECT f.id || '/1/' || d.channel, f.id, 1, d.step, d.channel, d.party, d.severity, '', '', d.facts, '',
             'owed', d.created, d.due
           FROM findings f JOIN (SELECT asset, min(id) AS id FROM findings WHERE state = 'cleared' AND id NOT LIKE 'LX%'
             GROUP BY asset) o ON o.asset = f.asset JOIN dues d ON d.finding = o.id
           WHERE f.id LIKE 'LX%'"""
    )


def _finding(ledger: Ledger, setting: Setting, n: int) -> None:
    asset = n % setting.assets
    at = NOW - timedelta(minutes=n)
    entries = tuple(
        Entry(f"call-{k}.wav", f"/f{n}/call-{k}.wav", Kind.FILE, Size(9, 9, 9), Modified(at, at)) for k in range(3)
    )
    listing = Listing(family="apache", entries=entries, partial="", reasons=("rows",))
    place = Place(f"h{asset}.example", 443, f"/f{n}/")
    verdict = Exposed(place, "listing", OpenReason.LISTED_AND_READABLE, Certainty.PROVEN, listing)
    look = Look(f"a{asset}", "http-listing", f"https://h{asset}.example:443@192.0.2.1", at)
    decision = open_finding(verdict, look, Policy("region", "recordings"), None)
    finding = decision.finding
    if n >= setting.open:
        finding = replace(finding, state=State.CLEARED, cleared=at)
    facts = dump_facts(Written(mask_text("open"), mask_text("look")))
    owed = tuple(
        NewMessage(f"{finding.id}/1/{c}", finding.id, 1, "opened", c, p, finding.severity.value, facts)
        for c, p in (("soc", "region"), (f"oncall{asset % VENDORS}", f"v{asset % VENDORS}"))
    )
    ledger.save(finding, decision.change, "r1", at, owed)


PATHS = ("/", "/findings", "/findings?state=all", "/findings?q=h77.example", "/findings?handling=new", "/metrics",
         "/api/v1/head", "/api/v1/findings?limit=50", "/api/v1/assets/a7", "/api/v1/parties", "/api/v1/messages",
         "/api/v1/findings/{finding}", "/coverage", "/parties", "/messages", "/findings/{finding}")  # fmt: skip


class Paused:
    """The clock of the connections: it goes, and can be set forward."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.passed


async def measure(path: Path, declared: Inventory, runs: int) -> None:
    """Ask each page, and print what the answer takes of the processor, and its size."""
    clock = Paused()
    pool, access = ReadPool(path, clock), AccessThread(path)
    assert declared.web is not None
    services = Services(lambda: declared, pool, access, lambda: NOW + timedelta(minutes=2))
    async with WebServer(declared.web, services):
        for role, party in (("viewer", "region"), ("viewer", "v7"), ("operator", "region")):
            claims = {"role": (role,), "party": (party,)}
            who = f"{role} {party}"
            secret = await access(
                partial(AccessFile.begin, issuer="invite", subject=who, name=who, claims=claims, now=NOW)
            )
            async with aiohttp.ClientSession(
                f"http://127.0.0.1:{PORT}", headers={"Cookie": f"leftopen={secret}"}
            ) as session:
                finding = (await _ask(session, "/api/v1/findings?limit=1"))[2]
                id_ = finding.partition('"id":"')[2][:13]
                bare = min([await _cpu(session, "/healthz") for _ in range(9)])
                print(f"{who:16} an answer without anything to read, client included: {bare:.1f} ms")
                for one in PATHS:
                    path_ = one.format(finding=id_)
                    services.heads.forget()
                    start = await _cpu(session, path_)
                    # After a pause the heads, and the connections, are those of the last reading ahead.
                    clock.passed += 2 * OLDEST
                    services.heads.forget()
                    services.heads.want(services.seen(Held(WebRole(role), party)))
                    await services.heads.warm()
                    clock.passed += EVERY
                    pause = await _cpu(session, path_)
                    services.heads.acted((id_,))
                    acted = await _cpu(session, path_)
                    cpu = min([await _cpu(session, path_) for _ in range(runs)])
                    took, status, text = await _ask(session, path_)
                    size = len(text.encode()) / 1000
                    print(
                        f"{who:16} {one:28} processor {cpu:6.1f} ms  after a pause {pause:6.1f}"
                        f"  after an action {acted:6.1f}  unread {start:7.1f}"
                        f"  {size:7.1f} kB  {took:7.1f} ms by the clock  {status}"
                    )
    pool.close()
    access.close()


async def _cpu(session: aiohttp.ClientSession, path: str) -> float:
    """Milliseconds of the processor that an answer takes, of the client too: more than the server takes, and the same
    on a busy machine."""
    before = time.process_time()
    await _ask(session, path)
    return (time.process_time() - before) * 1000


async def _ask(session: aiohttp.ClientSession, path: str) -> tuple[float, int, str]:
    start = time.perf_counter()
    async with session.get(path, allow_redirects=False) as answer:
        text = await answer.text()
    return (time.perf_counter() - start) * 1000, answer.status, text


def main() -> None:
    """Build what is missing, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--runs", type=int, default=9)
    chosen = parser.parse_args()
    collect_rarely()
    setting = SMALL if chosen.small else Setting()
    folder = chosen.folder or Path(tempfile.mkdtemp())
    declared, path = inventory(setting), folder / "leftopen.db"
    if not path.exists():
        start = time.perf_counter()
        build(path, declared, setting)
        print(f"built in {time.perf_counter() - start:.0f} s, {path.stat().st_size / 1e6:.0f} MB in {path}")
    asyncio.run(measure(path, declared, chosen.runs))


if __name__ == "__main__":
    main()
