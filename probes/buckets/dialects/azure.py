"""Azure Blob: what the service's refusals say."""

from __future__ import annotations

from typing import Final

from probes.buckets.dialects.outcomes import Denied, Inconclusive, without_words
from probes.reasons import Why
from probes.recognise.buckets.azure import azure_code
from probes.requests.http import Answer, Response

# Azure Blob service REST API, "Status and error codes", "Common REST API error codes" and "Blob Storage error codes".
CODES: Final[dict[str, Denied | Inconclusive]] = {
    "PublicAccessNotPermitted": Denied(Why.PUBLIC_ACCESS_OFF, "public access is off for the whole account"),
    "ResourceNotFound": Denied(Why.PRIVATE_OR_MISSING, "private and missing containers are answered alike"),
    "NoAuthenticationInformation": Denied(Why.PRIVATE_OR_MISSING, "a credential is demanded"),
    "ContainerNotFound": Denied(Why.NO_BUCKET),
    "AuthorizationPermissionMismatch": Denied(Why.DENIED),
    "InsufficientAccountPermissions": Denied(Why.DENIED),
    "AuthorizationFailure": Inconclusive(Why.FIREWALLED, "refused to this network: it says nothing of others"),
    "AuthenticationFailed": Inconclusive(Why.SIGNED_BY_MISTAKE),
    "InvalidAuthenticationInfo": Inconclusive(Why.SIGNED_BY_MISTAKE),
    "AccountIsDisabled": Inconclusive(Why.DISABLED),
    "AccountBeingCreated": Inconclusive(Why.DISABLED, "the account is being made"),
    "ContainerBeingDeleted": Inconclusive(Why.DISABLED, "the container is being deleted"),
    "ContainerDisabled": Inconclusive(Why.DISABLED),
    "AccountRequiresHttps": Inconclusive(Why.NOT_OFFERED, "the account answers by TLS alone"),
    "TlsVersionNotPermitted": Inconclusive(Why.NOT_OFFERED, "the account demands a newer TLS"),
    "FeatureVersionMismatch": Inconclusive(Why.NOT_OFFERED),
    "InvalidQueryParameterValue": Inconclusive(Why.NOT_OFFERED),
    "UnsupportedQueryParameter": Inconclusive(Why.NOT_OFFERED),
    "InvalidHeaderValue": Inconclusive(Why.NOT_OFFERED),
    "UnsupportedHeader": Inconclusive(Why.NOT_OFFERED),
    "UnsupportedHttpVerb": Inconclusive(Why.NOT_OFFERED),
    "ServerBusy": Inconclusive(Why.THROTTLED, silent=True),
    "InternalError": Inconclusive(Why.SERVER_ERROR, silent=True),
    "OperationTimedOut": Inconclusive(Why.SERVER_ERROR, silent=True),
    "WebContentNotFound": Inconclusive(Why.NOT_A_STORE, "the account's website, which lists nothing"),
    "BlobArchived": Inconclusive(Why.ARCHIVED),
    "BlobBeingRehydrated": Inconclusive(Why.ARCHIVED),
    "BlobUsesCustomerSpecifiedEncryption": Inconclusive(Why.KEY_DEMANDED),
    "KeyVaultEncryptionKeyNotFound": Inconclusive(Why.KEY_DEMANDED),
    "BlobNotFound": Inconclusive(Why.NO_KNOWN_KEY, "the blobs that are known are not there"),
}


def code(answer: Answer) -> str:
    """The code of a refusal, from its header or its body; empty where there is none."""
    if not isinstance(answer, Response) or answer.status < 400:
        return ""
    return azure_code(answer.body, answer.headers.get("x-ms-error-code"))


def refusal(answer: Answer, *, admitted: bool = False) -> Denied | Inconclusive:
    """What an answer says that is not what was asked for. Without a code it is not the service's own.

    `admitted`: this network was let in before, so what the service refuses now is refused for want of a grant.
    """
    word = CODES.get(code(answer))
    if word is None or not isinstance(answer, Response) or answer.status == 429:
        if code(answer) and isinstance(answer, Response) and answer.status < 500 and answer.status != 429:
            return Inconclusive(Why.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known")
        return without_words(answer)
    if word.why is Why.FIREWALLED and admitted:
        return Denied(Why.DENIED)
    return without_words(answer) if answer.status >= 500 and isinstance(word, Denied) else word
