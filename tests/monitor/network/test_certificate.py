"""Odd certificates: recorded as far as they can be read, and never a reason not to look."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitor.network.certificate import ends_on, faults
from probes.api import WebTarget
from probes.facts import Fact, FactKind
from probes.requests.http import Headers, Response
from probes.web._endpoint_facts import facts_of
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import look, target, verdict_word
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

KEY = ec.generate_private_key(ec.SECP256R1())
NOW = datetime.now(UTC)


def made(*, ends: int = 9, san: x509.GeneralName | None = None, name: str = "nas.test") -> bytes:
    """A self-issued certificate (DER) that ends in so many days."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=ends))
    )
    if san is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([san, x509.DNSName(name)]), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def swapped(der: bytes, old: bytes, new: bytes) -> bytes:
    """One field written in another way, of the same length."""
    assert der.count(old) == 1
    assert len(old) == len(new)
    return der.replace(old, new)


MAIL = x509.RFC822Name("xx@a.example")
ODD = {
    "version-2": swapped(made(), b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01"),
    "version-9": swapped(made(), b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x08"),
    "edi-party-name": swapped(made(san=MAIL), b"\x81\x0cxx@a.example", b"\xa5\x0c\xa1\x0a\x0c\x08aaaaaaaa"),
    "x400-address": swapped(made(san=MAIL), b"\x81\x0cxx@a.example", b"\xa3\x0c\x0c\x0aaaaaaaaaaa"),
    "mail-not-ascii": swapped(made(san=MAIL), b"\x81\x0cxx@a.example", b"\x81\x0cxx@a.ex\xffmple"),
    "name-not-utf-8": made(name="åas.test").replace("åas".encode(), b"\xff\xfeas"),
}


@pytest.mark.parametrize("name", ODD)
async def test_an_open_disk_behind_an_odd_certificate_is_exposed(name: str, tmp_path: Path) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_text(ssl.DER_cert_to_PEM_cert(ODD[name]), "ascii")
    key.write_bytes(
        KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(chain, key)
    except ssl.SSLError as error:
        pytest.skip(f"no server of this OpenSSL can show it: {error.reason}")
    disk = Disk()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async with listening(serve, context=context) as server:
        seen = await look(HTTP_LISTING, target(server))
    assert [verdict_word(one) for one in seen.verdicts] == ["exposed"]
    assert Fact(FactKind.CERTIFICATE_UNREADABLE) in seen.verdicts[0].facts


def test_what_could_be_read_of_an_odd_certificate_is_said_beside() -> None:
    odd = swapped(made(ends=-1, san=MAIL), b"\x81\x0cxx@a.example", b"\xa5\x0c\xa1\x0a\x0c\x08aaaaaaaa")
    assert faults(odd, "nas.test") == ("certificate-expired", "certificate-self-issued", "certificate-unreadable")


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x82\xff\xff", bytes(100), made()[:-9], made() + b"more"])
def test_what_is_no_certificate_is_unreadable(der: bytes) -> None:
    assert faults(der, "nas.test") == ("certificate-unreadable",)


def test_a_certificate_in_order_has_its_own_faults_alone() -> None:
    assert faults(made(san=MAIL), "nas.test") == ("certificate-self-issued",)
    assert faults(made(ends=-1), "other.test") == (
        "certificate-expired",
        "certificate-self-issued",
        "certificate-for-another-name",
    )
    assert faults(made(), None) == ("certificate-self-issued",)
    assert faults(None, "nas.test") == ()


def issued(called: str, by: str) -> bytes:
    """A certificate of that authority (DER), as its name says."""
    name = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, by), x509.NameAttribute(NameOID.COMMON_NAME, called)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nas.region.example")]))
        .issuer_name(x509.Name(name))
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=30))
    )
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


SITHS, TEST = "certificate-of-siths", "certificate-of-a-test-authority"


@pytest.mark.parametrize(
    ("called", "by", "host", "found"),
    [
        ("SITHS e-id Function CA v1", "Inera AB", "nas.region.example", (SITHS,)),
        ("TEST SITHS e-id Function CA v1", "Inera AB", "nas.region.example", (SITHS, TEST)),
        ("TEST SITHS e-id Function CA v1", "Inera AB", "nas.test.region.example", (SITHS,)),
        ("TEST SITHS e-id Function CA v1", "Inera AB", "test-nas.region.example", (SITHS,)),
        ("SITHS e-id Function CA v1", "Somebody AB", "nas.region.example", ()),
        ("Testament CA", "Somebody AB", "nas.region.example", ()),
    ],
)
def test_siths_and_authorities_for_tests_are_known_by_the_issuer(
    called: str, by: str, host: str, found: tuple[str, ...]
) -> None:
    kinds = tuple(kind for kind in faults(issued(called, by), host) if kind != "certificate-for-another-name")
    assert kinds == found


def test_the_day_on_which_a_certificate_ends_is_known() -> None:
    assert ends_on(made(ends=9)) == (NOW + timedelta(days=9)).date().isoformat()
    assert ends_on(b"no certificate") == ends_on(None) == ""


def test_a_siths_host_that_serves_a_page_to_a_stranger_is_said_to_and_one_that_refuses_is_not() -> None:
    target = WebTarget("nas", "nas.region.example", "nas.region.example", "192.0.2.1", 443, tls=True)
    for status, said in ((200, True), (403, False)):
        answer = Response(status, Headers(), certificate=(FactKind.CERTIFICATE_SITHS,), certificate_ends="2027-01-31")
        facts = facts_of(target, answer)
        assert Fact(FactKind.CERTIFICATE_ENDS, "2027-01-31") in facts
        assert (Fact(FactKind.CERTIFICATE_SITHS_OPEN) in facts) is said
