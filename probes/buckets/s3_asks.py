"""Where an S3 bucket is asked, and with what: one host and path, moved at most once inside its provider."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from probes.api import BucketTarget
from probes.recognise.buckets.errors import StoreError, host, region
from probes.recognise.buckets.object_keys import sent
from probes.requests.http import Request, Response

PAGE = 1 << 20
"""Bytes of a listing that are read: a page of 1,000 keys is about 270 kB; of one that is longer, what fits."""

ERROR = 1 << 14
"""Bytes of an answer that should be an error, grants or a policy."""

FIRST_BYTES = 512
"""Bytes of an object that are asked for: they tell what it is, are looked at in memory and dropped."""

LIST = "list-type=2&max-keys=1000&encoding-type=url"
OLDER_LIST = "max-keys=1000&encoding-type=url"


@dataclass(frozen=True, slots=True)
class S3Endpoint:
    """The host and the path at which the bucket is asked: the target's own, or those of its region."""

    host: str
    root: str

    def ask(self, query: str, take: int = PAGE, *, said: str = "", signed: bool = False) -> Request:
        """A question to the bucket itself."""
        # AWS Signature Version 4 signs a path whose every byte but letters, digits, `-._~` and slashes is encoded: the
        # colon of a tenant's bucket is sent so too, since a store signs what it reads.
        root = quote(unquote_to_bytes(self.root), safe="/~") if signed else self.root
        return Request("GET", f"{root}/?{query}", take, said=said, host=self.host, signed=signed)

    def head(self) -> Request:
        """The bucket's headers: they carry its region, and at Ceph's gateway its size. They never decide."""
        return Request("HEAD", f"{self.root}/", host=self.host)

    def first_bytes(self, path: str, said: str = "") -> Request:
        """The first bytes of an object, whose path is encoded already; a server that ignores Range is cut short."""
        wanted = (("Range", f"bytes=0-{FIRST_BYTES - 1}"),)
        return Request("GET", f"{self.root}/{path}", FIRST_BYTES, wanted, said=said, host=self.host)


def start(target: BucketTarget) -> S3Endpoint:
    """Where a bucket is asked first. An empty host is the target's own."""
    return S3Endpoint("", target.root)


def under(query: str, prefix: str) -> str:
    """A list of the keys that begin with `prefix`, which is not encoded yet."""
    return f"{query}&prefix={quote(prefix, safe='', errors='surrogatepass')}"


def moved(target: BucketTarget, at: S3Endpoint, answer: Response, error: StoreError | None) -> S3Endpoint | None:
    """Where a wrong region's answer leads, or None when it names no other place.

    By the provider's own pattern for endpoints, when the answer names a region, else by the endpoint that it names
    (S3 User Guide, "Making requests: redirection"). Nothing that a stranger names is trusted: what is made of it is
    asked only if the inventory leads to it.
    """
    named = region(answer.headers.get("x-amz-bucket-region")) or (error.region if error else "")
    endpoint = error.endpoint if error else ""
    if not endpoint and answer.status in (301, 302, 307, 308):
        endpoint = host(_host_of(answer.headers.get("location")))
    places = (_by_region(target, named), _by_endpoint(target, endpoint))
    here = S3Endpoint(at.host or target.host, at.root)
    return next((place for place in places if place is not None and place != here), None)


def elsewhere(target: BucketTarget, at: S3Endpoint, error: StoreError) -> bool:
    """Whether an error names another endpoint than the one asked.

    Alibaba refuses a bucket of another region as `AccessDenied` with the right `Endpoint` inside (OSS API, "403
    AccessDenied"): it looks private, and is only asked at the wrong check.
    """
    asked = at.host or target.host
    return bool(error.endpoint) and asked != error.endpoint and not asked.endswith("." + error.endpoint)


def _by_region(target: BucketTarget, named: str) -> S3Endpoint | None:
    if not named or not target.regional or not target.bucket:
        return None
    place = target.regional.replace("{region}", named).replace("{bucket}", target.bucket).lower()
    return S3Endpoint(place, "" if "{bucket}" in target.regional else target.root or f"/{sent(target.bucket)}")


def _by_endpoint(target: BucketTarget, endpoint: str) -> S3Endpoint | None:
    """The named endpoint in the target's own style: the bucket in the path, or in front of the host."""
    if not endpoint:
        return None
    front = f"{target.bucket.lower()}."
    if not target.bucket or target.domain:
        return S3Endpoint(endpoint, target.root)
    if target.root:
        return S3Endpoint(endpoint.removeprefix(front), target.root)
    return S3Endpoint(endpoint if endpoint.startswith(front) else front + endpoint, "")


def _host_of(location: str) -> str:
    try:
        return urlsplit(location[:2000]).hostname or ""
    except ValueError:
        return ""
