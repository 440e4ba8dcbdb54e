"""Fixtures of the object stores: each is started once in a worker, when the first test asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.servers.launch import Server

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# The launchers are imported when they are needed: boto3 takes a quarter of a second, which most workers never need.

__all__ = ["azurite", "moto", "pytest_xdist_make_scheduler", "rgw", "seaweed", "swift"]

_STORES = "rgw|swift|azurite|seaweed|moto"
_OF_ONE_STORE = re.compile(rf"/test_({_STORES})[_.][^\[]*|[\[-]({_STORES})-(?:s3|swift|azure)-")
"""A test in a file named for a store (test_rgw_truth.py), or of a state of tests/probes/buckets/live/states.py."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """All tests of a store go to one worker, so that it is started and filled once; all others go to any.

    It is what `--dist loadgroup` is for; but pytest-xdist 3.8 writes the groups where pytest 9.2 does not look.
    """
    if config.getvalue("dist") != "load":
        return None  # somebody asked for another way
    from xdist.scheduler import LoadScopeScheduling

    class ByStore(LoadScopeScheduling):  # type: ignore[misc] # it has no types
        def _split_scope(self, nodeid: str) -> str:
            found = _OF_ONE_STORE.search(nodeid)
            return next(filter(None, found.groups())) if found else nodeid

    return ByStore(config, log)


@pytest.fixture(scope="session")
def rgw() -> Iterator[Server]:
    """Ceph's gateway: S3, and Swift on the same port."""
    from tests.servers.rgw import rgw as opened

    with opened() as server:
        yield server


@pytest.fixture(scope="session")
def swift() -> Iterator[Server]:
    """OpenStack Swift."""
    from tests.servers.swift import swift as opened

    with opened() as server:
        yield server


@pytest.fixture(scope="session")
def azurite() -> Iterator[Server]:
    """Azurite."""
    from tests.servers.azurite import azurite as opened

    with opened() as server:
        yield server


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Server]:
    """SeaweedFS."""
    from tests.servers.seaweed import seaweed as opened

    with opened() as server:
        yield server


@pytest.fixture(scope="session")
def moto() -> Iterator[Server]:
    """moto: for the account's side alone."""
    from tests.servers.moto import moto as opened

    with opened() as server:
        yield server
