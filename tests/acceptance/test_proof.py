"""A vendor that watches and a region that witnesses: two processes, two ledgers, one bundle that is verified."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.proof.formats.note import Checkpoint, Note
from monitor.store.log.packed import plain
from tests.acceptance.builders import BLIND, NOTHING_OPEN, House, asset
from tests.servers.faulty import faulty_beside
from tests.servers.launch import free_port
from tests.servers.webhook import Webhook

BROKEN = 1


def until(true: Callable[[], bool], program: subprocess.Popen[str], seconds: float = 60.0) -> None:
    """Wait until something is so; what the program said is shown when it never is."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end or program.poll() is not None:
            program.kill()
            pytest.fail(program.communicate()[0])
        time.sleep(0.1)


def started(house: House, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        house.command(*words),
        cwd=house.folder,
        env=house.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def stopped(program: subprocess.Popen[str]) -> None:
    program.send_signal(signal.SIGTERM)
    try:
        program.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        program.kill()


class Parties:
    """The vendor's and the region's houses, with their keys; the region watches nothing of its own here."""

    def __init__(self, folder: Path, hook: Webhook, disk: tuple[str, int]) -> None:
        self.vendor, self.region = House(folder / "vendor"), House(folder / "region", {"OPS": hook.ours})
        self.port = free_port()
        for house in (self.vendor, self.region):
            house.folder.mkdir()
        log = self._key(self.vendor, "vendor.example/exposure-log")
        witness = self._key(self.region, "region.example/witness", "--cosigner")
        self.vendor.declare(
            asset("nas", disk),
            defaults={"interval": "1s"},
            log={
                "key": f"file:{self.vendor.folder}/key",
                "every": "1s",
                "witnesses": [{"key": witness, "url": f"http://127.0.0.1:{self.port}"}],
            },
        )
        self.region.declare(
            asset("own", ("127.0.0.1", 9)),
            channels=[{"id": "ops", "url": "env:OPS", "operator": True}],
            witness={
                "listen": f"127.0.0.1:{self.port}",
                "key": f"file:{self.region.folder}/key",
                "logs": [{"key": log, "late_after": "4s"}],
            },
        )
        # The contract's annex, as both have it.
        self.policy = self.region.folder / "policy"
        self.policy.write_text(self.vendor.ask("log", "policy", "inventory.yaml").out)

    def _key(self, house: House, name: str, *more: str) -> str:
        return house.ask("log", "new-key", "key", "--name", name, *more).out.strip()

    def kept(self) -> list[Path]:
        """The checkpoints that the region has cosigned."""
        return sorted((self.region.folder / "var").glob("leftopen.db.witness/*/0*.note"))

    def verify(self, bundle: Path) -> tuple[int, str]:
        """The region verifies what it was handed, with what it has itself."""
        folder = self.kept()[0].parent
        ran = self.region.ask("verify", str(bundle), "--policy", str(self.policy), "--kept", str(folder))
        return ran.code, ran.out


@pytest.fixture
def parties(tmp_path: Path, hook: Webhook) -> Iterator[Parties]:
    with faulty_beside("twin-apache") as server:
        yield Parties(tmp_path, hook, (server.host, server.port))


def said(hook: Webhook) -> str:
    return str(hook.received)


def test_from_exposure_to_a_verified_bundle_and_a_rewritten_history_is_found(parties: Parties, hook: Webhook) -> None:
    witness = started(parties.region, "witness", "inventory.yaml")
    watch = started(parties.vendor, "watch", "inventory.yaml")
    try:
        until(lambda: len(parties.kept()) >= 4 and bool(open_findings(parties.vendor)), watch)
    finally:
        stopped(watch)

    # The vendor hands over its log; the region verifies it with the contract's keys and with what it kept.
    bundle = parties.vendor.folder / "proof.zip"
    made = parties.vendor.ask("bundle", "inventory.yaml", str(bundle))
    assert made.code == NOTHING_OPEN, made.err
    code, out = parties.verify(bundle)
    assert code == 0, out
    assert 'findings: {"exposed": 1}' in out
    assert '"exposed"' in out.partition("all: ")[2]

    # Nobody watches there any more: the region's own operators hear of it.
    until(lambda: "exposure-log" in said(hook), witness, 40)

    # A copy cannot be signed anew by mistake; a vendor that means to rewrite has to remove what says so.
    false = rewrite(parties.vendor)
    refused = parties.vendor.ask("bundle", "inventory.yaml", str(parties.vendor.folder / "refused.zip"))
    assert refused.code == BLIND
    assert "the log has forked" in refused.err
    forget_signatures(parties.vendor)
    forged = parties.vendor.folder / "forged.zip"
    made = parties.vendor.ask("bundle", "inventory.yaml", str(forged))
    assert made.code == BLIND
    assert "has not cosigned" in made.err
    stopped(witness)

    # The region finds it, and between which of its own checkpoints the first false record is.
    code, out = parties.verify(forged)
    assert code == BROKEN
    sizes = [Checkpoint.parse(Note.parse(one.read_bytes()).text).size for one in parties.kept()]
    before, after = max([0, *(one for one in sizes if one <= false)]), min(one for one in sizes if one > false)
    assert f"the first false record is one of {before} to {after - 1}" in out


def open_findings(house: House) -> list[str]:
    if not house.database.exists():
        return []
    try:
        return house.states()
    except sqlite3.OperationalError:
        return []


def rewrite(house: House) -> int:
    """What was seen exposed in the first look is said to be clear; returns the record's number."""
    with sqlite3.connect(house.database) as ledger:
        ledger.execute("DROP TRIGGER log_records_are_appended_only")
        rows = ledger.execute("SELECT seq, body FROM log_records ORDER BY seq").fetchall()
        number, body = next((seq, plain(body)) for seq, body in rows if b'"changes"' in plain(body))
        record = json.loads(body)
        for change in record["changes"]:
            change[2] = "cleared"
        text = json.dumps(record, sort_keys=True, separators=(",", ":"))
        ledger.execute("UPDATE log_records SET body = ? WHERE seq = ?", (text, number))
    return int(number)


def forget_signatures(house: House) -> None:
    with sqlite3.connect(house.database) as ledger:
        ledger.execute("DELETE FROM log_checkpoints")
    house.database.with_name("leftopen.db.log-head").unlink()


def test_a_checkpoint_is_cosigned_without_a_network(parties: Parties) -> None:
    vendor, region = parties.vendor, parties.region
    vendor.ask("run", "inventory.yaml", "--no-alerts")
    alone = vendor.ask("log", "checkpoint", "inventory.yaml")
    assert alone.code == BLIND, "its witness could not be asked"
    (region.folder / "request").write_text(vendor.ask("log", "request").out)
    cosigned = region.ask("witness", "inventory.yaml", "--cosign", "request")
    assert cosigned.code == NOTHING_OPEN, cosigned.err
    (vendor.folder / "note").write_text(cosigned.out)
    assert vendor.ask("log", "cosigned", "inventory.yaml", "note").code == NOTHING_OPEN
    kept = Note.parse(vendor.ask("log", "checkpoint", "--last").out.encode())
    assert [one.name for one in kept.signatures] == ["vendor.example/exposure-log", "region.example/witness"]
    again = region.ask("witness", "inventory.yaml", "--cosign", "request")
    assert again.code == BLIND
    assert "--known" in again.err
