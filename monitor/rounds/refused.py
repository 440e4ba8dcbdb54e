"""Refused credentials are remembered in the ledger, for whichever program looks next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.network.sign_in.refusals import Account
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
