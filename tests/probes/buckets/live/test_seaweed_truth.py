"""What SeaweedFS tells a stranger beyond the table."""

from __future__ import annotations

from tests.probes.buckets.live.answers import body, texts
from tests.servers.launch import Server
from tests.servers.stored import send


def test_seaweed_names_its_refusals_and_writes_a_space_as_a_plus(seaweed: Server) -> None:
    assert texts(send(seaweed, "GET", "/priv/?list-type=2")[2], "Code") == ["AccessDenied"]
    assert b"<Key>a/call+1.wav</Key>" in body(seaweed, "/pubcont/?list-type=2&encoding-type=url")
    assert texts(body(seaweed, "/objonly/?uploads"), "Upload") == []
