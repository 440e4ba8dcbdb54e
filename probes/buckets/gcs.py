"""The probe `gcs-bucket`: buckets of Google Cloud Storage, by its XML and its JSON interface."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets._checks import OLD_ROWS, PAGE, REFUSAL, ROWS, Checks, page_in
from probes.buckets._objects import ask_objects, first_bytes, known_objects, random_request
from probes.buckets.dangling import domain_verdict
from probes.buckets.dialects import s3_variants
from probes.buckets.dialects.gcs import refusal
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, Readable
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.buckets.google import grants_of, objects_page, permissions_of
from probes.recognise.buckets.key_page import KeyPage, key_bytes
from probes.recognise.buckets.s3 import bucket_page
from probes.requests.http import Answer, Ask, Reply, Request, Response, one

_API: Final = "storage.googleapis.com"
_ASKED: Final = (
    "storage.objects.list",
    "storage.objects.get",
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.setIamPolicy",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
    "storage.buckets.delete",
)
_WRITING: Final = frozenset(_ASKED[2:])
_READING: Final = ("objectViewer", "objectAdmin", "objectUser", "legacyObjectReader", "storage.admin", "legacyBucket")

_FRONT: Final = frozenset(
    {
        UndecidedReason.NOT_A_STORE,
        UndecidedReason.REFUSED_BY_FRONT,
        UndecidedReason.REDIRECTED,
        UndecidedReason.FILTERED,
    }
)
"""What somebody in front of the bucket says; a code of the store's own is its word by either interface."""


def look(target: BucketTarget) -> Dialogue:
    """Look at one bucket: its list by both interfaces, its versions, known objects, grants and permissions."""
    return (yield from _Bucket(target, Checks(target)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    checks: Checks

    def look(self) -> Dialogue:
        checks = self.checks
        ask = self.list_request()
        outcome = yield from checks.ask_twice(ask, self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.why in _FRONT:
            # A front may answer at the bucket's own name; the JSON interface stands at Google's alone.
            other = yield from checks.ask_twice(self.json_list(""), self.judge_list)
            outcome = outcome if isinstance(other, Inconclusive) else other
        if isinstance(outcome, Inconclusive) and outcome.final:
            checks.record("list", outcome)
            named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
            return (checks.verdict(), *named)
        if isinstance(outcome, Denied) and outcome.why is ClosedReason.NO_BUCKET:
            checks.deny_all(("list", "read", "versions"), outcome)
            named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
            return (checks.verdict(), *named)
        if isinstance(outcome, KeyPage):
            checks.record_list("list", OpenReason.LISTED, Proof(ProofStep.STORE_LISTS), outcome)
        else:
            checks.record("list", outcome)
        yield from self.versions()
        held = yield from self.permissions()
        yield from checks.ask_prefixes(self.list_request, self.judge_list)
        yield from self.read(held)
        yield from self.policy()
        if checks.any_open and checks.canary == "not asked":
            yield from self.answers_anything()
        named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
        return (checks.verdict(), *named)

    def list_request(self, prefix: str = "") -> Request:
        """A page of the bucket by the XML API, which speaks S3."""
        return Request("GET", s3_variants(self.target.root)[0].first(ROWS, key_bytes(prefix)), PAGE)

    def json_list(self, more: str, rows: int = ROWS, fields: str = "name,size,updated") -> Request:
        """A page of the bucket by the JSON API ("Objects: list")."""
        path = f"{self.json_path}/o?maxResults={rows}{more}&fields=kind,nextPageToken,items({fields})"
        return Request("GET", path, PAGE, host=self.json_host)

    @property
    def json_path(self) -> str:
        """The bucket's path in the JSON API; a domain of the owner's own is the name of its bucket."""
        target = self.target
        name = target.bucket or unquote(target.root.strip("/")) or target.host
        return f"/storage/v1/b/{quote(name, safe='')}"

    @property
    def json_host(self) -> str:
        """Where the JSON API is: at Google's own name, also for a bucket that is asked for by another one."""
        return _API if self.target.domain or self.target.host.endswith(f".{_API}") else ""

    def judge_list(self, answer: Answer) -> Outcome[KeyPage]:
        """What an answer to a list is, of either interface."""
        if isinstance(answer, Response) and answer.status == 200:
            page = page_in(answer, objects_page, bucket_page)
            if page is not None:
                return page
        return refusal(answer)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Versions that are no longer live, and objects that were deleted and are still kept (soft delete)."""
        checks = self.checks
        old = "name,size,updated,timeDeleted"
        outcome = yield from checks.ask_twice(self.json_list("&versions=true", OLD_ROWS, old), self.judge_list)
        if isinstance(outcome, KeyPage) and not checks.is_open("list"):
            # A server may have no XML interface, and refuse in it what it lists by the other.
            live = yield from checks.ask_twice(self.json_list(""), self.judge_list)
            if isinstance(live, KeyPage):
                checks.record_list("list", OpenReason.LISTED, Proof(ProofStep.STORE_LISTS), live)
        if isinstance(outcome, KeyPage) and not outcome.versioned:
            gone = "name,size,updated,softDeleteTime"
            kept = yield from checks.ask_twice(self.json_list("&softDeleted=true", OLD_ROWS, gone), self.judge_list)
            outcome = kept if isinstance(kept, KeyPage) or checks.is_open("list") else outcome
        what = "old versions or deleted objects"
        checks.record_old(what, outcome, "no old versions and no deleted objects are kept")

    def permissions(self) -> Generator[Ask, Reply, frozenset[str]]:
        """What the store itself says that a stranger may do ("Buckets: testIamPermissions"). It changes nothing."""
        query = "&".join(f"permissions={one}" for one in _ASKED)
        ask = Request("GET", f"{self.json_path}/iam/testPermissions?{query}", REFUSAL, host=self.json_host)
        outcome = yield from self.checks.ask_twice(ask, self.judge_permissions)
        if isinstance(outcome, Denied | Inconclusive):
            none_held = isinstance(outcome, Inconclusive) and outcome.why is UndecidedReason.NO_KNOWN_KEY
            self.checks.record("write", Denied(ClosedReason.DENIED) if none_held else outcome)
            return frozenset()
        if outcome & _WRITING:
            said = Proof(ProofStep.PERMISSION_HELD, ", ".join(sorted(outcome & _WRITING)))
            self.checks.record_open("write", OpenReason.WRITE_GRANTED, said)
        else:
            self.checks.record("write", Denied(ClosedReason.DENIED))
        return outcome

    def judge_permissions(self, answer: Answer) -> Outcome[frozenset[str]]:
        """What an answer to the question for permissions is; none held opens nothing."""
        if isinstance(answer, Response) and answer.status == 200:
            held = permissions_of(answer.body)
            if held is not None:
                return held or Inconclusive(UndecidedReason.NO_KNOWN_KEY, "no permission is held")
        return refusal(answer)

    def read(self, held: frozenset[str]) -> Generator[Ask, Reply, None]:
        """Known objects; without one, what the store says of the permission to read them."""
        checks = self.checks
        outcome = yield from ask_objects(checks, known_objects(checks), self.judge_object, self.answers_anything)
        if outcome is None:
            return
        if "storage.objects.get" in held and not isinstance(outcome, Denied):
            why = OpenReason.READABLE if checks.is_open("list") else OpenReason.READABLE_UNLISTED
            checks.record_open("read", why, Proof(ProofStep.PERMISSION_HELD, "storage.objects.get"))
        else:
            # A grant on single objects is seen by their names alone: without a permission on the bucket nothing closes.
            checks.record("read", outcome)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to the request for a known object is."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("x-goog-generation"))
        return first_bytes(answer, key, speaks=speaks) or refusal(answer)

    def answers_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a key that cannot exist is answered with bytes too."""
        return self.checks.take_canary((yield from one(random_request(self.target))))

    def policy(self) -> Generator[Ask, Reply, None]:
        """The bucket's policy ("Buckets: getIamPolicy"), and who of everybody it lets in."""
        checks = self.checks
        ask = Request("GET", f"{self.json_path}/iam", REFUSAL, host=self.json_host)
        outcome = yield from checks.ask_twice(ask, self.judge_policy)
        if isinstance(outcome, Denied | Inconclusive):
            checks.record("acl", outcome)
            return
        checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.POLICY_READABLE))
        roles = {role for who, role in outcome if who == "allAuthenticatedUsers"}
        if any(word in role for role in roles for word in _READING):
            checks.record_open("any-account", OpenReason.ANY_ACCOUNT, Proof(ProofStep.GRANTS_NAME_ACCOUNTS), kept=False)

    def judge_policy(self, answer: Answer) -> Outcome[frozenset[tuple[str, str]]]:
        """What an answer to the question for the policy is."""
        if isinstance(answer, Response) and answer.status == 200:
            grants = grants_of(answer.body)
            if grants is not None:
                return grants
        return refusal(answer)


GCS_BUCKET: Probe[BucketTarget] = Probe(
    "gcs-bucket",
    BucketTarget,
    look,
    "buckets of Google Cloud Storage: listed, old versions and deleted objects, readable though unlisted, policies, "
    "and what the store says that a stranger may do, writing included, without doing it",
)
