"""Fixtures that many tests share; the servers themselves are context managers in tests/servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import folders
from tests.servers.listener import Listener, listener
from tests.servers.stores import *  # noqa: F403  the fixtures of the object stores
from tests.servers.webhook import Webhook, webhook


@pytest.fixture
def recordings(tmp_path: Path) -> folders.Tree:
    """A recorder's disk with made-up calls."""
    return folders.recorder(tmp_path / "recordings")


@pytest.fixture
def hard_names(tmp_path: Path) -> folders.Tree:
    """The names on which listings break, all of them UTF-8."""
    return folders.hard(tmp_path / "hard")


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A receiver for alerts."""
    with webhook() as one:
        yield one


@pytest.fixture
def never() -> Iterator[Listener]:
    """A listener that nobody may connect to: the test fails if somebody did."""
    with listener() as one:
        yield one
        assert one.connections == []
