"""Refused credentials are remembered for whichever program looks next: in the ledger, or in a worker's own file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from monitor.network.sign_in.refusals import Account
from monitor.store.files.refused_file import RefusedFile
from monitor.store.tables import refused_credentials
from monitor.store.thread import OnLedger


class InLedger:
    """A Memory of refusals on the ledger's own thread."""

    def __init__(self, ledger: OnLedger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now

    async def refused(self, account: Account) -> bool:
        """See Memory."""
        return await self._ledger(
            lambda ledger: refused_credentials.holds(ledger, account.asset, account.subject, account.secret)
        )

    async def keep(self, account: Account) -> None:
        """See Memory."""
        await self._ledger(
            lambda ledger: refused_credentials.keep(ledger, account.asset, account.subject, account.secret, self._now())
        )

    async def forget(self, account: Account) -> None:
        """See Memory."""
        await self._ledger(lambda ledger: refused_credentials.forget(ledger, account.asset, account.subject))


class InFile:
    """A Memory of refusals in the file of a worker. A file that fails raises: a password whose past is not known is
    not sent."""

    def __init__(self, file: RefusedFile) -> None:
        self._file = file

    async def refused(self, account: Account) -> bool:
        """See Memory."""
        return await asyncio.to_thread(self._file.holds, account.asset, account.subject, account.secret)

    async def keep(self, account: Account) -> None:
        """See Memory."""
        await asyncio.to_thread(self._file.keep, account.asset, account.subject, account.secret)

    async def forget(self, account: Account) -> None:
        """See Memory."""
        await asyncio.to_thread(self._file.forget, account.asset, account.subject)
