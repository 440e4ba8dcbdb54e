"""The check `any-account` of an S3 bucket: open to all who have an account, and anyone may have one."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from probes.api import BucketTarget, Check
from probes.buckets.bucket_verdict import exposed, unknown
from probes.buckets.s3_answers import foreign_tenant, refusal
from probes.buckets.s3_asks import LIST, S3Endpoint, moved
from probes.buckets.s3_list import Listed, few, page_of, shows
from probes.buckets.s3_objects import Opened
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.grants import Grants
from probes.recognise.buckets.s3 import BucketPage
from probes.requests.http import Answer, Ask, Reply, Request, Response, one

_PAYS = (("x-amz-request-payer", "requester"),)


@dataclass(frozen=True, slots=True)
class Account:
    """What an account of anybody's is given."""

    check: Check
    opened: Opened | None = None
    page: BucketPage | None = None
    answer: Answer | None = None
    """What brought the page."""


def ask_any_account(target: BucketTarget, listed: Listed, grants: Grants | None) -> Generator[Ask, Reply, Account]:
    """Ask for the list with the owner's probing key, of an account that has nothing to do with the bucket.

    Without such a key nobody knows; grants that a stranger could read to say so are told, and are no proof, since a
    block above the bucket may void them (S3 User Guide, "Blocking public access").
    """
    if not target.signing:
        if grants is not None and grants.gives("any-account", "READ"):
            detail = "by its own grants; no probing key is declared"
            return Account(unknown("any-account", OpenReason.CONFIGURED_OPEN, detail))
        return Account(unknown("any-account", NoAnswerReason.NOT_ASKED, "no probing key is declared"))
    if listed.said.final:
        return Account(listed.said.check("any-account"))
    account = yield from _signed(target, listed.at, ())
    if account.opened is None and account.check.verdict == "clear" and account.check.why is ClosedReason.DENIED:
        # S3 User Guide, "Requester Pays buckets": refused alike until the asker says that he pays.
        paid = yield from _signed(target, listed.at, _PAYS)
        return replace(paid, check=replace(paid.check, detail="requester pays")) if paid.opened is not None else account
    return account


def _signed(
    target: BucketTarget, at: S3Endpoint, headers: tuple[tuple[str, str], ...]
) -> Generator[Ask, Reply, Account]:
    request = _request(at, headers)
    answer = yield from one(request)
    said = refusal(target, at, answer)
    if said.why is UndecidedReason.WRONG_REGION and isinstance(answer, Response):
        place = moved(target, at, answer, said.error)
        if place is not None:
            at, request = place, _request(place, headers)
            answer = yield from one(request)
            said = refusal(target, at, answer)
    page = page_of(answer)
    if page is None:
        return Account(foreign_tenant(said).check("any-account"))
    again = replace(request, path=few(request.path))
    proof = Proof(ProofStep.ACCOUNT_LISTS)
    opened = Opened("any-account", again, shows(page), proof)
    return Account(exposed("any-account", OpenReason.ANY_ACCOUNT), opened, page, answer)


def _request(at: S3Endpoint, headers: tuple[tuple[str, str], ...]) -> Request:
    return replace(at.ask(LIST, signed=True), headers=headers)
