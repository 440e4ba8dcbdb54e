"""A witness by the letter of tlog-witness: each answer, races, kills, and logs that fall silent."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.proof.formats.note import COSIGNER, LOG, Checkpoint, Note, SigningKey, signatures_of
from monitor.proof.formats.tree import consistency_proof, leaf_hash, root
from monitor.proof.witness.state import WitnessState

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = SigningKey.make("vendor.example/log", LOG)
STRANGER = SigningKey.make("vendor.example/log", LOG)
WITNESS = SigningKey.make("region.example/witness", COSIGNER)
HASHES = [leaf_hash(b"%d" % n) for n in range(40)]
OTHERS = [*HASHES[:10], *(leaf_hash(b"other %d" % n) for n in range(30))]


@pytest.fixture
def state(tmp_path: Path) -> WitnessState:
    return WitnessState(tmp_path / "w", WITNESS, {KEY.name: KEY.verifier})


def request(
    old: int, size: int, hashes: Sequence[bytes] = HASHES, key: SigningKey = KEY, origin: str = KEY.name
) -> bytes:
    text = str(Checkpoint(origin, size, root(hashes[:size])))
    proof = consistency_proof(old, size, lambda lo, hi: root(hashes[lo:hi])) if old <= size else []
    lines = "".join(f"{b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{lines}\n{Note(text, signatures_of(key.sign(text)))}".encode()


def test_a_log_that_only_grows_is_cosigned(state: WitnessState) -> None:
    for old, size in ((0, 3), (3, 3), (3, 4), (4, 40)):
        reply = state.add_checkpoint(request(old, size), NOON)
        assert reply.status == 200
        note = Note(str(Checkpoint(KEY.name, size, root(HASHES[:size]))), signatures_of(reply.text))
        assert note.signed_by(WITNESS.verifier) == int(NOON.timestamp())
        kept = state.last(KEY.name)
        assert kept is not None
        assert kept.signed_by(WITNESS.verifier)
        assert kept.signed_by(KEY.verifier) == 0
    assert sorted(one.name for one in state.folder_of(KEY.name).glob("*.note")) == [
        "000000000003.note",
        "000000000004.note",
        "000000000040.note",
        "last.note",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old 5\n", 400),
        (b"old x\n\n", 400),
        (b"old 05\n\n" + request(0, 5).partition(b"\n\n")[2], 400),
        (request(5, 9) + b"x", 400),
        (b"\xff\xfe", 400),
        (request(5, 9).replace(b"\n\n", b"\nAAAA\n\n", 1), 400),
        (b"old 5\n" + b"A" * 70_000, 400),
        (request(5, 9, origin="other.example/log"), 404),
        (request(5, 9, key=STRANGER), 403),
        (request(9, 8), 400),
        (request(3, 9), 409),
        (request(0, 9), 409),
        (request(5, 9).replace(b"old 5\n", b"old 5\n" + b64encode(b"x" * 32) + b"\n"), 422),
        (request(5, 5, [b"y" * 32] * 5), 422),
        (request(5, 20, [*HASHES[:3], *OTHERS[20:40]]), 422),
    ],
)
def test_each_refusal(body: bytes, status: int, state: WitnessState) -> None:
    assert state.add_checkpoint(request(0, 5), NOON).status == 200
    reply = state.add_checkpoint(body, NOON)
    assert reply.status == status
    if status == 409:
        assert (reply.text, reply.type) == ("5\n", "text/x.tlog.size")
    kept = state.last(KEY.name)
    assert kept is not None
    assert Checkpoint.parse(kept.text).size == 5


def test_two_histories_at_once_are_not_both_cosigned(tmp_path: Path) -> None:
    for attempt in range(8):
        state = WitnessState(tmp_path / f"{attempt}", WITNESS, {KEY.name: KEY.verifier})
        state.add_checkpoint(request(0, 10), NOON)
        bodies = [request(10, 20), request(10, 20, OTHERS)] * 3
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(partial(state.add_checkpoint, now=NOON), bodies))
        assert sorted(one.status for one in found) == [200, 409, 409, 409, 409, 409]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=8))
def test_what_is_cosigned_is_one_history(tmp_path: Path, tries: list[tuple[int, int, bool]]) -> None:
    """A model: whatever is asked, in whatever order, each cosigned checkpoint adds to the one before."""
    state = WitnessState(Path(mkdtemp(dir=tmp_path)), WITNESS, {KEY.name: KEY.verifier})
    size, history = 0, list[bytes]()
    for old, new, other in tries:
        hashes = OTHERS if other else HASHES
        fits = old == size and old <= new and root(hashes[:old]) == root(history[:old])
        reply = state.add_checkpoint(request(old, new, hashes), NOON)
        assert (reply.status == 200) == fits
        if fits:
            size, history = new, list(hashes[:new])


def test_a_disk_that_fails_means_no_signature(state: WitnessState, monkeypatch: pytest.MonkeyPatch) -> None:
    state.add_checkpoint(request(0, 5), NOON)
    folder = state.folder_of(KEY.name)
    if os.geteuid() == 0:
        # Root writes everywhere: a folder in the file's place fails for anybody.
        (folder / "last.note").unlink()
        (folder / "last.note").mkdir()
    else:
        folder.chmod(0o500)
    with pytest.raises(OSError, match=r".+"):
        state.add_checkpoint(request(5, 9), NOON)


def test_the_last_checkpoint_is_there_for_whoever_asks(state: WitnessState) -> None:
    digest = state.folder_of(KEY.name).name
    assert state.published(digest).status == 404
    state.add_checkpoint(request(0, 5), NOON)
    assert Checkpoint.parse(Note.parse(state.published(digest).text.encode()).text).size == 5
    assert state.published("0" * 64).status == 404


def test_a_log_that_falls_silent_is_late(state: WitnessState) -> None:
    after = {KEY.name: timedelta(minutes=30)}
    now = datetime.now(UTC)
    assert state.late(after, now) == ()
    (never,) = state.late(after, now + timedelta(hours=1))
    assert (never.last, never.size) == (None, 0)
    state.add_checkpoint(request(0, 5), now + timedelta(hours=1))
    assert state.late(after, now + timedelta(minutes=89)) == ()
    (late,) = state.late(after, now + timedelta(minutes=91))
    assert late.size == 5
    assert late.last is not None
