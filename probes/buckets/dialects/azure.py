"""Azure Blob: what the service's refusals say."""

from __future__ import annotations

from typing import Final

from probes.buckets.dialects.outcomes import Denied, Inconclusive, without_words
from probes.reasons import ClosedReason, UndecidedReason
from probes.recognise.buckets.azure import azure_code
from probes.requests.http import Answer, Response

# Azure Blob service REST API, "Status and error codes", "Common REST API error codes" and "Blob Storage error codes".
CODES: Final[dict[str, Denied | Inconclusive]] = {
    "PublicAccessNotPermitted": Denied(ClosedReason.PUBLIC_ACCESS_OFF, "public access is off for the whole account"),
    "ResourceNotFound": Denied(ClosedReason.PRIVATE_OR_MISSING, "private and missing containers are answered alike"),
    "NoAuthenticationInformation": Denied(ClosedReason.PRIVATE_OR_MISSING, "a credential is demanded"),
    "ContainerNotFound": Denied(ClosedReason.NO_BUCKET),
    "AuthorizationPermissionMismatch": Denied(ClosedReason.DENIED),
    "InsufficientAccountPermissions": Denied(ClosedReason.DENIED),
    "AuthorizationFailure": Inconclusive(
        UndecidedReason.FIREWALLED, "refused to this network: it says nothing of others"
    ),
    "AuthenticationFailed": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "InvalidAuthenticationInfo": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "AccountIsDisabled": Inconclusive(UndecidedReason.DISABLED),
    "AccountBeingCreated": Inconclusive(UndecidedReason.DISABLED, "the account is being made"),
    "ContainerBeingDeleted": Inconclusive(UndecidedReason.DISABLED, "the container is being deleted"),
    "ContainerDisabled": Inconclusive(UndecidedReason.DISABLED),
    "AccountRequiresHttps": Inconclusive(UndecidedReason.NOT_OFFERED, "the account answers by TLS alone"),
    "TlsVersionNotPermitted": Inconclusive(UndecidedReason.NOT_OFFERED, "the account demands a newer TLS"),
    "FeatureVersionMismatch": Inconclusive(UndecidedReason.NOT_OFFERED),
    "InvalidQueryParameterValue": Inconclusive(UndecidedReason.NOT_OFFERED),
    "UnsupportedQueryParameter": Inconclusive(UndecidedReason.NOT_OFFERED),
    "InvalidHeaderValue": Inconclusive(UndecidedReason.NOT_OFFERED),
    "UnsupportedHeader": Inconclusive(UndecidedReason.NOT_OFFERED),
    "UnsupportedHttpVerb": Inconclusive(UndecidedReason.NOT_OFFERED),
    "ServerBusy": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "InternalError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "OperationTimedOut": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "WebContentNotFound": Inconclusive(UndecidedReason.NOT_A_STORE, "the account's website, which lists nothing"),
    "BlobArchived": Inconclusive(UndecidedReason.ARCHIVED),
    "BlobBeingRehydrated": Inconclusive(UndecidedReason.ARCHIVED),
    "BlobUsesCustomerSpecifiedEncryption": Inconclusive(UndecidedReason.KEY_DEMANDED),
    "KeyVaultEncryptionKeyNotFound": Inconclusive(UndecidedReason.KEY_DEMANDED),
    "BlobNotFound": Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the blobs that are known are not there"),
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
            return Inconclusive(
                UndecidedReason.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known"
            )
        return without_words(answer)
    if word.why is UndecidedReason.FIREWALLED and admitted:
        return Denied(ClosedReason.DENIED)
    return without_words(answer) if answer.status >= 500 and isinstance(word, Denied) else word
