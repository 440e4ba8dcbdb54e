"""A scripted S3 store: the answers of real engines to each question, with one changed at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote
from xml.sax.saxutils import escape

from probes.api import BucketTarget, Check, Dialect, Known, Place, Verdict
from probes.buckets.s3 import S3_BUCKET
from probes.requests.http import Answer, Headers, NoAnswer, Request, Response
from probes.testing import play

NONCE = "x4c1d9e77a0b35f26"
KEYS = ("a/call 1.wav", "a/call+2.wav", "b/notes.txt")
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
SOUND = (
    b"RIFF\x24\x0c\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
    b"data\x00\x0c\x00\x00"
)

AWS = {"server": "AmazonS3", "x-amz-request-id": "4442587FB7D0A2F9", "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQj"}
RGW = {"x-amz-request-id": "tx0000037df0958c841fb55-006b0246e0-1008-default"}
SEAWEED = {"Server": "SeaweedFS 8000GB 4.48", "X-Amz-Request-Id": "18EA3A246B6F5018F2A6B3F6", "Vary": "Origin"}
OSS = {"Server": "AliyunOSS", "x-oss-request-id": "5C3D9175B6FC201293AD4890"}
WASABI = {"Server": "WasabiS3/7.19.4 (head12)", "x-amz-request-id": "8D4B1A9E9C1C6D0F"}
PLAIN: dict[str, str] = {}

Question = str
Said = Answer | Callable[[Request], Answer]


def target(**changed: Any) -> BucketTarget:
    """`calls` at s3.example.test, in path style."""
    values: dict[str, Any] = {
        "asset": "calls", "dialect": Dialect.S3, "host": "s3.example.test", "port": 443, "tls": True,
        "bucket": "calls", "root": "/calls", "filed": Place("s3.example.test", 443, "/calls"), "nonce": NONCE,
        **changed,
    }  # fmt: skip
    return BucketTarget(**values)


def once_open(*witnesses: str) -> tuple[Known, ...]:
    """An exposure on file."""
    return (Known("/calls", witnesses),)


def answer(status: int, body: bytes | str = b"", headers: Mapping[str, str] = PLAIN, **more: str) -> Response:
    """An answer; its header names are folded as the driver folds them."""
    named = {"content-type": "application/xml", **headers, **{k.replace("_", "-"): v for k, v in more.items()}}
    pairs = tuple((name.lower(), value) for name, value in named.items())
    return Response(status, Headers(pairs), body if isinstance(body, bytes) else body.encode())


def error(status: int, code: str, headers: Mapping[str, str] = AWS, /, message: str = "", **elements: str) -> Response:
    """An error in the protocol's own words."""
    rest = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message>{rest}'
        "<RequestId>4442587FB7D0A2F9</RequestId><HostId>vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQj</HostId></Error>"
    )
    return answer(status, body, headers)


def denied(headers: Mapping[str, str] = AWS) -> Response:
    """What a private bucket says."""
    return error(403, "AccessDenied", headers, message="Access Denied")


def no_key(headers: Mapping[str, str] = AWS) -> Response:
    """What a missing key is."""
    return error(404, "NoSuchKey", headers, message="The specified key does not exist.")


def listing(
    keys: Iterable[str] = KEYS,
    headers: Mapping[str, str] = AWS,
    *,
    encoder: Callable[[str], str] | None = quote,
    newer: bool = True,
    truncated: bool = False,
    namespace: str = NAMESPACE,
    name: str = "calls",
) -> Response:
    """A `ListBucketResult`. `encoder` is how the store answers encoding-type=url; None: it does not know it."""
    rows = []
    for key in keys:
        shown = encoder(key) if encoder else "".join(c if c >= " " else f"&#x{ord(c):x};" for c in escape(key))
        rows.append(
            f"<Contents><Key>{shown}</Key><LastModified>2026-03-01T10:00:00.000Z</LastModified>"
            f'<ETag>"ea416ed0759d46a8de58f63a59077499"</ETag><Size>{len(SOUND)}</Size></Contents>'
        )
    said = "<EncodingType>url</EncodingType>" if encoder else ""
    count = f"<KeyCount>{len(rows)}</KeyCount>" if newer else "<Marker></Marker>"
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{namespace}"><Name>{name}</Name><Prefix/>'
        f"{said}<MaxKeys>1000</MaxKeys><IsTruncated>{str(truncated).lower()}</IsTruncated>{''.join(rows)}{count}"
        "</ListBucketResult>"
    )
    return answer(200, body, headers)


def plus(key: str) -> str:
    """A key as SeaweedFS and Amazon encode it: a space is a plus."""
    return quote_plus(key, safe="/")


def versions(headers: Mapping[str, str] = AWS) -> Response:
    """A `ListVersionsResult` with one overwritten version and one deletion."""
    row = "<Key>old.wav</Key><VersionId>v{0}</VersionId><IsLatest>{1}</IsLatest><Size>2</Size>"
    body = (
        f'<ListVersionsResult xmlns="{NAMESPACE}"><Name>calls</Name><IsTruncated>false</IsTruncated>'
        f"<Version>{row.format(2, 'true')}</Version><Version>{row.format(1, 'false')}</Version>"
        "<DeleteMarker><Key>gone.wav</Key><IsLatest>true</IsLatest></DeleteMarker></ListVersionsResult>"
    )
    return answer(200, body, headers)


def uploads(pending: int = 1, headers: Mapping[str, str] = AWS) -> Response:
    """A `ListMultipartUploadsResult`."""
    row = "<Upload><Key>pending.mp4</Key><UploadId>2~nNIYmL7</UploadId></Upload>"
    body = (
        f'<ListMultipartUploadsResult xmlns="{NAMESPACE}"><Bucket>calls</Bucket><MaxUploads>1000</MaxUploads>'
        f"<IsTruncated>false</IsTruncated>{row * pending}</ListMultipartUploadsResult>"
    )
    return answer(200, body, headers)


def acl(*grants: tuple[str, str]) -> Response:
    """An `AccessControlPolicy`: grants of (group, permission) beside the owner's own."""
    kind = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type='
    rows = "".join(
        f'<Grant><Grantee {kind}"Group"><URI>http://acs.amazonaws.com/groups/global/{group}</URI></Grantee>'
        f"<Permission>{permission}</Permission></Grant>"
        for group, permission in grants
    )
    own = f'<Grant><Grantee {kind}"CanonicalUser"><ID>79a5</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>'
    body = (
        f'<AccessControlPolicy xmlns="{NAMESPACE}"><Owner><ID>79a5</ID></Owner><AccessControlList>{own}{rows}'
        "</AccessControlList></AccessControlPolicy>"
    )
    return answer(200, body, AWS)


def sound(headers: Mapping[str, str] = AWS, content: bytes = SOUND) -> Response:
    """The first bytes of a recording."""
    ranged = f"bytes 0-{len(content) - 1}/{3116}"
    more = {"etag": '"ea416ed0"', "content-range": ranged, "content-type": "audio/x-wav"}
    return answer(206, content, {**headers, **more})


def page(status: int = 200, body: str = "<html><title>Shop</title><h1>Welcome</h1><p>Our shop.</p></html>") -> Response:
    """What is no store."""
    return answer(status, body, content_type="text/html")


def question(request: Request) -> Question:
    """What a request asks: `list`, `list a/`, `signed`, `paid`, `versions`, `canary`, `head`, or a key."""
    path, _, query = request.path.partition("?")
    asked = parse_qs(query, keep_blank_values=True, errors="surrogateescape")
    if request.signed:
        return "paid" if request.headers else "signed"
    if request.method == "HEAD":
        return "head"
    for word in ("versions", "uploads", "acl", "policy", "policyStatus"):
        if word in asked:
            return word
    if query and NONCE in path:
        return "another bucket"
    if query:
        return f"list {asked['prefix'][0]}" if "prefix" in asked else "list" if "list-type" in asked else "older list"
    key = path.removeprefix("/calls").removeprefix("/")
    return "canary" if NONCE in key else unquote(key, errors="surrogateescape")


@dataclass
class Store:
    """Answers by question; what is not in `says` is answered by `otherwise`."""

    says: Mapping[Question, Said]
    otherwise: Answer = field(default_factory=denied)
    hosts: Mapping[str, Mapping[Question, Said]] = field(default_factory=dict)
    """The answers of other hosts; a host that is not here is outside the inventory."""
    asked: list[tuple[str, Question]] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        named = question(request)
        self.asked.append((request.host, named))
        says = self.hosts.get(request.host, {}) if request.host else self.says
        said = says.get(named + " again", says.get(named)) if request.fresh else says.get(named)
        said = said if said is not None else self.otherwise
        return said(request) if callable(said) else said


def open_store(headers: Mapping[str, str] = AWS, **changed: Said) -> dict[Question, Said]:
    """A bucket whose policy lets strangers list and get; the names of questions as keywords change an answer."""
    says: dict[Question, Said] = {"list": listing(headers=headers), "canary": no_key(headers)}
    says |= {key: sound(headers) for key in KEYS}
    return {**says, **changed}


def look(store: Store, **changed: Any) -> tuple[tuple[Verdict, ...], list[Request]]:
    """The verdicts of one look, and what was asked for them; what must never be asked is checked here."""
    looked = target(**changed)
    verdicts, asked = play(S3_BUCKET, looked, store)
    assert {request.method for request in asked} <= {"GET", "HEAD"}
    assert not any(request.body for request in asked)
    assert len({str(one.place) for one in verdicts}) == 1
    return verdicts, asked


def checks(verdict: Verdict) -> dict[str, Check]:
    """The vector by its names."""
    return {check.name: check for check in verdict.checks}


def vector(verdict: Verdict) -> dict[str, tuple[str, str]]:
    """The vector as words."""
    return {check.name: (check.verdict, check.why.value) for check in verdict.checks}


def silent(why: Any) -> NoAnswer:
    """No answer."""
    return NoAnswer(why)
