"""The part of `watch` that signs: witnesses that answer wrongly or never cost no signature of our own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from monitor.health.examine import examine
from monitor.inventory.model.installation.evidence import EvidenceLog
from monitor.proof.formats.note import COSIGNER, LOG, Note, SigningKey
from monitor.proof.log.checkpoint import sign_checkpoint
from monitor.proof.witness import post
from monitor.service.parts.evidence_log import LogSigner
from monitor.service.supervisor import PartFailed
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.thread import LedgerThread
from tests.monitor.network.rounds import inventory as unsigned

KEY = SigningKey.make("vendor.example/log", LOG)
WITNESS = SigningKey.make("region.example/witness", COSIGNER)
STRANGER = SigningKey.make("region.example/witness", COSIGNER)


@contextmanager
def serving(status: int, body: bytes | None, seconds: float = 0.0) -> Iterator[str]:
    """A witness that answers one thing; None: a cosignature by a stranger."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            text = Note.parse(asked.partition("\n\n")[2].encode()).text
            time.sleep(seconds)
            answer = STRANGER.sign(text, 1_790_000_000).encode() if body is None else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


async def missing(folder: Path, url: str | None) -> tuple[tuple[str, ...], Note]:
    """Why the cosignature is missing, and the checkpoint as it is on file."""
    ledger = LedgerThread(folder / "leftopen.db")
    try:
        witness = {"key": str(WITNESS.verifier)} | ({"url": url} if url else {})
        declared = EvidenceLog.model_validate({"key": "env:K", "witnesses": [witness]})
        signer = LogSigner(lambda: pytest.fail("not asked"), ledger, lambda: datetime.now(UTC), {"K": KEY.secret()})
        _, why = await signer.sign(declared)
        kept = await ledger(records.last_checkpoint)
        assert kept is not None
        return why, Note.parse(kept.note.encode())
    finally:
        ledger.close()


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (200, None, "not its own"),
        (200, b"hello\n", "no signature line"),
        (200, b"\xff\xfe", "no signature line"),
        (200, b"x" * 20_000, "too long"),
        (302, b"", "answered 302"),
        (422, b"no\n", "answered 422"),
        (409, b"7\n", "knows 7 records and we have"),
        (409, b"seven\n", "answered 409"),
    ],
)
async def test_an_answer_that_is_no_cosignature_is_none(
    status: int, body: bytes | None, word: str, tmp_path: Path
) -> None:
    with serving(status, body) as url:
        why, note = await missing(tmp_path, url)
    assert len(why) == 1
    assert word in why[0]
    assert note.signed_by(KEY.verifier) == 0
    assert len(note.signatures) == 1


async def test_a_witness_that_never_answers_is_over_at_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "DEADLINE", 1.5)
    with serving(200, None, seconds=4) as url:
        why, _ = await missing(tmp_path, url)
    assert "in time" in why[0], "it came after the deadline, and was waited for"


async def test_nobody_at_the_address_and_no_address(tmp_path: Path) -> None:
    why, _ = await missing(tmp_path, "http://127.0.0.1:9")
    assert "could not be asked" in why[0]
    assert (await missing(tmp_path, None))[0] == (), "a witness without an address cosigns by hand"


async def test_a_key_that_is_missing_is_a_fault_with_its_way_out(tmp_path: Path) -> None:
    ledger = LedgerThread(tmp_path / "leftopen.db")
    signer = LogSigner(lambda: pytest.fail("not asked"), ledger, lambda: datetime.now(UTC), {})
    with pytest.raises(PartFailed, match="the environment has no variable K"):
        await signer.sign(EvidenceLog.model_validate({"key": "env:K"}))
    ledger.close()


def test_health_says_when_nothing_was_signed(tmp_path: Path) -> None:
    ledger, now = Ledger(tmp_path / "leftopen.db"), datetime.now(UTC)
    inventory = unsigned({"id": "nas", "host": "nas.test"}, log={"key": "env:K", "every": "5m"})

    def said(at: datetime) -> list[str]:
        return [one for one in examine(ledger, inventory, at).faults if "evidence log" in one]

    assert said(now) == ["the evidence log was never signed: is leftopen watch running?"]
    sign_checkpoint(ledger, KEY, now)
    assert said(now + timedelta(minutes=19)) == []
    assert "was last signed" in said(now + timedelta(minutes=21))[0]
    ledger.close()
