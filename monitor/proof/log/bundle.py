"""Packs the evidence log for somebody else: one file that `leftopen_verify.py` checks offline.

The bundle holds the signed records as they were hashed, every checkpoint, and what the records come to. What a record
only commits to is in it only where it is revealed on purpose.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Any

from monitor.proof.formats.canonical import canonical
from monitor.proof.leftopen_verify import FORMAT, Broken, Fold, Note, Policy, moment
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.log.records import PrivatePart
from monitor.store.rows import stamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVER = datetime(2200, 1, 1, tzinfo=UTC)
"""The end of a period that has none yet."""
_DIGEST = 64
_SAME_TIME = (1980, 1, 1, 0, 0, 0)
"""Written as the time of every file in the archive: the same log makes the same bytes."""

Reveals = Callable[[PrivatePart], bool]


class Contradiction(Exception):
    """The log on file does not fit itself, so nobody would believe it; the text names the record."""


class NothingSigned(Exception):
    """There is no signed checkpoint to pack."""


def nothing(part: PrivatePart) -> bool:
    """Reveal no private part: the bundle names no host, no place and no person."""
    return False


def everything(part: PrivatePart) -> bool:
    """Reveal every private part that is still there."""
    return True


def scope_alone(part: PrivatePart) -> bool:
    """Reveal which number stands for which asset, and nothing of what was seen or done."""
    return "names" in part.value


def write_bundle(
    ledger: Ledger,
    out: IO[bytes],
    policy: str,
    since: datetime = _EPOCH,
    until: datetime = EVER,
    reveals: Reveals = nothing,
    annex: str = "",
    up_to: int | None = None,
) -> dict[str, Any]:
    """Write the log as it was last signed, or with `up_to` records; returns what it claims of the period.

    `annex` is the SHA-256 of a bundle in which more is revealed: the two belong together. Raises NothingSigned,
    Contradiction, OSError.
    """
    signed = [one for one in records.checkpoints(ledger) if up_to is None or one.size <= up_to]
    if not signed:
        raise NothingSigned("no checkpoint was ever signed: there is nothing that anybody could verify")
    size, fold = signed[-1].size, Fold(moment(stamp(since)), moment(stamp(until)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_file("records.jsonl"), "w", force_zip64=True) as file:
            for body in records.bodies(ledger, 0, size):
                try:
                    fold.feed(json.loads(body))
                except Broken as error:
                    number = json.loads(body)["seq"]
                    raise Contradiction(f"the log contradicts itself: record {number}: {error}") from None
                file.write(body + b"\n")
        with archive.open(_file("revealed.jsonl"), "w", force_zip64=True) as file:
            for part in records.private_parts(ledger, 0, size):
                if reveals(part):
                    shown = {"seq": part.seq, "part": part.part, "salt": part.salt.hex(), "value": part.value}
                    file.write(canonical(shown) + b"\n")
        stamped = {one.size: one for one in records.time_stamps(ledger)}
        trusted = Policy(policy)
        for one in signed:
            # What no witness has cosigned adds nothing to a later one that is; the last stands for what is not yet.
            if one.size < size and not trusted.cosigned(Note.parse(one.note.encode())):
                continue
            if (stamp_ := stamped.get(one.size)) is not None:
                archive.writestr(_file(f"timestamps/{one.size:012}.tsq"), stamp_.request)
                archive.writestr(_file(f"timestamps/{one.size:012}.tsr"), stamp_.reply)
            archive.writestr(_file(f"checkpoints/{one.size:012}.note"), one.note)
        archive.writestr(_file("policy"), policy)
        if annex:
            archive.writestr(_file("annex.sha256"), annex)
        summary = fold.summary()
        claims = {"format": FORMAT, "since": fold.since, "until": fold.until, "summary": summary}
        archive.writestr(_file("claims.json"), canonical(claims))
        archive.comment = b"0" * _DIGEST
    reseal(out)
    return summary


def reseal(out: IO[bytes]) -> None:
    """Write the digest of the whole file as its last bytes, the archive's comment: damage on the way is found."""
    left, digest = out.seek(0, 2) - _DIGEST, hashlib.sha256()
    out.seek(0)
    while left > 0:
        chunk = out.read(min(left, 1 << 20))
        digest.update(chunk)
        left -= len(chunk)
    out.write(digest.hexdigest().encode())


def _file(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _SAME_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
