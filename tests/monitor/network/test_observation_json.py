"""An observation comes back from another process with its counts, and without a line of a page."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.findings.reach.extent import extent_of
from monitor.network.observation_json import observation_from_json, observation_to_json
from monitor.rounds.evidence import evidence_of
from probes.api import Exposed
from probes.as_json import look_from_json, look_to_json
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
    back = json.dumps(observation_to_json(seen))
    there = observation_from_json(json.loads(back))
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


async def test_what_is_no_observation_is_refused() -> None:
    async with listening(_disk) as server:
        data = observation_to_json(await look(HTTP_LISTING, target(server)))
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
