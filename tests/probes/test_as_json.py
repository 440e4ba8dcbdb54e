"""A probe and its target travel as data, and nothing else is taken for them."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime

import pytest

from probes.api import BucketTarget, Dialect, Known, Place, ServiceTarget, Target, WebTarget
from probes.as_json import from_json, look_from_json, look_to_json, to_json
from probes.registry import PROBES, AnyProbe

WEB = WebTarget(
    asset="nas",
    host="nas.test",
    name=None,
    address="2001:db8::1",
    port=8443,
    tls=True,
    paths=("/", "/rec/"),
    ports=(443, 8443),
    files=("/a.wav",),
    known=(Known("/rec/", ("/rec/0701740610.wav",)),),
)
BUCKET = BucketTarget("b", Dialect.S3, "s3.test", 443, True, "calls", "/calls", Place("s3.test", 443, "/calls"))
SERVICE = ServiceTarget("nas", "nas.test", None, "192.0.2.7", 873, "rsync", names=("backup",), beside=(80, 443))


def targets(probe: AnyProbe) -> Target:
    """A target that a probe takes."""
    return next(one for one in (WEB, BUCKET, SERVICE) if isinstance(one, probe.takes))


@pytest.mark.parametrize("name", PROBES)
def test_a_look_is_the_same_after_its_way(name: str) -> None:
    probe = PROBES[name]
    sent = json.dumps(look_to_json(probe, targets(probe)))
    assert look_from_json(json.loads(sent)) == (probe, targets(probe))


SENT = look_to_json(PROBES["http-listing"], WEB)


def test_what_holds_by_default_is_not_said_and_may_be() -> None:
    """A program of before says all of it; one of later leaves out what it has added until that says something."""
    plain = WebTarget("nas", "nas.test", None, "192.0.2.1", 80, False)
    sent = look_to_json(PROBES["http-listing"], plain)
    required = {"is", "asset", "host", "name", "address", "port", "tls"}
    assert sent["target"].keys() == required
    whole = {field.name: to_json(getattr(plain, field.name)) for field in dataclasses.fields(plain)}
    assert whole.keys() > required - {"is"}
    assert look_from_json({**sent, "target": {"is": "WebTarget"} | whole}) == (PROBES["http-listing"], plain)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"probe": "http-listing"},
        SENT | {"probe": "os.system"},
        SENT | {"more": 1},
        {"probe": "s3-bucket", "target": SENT["target"]},
        SENT | {"target": SENT["target"] | {"is": "Path"}},
        SENT | {"target": SENT["target"] | {"port": "443"}},
        SENT | {"target": SENT["target"] | {"port": True}},
        SENT | {"target": SENT["target"] | {"tls": 1}},
        SENT | {"target": SENT["target"] | {"paths": "/"}},
        SENT | {"target": SENT["target"] | {"paths": [1]}},
        SENT | {"target": SENT["target"] | {"unheard": 1}},
        SENT | {"target": {key: value for key, value in SENT["target"].items() if key != "asset"}},
    ],
)
def test_nothing_else_is_a_look(data: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        look_from_json(data)


def test_a_time_that_is_longer_than_any_time_is_refused_and_not_remembered() -> None:
    with pytest.raises(ValueError, match="no datetime"):
        from_json(datetime, f"2026-03-01T08:00:00.{'0' * 1000}+00:00")
