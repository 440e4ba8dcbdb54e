"""Oracle's object storage: what its refusals say."""

from __future__ import annotations

from typing import Final

from probes.buckets.dialects.outcomes import Denied, Inconclusive, without_words
from probes.reasons import Why
from probes.recognise.buckets.oracle import oracle_code
from probes.requests.http import Answer, Response

# Oracle Cloud Infrastructure, "API errors" and Object Storage's own codes.
CODES: Final[dict[str, Denied | Inconclusive]] = {
    "BucketNotFound": Denied(Why.PRIVATE_OR_MISSING, "the service answers alike for a private and a missing bucket"),
    "NamespaceNotFound": Denied(Why.PRIVATE_OR_MISSING),
    "NotAuthorizedOrNotFound": Denied(Why.PRIVATE_OR_MISSING),
    "NotAuthorized": Denied(Why.DENIED),
    "NotAuthenticated": Denied(Why.DENIED, "a credential is demanded"),
    "SignatureDoesNotMatch": Inconclusive(Why.SIGNED_BY_MISTAKE),
    "NotAllowed": Inconclusive(Why.NOT_OFFERED),
    "MethodNotAllowed": Inconclusive(Why.NOT_OFFERED),
    "InvalidParameter": Inconclusive(Why.NOT_OFFERED),
    "NotRestored": Inconclusive(Why.ARCHIVED),
    "TooManyRequests": Inconclusive(Why.THROTTLED, silent=True),
    "ServiceUnavailable": Inconclusive(Why.THROTTLED, silent=True),
    "InternalServerError": Inconclusive(Why.SERVER_ERROR, silent=True),
    "ObjectNotFound": Inconclusive(Why.NO_KNOWN_KEY, "the objects that are known are not there"),
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
        else Inconclusive(Why.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known")
    )
