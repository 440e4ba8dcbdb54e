"""Dangling names (subdomain takeover): a declared name leads to a bucket or an account that does not exist.

Whoever creates the bucket or the account then serves content under the owner's name (OWASP WSTG-CONF-10). Two sources
show it. At Azure an account that does not exist has no DNS name: the CNAME resolves, its target does not. At all other
providers every name resolves, and the store itself answers that the bucket does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from enum import Enum

from probes.api import (
    BucketTarget,
    Certainty,
    Clear,
    Dialect,
    Dialogue,
    Exposed,
    NameChain,
    Place,
    Probe,
    Unknown,
    Verdict,
)
from probes.buckets._checks import Checks
from probes.buckets.addresses.providers import Provider, providers
from probes.buckets.bucket_verdict import DANGLING
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, T, unanswered
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.engines import engine
from probes.recognise.buckets.errors import read_error
from probes.recognise.buckets.s3 import bucket_page
from probes.recognise.listing.model import Listing
from probes.requests.http import Answer, Ask, Reply, Request, Response, one, several

_TAKE = 65_536
_REQUEST_IDS = ("x-amz-request-id", "x-oss-request-id")

# Errors that a store gives only for a bucket that exists (S3 API, "Error responses").
_BUCKET_EXISTS = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "AccountProblem",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "InvalidArgument",
        "NoSuchKey",
        "NoSuchWebsiteConfiguration",
        "PermanentRedirect",
        "TemporaryRedirect",
    }
)


class Evidence(Enum):
    """What decides on a name, by what name servers said of it."""

    ACCOUNT_MISSING = "the CNAME leads to an account that does not exist"
    ACCOUNT_EXISTS = "the CNAME leads to an account that exists"
    NAME_GONE = "the name was dangling and does not exist any more"
    STORE = "the name leads to a store, which is asked"
    ANY_SERVER = "the name was dangling and leads to no known store now: whoever answers is asked"


def evidence(names: NameChain, was_dangling: bool) -> Evidence | None:
    """What decides on a name; None: it leads to no store, and there is nothing to decide."""
    owners = [owner for owner in map(provider_of_name, names.chain) if owner is not None]
    last = provider_of_name(names.chain[-1]) if names.chain else None
    if names.missing and last is not None and last.named_by_dns:
        return Evidence.ACCOUNT_MISSING
    if names.found and any(owner.named_by_dns for owner in owners):
        return Evidence.ACCOUNT_EXISTS
    if names.found and owners:
        return Evidence.STORE
    if names.found and was_dangling:
        return Evidence.ANY_SERVER
    if names.missing and not names.chain and was_dangling:
        return Evidence.NAME_GONE
    return None


def provider_of_name(name: str) -> Provider | None:
    """The provider whose endpoint or bucket address `name` is, or None.

    A provider's bare endpoint counts too: the store takes the owner's name, sent as Host, for the bucket's name.
    """
    for provider in providers():
        if provider.parent:
            continue
        for form in (*provider.forms, *provider.websites, *provider.fronts):
            if form.named(name) or (form.in_host and form.named(f"name.{name}")):
                return provider
    return None


def name_target(asset: str, name: str, ports: tuple[int, ...], nonce: str) -> BucketTarget:
    """A declared host name as the target of this probe.

    Port 80 is preferred: website endpoints of stores speak only plain HTTP, and no endpoint has a certificate for it.
    """
    port = next((port for port in (80, 443) if port in ports), ports[0])
    return BucketTarget(
        asset=asset,
        dialect=Dialect.S3,
        host=name,
        port=port,
        tls=port == 443,
        bucket="",
        root="",
        filed=Place(name, port, "/"),
        domain=True,
        nonce=nonce,
    )


def look(target: BucketTarget) -> Dialogue:
    """Decide whether the declared name is dangling: by what name servers said, else by asking the store behind it."""
    names = target.names or NameChain((), found=True, missing=False)
    match evidence(names, bool(target.known)):
        case Evidence.ACCOUNT_MISSING:
            yield from several(())
            owner = provider_of_name(names.chain[-1])
            gone = Proof(ProofStep.NO_SUCH_ACCOUNT, owner.name if owner else "a provider")
            proof = (gone, Proof(ProofStep.MAY_BE_CLAIMED))
            return (_dangling(target, Certainty.PROVEN, proof),)
        case Evidence.ACCOUNT_EXISTS:
            return (Clear(target.filed, DANGLING, ClosedReason.BUCKET_THERE),)
        case Evidence.NAME_GONE:
            return (Clear(target.filed, DANGLING, NoAnswerReason.NO_SUCH_NAME),)
        case Evidence.STORE | None:
            return ((yield from _ask_store(target))[0],)
        case Evidence.ANY_SERVER:
            verdict, answer = yield from _ask_store(target)
            ordinary = isinstance(answer, Response) and unanswered(answer) is None and answer.status < 500
            if isinstance(verdict, Unknown) and verdict.why is UndecidedReason.NOT_A_STORE and ordinary:
                return (Clear(target.filed, DANGLING, ClosedReason.NOT_SPOKEN, (Fact(FactKind.NO_STORE),)),)
            return (verdict,)


def _ask_store(target: BucketTarget) -> Generator[Ask, Reply, tuple[Verdict, Answer]]:
    request = Request("GET", "/", _TAKE)
    answer = yield from one(request)
    return (yield from name_verdict(target, judge_s3_name(answer), request, judge_s3_name)), answer


def judge_s3_name(answer: Answer) -> Denied | Inconclusive:
    """What an S3 answer says of the bucket behind a name: missing (`NO_BUCKET`), there (`BUCKET_THERE`), or nothing."""
    nothing = unanswered(answer)
    if nothing is not None or not isinstance(answer, Response):
        return nothing or Inconclusive(NoAnswerReason.BUG)
    error = read_error(answer.body) if answer.status >= 300 else None
    if error is not None and error.code == "NoSuchBucket" and answer.status == 404:
        return Denied(ClosedReason.NO_BUCKET)
    if error is not None and error.code in _BUCKET_EXISTS:
        return Denied(ClosedReason.BUCKET_THERE)
    if answer.status == 200 and bucket_page(answer.body) is not None:
        return Denied(ClosedReason.BUCKET_THERE)
    if answer.status == 200 and engine(answer.headers) and any(answer.headers.get(name) for name in _REQUEST_IDS):
        return Denied(ClosedReason.BUCKET_THERE)
    return Inconclusive(UndecidedReason.NOT_A_STORE, "no answer of a store")


def name_verdict(
    target: BucketTarget, outcome: Outcome[T], ask: Request, judge: Callable[[Answer], Outcome[T]]
) -> Generator[Ask, Reply, Verdict]:
    """The verdict on the owner's name in front of a bucket, in any dialect.

    `outcome` is what the first answer said of the bucket. A bucket that is said to be missing is asked for again, by
    `ask` over a new connection: only a second `NO_BUCKET` proves it.
    """
    place = target.filed
    match outcome:
        case Inconclusive(why=why, detail=detail):
            return Unknown(place, DANGLING, why, detail)
        case Denied(why=ClosedReason.NO_BUCKET):
            second = judge((yield from one(replace(ask, fresh=True))))
        case _:
            return Clear(place, DANGLING, ClosedReason.BUCKET_THERE)
    missing = Proof(ProofStep.NO_SUCH_BUCKET)
    match second:
        case Denied(why=ClosedReason.NO_BUCKET):
            return _dangling(target, Certainty.PROVEN, (missing, Proof(ProofStep.SEEN_AGAIN)))
        case Inconclusive(silent=True):
            return _dangling(target, Certainty.LIKELY, (missing, Proof(ProofStep.NOT_SEEN_AGAIN)))
        case _:
            return Unknown(
                place, DANGLING, UndecidedReason.UNSTABLE, "a second look over a new connection was answered otherwise"
            )


def domain_verdict(
    checks: Checks, outcome: Outcome[T] | None, ask: Request, judge: Callable[[Answer], Outcome[T]]
) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """The verdict on the name beside the verdict on the bucket, when the bucket is asked by the owner's own domain.

    `outcome`: as for `name_verdict`; None where the store's answer does not tell whether the bucket exists. A second
    answer that contradicts the first one makes the bucket's list undecided too.
    """
    if not checks.target.domain or outcome is None:
        return ()
    verdict = yield from name_verdict(checks.target, outcome, ask, judge)
    if verdict.why is UndecidedReason.UNSTABLE:
        checks.record(
            "list", Inconclusive(UndecidedReason.UNSTABLE, "a second look over a new connection was answered otherwise")
        )
    return (verdict,)


def _dangling(target: BucketTarget, certainty: Certainty, proof: tuple[Proof, ...]) -> Exposed:
    empty = Listing(target.dialect.value, ())
    return Exposed(target.filed, DANGLING, OpenReason.DANGLING, certainty, listing=empty, proof=proof)


DANGLING_NAME: Probe[BucketTarget] = Probe(
    "store-name",
    BucketTarget,
    look,
    "declared names that lead to a bucket or an account which does not exist, so that anybody can create it and serve "
    "content under the name (subdomain takeover)",
)
