"""Checkpoints: what is signed is on file, nothing contradicts it, and a ledger that was put back cannot sign."""

from __future__ import annotations

import shutil
import stat
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.inventory.model.installation.evidence import EvidenceLog
from monitor.proof.formats.note import COSIGNER, LOG, BadNote, Checkpoint, Note, SigningKey
from monitor.proof.formats.tree import consistency_proof, consistent, included, leaf_hash
from monitor.proof.log.checkpoint import (
    KeyMissing,
    LogForked,
    head_file,
    make_key_file,
    range_root,
    sign_checkpoint,
    signing_key,
)
from monitor.proof.log.policy import policy_text
from monitor.proof.log.record_proof import record_proof
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.log.packed import packed

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = SigningKey.make("vendor.example/log", LOG)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(tmp_path / "leftopen.db")
    yield one
    one.close()


def grow(ledger: Ledger, by: int, word: str = "test") -> None:
    for n in range(by):
        with ledger.step():
            ledger.log.say(word, n, NOON)


def parsed(note: str) -> Checkpoint:
    return Checkpoint.parse(Note.parse(note.encode()).text)


def test_every_checkpoint_is_signed_on_file_and_consistent_with_the_one_before(ledger: Ledger) -> None:
    signed = []
    for by in (0, 1, 3, 260, 300):
        grow(ledger, by)
        signed.append(sign_checkpoint(ledger, KEY, NOON))
        assert records.last_checkpoint(ledger) == signed[-1]
        assert head_file(ledger.path).read_text() == signed[-1].note
        assert Note.parse(signed[-1].note.encode()).signed_by(KEY.verifier) == 0
    for older, newer in pairwise(signed):
        old, new = parsed(older.note), parsed(newer.note)
        proof = consistency_proof(old.size, new.size, range_root(ledger))
        assert consistent(old.size, old.root, new.size, new.root, proof)


def test_one_record_is_proven_without_the_log(ledger: Ledger) -> None:
    grow(ledger, 300)
    signed = sign_checkpoint(ledger, KEY, NOON)
    for number in (0, 255, 256, 299):
        text = record_proof(ledger, number, signed)
        head, _, note = text.partition("\n\n")
        first, index, *hashes = head.split("\n")
        assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {number}")
        checkpoint = parsed(note)
        (body,) = records.bodies(ledger, number, number + 1)
        path = [b64decode(one) for one in hashes]
        assert included(leaf_hash(body), number, checkpoint.size, path, checkpoint.root)


def test_a_ledger_that_was_put_back_signs_nothing_under_the_old_name(ledger: Ledger, tmp_path: Path) -> None:
    grow(ledger, 5)
    sign_checkpoint(ledger, KEY, NOON)
    ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(ledger.path, tmp_path / "copy.db")
    grow(ledger, 5)
    sign_checkpoint(ledger, KEY, NOON)
    ledger.close()
    for leftover in ("-wal", "-shm"):
        Path(f"{ledger.path}{leftover}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "copy.db", ledger.path)
    back = Ledger(ledger.path)
    with pytest.raises(LogForked, match="had 10 records"):
        sign_checkpoint(back, KEY, NOON)
    grow(back, 20, "another history")
    with pytest.raises(LogForked, match="are others"):
        sign_checkpoint(back, KEY, NOON)
    other = SigningKey.make("vendor.example/log-2", LOG)
    assert parsed(sign_checkpoint(back, other, NOON).note).origin == "vendor.example/log-2"
    back.close()


def test_a_record_that_was_changed_behind_our_back_is_not_signed(ledger: Ledger) -> None:
    grow(ledger, 5)
    sign_checkpoint(ledger, KEY, NOON)
    ledger.execute("DROP TRIGGER log_records_are_appended_only")
    (body,) = records.bodies(ledger, 2, 3)
    ledger.execute("UPDATE log_records SET body = ? WHERE seq = 2", packed(body.replace(b"2026", b"2025")))
    ledger._connection.commit()
    with pytest.raises(LogForked):
        sign_checkpoint(ledger, KEY, NOON + timedelta(minutes=5))


def test_a_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "log.key"
    key = make_key_file(file, "vendor.example/log", LOG)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_key(f"file:{file}", {}).verifier == key.verifier
    assert signing_key("env:K", {"K": key.secret()}).verifier == key.verifier
    with pytest.raises(FileExistsError):
        make_key_file(file, "vendor.example/log", LOG)
    with pytest.raises(KeyMissing):
        make_key_file(tmp_path / "other.key", "two words", LOG)
    with pytest.raises(KeyMissing, match="another kind"):
        signing_key(f"file:{file}", {}, COSIGNER)
    with pytest.raises(KeyMissing) as error:
        signing_key("env:K", {"K": key.secret()[:-2]})
    assert "PRIVATE" not in str(error.value).replace("PRIVATE+KEY+name", "")


def test_a_head_file_that_is_no_note_stops_signing(ledger: Ledger) -> None:
    sign_checkpoint(ledger, KEY, NOON)
    head_file(ledger.path).write_text("half a")
    with pytest.raises(LogForked, match="cannot be read"):
        sign_checkpoint(ledger, KEY, NOON)
    with pytest.raises(BadNote):
        Note.parse(b"half a")


def test_a_policy_names_the_log_and_demands_every_witness() -> None:
    witness = str(SigningKey.make("region.example/w", COSIGNER).verifier)
    declared = EvidenceLog.model_validate({"key": "env:K", "witnesses": [{"key": witness}]})
    assert policy_text(KEY.verifier, declared).splitlines() == [
        f"log {KEY.verifier}",
        f"witness w1 {witness}",
        "group witnesses all w1",
        "quorum witnesses",
    ]
    alone = EvidenceLog.model_validate({"key": "env:K"})
    assert policy_text(KEY.verifier, alone) == f"log {KEY.verifier}\nquorum none\n"
