"""What else an S3 bucket tells a stranger: old versions, unfinished uploads, and its own grants."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from probes.api import BucketTarget, Check
from probes.buckets.bucket_verdict import clear, exposed, unknown
from probes.buckets.s3_answers import refusal
from probes.buckets.s3_asks import ERROR, PAGE, S3Endpoint
from probes.buckets.s3_list import page_of
from probes.buckets.s3_objects import Opened
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.errors import read_error
from probes.recognise.buckets.grants import Grants, Policy, read_grants, read_policy, read_policy_status
from probes.recognise.buckets.object_keys import StoredObject
from probes.recognise.buckets.s3 import UploadsPage, VersionsPage, uploads_page, versions_page
from probes.requests.http import Answer, Ask, Reply, Response, one

_VERSIONS = "versions&max-keys=1000&encoding-type=url"
_UPLOADS = "uploads&max-uploads=1000&encoding-type=url"


@dataclass(frozen=True, slots=True)
class Learnt:
    """A check with what opened it, and what it told."""

    check: Check
    opened: Opened | None = None
    facts: tuple[str, ...] = ()
    objects: tuple[StoredObject, ...] = ()


def ask_versions(target: BucketTarget, at: S3Endpoint, *, listed: bool) -> Generator[Ask, Reply, Learnt]:
    """Ask for old versions: what was overwritten or deleted is often still stored, and listed to the same strangers."""
    request = at.ask(_VERSIONS, PAGE)
    answer = yield from one(request)
    page = _versions(answer)
    if page is None:
        return Learnt(_shut(target, at, answer, "versions", listed=listed))
    more = " at least" if page.truncated or not page.whole else ""
    fact = f"{len(page.old)} old versions and {page.deleted} deletions listed{more}"
    opened = Opened("versions", request, lambda again: _versions(again) is not None, Proof(ProofStep.VERSIONS_LISTED))
    check = exposed("versions", OpenReason.VERSIONS_LISTED, fact)
    told = (fact,) if page.old or page.deleted else ()
    return Learnt(check, opened, told, (*page.current, *page.old))


def ask_uploads(target: BucketTarget, at: S3Endpoint, *, listed: bool) -> Generator[Ask, Reply, Learnt]:
    """Ask for uploads that were begun and never ended: their keys are names of what is stored or was to be."""
    request = at.ask(_UPLOADS, PAGE)
    answer = yield from one(request)
    page = _uploads(answer)
    if page is None:
        return Learnt(_shut(target, at, answer, "uploads", listed=listed))
    fact = f"{page.pending} unfinished uploads listed{' at least' if page.truncated or not page.whole else ''}"
    opened = Opened(
        "uploads",
        request,
        lambda again: _uploads(again) is not None,
        Proof(ProofStep.UPLOADS_LISTED),
    )
    return Learnt(exposed("uploads", OpenReason.UPLOADS_LISTED, fact), opened, (fact,) if page.pending else ())


def ask_grants(
    target: BucketTarget, at: S3Endpoint, *, listed: bool
) -> Generator[Ask, Reply, tuple[tuple[Learnt, ...], Grants | None]]:
    """Ask for the grants and the policy; whether strangers may write is read there, and never tried.

    Either is a permission of its own (S3 API, GetBucketAcl, GetBucketPolicy). A policy that is said not to exist was
    readable, and is nothing to read.
    """
    acl = at.ask("acl", ERROR)
    by_acl = yield from one(acl)
    grants = _grants(by_acl)
    written = at.ask("policy", ERROR)
    by_policy = yield from one(written)
    policy = _policy(by_policy)
    checks: list[Learnt] = []
    if grants is not None:
        opened = Opened("acl", acl, lambda again: _grants(again) is not None, Proof(ProofStep.GRANTS_READABLE))
        checks.append(Learnt(exposed("acl", OpenReason.ACL_READABLE, "grants"), opened))
    elif policy is not None:
        opened = Opened("acl", written, lambda again: _policy(again) is not None, Proof(ProofStep.POLICY_READABLE))
        checks.append(Learnt(exposed("acl", OpenReason.ACL_READABLE, "policy"), opened))
    else:
        # Amazon answers 405 to the policy of a stranger's bucket (S3 API, GetBucketPolicy): the grants decide then.
        shut = tuple(_shut(target, at, answer, "acl", listed=listed) for answer in (by_acl, by_policy))
        undecided = [
            check for check in shut if check.verdict == "unknown" and check.why is not UndecidedReason.NOT_OFFERED
        ]
        refused = [check for check in shut if check.verdict == "clear"]
        checks.append(Learnt((undecided or refused or list(shut))[0]))
    checks.append(_write(grants, policy, checks[0].opened, no_policy=_no_policy(by_policy)))
    return tuple(checks), grants


def ask_policy_status(at: S3Endpoint) -> Generator[Ask, Reply, tuple[str, ...]]:
    """What the store itself says of the policy of a bucket found open: a fact beside the checks, and no check."""
    answer = yield from one(at.ask("policyStatus", ERROR))
    status = read_policy_status(answer.body) if isinstance(answer, Response) and answer.status == 200 else None
    return () if status is None else (f"the store calls its policy {'public' if status else 'not public'}",)


def _write(grants: Grants | None, policy: Policy | None, acl: Opened | None, *, no_policy: bool) -> Learnt:
    if acl is not None and ((grants is not None and grants.writable) or (policy is not None and policy.writable)):
        check = exposed("write", OpenReason.WRITE_GRANTED, "by its own grants; never tried")
        return Learnt(check, replace(acl, check="write", proof=Proof(ProofStep.GRANTS_LET_WRITE)))
    if policy is not None and policy.writable_if:
        return Learnt(unknown("write", OpenReason.CONFIGURED_OPEN, "by its own policy, under a condition"))
    if grants is not None and (policy is not None or no_policy):
        return Learnt(clear("write", ClosedReason.DENIED, "by its own grants and policy; never tried"))
    return Learnt(unknown("write", NoAnswerReason.NOT_ASKED, "only readable grants and policy could tell; never tried"))


def _shut(target: BucketTarget, at: S3Endpoint, answer: Answer, name: str, *, listed: bool) -> Check:
    """The check that is not open. A 200 of another shape is a store that does not know the question: Ceph then lists.

    A list that comes so from a bucket that is not `listed` came to a stranger all the same.
    """
    if isinstance(answer, Response) and answer.status == 200:
        if not listed and (page_of(answer) or _versions(answer) or _uploads(answer)) is not None:
            return unknown(
                name, UndecidedReason.UNSTABLE, "a list came in answer to another question, where it is refused itself"
            )
        return unknown(name, UndecidedReason.NOT_OFFERED, "answered with something else than was asked for")
    said = refusal(target, at, answer)
    if (
        said.error is not None
        and said.why in (UndecidedReason.STATUS_UNEXPECTED, ClosedReason.NOT_FOUND)
        and _mild(answer)
    ):
        return unknown(name, UndecidedReason.NOT_OFFERED, said.detail)
    return said.check(name)


def _mild(answer: Answer) -> bool:
    """Whether the store refused the question itself: as one that it cannot make sense of."""
    return isinstance(answer, Response) and answer.status in (400, 404)


def _versions(answer: Answer) -> VersionsPage | None:
    return versions_page(answer.body) if isinstance(answer, Response) and answer.status == 200 else None


def _uploads(answer: Answer) -> UploadsPage | None:
    return uploads_page(answer.body) if isinstance(answer, Response) and answer.status == 200 else None


def _grants(answer: Answer) -> Grants | None:
    return read_grants(answer.body) if isinstance(answer, Response) and answer.status == 200 else None


def _policy(answer: Answer) -> Policy | None:
    return read_policy(answer.body) if isinstance(answer, Response) and answer.status == 200 else None


def _no_policy(answer: Answer) -> bool:
    error = read_error(answer.body) if isinstance(answer, Response) and answer.status == 404 else None
    return error is not None and error.code == "NoSuchBucketPolicy"
