"""Credentials that were refused, on file: one at most for each subject of an asset, as a keyed digest of ten bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp, when


@dataclass(frozen=True, slots=True)
class Refused:
    """A subject whose credential is not taken."""

    asset: str
    subject: str
    at: datetime


def holds(ledger: Ledger, asset: str, subject: str, secret: str) -> bool:
    """Whether this very credential was refused."""
    sql = "SELECT 1 FROM refused_credentials WHERE asset = ? AND subject = ? AND digest = ?"
    return any(True for _ in ledger.rows(sql, asset, subject, ledger.seal.digest(secret)))


def keep(ledger: Ledger, asset: str, subject: str, secret: str, now: datetime) -> None:
    """It is refused; since when stays as it was for the same one. Raises LedgerUnusable."""
    with ledger.step():
        ledger.execute(
            """INSERT INTO refused_credentials VALUES (?1, ?2, ?3, ?4) ON CONFLICT (asset, subject) DO UPDATE
               SET at = iif(digest = excluded.digest, at, excluded.at), digest = excluded.digest""",
            asset,
            subject,
            ledger.seal.digest(secret),
            stamp(now),
        )


def forget(ledger: Ledger, asset: str, subject: str) -> None:
    """The subject was let in. Nothing is written where nothing was refused. Raises LedgerUnusable."""
    if any((one.asset, one.subject) == (asset, subject) for one in refused(ledger)):
        with ledger.step():
            ledger.execute("DELETE FROM refused_credentials WHERE asset = ? AND subject = ?", asset, subject)


def refused(ledger: Ledger) -> tuple[Refused, ...]:
    """All that are refused now, by asset and subject."""
    rows = ledger.rows("SELECT asset, subject, at FROM refused_credentials ORDER BY asset, subject")
    return tuple(Refused(row["asset"], row["subject"], when(row["at"])) for row in rows)
