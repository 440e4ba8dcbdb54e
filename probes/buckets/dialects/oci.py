"""Oracle's object storage: what its refusals say."""

from __future__ import annotations

from typing import Final

from probes.buckets.dialects.outcomes import Denied, Inconclusive, without_words
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.buckets.oracle import oracle_code
from probes.requests.http import Answer, Response

# Oracle Cloud Infrastructure, "API errors" and Object Storage's own codes.
CODES: Final[dict[str, Denied | Inconclusive]] = {
    "BucketNotFound": Denied(
        ClosedReason.PRIVATE_OR_MISSING, "the service answers alike for a private and a missing bucket"
    ),
    "NamespaceNotFound": Denied(ClosedReason.PRIVATE_OR_MISSING),
    "NotAuthorizedOrNotFound": Denied(ClosedReason.PRIVATE_OR_MISSING),
    "NotAuthorized": Denied(ClosedReason.DENIED),
    "NotAuthenticated": Denied(ClosedReason.DENIED, "a credential is demanded"),
    "SignatureDoesNotMatch": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "NotAllowed": Inconclusive(UndecidedReason.NOT_OFFERED),
    "MethodNotAllowed": Inconclusive(UndecidedReason.NOT_OFFERED),
    "InvalidParameter": Inconclusive(UndecidedReason.NOT_OFFERED),
    "NotRestored": Inconclusive(UndecidedReason.ARCHIVED),
    "TooManyRequests": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "ServiceUnavailable": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "InternalServerError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "ObjectNotFound": Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the objects that are known are not there"),
}


def refusal(answer: Answer) -> Denied | Inconclusive:
    """What an answer says that is not what was asked for. Without a code it is not the service's own."""
    code = oracle_code(answer.body) if isinstance(answer, Response) and answer.status >= 400 else ""
    if not code or not isinstance(answer, Response):
        return without_words(answer)
    word, ill = CODES.get(code), answer.status >= 500 or answer.status == 429
    if isinstance(word, Inconclusive) or (word is not None and not ill):
        return word
    return (
        without_words(answer)
        if ill
        else Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known")
    )
