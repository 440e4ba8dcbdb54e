"""Signs the evidence log at intervals and has each checkpoint cosigned: a part of `watch`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from monitor.alerts.delivery.process import in_own_process
from monitor.inventory.model.installation.evidence import EvidenceLog
from monitor.inventory.model.inventory import Inventory
from monitor.proof.formats.note import VerifierKey
from monitor.proof.log.checkpoint import KeyMissing, LogForked, sign_checkpoint, signing_key
from monitor.proof.witness import client, post
from monitor.proof.witness.client import Answer, Submitted
from monitor.service.supervisor import PartFailed
from monitor.store.ledger import Ledger
from monitor.store.log.reads import add_reads
from monitor.store.log.records import SignedCheckpoint
from monitor.store.thread import OnLedger

CHECKED_EVERY = 5.0
"""Seconds after which a changed inventory is seen."""


class LogSigner:
    """Signs, submits, and says what failed."""

    def __init__(
        self,
        inventory: Callable[[], Inventory],
        ledger: OnLedger,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
    ) -> None:
        self._inventory = inventory
        self._ledger = ledger
        self._now = now
        self._environ = environ
        self._next: datetime | None = None

    async def step(self) -> float:
        """Sign and submit if it is time. Raises PartFailed when nothing was signed, or a witness did not cosign."""
        declared, now = self._inventory().log, self._now()
        if declared is None:
            return CHECKED_EVERY
        if self._next is None or now >= self._next:
            _, missing = await self.sign(declared)
            if missing:
                raise PartFailed("; ".join(missing))
            self._next = now + declared.every
        return min(CHECKED_EVERY, max(0.05, (self._next - now).total_seconds()))

    async def sign(self, declared: EvidenceLog) -> tuple[SignedCheckpoint, tuple[str, ...]]:
        """A checkpoint, submitted to every witness that has an address, and why cosignatures are missing. Raises
        PartFailed when it cannot be signed."""
        try:
            key = signing_key(declared.key, self._environ)
            await self._ledger(lambda ledger: add_reads(ledger, self._now()))
            signed = await self._ledger(lambda ledger: sign_checkpoint(ledger, key, self._now()))
        except (KeyMissing, LogForked, OSError) as error:
            raise PartFailed(f"the evidence log is not signed: {error}") from error
        to = [(VerifierKey.parse(one.key), one.url) for one in declared.witnesses if one.url is not None]
        given = await asyncio.gather(*(self._submit(key, url, signed) for key, url in to))
        pairs = [(key, one) for (key, _), one in zip(to, given, strict=True)]
        await self._ledger(lambda ledger: client.keep(ledger, signed.size, pairs, self._now()))
        return signed, tuple(
            f"{key.name} has not cosigned the evidence log: {one.why}" for key, one in pairs if one.signature is None
        )

    async def _submit(self, key: VerifierKey, url: str, signed: SignedCheckpoint) -> Submitted:
        old = min(await self._ledger(lambda ledger: client.cosigned_size(ledger, key)), signed.size)
        submitted = await self._post(key, url, signed, old)
        if submitted.size is not None and submitted.size <= signed.size:
            # Its last answer was lost, or it has begun anew: the proof starts from what it knows.
            submitted = await self._post(key, url, signed, submitted.size)
        if submitted.size is not None and submitted.size > signed.size:
            why = f"it knows {submitted.size} records and we have {signed.size}: was an older ledger put back?"
            return Submitted(None, why=why)
        return submitted

    async def _post(self, key: VerifierKey, url: str, signed: SignedCheckpoint, old: int) -> Submitted:
        body = await self._ledger(partial(_body, signed, old))
        return client.read_answer(await self._answer({"url": url, "body": body.decode()}), signed, key)

    async def _answer(self, order: Mapping[str, object]) -> Answer:
        try:
            status, text, why = json.loads(await in_own_process(post.MODULE, order, post.DEADLINE, self._environ))
        except TimeoutError:
            return Answer(0, why="it did not answer in time")
        except (OSError, ValueError):
            return Answer(0, why="no process could be started to ask it, or it died")
        return Answer(int(status), str(text).encode(), str(why))


def _body(signed: SignedCheckpoint, old: int, ledger: Ledger) -> bytes:
    return client.request_body(ledger, signed, old)
