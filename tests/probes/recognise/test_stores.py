"""What data stores answer: what is there, and bytes of any kind."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.stores import zookeeper

NAMES = struct.pack(">ii", 2, 9) + b"zookeeper" + struct.pack(">i", 5) + b"calls"
RIGHTS = struct.pack(">iii", 1, 31, 5) + b"world" + struct.pack(">i", 6) + b"anyone" + bytes(68)


def test_nodes_of_zookeeper_are_counted_without_its_own() -> None:
    assert zookeeper.children(NAMES) == 1
    assert zookeeper.children(struct.pack(">i", 0)) == 0
    assert zookeeper.anyone_changes(RIGHTS)
    assert not zookeeper.anyone_changes(RIGHTS.replace(b"\x1f", b"\x01"))
    assert not zookeeper.anyone_changes(RIGHTS.replace(b"anyone", b"nobody"))


@given(st.binary(max_size=200) | st.tuples(st.integers(0, 60), st.binary(max_size=8)).map(
    lambda cut: NAMES[: cut[0]] + cut[1] + NAMES[cut[0] :]
))  # fmt: skip
def test_any_bytes_are_read_as_zookeeper_or_refused(data: bytes) -> None:
    for read in (zookeeper.session, zookeeper.answer, zookeeper.children, zookeeper.anyone_changes):
        with suppress(zookeeper.NotAReply):
            read(data)


def test_names_beyond_their_frame_are_refused() -> None:
    for body in (NAMES[:-1], NAMES + b"x", struct.pack(">i", -1), struct.pack(">ii", 1, 1 << 30), b""):
        with pytest.raises(zookeeper.NotAReply):
            zookeeper.children(body)
