"""Lists of patients' records in FHIR and DICOMweb: open beside a record that cannot exist."""

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
from tests.probes.web.builders import HTML, MISSING, NONCE, target

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


def bundle(kind: str, ids: tuple[int, ...] = (1, 2), fields: dict[str, Any] | None = None) -> dict[str, object]:
    entries = [{"resource": {"resourceType": kind, "id": str(one), **(fields or {})}} for one in ids]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(ids), "entry": entries}


ATTACHED = {"content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/17", "title": "Remiss.pdf"}}]}
LISTS: dict[str, tuple[object, str]] = {
    STUDIES: (ROWS, "studies"),
    "/fhir/Patient": (bundle("Patient"), "patients"),
    "/fhir/R4/DocumentReference?_count=50": (bundle("DocumentReference", fields=ATTACHED), "documents"),
}
RECORD = {"resourceType": "Patient", "id": NONCE}
SERIES = [{"0020000E": {"vr": "UI", "Value": ["1.2.3"]}}]


def in_json(value: object) -> Answer:
    return says(200, json.dumps(value).encode(), content_type="application/fhir+json")


def look(path: str, rows: object, missing: Answer = MISSING, **changed: Any) -> tuple[Verdict, list[str]]:
    """What a look says of a list at `path`, where every record is answered with `missing`, and what it asked for."""

    def answer(request: Request) -> Answer:
        if request.method != "GET":
            return says(405, content_type=HTML)
        bare = path.partition("?")[0]
        return in_json(rows) if request.path == path else missing if request.path.startswith(f"{bare}/") else MISSING

    at = target(port=80, paths=(path,), declared=(path,), **{"data": "patient", **changed})
    (verdict,), asked = play(HTTP_LISTING, at, answer)
    return verdict, [one.path for one in asked]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "missing",
    [
        MISSING,
        says(403),
        says(200, b'{"resourceType": "OperationOutcome"}'),
        *(says(200, b'{"resourceType": %s}' % odd) for odd in (b"[]", b"{}", b"7")),
    ],
)
def test_records_that_a_stranger_is_shown_are_open(path: str, missing: Answer) -> None:
    rows, things = LISTS[path]
    told, asked = look(path, rows, missing)
    assert isinstance(told, Exposed), told
    assert (told.why, told.counted) == (OpenReason.STORE_OPEN, (Count(things, 2),))
    assert told.witnesses == (path,)
    assert not [one for one in asked if UID.format(1) in one or one.endswith("/1")], "nobody's record is asked for"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("same", [RECORD, SERIES, bundle("Patient"), ROWS], ids=["record", "series", "bundle", "rows"])
def test_a_list_beside_which_everything_is_there_proves_nothing(path: str, same: object) -> None:
    told, _ = look(path, LISTS[path][0], in_json(same))
    assert isinstance(told, Unknown)


@pytest.mark.parametrize("path", LISTS)
def test_what_everybody_may_have_is_no_exposure(path: str) -> None:
    told, _ = look(path, LISTS[path][0], data="static")
    assert not isinstance(told, Exposed)


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
