"""What is wrong with a certificate that a server showed: recorded as facts, and never a reason not to look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509


def faults(der: bytes | None, name: str | None) -> tuple[str, ...]:
    """The faults of a server certificate (DER) for the declared `name`: expired, for another name, self-issued.

    Names are matched as RFC 9525 says: exactly, or a wildcard for one whole left-most label. Without a name only the
    dates and the issuer are looked at. A certificate that cannot be parsed is a fault of its own.
    """
    if der is None:
        return ()
    # What speaks in clear text needs none of it: a program that never meets a certificate does not load it.
    from cryptography import x509

    try:
        shown = x509.load_der_x509_certificate(der)
        ends, begins = shown.not_valid_after_utc, shown.not_valid_before_utc
        issuer, subject = shown.issuer, shown.subject
        names = _names(shown)
    except (ValueError, TypeError, x509.DuplicateExtension):
        return ("certificate-unreadable",)
    found = []
    now = datetime.now(UTC)
    if now > ends:
        found.append("certificate-expired")
    if now < begins:
        found.append("certificate-not-yet-valid")
    if issuer == subject:
        found.append("certificate-self-issued")
    if name is not None and not any(_matches(shown_name, name.lower()) for shown_name in names):
        found.append("certificate-for-another-name")
    return tuple(found)


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
