"""Signed notes: C2SP's own vector, keys, cosignatures, and what is refused."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from monitor.proof import leftopen_verify
from monitor.proof.formats.note import (
    COSIGNER,
    KINDS,
    LOG,
    BadNote,
    Checkpoint,
    Kind,
    Note,
    SigningKey,
    VerifierKey,
    signatures_of,
    with_signatures,
)

# The vector of the signed note format, as its first implementation publishes it.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
SEVENTY = "vendor.example/exposure-log\n70\nzMZd7ZP4QAvXvxdD/6LeIYV0cjE+uhN2FiR5ijv8K+0=\n"
CHECKPOINT = Checkpoint("vendor.example/exposure-log", 7, b"\7" * 32)


def test_the_published_vector_verifies() -> None:
    note = Note.parse(f"{TEXT}\n{LINE}".encode())
    assert note.text == TEXT
    assert note.signed_by(VerifierKey.parse(VERIFIER)) == 0
    assert str(note) == f"{TEXT}\n{LINE}"


def test_a_checkpoint_is_signed_as_go_s_note_signs_it() -> None:
    """golang.org/x/mod/sumdb/note 0.7.0 with the key of its own tests; the root is that of test_tree.py."""
    key = SigningKey.parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    assert str(key.verifier) == VERIFIER
    assert Checkpoint.parse(SEVENTY).size == 70
    assert str(Checkpoint.parse(SEVENTY)) == SEVENTY
    assert key.sign(SEVENTY) == (
        "— PeterNeumann x08go/mYSJtYunu0sVDXSJFB51CTadiN+RHYB5JFmNe0BEFUyxh7ofwUoq8xHqVSgV9NA64psH6v3osftsQBaMN08Qk=\n"
    )


def test_a_cosignature_is_that_of_two_other_programs() -> None:
    """C2SP tlog-cosignature: aics-tlog 0.2.1 signs so with this key and time, and tlog-scales 0.0.3 takes it."""
    raw = b64encode(b"\4" + bytes(range(32))).decode()
    key = SigningKey.parse(f"PRIVATE+KEY+region.example/witness+fc6cddd1+{raw}")
    assert key.sign(SEVENTY, 1_790_000_000) == (
        "— region.example/witness /Gzd0QAAAABqsTuAq6STAr/sUusFNC7kHPDy3KwlhuUvyWB5LHN+FmSGojFDLp7qJled8y/b9NsOsTvoN3Mg"
        "HBVWH8SA9yzn3a+PCQ==\n"
    )


def test_every_part_of_a_key_is_refused_and_every_changed_letter() -> None:
    """As in the tests of Go's note: nothing but the whole text is that key."""
    size = len(VERIFIER)
    parts = [VERIFIER[start:end] for start in range(size) for end in range(start + 1, size + 1) if end - start < size]
    changed = [f"{VERIFIER[:at]}{chr(ord(VERIFIER[at]) + 1)}{VERIFIER[at + 1 :]}" for at in range(size)]
    longer = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="
    for text in (*parts, *changed, longer):
        with pytest.raises(BadNote):
            VerifierKey.parse(text)


def test_no_flipped_bit_of_the_vector_verifies() -> None:
    raw, key = f"{TEXT}\n{LINE}".encode(), VerifierKey.parse(VERIFIER)
    for n in range(0, len(raw) * 8, 3):
        wrong = bytearray(raw)
        wrong[n // 8] ^= 1 << n % 8
        try:
            note = Note.parse(bytes(wrong))
        except BadNote:
            continue
        assert note.signed_by(key) is None, n


def test_a_key_is_written_and_read() -> None:
    for type_ in (LOG, COSIGNER):
        key = SigningKey.make("vendor.example/exposure-log", type_)
        assert SigningKey.parse(key.secret()).verifier == key.verifier == VerifierKey.parse(str(key.verifier))
        assert key.secret()[-40:] not in repr(key)


def test_a_log_signs_and_a_witness_cosigns() -> None:
    log, witness = SigningKey.make("vendor.example/log", LOG), SigningKey.make("region.example/w", COSIGNER)
    note = Note(str(CHECKPOINT), signatures_of(log.sign(str(CHECKPOINT))))
    note = with_signatures(note, signatures_of(witness.sign(note.text, 1_790_000_000)))
    note = with_signatures(note, signatures_of(witness.sign(note.text, 1_790_000_060)))
    read = Note.parse(str(note).encode())
    assert len(read.signatures) == 2
    assert read.signed_by(log.verifier) == 0
    assert read.signed_by(witness.verifier) == 1_790_000_060
    assert Checkpoint.parse(read.text) == CHECKPOINT


def test_a_cosignature_is_no_log_signature() -> None:
    log = SigningKey.make("one.example", LOG)
    as_witness = VerifierKey(log.name, COSIGNER, log.verifier.public)
    note = Note(str(CHECKPOINT), signatures_of(log.sign(str(CHECKPOINT))))
    assert note.signed_by(as_witness) is None
    with pytest.raises(ValueError, match="time"):
        SigningKey.make("two.example", COSIGNER).sign(note.text)


def test_a_signature_of_an_unknown_kind_is_kept_and_proves_nothing() -> None:
    key = VerifierKey("region.example/pq", 6, b"\1" * 1312)
    line = SigningKey.make("region.example/pq", LOG).sign("x\n")
    note = Note.parse(f"{CHECKPOINT}\n{line}".encode())
    assert str(note).endswith(line)
    assert note.signed_by(VerifierKey.parse(str(key))) is None


def _with_ml_dsa() -> tuple[Note, SigningKey, VerifierKey]:
    """A checkpoint signed by a log, and under it a real signature of another kind (ML-DSA-44, 2,420 bytes)."""
    log, other = SigningKey.make("one.example", LOG), MLDSA44PrivateKey.generate()
    key = VerifierKey("region.example/pq", 6, other.public_key().public_bytes_raw())
    text = str(CHECKPOINT)
    blob = b64encode(key.id + (9).to_bytes(8, "big") + other.sign(text.encode())).decode()
    return Note.parse(f"{text}\n— {key.name} {blob}\n{log.sign(text)}".encode()), log, key


def test_a_line_of_ml_dsa_is_carried_along_and_the_other_lines_count() -> None:
    note, log, key = _with_ml_dsa()
    assert note.signed_by(log.verifier) == 0
    assert VerifierKey.parse(str(key)) == key
    assert note.signed_by(key) is None
    more = with_signatures(note, signatures_of(SigningKey.make("w.example", COSIGNER).sign(note.text, 7)))
    assert Note.parse(str(more).encode()).signatures[:2] == note.signatures
    policy = f"log {log.verifier}\nwitness pq {key}\nquorum none\n"
    alone = leftopen_verify.Policy(policy)
    assert alone.logs[0].signed(leftopen_verify.Note.parse(str(more).encode())) == 0


def test_a_kind_of_keys_is_added_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what form ML-DSA signs is not said here: only that a row of the table is all that its check needs."""
    note, log, key = _with_ml_dsa()

    def checked(public: bytes, blob: bytes, text: str) -> int:
        MLDSA44PublicKey.from_public_bytes(public).verify(blob[8:], text.encode())
        return int.from_bytes(blob[:8], "big")

    monkeypatch.setitem(KINDS, 6, Kind(1312, checked))
    assert note.signed_by(key) == 9
    assert note.signed_by(log.verifier) == 0
    assert Note("another text\n", note.signatures).signed_by(key) is None
    with pytest.raises(BadNote, match="1312 bytes"):
        VerifierKey.parse(str(VerifierKey("x", 6, b"\1" * 32)))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\nno line\n",
        "text\n\n— a AAAA".encode(),
        "text\n\n— a AAAAAAAAAB==\n".encode(),
        b"\xff\n\n",
        f"te\x1bxt\n\n{LINE}".encode(),
        f"t\n\n{LINE * 65}".encode(),
        f"{'x' * 70_000}\n\n{LINE}".encode(),
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(BadNote):
        Note.parse(raw)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\nAAAA\n",
        "a\n1\nAAAA\n",
        f"{CHECKPOINT}extension\n",
        "\n1\n" + str(CHECKPOINT).split("\n")[2] + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a+b+c", "PeterNeumann+c74f20a4+" + VERIFIER[-44:], "a b+00000000+AAAA", VERIFIER + "x"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        VerifierKey.parse(text)
    with pytest.raises(BadNote) as error:
        SigningKey.parse(f"PRIVATE+KEY+{text}")
    assert len(text) < 10 or text not in str(error.value)
