"""What OpenStack Swift tells a stranger beyond the table."""

from __future__ import annotations

import json

from tests.probes.buckets.live.answers import body
from tests.servers.launch import Server
from tests.servers.stored import KEYS, send


def test_swift_keeps_old_versions_and_its_limits(swift: Server) -> None:
    told = json.loads(body(swift, "/v1/AUTH_test/versioned?format=json&versions"))
    assert [row["name"] for row in told] == ["gone.wav", "gone.wav", "old.wav", "old.wav"]
    assert send(swift, "GET", "/v1/AUTH_test/publist?format=json&limit=20000")[0] == 412
    for place in ("/v1/AUTH_test?format=json", "/v1/AUTH_nosuch/x?format=json"):
        status, told, _ = send(swift, "GET", place)
        assert status == 401
        assert told["www-authenticate"].startswith("Swift realm=")
    assert send(swift, "HEAD", "/v1/AUTH_test/publist")[1]["x-container-object-count"] == str(len(KEYS))
