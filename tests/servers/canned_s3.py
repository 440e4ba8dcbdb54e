"""Stores that speak S3, each in its own words: Amazon, Alibaba, Wasabi, Scaleway, and one that knows V1 alone.

Sources: Amazon S3 API reference and User Guide ("Error responses", "Making requests: redirection", "Requester Pays",
"Hosting a static website"), Alibaba OSS API ("403 AccessDenied"). What a store was never seen to say is not here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, unquote
from xml.sax.saxutils import escape

from tests.servers.canned_store import Asked, Bucket, Says, html, ranged, size

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_REGION = re.compile(r"s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([a-z0-9-]+)/s3/aws4_request, ?SignedHeaders=([^,]+)")


def error(status: int, code: str, message: str = "", headers: Mapping[str, str] | None = None, **more: str) -> Says:
    """An error in the protocol's own words."""
    rest = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in more.items())
    body = (
        f"{XML}<Error><Code>{code}</Code><Message>{escape(message)}</Message>{rest}<RequestId>4442587FB7D0A2F9"
        "</RequestId><HostId>vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQj</HostId></Error>"
    )
    return Says(status, body, {"Content-Type": "application/xml", **(headers or {})})


def listing(asked: Asked, name: str, bucket: Bucket, *, first_version_alone: bool = False) -> Says:
    """A page of ListObjectsV2, or of ListObjects where that was asked, or is all that is known."""
    query = asked.query
    second = query.get("list-type") == "2" and not first_version_alone
    prefix, most = query.get("prefix", ""), int(query.get("max-keys", "1000"))
    token = query.get("continuation-token", "") if second else ""
    after = query.get("start-after" if second else "marker", "")
    after = base64.urlsafe_b64decode(token).decode() if token else after
    rows, following = bucket.rows(prefix, after, most)
    url = query.get("encoding-type") == "url"

    def spelt(key: str) -> str:
        # Amazon writes a space as a plus, and leaves slashes. Without encoding, what XML cannot hold stands as &#x1;.
        if url:
            return quote_plus(key, safe="/")
        return "".join(c if c >= " " else f"&#x{ord(c):x};" for c in escape(key))

    contents = "".join(
        f"<Contents><Key>{spelt(key)}</Key><LastModified>2026-03-01T10:00:00.000Z</LastModified><ETag>"
        f"&quot;ea416ed0759d46a8de58f63a59077499&quot;</ETag><Size>{size(key)}</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for key in rows
    )
    more = "<EncodingType>url</EncodingType>" if url else ""
    if second:
        more += f"<KeyCount>{len(rows)}</KeyCount>"
        if following:
            more += f"<NextContinuationToken>{base64.urlsafe_b64encode(rows[-1].encode()).decode()}"
            more += "</NextContinuationToken>"
    else:
        more += f"<Marker>{spelt(after)}</Marker>"
    body = (
        f'{XML}<ListBucketResult xmlns="{NAMESPACE}"><Name>{name}</Name><Prefix>{spelt(prefix)}</Prefix>{more}'
        f"<MaxKeys>{most}</MaxKeys><IsTruncated>{str(bool(following)).lower()}</IsTruncated>{contents}"
        "</ListBucketResult>"
    )
    return Says(200, body, {"Content-Type": "application/xml"})


def versions(name: str, bucket: Bucket) -> Says:
    """Every version and every deletion."""
    old = "".join(
        f"<Version><Key>{quote(key)}</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><Size>{size(key)}</Size>"
        f"</Version><DeleteMarker><Key>{quote(key)}</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>"
        "</DeleteMarker>"
        for key in bucket.old
    )
    body = f'{XML}<ListVersionsResult xmlns="{NAMESPACE}"><Name>{name}</Name><EncodingType>url</EncodingType>'
    return Says(200, f"{body}<IsTruncated>false</IsTruncated>{old}</ListVersionsResult>")


@dataclass
class Plain:
    """What all of them have in common: the questions to a bucket that is asked at the right place."""

    buckets: dict[str, Bucket] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    first_version_alone: bool = False

    def served(self, asked: Asked, name: str, key: str) -> Says:
        """The answer of the bucket itself."""
        says = self._served(asked, name, key)
        return Says(says.status, says.body, {**self.headers, **says.headers})

    def _served(self, asked: Asked, name: str, key: str) -> Says:
        bucket = self.buckets.get(name)
        if bucket is None:
            return error(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=name)
        denied = error(403, "AccessDenied", "Access Denied")
        if key:
            return self.object(asked, bucket, key, denied)
        if asked.method == "HEAD":
            return Says(200 if bucket.lists else 403)
        if "versions" in asked.query:
            return versions(name, bucket) if bucket.old else denied
        if asked.query.keys() & {"uploads", "acl", "policy", "policyStatus"}:
            return denied
        if not bucket.shows(asked.query.get("prefix", "")):
            return denied
        return listing(asked, name, bucket, first_version_alone=self.first_version_alone)

    def object(self, asked: Asked, bucket: Bucket, key: str, denied: Says) -> Says:
        """One object: who may not list is not told that it is missing."""
        if key not in bucket.keys:
            missing = error(404, "NoSuchKey", "The specified key does not exist.", Key=key)
            return missing if bucket.lists else denied
        if not bucket.reads:
            return denied
        if bucket.state == "sse-kms":
            message = (
                "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4."
            )
            return error(400, "InvalidArgument", message, ArgumentName="Authorization", ArgumentValue="null")
        if bucket.state == "glacier":
            message = "The operation is not valid for the object's storage class"
            return error(403, "InvalidObjectState", message, StorageClass="GLACIER")
        return ranged(asked, {})


@dataclass
class Amazon(Plain):
    """Amazon S3: path and virtual-host style, global and regional endpoints, websites, aliases of access points."""

    headers: Mapping[str, str] = field(
        default_factory=lambda: {
            "Server": "AmazonS3", "x-amz-request-id": "4442587FB7D0A2F9", "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jl",
        }
    )  # fmt: skip

    def says(self, asked: Asked) -> Says | None:
        """What Amazon says at one of its hosts."""
        host = asked.host
        if not host.endswith(".amazonaws.com") and host != "s3.amazonaws.com":
            return None
        site = re.fullmatch(r"(.+)\.s3-website[.-][a-z0-9-]+\.amazonaws\.com", host)
        if site is not None:
            return self.website(asked, site[1])
        front = re.fullmatch(r"(?:(.+)\.)?(s3[.-].*amazonaws\.com|s3\.amazonaws\.com)", host)
        if front is None:
            return html(404)
        name, endpoint = front[1] or "", front[2]
        region = _REGION.fullmatch(endpoint)
        path = asked.path.removeprefix("/")
        if not name:
            name, _, path = path.partition("/")
        said = self.elsewhere(asked, name, region[1] if region else "")
        if said is not None:
            return Says(said.status, said.body, {**self.headers, **said.headers})
        return self.served(asked, unquote(name), unquote(path))

    def elsewhere(self, asked: Asked, name: str, region: str) -> Says | None:
        """What it says of a bucket that is asked at another region's endpoint, or serves nothing."""
        bucket = self.buckets.get(name)
        if bucket is None:
            return None
        where = {"x-amz-bucket-region": bucket.region}
        if asked.method == "HEAD" and region != bucket.region:
            return Says(301, headers=where)
        if bucket.state in ("AllAccessDisabled", "AccountProblem"):
            return error(403, bucket.state, "All access to this object has been disabled")
        if region == bucket.region or (not region and bucket.region == "us-east-1"):
            return self.signed(asked, name, bucket) if asked.signed else None
        return self.redirect(asked, name, bucket, where)

    def redirect(self, asked: Asked, name: str, bucket: Bucket, where: Mapping[str, str]) -> Says:
        """The many ways to say: not here."""
        right = f"{name}.s3.{bucket.region}.amazonaws.com"
        match bucket.state:
            case "silent redirect":
                return error(301, "PermanentRedirect", "Use the specified endpoint.", Bucket=name)
            case "307":
                # While the name of a new bucket spreads.
                old = f"{name}.s3-{bucket.region}.amazonaws.com"
                there = {"Location": f"https://{old}{asked.path}"}
                message = "Please re-send this request to the specified temporary endpoint."
                return error(307, "TemporaryRedirect", message, there, Endpoint=old, Bucket=name)
            case "IllegalLocationConstraintException":
                message = f"The {bucket.region} location constraint is incompatible for the region specific endpoint"
                return error(400, bucket.state, f"{message} this request was sent to.")
            case _:
                message = "The bucket you are attempting to access must be addressed using the specified endpoint."
                return error(301, "PermanentRedirect", message, where, Endpoint=right, Bucket=name)

    def signed(self, asked: Asked, name: str, bucket: Bucket) -> Says | None:
        """A signed question: for this region, and by one who pays where that is wanted."""
        scope = _SCOPE.match(asked.headers.get("authorization", ""))
        if scope is None:
            return error(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
        if scope[1] != bucket.region:
            message = "The authorization header is malformed; the region '{}' is wrong; expecting '{}'"
            return error(
                400, "AuthorizationHeaderMalformed", message.format(scope[1], bucket.region), Region=bucket.region
            )
        pays = asked.headers.get("x-amz-request-payer") == "requester" and "x-amz-request-payer" in scope[2].split(";")
        if bucket.state == "any account" or (bucket.state == "requester pays" and pays):
            return listing(asked, name, bucket)
        return error(403, "AccessDenied", "Access Denied")

    def website(self, asked: Asked, name: str) -> Says:
        """The website endpoint: in clear, in HTML, and never a list."""
        if name in self.buckets:
            return Says(200, "<html><head><title>Our calls</title></head><body>Welcome</body></html>",
                        {**self.headers, "Content-Type": "text/html"})  # fmt: skip
        body = (
            "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n"
            f"<li>Code: NoSuchBucket</li>\n<li>Message: The specified bucket does not exist</li>\n<li>BucketName: "
            f"{name}</li>\n<li>RequestId: 4442587FB7D0A2F9</li>\n<li>HostId: vlR7PnpV2Ce81l0P</li>\n</ul>\n<hr/>\n"
            "</body>\n</html>\n"
        )
        return Says(404, body, {**self.headers, "Content-Type": "text/html; charset=utf-8"})


@dataclass
class Hosted(Plain):
    """A store of one region at each host, or with a global endpoint that points to the right one."""

    host: str = ""
    """A region's endpoint, with `{}` for the region."""
    everywhere: str = ""
    """The endpoint of no region."""
    vhost: bool = False
    wrong: Callable[[str, Bucket], Says] = lambda name, bucket: error(404, "NoSuchBucket", BucketName=name)
    """What an endpoint of another region says."""
    head_lies: bool = False

    def says(self, asked: Asked) -> Says | None:
        """What it says at one of its hosts."""
        pattern = re.escape(self.host).replace(r"\{\}", "([a-z0-9-]+)")
        known = re.fullmatch(f"(?:(.+)\\.)?(?:{pattern}|{re.escape(self.everywhere or 'none.invalid')})", asked.host)
        if known is None:
            return None
        name, path = known[1] or "", asked.path.removeprefix("/")
        if not name:
            if self.vhost:
                return error(403, "SecondLevelDomainForbidden", "Please use virtual hosted style to access.")
            name, _, path = path.partition("/")
        bucket = self.buckets.get(name)
        if bucket is not None and bucket.region and known[2] != bucket.region:
            if asked.method == "HEAD" and self.head_lies:
                return Says(200, headers=self.headers)
            said = self.wrong(name, bucket)
            return Says(said.status, said.body, {**self.headers, **said.headers})
        return self.served(asked, unquote(name), unquote(path))


def alibaba(**buckets: Bucket) -> Hosted:
    """Alibaba's OSS: virtual hosts alone, and another region is refused as if it were private."""

    def wrong(name: str, bucket: Bucket) -> Says:
        message = "The bucket you are attempting to access must be addressed using the specified endpoint."
        right = f"oss-{bucket.region}.aliyuncs.com"
        return error(403, "AccessDenied", message, Endpoint=right, Bucket=name)

    banner = {"Server": "AliyunOSS", "x-oss-request-id": "5C3D9175B6FC201293AD4890"}
    return Hosted(buckets, banner, host="oss-{}.aliyuncs.com", vhost=True, wrong=wrong)


def wasabi(**buckets: Bucket) -> Hosted:
    """Wasabi: a global endpoint that points to the region, for strangers too."""

    def wrong(name: str, bucket: Bucket) -> Says:
        message = "The bucket you are attempting to access must be addressed using the specified endpoint."
        right = f"s3.{bucket.region}.wasabisys.com"
        return error(
            301, "PermanentRedirect", message, {"x-amz-bucket-region": bucket.region}, Endpoint=right, Bucket=name
        )

    banner = {"Server": "WasabiS3/7.19.4 (head12)", "x-amz-request-id": "8D4B1A9E9C1C6D0F"}
    return Hosted(buckets, banner, host="s3.{}.wasabisys.com", everywhere="s3.wasabisys.com", wrong=wrong)


def scaleway(**buckets: Bucket) -> Hosted:
    """Scaleway: a HEAD answers 200 in any region."""
    banner = {"x-amz-id-2": "txg6a1c", "x-amz-request-id": "txg6a1c"}
    return Hosted(buckets, banner, host="s3.{}.scw.cloud", head_lies=True)


def first_version(host: str, **buckets: Bucket) -> Hosted:
    """A store at a declared endpoint that knows ListObjects alone, and ignores that V2 was asked for."""
    return Hosted(buckets, {}, True, host=host)
