"""All decoys in one round of the real program: none of them opens a finding, and each is judged as its author says."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.acceptance.builders import BLIND, NOTHING_OPEN, House, Ran
from tests.servers.decoys import DECOYS, decoys
from tests.servers.raw import Raw


def declared(name: str, server: Raw) -> dict[str, Any]:
    """A decoy as an asset."""
    path = DECOYS[name].path
    folder = path if path.endswith("/") else path.rpartition("/")[0] + "/"
    return {
        "id": f"d{list(DECOYS).index(name)}",
        "host": f"d{list(DECOYS).index(name)}.test",
        "addresses": [server.host],
        "ports": [server.port],
        "paths": [folder] if folder != "/" else [],
        "data": "recordings",
    }


UNREADABLE = ("meaning-unknown", "body-unreadable", "drawn-by-script")
"""Data, text, bytes or a script of which nobody can say what they show: never exposed, and never clear either."""


async def round_over(house: House, names: list[str]) -> Ran:
    """One round over these decoys; every server must have been asked."""
    async with decoys(names) as servers:
        house.declare(*(declared(name, server) for name, server in servers.items()))
        ran = await asyncio.to_thread(house.run)
        for name, server in servers.items():
            assert any(hit.method == "GET" for hit in server.hits), f"{name} was not looked at"
            assert {hit.method for hit in server.hits} <= {"GET", "HEAD", "PROPFIND"}
    return ran


async def test_no_decoy_opens_a_finding(house: House) -> None:
    assert len(DECOYS) >= 40
    names = list(DECOYS)
    ran = await round_over(house, names)
    said = {name: ran.of(f"d{number}") for number, name in enumerate(names)}
    found = {name: [one["place"] for one in lines if one["verdict"] == "exposed"] for name, lines in said.items()}
    assert {name: places for name, places in found.items() if places} == {}
    # Decoys that nobody can judge keep the code from being 0; nothing is open.
    assert ran.code in (NOTHING_OPEN, BLIND), ran.err
    assert house.ask("findings", "--all", "--json").out == ""
    wrong = []
    for name, lines in said.items():
        one = DECOYS[name]
        here = [x for x in lines if x["target"].startswith("http://") and x["place"].endswith(one.path)]
        assert here or not one.path.endswith("/"), name
        wrong += [
            f"{name}: {x['verdict']} ({x['why']}), not {one.verdict}"
            for x in here
            if not one.fits(x["verdict"]) and x["why"] not in UNREADABLE
        ]
    assert wrong == [], "\n".join(wrong)
