"""The sealed annex: only its recipients open it, it is bound to the open part, and the open part names nothing."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from monitor.proof.leftopen_verify import VERIFIED, verify
from monitor.proof.log.annex import INNER, PAGE, BadRecipient, recipients, sealed
from monitor.proof.log.bundle import everything, write_bundle
from tests.monitor.proof.logs import ASSETS, Log, grown

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return grown(tmp_path_factory.mktemp("annex"), 60, 20)


def parts(log: Log) -> tuple[bytes, bytes]:
    whole, out = io.BytesIO(), io.BytesIO()
    write_bundle(log.ledger, whole, log.policy, reveals=everything)
    write_bundle(log.ledger, out, log.policy, annex=hashlib.sha256(whole.getvalue()).hexdigest())
    return out.getvalue(), whole.getvalue()


def test_each_part_names_the_other_by_its_hash_and_both_verify(log: Log) -> None:
    open_part, whole = parts(log)
    reader = pyrage.x25519.Identity.generate()
    annex = sealed(open_part, whole, recipients([str(reader.to_public())]), NOW)
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(annex, [reader]))) as archive:
        page, inner = archive.read(PAGE).decode(), archive.read(INNER)
        assert archive.namelist()[0] == PAGE
    assert hashlib.sha256(open_part).hexdigest() in page
    assert "18 kap. 8 §" in page
    with zipfile.ZipFile(io.BytesIO(open_part)) as archive:
        assert archive.read("annex.sha256").decode() == hashlib.sha256(inner).hexdigest()
    for one in (open_part, inner):
        result = verify(io.BytesIO(one), log.policy, log.kept)
        assert result.code == VERIFIED, result.broken
    assert ASSETS[0].encode() in b"".join(_files(inner))


def test_nobody_else_opens_it_and_the_open_part_names_nothing(log: Log) -> None:
    open_part, whole = parts(log)
    reader, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    annex = sealed(open_part, whole, recipients([str(reader.to_public())]), NOW)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(annex, [stranger])
    for asset in ASSETS:
        assert asset.encode() not in annex
        assert not any(asset.encode() in body for body in _files(open_part))


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "anna@region.example"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadRecipient):
        recipients([text])


def _files(bundle: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_the_annex_is_made_for_the_open_part_beside_it(log: Log, tmp_path: Path) -> None:
    first, whole = parts(log)
    assert parts(log) == (first, whole), "the same log makes the same bytes"
