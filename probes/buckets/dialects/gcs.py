"""Google Cloud Storage: what the refusals of its XML and its JSON interface say."""

from __future__ import annotations

from typing import Final

from probes.buckets.dialects.outcomes import Denied, Inconclusive, without_words
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.buckets.google import Refusal, refusal_of
from probes.requests.http import Answer, Response

# Cloud Storage, "XML API: HTTP status codes and errors" (AccessDenied, ...) and "JSON API: status and error codes".
CODES: Final[dict[str, Denied | Inconclusive]] = {
    "AccessDenied": Denied(ClosedReason.DENIED),
    "forbidden": Denied(ClosedReason.DENIED),
    "insufficientPermissions": Denied(ClosedReason.DENIED),
    "NoSuchBucket": Denied(ClosedReason.NO_BUCKET),
    "AuthenticationRequired": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "InvalidSecurity": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "InvalidAccessKeyId": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "SignatureDoesNotMatch": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "ExpiredToken": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "authError": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "expired": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "AccountProblem": Inconclusive(UndecidedReason.DISABLED),
    "UserAccountDisabled": Inconclusive(UndecidedReason.DISABLED),
    "accountDisabled": Inconclusive(UndecidedReason.DISABLED),
    "UserProjectMissing": Inconclusive(
        UndecidedReason.NOT_OFFERED, "the requester pays, so strangers are not answered"
    ),
    "userProjectMissing": Inconclusive(
        UndecidedReason.NOT_OFFERED, "the requester pays, so strangers are not answered"
    ),
    "SecurityPolicyViolated": Inconclusive(UndecidedReason.FIREWALLED),
    "vpcServiceControls": Inconclusive(UndecidedReason.FIREWALLED),
    "SlowDown": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "ServiceUnavailable": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "rateLimitExceeded": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "userRateLimitExceeded": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "InternalError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "backendError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "MethodNotAllowed": Inconclusive(UndecidedReason.NOT_OFFERED),
    "NotImplemented": Inconclusive(UndecidedReason.NOT_OFFERED),
    "NoSuchKey": Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the objects that are known are not there"),
}
_CONDITIONED: Final = ("ip filtering condition", "organization's policy", "vpc service controls")


def refusal(answer: Answer) -> Denied | Inconclusive:
    """What an answer says that is not what was asked for, in the words of either interface."""
    found = refusal_of(answer.body) if isinstance(answer, Response) and answer.status >= 400 else None
    if found is None or not isinstance(answer, Response):
        return without_words(answer)
    return _word(found, answer.status)


def _word(refusal: Refusal, status: int) -> Denied | Inconclusive:
    message = refusal.message.lower()
    if any(words in message for words in _CONDITIONED):
        return Inconclusive(UndecidedReason.FIREWALLED, "refused to this network or by a policy of the organisation")
    if status >= 500 or status == 429:
        word = CODES.get(refusal.code)
        ill = Inconclusive(
            UndecidedReason.THROTTLED if status in (429, 503) else UndecidedReason.SERVER_ERROR, silent=True
        )
        return word if isinstance(word, Inconclusive) and word.silent else ill
    match refusal.code:
        case "required" if "requester pays" in message:
            return CODES["UserProjectMissing"]
        case "required" if status == 401:
            # JSON API: "Anonymous caller does not have storage.objects.list access"; a bad token is `authError`.
            return Denied(ClosedReason.DENIED)
        case "notFound" if "bucket" in message and "object:" not in message:
            return Denied(ClosedReason.NO_BUCKET)
        case "notFound":
            return CODES["NoSuchKey"]
        case code:
            return CODES.get(
                code, Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"status {status}, with an unknown code")
            )
