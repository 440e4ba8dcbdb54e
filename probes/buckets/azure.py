"""The probe `azure-container`: containers of Azure's blob service."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from probes.api import BucketTarget, Clear, Dialogue, Probe, Unknown, Verdict
from probes.buckets._checks import (
    PAGE,
    REFUSAL,
    ROWS,
    Checks,
    Denied,
    Inconclusive,
    Known,
    Outcome,
    Readable,
    ask_twice,
    beside,
    first_bytes,
    known_keys,
    listed,
    object_ask,
    otherwise,
    prefixes,
    reads,
    silence,
    unversioned,
)
from probes.buckets.bucket_verdict import DANGLING
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.azure import azure_code, is_access_policy, read_azure_blobs
from probes.recognise.buckets.object_rows import Keys, path_of
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response

VERSION: Final = (("x-ms-version", "2021-12-02"),)
"""Without it a stranger is answered as in 2009. Versions are listed since 2019-12-12, encoded names since 2021-02."""
_OLD_ROWS = 100

# Azure Blob service REST API, "Status and error codes", "Common REST API error codes" and "Blob Storage error codes".
_WORDS: Final[dict[str, Denied | Inconclusive]] = {
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


def look(target: BucketTarget) -> Dialogue:
    """Look at one container: its list, a blob that cannot exist, known blobs, old versions, its access policy."""
    return (yield from _Container(target, Checks(target)).look())


@dataclass(slots=True)
class _Container:
    target: BucketTarget
    checks: Checks
    account: bool = False
    """Whether the blob service itself has spoken: then the account is there."""
    admitted: bool = False
    """Whether this network was seen to be let in: then what is refused is refused for want of a grant."""
    nobody: bool = False
    """Whether the account's name does not exist."""

    def look(self) -> Dialogue:
        checks = self.checks
        outcome = yield from ask_twice(checks, self.list_ask(), self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.final:
            # A name server that filters, or is ill, knows no account either: its word is not the store's.
            gone = Inconclusive(UndecidedReason.NO_ACCOUNT, "the name servers know no account of this name")
            checks.record("list", gone if self.nobody and not self.target.domain else outcome)
            return (checks.verdict(), *self.dangling())
        if isinstance(outcome, Denied) and outcome.why in (ClosedReason.PUBLIC_ACCESS_OFF, ClosedReason.NO_BUCKET):
            checks.deny_all(("list", "read", "versions"), outcome)
            return (checks.verdict(), *self.dangling())
        if isinstance(outcome, Keys):
            listed(checks, outcome)
        else:
            checks.record("list", outcome)
        yield from self.read()
        if self.admitted and isinstance(outcome, Inconclusive) and outcome.why is UndecidedReason.FIREWALLED:
            checks.record("list", Denied(ClosedReason.DENIED))
        yield from self.versions()
        yield from self.policy()
        yield from prefixes(checks, self.list_ask, self.judge_list)
        return (checks.verdict(), *self.dangling())

    def list_ask(self, prefix: str = "", include: str = "", rows: int = ROWS) -> Request:
        """A page of the container's blobs (Azure Blob service REST API, "List Blobs")."""
        inside = f"&prefix={path_of('', prefix)[1:].replace('/', '%2F')}" if prefix else ""
        with_ = f"&include={include}" if include else ""
        path = f"{self.root}?restype=container&comp=list&maxresults={rows}{with_}{inside}"
        return Request("GET", path, PAGE, VERSION)

    @property
    def root(self) -> str:
        """The container's path. A domain stands for an account, whose `$root` needs no path of its own."""
        return self.target.root or f"/{quote(self.target.bucket or '$root', safe='$')}"

    def judge_list(self, answer: Answer) -> Outcome[Keys]:
        """What an answer to a list is."""
        if isinstance(answer, NoAnswer):
            self.nobody = answer.why is NoAnswerReason.NO_SUCH_NAME
        elif answer.status == 200:
            whole = answer.ending is Ending.WHOLE
            keys = read_azure_blobs(answer.body, self.root, whole=whole)
            if isinstance(keys, Keys):
                self.account = True
                return keys
        return self.refused(answer)

    def refused(self, answer: Answer) -> Denied | Inconclusive:
        """A refusal by its code, told by header or body; without one it is not the service's own."""
        code = ""
        if isinstance(answer, Response) and answer.status >= 400:
            code = azure_code(answer.body, answer.headers.get("x-ms-error-code"))
            self.account = self.account or bool(code)
            if code == "AuthorizationFailure" and self.admitted:
                return Denied(ClosedReason.DENIED)
            if (
                code in _WORDS
                and (answer.status < 500 or isinstance(_WORDS[code], Inconclusive))
                and answer.status != 429
            ):
                return _WORDS[code]
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Inconclusive(NoAnswerReason.BUG)
        return (
            Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known")
            if code
            else (otherwise(answer))
        )

    def random_ask(self, turn: str) -> Request:
        """The question for a blob that cannot exist."""
        return object_ask(f"{self.root}/{self.target.nonce}{turn}.wav", "", VERSION)

    def judge_random(self, answer: Answer) -> Outcome[Readable]:
        """The oracle: the service says BlobNotFound to whoever may read the container's blobs, and to nobody else.

        Set public access to "blob", and the list is refused while every blob is readable.
        """
        if isinstance(answer, Response):
            if answer.status in (200, 206):
                return Inconclusive(UndecidedReason.CATCH_ALL, "a blob that cannot exist is answered with bytes")
            if answer.status == 404:
                code = azure_code(answer.body, answer.headers.get("x-ms-error-code"))
                if code == "BlobNotFound":
                    self.account = True
                    return Readable()
        return self.refused(answer)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to the question for a known blob is."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("x-ms-blob-type"))
        found = first_bytes(answer, key, speaks=speaks)
        return found if found is not None else self.refused(answer)

    def read(self) -> Generator[Ask, Reply, None]:
        """Blobs: by one that cannot exist, which needs no name of any, then by known ones."""
        checks = self.checks
        random = yield from ask_twice(checks, self.random_ask(""), self.judge_random, self.random_ask("2"))
        checks.beside = beside(random)
        if isinstance(random, Inconclusive) and random.why is UndecidedReason.CATCH_ALL:
            checks.record("read", random)
            return
        self.admitted = isinstance(random, Readable)
        tries = known_keys(checks, self.root)
        outcome = yield from reads(checks, tries, self.object_ask, self.judge_object)
        self.admitted = self.admitted or checks.is_open("read")
        if isinstance(random, Readable) and not checks.is_open("read"):
            why = OpenReason.READABLE if checks.is_open("list") else OpenReason.READABLE_UNLISTED
            if isinstance(outcome, Inconclusive) and outcome.why in (
                UndecidedReason.ARCHIVED,
                UndecidedReason.KEY_DEMANDED,
            ):
                checks.record("read", outcome)
                return
            proof = Proof(ProofStep.MISSING_KEY_TOLD)
            learnt = [known.key for known in tries if known.said and not checks.is_open("list")]
            checks.record_open("read", why, proof, "", *learnt)
        elif not checks.is_open("read") and outcome is not None:
            known = isinstance(outcome, Inconclusive) and outcome.why is not UndecidedReason.NO_KNOWN_KEY
            checks.record("read", outcome if known or isinstance(random, Readable) else random)

    def object_ask(self, known: Known) -> Request:
        """The question for a known blob."""
        return object_ask(path_of(self.root, known.key), known.said, VERSION)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Old versions, snapshots and blobs that were deleted and are still kept: listed to strangers with the rest."""
        ask = self.list_ask(include="versions,snapshots,deleted", rows=_OLD_ROWS)
        outcome = yield from ask_twice(self.checks, ask, self.judge_list)
        if not isinstance(outcome, Keys):
            self.checks.record("versions", outcome)
        elif not outcome.versioned:
            self.checks.record("versions", unversioned(self.checks, "no versions, snapshots or deleted blobs are kept"))
        else:
            proof = Proof(ProofStep.VERSIONS_LISTED)
            self.checks.record_open("versions", OpenReason.VERSIONS_LISTED, proof)

    def policy(self) -> Generator[Ask, Reply, None]:
        """The access policy ("Get Container ACL"), which the service keeps for the owner, as an emulator does not."""
        if not (self.checks.is_open("list") or self.checks.was_open("acl")):
            return
        ask = Request("GET", f"{self.root}?restype=container&comp=acl", REFUSAL, VERSION)
        outcome = yield from ask_twice(self.checks, ask, self.judge_policy)
        if isinstance(outcome, Denied | Inconclusive):
            self.checks.record("acl", outcome)
        else:
            self.checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.POLICY_READABLE))

    def judge_policy(self, answer: Answer) -> Outcome[str]:
        """What an answer to the question for the access policy is."""
        if isinstance(answer, Response) and answer.status == 200 and is_access_policy(answer.body):
            return "policy"
        return self.refused(answer)

    def dangling(self) -> tuple[Verdict, ...]:
        """Clear when the service answers behind the owner's own domain: the account is there, and nobody can take it.

        That a name leads to an account which is gone shows in the zone alone, by a CNAME; no answer can show it.
        """
        if not self.target.domain:
            return ()
        if self.account:
            return (Clear(self.target.filed, DANGLING, ClosedReason.BUCKET_THERE, ("the account is there",)),)
        first = self.checks.found["list"]
        detail = "the name, or the account that it leads to, does not exist" if self.nobody else first.detail
        return (Unknown(self.target.filed, DANGLING, first.why, detail),)


AZURE_CONTAINER: Probe[BucketTarget] = Probe(
    "azure-container",
    BucketTarget,
    look,
    "containers of Azure's blob service: listed, readable though unlisted (told by a blob that cannot exist), old "
    "versions, snapshots and deleted blobs, access policies; firewalls and switched-off public access told apart",
)
