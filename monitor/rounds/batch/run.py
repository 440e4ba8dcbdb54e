"""Runs a batch: the same looks, between the same controls, as a round in the process of the ledger."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from monitor.findings.batches import count, opened_by
from monitor.findings.observation import Observation
from monitor.findings.reasons import Reason
from monitor.network.observation_json import without_rows
from monitor.rounds.batch.asked import asked
from monitor.rounds.batch.look import has_stores, looking, not_looked_at
from monitor.rounds.batch.values import Batch, BatchResult
from monitor.rounds.run import ControlPair, Job, lost_in, run_round
from monitor.rounds.vantage import Vantage

Controls = Callable[[str, bool], Awaitable[ControlPair]]
"""The controls of one batch, by its nonce and whether stores are looked at."""


async def run_batch(batch: Batch, vantage: Vantage, controls: Controls) -> BatchResult:
    """Look at the assets of a batch that are declared here. Never raises for anything that a peer does.

    When the deadline comes, what was seen between two good controls is in the result, and the assets that are not
    wholly looked at are not in `looked`.
    """
    declared = [vantage.inventory.find_asset(id_) for id_ in dict.fromkeys(batch.assets)]
    assets = tuple(asset for asset in declared if asset is not None)
    vantage.shared_by(batch.share)
    started = vantage.now()
    pair = await controls(batch.nonce, has_stores(assets))
    look = await looking(vantage, assets, batch.on_file, pair, batch.id, batch.nonce)
    seen = [not_looked_at(one, vantage.now()) for one in look.targets.unseen]
    left = Counter(job.target.asset for job in look.targets.jobs)

    async def take(observations: Sequence[Observation]) -> None:
        # Counted beside the event loop, and the pages are given up at once: a batch may see many large ones.
        await asyncio.to_thread(count, opened_by(observations))
        seen.extend(without_rows(one) for one in observations)
        left.subtract(one.asset for one in observations)

    async def lose(observations: Sequence[Observation]) -> None:
        seen.extend(lost_in(one) for one in observations)

    def follow(one: Observation) -> tuple[Job, ...]:
        more = look.targets.follow(one)
        left.update(job.target.asset for job in more)
        return more

    blind: Reason | None = None
    try:
        async with asyncio.timeout(batch.deadline):
            blind = await run_round(look.targets.jobs, look.driver, look.controls, take, lose, follow)
    except TimeoutError:
        pass
    ids = [asset.id for asset in assets]
    groups = vantage.pace_groups()
    held = {asset.id: vantage.pace.held(groups[asset.id].key, names=asset.hosts) for asset in assets}
    return BatchResult(
        batch.id,
        batch.attempt,
        started,
        vantage.now(),
        tuple(seen),
        () if blind else tuple(id_ for id_ in ids if not left[id_]),
        look.targets.led_to,
        blind,
        {id_: seconds for id_, seconds in held.items() if seconds},
        tuple(id_ for id_ in batch.assets if vantage.inventory.find_asset(id_) is None),
        version("leftopen"),
        probes_digest(),
        {asset.id: asked(vantage.inventory, asset) for asset in assets},
    )


@cache
def probes_digest() -> str:
    """SHA-256 of the files of the package `probes`, names and contents in their order: what looked."""
    digest = hashlib.sha256()
    root = Path(str(files("probes")))
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root)}\n{path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()
