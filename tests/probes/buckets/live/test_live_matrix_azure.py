"""Every state of a container on Azurite, as the probe sees it."""

from __future__ import annotations

import pytest

from probes.api import Certainty, Exposed
from probes.buckets.azure import AZURE_CONTAINER
from tests.probes.buckets.live.states import STATES, State, cases
from tests.probes.buckets.looks import declared, look, real, verdict_word
from tests.servers.launch import Server

MINE = [one for one in STATES if one.dialect == "azure"]


@pytest.mark.parametrize("state", cases(MINE))
def test_every_door_is_told_right(state: State, store: Server) -> None:
    verdict, checks, _, asked = look(AZURE_CONTAINER, declared(state, store), real(store), most=12)
    assert {name: checks[name][0] for name in state.checks} == dict(state.checks)
    assert verdict_word(verdict) == state.verdict
    assert not isinstance(verdict, Exposed) or verdict.certainty is Certainty.PROVEN
    assert len(asked) <= (7 if state.verdict == "clear" else 12)


@pytest.mark.parametrize("state", cases(one for one in MINE if one.checks["list"] == "exposed" and one.keys))
def test_every_key_comes_back_to_the_letter(state: State, store: Server) -> None:
    verdict, *_ = look(AZURE_CONTAINER, declared(state, store), real(store))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert sorted(entry.name for entry in verdict.listing.entries) == sorted(state.keys)
    assert not verdict.listing.partial
