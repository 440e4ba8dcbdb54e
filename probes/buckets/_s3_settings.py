"""What else an S3 bucket shows: old versions, unfinished uploads, its grants, and what any account is given."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from probes.api import BucketTarget
from probes.buckets._checks import PAGE, REFUSAL, ROWS, Checks, page_in
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, T
from probes.buckets.dialects.s3 import S3Endpoint, moved, nothing_more, refusal
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.errors import read_error
from probes.recognise.buckets.grants import Grants, Policy, read_grants, read_policy, read_policy_status
from probes.recognise.buckets.key_page import KeyPage
from probes.recognise.buckets.s3 import bucket_page, uploads_page, versions_page
from probes.requests.http import Answer, Ask, Reply, Request, Response, one

_VERSIONS = "versions&max-keys=1000&encoding-type=url"
_UPLOADS = "uploads&max-uploads=1000&encoding-type=url"
_REQUESTER_PAYS = (("x-amz-request-payer", "requester"),)
NO_POLICY = Policy(0)
"""Stands for the store's word that there is no policy."""


@dataclass(slots=True)
class Settings:
    """The checks of a bucket's settings, at the endpoint where the bucket was found."""

    target: BucketTarget
    checks: Checks
    at: S3Endpoint
    grants: Grants | None = None
    """The access control list, where a stranger can read it."""

    def ask(self) -> Generator[Ask, Reply, None]:
        """Ask for old versions, unfinished uploads, grants and policy."""
        yield from self.checks.ask_old(
            "old versions", self.at.ask(_VERSIONS, PAGE), self.judge(_pages(versions_page)), "no versions are kept"
        )
        yield from self.uploads()
        yield from self.access()
        if self.checks.lists or self.checks.is_open("read"):
            # What the store itself says of the policy: a fact beside the checks, and no check.
            answer = yield from one(self.at.ask("policyStatus", REFUSAL))
            status = read_policy_status(answer.body) if isinstance(answer, Response) and answer.status == 200 else None
            if status is not None:
                self.checks.facts.append(Fact(FactKind.POLICY_PUBLIC if status else FactKind.POLICY_NOT_PUBLIC))

    def judge(self, read: Callable[[Response], T | None]) -> Callable[[Answer], Outcome[T]]:
        """A judge of answers that `read` takes. A 200 of another shape is a store that does not know the question."""

        def judged(answer: Answer) -> Outcome[T]:
            if isinstance(answer, Response) and answer.status == 200:
                found = read(answer)
                if found is not None:
                    return found
                if page_in(answer, bucket_page, versions_page, uploads_page) is not None:
                    return self.checks.another_list("answered with something else than was asked for")
                return Inconclusive(UndecidedReason.NOT_OFFERED, "answered with something else than was asked for")
            outcome = refusal(self.target, self.at, answer)
            odd = outcome.why in (UndecidedReason.STATUS_UNEXPECTED, UndecidedReason.NO_KNOWN_KEY)
            if odd and isinstance(answer, Response) and answer.status in (400, 404) and read_error(answer.body):
                return Inconclusive(UndecidedReason.NOT_OFFERED, outcome.detail)
            return outcome

        return judged

    def uploads(self) -> Generator[Ask, Reply, None]:
        """Uploads that were begun and never ended: their keys are names of what is stored or was to be."""
        checks = self.checks
        outcome = yield from checks.ask_twice(self.at.ask(_UPLOADS, PAGE), self.judge(_pages(uploads_page)))
        if not isinstance(outcome, KeyPage):
            checks.record("uploads", outcome)
            return
        fact = Fact(FactKind.UPLOADS, "", len(outcome.keys), outcome.more or not outcome.whole)
        checks.record_open("uploads", OpenReason.UPLOADS_LISTED, Proof(ProofStep.UPLOADS_LISTED), detail=str(fact))
        checks.facts += [fact] if outcome.keys else []

    def access(self) -> Generator[Ask, Reply, None]:
        """The grants and the policy; whether strangers may write is read there, and never tried.

        Either is a permission of its own (S3 API, GetBucketAcl, GetBucketPolicy). A policy that is said not to exist
        was readable, and is nothing to read.
        """
        checks = self.checks
        grants = yield from checks.ask_twice(self.at.ask("acl", REFUSAL), self.judge(_document(read_grants)))
        ask = self.at.ask("policy", REFUSAL)
        policy = self.judge_policy((yield from one(ask)))
        if policy is not NO_POLICY:
            policy = yield from checks.second_look(policy, ask, self.judge_policy)
        self.grants = grants if isinstance(grants, Grants) else None
        rules = policy if isinstance(policy, Policy) and policy is not NO_POLICY else None
        if isinstance(grants, Grants):
            checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE), detail="grants")
        elif rules is not None:
            checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.POLICY_READABLE), detail="policy")
        else:
            # Amazon answers 405 to the policy of a stranger's bucket (S3 API, GetBucketPolicy): the grants decide then.
            refused = [one for one in (grants, policy) if isinstance(one, Denied | Inconclusive)]
            refused.sort(key=lambda one: (one.why is UndecidedReason.NOT_OFFERED, isinstance(one, Denied)))
            checks.record("acl", refused[0])
        if (self.grants is not None and self.grants.writable) or (rules is not None and rules.writable):
            proof = Proof(ProofStep.GRANTS_LET_WRITE)
            checks.record_open(
                "write", OpenReason.WRITE_GRANTED, proof, detail="by its own grants; never tried", kept=False
            )
        elif rules is not None and rules.writable_if:
            checks.record("write", Inconclusive(OpenReason.CONFIGURED_OPEN, "by its own policy, under a condition"))
        elif self.grants is not None and isinstance(policy, Policy):
            checks.record("write", Denied(ClosedReason.DENIED, "by its own grants and policy; never tried"))
        else:
            detail = "only readable grants and policy could tell; never tried"
            checks.record("write", Inconclusive(NoAnswerReason.NOT_ASKED, detail))

    def judge_policy(self, answer: Answer) -> Outcome[Policy]:
        """The policy; `NO_POLICY` where the store says that there is none."""
        error = read_error(answer.body) if isinstance(answer, Response) and answer.status == 404 else None
        if error is not None and error.code == "NoSuchBucketPolicy":
            return NO_POLICY
        return self.judge(_document(read_policy))(answer)

    def ask_any_account(self, listed: Inconclusive | None) -> Generator[Ask, Reply, None]:
        """Ask for the list with the owner's probing key, of an account that has nothing to do with the bucket.

        Without such a key nobody knows. Grants that a stranger could read to say so are no proof, since a block above
        the bucket may void them (S3 User Guide, "Blocking public access"). `listed`: why the list said nothing.
        """
        checks = self.checks
        if not self.target.signing:
            granted = self.grants is not None and self.grants.gives("any-account", "READ")
            detail = "by its own grants; no probing key is declared" if granted else "no probing key is declared"
            checks.record(
                "any-account", Inconclusive(OpenReason.CONFIGURED_OPEN if granted else NoAnswerReason.NOT_ASKED, detail)
            )
            return
        if listed is not None and nothing_more(listed):
            checks.record("any-account", listed)
            return
        detail = ""
        outcome = yield from self._signed(())
        if isinstance(outcome, Denied) and outcome.why is ClosedReason.DENIED:
            # S3 User Guide, "Requester Pays buckets": refused alike until the asker says that he pays.
            paid = yield from self._signed(_REQUESTER_PAYS)
            outcome, detail = (paid, "requester pays") if isinstance(paid, KeyPage) else (outcome, "")
        if isinstance(outcome, KeyPage):
            checks.pages += [] if checks.lists else [outcome]
            proof = Proof(ProofStep.ACCOUNT_LISTS)
            checks.record_open("any-account", OpenReason.ANY_ACCOUNT, proof, detail=detail)
        else:
            checks.record("any-account", outcome)

    def _signed(self, headers: tuple[tuple[str, str], ...]) -> Generator[Ask, Reply, Outcome[KeyPage]]:
        at = self.at

        def ask(rows: int) -> Request:
            return replace(at.list(PAGE, rows, signed=True), headers=headers)

        def judge(answer: Answer) -> Outcome[KeyPage]:
            page = page_in(answer, bucket_page) if isinstance(answer, Response) and answer.status == 200 else None
            if page is not None:
                return page
            outcome = refusal(self.target, at, answer)
            if outcome.why is ClosedReason.NO_BUCKET:
                # Ceph looks a bare name up in the tenant of the key, so this says nothing.
                return Inconclusive(ClosedReason.NO_BUCKET, "looked up in the tenant of the probing key")
            return outcome

        answer = yield from one(ask(ROWS))
        outcome = judge(answer)
        if (
            isinstance(outcome, Inconclusive)
            and outcome.why is UndecidedReason.WRONG_REGION
            and isinstance(answer, Response)
        ):
            at = moved(self.target, at, answer) or at
            if at != self.at:
                outcome = judge((yield from one(ask(ROWS))))
        return (yield from self.checks.second_look(outcome, ask(10), judge))


def _pages(read: Callable[[bytes], KeyPage | None]) -> Callable[[Response], KeyPage | None]:
    return lambda answer: page_in(answer, read)


def _document(read: Callable[[bytes], T | None]) -> Callable[[Response], T | None]:
    return lambda answer: read(answer.body)
