"""Puts the log of who read what into the evidence log, before each checkpoint: a read cannot be taken back either."""

from __future__ import annotations

import hashlib
from datetime import datetime

from monitor.proof.formats.canonical import canonical
from monitor.store.access.access_file import NAME, AccessFile
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.schema.stored import value_of

_ONCE = 10_000
"""Reads that one record commits to, at most: who reads the log of a year for the first time does it in steps."""


def add_reads(ledger: Ledger, now: datetime) -> None:
    """Record what was read since the last time. Public are the numbers of the first and the last line; what they say is
    committed to as one digest. Raises LedgerUnusable."""
    if not (ledger.path.parent / NAME).is_file():
        return  # no page was ever served here
    file = AccessFile(ledger.path)
    try:
        after = next((last for last, record in file.logged() if _commits(ledger, record, last)), 0)
        while (digest := digest_of(file, after, after + _ONCE)) is not None:
            last, text = digest
            with ledger.step():
                private = {"file": file.id(), "first": after + 1, "last": last, "sha256": text}
                ledger.log.add("reads", [after + 1, last], now, {"reads": private})
            # Whoever is killed here records the same lines once more: both records say the same of them.
            file.set_logged(last, records.size(ledger) - 1)
            after = last
    finally:
        file.close()


def _commits(ledger: Ledger, record: int, last: int) -> bool:
    """Whether the log on file has that record: it may have been put back from an older copy."""
    body = next(records.bodies(ledger, record, record + 1), b"{}")
    return any(entry[1] == last for entry in value_of(body).get("reads", ()))


def digest_of(file: AccessFile, after: int, until: int) -> tuple[int, str] | None:
    """The number of the last line behind `after` and up to `until`, and the SHA-256 over all of them, each in canonical
    form with a line's end; None where there is no line."""
    digest, last = hashlib.sha256(), after
    for row in file.lines(after, until):
        digest.update(canonical(row) + b"\n")
        last = row[0]
    return (last, digest.hexdigest()) if last > after else None
