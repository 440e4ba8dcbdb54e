"""The probe `oci-bucket`: buckets of Oracle's object storage."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets._checks import OLD_ROWS, PAGE, REFUSAL, ROWS, Checks, page_in
from probes.buckets._objects import KnownObject, ask_objects, first_bytes, known_objects, object_request, random_request
from probes.buckets.dangling import domain_verdict
from probes.buckets.dialects import list_variants
from probes.buckets.dialects.oci import refusal
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, Readable
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason
from probes.recognise.buckets.key_page import KeyPage, key_bytes
from probes.recognise.buckets.oracle import objects_page, public_level, versions_page
from probes.requests.http import Answer, Ask, Reply, Request, Response, one


def look(target: BucketTarget) -> Dialogue:
    """Look at one bucket: its list, its versions, known objects, what its own page says of strangers."""
    return (yield from _Bucket(target, Checks(target)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    checks: Checks

    def look(self) -> Dialogue:
        checks = self.checks
        ask = self.list_request()
        outcome = yield from checks.ask_twice(ask, self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.final:
            checks.record("list", outcome)
            return (checks.verdict(),)
        if isinstance(outcome, KeyPage):
            checks.record_list("list", OpenReason.LISTED, Proof(ProofStep.STORE_LISTS), outcome)
        else:
            checks.record("list", outcome)
        old = self.masked(Request("GET", f"{self.target.root}/objectversions?limit={OLD_ROWS}", PAGE))
        yield from checks.ask_old("old versions", old, self.judge_list, "no versions are kept")
        known = tuple(
            replace(one, said=one.said.replace(self.target.root, self.said_root, 1)) for one in known_objects(checks)
        )
        read = yield from ask_objects(checks, known, self.judge_object, self.answers_anything, self.object_request)
        if read is not None:
            checks.record("read", read)
        yield from checks.ask_prefixes(self.list_request, self.judge_list)
        yield from self.page()
        if checks.any_open and checks.canary == "not asked":
            yield from self.answers_anything()
        # A missing bucket is never told from a private one, so only what lists is known to be there.
        there = outcome if isinstance(outcome, KeyPage) else None
        named = yield from domain_verdict(checks, there, ask, self.judge_list)
        return (checks.verdict(), *named)

    @property
    def said_root(self) -> str:
        """The bucket's path as it may be written down: a pre-authenticated request's token opens it to its reader."""
        _, first, *rest = [*self.target.root.split("/", 3), "", ""]
        return f"/p/{{token}}/{rest[1]}".rstrip("/") if first == "p" else self.target.root

    def masked(self, ask: Request) -> Request:
        """The same question, its token hidden wherever it is recorded."""
        if self.said_root == self.target.root or ask.said:
            return ask
        return replace(ask, said=self.said_root + ask.path.removeprefix(self.target.root))

    def list_request(self, prefix: str = "") -> Request:
        """A page of the bucket's objects."""
        return self.masked(Request("GET", list_variants(self.target)[0].first(ROWS, key_bytes(prefix)), PAGE))

    def judge_list(self, answer: Answer) -> Outcome[KeyPage]:
        """What an answer to a list is, of objects or of versions."""
        if isinstance(answer, Response) and answer.status == 200:
            page = page_in(answer, objects_page, versions_page)
            if page is not None:
                return page
        return refusal(answer)

    def object_request(self, thing: KnownObject) -> Request:
        return self.masked(object_request(self.target, thing))

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to it is. An object of a public bucket is a stranger's also where the list is refused."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("opc-request-id"))
        return first_bytes(answer, key, speaks=speaks) or refusal(answer)

    def answers_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a key that cannot exist is answered with bytes too."""
        return self.checks.take_canary((yield from one(self.masked(random_request(self.target)))))

    def page(self) -> Generator[Ask, Reply, None]:
        """The bucket's own page (OCI Object Storage API: GetBucket), which says what strangers may."""
        checks = self.checks
        if not (checks.is_open("list") or checks.was_open("acl")):
            return
        ask = self.masked(Request("GET", self.target.root, REFUSAL))
        outcome = yield from checks.ask_twice(ask, self.judge_page)
        if isinstance(outcome, Denied | Inconclusive):
            checks.record("acl", outcome)
        else:
            checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE), detail=outcome)

    def judge_page(self, answer: Answer) -> Outcome[str]:
        """What an answer to it is."""
        if isinstance(answer, Response) and answer.status == 200 and (level := public_level(answer.body)):
            return level
        return refusal(answer)


OCI_BUCKET: Probe[BucketTarget] = Probe(
    "oci-bucket",
    BucketTarget,
    look,
    "buckets of Oracle's object storage: listed, old versions, objects that are readable though unlisted, by their own "
    "address or by a pre-authenticated one",
)
