"""Every change of a bundle is found: bits, lines, order, forks, dates, claims; and what is whole is verified."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from monitor.proof import leftopen_verify
from monitor.proof.formats.canonical import canonical
from monitor.proof.formats.note import LOG, Checkpoint, Note, SigningKey, signatures_of
from monitor.proof.formats.tree import leaf_hash, root
from monitor.proof.leftopen_verify import BROKEN, INCOMPLETE, MISSED, VERIFIED, Policy, Result, main, verify
from monitor.proof.log.bundle import Contradiction, everything, scope_alone
from monitor.store.log import slots
from tests.monitor.proof.logs import ASSETS, Log, changed, grown
from tests.speed import within

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return grown(tmp_path_factory.mktemp("small"), 300, 50)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, bytes]:
    log = grown(tmp_path_factory.mktemp("large"), 10_000, 500)
    return log, log.bundle()


class Mutation(Protocol):
    """What a forger does to the files of a bundle."""

    __name__: str

    def __call__(self, files: Files, chance: random.Random) -> None: ...


def checked(log: Log, bundle: bytes, kept: bool = False, policy: str | None = None) -> Result:
    return verify(io.BytesIO(bundle), policy or log.policy, log.kept if kept else ())


def lines(files: Files) -> list[bytes]:
    return files["records.jsonl"].splitlines(keepends=True)


def test_a_whole_bundle_of_ten_thousand_records_is_verified_in_time(large: tuple[Log, bytes]) -> None:
    log, bundle = large
    begun = time.process_time()
    result = checked(log, bundle, kept=True)
    assert result.broken == []
    assert result.code == VERIFIED, result.incomplete
    assert result.facts["records"] >= 10_000
    assert within(time.process_time() - begun, 5)
    seen = result.facts["all"]
    assert 0 < seen["conclusive"] < seen["due"]
    assert set(seen["outcomes"]) == {"clear", "exposed", "inconclusive:timed-out", "not-run"}


def test_no_flipped_bit_of_the_file_is_missed(large: tuple[Log, bytes]) -> None:
    log, bundle = large
    chance = random.Random(1)
    ends = [*range(400), *range(len(bundle) * 8 - 800, len(bundle) * 8)]
    for bit in (*chance.sample(ends, 150), *chance.sample(range(len(bundle) * 8), 150)):
        wrong = bytearray(bundle)
        wrong[bit // 8] ^= 1 << bit % 8
        assert checked(log, bytes(wrong)).code == BROKEN, bit


def test_no_flipped_bit_of_a_record_is_missed(small: Log, large: tuple[Log, bytes]) -> None:
    """As by somebody who can pack and seal the bundle again, but has no key."""
    for log, bundle, count in ((small, small.bundle(), 120), (*large, 8)):
        chance = random.Random(2)
        for _ in range(count):

            def flip(files: Files, chance: random.Random = chance) -> None:
                name = chance.choice([one for one in files if one != "claims.json" and one != "policy" and files[one]])
                body = bytearray(files[name])
                bit = chance.randrange(len(body) * 8)
                body[bit // 8] ^= 1 << bit % 8
                files[name] = bytes(body)

            assert checked(log, changed(bundle, flip)).code in (BROKEN, INCOMPLETE)


def delete(files: Files, chance: random.Random) -> None:
    kept = lines(files)
    del kept[chance.randrange(len(kept))]
    files["records.jsonl"] = b"".join(kept)


def reorder(files: Files, chance: random.Random) -> None:
    kept = lines(files)
    at = chance.randrange(len(kept) - 1)
    kept[at], kept[at + 1] = kept[at + 1], kept[at]
    files["records.jsonl"] = b"".join(kept)


def insert(files: Files, chance: random.Random) -> None:
    kept = lines(files)
    at = chance.randrange(len(kept))
    kept.insert(at, canonical({"at": json.loads(kept[at])["at"], "seq": at}) + b"\n")
    files["records.jsonl"] = b"".join(kept)


def repeat(files: Files, chance: random.Random) -> None:
    kept = lines(files)
    at = chance.randrange(len(kept))
    files["records.jsonl"] = b"".join([*kept[:at], kept[at], *kept[at:]])


def truncate(files: Files, chance: random.Random) -> None:
    kept = lines(files)
    files["records.jsonl"] = b"".join(kept[: chance.randrange(len(kept))])


def cut_in_a_line(files: Files, chance: random.Random) -> None:
    files["records.jsonl"] = files["records.jsonl"][: chance.randrange(len(files["records.jsonl"]))]


def append(files: Files, chance: random.Random) -> None:
    number = len(lines(files))
    files["records.jsonl"] += canonical({"at": "2026-11-01T12:00:00.000Z", "seq": number}) + b"\n"


def back_date(files: Files, chance: random.Random) -> None:
    kept = lines(files)
    at = chance.randrange(len(kept))
    record = json.loads(kept[at])
    kept[at] = canonical({**record, "at": "2026-11-01" + record["at"][10:]}).replace(b"T1", b"T0") + b"\n"
    files["records.jsonl"] = b"".join(kept)


def without_checkpoints(files: Files, chance: random.Random) -> None:
    for name in [one for one in files if one.startswith("checkpoints/")]:
        del files[name]


def better_claims(files: Files, chance: random.Random) -> None:
    claims = json.loads(files["claims.json"])
    claims["summary"]["all"]["conclusive"] += 1
    files["claims.json"] = canonical(claims)


MUTATIONS = [
    delete, reorder, insert, repeat, truncate, cut_in_a_line, append, back_date, without_checkpoints, better_claims,
]  # fmt: skip


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda one: one.__name__)
def test_no_change_of_the_records_is_missed(mutate: Mutation, small: Log, large: tuple[Log, bytes]) -> None:
    for log, bundle, count in ((small, small.bundle(), 6), (*large, 1)):
        chance = random.Random(3)
        for _ in range(count):
            result = checked(log, changed(bundle, partial(mutate, chance=chance)))
            assert result.code == BROKEN


def rewritten(log: Log, files: Files, first: int, key: SigningKey, change: Callable[[dict[str, object]], None]) -> None:
    """The log's own signer rewrites a record, and signs every checkpoint from there on again."""
    kept = [json.loads(line) for line in lines(files)]
    change(kept[first])
    bodies = [canonical(one) for one in kept]
    files["records.jsonl"] = b"".join(one + b"\n" for one in bodies)
    hashes = [leaf_hash(one) for one in bodies]
    for name in [one for one in files if one.startswith("checkpoints/")]:
        size = Checkpoint.parse(Note.parse(files[name]).text).size
        if size > first:
            text = str(Checkpoint(key.name, size, root(hashes[:size])))
            files[name] = str(Note(text, signatures_of(key.sign(text)))).encode()


def hide(record: dict[str, object]) -> None:
    record["looks"] = [[1, 900, 3, 0, 1, 0, 12, 0]]


def test_a_signer_that_rewrites_its_history_has_no_cosignature(small: Log) -> None:
    bundle = changed(small.bundle(), lambda files: rewritten(small, files, 101, small.key, hide))
    result = checked(small, bundle)
    assert result.code == INCOMPLETE
    assert "not cosigned" in result.incomplete[0]


def test_what_the_witness_kept_names_the_first_false_record(small: Log) -> None:
    bundle = changed(small.bundle(), lambda files: rewritten(small, files, 101, small.key, hide))
    result = checked(small, bundle, kept=True)
    assert result.code == BROKEN
    sizes = sorted(Checkpoint.parse(Note.parse(one).text).size for one in small.kept)
    before, after = max(one for one in sizes if one <= 101), min(one for one in sizes if one > 101)
    assert f"the first false record is one of {before} to {after - 1}" in result.broken[0]


def test_a_signer_that_dates_back_contradicts_the_cosignatures(tmp_path: Path) -> None:
    log = grown(tmp_path, 100, 50)
    log.at += timedelta(hours=3)
    with log.ledger.step():
        log.ledger.log.say("test", 1, log.at - timedelta(hours=4))
    log.sign()
    result = checked(log, log.bundle())
    assert result.code == BROKEN
    assert "does not fit the times of its cosignatures" in result.broken[0]


def test_two_checkpoints_of_one_size_are_a_fork(small: Log) -> None:
    def fork(files: Files) -> None:
        text = str(Checkpoint(small.key.name, 40, b"\1" * 32))
        files["checkpoints/fork.note"] = str(Note(text, signatures_of(small.key.sign(text)))).encode()

    assert checked(small, changed(small.bundle(), fork)).code == BROKEN


def test_keys_that_came_with_the_bundle_are_not_trusted(small: Log) -> None:
    result = verify(io.BytesIO(small.bundle()), None)
    assert result.code == INCOMPLETE
    assert "nobody outside vouches" in result.incomplete[0]
    stranger = SigningKey.make(small.key.name, LOG)
    assert checked(small, small.bundle(), policy=f"log {stranger.verifier}\nquorum none\n").code == BROKEN


def test_a_log_that_nobody_witnessed_is_incomplete(tmp_path: Path) -> None:
    log = grown(tmp_path, 20, 10)
    log.grow(10)
    log.sign(cosigned=False)
    assert checked(log, log.bundle()).code == INCOMPLETE
    assert checked(log, log.bundle(), policy=f"log {log.key.verifier}\nquorum none\n").code == INCOMPLETE


def test_promises_that_were_missed_have_a_code_of_their_own(
    small: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, policy = tmp_path / "b.zip", tmp_path / "policy"
    bundle.write_bytes(small.bundle())
    policy.write_text(small.policy)
    command = [str(bundle), "--policy", str(policy)]
    assert main([*command, "--max-gap", "60", "--min-coverage", "99.9"]) == MISSED
    said = capsys.readouterr().out
    assert "60 s were promised" in said
    assert "99.9 % were promised" in said
    assert main([*command, "--max-gap", "1000000", "--min-coverage", "1"]) == VERIFIED


def test_what_is_revealed_is_what_was_committed_to(small: Log) -> None:
    bundle = small.bundle(scope_alone)
    result = checked(small, bundle)
    assert (result.code, result.facts["revealed"]) == (VERIFIED, 1)
    assert checked(small, small.bundle(everything)).facts["revealed"] > 100

    def lie(files: Files) -> None:
        files["revealed.jsonl"] = files["revealed.jsonl"].replace(b"nas-3.vendor", b"nas-9.vendor")

    assert "revealed as something else" in checked(small, changed(bundle, lie)).broken[0]

    def invent(files: Files) -> None:
        shown = {"seq": 5000, "part": 0, "salt": "00" * 16, "value": {}}
        files["revealed.jsonl"] += canonical(shown) + b"\n"

    assert "is in no record" in checked(small, changed(bundle, invent)).broken[0]


def test_the_open_bundle_names_nothing(small: Log) -> None:
    def look(files: Files) -> None:
        for body in files.values():
            assert not any(asset.encode() in body for asset in ASSETS)
            assert b"nas-" not in body

    changed(small.bundle(), look)


def test_an_outcome_without_a_look_is_found(tmp_path: Path) -> None:
    log = grown(tmp_path, 20, 10)
    log.at += timedelta(hours=1)
    with log.ledger.step():
        slots.decide(log.ledger, dict.fromkeys(ASSETS, "clear"), log.at, log.at)
    log.sign()
    with pytest.raises(Contradiction, match="no look says so"):
        log.bundle()


@pytest.mark.parametrize(
    "text",
    ["", "log x\nquorum none\n", "quorum none\n", "log {log}\n", "log {log}\nquorum nobody\n", "hello\n"],
)
def test_a_policy_that_cannot_be_read_is_wrong_use(text: str, small: Log) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Policy(text.replace("{log}", str(small.key.verifier)))


def test_the_file_alone_verifies_and_says_its_codes(small: Log, tmp_path: Path) -> None:
    """Copied away, without anything else of leftopen on the path."""
    alone = tmp_path / "leftopen_verify.py"
    alone.write_bytes(Path(leftopen_verify.__file__).read_bytes())
    (tmp_path / "b.zip").write_bytes(small.bundle())
    (tmp_path / "policy").write_text(small.policy)
    (tmp_path / "bad.zip").write_bytes(small.bundle()[:-1])

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(alone), *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    good = run("b.zip", "--policy", "policy")
    assert good.returncode == 0, good.stderr
    assert good.stdout.startswith("VERIFIED\n")
    assert "Not proven:\n- that a probe was really sent" in good.stdout
    assert run("bad.zip", "--policy", "policy").returncode == 1
    assert run("nothing.zip", "--policy", "policy").returncode == 2
    assert run("b.zip").returncode == 3
    assert run("b.zip", "--policy", "policy", "--min-coverage", "100").returncode == 4
    assert len(alone.read_text().splitlines()) < 400


@pytest.mark.parametrize("name", ["claims.json", "policy", "checkpoints/1"])
def test_a_file_of_a_bundle_that_unpacks_without_end_fills_no_memory(name: str, small: Log, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for one in {"claims.json", "policy"} - {name}:
            archive.writestr(one, json.dumps({"format": leftopen_verify.FORMAT}))
        archive.writestr("revealed.jsonl", "")
        with archive.open(name, "w", force_zip64=True) as out:
            for _ in range(1500):
                out.write(bytes(1 << 20))
    body = packed.getvalue()
    (tmp_path / "bundle").write_bytes(body + hashlib.sha256(body).hexdigest().encode())
    # Without one of its own the verifier reads the policy that came with the bundle.
    (tmp_path / "policy").write_text("" if name == "policy" else small.policy, "utf-8")
    program = """
import resource, sys
from monitor.proof.leftopen_verify import verify
result = verify(open(sys.argv[1], "rb"), open(sys.argv[2]).read() or None)
print(result.broken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "bundle"), str(tmp_path / "policy")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, _, mebibytes = done.stdout.rpartition(" ")
    assert said != "[]"
    assert int(mebibytes) < 700, done.stdout
