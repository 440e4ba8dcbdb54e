"""Killed at any moment between look, record, checkpoint and cosignature: one history, nothing lost, nothing forked."""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from monitor.proof.formats.note import COSIGNER, Checkpoint, Note
from monitor.proof.leftopen_verify import VERIFIED, verify
from monitor.proof.log.bundle import write_bundle
from monitor.proof.log.checkpoint import sign_checkpoint, signing_key
from monitor.proof.witness import client
from monitor.proof.witness.state import WitnessState
from monitor.store.ledger import Ledger
from monitor.store.log import records
from tests.acceptance.builders import ROOT
from tests.monitor.proof.writer import keys, submit

KILLS = 5


def killed(folder: Path, after: float) -> str:
    """Start the writer, kill it so long after its second checkpoint, and return what it said.

    However busy the machine is, the first one has been brought to the witness by then.
    """
    command = [sys.executable, "-m", "tests.monitor.proof.writer", str(folder)]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    said = ""
    for line in program.stdout:
        said += line
        if said.count("\n\N{EM DASH} ") == 2:
            break
    time.sleep(after)
    program.kill()
    return said + program.communicate(timeout=30)[0]


def test_a_log_that_is_killed_again_and_again_stays_one_history(tmp_path: Path) -> None:
    keys(tmp_path)
    chance, released = random.Random(5), list[Note]()
    for _ in range(KILLS):
        said = killed(tmp_path, chance.random() / 4)
        assert "NOT COSIGNED" not in said
        whole = re.findall(r"vendor\.example/log\n\d+\n\S+\n\n(?:— \S+ \S+\n)+", said)
        released += [Note.parse(one.encode()) for one in whole]
    assert released

    key = signing_key(f"file:{tmp_path}/log.key", {})
    witness = signing_key(f"file:{tmp_path}/witness.key", {}, COSIGNER)
    state = WitnessState(tmp_path / "kept", witness, {key.name: key.verifier})
    ledger = Ledger(tmp_path / "leftopen.db")
    now = max(one.at for one in records.checkpoints(ledger))
    signed = sign_checkpoint(ledger, key, now)
    given = submit(ledger, state, signed, witness.verifier, now)
    assert given.signature is not None, given.why
    client.keep(ledger, signed.size, [(witness.verifier, given)], now)

    # Every checkpoint that anybody ever saw is of this log, and of no other.
    kept = [Note.parse(one.read_bytes()) for one in state.folder_of(key.name).glob("*.note")]
    assert len(kept) > KILLS
    for note in (*released, *kept):
        checkpoint = Checkpoint.parse(note.text)
        assert records.range_root(ledger, 0, checkpoint.size) == checkpoint.root

    # The model: as many looks in the log as on file, as many rounds ended, and the rest as a verifier reads it.
    bodies = [json.loads(body) for body in records.bodies(ledger, 0, records.size(ledger))]
    looks = sum(len(one.get("looks", ())) for one in bodies)
    assert looks == ledger.rows("SELECT sum(looks) AS n FROM all_days")[0]["n"]
    ended = [one["end"][0] for one in bodies if "end" in one]
    assert sorted(ended) == sorted(row["id"] for row in ledger.rows("SELECT id FROM rounds WHERE ended IS NOT NULL"))
    out, policy = io.BytesIO(), f"log {key.verifier}\nwitness w {witness.verifier}\nquorum w\n"
    write_bundle(ledger, out, policy)
    result = verify(out, policy, [str(one).encode() for one in (*released, *kept)])
    assert result.code == VERIFIED, (result.broken, result.incomplete)
    ledger.close()
