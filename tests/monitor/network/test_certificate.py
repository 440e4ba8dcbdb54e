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

from monitor.network.certificate import faults
from probes.facts import Fact, FactKind
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
