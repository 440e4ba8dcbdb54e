"""SMB 1 as older servers speak it: a Samba behind a relay that takes from it what those do not know."""

from __future__ import annotations

import asyncio
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.api import Exposed, ServiceTarget
from probes.recognise.shares import smb, smb1
from probes.recognise.shares.smb import Share
from probes.requests.stream import Received, Stop
from probes.services.files.smb1_session import Session1
from tests.probes.services.looking import QUICK, said, seen, verdicts
from tests.servers import services
from tests.servers.launch import Server
from tests.servers.raw import Serve, Talk, listening

OPEN = "exposed listed-and-readable"


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """3,000 calls in one folder, which no single answer holds, and one beside it."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        root.chmod(0o755)
        (root / "2026").mkdir()
        for number in range(3000):
            (root / "2026" / f"call-0701740609-{number:05}.wav").write_bytes(b"RIFF")
        (root / "call.wav").write_bytes(b"RIFF" + bytes(5000))
        yield root


async def frames(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(int.from_bytes(head[1:], "big"))


def before(server: Server, asked: Callable[[bytes], bytes], told: Callable[[bytes], bytes] = lambda x: x) -> Serve:
    """A relay to a server that changes what is asked, and what is told."""

    async def serve(talk: Talk) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)

        async def back() -> None:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while frame := await frames(reader):
                    await talk.say(told(frame))
            talk.writer.close()

        going = asyncio.create_task(back())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while frame := await frames(talk.reader):
                writer.write(asked(frame))
        writer.close()
        await going

    return serve


def without_spnego(frame: bytes) -> bytes:
    """The question as a client puts it that knows no SPNEGO: the server then answers as one that knows none."""
    if frame[4:9] != b"\xffSMB\x72":
        return frame
    flags = int.from_bytes(frame[14:16], "little") & ~0x0800
    return frame[:14] + flags.to_bytes(2, "little") + frame[16:]


def without_srvsvc(frame: bytes) -> bytes:
    """The pipe is asked for by a name that the server has not."""
    return frame.replace("\\srvsvc".encode("utf-16-le"), "\\nopipe".encode("utf-16-le"))


@pytest.mark.parametrize("state", ["guest", "null", "unlisted", "closed"])
@pytest.mark.parametrize("older", [without_spnego, without_srvsvc])
async def test_an_older_server(disk: Path, state: str, older: Callable[[bytes], bytes]) -> None:
    with services.samba(disk, state, "NT1") as server:  # type: ignore[arg-type]
        async with listening(before(server, older)) as relay:
            found = await verdicts("smb", relay, names=("hidden",))
    if state == "closed":
        assert found == {"/hidden/": "clear denied", "/calls/": "clear denied", "/private/": "clear denied",
                         "/": "clear nothing-offered"}  # fmt: skip
    else:
        listed = {} if state == "unlisted" else {"/calls/": OPEN, "/private/": "clear denied"}
        assert found == {"/hidden/": OPEN, **listed}


@pytest.mark.parametrize("speaks", ["", "NT1"])
async def test_a_list_that_no_single_answer_holds_is_read_to_its_end(disk: Path, speaks: str) -> None:
    with services.samba(disk / "2026", speaks=speaks) as server:
        look = await seen("smb", server)
    (open_,) = [one for one in look.verdicts if isinstance(one, Exposed)]
    assert open_.listing is not None
    assert len(open_.listing.entries) == 3000
    assert open_.listing.partial == ""


async def test_a_server_that_lets_in_whatever_share_is_named_is_unknown(disk: Path) -> None:
    def any_share(frame: bytes) -> bytes:
        canary = "X4C1D9E77A0B35F26".lower().encode("utf-16-le")
        name = "calls".encode("utf-16-le")
        if frame[4:9] != b"\xffSMB\x75" or canary not in frame:
            return frame
        # As long as it was: the name of the share that is there, and the rest of it in the field of the service.
        whole = frame[4:].replace(canary, name)
        size = int.from_bytes(whole[41:43], "little") - (len(canary) - len(name))
        whole = whole[:41] + size.to_bytes(2, "little") + whole[43:]
        return struct.pack(">I", len(whole)) + whole

    with services.samba(disk, "guest", "NT1") as server:
        async with listening(before(server, any_share)) as relay:
            assert await verdicts("smb", relay) == {"/": "unknown catch-all"}


@pytest.mark.parametrize(
    "told",
    [
        lambda frame: frame[:4] + frame[4:36] + b"\x11" + bytes(10),  # words that are not there
        lambda frame: struct.pack(">I", 35) + frame[4:36] + bytes(3),  # no words at all
        lambda frame: frame[:36] + b"\xff" + frame[37:],
        lambda frame: frame[:4] + b"\xfeSMB" + frame[8:],
    ],
)
async def test_answers_that_are_none_decide_nothing(disk: Path, told: Callable[[bytes], bytes]) -> None:
    with services.samba(disk, "guest", "NT1") as server:
        async with listening(before(server, lambda frame: frame, told)) as relay:
            assert {said(one).partition(" ")[0] for one in (await seen("smb", relay, QUICK)).verdicts} == {"unknown"}


def packet(command: int, message: int, words: bytes = b"", data: bytes = b"", status: int = 0, nt: int = 1) -> bytes:
    """One answer in a frame."""
    head = struct.pack(
        "<4sBIBHH8sHHHHH", b"\xffSMB", command, status, 0x98, 0x8001 | nt << 14, 0, b"", 0, 3, 1, 9, message
    )
    whole = head + bytes([len(words) // 2]) + words + struct.pack("<H", len(data)) + data
    return struct.pack(">I", len(whole)) + whole


def transaction(message: int, total: int, begin: int, data: bytes) -> bytes:
    """A part of the answer to a transaction without parameters."""
    words = struct.pack("<HHHHHHHHHBB", 0, total, 0, 0, 0, 0, len(data), 32 + 1 + 20 + 2, begin, 0, 0)
    return packet(0x32, message, words, data)


def test_parts_of_a_transaction_are_put_together_and_what_never_ends_is_given_up() -> None:
    def told(*parts: bytes) -> object:
        target = ServiceTarget("nas", "nas.test", "nas.test", "192.0.2.7", 445, "smb", nonce="x7f3a")
        dialogue = Session1(target, target.place("/"))._transacted("FIND_FIRST2", 9, 3, b"")
        next(dialogue)
        left = list(parts)
        try:
            while True:
                dialogue.send(Received(left.pop(0), Stop.WHOLE))
        except StopIteration as end:
            return end.value

    assert told(transaction(0, 5, 0, b"abc"), transaction(7, 9, 0, b"another"), transaction(0, 5, 3, b"de")) == (
        b"",
        b"abcde",
    )
    assert str(told(*[transaction(0, 5, 0, b"")] * 200)) == "status-unexpected"
    assert told(transaction(0, 5, 0, b"abc"), packet(0x32, 0, status=smb.ACCESS_DENIED)) != (b"", b"abc")


def test_errors_of_servers_before_nt_are_read_as_the_status_that_says_the_same() -> None:
    for kind, code, status in ((1, 5, smb.ACCESS_DENIED), (2, 6, smb.BAD_NETWORK_NAME), (1, 18, smb.NO_MORE_FILES)):
        answer = smb1.packet1(packet(0x75, 1, status=kind | code << 16, nt=0))
        assert answer is not None
        assert answer.status == status


def test_shares_of_the_older_list() -> None:
    row = struct.pack("<13sxHI", b"calls", 0, 0) + struct.pack("<13sxHI", b"IPC$", 3, 0)
    assert smb1.shares1(struct.pack("<HHHH", 0, 0, 2, 2), row) == (Share("calls", 0), Share("IPC$", 3))
    assert smb1.shares1(struct.pack("<HHHH", 5, 0, 2, 2), row) is None
    assert smb1.shares1(struct.pack("<HHHH", 0, 0, 3, 3), row) is None


@given(st.binary(max_size=200), st.sampled_from([0, 13, 17, 20, 255]))
def test_any_packet_has_an_answer(data: bytes, words: int) -> None:
    for whole in (data, b"\xffSMB" + data, b"\xffSMB" + bytes(28) + bytes([words]) + data):
        answer = smb1.packet1(bytes(4) + whole)
        parts: Sequence[smb1.Packet1] = [answer] * 3 if answer is not None else []
        told = smb1.transacted(parts)
        smb1.shares1(*(told or (data, data)))
        for one in parts:
            smb1.capabilities(one), smb1.token(one), smb1.read1(one), smb1.file_of(one)
