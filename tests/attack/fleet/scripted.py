"""A worker whose looks are scripted, as a process: it takes, seals and hands in as every worker does, and asks nobody.

`python -m tests.attack.fleet.scripted DECLARATION OWNER HUB looks|alone THREADS` works at the broker in $BROKER;
`... gate URL` behind a gate. Each batch that it looks at is a line in $TALLY: its id, its attempt, how many assets it
has, and the seconds of CPU that the script took to make up what was seen.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from bench.ledger import QUIET, WHOLE, observations
from monitor.cli.main import collect_rarely
from monitor.findings.observation import Observation
from monitor.fleet.broker import Broker
from monitor.fleet.envelope import Sender
from monitor.fleet.gate.worker import GateWorker, Way
from monitor.fleet.looker import Looker
from monitor.fleet.worker import work
from monitor.inventory.model.assets import HostAsset
from monitor.inventory.values.secrets import resolve_secret
from monitor.proof.formats.note import SigningKey, VerifierKey
from monitor.rounds.batch.run import probes_digest
from monitor.rounds.batch.values import Batch, BatchResult
from monitor.store.files.refused_file import RefusedFile
from monitor.store.files.unsent import UnsentResults
from probes.api import WebTarget
from tests.monitor.fleet.hub_alone import clock

ONE_WHOLE_OF = 27
"""Looks."""
FRONT = "404 text/html 153"
"""What the first answer looked like."""
LONGEST = 0.05
"""Seconds that a scripted look takes at the most, so that something is under way whenever somebody is killed."""


class Scripted(Looker):
    """Sees a host that refuses everything, twice: in clear text and in TLS."""

    def __init__(self, declaration: Path, owner: VerifierKey, now: Callable[[], datetime], tally: Path) -> None:
        super().__init__(declaration, owner, os.environ, RefusedFile(tally.with_name("refused"), "key"))
        self._now, self._chance = now, Random(os.getpid())
        self._tally = os.open(tally, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._like = {places: observations(1, 0, places)[0] for places in (QUIET, WHOLE)}

    async def _look(self, batch: Batch) -> BatchResult:
        started = self._now()
        await asyncio.sleep(self._chance.random() * LONGEST)
        begun = time.thread_time()
        seen = tuple(one for id_ in batch.assets for one in self._of(id_, started))
        used = time.thread_time() - begun
        os.write(self._tally, f"{batch.id} {batch.attempt} {len(batch.assets)} {used:.6f}\n".encode())
        version = "scripted"
        return BatchResult(
            batch.id,
            batch.attempt,
            started,
            self._now(),
            seen,
            batch.assets,
            {},
            None,
            {},
            (),
            version,
            probes_digest(),
        )

    def _of(self, id_: str, at: datetime) -> tuple[Observation, ...]:
        like = WHOLE if not self._chance.randrange(ONE_WHOLE_OF) else QUIET
        ended = at + timedelta(milliseconds=20)
        return tuple(replace(one, started=at, ended=ended) for one in self._seen_at(id_, like))

    @cache  # noqa: B019  it lives as long as its process
    def _seen_at(self, id_: str, like: int) -> tuple[Observation, ...]:
        asset, made = self.vantage.inventory.asset(id_), []
        assert isinstance(asset, HostAsset)
        for tls in (False, True):
            target = WebTarget(id_, asset.host, None, asset.host, asset.ports[0], tls)
            verdicts = tuple(replace(one, place=target.place(one.place.path)) for one in self._like[like].verdicts)
            first, *rest = self._like[like].asked
            asked = (replace(first, front=FRONT), *rest)  # so that batches have what turns rest on
            made.append(replace(self._like[like], asset=id_, target=target, verdicts=verdicts, asked=asked))
        return tuple(made)


def main(declaration: str, owner: str, hub: str, how: str, more: str) -> int:
    """Work until somebody ends the process."""
    own = SigningKey.parse(os.environ["OWN_KEY"])
    keys = VerifierKey.parse(owner), VerifierKey.parse(hub)
    looker = Scripted(Path(declaration), keys[0], clock(), Path(os.environ["TALLY"]))
    collect_rarely()  # as `leftopen worker` does
    if how != "gate":
        broker = Broker(resolve_secret(os.environ["BROKER"], os.environ))
        return work(broker, looker, own, keys[1], alone=how == "alone", threads=int(more))
    kept = UnsentResults(Path("unsent.db"))
    sender = Sender(looker.id, own, keys[1])
    looker.start()
    asyncio.run(GateWorker(Way(more, None, None), looker, sender, kept, lambda: datetime.now(UTC), 2).run())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
