"""Which credentials were refused: they are not sent again, so that no account is ever locked by us."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Account:
    """One subject of one asset, with what it signs in with. Never printed."""

    asset: str
    subject: str
    secret: str = field(repr=False)
    """The credential, and how and where it is sent: another way of sending it is worth another try."""


class Memory(Protocol):
    """Where refusals are kept: one at most for each subject, and no secret."""

    async def refused(self, account: Account) -> bool:
        """Whether this very credential of the subject was refused."""
        ...

    async def keep(self, account: Account) -> None:
        """It was refused; what was kept of another credential of the subject is forgotten."""
        ...

    async def forget(self, account: Account) -> None:
        """The subject was let in."""
        ...


class InMemory:
    """For a program without a ledger: as long as it runs."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], int] = {}

    async def refused(self, account: Account) -> bool:
        """See Memory."""
        return self._refused.get((account.asset, account.subject)) == hash(account.secret)

    async def keep(self, account: Account) -> None:
        """See Memory."""
        self._refused[account.asset, account.subject] = hash(account.secret)

    async def forget(self, account: Account) -> None:
        """See Memory."""
        self._refused.pop((account.asset, account.subject), None)


class Refusals:
    """The memory of one program, and who is trying just now: a host of ten addresses gets a wrong password once."""

    def __init__(self, memory: Memory, *, again: bool = False) -> None:
        """`again` sends what was refused once more: for a person who has mended the account, not the password."""
        self._memory = memory
        self._again = again
        self._kept: set[tuple[str, str]] = set()
        self._trying: dict[tuple[str, str], asyncio.Lock] = {}

    def alone(self, account: Account) -> asyncio.Lock:
        """Held while a credential is tried: others that would send the same wait for what comes of it."""
        return self._trying.setdefault((account.asset, account.subject), asyncio.Lock())

    async def refused(self, account: Account) -> bool:
        """Whether the credential must not be sent."""
        if self._again and (account.asset, account.subject) not in self._kept:
            return False
        return await self._memory.refused(account)

    async def keep(self, account: Account) -> None:
        """Remember that the credential was refused, now and not at the end of the look: it may be killed."""
        self._kept.add((account.asset, account.subject))
        await self._memory.keep(account)

    async def forget(self, account: Account) -> None:
        """The subject was let in: what was remembered is forgotten."""
        await self._memory.forget(account)
