"""The workload `rounds`: one `leftopen run` over 1,000 places on loopback, a tenth of them black holes."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from bench.child import Spent, complaint, spend
from bench.figures import Figure, middle
from bench.peer import AT_ONCE
from bench.places import Nature, Spot, spots

CONNECT, READ, ASK = 5.0, 10.0, 30.0
"""The product's own time-outs, in seconds. The slowest that strikes here is READ, at the mute places."""
SLACK = 20.0
"""Seconds that the round may take beyond the slowest time-out."""
MEMORY = 200 * 10**6
"""Bytes that it may hold."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How large the round is, and how patient."""

    places: int = 1000
    rows: int = 200
    connect: float = CONNECT
    read: float = READ
    ask: float = ASK
    pace: float = 5.0
    tls: bool = False
    """Whether the places speak TLS alone, and not clear text alone."""
    mostly_closed: bool = False
    """Whether one place of twenty is open, and all others that answer are closed."""
    holes: int = 10
    """One place of so many is a black hole; 0: none is."""

    @property
    def spots(self) -> tuple[Spot, ...]:
        """The places."""
        return spots(self.places, mostly_closed=self.mostly_closed, holes=self.holes)


SMALL = Setting(places=20, rows=20, connect=0.5, read=1.0, ask=2.0, pace=100.0)
"""For a quick look, and for the tests."""


def patient(setting: Setting, load: float, cores: int) -> Setting:
    """The setting for a machine on which so many programs want to run: an answer that is ready waits for a core, and a
    time-out that strikes meanwhile says nothing of the place."""
    times = min(4.0, max(1.0, load / cores))
    return replace(setting, connect=setting.connect * times, read=setting.read * times, ask=setting.ask * times)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: what it cost, how much was asked and recorded, and every place that was misjudged (hopefully none)."""

    ours: Spent
    later: tuple[Spent, ...]
    """The second and the third round on the same ledger."""
    later_asks: tuple[int, ...]
    peer: Spent
    ffuf: Spent | None
    """The front pages by ffuf; None where it is not installed."""
    as_many: Spent | None
    """As many requests as the first round of ours, by ffuf."""
    endpoints: int
    asks: int
    lines: int
    ledger: int
    wrong: tuple[str, ...]


@contextmanager
def network(setting: Setting) -> Iterator[int]:
    """The places, served by a process of its own; yields their port."""
    command = [sys.executable, "-m", "bench.serving", str(setting.places), str(setting.rows), str(setting.holes)]
    command += ["tls"] if setting.tls else []
    command += ["mostly-closed"] if setting.mostly_closed else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.kill()


def inventory(setting: Setting, port: int, at: Iterable[Spot] | None = None) -> str:
    """An asset for each place, or for those of them that are given."""
    head = (
        "leftopen: 1\n"
        "organisation: {id: bench, name: Bench, contact: bench@region.example}\n"
        "parties: [{id: region, name: Region Exempel, role: controller}]\n"
        f"defaults:\n  pace: {setting.pace:g}\n  survey: {{automatic: false}}\n"
        f"  timeouts: {{connect: {setting.connect:g}, read: {setting.read:g}, ask: {setting.ask:g}}}\n"
        "assets:\n"
    )
    return head + "".join(
        f"  - {{id: a{number:05d}, host: {spot.address}, ports: [{port}], owner: region, data: documents}}\n"
        for number, spot in enumerate(setting.spots if at is None else at)
    )


def run(setting: Setting, folder: Path) -> Outcome:
    """One round and its peer, one after the other, over the same places."""
    with network(setting) as port:
        declared = folder / "inventory.yaml"
        declared.write_text(inventory(setting, port))
        database, out = folder / "leftopen.db", folder / "ours.jsonl"
        look: list[str | Path] = ["-m", "monitor", "run", declared, "--database", database, "--json", "--no-alerts"]
        ours = spend([sys.executable, *look], out)
        asks, endpoints = _asked(database)
        size, wrong, later, totals = database.stat().st_size, list[str](), list[Spent](), [asks]
        for number in (2, 3):
            again = folder / f"round-{number}.jsonl"
            later.append(spend([sys.executable, *look], again))
            totals.append(_asked(database)[0])
            wrong += misjudged(setting.spots, [json.loads(line) for line in again.read_text().splitlines()])
        fetched = folder / "peer.json"
        numbers = [str(setting.places), str(port), str(setting.connect), str(setting.read)]
        words = [sys.executable, "-m", "bench.peer", *numbers, *(["tls"] if setting.tls else [])]
        peer = spend(words, fetched)
        fronts = [f"{spot.address}:{port}/" for spot in setting.spots]
        ffuf, as_many = _ffuf(setting, fronts, folder), _ffuf(setting, _as_many(setting, port, asks), folder)
    if ours.code not in (0, 1, 3):
        raise RuntimeError(f"leftopen run ended with {ours.code}: {complaint(out)}")
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    return Outcome(
        ours,
        tuple(later),
        tuple(after - before for before, after in pairwise(totals)),
        peer,
        ffuf,
        as_many,
        endpoints,
        asks,
        len(lines),
        size,
        (
            *misjudged(setting.spots, lines),
            *wrong,
            *_missed(setting.spots, json.loads(fetched.read_text())),
        ),
    )


def _as_many(setting: Setting, port: int, asks: int) -> list[str]:
    """So many pages, one of each black hole, which is asked once by us too, and equally many of each other place."""
    holes = sum(spot.nature.hole for spot in setting.spots)
    each = round((asks - holes) / (setting.places - holes))
    # Page by page and not place by place: so no place is asked for many at once.
    rows = [[spot for spot in setting.spots if not number or not spot.nature.hole] for number in range(each)]
    return [f"{spot.address}:{port}/{number or ''}" for number, row in enumerate(rows) for spot in row]


def _ffuf(setting: Setting, pages: Sequence[str], folder: Path) -> Spent | None:
    """One GET of each page by ffuf, as many at once as the other peer has."""
    if shutil.which("ffuf") is None:
        return None
    names = folder / "pages.txt"
    names.write_text("\n".join(pages))
    scheme = "https" if setting.tls else "http"
    words = f"ffuf -s -mc all -t {AT_ONCE} -timeout {setting.read:.0f} -w {names} -u {scheme}://FUZZ"
    return spend(words.split(), folder / "ffuf.txt")


def misjudged(places: tuple[Spot, ...], lines: list[dict[str, str]]) -> tuple[str, ...]:
    """The places whose verdict is not what they are: an open one must be found, a closed one clear, a hole unknown."""
    verdicts: dict[str, Counter[str]] = {spot.address: Counter() for spot in places}
    proven = set()
    for line in lines:
        verdicts[line["address"]][line["verdict"]] += 1
        if line["verdict"] == "exposed" and line["certainty"] == "proven" and line["place"].endswith("/"):
            proven.add(line["address"])
    wrong = []
    for spot in places:
        seen = verdicts[spot.address]
        if spot.nature is Nature.OPEN:
            right = spot.address in proven and seen["exposed"] == 1 and not seen["unknown"]
        elif spot.nature.hole:
            right = set(seen) == {"unknown"}
        else:
            right = set(seen) == {"clear"}
        if not right:
            wrong.append(f"{spot.address} is {spot.nature.value} and was judged {dict(seen)}")
    return tuple(wrong)


def _missed(places: tuple[Spot, ...], counts: dict[str, int]) -> tuple[str, ...]:
    """Whether the peer saw the same network: every hole silent, everybody else with an answer."""
    holes = sum(spot.nature.hole for spot in places)
    answered = sum(count for word, count in counts.items() if word != "none")
    right = counts.get("none", 0) == holes and answered == len(places) - holes
    return () if right else (f"the peer saw {counts}",)


def _asked(database: Path) -> tuple[int, int]:
    """Requests that were recorded, and endpoints that were looked at."""
    with sqlite3.connect(database) as ledger:
        asks, endpoints = ledger.execute(
            """SELECT sum(d.asks), count(DISTINCT d.series) FROM all_days d JOIN series s ON s.id = d.series
               WHERE s.probe = 'http-listing'"""
        ).fetchone()
    return int(asks), int(endpoints)


def measure(setting: Setting, runs: int) -> list[Figure]:
    """Several rounds, each with its peer. Raises AssertionError when a place was misjudged."""
    taken = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            taken.append(run(setting, Path(folder)))
        assert not taken[-1].wrong, taken[-1].wrong[:5]
    first = taken[0]
    asks = middle(taken, lambda one: one.asks)
    wall, cpu = middle(taken, lambda one: one.ours.wall), middle(taken, lambda one: one.ours.cpu)
    peer_cpu = middle(taken, lambda one: one.peer.cpu)
    peak, ledger = middle(taken, lambda one: one.ours.peak), middle(taken, lambda one: one.ledger)
    plain = "aiohttp, one GET / at each place"
    holes = sum(spot.nature.hole for spot in setting.spots)
    waits = f"time-outs of {setting.connect:.0f} and {setting.read:.0f} s"
    name = "rounds: TLS" if setting.tls else "rounds"

    return [
        Figure(
            name,
            "places, all judged rightly",
            "",
            setting.places,
            note=f"{holes} black holes; {waits}",
        ),
        Figure(name, "endpoints: in clear and in TLS", "", first.endpoints),
        Figure(name, "wall", "s", wall, middle(taken, lambda one: one.peer.wall), plain),
        Figure(
            name,
            "wall, worst run",
            "s",
            max(one.ours.wall for one in taken),
            note=_bound(wall, setting.read + SLACK, "s"),
        ),
        Figure(name, "requests", "", asks, setting.places, plain),
        Figure(name, "requests an endpoint", "", asks / first.endpoints, 1.0, plain),
        Figure(name, "CPU", "s", cpu, peer_cpu, plain),
        Figure(name, "CPU a request", "ms", cpu / asks * 1e3, peer_cpu / setting.places * 1e3, plain),
        Figure(name, "CPU an endpoint", "ms", cpu / first.endpoints * 1e3),
        Figure(name, "memory, peak", "MB", peak / 1e6, middle(taken, lambda one: one.peer.peak) / 1e6, plain),
        Figure(
            name,
            "memory, worst run",
            "MB",
            max(one.ours.peak for one in taken) / 1e6,
            note=_bound(peak / 1e6, MEMORY / 1e6, "MB"),
        ),
        Figure(name, "ledger, a place in an endpoint", "B", ledger / first.lines),
        *_later(name, taken),
        *_beside_ffuf(name, taken),
    ]


def _later(of: str, taken: list[Outcome]) -> list[Figure]:
    """What rounds 2 and 3 cost, with the start of the program."""
    made = []
    for number in (0, 1):
        name, endpoints = f"{of}: round {number + 2}", taken[0].endpoints
        asks = middle(taken, lambda one: one.later_asks[number])  # noqa: B023  called at once
        cpu = middle(taken, lambda one: one.later[number].cpu)  # noqa: B023
        wall = middle(taken, lambda one: one.later[number].wall)  # noqa: B023
        made += [
            Figure(name, "requests an endpoint", "", asks / endpoints, note=f"n = {endpoints:,} endpoints"),
            Figure(name, "CPU an endpoint", "ms", cpu / endpoints * 1e3, note="with the start of the program"),
            Figure(name, "wall", "s", wall),
        ]
    return made


def _beside_ffuf(name: str, taken: list[Outcome]) -> list[Figure]:
    found = [one.ffuf for one in taken if one.ffuf is not None]
    many = [one.as_many for one in taken if one.as_many is not None]
    if not found or not many:
        return [Figure(name, "beside ffuf", "", 0, note="skipped: ffuf is not installed")]
    note, as_many = "ffuf, one GET / at each place", "ffuf, as many requests"
    return [
        Figure(name, "wall", "s", middle(taken, lambda o: o.ours.wall), middle(found, lambda o: o.wall), note),
        Figure(name, "CPU", "s", middle(taken, lambda o: o.ours.cpu), middle(found, lambda o: o.cpu), note),
        Figure(name, "wall", "s", middle(taken, lambda o: o.ours.wall), middle(many, lambda o: o.wall), as_many),
        Figure(name, "CPU", "s", middle(taken, lambda o: o.ours.cpu), middle(many, lambda o: o.cpu), as_many),
    ]


def _bound(median: float, bound: float, unit: str) -> str:
    return f"bound {bound:g} {unit}: the median {'keeps' if median <= bound else 'DOES NOT KEEP'} it"
