"""Both HTTP clients are put to the same tests: what asks one endpoint is run with aiohttp and with our own."""

from __future__ import annotations

import pytest

from monitor.network.driver import Driver
from tests.monitor.network import builders

BOTH = ("test_faults", "test_lean_client", "test_bounds", "test_scope")
"""The files whose tests are run with either."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test is one of two wherever it asks anything."""
    if metafunc.module.__name__.rpartition(".")[2] in BOTH:
        metafunc.fixturenames.append("client")
        metafunc.parametrize("client", ["aiohttp", "wire"], indirect=True)


@pytest.fixture
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client of the drivers that this test makes."""
    monkeypatch.setattr(builders, "DRIVER", Driver if request.param == "aiohttp" else builders.Lean)
