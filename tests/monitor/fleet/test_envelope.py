"""Envelopes: only the two sides of one vantage make and open them, and a broker learns nothing by keeping them."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import pyrage
import pytest

from monitor.fleet.envelope import MOST_BYTES, BadEnvelope, Message, Sender, read_envelope
from monitor.proof.formats.note import LOG, SigningKey

HUB, INSIDE, STRANGER = (SigningKey.make(name, LOG) for name in ("hub", "inside", "stranger"))
FROM_HUB = Sender("inside", HUB, INSIDE.verifier)
THERE = Sender("inside", INSIDE, HUB.verifier)
BODY = {"assets": ["journal-disk"], "known": "/patient/070-1740605.wav"}
SEALED = FROM_HUB.seal(Message.BATCH, "b1", 1, BODY)


def test_the_other_side_opens_it_and_nobody_else() -> None:
    assert THERE.open(Message.BATCH, json.loads(json.dumps(SEALED))) == BODY
    with pytest.raises(BadEnvelope):
        Sender("inside", STRANGER, HUB.verifier).open(Message.BATCH, SEALED)
    with pytest.raises(BadEnvelope):
        FROM_HUB.open(Message.BATCH, SEALED)


def test_what_few_readers_take_is_opened_as_it_was_sealed() -> None:
    deep: Any = "half a character: \ud800"
    for _ in range(300):
        deep = [deep]
    for body in ({"path": "/\ud800.wav"}, {"deep": deep}, {"number": 10**30}):
        assert THERE.open(Message.BATCH, FROM_HUB.seal(Message.BATCH, "b1", 1, body)) == body


def test_what_lies_on_the_broker_names_nothing() -> None:
    raw = json.dumps(SEALED).encode() + b64decode(SEALED["body"])
    assert b"journal" not in raw
    assert b"0701740605" not in raw.replace(b"-", b"")
    assert FROM_HUB.seal(Message.BATCH, "b1", 1, BODY)["body"] != SEALED["body"], "equal batches look equal"


def _packed(raw: bytes) -> dict[str, Any]:
    """A well-signed batch with a body that is not ours."""
    body = pyrage.encrypt(raw, [pyrage.ssh.Recipient.from_str(INSIDE.verifier.openssh())])
    made = SEALED | {"body": b64encode(body).decode()}
    one = read_envelope(made)
    from monitor.fleet.envelope import _signed

    return made | {"signed": HUB.sign(_signed(one.kind, "inside", one.id, one.attempt, one.body))}


def test_a_body_that_is_huge_or_cut_is_refused() -> None:
    assert THERE.open(Message.BATCH, _packed(zlib.compress(b"{}"))) == {}
    for raw in (
        b"",
        b"no zlib",
        zlib.compress(b"{}")[:-3],
        zlib.compress(b"["),
        zlib.compress(bytes(MOST_BYTES + 1), 1),
    ):
        with pytest.raises(BadEnvelope):
            THERE.open(Message.BATCH, _packed(raw))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2}, {"v": True}, {"v": None}, {"kind": "result"}, {"kind": "other"}, {"id": "b2"}, {"id": ""}, {"id": 5},
        {"id": "b" * 101}, {"id": "b\n1"}, {"attempt": 2}, {"attempt": "1"}, {"attempt": True}, {"body": ""},
        {"body": 5},
        {"body": "%%"}, {"signed": ""}, {"signed": 5}, {"signed": "x" * 3000}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_is_changed_it_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadEnvelope):
        THERE.open(Message.BATCH, SEALED | change)


@pytest.mark.parametrize("data", [None, [], "text", 5, {}, {"v": 1}])
def test_nothing_else_is_an_envelope(data: object) -> None:
    with pytest.raises(BadEnvelope):
        read_envelope(data)


def test_another_vantage_s_batch_is_not_for_this_one() -> None:
    other = Sender("other", HUB, INSIDE.verifier).seal(Message.BATCH, "b1", 1, BODY)
    with pytest.raises(BadEnvelope):
        THERE.open(Message.BATCH, other)
    with pytest.raises(BadEnvelope):
        replace(THERE, other=STRANGER.verifier).open(Message.BATCH, SEALED)
