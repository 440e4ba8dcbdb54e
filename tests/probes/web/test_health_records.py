"""Lists of patients' records in FHIR and DICOMweb: open by a record that is shown beside one that cannot exist."""

from __future__ import annotations

import json
from typing import Any

import pytest

from probes.api import Clear, Count, Exposed, Unknown, Verdict
from probes.reasons import OpenReason
from probes.recognise.stores.health_records import record_list
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, NONCE, is_canary, target

STUDIES = "/dicom-web/studies"
UID = "1.2.826.0.1.3680043.8.1055.1.{}"
ROWS = [
    {
        "00080020": {"vr": "DA", "Value": ["20240301"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Prov^Eva"}]},
        "0020000D": {"vr": "UI", "Value": [UID.format(number)]},
    }
    for number in (1, 2)
]
SERIES = [{"0020000E": {"vr": "UI", "Value": ["1.2.3"]}}]


def bundle(kind: str, ids: tuple[int, ...] = (1, 2), fields: dict[str, Any] | None = None) -> dict[str, object]:
    entries = [{"resource": {"resourceType": kind, "id": str(one), **(fields or {})}} for one in ids]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(ids), "entry": entries}


ATTACHED = {"content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/17", "title": "Remiss.pdf"}}]}
LISTS: dict[str, tuple[object, dict[str, object], str, int]] = {
    STUDIES: (ROWS, {f"{STUDIES}/{UID.format(1)}/series": SERIES}, "studies", 2),
    "/fhir/Patient": (bundle("Patient"), {"/fhir/Patient/1": {"resourceType": "Patient", "id": "1"}}, "patients", 2),
    "/fhir/R4/DocumentReference?_count=50": (
        bundle("DocumentReference", fields=ATTACHED),
        {"/fhir/R4/DocumentReference/1": {"resourceType": "DocumentReference", "id": "1"}},
        "documents",
        2,
    ),
}


def look(path: str, rows: object, records: dict[str, object], missing: Answer = MISSING, **changed: Any) -> Verdict:
    def answer(request: Request) -> Answer:
        if request.method != "GET":
            return says(405, content_type=HTML)
        if is_canary(request) and "series" in request.path + path:
            return missing
        found = rows if request.path == path else records.get(request.path)
        if found is None:
            return missing if is_canary(request) else MISSING
        return says(200, json.dumps(found).encode(), content_type="application/fhir+json")

    at = target(port=80, paths=(path,), declared=(path,), **{"data": "patient", **changed})
    (verdict,), asked = play(HTTP_LISTING, at, answer)
    # What was learnt is recorded under a name of ours.
    assert not [one for one in asked if one.path in records and one.path in one.said + (one.said or one.path)]
    return verdict


@pytest.mark.parametrize("path", LISTS)
def test_records_that_a_stranger_is_shown_are_open(path: str) -> None:
    rows, records, things, number = LISTS[path]
    told = look(path, rows, records)
    assert isinstance(told, Exposed), told
    assert (told.why, told.counted) == (OpenReason.STORE_OPEN, (Count(things, number),))
    assert told.witnesses == (path,)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_alone_proves_nothing(path: str) -> None:
    rows, records, _, _ = LISTS[path]
    assert isinstance(look(path, rows, {}), Unknown)
    # Nor does one where whatever is asked for is there, or an asset of what everybody may have.
    record = next(iter(records.values()))
    every = record if path == STUDIES else {**dict(record), "id": NONCE}  # type: ignore[call-overload]
    same = says(200, json.dumps(every).encode(), content_type="application/json")
    assert isinstance(look(path, rows, records, same), Unknown)
    assert not isinstance(look(path, rows, records, data="static"), Exposed)


def test_an_interface_that_refuses_is_closed() -> None:
    def answer(request: Request) -> Answer:
        return says(401, b"{}", content_type="application/json")

    (told,), _ = play(HTTP_LISTING, target(paths=("/fhir/Patient",), data="patient"), answer)
    assert isinstance(told, Clear)


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/fhir/ValueSet", bundle("ValueSet")),
        ("/fhir/Patient", bundle("Patient", ())),
        ("/fhir/Patient", bundle("Organization")),
        ("/fhir/Patient", [1]),
        ("/studies", [{"id": 1, "title": "A study of sleep"}]),
        ("/studies", [{"0020000D": {"vr": "UI"}}]),
        ("/Patient", {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "../x"}}]}),
    ],
)
def test_other_lists_are_none_of_records(path: str, rows: object) -> None:
    assert record_list(path, json.dumps(rows).encode()) is None
