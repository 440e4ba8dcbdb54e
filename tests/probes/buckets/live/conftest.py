"""The server that a state of tests/probes/buckets/live/states.py lies on."""

from __future__ import annotations

import pytest

from tests.probes.buckets.live.states import State
from tests.servers.launch import Server


@pytest.fixture
def store(request: pytest.FixtureRequest, state: State) -> Server:
    """For a test with `state` among its parameters (`cases()`): its server, started and filled."""
    server = request.getfixturevalue(state.server)
    assert isinstance(server, Server)
    return server
