"""Lists of people's records in the interfaces of health care: FHIR's searches, and DICOMweb's searches for studies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from probes.recognise.stores.web import NotTheStore, as_json

_LONGEST: Final = 1 << 20
_OF_PATIENTS: Final = {
    "Patient": "patients",
    "ImagingStudy": "studies",
    **dict.fromkeys(("DocumentReference", "Media", "Composition", "DiagnosticReport", "Binary"), "documents"),
    **dict.fromkeys(
        """RelatedPerson Encounter Observation Condition Procedure MedicationRequest MedicationStatement Immunization
        AllergyIntolerance CarePlan Communication Appointment ServiceRequest QuestionnaireResponse Consent Coverage
        Claim EpisodeOfCare Flag ClinicalImpression""".split(),  # noqa: SIM905
        "items",
    ),
}
"""Resources of FHIR that are of a patient (R4, "Patient compartment"), and the word for what is counted."""
_TAG: Final = re.compile(r"[0-9A-F]{8}")
_STUDY: Final = "0020000D"
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
"""An id of FHIR (R4, "id"), and a UID of DICOM (PS3.5, section 9.1)."""


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of records: what they are, how many stand in it, and where the first of them is asked for."""

    things: str
    number: int
    first: str
    missing: str
    """The same address with `{}` in place of the id."""


def record_list(path: str, body: bytes) -> RecordList | None:
    """The records that a list at `path` holds; None for any other body, and for a list of none. Total, linear time."""
    if len(body) > _LONGEST or body.lstrip()[:1] not in (b"{", b"["):
        return None
    bare = path.partition("?")[0].rstrip("/")
    step = bare.rpartition("/")[2]
    if step != "studies" and step not in _OF_PATIENTS:
        return None
    try:
        value = as_json(body)
    except NotTheStore:
        return None
    if step == "studies":
        ids, things, tail = _studies(value), "studies", "/series"
    else:
        ids, things, tail = _resources(value, step), _OF_PATIENTS[step], ""
    return RecordList(things, len(ids), f"{bare}/{ids[0]}{tail}", f"{bare}/{{}}{tail}") if ids else None


def is_record(path: str, body: bytes) -> bool:
    """Whether an answer is what a list of records leads to: the resource of that type and id, or series of a study."""
    try:
        value = as_json(body)
    except NotTheStore:
        return False
    *_, kind, key = path.split("/")
    if key == "series":
        return bool(_datasets(value))
    return isinstance(value, dict) and (value.get("resourceType"), value.get("id")) == (kind, key)


def _studies(value: object) -> list[str]:
    """The UIDs of the studies of a search (DICOM PS3.18, section 10.6, in the JSON of annex F)."""
    found = [_of_dataset(row) for row in _datasets(value)]
    return [one for one in found if one] if all(found) else []


def _datasets(value: object) -> list[dict[str, object]]:
    rows = value if isinstance(value, list) else []
    plain = all(
        isinstance(row, dict)
        and row
        and all(_TAG.fullmatch(key) and isinstance(one, dict) and "vr" in one for key, one in row.items())
        for row in rows
    )
    return rows if plain else []


def _of_dataset(row: dict[str, object]) -> str:
    element = row.get(_STUDY)
    values = element.get("Value") if isinstance(element, dict) else None
    one = values[0] if isinstance(values, list) and values else ""
    return one if isinstance(one, str) and _ID.fullmatch(one) else ""


def _resources(value: object, kind: str) -> list[str]:
    """The ids of the resources of one kind in the answer to a search (FHIR R4, "Bundle", `searchset`)."""
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        return []
    rows = value.get("entry")
    resources = [row.get("resource") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    ids = [one.get("id") for one in resources if isinstance(one, dict) and one.get("resourceType") == kind]
    return [one for one in ids if isinstance(one, str) and _ID.fullmatch(one)]
