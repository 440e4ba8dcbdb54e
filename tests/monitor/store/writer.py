"""A process that writes whole steps until it is killed or its files may grow no more."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from tests.monitor.findings.builders import NOON
from tests.monitor.store.builders import put


def main(database: Path, name: str, most: int, limit: int) -> int:
    """Write `most` steps under names of our own; with a limit no file may grow beyond so many bytes."""
    ledger = Ledger(database)
    store_rounds.begin(ledger, name, RoundKind.ROUND, NOON, "internet-1", "digest")
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then the write fails with an error, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for number in range(most):
        try:
            put(ledger, f"/{name}/{number}/", round_=name)
        except LedgerUnusable as error:
            print(f"unusable: {error}", flush=True)
            return 7
        print(number, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
