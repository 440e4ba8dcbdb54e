"""One round of the real program over the range, and how its verdicts compare with the right answers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.acceptance.builders import House
from tests.servers.range.kind import Spot
from tests.servers.range.network import address_of, hosts

PATIENT = {"connect": "6s", "read": "5s", "ask": "12s"}
"""Time-outs for a machine that does other things as well."""


@dataclass
class Outcome:
    """What a round came to, as sentences that name the host; `missed` to `needless` are faults."""

    missed: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    false_clears: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    """Closed hosts that are left unknown without need, with the reasons."""
    unknown: list[str] = field(default_factory=list)
    """Closed hosts that are left unknown as the range expects."""
    opened: int = 0
    closed: int = 0
    closed_asks: int = 0
    closed_endpoints: int = 0
    open_asks: int = 0
    open_endpoints: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        found = self.opened - len(self.missed)
        lines = [
            f"open {self.opened}, found {found}; false alarms {len(self.false_alarms)}; "
            f"false clears {len(self.false_clears)}",
            f"closed {self.closed}, needless unknowns {len(self.needless)}, others {len(self.unknown)}",
            f"requests an endpoint: closed {self.closed_asks / max(1, self.closed_endpoints):.2f}, "
            f"open {self.open_asks / max(1, self.open_endpoints):.2f}; {self.seconds:.1f} s",
        ]
        for title in ("missed", "false_alarms", "false_clears", "needless", "unknown"):
            lines += [f"  {title}: {one}" for one in getattr(self, title)]
        return "\n".join(lines)


def declared(number: int, spot: Spot, port: int) -> dict[str, Any]:
    """A host of the range as an asset."""
    return {
        "id": f"r{number}",
        "host": f"r{number}.test",
        "addresses": [address_of(number)],
        "ports": [port],
        "paths": list(spot.paths),
        "files": list(spot.files),
        "data": spot.data,
    }


async def round_over(house: House, spots: Sequence[Spot], **defaults: Any) -> Outcome:
    """Serve `spots`, look at all of them in one round, and compare."""
    async with hosts(spots) as (port, _):
        house.declare(
            *(declared(number, spot, port) for number, spot in enumerate(spots)),
            defaults={"concurrency": 64, "survey": {"automatic": False}, "timeouts": PATIENT, **defaults},
        )
        started = asyncio.get_running_loop().time()
        ran = await asyncio.to_thread(house.run)
        seconds = asyncio.get_running_loop().time() - started
    assert ran.code in (0, 1, 3), ran.err
    outcome = compare(spots, [ran.of(f"r{number}") for number in range(len(spots))])
    _count(outcome, spots, house.database)
    outcome.seconds = seconds
    return outcome


def compare(spots: Sequence[Spot], said: Sequence[list[dict[str, Any]]]) -> Outcome:
    """The verdict lines of each host against its right answers."""
    outcome = Outcome()
    for spot, lines in zip(spots, said, strict=True):
        assert lines, spot.name
        exposed = {_path(one["place"]) for one in lines if one["verdict"] == "exposed"}
        told = "; ".join(
            f"{urlsplit(one['target']).scheme} {_path(one['place'])} {one['verdict']} {one['why']}" for one in lines
        )
        outcome.opened += bool(spot.open_at)
        outcome.closed += not spot.open_at
        if set(spot.open_at) - exposed:
            outcome.missed.append(f"{spot.name}: {told}")
            if _told_clear(lines, set(spot.open_at) - exposed):
                outcome.false_clears.append(f"{spot.name}: {told}")
        if wrong := exposed - set(spot.open_at) - set(spot.may):
            outcome.false_alarms.append(f"{spot.name}: {sorted(wrong)}: {told}")
        if not spot.open_at and not exposed:
            unknown = [one for one in lines if one["verdict"] == "unknown"]
            if unknown:
                (outcome.unknown if spot.unknown else outcome.needless).append(f"{spot.name}: {told}")
            if spot.unknown == "must" and not unknown:
                outcome.false_clears.append(f"{spot.name}: {told}")
    return outcome


def _told_clear(lines: list[dict[str, Any]], missed: set[str]) -> bool:
    """Whether an open place that was missed is told to be clear: it itself, in either form of its path, or the whole
    host, where no line is about it."""
    verdicts: dict[str, set[str]] = {}
    for one in lines:
        verdicts.setdefault(_path(one["place"]).rstrip("/"), set()).add(one["verdict"])
    everywhere = set().union(*verdicts.values())
    return any(verdicts.get(path.rstrip("/"), everywhere) == {"clear"} for path in missed)


def _path(place: str) -> str:
    return "/" + place.partition("/")[2]


def _count(outcome: Outcome, spots: Sequence[Spot], database: Path) -> None:
    with sqlite3.connect(database) as ledger:
        rows = ledger.execute(
            "SELECT s.endpoint, sum(d.asks) FROM all_days d JOIN series s ON s.id = d.series GROUP BY s.endpoint"
        ).fetchall()
    at = {address_of(number): bool(spot.open_at) for number, spot in enumerate(spots)}
    for endpoint, asks in rows:
        address = str(endpoint).rpartition("@")[2]
        if at[address]:
            outcome.open_asks += asks
            outcome.open_endpoints += 1
        else:
            outcome.closed_asks += asks
            outcome.closed_endpoints += 1
