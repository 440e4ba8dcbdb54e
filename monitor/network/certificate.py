"""What is wrong with a certificate that a server showed: recorded as facts, and never a reason not to look."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from probes.facts import FactKind

_FOR_TESTS = re.compile(r"(?:^|[.-])(?:test|qa|stage|staging|demo|dev|acc|utb)")

if TYPE_CHECKING:
    from cryptography import x509


def faults(der: bytes | None, name: str | None) -> tuple[FactKind, ...]:
    """The faults of a server certificate (DER) for the declared `name`: expired, for another name, self-issued.

    Names are matched as RFC 9525 says: exactly, or a wildcard for one whole left-most label. Without a name only the
    dates and the issuer are looked at. What cannot be parsed is a fault of its own, beside those that were read before.
    """
    if der is None:
        return ()
    # What speaks in clear text needs none of it: a program that never meets a certificate does not load it.
    from cryptography import x509

    found: list[FactKind] = []
    try:
        shown = x509.load_der_x509_certificate(der)
        found += _of_dates(shown)
        if shown.issuer == shown.subject:
            found.append(FactKind.CERTIFICATE_SELF_ISSUED)
        if name is not None and not any(_matches(shown_name, name.lower()) for shown_name in _names(shown)):
            found.append(FactKind.CERTIFICATE_OTHER_NAME)
        found += _of_issuer(shown, name)
    except Exception:  # noqa: BLE001  see below
        # cryptography has many errors for what it cannot read (X.509 v2, an EDIPartyName, broken ASN.1), of no common
        # class; and a peer may show anything.
        found.append(FactKind.CERTIFICATE_UNREADABLE)
    return tuple(found)


def ends_on(der: bytes | None) -> str:
    """The day on which a certificate (DER) ends, in UTC: `2027-01-31`; empty where it cannot be read."""
    if der is None:
        return ""
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der).not_valid_after_utc.date().isoformat()
    except Exception:  # noqa: BLE001  as in `faults`
        return ""


def _of_issuer(shown: x509.Certificate, name: str | None) -> list[FactKind]:
    """Whether it was issued by SITHS, the closed authority of Swedish health care, or by an authority for tests."""
    from cryptography.x509.oid import NameOID

    called, by = (
        " ".join(str(one.value) for one in shown.issuer.get_attributes_for_oid(oid)).upper()
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    )
    found = []
    if "SITHS" in called and by.startswith("INERA"):
        found.append(FactKind.CERTIFICATE_SITHS)
    # A host that says itself that it is for tests may have such a certificate.
    if re.match(r"TEST\b", called) and not _FOR_TESTS.search(name or ""):
        found.append(FactKind.CERTIFICATE_TEST_ISSUER)
    return found


def _of_dates(shown: x509.Certificate) -> list[FactKind]:
    now = datetime.now(UTC)
    if now > shown.not_valid_after_utc:
        return [FactKind.CERTIFICATE_EXPIRED]
    return [FactKind.CERTIFICATE_NOT_YET_VALID] if now < shown.not_valid_before_utc else []


def _names(shown: x509.Certificate) -> list[str]:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        alternative = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return [n.lower() for n in alternative.get_values_for_type(x509.DNSName)]
    except x509.ExtensionNotFound:
        return [str(a.value).lower() for a in shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def _matches(shown: str, name: str) -> bool:
    if shown.startswith("*."):
        return name.partition(".")[2] == shown[2:]
    return shown == name
