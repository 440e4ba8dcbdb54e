"""Signs the evidence log at intervals and has each checkpoint cosigned: a part of `watch`."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.alerts.delivery.process import in_own_process
from monitor.inventory.model.installation.evidence import EvidenceLog, TimeStamps
from monitor.inventory.model.inventory import Inventory
from monitor.proof.formats.note import Note, VerifierKey
from monitor.proof.log import timestamp
from monitor.proof.log.checkpoint import KeyMissing, LogForked, sign_checkpoint, signing_key
from monitor.proof.log.timestamp import BadStamp
from monitor.proof.witness import client, post
from monitor.proof.witness.client import Answer, Submitted
from monitor.service.supervisor import PartFailed
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.log.reads import add_reads
from monitor.store.log.records import SignedCheckpoint, TimeStamp
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
        missing = [
            f"{key.name} has not cosigned the evidence log: {one.why}" for key, one in pairs if one.signature is None
        ]
        unstamped = await self._stamp(declared.timestamps, signed) if declared.timestamps is not None else ""
        return signed, (*missing, *([unstamped] if unstamped else ()))

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
        answer = await self._answer(f"{url.rstrip('/')}/add-checkpoint", "text/plain", body)
        return client.read_answer(answer, signed, key)

    async def _stamp(self, declared: TimeStamps, signed: SignedCheckpoint) -> str:
        """Have a checkpoint stamped by a third party, if it is time; why there is no stamp, or nothing."""
        last = await self._ledger(records.last_time_stamp)
        if last is not None and (last.size == signed.size or self._now() - last.at < declared.every):
            return ""
        text = Note.parse(signed.note.encode()).text
        try:
            wanted = timestamp.wanted(text)
            answer = await self._answer(declared.url, "application/timestamp-query", wanted.request)
            if answer.status != 200:
                raise BadStamp(answer.why or f"it answered {answer.status}")
            authority = await asyncio.to_thread(Path(declared.authority).read_bytes)
            await asyncio.to_thread(timestamp.time_of, text, answer.body, authority, wanted.nonce)
        except (BadStamp, OSError) as error:
            return f"{declared.url} has not stamped the evidence log: {error}"
        stamp = TimeStamp(signed.size, self._now(), wanted.request, answer.body)
        await self._ledger(lambda ledger: records.put_time_stamp(ledger, stamp))
        return ""

    async def _answer(self, url: str, form: str, body: bytes) -> Answer:
        order = {"url": url, "form": form, "body": b64encode(body).decode()}
        try:
            status, text, why = json.loads(await in_own_process(post.MODULE, order, post.DEADLINE, self._environ))
        except TimeoutError:
            return Answer(0, why="it did not answer in time")
        except (OSError, ValueError):
            return Answer(0, why="no process could be started to ask it, or it died")
        return Answer(int(status), b64decode(text), str(why))


def _body(signed: SignedCheckpoint, old: int, ledger: Ledger) -> bytes:
    return client.request_body(ledger, signed, old)
