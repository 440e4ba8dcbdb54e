"""An observation comes back from another process with its counts, and without a line of a page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.findings.observation import Observation
from monitor.findings.reach.extent import extent_of
from monitor.network.observation_json import _page, observation_from_json, observation_to_json, packer
from monitor.rounds.evidence import evidence_of
from probes.api import Exposed
from probes.as_json import Shapes, look_from_json, look_to_json, to_json
from probes.registry import PROBES
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import look, target
from tests.servers.pages import NAMES, Disk
from tests.servers.raw import Talk, listening

DISK = Disk()


async def _disk(talk: Talk) -> None:
    while (hit := await talk.hear()) is not None:
        await talk.say(DISK.answer(hit))


async def test_a_look_in_another_process_comes_back_with_counts() -> None:
    async with listening(_disk) as server:
        sent = json.dumps(look_to_json(HTTP_LISTING, target(server, paths=("/", "/none/"))))
        probe, at = look_from_json(json.loads(sent))
        assert probe is PROBES["http-listing"]
        seen = await look(HTTP_LISTING, at)  # type: ignore[arg-type]
    pack = packer()
    back = json.dumps(observation_to_json(seen, pack))
    there = observation_from_json(json.loads(back), Shapes(json.loads(json.dumps(pack.shapes))))
    assert there == observation_from_json(json.loads(json.dumps(_of_before(seen)))), "a worker of before says another"
    opened, closed = there.verdicts
    assert isinstance(opened, Exposed)
    assert closed == seen.verdicts[1]
    first = seen.verdicts[0]
    assert isinstance(first, Exposed)
    assert extent_of(opened) == extent_of(first)
    assert extent_of(opened).files == len(NAMES)
    assert opened.listing is not None
    assert opened.listing.entries == ()
    assert opened == replace(first, listing=opened.listing, inside=())
    assert replace(there, verdicts=()) == replace(seen, verdicts=())
    for each, whole in zip(there.verdicts, seen.verdicts, strict=True):
        assert evidence_of(each, there, "r") == evidence_of(whole, seen, "r"), "evidence says less of it"
    witnesses = {path.rpartition("/")[2] for one in seen.verdicts if isinstance(one, Exposed) for path in one.witnesses}
    assert {name for name in NAMES if name in back} == witnesses, "a name that no witness needs left the process"


def _of_before(seen: Observation) -> dict[str, Any]:
    """An observation as workers of the version before say it."""
    return {
        "observation": to_json(seen, frozenset({"listing", "inside"})),
        "pages": to_json(tuple(_page(one) for one in seen.verdicts)),
    }


async def test_what_is_no_observation_is_refused() -> None:
    async with listening(_disk) as server:
        data = _of_before(await look(HTTP_LISTING, target(server)))
    observation = data["observation"]
    for wrong in (
        None,
        data | {"pages": []},
        data | {"pages": [None, data["pages"][0], None]},
        data | {"pages": [data["pages"][0] | {"extent": 5}, *data["pages"][1:]]},
        data | {"observation": observation | {"verdicts": [observation["verdicts"][0] | {"inside": [1]}]}},
        data | {"observation": observation | {"verdicts": [observation["verdicts"][0] | {"why": "made-up"}]}},
        data | {"observation": observation | {"asked": [1]}},
        data | {"observation": observation | {"started": "yesterday"}},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            observation_from_json(wrong)


async def test_what_no_shape_fits_is_refused() -> None:
    pack = packer()
    async with listening(_disk) as server:
        seen = await look(HTTP_LISTING, target(server))
    said = observation_to_json(seen, pack)
    row, pages = said
    number = row[0]
    kind, names = pack.shapes[number]
    assert observation_from_json(said, Shapes(pack.shapes)).asset == seen.asset

    def other(shape: object) -> list[Any]:
        return [*pack.shapes[:number], shape, *pack.shapes[number + 1 :]]

    for wrong, shapes in (
        ([row[:-1], pages], pack.shapes),
        ([[*row, 1], pages], pack.shapes),
        ([[], pages], pack.shapes),
        ([[99, *row[1:]], pages], pack.shapes),
        ([[-1, *row[1:]], pages], pack.shapes),
        ([["0", *row[1:]], pages], pack.shapes),
        ([[[0], *row[1:]], pages], pack.shapes),
        ([row, pages[:-1]], pack.shapes),
        ([row, None], pack.shapes[:1]),
        ([row, pages], other(["WebTarget", names])),
        ([row, pages], other([kind, [*names[:-1], "made_up"]])),
        ([row, pages], other([kind, [*names[:-1], names[0]]])),
        ([row, pages], other([kind, names[:-1]])),
        ([row, pages], other([kind])),
        ([row, pages], other([kind, names[0]])),
        ([row, pages], [["A", []]] * 1001),
        ([row, pages], None),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            observation_from_json(wrong, Shapes(shapes))
