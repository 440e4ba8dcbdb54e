"""The S3 protocol: where a bucket is asked, which other endpoint an answer names, and what a refusal says."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from probes.api import BucketTarget
from probes.buckets.dialects import s3_variants
from probes.buckets.dialects.list_requests import ListApi
from probes.buckets.dialects.outcomes import Denied, Inconclusive, unanswered, without_words
from probes.reasons import ClosedReason, UndecidedReason, Why
from probes.recognise.buckets.errors import StoreError, host, read_error, region
from probes.recognise.buckets.key_page import key_bytes, sent
from probes.recognise.buckets.s3 import bucket_page, uploads_page, versions_page
from probes.recognise.pages.bucket_lists import bucket_list
from probes.requests.http import Answer, Ending, Request, Response

# Codes by the S3 API's "Error responses", unless another source is named.
_CODES: dict[str, Why] = {
    "AccessDenied": ClosedReason.DENIED,
    "UnauthorizedAccess": ClosedReason.DENIED,  # Backblaze B2
    "NoSuchBucket": ClosedReason.NO_BUCKET,
    "PermanentRedirect": UndecidedReason.WRONG_REGION,
    "TemporaryRedirect": UndecidedReason.WRONG_REGION,
    "Redirect": UndecidedReason.WRONG_REGION,
    "IllegalLocationConstraintException": UndecidedReason.WRONG_REGION,
    "AuthorizationHeaderMalformed": UndecidedReason.WRONG_REGION,
    "AuthorizationQueryParametersError": UndecidedReason.WRONG_REGION,
    "InvalidAccessKeyId": UndecidedReason.SIGNED_BY_MISTAKE,
    "SignatureDoesNotMatch": UndecidedReason.SIGNED_BY_MISTAKE,
    "InvalidToken": UndecidedReason.SIGNED_BY_MISTAKE,
    "ExpiredToken": UndecidedReason.SIGNED_BY_MISTAKE,
    "RequestTimeTooSkewed": UndecidedReason.SIGNED_BY_MISTAKE,
    "AllAccessDisabled": UndecidedReason.DISABLED,
    "AccountProblem": UndecidedReason.DISABLED,
    "NotSignedUp": UndecidedReason.DISABLED,
    "UserDisable": UndecidedReason.DISABLED,  # Alibaba OSS, an account in arrears
    "UserSuspended": UndecidedReason.DISABLED,  # Ceph RGW, rgw_common.cc
    "SlowDown": UndecidedReason.THROTTLED,
    "ServiceUnavailable": UndecidedReason.THROTTLED,
    "Throttling": UndecidedReason.THROTTLED,
    "RequestLimitExceeded": UndecidedReason.THROTTLED,
    "TooManyRequests": UndecidedReason.THROTTLED,
    "QpsLimitExceeded": UndecidedReason.THROTTLED,
    "MethodNotAllowed": UndecidedReason.NOT_OFFERED,
    "NotImplemented": UndecidedReason.NOT_OFFERED,
    "SecondLevelDomainForbidden": UndecidedReason.NOT_OFFERED,  # Alibaba OSS lists by virtual host alone
    "NoSuchKey": UndecidedReason.NO_KNOWN_KEY,
    "NoSuchVersion": UndecidedReason.NO_KNOWN_KEY,
    "InvalidObjectState": UndecidedReason.ARCHIVED,
}
_CLOSED = frozenset(
    {
        ClosedReason.DENIED,
        ClosedReason.NO_BUCKET,
        ClosedReason.PRIVATE_OR_MISSING,
        UndecidedReason.KEY_DEMANDED,
        UndecidedReason.NO_KNOWN_KEY,
    }
)

_NOTHING_SERVED = frozenset({UndecidedReason.DISABLED, UndecidedReason.WRONG_REGION, UndecidedReason.SIGNED_BY_MISTAKE})


@dataclass(frozen=True, slots=True)
class S3Endpoint:
    """The host and the path at which the bucket is asked: the target's own (host ""), or those of its region."""

    host: str
    root: str

    def ask(self, query: str, take: int, *, said: str = "", signed: bool = False) -> Request:
        """A question to the bucket itself."""
        # AWS Signature Version 4 signs a path whose every byte but letters, digits, `-._~` and slashes is encoded: the
        # colon of a tenant's bucket is sent so too, since a store signs what it reads.
        root = quote(unquote_to_bytes(self.root), safe="/~") if signed else self.root
        return Request("GET", f"{root}/?{query}", take, said=said, host=self.host, signed=signed)

    def list(
        self, take: int, rows: int, prefix: str = "", *, older: bool = False, said: str = "", signed: bool = False
    ) -> Request:
        """The first page of the list, by ListObjectsV2 or by the older ListObjects."""
        api = ListApi.S3_V1 if older else ListApi.S3_V2
        variant = next(one for one in s3_variants("") if one.api is api)
        query = variant.first(rows, key_bytes(prefix)).removeprefix("/?")
        return self.ask(query, take, said=said, signed=signed)

    def head(self) -> Request:
        """The bucket's headers: they carry its region, and at Ceph's gateway its size. They never decide."""
        return Request("HEAD", f"{self.root}/", host=self.host)


def moved(target: BucketTarget, at: S3Endpoint, answer: Response) -> S3Endpoint | None:
    """Where a wrong region's answer leads, or None when it names no other place.

    By the provider's own pattern for endpoints, when the answer names a region, else by the endpoint that it names
    (S3 User Guide, "Making requests: redirection"). Nothing that a stranger names is trusted: what is made of it is
    asked only if the inventory leads to it.
    """
    error = read_error(answer.body) if answer.status >= 300 else None
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


def refusal(target: BucketTarget, at: S3Endpoint, answer: Answer) -> Denied | Inconclusive:
    """What an answer says that is not what was asked for. Only an error in the store's own XML is `Denied`."""
    if not isinstance(answer, Response):
        return without_words(answer)
    error = read_error(answer.body) if answer.status >= 300 else None
    if error is None:
        return _without_error(answer)
    if error.website and error.code != "NoSuchBucket":
        return Inconclusive(UndecidedReason.NOT_A_STORE, "a website endpoint, which never lists")
    why = _CODES.get(error.code)
    status = answer.status
    if why is ClosedReason.DENIED and status in (401, 403):
        if elsewhere(target, at, error):
            return Inconclusive(UndecidedReason.WRONG_REGION, "refused, with another endpoint named as the right one")
        return Denied(why)
    if why is ClosedReason.NO_BUCKET and status == 404:
        if _another_bucket(target, error):
            return Inconclusive(UndecidedReason.NOT_A_STORE, "the store looked for a bucket of another name")
        return Denied(why)
    if error.code.startswith("KMS.") or (
        error.code == "InvalidArgument" and status == 400 and "Server Side Encryption" in error.message
    ):
        # S3 User Guide, "Protecting data with SSE-KMS": such an object is given to signed requests alone.
        return Denied(UndecidedReason.KEY_DEMANDED, "encrypted with a key that strangers lack")
    if why is not None and (why not in _CLOSED or (why is UndecidedReason.NO_KNOWN_KEY and status == 404)):
        return Inconclusive(why, silent=why is UndecidedReason.THROTTLED)
    if status == 429 or status >= 500:
        return unanswered(answer) or Inconclusive(UndecidedReason.SERVER_ERROR, f"status {status}", silent=True)
    return Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"an error of the store under status {status}")


def nothing_more(outcome: Denied | Inconclusive) -> bool:
    """Whether no further question would be answered otherwise: nobody is there, or nothing is served now."""
    return isinstance(outcome, Inconclusive) and (outcome.silent or outcome.why in _NOTHING_SERVED)


def bare(name: str) -> str:
    """The name of a bucket without its tenant, as stores compare it."""
    return name.replace("/", ":").rpartition(":")[2].lower()


def _another_bucket(target: BucketTarget, error: StoreError) -> bool:
    """Whether the store looked up something else: Ceph takes a whole unknown host name for a bucket."""
    if not target.bucket or not error.bucket or target.domain:
        return False
    return bare(error.bucket) != bare(target.bucket)


def _without_error(answer: Response) -> Denied | Inconclusive:
    status = answer.status
    if answer.headers.get("x-amz-bucket-region") and status in (301, 302, 307, 308, 400):
        return Inconclusive(UndecidedReason.WRONG_REGION, f"status {status}")
    if status in (200, 206, 404):
        if answer.ending is Ending.BROKEN:
            return Inconclusive(UndecidedReason.BODY_BROKEN)
        if bucket_list(answer.body) is not None:
            return Inconclusive(
                UndecidedReason.NOT_A_STORE, "the endpoint listed its buckets: none by that name is asked"
            )
        if status == 200 and any(read(answer.body) is not None for read in (bucket_page, versions_page, uploads_page)):
            return Inconclusive(UndecidedReason.UNSTABLE, "a list came in answer to another question")
    return without_words(answer)
