"""What the looks of one transaction add to the figures of their rounds."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from operator import add

from monitor.store.looks.series import Recorded


@dataclass(slots=True)
class RoundCounts:
    """Collects what a transaction records; `write` puts it on file, `clear` forgets it."""

    _sums: dict[str, list[int]] = field(default_factory=dict)

    def add(self, round_: str, looks: Collection[Recorded]) -> None:
        """Looks of a round."""
        if looks:
            more = (len(looks), *map(sum, zip(*[one.counts for one in looks], strict=True)))
            self._sums[round_] = [*map(add, self._sums.get(round_, [0] * 6), more)]

    def write(self, connection: sqlite3.Connection) -> None:
        """Add it to the rounds. Within the transaction."""
        for round_, sums in self._sums.items():
            connection.execute(
                """UPDATE rounds SET tasks = tasks + ?, asks = asks + ?, wire = wire + ?, exposed = exposed + ?,
                   clear = clear + ?, unknown = unknown + ? WHERE id = ?""",
                (*sums, round_),
            )

    def clear(self) -> None:
        """The transaction is over, or was rolled back."""
        self._sums = {}
