"""A bucket as an inventory declares it, looked at through the real driver where a canned store answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from monitor.findings.observation import Observation
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.network.budget import Limits
from monitor.network.driver import Driver
from monitor.network.pace import Pace
from monitor.network.stores.probe_signing import probing
from monitor.network.transport import Timeouts
from probes.api import BucketTarget, Known, Verdict
from probes.reasons import NoAnswerReason
from probes.registry import bucket_probe
from probes.requests.http import NoAnswer
from tests.monitor.inventory.samples import bucket_in
from tests.monitor.network.builders import AGENT, CONTACT
from tests.monitor.network.rounds import inventory
from tests.probes.buckets.looks import NONCE, verdict_word
from tests.servers.canned_store import CannedStore

Said = Mapping[str, Any]
"""What an inventory says of a bucket."""
KEY = {"PROBING": "PROBEKEY:PROBESECRET"}


def of_one(said: Said, address: str = "127.0.0.1", **more: Any) -> Inventory:
    """An inventory of one bucket, behind a pinned address."""
    return inventory({"id": "calls", "data": "recordings", "addresses": [address], "bucket": dict(said)}, **more)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look came to."""

    observation: Observation

    @property
    def verdict(self) -> Verdict:
        """The bucket's own verdict."""
        return self.observation.verdicts[0]

    @property
    def word(self) -> str:
        """The word for all of it."""
        return verdict_word(self.verdict)

    @property
    def checks(self) -> dict[str, tuple[str, str]]:
        """The vector as words."""
        return {check.name: (check.verdict, check.why.value) for check in self.verdict.checks}

    def check(self, name: str) -> tuple[str, str]:
        """One check of it; of none nothing is said."""
        return self.checks.get(name, ("", ""))


async def look(store: CannedStore, said: Said, *, known: tuple[str, ...] = (), tls: bool = True) -> Seen:
    """Look at a bucket as it is declared, through the driver, at the store's own port instead of a provider's.

    Where else it may be asked is decided by the inventory, as in a round; only the addresses are those of the store.
    """
    declared = of_one(said)
    bucket = bucket_in(declared).bucket

    async def resolve(target: BucketTarget, host: str) -> tuple[str, ...] | NoAnswer:
        leads = bucket.leads_to(host)
        return (
            (store.address,)
            if leads
            else NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the inventory does not lead to this host")
        )

    def guard(name: str | None, address: str, port: int) -> bool:
        return (address, port) == (store.address, store.port)

    def now() -> datetime:
        return datetime.now(UTC)

    pace = Pace()
    pace.set("calls", 5000, 8)
    signs = probing(declared, KEY, now)
    driver = Driver(guard, pace, now, agent=AGENT, contact=CONTACT, resolve=resolve, sign=signs)
    found = bucket_targets("calls", bucket, (Known(bucket.place.path, known),), NONCE)[-1 if bucket.domain else 0]
    target = replace(found, port=store.port, tls=tls)
    limits = Limits(seconds=60, timeouts=Timeouts(5, 10, 20))
    return Seen(await driver.look(bucket_probe(target.dialect), target, "calls", limits))
