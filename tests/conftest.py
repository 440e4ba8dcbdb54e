"""Fixtures that many tests share; the servers themselves are context managers in tests/servers."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.compiled import compile_all
from tests.servers import folders
from tests.servers.listener import Listener, listener
from tests.servers.stores import *  # noqa: F403  the fixtures of the object stores
from tests.servers.webhook import Webhook, webhook

ROOT = Path(__file__).parents[1]

# The same examples every time: a change is judged by what it changed, and not by the luck of the day.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")
SLOW = (
    "tests/acceptance/",
    "tests/attack/",
    "tests/bench/",
    "tests/monitor/accounts/test_amazon_account.py",
    "tests/monitor/accounts/test_moto_account_read.py",
    "tests/monitor/accounts/test_reading.py",
    "tests/monitor/accounts/test_rgw_account.py",
    "tests/monitor/accounts/test_swift_account.py",
    "tests/monitor/alerts/test_apprise_channel.py",
    "tests/monitor/alerts/test_batching.py",
    "tests/monitor/alerts/test_folded.py",
    "tests/monitor/alerts/test_heartbeats.py",
    "tests/monitor/alerts/test_killed.py",
    "tests/monitor/alerts/test_leases.py",
    "tests/monitor/alerts/test_mail",
    "tests/monitor/alerts/test_outbox.py",
    "tests/monitor/alerts/test_stopped.py",
    "tests/monitor/cli/",
    "tests/monitor/findings/test_properties.py",
    "tests/monitor/inventory/test_refused.py",
    "tests/monitor/legal/test_warn.py",
    "tests/monitor/network/",
    "tests/monitor/practice/",
    "tests/monitor/proof/test_leftopen_verify.py",
    "tests/monitor/proof/test_log_killed.py",
    "tests/monitor/rounds/",
    "tests/monitor/service/",
    "tests/monitor/surveys/",
    "tests/monitor/web/",
    "tests/probes/buckets/canned/",
    "tests/probes/buckets/live/",
    "tests/probes/buckets/test_hostile_rounds.py",
    "tests/probes/buckets/test_never_clear.py",
    "tests/probes/recognise/test_learned_rows.py",
    "tests/probes/recognise/test_listings_hostile.py",
    "tests/probes/recognise/test_real_servers.py",
    "tests/probes/recognise/test_regular.py",
    "tests/probes/recognise/test_stream",
    "tests/probes/services/",
    "tests/probes/web/test_scripted.py",
    "tests/servers/",
    "tests/test_commands.py",
)
"""Tests that start processes and servers, wait, measure or count much: `make test-fast` leaves them out."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """With `-n auto` five workers for two cores: the slow tests wait for servers; with `-n logical` one a core."""
    cores = len(os.sched_getaffinity(0))
    return (cores * 5 + 1) // 2 if config.getoption("numprocesses") == "auto" else cores


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Compile what is new before the workers start, who would each do it."""
    if not sys.dont_write_bytecode:
        compile_all(config)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Half a million objects of collected tests are never garbage: none is looked for among them, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no slow file where none of its tests is asked for."""
    return _left_out(collection_path, config) or None


def _left_out(path: Path, config: pytest.Config) -> bool:
    return config.option.markexpr == "not slow" and str(path.relative_to(ROOT)).startswith(SLOW)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests by their file."""
    for item in items:
        if str(item.path.relative_to(ROOT)).startswith(SLOW):
            item.add_marker(pytest.mark.slow)


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
