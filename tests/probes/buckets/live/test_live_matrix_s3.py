"""Every state of a bucket on Ceph's gateway and on SeaweedFS, as the probe sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.network.stores.credentials import Keys
from monitor.network.stores.sigv4 import sign
from probes.api import Certainty, Clear, Exposed
from probes.buckets.s3 import S3_BUCKET
from probes.requests.http import Answer, Request
from probes.testing import play
from tests.probes.buckets.live.states import STATES, State, cases
from tests.probes.buckets.looks import declared, known, look, real, verdict_word
from tests.servers.launch import Server
from tests.servers.rgw import STRANGER

MINE = [one for one in STATES if one.dialect == "s3"]
SIGNED = "any-account"


@pytest.mark.parametrize("state", cases(MINE))
def test_every_door_is_told_right(state: State, store: Server) -> None:
    verdict, checks, _, asked = look(S3_BUCKET, declared(state, store), real(store), most=14)
    unsigned = {name: verdict_ for name, verdict_ in state.checks.items() if name != SIGNED}
    assert {name: checks[name][0] for name in unsigned} == unsigned
    assert verdict_word(verdict) == ("exposed" if "exposed" in unsigned.values() else state.checks["list"])
    assert not isinstance(verdict, Exposed) or verdict.certainty is Certainty.PROVEN
    assert len(asked) <= (8 if isinstance(verdict, Clear) else 14)


@pytest.mark.parametrize("state", cases(one for one in MINE if one.checks["list"] == "exposed" and one.keys))
def test_every_key_comes_back_to_the_letter(state: State, store: Server) -> None:
    verdict, *_ = look(S3_BUCKET, declared(state, store), real(store))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert sorted(entry.name for entry in verdict.listing.entries) == sorted(state.keys)
    assert not verdict.listing.partial


@pytest.mark.parametrize("state", cases(one for one in MINE if one.verdict == "exposed" and not one.signed))
def test_what_is_open_is_open_again_by_its_witnesses_alone(state: State, store: Server) -> None:
    """With nothing declared any more, what was once seen open is still asked for and still found."""
    where = declared(state, store)
    verdict, *_ = look(S3_BUCKET, where, real(store))
    assert isinstance(verdict, Exposed)
    bare = replace(where, keys=(), prefixes=(), known=known(where, *verdict.witnesses))
    again, *_ = look(S3_BUCKET, bare, real(store))
    assert isinstance(again, Exposed)
    assert {check.name for check in verdict.checks if check.verdict == "exposed"} >= {
        check.name for check in again.checks if check.verdict == "exposed"
    }


@pytest.mark.parametrize("state", cases(one for one in MINE if one.signed))
def test_an_unrelated_account_is_told_right(state: State, store: Server) -> None:
    where = replace(declared(state, store), signing=True)
    verdicts, asked = play(S3_BUCKET, where, signing(store))
    found = {check.name: check.verdict for check in verdicts[0].checks}
    assert found[SIGNED] == ("exposed" if state.signed == 200 else "clear")
    assert all(not request.signed or "list-type=2" in request.path for request in asked)
    if state.signed == 200:
        assert isinstance(verdicts[0], Exposed)
        assert verdicts[0].certainty is Certainty.PROVEN


def signing(server: Server) -> Callable[[Request], Answer]:
    """What the server answers when the questions that want it are signed with the key of another account."""
    plain = real(server)

    def answer(request: Request) -> Answer:
        if not request.signed:
            return plain(request)
        keys = Keys(*STRANGER)
        url = f"http://{server.host}:{server.port}{request.path}"
        headers = sign(request.method, url, request.headers, "us-east-1", keys, datetime.now(UTC))
        return plain(replace(request, headers=(*request.headers, *headers)))

    return answer
