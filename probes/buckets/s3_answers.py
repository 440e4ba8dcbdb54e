"""What an S3 store's refusal says of a question: closed by its own word, or why nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from probes.api import BucketTarget, Check
from probes.buckets.bucket_verdict import clear, unknown
from probes.buckets.s3_asks import S3Endpoint, elsewhere
from probes.reasons import ClosedReason, UndecidedReason, Why
from probes.recognise.buckets.errors import StoreError, read_error
from probes.recognise.buckets.s3 import bucket_names, bucket_page, uploads_page, versions_page
from probes.recognise.pages import page_kind
from probes.requests.http import Answer, Ending, NoAnswer, Response

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
    "NoSuchKey": ClosedReason.NOT_FOUND,
    "NoSuchVersion": ClosedReason.NOT_FOUND,
    "InvalidObjectState": UndecidedReason.ARCHIVED,
}
_CLOSED = frozenset(
    {
        ClosedReason.DENIED,
        ClosedReason.NO_BUCKET,
        ClosedReason.PRIVATE_OR_MISSING,
        UndecidedReason.KEY_DEMANDED,
        ClosedReason.NOT_FOUND,
    }
)
_SILENT = frozenset(
    {
        UndecidedReason.DISABLED,
        UndecidedReason.WRONG_REGION,
        UndecidedReason.THROTTLED,
        UndecidedReason.SERVER_ERROR,
        UndecidedReason.SIGNED_BY_MISTAKE,
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that opens nothing: `clear` by the store's own word, else `unknown`."""

    verdict: Literal["clear", "unknown"]
    why: Why
    detail: str = ""
    error: StoreError | None = None
    """The store's own words, where it used any."""
    answered: bool = True

    def check(self, name: str, detail: str = "") -> Check:
        """The check that is refused so."""
        make = clear if self.verdict == "clear" else unknown
        return make(name, self.why, detail or self.detail)

    @property
    def final(self) -> bool:
        """Whether no further question would be answered otherwise: nobody is there, or nothing is served now."""
        return self.verdict == "unknown" and (self.why in _SILENT or not self.answered)


def refusal(target: BucketTarget, at: S3Endpoint, answer: Answer) -> Refusal:
    """What an answer that is not the thing asked for says. Only an error in the store's own XML is a `clear`."""
    if isinstance(answer, NoAnswer):
        return Refusal("unknown", answer.why, answer.detail, answered=False)
    error = read_error(answer.body) if answer.status >= 300 else None
    if error is not None and error.website and error.code != "NoSuchBucket":
        return Refusal("unknown", UndecidedReason.NOT_A_STORE, "a website endpoint, which never lists", error)
    return _in_words(target, at, answer, error) if error is not None else _without_words(answer)


def _in_words(target: BucketTarget, at: S3Endpoint, answer: Response, error: StoreError) -> Refusal:
    why = _CODES.get(error.code)
    if why is ClosedReason.DENIED and answer.status in (401, 403):
        if elsewhere(target, at, error):
            return Refusal(
                "unknown", UndecidedReason.WRONG_REGION, "refused, with another endpoint named as the right one", error
            )
        return Refusal("clear", why, error=error)
    if why is ClosedReason.NO_BUCKET and answer.status == 404:
        if _another_bucket(target, error):
            detail = "the store looked for a bucket of another name: it is not asked by virtual host there"
            return Refusal("unknown", UndecidedReason.NOT_A_STORE, detail, error)
        return Refusal("clear", why, error=error)
    if why is ClosedReason.NOT_FOUND and answer.status == 404:
        return Refusal("clear", why, error=error)
    if error.code.startswith("KMS.") or (
        error.code == "InvalidArgument" and answer.status == 400 and "Server Side Encryption" in error.message
    ):
        # S3 User Guide, "Protecting data with SSE-KMS": such an object is given to signed requests alone.
        return Refusal("clear", UndecidedReason.KEY_DEMANDED, "encrypted with a key that strangers lack", error)
    if why is not None and why not in _CLOSED:
        return Refusal("unknown", why, error=error)
    if answer.status == 429:
        return Refusal("unknown", UndecidedReason.THROTTLED, error=error)
    if answer.status >= 500:
        return Refusal("unknown", UndecidedReason.SERVER_ERROR, f"status {answer.status}", error)
    return Refusal(
        "unknown", UndecidedReason.STATUS_UNEXPECTED, f"an error of the store under status {answer.status}", error
    )


def _another_bucket(target: BucketTarget, error: StoreError) -> bool:
    """Whether the store looked up something else: Ceph takes a whole unknown host name for a bucket."""
    if not target.bucket or not error.bucket or target.domain:
        return False
    return bare(error.bucket) != bare(target.bucket)


def bare(name: str) -> str:
    """The name of a bucket without its tenant, as stores compare it."""
    return name.replace("/", ":").rpartition(":")[2].lower()


def _without_words(answer: Response) -> Refusal:
    status = answer.status
    if status in (429, 503):
        return Refusal("unknown", UndecidedReason.THROTTLED, f"status {status}")
    if status >= 500 and status != 501:
        return Refusal("unknown", UndecidedReason.SERVER_ERROR, f"status {status}")
    if status in (405, 501):
        return Refusal("unknown", UndecidedReason.NOT_OFFERED, f"status {status}")
    if answer.headers.get("x-amz-bucket-region") and status in (301, 302, 307, 308, 400):
        return Refusal("unknown", UndecidedReason.WRONG_REGION, f"status {status}")
    if status in (301, 302, 303, 307, 308):
        return Refusal("unknown", UndecidedReason.REDIRECTED, "not followed")
    if status in (401, 403):
        return Refusal("unknown", UndecidedReason.REFUSED_BY_FRONT, "refused without the store's own words")
    if status not in (200, 206, 404):
        return Refusal("unknown", UndecidedReason.STATUS_UNEXPECTED, f"status {status}")
    if answer.ending in (Ending.BROKEN, Ending.BOMB, Ending.UNREADABLE):
        return Refusal(
            "unknown",
            UndecidedReason.BODY_BROKEN if answer.ending is Ending.BROKEN else UndecidedReason.BODY_UNREADABLE,
        )
    if bucket_names(answer.body) is not None:
        return Refusal(
            "unknown", UndecidedReason.NOT_A_STORE, "the endpoint listed its buckets: no bucket by that name is asked"
        )
    if status == 200 and any(read(answer.body) is not None for read in (bucket_page, versions_page, uploads_page)):
        return Refusal("unknown", UndecidedReason.UNSTABLE, "a list came in answer to another question")
    page = page_kind.page(answer.body, answer.type, status, answer.headers)
    if page.kind is page_kind.PageKind.BLOCK_PAGE:
        return Refusal("unknown", UndecidedReason.FILTERED, "a filter answered")
    return Refusal("unknown", UndecidedReason.NOT_A_STORE, "no answer of a store")


def foreign_tenant(said: Refusal) -> Refusal:
    """A signed `NoSuchBucket`: Ceph looks a bare name up in the tenant of the key, so this says nothing."""
    if said.why is not ClosedReason.NO_BUCKET:
        return said
    return replace(said, verdict="unknown", detail="looked up in the tenant of the probing key")
