"""The probe `azure-container`: containers of Azure's blob service."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from probes.api import BucketTarget, Clear, Dialogue, Probe, Unknown, Verdict
from probes.buckets._checks import OLD_ROWS, PAGE, REFUSAL, ROWS, Checks, page_in
from probes.buckets._objects import KnownObject, ask_read, first_bytes, object_request, random_request
from probes.buckets.bucket_verdict import DANGLING
from probes.buckets.dialects import bucket_path, list_variants
from probes.buckets.dialects.azure import code, refusal
from probes.buckets.dialects.list_requests import AZURE_VERSION
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, Readable
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.azure import blobs_page, is_access_policy
from probes.recognise.buckets.key_page import KeyPage, key_bytes
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response

_KEPT = (("include", "versions,snapshots,deleted"),)


def look(target: BucketTarget) -> Dialogue:
    """Look at one container: its list, a blob that cannot exist, known blobs, old versions, its access policy."""
    return (yield from _Container(target, Checks(target)).look())


@dataclass(slots=True)
class _Container:
    target: BucketTarget
    checks: Checks
    account: bool = False
    """Whether the blob service itself has spoken: then the account exists."""
    admitted: bool = False
    """Whether this network was seen to be let in: then what is refused is refused for want of a grant."""
    nobody: bool = False
    """Whether the account's name does not exist."""

    def look(self) -> Dialogue:
        checks = self.checks
        outcome = yield from checks.ask_twice(self.list_request(), self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.final:
            # A name server that filters, or is ill, knows no account either: its word is not the store's.
            gone = Inconclusive(UndecidedReason.NO_ACCOUNT, "the name servers know no account of this name")
            checks.record("list", gone if self.nobody and not self.target.domain else outcome)
            return (checks.verdict(), *self.name_verdict())
        if isinstance(outcome, Denied) and outcome.why in (ClosedReason.PUBLIC_ACCESS_OFF, ClosedReason.NO_BUCKET):
            checks.deny_all(("list", "read", "versions"), outcome)
            return (checks.verdict(), *self.name_verdict())
        if isinstance(outcome, KeyPage):
            checks.record_list("list", OpenReason.LISTED, Proof(ProofStep.STORE_LISTS), outcome)
        else:
            checks.record("list", outcome)
        yield from ask_read(
            checks,
            self.random_request,
            self.judge_random,
            self.judge_object,
            self.object_request,
        )
        self.admitted = self.admitted or checks.is_open("read")
        if self.admitted and isinstance(outcome, Inconclusive) and outcome.why is UndecidedReason.FIREWALLED:
            checks.record("list", Denied(ClosedReason.DENIED))
        old = self.list_request(rows=OLD_ROWS, more=_KEPT)
        kept = "old versions, snapshots or deleted blobs"
        yield from checks.ask_old(kept, old, self.judge_list, "no versions, snapshots or deleted blobs are kept")
        yield from self.policy()
        yield from checks.ask_prefixes(self.list_request, self.judge_list)
        return (checks.verdict(), *self.name_verdict())

    def list_request(self, prefix: str = "", rows: int = ROWS, more: tuple[tuple[str, str], ...] = ()) -> Request:
        """A page of the container's blobs."""
        path = list_variants(self.target)[0].first(rows, key_bytes(prefix), more)
        return Request("GET", path, PAGE, AZURE_VERSION)

    def judge_list(self, answer: Answer) -> Outcome[KeyPage]:
        """What an answer to a list is."""
        if isinstance(answer, NoAnswer):
            self.nobody = answer.why is NoAnswerReason.NO_SUCH_NAME
        elif answer.status == 200 and (page := page_in(answer, blobs_page)) is not None:
            self.account = True
            return page
        return self.refused(answer)

    def refused(self, answer: Answer) -> Denied | Inconclusive:
        """A refusal; a code of the service's own says that the account exists."""
        self.account = self.account or bool(code(answer))
        return refusal(answer, admitted=self.admitted)

    def random_request(self, turn: str) -> Request:
        return random_request(self.target, turn, AZURE_VERSION)

    def judge_random(self, answer: Answer) -> Outcome[Readable]:
        """The oracle: the service says BlobNotFound to whoever may read the container's blobs, and to nobody else.

        Where public access is set to "blob", the list is refused while every blob is readable.
        """
        if isinstance(answer, Response) and answer.status in (200, 206):
            return Inconclusive(UndecidedReason.CATCH_ALL, "a blob that cannot exist is answered with bytes")
        if isinstance(answer, Response) and answer.status == 404 and code(answer) == "BlobNotFound":
            self.account = self.admitted = True
            return Readable()
        return self.refused(answer)

    def object_request(self, thing: KnownObject) -> Request:
        return object_request(self.target, thing, AZURE_VERSION)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to the request for a known blob is."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("x-ms-blob-type"))
        return first_bytes(answer, key, speaks=speaks) or self.refused(answer)

    def policy(self) -> Generator[Ask, Reply, None]:
        """The access policy ("Get Container ACL"), which the service keeps for the owner; an emulator does not."""
        checks = self.checks
        if not (checks.is_open("list") or checks.was_open("acl")):
            return
        ask = Request("GET", f"{bucket_path(self.target)}?restype=container&comp=acl", REFUSAL, AZURE_VERSION)
        outcome = yield from checks.ask_twice(ask, self.judge_policy)
        if isinstance(outcome, Denied | Inconclusive):
            checks.record("acl", outcome)
        else:
            checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.POLICY_READABLE))

    def judge_policy(self, answer: Answer) -> Outcome[str]:
        """What an answer to the request for the access policy is."""
        if isinstance(answer, Response) and answer.status == 200 and is_access_policy(answer.body):
            return "policy"
        return self.refused(answer)

    def name_verdict(self) -> tuple[Verdict, ...]:
        """Clear when the service answers behind the owner's own domain: the account exists, and nobody can take it.

        That a name leads to an account which does not exist shows in its CNAME alone; no answer can show it.
        """
        if not self.target.domain:
            return ()
        if self.account:
            return (Clear(self.target.filed, DANGLING, ClosedReason.BUCKET_THERE, (Fact(FactKind.ACCOUNT_THERE),)),)
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
