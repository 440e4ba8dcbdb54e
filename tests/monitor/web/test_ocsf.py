"""Events for a SIEM: what the schema asks for, nothing green that was not seen, and what the scope holds alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.inventory.load import loads
from monitor.inventory.model.installation.web import WebRole
from monitor.web.exports import ocsf
from monitor.web.identity.grants import Held, seen
from tests.monitor.web.house import CANARY, TEXT
from tests.monitor.web.serving import Site, site

NEEDED = {"activity_id", "category_uid", "class_uid", "type_uid", "time", "severity_id", "metadata", "finding_info"}
ITEM: dict[str, Any] = {
    "id": "LO-1", "asset": "calls", "place": "s3.test/calls/", "kind": "bucket", "state": "exposed", "severity": "high",
    "handling": "new", "sequence": 1, "first_seen": "2026-10-01T12:00:00Z", "last_seen": "2026-10-01T13:00:00Z",
    "cleared": None, "why": "listed", "files": 9, "surveyed_files": None,
}  # fmt: skip


async def lines(at: Site, path: str, role: str, party: str) -> list[dict[str, Any]]:
    answer = await at.get(path, await at.signed_in(role, party))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_findings_and_places_of_the_scope_are_events(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        found = await lines(at, "/findings.ocsf.jsonl", "viewer", "region")
        places = await lines(at, "/coverage.ocsf.jsonl", "viewer", "region")
        for one in (*found, *places):
            assert set(one) >= NEEDED
            assert one["type_uid"] == one["class_uid"] * 100 + one["activity_id"]
            assert one["metadata"]["version"] == "1.5.0"
            assert one["time"] > 1_700_000_000_000, "milliseconds"
        assert {one["class_uid"] for one in found} == {ocsf.DETECTION}
        assert len({one["finding_info"]["uid"] for one in found}) == len(found) == 2
        said = sorted((one["resources"][0]["uid"], one["compliance"]["status"]) for one in places)
        assert said == [("alpha-disk", "Fail"), ("beta-disk", "Fail"), ("own-site", "Pass")]
        own = await lines(at, "/findings.ocsf.jsonl?severity=critical", "viewer", "beta")
        assert [one["resources"][0]["uid"] for one in own] == ["beta-disk"]
        audited = await lines(at, "/coverage.ocsf.jsonl", "auditor", "beta")
        assert CANARY["beta-disk"] not in json.dumps(audited)
        assert (await at.get("/findings.ocsf.jsonl?severity=grave", await at.signed_in("viewer", "beta"))).status == 422


@pytest.mark.parametrize(
    ("change", "activity", "status", "alert"),
    [
        ({}, 1, 1, True),
        ({"sequence": 3, "handling": "acknowledged"}, 2, 2, True),
        ({"handling": "accepted"}, 1, 3, True),
        ({"state": "cleared", "cleared": "2026-10-02T12:00:00Z", "handling": "closed"}, 3, 4, False),
        ({"state": "suspected"}, 1, 1, False),
    ],
)
def test_what_became_of_a_finding(change: dict[str, Any], activity: int, status: int, alert: bool) -> None:
    declared = loads(TEXT + "  - {id: calls, bucket: {url: 's3://calls'}, owner: region, data: recordings}\n")
    event = ocsf.of_finding(ITEM | change, seen(declared, Held(WebRole.VIEWER, "region")))
    assert (event["activity_id"], event["status_id"], event["is_alert"]) == (activity, status, alert)
    assert event["class_uid"] == ocsf.DATA_SECURITY
    assert event["databucket"]["type_id"] == 1


def test_what_could_not_be_judged_is_not_passed() -> None:
    declared = seen(loads(TEXT), Held(WebRole.VIEWER, "region"))
    row = {"asset": "own-site", "place": "o.test/", "kind": "listing", "endpoint": "x", "why": "catch-all"}
    at = {"at": "2026-10-01T12:00:00Z"}
    said = {word: ocsf.of_place(row | at | {"verdict": word}, declared)["compliance"]["status_id"]
            for word in ("clear", "unknown", "exposed")}  # fmt: skip
    assert said == {"clear": 1, "unknown": 2, "exposed": 3}
