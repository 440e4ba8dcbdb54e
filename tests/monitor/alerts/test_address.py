"""The address of a channel: missing, unreadable, or in order, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.alerts.delivery.address import address_problem, without_address
from tests.monitor.web.house import inventory


def test_an_address_that_is_not_there_is_named_by_its_variable(tmp_path: Path) -> None:
    assert "MAIL" in address_problem("env:MAIL", {})
    assert "no address here" in address_problem(f"file:{tmp_path / 'none'}", {})


@pytest.mark.parametrize("url", ["it@region.example", "leftopens://short@host/path"])
def test_an_address_that_cannot_be_read_is_said_without_showing_it(url: str) -> None:
    why = address_problem("env:MAIL", {"MAIL": url})
    assert why
    assert url not in why


def test_a_good_address_is_no_problem() -> None:
    assert address_problem("env:MAIL", {"MAIL": "json://127.0.0.1:9/"}) == ""


def test_the_channels_without_an_address_are_listed() -> None:
    environ = dict.fromkeys(("REGION", "ALPHA", "SUB", "BETA"), "json://127.0.0.1:9/")
    ((channel, why),) = without_address(inventory(), environ)
    assert channel == "ops"
    assert "OPS" in why
