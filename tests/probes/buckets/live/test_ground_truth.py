"""What real stores answer a stranger about every seeded bucket: the truth that the probes are held against."""

from __future__ import annotations

import json
from urllib.parse import unquote_plus

import pytest

from tests.probes.buckets.live.answers import texts
from tests.probes.buckets.live.states import STATES, State, cases, questions
from tests.servers.launch import Server
from tests.servers.stored import encoded, send

LISTABLE = [one for one in STATES if one.raw["list"] == 200]
READABLE = [one for one in STATES if one.raw["list"] == 200 and one.raw["read"] == 206]


@pytest.mark.parametrize("state", cases())
def test_what_a_stranger_is_answered(state: State, store: Server) -> None:
    asked = questions(state)
    assert asked.keys() == state.raw.keys()
    told = {name: send(store, *question)[0] for name, question in asked.items()}
    assert told == state.raw


@pytest.mark.parametrize("state", cases(LISTABLE))
def test_a_listing_shows_every_key_byte_for_byte(state: State, store: Server) -> None:
    method, path, headers = questions(state)["list"]
    if state.dialect == "s3":
        path += "&encoding-type=url"
    said = send(store, method, path, headers)[2]
    if state.dialect == "swift":
        keys = [row["name"] for row in json.loads(said)]
    elif state.dialect == "azure":
        keys = texts(said, "Name")
    else:
        assert texts(said, "EncodingType") == ["url"]
        keys = [unquote_plus(key) for key in texts(said, "Key")]
    # Azurite alone sorts by UTF-16.
    order = (lambda key: key.encode("utf-16-be")) if state.dialect == "azure" else str
    assert keys == sorted(state.keys, key=order)


@pytest.mark.parametrize("state", cases(READABLE))
def test_every_listed_key_leads_to_its_object(state: State, store: Server) -> None:
    headers = questions(state)["read"][2]
    told = {key: send(store, "GET", f"{state.root}/{encoded(key)}", headers)[0] for key in state.keys}
    assert told == {key: 403 if key in state.sealed else 206 for key in state.keys}


def test_the_states_are_many_and_told_apart() -> None:
    assert len({one.name for one in STATES}) == len(STATES) >= 50
    assert {one.verdict for one in STATES} == {"exposed", "clear", "unknown"}


@pytest.mark.parametrize("state", cases(one for one in STATES if one.signed))
def test_what_any_account_is_answered(state: State, store: Server) -> None:
    from botocore.exceptions import ClientError
    from botocore.handlers import validate_bucket_name

    from tests.servers import rgw, s3

    client = s3.owner(store, *rgw.STRANGER)
    # botocore knows of no tenants.
    client.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
    try:
        status = client.list_objects_v2(Bucket=state.bucket)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status == state.signed
