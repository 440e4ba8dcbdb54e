"""Findings and places as events of the Open Cybersecurity Schema (OCSF 1.5.0), a line each, for a SIEM."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from aiohttp import web

from monitor.inventory.model.assets import Asset, BucketAsset
from monitor.store import summaries
from monitor.store.ledger import Ledger
from monitor.web.call import Call
from monitor.web.identity.grants import Seen
from monitor.web.paging import filters_of
from monitor.web.read import coverage
from monitor.web.read.findings import wanted, with_handling

MOST_ROWS = 10_000
COMPLIANCE, DETECTION, DATA_SECURITY = 2003, 2004, 2006
_CATEGORY = 2
_VERSION: Final = "1.5.0"
_SEVERITIES = {"low": 2, "medium": 3, "high": 4, "critical": 5}
_COMPLIANCE = {"clear": (1, "Pass"), "unknown": (2, "Warning"), "exposed": (3, "Fail")}
"""`Warning` is the schema's word for what could not be judged: it is not passed."""
_BUCKETS = (("aws", 1, "S3"), ("azure", 2, "Azure Blob"), ("gcs", 3, "GCP Bucket"))
_SUPPRESSED = frozenset({"accepted", "dismissed", "open by intent", "no longer promised"})


async def findings(call: Call) -> web.Response:
    """`GET /findings.ocsf.jsonl`, with the filters of the list."""
    asked = wanted(filters_of(call.request), call.seen)
    rows = await call.read(
        lambda ledger: with_handling(ledger, summaries.findings_page(ledger, asked, None, MOST_ROWS), call.now)
    )
    return _file("findings", (of_finding(one, call.seen) for one in rows))


async def places(call: Call) -> web.Response:
    """`GET /coverage.ocsf.jsonl`: the last verdict on every place at every endpoint."""

    def read(ledger: Ledger) -> list[dict[str, Any]]:
        return coverage.last_verdicts(ledger, MOST_ROWS)

    return _file("coverage", (of_place(one, call.seen) for one in await call.read(read)))


def of_finding(one: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """A finding as a Detection Finding; of a bucket, as a Data Security Finding."""
    asset = seen.inventory.find_asset(one["asset"])
    cleared = one["state"] == "cleared"
    activity = 3 if cleared else 1 if one["sequence"] == 1 else 2
    status = 4 if cleared else 3 if one["handling"] in _SUPPRESSED else 1 if one["handling"] == "new" else 2
    at = one["cleared"] if cleared else one["last_seen"]
    bucket = asset if isinstance(asset, BucketAsset) else None
    event = _event(DATA_SECURITY if bucket else DETECTION, activity, at, _SEVERITIES[one["severity"]])
    event |= {
        "status_id": status,
        "is_alert": one["state"] in ("exposed", "clearing"),
        "finding_info": {
            "uid": one["id"],
            "title": f"{one['kind']} {one['state']}: {one['asset']}",
            "types": [one["kind"]],
            "first_seen_time": _milliseconds(one["first_seen"]),
            "last_seen_time": _milliseconds(one["last_seen"]),
        },
        "resources": [_resource(one["asset"], one["place"], asset)],
        "unmapped": {"why": one["why"], "files": one["files"], "surveyed_files": one["surveyed_files"]},
    }
    if bucket:
        event["databucket"] = _bucket(bucket, one["place"])
    return event


def of_place(one: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """A place at one endpoint as a Compliance Finding: passed when it is proven closed, and only then."""
    status, word = _COMPLIANCE[one["verdict"]]
    event = _event(COMPLIANCE, 2, one["at"], 4 if one["verdict"] == "exposed" else 1)
    return event | {
        "compliance": {
            "status_id": status,
            "status": word,
            "control": f"no {one['kind']} is open to strangers",
            "standards": ["leftopen"],
            "status_code": one["why"],
        },
        "finding_info": {
            "uid": f"{one['asset']}|{one['kind']}|{one['place']}|{one['endpoint']}",
            "title": f"{one['kind']} at {one['place']}",
            "types": [one["kind"]],
        },
        "resources": [_resource(one["asset"], one["place"], seen.inventory.find_asset(one["asset"]))],
    }


def _event(kind: int, activity: int, at: str, severity: int) -> dict[str, Any]:
    product = {"name": "leftopen", "vendor_name": "leftopen", "version": version("leftopen")}
    return {
        "activity_id": activity,
        "category_uid": _CATEGORY,
        "class_uid": kind,
        "type_uid": kind * 100 + activity,
        "time": _milliseconds(at),
        "severity_id": severity,
        "metadata": {"version": _VERSION, "product": product},
    }


def _resource(asset: str, place: str, declared: Asset | None) -> dict[str, Any]:
    owner = {"group": {"uid": declared.owner, "name": declared.owner}} if declared is not None else {}
    return {"uid": asset, "name": place, "type": "host" if not isinstance(declared, BucketAsset) else "bucket", **owner}


def _bucket(asset: BucketAsset, place: str) -> dict[str, Any]:
    provider = asset.bucket.address.provider
    known = ((number, word) for name, number, word in _BUCKETS if provider.partition("-")[0] == name)
    number, word = next(known, (99, provider or "Other"))
    return {"type_id": number, "type": word, "name": asset.label, "uid": place}


def _milliseconds(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1000)


def _file(name: str, events: Iterable[Mapping[str, Any]]) -> web.Response:
    text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in events)
    return web.Response(
        body=text.encode("utf-8", "replace"),
        content_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}.ocsf.jsonl"'},
    )
