"""Checkpoints are stamped by a real time-stamping service, and whoever has the bundle and its authority can tell."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.proof.verify import verify
from monitor.inventory.model.installation.evidence import EvidenceLog
from monitor.proof.log import bundle as bundles
from monitor.proof.log import timestamp
from monitor.proof.log.timestamp import BadStamp, time_of, wanted
from monitor.service.parts.evidence_log import LogSigner
from monitor.store.log import records
from monitor.store.thread import LedgerThread
from tests.monitor.network.rounds import inventory
from tests.monitor.proof.logs import grown
from tests.servers.timestamping import Authority, timestamping

pytestmark = pytest.mark.slow

TEXT = "vendor.example/log\n3\nAAAA\n"


@pytest.mark.parametrize("chain", [False, True], ids=["by-the-library", "by-openssl"])
def test_a_stamp_says_when_the_text_was_there(tmp_path: Path, chain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    by_openssl = timestamp._by_openssl

    def counted(text: str, reply: bytes, authority: bytes) -> datetime:
        used.append(text)
        return by_openssl(text, reply, authority)

    monkeypatch.setattr(timestamp, "_by_openssl", counted)
    with timestamping(tmp_path / "tsa", chain=chain) as service:
        asked = wanted(TEXT)
        reply, vouches = service.answer(asked.request), service.authority.read_bytes()
        at = time_of(TEXT, reply, vouches, asked.nonce)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    assert bool(used) is chain, "each of both was tried"
    with pytest.raises(BadStamp):
        time_of(TEXT.replace("3", "4"), reply, vouches)
    for bit in range(0, len(reply) * 8, 97):
        wrong = bytearray(reply)
        wrong[bit // 8] ^= 1 << bit % 8
        if not chain:
            _same_or_refused(bytes(wrong), vouches, at)
    with timestamping(tmp_path / "other") as other, pytest.raises(BadStamp):
        time_of(TEXT, reply, other.authority.read_bytes())


def _same_or_refused(reply: bytes, vouches: bytes, at: datetime) -> None:
    """A flipped bit is found; one that says nothing (in the status's text) may leave the time as it was."""
    with suppress(BadStamp):
        assert time_of(TEXT, reply, vouches) == at


def test_a_reply_to_another_request_proves_nothing(tmp_path: Path) -> None:
    with timestamping(tmp_path / "tsa") as service:
        first, second = wanted(TEXT), wanted(TEXT)
        reply = service.answer(first.request)
        with pytest.raises(BadStamp):
            time_of(TEXT, reply, service.authority.read_bytes(), second.nonce)


async def stamped(folder: Path, service: Authority, rounds: int = 2) -> tuple[Path, tuple[str, ...], int]:
    """A log that was signed so often, as `watch` does it; its ledger, what is missing, and the stamps on file."""
    log = grown(folder, 20, 10)
    key = folder / "log.key"
    key.write_text(log.key.secret())
    log.ledger.close()
    now = log.at
    declared = EvidenceLog.model_validate(
        {"key": f"file:{key}", "timestamps": {"url": service.url, "authority": str(service.authority)}}
    )
    ledger = LedgerThread(folder / "leftopen.db")
    try:
        host = inventory({"id": "nas", "host": "nas.test"})
        signer = LogSigner(lambda: host, ledger, lambda: now, os.environ)
        for number in range(rounds):
            now = log.at + timedelta(hours=23 * number)
            _, missing = await signer.sign(declared)
        on_file = await ledger(records.time_stamps)
        with (folder / "proof.zip").open("w+b") as out:
            await ledger(lambda led: bundles.write_bundle(led, out, f"log {log.key.verifier}\nquorum none\n"))
        (folder / "policy").write_text(f"log {log.key.verifier}\nquorum none\n")
        return folder / "proof.zip", missing, len(on_file)
    finally:
        ledger.close()


async def test_a_checkpoint_a_day_is_stamped_and_the_bundle_proves_it(tmp_path: Path) -> None:
    with timestamping(tmp_path / "tsa") as service:
        bundle, missing, count = await stamped(tmp_path, service, 3)
    assert missing == ()
    assert (count, len(service.asked)) == (2, 2), "after 0 and 46 hours, and not after 23"
    arguments = [str(bundle), "--policy", str(tmp_path / "policy")]
    said = CliRunner().invoke(verify, [*arguments, "--timestamps", str(service.authority)])
    assert "stamped: " in said.output
    with timestamping(tmp_path / "other") as other:
        wrong = CliRunner().invoke(verify, [*arguments, "--timestamps", str(other.authority)])
    assert wrong.exit_code == 1
    assert "a time stamp is wrong" in wrong.output


async def test_a_service_that_gives_no_stamp_is_said_and_nothing_is_kept(tmp_path: Path) -> None:
    with timestamping(tmp_path / "tsa") as service:
        service.other = b"<html>come back later</html>"
        bundle, (missing,), count = await stamped(tmp_path, service)
    assert missing.startswith(f"{service.url} has not stamped the evidence log: ")
    assert count == 0
    arguments = [str(bundle), "--policy", str(tmp_path / "policy"), "--timestamps", str(service.authority)]
    said = CliRunner().invoke(verify, arguments)
    assert said.exit_code == 3
    assert "no checkpoint is stamped" in said.output


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(BadStamp, match="leftopen\\[timestamps\\]"):
        wanted(TEXT)
