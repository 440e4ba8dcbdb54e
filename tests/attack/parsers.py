"""Every parser of bytes that a peer sends, with valid examples to begin from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dns.message
import trustme
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from monitor.network import certificate
from monitor.network.http.response import ResponseReader
from monitor.network.names.cost import bearable
from monitor.surveys.web.counted_page import WholePageOrder, count_whole
from probes.recognise.buckets import azure, errors, google, grants, oracle, s3, swift
from probes.recognise.complaints import (
    complains,
    is_soap_fault,
    knows_no_such_host,
    wants_certificate,
    wants_http_2,
    wants_login,
)
from probes.recognise.listing.fields.dates import read_date
from probes.recognise.listing.fields.sizes import read_size
from probes.recognise.listing.recognise import recognise
from probes.recognise.listing.streaming.same_frame import same_frame
from probes.recognise.listing.streaming.stream import PageReader
from probes.recognise.media.identify import tell
from probes.recognise.pages.evidence import tells_nothing
from probes.recognise.pages.held_data import declared_data, unlinked_files
from probes.recognise.pages.likeness import alike
from probes.recognise.pages.page_kind import page
from probes.recognise.pages.page_links import data_links, page_links
from probes.recognise.pages.script_loads import (
    collections_of,
    folders_in,
    listed_bucket,
    loaded_addresses,
    made_addresses,
    variants_of,
)
from probes.recognise.pages.script_shells import shell_of
from probes.recognise.people.identifiers import NameCensus
from probes.recognise.people.masking import mask_path
from probes.recognise.people.recordings import recording
from probes.recognise.people.terms import terms_in
from probes.recognise.shares.public_links import shared_folder
from probes.recognise.stores.health_records import record_list, shows_records
from probes.recognise.stores.orthanc import root_of
from probes.requests.http import Request
from tests.attack.examples import DATES, HTML, HTTP, JSON, MEDIA, NAMES, XML
from tests.attack.peers.documents import (
    DOCUMENTS,
    LOGS,
    PORTALS,
    read_documents,
    read_logs,
    read_portals,
    read_rest,
)
from tests.attack.peers.file_services import ANSWERS, READINGS, read_as_shares
from tests.attack.service_answers import (
    FRAME_READINGS,
    FRAMES,
    WEB_ANSWERS,
    WEB_READINGS,
    read_as_frames,
    read_as_web,
)

URL = "http://files.example/rec/"


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser and examples of what it reads."""

    name: str
    read: Callable[[bytes], object]
    examples: tuple[bytes, ...]
    most: int = 1 << 20
    """Bytes that the program ever gives it."""
    readings: int = 1
    """How many readings of the same bytes `read` is: the time of each counts."""


def _listing(body: bytes) -> None:
    for status, whole in ((200, True), (207, True), (200, False)):
        recognise(body, URL, (), status, whole)


def _page(body: bytes) -> None:
    page(body, "text/html", 200, {})
    page_links(body, URL, ())
    data_links(body, URL)
    shell_of(body, ())
    for path in ("/app/explorer.html", "/ui/app/", "/studies", "/statistics"):
        root_of(path, body)
    shared_folder("/s/aB3dE6gH9jK2mNp", body)
    alike(body, body[: len(body) // 2], "/rec/", "/rec/x/")
    text = body.decode("utf-8", "replace")
    loaded_addresses(text)
    listed_bucket(body)
    folders_in(text)
    record_list("/fhir/Patient", body)
    shows_records(body)
    unlinked_files(text, "patient")
    declared_data(text, "patient")
    same_frame(body, "http://a.example/b/", body, "http://a.example/")
    collections_of(text)
    variants_of(text)
    made_addresses(text)
    tells_nothing(text)
    complains(body)
    wants_login(body)
    wants_certificate(body)
    wants_http_2(body)
    knows_no_such_host(400, body)
    is_soap_fault(body)


def _keys(body: bytes) -> None:
    for read in (
        s3.bucket_page, s3.versions_page, s3.uploads_page, azure.blobs_page, azure.azure_code, azure.is_access_policy,
        errors.read_error, google.objects_page, google.refusal_of, google.permissions_of, google.grants_of,
        grants.read_grants, grants.read_policy, grants.read_policy_status, oracle.objects_page, oracle.versions_page,
        oracle.oracle_code, swift.container_page, swift.rgw_code,
    ):  # fmt: skip
        read(body)
    swift.engine_of((("x-trans-id", "tx0123456789abcdef01234-0065a1b2c3"),), body)


def _http(body: bytes) -> None:
    for size in (len(body), 7):
        reader = ResponseReader(Request("GET", "/rec/", take=1 << 20))
        for at in range(0, len(body), max(1, size)):
            reader.take(memoryview(body[at : at + size]))
        reader.closed(None)


def _survey(body: bytes) -> None:
    reader = PageReader("/rec/")
    for at in range(0, len(body), 1 << 16):
        reader.feed(body[at : at + (1 << 16)])
    reader.end()
    count_whole(WholePageOrder(URL, "/rec/", (), 200, True, b"k" * 16, 100), body)


def _names(body: bytes) -> None:
    name = body.decode("utf-8", "surrogateescape")
    mask_path(name)
    recording(name.rpartition("/")[2])
    terms_in(body)
    NameCensus().add(name)


def _dates(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    read_date(text)
    read_size(text)


def _certificate(body: bytes) -> None:
    certificate.faults(body, "files.example")


def _certificates() -> tuple[bytes, ...]:
    authority = trustme.CA()
    shown = authority.issue_cert("files.example", "*.files.example", "192.0.2.1", key_type=trustme.KeyType.ECDSA)
    der = load_pem_x509_certificate(shown.cert_chain_pems[0].bytes()).public_bytes(Encoding.DER)
    return (der,)


DNS = (
    dns.message.from_text(
        "id 1\nflags QR\n;QUESTION\na.example. IN A\n;ANSWER\na.example. 30 IN CNAME b.example.\n"
    ).to_wire(),
    b"\0\1\x81\x80\0\1\0\2\0\0\0\0\1a\0\0\1\0\1" + b"\xc0\x0c\0\2\0\1\0\0\0\1\0\4\1b\xc0\x0c" * 2,
)

PARSERS = (
    Parser("listings", _listing, HTML + XML + JSON, 256 << 10, readings=3),
    Parser("pages", _page, HTML + XML + JSON, 256 << 10, readings=4),
    Parser("pages of surveys", _survey, HTML + XML[-1:] + JSON[-1:], 256 << 10, readings=2),
    Parser("store answers", _keys, XML + JSON, 256 << 10, readings=20),
    Parser("answers of services over HTTP", read_as_web, WEB_ANSWERS, 64 << 10, readings=WEB_READINGS),
    Parser("answers of services in bytes", read_as_frames, FRAMES, 16 << 10, readings=FRAME_READINGS),
    Parser("answers of file services", read_as_shares, ANSWERS, 64 << 10, readings=READINGS),
    Parser("letters and documents", read_documents, DOCUMENTS, 256 << 10, readings=3),
    Parser("exported logs", read_logs, LOGS, 256 << 10, readings=4),
    Parser("portals", read_portals, PORTALS, 256 << 10, readings=9),
    Parser("side readings", read_rest, HTML + XML[:1] + JSON[:1], 256 << 10, readings=7),
    Parser("HTTP answers", _http, HTTP, 256 << 10, readings=2),
    Parser("media headers", lambda body: tell(body, "a.wav", "audio/wav", len(body)), MEDIA, 1024),
    Parser("names", _names, NAMES, 4096),
    Parser("dates and sizes", _dates, DATES, 400),
    Parser("answers of DNS", bearable, DNS, 64 << 10),
    Parser("certificates", _certificate, _certificates(), 64 << 10),
)
"""All of them. `most` is what a look reads of such an answer (a survey reads longer ones in a process with limits)."""
