"""What does not fit together in a declared access log is said with its line."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from monitor.inventory.load import Problems, loads

GOOD: dict[str, Any] = {
    "file": "/var/lib/drops/log.csv",
    "actors": [{"id": "clerk", "logged_as": "env:CLERK", "kind": "bearer", "credential": "env:KEY"}],
    "objects": [{"id": "a", "logged_as": "env:A"}],
    "session": [{"id": "open", "by": "clerk", "get": "/a", "activity": "Read", "object": "a"}],
}


def problems(log: dict[str, Any], ports: tuple[int, ...] = (443,)) -> str:
    asset = {"id": "casework", "host": "casework.example", "owner": "vendor", "ports": [*ports], "access_log": log}
    tree = {
        "leftopen": 1,
        "organisation": {"id": "o", "name": "O", "contact": "s@o.example"},
        "parties": [{"id": "vendor", "name": "V", "role": "processor"}],
        "assets": [asset],
    }
    try:
        loads(yaml.safe_dump(tree, sort_keys=False))
    except Problems as error:
        return str(error)
    return ""


def test_a_log_that_fits_together_has_no_problem() -> None:
    assert problems(GOOD) == ""


STEP = GOOD["session"][0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"get": "/export"}, "either `file` or `get`"),
        ({"file": None}, "either `file` or `get`"),
        ({"file": "log.csv"}, "not an absolute path"),
        ({"zone": "Europe/Stokholm"}, "did you mean 'Europe/Stockholm'"),
        ({"session": [{**STEP, "by": "nobody"}]}, "unknown actor"),
        ({"session": [{**STEP, "object": "z"}]}, "unknown object"),
        ({"session": [STEP, STEP]}, "declared twice"),
        ({"session": [{"id": "x", "by": "clerk", "get": "/"}]}, "no step leaves a row"),
        ({"session": [{"id": "x", "by": "clerk", "activity": "Read"}]}, "say where it is `written`"),
        ({"actors": [{"id": "clerk", "logged_as": "env:CLERK", "kind": "bearer"}]}, "a credential belongs to"),
        ({"actors": [{"id": "clerk", "logged_as": "SE2321000016-CLRK"}]}, "must be env:NAME"),
    ],
)
def test_what_does_not_fit_is_said(change: dict[str, Any], said: str) -> None:
    log = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    assert said in problems(log)
    assert "SE2321000016-CLRK" not in problems(log), "a secret that stands in the inventory is not repeated"


def test_a_port_that_the_asset_does_not_have_is_said() -> None:
    assert "port 443 is none of the asset's ports" in problems(GOOD, ports=(8443,))
