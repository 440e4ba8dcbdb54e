"""The record of one survey in the ledger: begun or resumed, its progress, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.store.ledger import Ledger
from monitor.store.tables import surveys
from monitor.store.tables.surveys import FolderRow, FoundFolders, Resumed
from monitor.store.thread import OnLedger

STALE = timedelta(days=7)
"""An interrupted survey that is older is begun anew: what it has read may no longer be true."""


@dataclass(frozen=True)
class SurveyRecord:
    """One survey of a finding on file. `open` makes it; every method may raise LedgerUnusable."""

    finding: Finding
    number: int
    started: datetime
    resumed: Resumed | None
    """Where this survey stood when it was interrupted; None: it begins now."""
    waiting: str
    """Where the finding's last survey stood, even if this one does not resume it; empty: it was not interrupted."""
    known: dict[bytes, FolderRow]
    """The folders that this survey has read already, by key."""
    before: dict[bytes, FolderRow]
    """The folders that earlier surveys have read, by key."""
    earlier: SurveyResult | None
    """The result of the last finished survey before this one."""
    digest: Callable[[str], bytes]
    """The ledger's keyed digest of a name: folders are on file by it, never by their names."""
    digest_key: bytes
    _on_ledger: OnLedger
    _opened: float

    @classmethod
    async def open(
        cls, on_ledger: OnLedger, finding: Finding, now: datetime, may_resume: Callable[[Resumed], bool]
    ) -> Self:
        """Resume the finding's interrupted survey, or begin one.

        `may_resume` says whether what an interrupted survey left can be continued; one older than STALE never is.
        """
        opened = asyncio.get_running_loop().time()
        resumed = await on_ledger(lambda ledger: surveys.unfinished(ledger, finding.id))
        waiting = "" if resumed is None else resumed.waiting
        if resumed is not None and (now - resumed.started > STALE or not may_resume(resumed)):
            resumed = None
        if resumed is None:
            number = await on_ledger(lambda ledger: surveys.begin(ledger, finding.id, now))
        else:
            number = resumed.survey
        on_file = await on_ledger(lambda ledger: surveys.folders(ledger, finding.id))
        earlier = await on_ledger(lambda ledger: surveys.latest(ledger, finding.id, number))
        digest, digest_key = await on_ledger(lambda ledger: (ledger.seal.digest, ledger.seal.digest_key))
        return cls(
            finding,
            number,
            now if resumed is None else resumed.started,
            resumed,
            waiting,
            {key: row for key, (survey, row) in on_file.items() if survey == number},
            {key: row for key, (survey, row) in on_file.items() if survey != number},
            earlier,
            digest,
            digest_key,
            on_ledger,
            opened,
        )

    @property
    def compared(self) -> bool:
        """Whether a whole earlier survey says what is new."""
        return self.earlier is not None and not self.earlier.partial

    @property
    def seconds(self) -> float:
        """Seconds since this survey was begun or resumed."""
        return asyncio.get_running_loop().time() - self._opened

    def customer_keys(self, found: Iterable[str]) -> tuple[str, ...]:
        """How unknown customers are on file: by digests of their names with the asset's."""
        return tuple(self.digest(f"{self.finding.asset}|{name}").hex() for name in found)

    async def progress(self, rows: Sequence[FolderRow], waiting: str, found: Sequence[FoundFolders] = ()) -> None:
        """Put on file what was read since the last call, and what is still waiting to be read."""
        await self._on_ledger(
            lambda ledger: surveys.progress(ledger, self.finding.id, self.number, rows, waiting, found)
        )

    async def finish(
        self, result: SurveyResult, waiting: str, follows: Callable[[Ledger, SurveyResult], None]
    ) -> SurveyResult:
        """Put the result on file; `waiting` says where the next survey goes on, empty: everything was read. What
        `follows` from it for the finding is committed with it: a kill in between would lose it for good."""

        def put(ledger: Ledger) -> None:
            with ledger.step():
                surveys.finish(ledger, result, waiting)
                follows(ledger, result)

        await self._on_ledger(put)
        return result

    async def discard(self) -> None:
        """Forget a survey that has read nothing."""
        await self._on_ledger(lambda ledger: surveys.discard(ledger, self.number))
