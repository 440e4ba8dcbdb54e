"""What is on file about accounts: when each was last read, and what strangers last saw of its buckets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from monitor.store.ledger import Ledger
from monitor.store.rows import maybe, read_record, stamp, when
from probes.api import Check
from probes.reasons import Why, why_of

VerdictWord = Literal["exposed", "clear", "unknown"]


@dataclass(frozen=True, slots=True)
class AccountState:
    """How an account stood at its last reading."""

    account: str
    at: datetime
    good: datetime | None
    """The last time that all its buckets were listed; None: they never were."""
    faults: tuple[str, ...]
    buckets: int
    undeclared: int
    undeclared_open: int
    """Buckets that are configured open, and that no asset declares."""

    @property
    def readable(self) -> bool:
        """Whether the last reading listed all buckets."""
        return self.good == self.at


def put(ledger: Ledger, state: AccountState) -> None:
    """Put the state of an account on file. The caller holds a `step`. A failed reading takes back nothing."""
    ledger.execute(
        """INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at,
           good = coalesce(excluded.good, good), faults = excluded.faults,
           (buckets, undeclared, undeclared_open) = (SELECT excluded.buckets, excluded.undeclared,
             excluded.undeclared_open WHERE excluded.good IS NOT NULL
             UNION ALL SELECT max(buckets, excluded.buckets), max(undeclared, excluded.undeclared),
             max(undeclared_open, excluded.undeclared_open) LIMIT 1)""",
        state.account,
        stamp(state.at),
        state.good and stamp(state.good),
        "\n".join(state.faults),
        state.buckets,
        state.undeclared,
        state.undeclared_open,
    )


def states(ledger: Ledger) -> dict[str, AccountState]:
    """Every account that was ever read, by its id."""
    return {
        row["id"]: AccountState(
            row["id"],
            when(row["at"]),
            maybe(row["good"]),
            tuple(row["faults"].split("\n")) if row["faults"] else (),
            row["buckets"],
            row["undeclared"],
            row["undeclared_open"],
        )
        for row in ledger.rows("SELECT * FROM accounts")
    }


def looks(
    ledger: Ledger, asset: str, kind: str, place: str
) -> tuple[tuple[VerdictWord, Why, datetime, tuple[Check, ...]], ...]:
    """The last anonymous look at each address of a bucket: verdict, reason, time, and its checks."""
    found = []
    for row in ledger.rows(
        "SELECT * FROM places WHERE asset = ? AND kind = ? AND place = ? ORDER BY endpoint", asset, kind, place
    ):
        checks = _checks(ledger, asset, row["endpoint"], kind, place)
        found.append((cast(VerdictWord, row["verdict"]), why_of(row["why"]), when(row["at"]), checks))
    return tuple(found)


def _checks(ledger: Ledger, asset: str, endpoint: str, kind: str, place: str) -> tuple[Check, ...]:
    rows = ledger.rows(
        """SELECT r.body FROM series s JOIN records r ON r.id = s.verdicts
           WHERE s.asset = ? AND s.endpoint = ? ORDER BY s.at DESC LIMIT 1""",
        asset,
        endpoint,
    )
    verdicts: list[Any] = read_record(rows[0]["body"]) if rows else []
    verdict = next((one for one in verdicts if one[:2] == [place, kind] and len(one) > 5), None)
    return tuple(Check(name, verdict, why_of(why)) for name, verdict, why, *_ in verdict[5]) if verdict else ()
