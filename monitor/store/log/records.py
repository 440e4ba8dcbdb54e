"""Reads the evidence log: records, private parts, roots over any range, and the checkpoints that were signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from monitor.proof.formats.tree import leaf_hash, root
from monitor.store.ledger import Ledger
from monitor.store.log.packed import plain
from monitor.store.log.pending import BLOCK, LOOKS, SIGNED
from monitor.store.rows import stamp, when
from monitor.store.schema.stored import unpacked, value_of


@dataclass(frozen=True, slots=True)
class PrivatePart:
    """What one commitment of a record stands for, with the salt that opens it."""

    seq: int
    part: int
    salt: bytes
    value: Any


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was signed, with the cosignatures that have come since."""

    size: int
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A stamp on the text of the checkpoint of a size (RFC 3161): request and reply as the bytes that they are."""

    size: int
    at: datetime
    request: bytes
    reply: bytes


def size(ledger: Ledger) -> int:
    """How many records the log has."""
    return int(ledger.rows("SELECT coalesce(max(seq) + 1, 0) AS n FROM log_records")[0]["n"])


def bodies(ledger: Ledger, first: int, last: int) -> Iterator[bytes]:
    """The records from `first` up to, not with, `last`, as the bytes that are hashed."""
    for start in range(first, last, 4096):
        sql = "SELECT CAST(body AS BLOB) AS body FROM log_records WHERE seq >= ? AND seq < ? ORDER BY seq"
        for row in ledger.rows(sql, start, min(start + 4096, last)):
            yield plain(bytes(row["body"]))


def private_parts(ledger: Ledger, first: int, last: int) -> Iterator[PrivatePart]:
    """The private parts that are still there of those records."""
    for start in range(first, last, 4096):
        shared = lru_cache(maxsize=4096)(partial(_shared, ledger))
        sql = "SELECT seq, part, salt, own, shared FROM log_private WHERE seq >= ? AND seq < ? ORDER BY seq, part"
        for row in ledger.rows(sql, start, min(start + 4096, last)):
            value = value_of(row["own"])
            if row["shared"] == LOOKS:
                looks = [shared(id_) for id_, *_ in value]
                value = {"looks": looks, "times": [times for _, *times in value]}
            elif row["shared"] not in (None, SIGNED):
                value["looks"] = shared(row["shared"])
            yield PrivatePart(row["seq"], row["part"], bytes(row["salt"]), value)


def looks_of(value: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str, int, int]]:
    """The looks in a private part: asset, probe, endpoint, digests of what was asked and of what was seen, and how many
    milliseconds before the time of its record each began and ended. None for a part that holds something else."""
    own: list[str] = [value["asset"]] if "asset" in value else []
    for look, (started, ended) in zip(value.get("looks", ()), value.get("times", ()), strict=True):
        asset, probe, endpoint, asked, verdicts = own + look
        yield asset, probe, endpoint, asked, verdicts, started, ended


def _shared(ledger: Ledger, id_: int) -> list[Any]:
    for row in ledger.rows("SELECT body FROM log_shared WHERE id = ?", id_):
        return list(value_of(unpacked(row["body"])))
    return []


def range_root(ledger: Ledger, first: int, last: int) -> bytes:
    """The root over a range of records as proofs need them: its start is a multiple of a power of two not below it."""
    if last - first <= BLOCK or first % BLOCK:
        return root([leaf_hash(body) for body in bodies(ledger, first, last)])
    whole = last // BLOCK
    sql = "SELECT root FROM log_blocks WHERE block >= ? AND block < ? ORDER BY block"
    nodes = [bytes(row["root"]) for row in ledger.rows(sql, first // BLOCK, whole)]
    if last % BLOCK:
        nodes.append(root([leaf_hash(body) for body in bodies(ledger, whole * BLOCK, last)]))
    return root(nodes)


def put_checkpoint(ledger: Ledger, size_: int, at: datetime, note: str) -> None:
    """Put a signed checkpoint on file; one of that size is replaced by the same with more signatures. Within a step."""
    sql = "INSERT INTO log_checkpoints VALUES (?, ?, ?) ON CONFLICT (size) DO UPDATE SET note = excluded.note"
    ledger.execute(sql, size_, stamp(at), note)


def checkpoints(ledger: Ledger) -> tuple[SignedCheckpoint, ...]:
    """All of them, smallest first."""
    rows = ledger.rows("SELECT * FROM log_checkpoints ORDER BY size")
    return tuple(SignedCheckpoint(row["size"], when(row["at"]), row["note"]) for row in rows)


def put_time_stamp(ledger: Ledger, stamp_: TimeStamp) -> None:
    """Put a stamp on file. Raises LedgerUnusable."""
    with ledger.step():
        values = (stamp_.size, stamp(stamp_.at), stamp_.request, stamp_.reply)
        ledger.execute("INSERT INTO log_time_stamps VALUES (?, ?, ?, ?)", *values)


def time_stamps(ledger: Ledger) -> tuple[TimeStamp, ...]:
    """All of them, of the smallest checkpoint first."""
    rows = ledger.rows("SELECT * FROM log_time_stamps ORDER BY size")
    return tuple(TimeStamp(row["size"], when(row["at"]), bytes(row["request"]), bytes(row["reply"])) for row in rows)


def last_time_stamp(ledger: Ledger) -> TimeStamp | None:
    """The one on the largest checkpoint; None when there is none."""
    return next(reversed(time_stamps(ledger)), None)


def last_checkpoint(ledger: Ledger) -> SignedCheckpoint | None:
    """The largest; None when none was signed."""
    rows = ledger.rows("SELECT * FROM log_checkpoints ORDER BY size DESC LIMIT 1")
    return SignedCheckpoint(rows[0]["size"], when(rows[0]["at"]), rows[0]["note"]) if rows else None
