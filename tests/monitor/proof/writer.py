"""Writes looks, signs and has itself cosigned, as fast as it can, until it is killed: `python -m ... FOLDER`.

Each checkpoint that is released, by its signer or by its witness, is printed before the next thing is done.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.proof.formats.note import COSIGNER, LOG, VerifierKey
from monitor.proof.log.checkpoint import make_key_file, sign_checkpoint, signing_key
from monitor.proof.witness import client
from monitor.proof.witness.client import Answer, Submitted
from monitor.proof.witness.state import WitnessState
from monitor.store.ledger import Ledger
from monitor.store.log import slots
from monitor.store.log.declaration import declare
from monitor.store.log.records import SignedCheckpoint
from monitor.store.log.slots import Scope, ScopeAsset
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from tests.monitor.store.builders import looked

SCOPE = Scope(
    "i1", {}, (ScopeAsset("nas", "recordings", timedelta(seconds=1), timedelta(), "care", "nas:443", "vendor"),)
)


def keys(folder: Path) -> None:
    """Make both keys, once."""
    make_key_file(folder / "log.key", "vendor.example/log", LOG)
    make_key_file(folder / "witness.key", "region.example/witness", COSIGNER)


def submit(ledger: Ledger, state: WitnessState, signed: SignedCheckpoint, key: VerifierKey, now: datetime) -> Submitted:
    """As the service does: from what the witness is known to have, and once more from what it says it has."""
    old = client.cosigned_size(ledger, key)
    given = Submitted(None)
    for _ in range(2):
        reply = state.add_checkpoint(client.request_body(ledger, signed, old), now)
        given = client.read_answer(Answer(reply.status, reply.text.encode()), signed, key)
        if given.size is None:
            break
        old = given.size
    return given


def main(folder: Path) -> None:
    """Until it is killed."""
    key = signing_key(f"file:{folder}/log.key", {})
    witness = signing_key(f"file:{folder}/witness.key", {}, COSIGNER)
    ledger = Ledger(folder / "leftopen.db")
    state = WitnessState(folder / "kept", witness, {key.name: key.verifier})
    number = 0
    while True:
        now, number = datetime.now(UTC), number + 1
        id_ = f"{os.getpid()}-{number}"
        declare(ledger, SCOPE, now)
        rounds.begin(ledger, id_, RoundKind.ROUND, now, "v", "i1")
        with ledger.step():
            ledger.record(id_, replace(looked(), started=now, ended=now))
        rounds.looked(ledger, {"nas": "exposed"}, now, now)
        rounds.end(ledger, id_, now)
        if number % 3 == 0:
            signed = sign_checkpoint(ledger, key, now)
            print(signed.note, flush=True)
            given = submit(ledger, state, signed, witness.verifier, now)
            if given.signature is None:
                print(f"NOT COSIGNED {given.why}", flush=True)
            client.keep(ledger, signed.size, [(witness.verifier, given)], now)
            slots.close(ledger, now)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
