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
    """A list of records: what they are, how many stand in it, and the path that it was asked for at."""

    things: str
    number: int
    path: str

    def missing(self, nonce: str) -> str:
        """The path of a record that cannot exist: of a study its series are asked for, as no server shows it whole."""
        return f"{self.path}/{nonce}/series" if self.path.endswith("/studies") else f"{self.path}/{nonce}"


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
    ids = _studies(value) if step == "studies" else _resources(value, step)
    return RecordList(_OF_PATIENTS.get(step, step), len(ids), bare) if ids else None


def shows_records(body: bytes) -> bool:
    """Whether an answer holds a record of a patient, or a list of some."""
    try:
        value = as_json(body)
    except NotTheStore:
        return False
    kind = value.get("resourceType") if isinstance(value, dict) else None
    found = isinstance(value, dict) and kind == "Bundle" and value.get("entry")
    return bool(found) or (isinstance(kind, str) and kind in _OF_PATIENTS) or bool(_datasets(value))


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
