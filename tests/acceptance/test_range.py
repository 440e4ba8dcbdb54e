"""A range of hosts of many makings in one round of the real program: what is open is found, what is closed is clear."""

from __future__ import annotations

import pytest

from tests.acceptance.builders import House
from tests.servers.range.every import EVERY
from tests.servers.range.judge import round_over

pytestmark = pytest.mark.slow

MOST_ASKS = 5.0
"""Requests at an endpoint of a closed host, where the default paths of recording products are not asked."""


async def test_what_is_open_is_found_and_what_is_closed_is_told_to_be_closed(house: House) -> None:
    told = await round_over(house, EVERY)
    assert told.opened >= 165
    assert told.closed >= 240
    led = [number for number, spot in enumerate(EVERY) if spot.name == "application led to sso outside"]
    said = house.ask("check").out
    assert [f"r{number} leads to https://idp.nordvik.example, not declared" in said for number in led] == [True]
    costs = house.ask("check", "--json").value["assets"]
    assert costs[led[0]]["leads_to"] == ["https://idp.nordvik.example"]
    wrong = (told.missed, told.false_alarms, told.false_clears, told.needless)
    assert wrong == ([], [], [], [])
    assert told.closed_asks <= MOST_ASKS * told.closed_endpoints
