"""The dialogue of one SMB session where a server answers late, in parts, or never."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from probes.api import ServiceTarget
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.shares import smb
from probes.recognise.shares.smb import Packet
from probes.requests.stream import Exchange, Received, Stop
from probes.services.files.smb_session import Session

TARGET = ServiceTarget("nas", "nas.test", "nas.test", "192.0.2.7", 445, "smb", nonce="x7f3a")


def packet(message: int, status: int, body: bytes = b"") -> bytes:
    """One answer of SMB 2 in a frame of its own."""
    head = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 0, status, 5, 1, 1, 0, message, 0, 3, 9, bytes(16))
    return struct.pack(">I", len(head + body)) + head + body


def asked(frames: Sequence[Received]) -> tuple[Packet, ...] | NoAnswerReason | UndecidedReason:
    """What comes of a question that is answered by these frames."""
    dialogue = Session(TARGET, TARGET.place("/"))._several("CREATE folder", 1, 9, 3, b"")
    step = next(dialogue)
    left = list(frames)
    try:
        while True:
            assert isinstance(step, Exchange)
            step = dialogue.send(left.pop(0))
    except StopIteration as end:
        told: tuple[Packet, ...] | NoAnswerReason | UndecidedReason = end.value
        return told


def test_an_answer_that_is_pending_is_no_answer_yet() -> None:
    late = [Received(packet(0, smb.PENDING), Stop.WHOLE), Received(packet(0, smb.OK, b"here"), Stop.WHOLE)]
    told = asked(late)
    assert isinstance(told, tuple)
    assert [(one.status, one.body) for one in told] == [(smb.OK, b"here")]


def test_a_refusal_that_was_pending_is_the_refusal() -> None:
    late = [Received(packet(0, smb.PENDING), Stop.WHOLE), Received(packet(0, smb.ACCESS_DENIED), Stop.WHOLE)]
    told = asked(late)
    assert isinstance(told, tuple)
    assert told[0].status == smb.ACCESS_DENIED


def test_what_is_pending_for_ever_decides_nothing_and_ends() -> None:
    assert asked([Received(packet(0, smb.PENDING), Stop.WHOLE)] * 50) is UndecidedReason.STATUS_UNEXPECTED


def test_an_answer_to_another_question_is_not_taken_for_this_one() -> None:
    mixed = [Received(packet(7, smb.OK, b"other"), Stop.WHOLE), Received(packet(0, smb.OK, b"here"), Stop.WHOLE)]
    told = asked(mixed)
    assert isinstance(told, tuple)
    assert told[0].body == b"here"


def test_a_frame_that_breaks_off_decides_nothing() -> None:
    assert asked([Received(packet(0, smb.OK)[:40], Stop.CLOSED)]) is NoAnswerReason.RESET
