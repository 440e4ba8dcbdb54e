"""A declared dispatch: what does not fit together is said, and its schedule is kept on the wall of its zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from monitor.inventory.load import Problems, loads
from monitor.inventory.model.dispatch import Dispatch

GOOD: dict[str, Any] = {
    "first": "2026-10-19T09:00",
    "every": "7d",
    "within": "4h",
    "boxes": [{"id": "a", "maildir": "/boxes/a"}, {"id": "b", "get": "/b", "kind": "bearer", "credential": "env:B"}],
    "cases": [{"id": "one", "token": "env:T1", "to": "a"}, {"id": "held", "token": "env:T2"}],
}


def problems(change: dict[str, Any]) -> str:
    tree = {
        "leftopen": 1,
        "organisation": {"id": "o", "name": "O", "contact": "s@o.example"},
        "parties": [{"id": "vendor", "name": "V", "role": "processor"}],
        "assets": [{"id": "post", "host": "post.example", "owner": "vendor", "dispatch": {**GOOD, **change}}],
    }
    try:
        loads(yaml.safe_dump(tree, sort_keys=False))
    except Problems as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"boxes": [{"id": "a", "maildir": "/a", "get": "/a"}]}, "a box is one of"),
        ({"boxes": [{"id": "a", "maildir": "/a"}, {"id": "a", "maildir": "/b"}]}, "declared twice"),
        ({"cases": [{"id": "one", "token": "env:T", "to": "z"}]}, "unknown box"),
        (
            {"cases": [{"id": "one", "token": "env:T", "to": "a"}, {"id": "two", "token": "env:T"}]},
            "a token of its own",
        ),
        ({"cases": [{"id": "held", "token": "env:T"}]}, "no case must arrive"),
        ({"within": "7d"}, "must be shorter than"),
        ({"cases": [*GOOD["cases"], {"id": "back", "token": "env:B", "recalled": "1d"}]}, "cannot be recalled"),
        (
            {"cases": [*GOOD["cases"], {"id": "b", "token": "env:B", "to": "a", "recalled": "1h"}]},
            "longer than 'within'",
        ),
        ({"cases": [{"id": "b", "token": "env:B", "to": "a", "recalled": "1d"}]}, "no case must arrive and stay"),
        ({"monthly": {"counted": "counts.csv", "log": "/log"}}, "not an absolute path"),
        ({"port": 8443}, "port 8443 is none of the asset's ports"),
    ],
)
def test_what_does_not_fit_is_said(change: dict[str, Any], said: str) -> None:
    assert said in problems(change)
    assert bool(problems(change)) == bool(said)


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("now", "judged", "running"),
    [
        ("2026-10-19T06:59:59+00:00", None, None),
        ("2026-10-19T09:00:00+02:00", None, "2026-10-19T09:00+02:00"),
        ("2026-10-19T13:00:00+02:00", "2026-10-19T09:00+02:00", None),
        # The clocks are set back on 25 October: at nine on the wall in winter too.
        ("2026-10-26T08:59:00+01:00", "2026-10-19T09:00+02:00", None),
        ("2026-10-26T09:00:00+01:00", "2026-10-19T09:00+02:00", "2026-10-26T09:00+01:00"),
        ("2026-10-26T13:00:00+01:00", "2026-10-26T09:00+01:00", None),
    ],
)
def test_a_dispatch_is_judged_when_its_time_to_arrive_has_passed(
    now: str, judged: str | None, running: str | None
) -> None:
    plan = Dispatch.model_validate(GOOD).value(datetime.fromisoformat(now).astimezone(UTC))
    assert plan.judged == (unix(judged) if judged else 0)
    assert plan.running == (unix(running) if running else 0)


@pytest.mark.parametrize(
    ("now", "months"),
    [
        ("2026-11-09T12:00:00+01:00", ()),  # October began before the first dispatch
        ("2026-12-10T23:00:00+01:00", ()),
        ("2026-12-11T00:30:00+01:00", ("2026-11",)),
        ("2027-01-11T00:30:00+01:00", ("2026-11", "2026-12")),
        ("2028-01-11T00:30:00+01:00", tuple(f"2027-{month:02}" for month in range(1, 13))),
    ],
)
def test_a_month_is_counted_when_it_was_whole_and_its_time_has_passed(now: str, months: tuple[str, ...]) -> None:
    declared = {**GOOD, "monthly": {"counted": "/counted", "log": "/log"}}
    assert Dispatch.model_validate(declared).value(datetime.fromisoformat(now).astimezone(UTC)).months == months
