"""Every state of a container on OpenStack Swift, and on Ceph's gateway by Swift, as the probe sees it."""

from __future__ import annotations

import pytest

from probes.buckets.swift import SWIFT_CONTAINER
from probes.contract import Certainty, Exposed
from tests.buckets.looking import declared, look, real, verdict
from tests.buckets.states import STATES, State, cases
from tests.servers.launch import Server

MINE = [one for one in STATES if one.dialect == "swift"]


@pytest.mark.parametrize("state", cases(MINE))
def test_every_door_is_told_right(state: State, store: Server) -> None:
    sight, doors, _, asked = look(SWIFT_CONTAINER, declared(state, store), real(store), most=12)
    assert {name: doors[name][0] for name in state.doors} == dict(state.doors)
    assert verdict(sight) == state.verdict
    assert not isinstance(sight, Exposed) or sight.certainty is Certainty.PROVEN
    assert len(asked) <= (6 if state.verdict == "clear" else 12)


@pytest.mark.parametrize("state", cases(one for one in MINE if one.doors["list"] == "exposed" and one.keys))
def test_every_key_comes_back_to_the_letter(state: State, store: Server) -> None:
    sight, *_ = look(SWIFT_CONTAINER, declared(state, store), real(store))
    assert isinstance(sight, Exposed)
    assert sight.listing is not None
    assert sorted(entry.name for entry in sight.listing.entries) == sorted(state.keys)
    assert not sight.listing.partial
