"""Archives of images and records of patients that are asked over HTTP: Orthanc, DICOMweb (PS3.18) and FHIR."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from probes.api import Dialogue, Probe, ServiceTarget, Verdict
from probes.recognise.stores import orthanc, products
from probes.services.web.frame import Door, WebStore, at_root, based, looked

_PATHS = 8

_LIST = 1 << 20
"""Bytes of a list of identifiers that are read: 22,000 of them. One that is longer is open, and not counted."""
ORTHANC = WebStore(
    "orthanc", "Orthanc that tells strangers how many studies it holds; no patient's data are asked for.",
    "/statistics", orthanc.statistics, "/studies/{nonce}", products.not_found, orthanc.refused,
    instead=(
        Door("/studies", orthanc.study_list, "/studies/{nonce}", products.not_found, beginning=_LIST),
        Door("/patients", orthanc.patient_list, "/patients/{nonce}", products.not_found, beginning=_LIST),
    ),
    one_lock=True,
)  # fmt: skip
# A list of studies carries the names of patients, whatever is asked for. Two bytes of it say whether there are any.
DICOMWEB = WebStore(
    "dicomweb", "DICOMweb servers that list studies to strangers; two bytes of the list are read.",
    "/studies?limit=1", products.studies, "/studies/{uid}/metadata", products.not_found, beginning=2, base=True,
)  # fmt: skip
FHIR = WebStore(
    "fhir", "FHIR servers that tell strangers how many patients they hold; no patient is asked for.",
    "/Patient?_summary=count&_format=json", products.patients,
    "/Patient/{nonce}?_format=json", products.no_patient, products.refused_by_fhir, base=True,
    instead=tuple(
        Door(f"/{kind}?_summary=count&_format=json", products.resources, f"/{kind}/{{nonce}}?_format=json",
             products.no_resource)
        for kind in ("Observation", "Encounter", "DocumentReference")
    ),
)  # fmt: skip


def _at_bases(store: WebStore, usual: str) -> Callable[[ServiceTarget], Dialogue]:
    def look(target: ServiceTarget) -> Dialogue:
        """Ask at each declared base path, and where none is declared at the usual one."""
        named = [f"/{quote(name.strip('/'), safe='/-._~')}/" for name in target.names]
        known = [one.path for one in target.known if one.kind == store.kind]
        verdicts: list[Verdict] = []
        for path in list(dict.fromkeys((*known, *named)))[:_PATHS] or [usual]:
            base = path.rstrip("/").replace("{", "").replace("}", "")
            verdicts.append((yield from looked(based(store, base), target, target.place(path))))
        return tuple(verdicts)

    return look


ARCHIVES = (ORTHANC, DICOMWEB, FHIR)

IMAGING: tuple[Probe[ServiceTarget], ...] = (
    Probe(ORTHANC.kind, ServiceTarget, at_root(ORTHANC), ORTHANC.says),
    Probe(DICOMWEB.kind, ServiceTarget, _at_bases(DICOMWEB, "/dicom-web/"), DICOMWEB.says),
    Probe(FHIR.kind, ServiceTarget, _at_bases(FHIR, "/fhir/"), FHIR.says),
)
