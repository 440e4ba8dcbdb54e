"""A small fake of Amazon's account side, for what moto's server lacks: every call that is made, as it is set."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

NUMBER = "111122223333"
S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
ALL_USERS = (
    '<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">'
    "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>"
)


@dataclass(frozen=True, slots=True)
class Says:
    """One answer."""

    body: bytes | str = b""
    status: int = 200
    type: str = "application/xml"
    hang: float = 0.0
    """Seconds of silence first."""
    drip: bool = False
    """The body a byte at a time, for ever."""
    endless: bool = False
    """The body again and again, for ever."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came."""

    operation: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes


def failed(code: str, status: int = 403) -> Says:
    """An error in S3's words."""
    return Says(f"<Error><Code>{code}</Code><Message>no</Message></Error>", status)


def wrapped(code: str, status: int = 403) -> Says:
    """An error in the words of all other services that speak XML."""
    return Says(f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>", status)


def buckets(*names: str, region: str = "eu-north-1", then: str = "") -> Says:
    """A list of buckets."""
    each = "".join(f"<Bucket><Name>{n}</Name><BucketRegion>{region}</BucketRegion></Bucket>" for n in names)
    more = f"<ContinuationToken>{then}</ContinuationToken>" if then else ""
    return Says(f"<ListAllMyBucketsResult {S3}><Buckets>{each}</Buckets>{more}</ListAllMyBucketsResult>")


def block(*, ignore: bool = False, restrict: bool = False) -> Says:
    """A public access block."""
    return Says(
        f"<PublicAccessBlockConfiguration {S3}><IgnorePublicAcls>{str(ignore).lower()}</IgnorePublicAcls>"
        f"<RestrictPublicBuckets>{str(restrict).lower()}</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
    )


def status(public: bool) -> Says:
    """A policy's status."""
    return Says(f"<PolicyStatus {S3}><IsPublic>{str(public).upper()}</IsPublic></PolicyStatus>")


def grants(text: str = "") -> Says:
    """An access list."""
    return Says(
        f"<AccessControlPolicy {S3}><Owner><ID>o</ID></Owner><AccessControlList>{text}</AccessControlList>"
        "</AccessControlPolicy>"
    )


def point_status(public: bool) -> Says:
    """The status of an access point's policy."""
    inner = f"<PolicyStatus><IsPublic>{str(public).lower()}</IsPublic></PolicyStatus>"
    return Says(f"<GetAccessPointPolicyStatusResult {S3}>{inner}</GetAccessPointPolicyStatusResult>")


def points(**of: str) -> Says:
    """Access points: name=bucket; open to the internet, but for those whose name begins with `vpc`."""
    each = "".join(
        f"<AccessPoint><Name>{name}</Name><NetworkOrigin>{'VPC' if name.startswith('vpc') else 'Internet'}"
        f"</NetworkOrigin><Bucket>{bucket}</Bucket></AccessPoint>"
        for name, bucket in of.items()
    )
    return Says(f"<ListAccessPointsResult {S3}><AccessPointList>{each}</AccessPointList></ListAccessPointsResult>")


def regional(name: str, *buckets_: str) -> Says:
    """A multi-region access point over buckets."""
    each = "".join(f"<Region><Bucket>{bucket}</Bucket><Region>eu-north-1</Region></Region>" for bucket in buckets_)
    inner = (
        f"<AccessPoint><Name>{name}</Name><PublicAccessBlock><RestrictPublicBuckets>false</RestrictPublicBuckets>"
        f"</PublicAccessBlock><Regions>{each}</Regions></AccessPoint>"
    )
    return Says(f"<ListMultiRegionAccessPointsResult {S3}><AccessPoints>{inner}</AccessPoints>"
                "</ListMultiRegionAccessPointsResult>")  # fmt: skip


def distributions(**origins: str) -> Says:
    """CDNs: label=the host of their origin."""
    each = "".join(
        f"<DistributionSummary><Id>{label}</Id><DomainName>{label}.cloudfront.net</DomainName><Enabled>true</Enabled>"
        f"<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>{host}</DomainName></Origin></Items>"
        "</Origins></DistributionSummary>"
        for label, host in origins.items()
    )
    return Says(
        '<DistributionList xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><IsTruncated>false</IsTruncated>'
        f"<Items>{each}</Items></DistributionList>"
    )


def identity(number: str = NUMBER) -> Says:
    """Who asks."""
    return Says(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Account>{number}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )


def assumed(key: str) -> Says:
    """The session of a role."""
    return Says(
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t-{key}</SessionToken>"
        "<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )


def members(*numbers: str) -> Says:
    """The accounts of an organisation."""
    listed = [{"Id": n, "Status": "ACTIVE", "Arn": f"arn:aws:organizations::1:account/o-x/{n}"} for n in numbers]
    return Says(json.dumps({"Accounts": listed}), type="application/x-amz-json-1.1")


DEFAULTS = {
    "GetCallerIdentity": identity(),
    "AssumeRole": assumed("ROLEKEY"),
    "ListAccounts": members(NUMBER),
    "ListBuckets": buckets("calls"),
    "GetAccountPublicAccessBlock": failed("NoSuchPublicAccessBlockConfiguration", 404),
    "GetPublicAccessBlock": failed("NoSuchPublicAccessBlockConfiguration", 404),
    "GetBucketPolicyStatus": failed("NoSuchBucketPolicy", 404),
    "GetBucketPolicy": failed("NoSuchBucketPolicy", 404),
    "GetBucketAcl": grants(),
    "GetBucketOwnershipControls": failed("OwnershipControlsNotFoundError", 404),
    "GetBucketVersioning": Says(f"<VersioningConfiguration {S3}/>"),
    "GetBucketWebsite": failed("NoSuchWebsiteConfiguration", 404),
    "GetBucketRequestPayment": Says(f"<RequestPaymentConfiguration {S3}><Payer>BucketOwner</Payer>"
                                    "</RequestPaymentConfiguration>"),
    "ListAccessPoints": points(),
    "GetAccessPoint": Says(f"<GetAccessPointResult {S3}><Name>p</Name></GetAccessPointResult>"),
    "GetAccessPointPolicyStatus": point_status(False),
    "ListMultiRegionAccessPoints": Says(f"<ListMultiRegionAccessPointsResult {S3}><AccessPoints/>"
                                        "</ListMultiRegionAccessPointsResult>"),
    "GetMultiRegionAccessPointPolicyStatus": Says(
        f"<GetMultiRegionAccessPointPolicyStatusResult {S3}><Established><IsPublic>false</IsPublic></Established>"
        "</GetMultiRegionAccessPointPolicyStatusResult>"),
    "ListDistributions": distributions(),
}  # fmt: skip
"""An account with one private bucket."""

_BUCKET = {
    "publicAccessBlock": "GetPublicAccessBlock", "policyStatus": "GetBucketPolicyStatus", "policy": "GetBucketPolicy",
    "acl": "GetBucketAcl", "ownershipControls": "GetBucketOwnershipControls", "versioning": "GetBucketVersioning",
    "website": "GetBucketWebsite", "requestPayment": "GetBucketRequestPayment",
}  # fmt: skip


@dataclass
class Amazon:
    """The fake: where it is, what it says, and what it was asked."""

    port: int
    says: dict[str, Says] = field(default_factory=lambda: dict(DEFAULTS))
    """By operation; `Operation/bucket` goes before."""
    asked: list[Asked] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def operations(self) -> set[str]:
        """Every operation that it was asked."""
        return {one.operation for one in self.asked}

    def wait_for(self, requests: int) -> None:
        """Block until so many requests have come."""
        while len(self.asked) < requests:
            time.sleep(0.01)


def operation_of(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[str, str]:
    """The operation that a request asks for, and the bucket or name that it is about."""
    parts = urlsplit(target)
    path, query = unquote(parts.path), parse_qs(parts.query, keep_blank_values=True)
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2], ""
    if method == "POST":
        form = parse_qs(body.decode())
        return form.get("Action", ["?"])[0], form.get("RoleArn", [""])[0]
    if path.startswith("/2020-05-31/distribution"):
        return "ListDistributions", ""
    if path.startswith("/v20180820/"):
        rest = path.removeprefix("/v20180820/").split("/")
        if rest[0] == "configuration":
            return "GetAccountPublicAccessBlock", ""
        if rest[0] == "mrap":
            return ("GetMultiRegionAccessPointPolicyStatus", rest[2]) if len(rest) > 2 else (
                "ListMultiRegionAccessPoints", ""
            )  # fmt: skip
        if rest[-1] == "policyStatus":
            return "GetAccessPointPolicyStatus", rest[1]
        return ("GetAccessPoint", rest[1]) if len(rest) > 1 else ("ListAccessPoints", "")
    name = path.strip("/")
    if not name:
        return "ListBuckets", query.get("continuation-token", [""])[0]
    return next((operation for key, operation in _BUCKET.items() if key in query), "ListObjects"), name


@contextmanager
def amazon() -> Iterator[Amazon]:
    """The fake on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            operation, about = operation_of(self.command, self.path, headers, body)
            fake.asked.append(Asked(operation, headers.get("host", ""), self.path, headers, body))
            one = fake.says.get(f"{operation}/{about}") or fake.says.get(operation) or failed("NoSuchOperation", 400)
            fake.stopped.wait(one.hang)
            text = one.body.encode() if isinstance(one.body, str) else one.body
            self.send_response(one.status)
            self.send_header("Content-Type", one.type)
            if one.drip or one.endless:
                self.send_header("Connection", "close")
                self.end_headers()
                self.for_ever(text, one)
                return
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def for_ever(self, text: bytes, one: Says) -> None:
            self.close_connection = True
            try:
                while not fake.stopped.is_set():
                    self.wfile.write(text if one.endless else b" ")
                    self.wfile.flush()
                    if one.drip:
                        time.sleep(0.1)
            except OSError:
                pass

        do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = answer  # noqa: N815  as http.server calls them

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    fake = Amazon(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
