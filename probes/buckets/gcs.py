"""The probe `gcs-bucket`: buckets of Google Cloud Storage, by its XML and its JSON interface."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from probes.api import BucketTarget, Dialogue, Probe
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
from probes.buckets.dangling import domain_verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.google import (
    Refusal,
    grants_of,
    permissions_of,
    read_google_json,
    read_google_xml,
    refusal_of,
)
from probes.recognise.buckets.object_rows import Keys, path_of
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response, one

_API: Final = "storage.googleapis.com"
_OLD_ROWS = 100
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

# Cloud Storage, "XML API: HTTP status codes and errors" (AccessDenied, ...) and "JSON API: status and error codes".
_WORDS: Final[dict[str, Denied | Inconclusive]] = {
    "AccessDenied": Denied(ClosedReason.DENIED),
    "forbidden": Denied(ClosedReason.DENIED),
    "insufficientPermissions": Denied(ClosedReason.DENIED),
    "NoSuchBucket": Denied(ClosedReason.NO_BUCKET),
    "AuthenticationRequired": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "InvalidSecurity": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "InvalidAccessKeyId": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "SignatureDoesNotMatch": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "ExpiredToken": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "authError": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "expired": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "AccountProblem": Inconclusive(UndecidedReason.DISABLED),
    "UserAccountDisabled": Inconclusive(UndecidedReason.DISABLED),
    "accountDisabled": Inconclusive(UndecidedReason.DISABLED),
    "UserProjectMissing": Inconclusive(
        UndecidedReason.NOT_OFFERED, "the requester pays, so strangers are not answered"
    ),
    "userProjectMissing": Inconclusive(
        UndecidedReason.NOT_OFFERED, "the requester pays, so strangers are not answered"
    ),
    "SecurityPolicyViolated": Inconclusive(UndecidedReason.FIREWALLED),
    "vpcServiceControls": Inconclusive(UndecidedReason.FIREWALLED),
    "SlowDown": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "ServiceUnavailable": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "rateLimitExceeded": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "userRateLimitExceeded": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "InternalError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "backendError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "MethodNotAllowed": Inconclusive(UndecidedReason.NOT_OFFERED),
    "NotImplemented": Inconclusive(UndecidedReason.NOT_OFFERED),
    "NoSuchKey": Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the objects that are known are not there"),
}
_FRONT: Final = frozenset(
    {
        UndecidedReason.NOT_A_STORE,
        UndecidedReason.REFUSED_BY_FRONT,
        UndecidedReason.REDIRECTED,
        UndecidedReason.FILTERED,
    }
)
"""What somebody in front of the bucket says; a code of the store's own is its word by either interface."""
_CONDITIONED: Final = ("ip filtering condition", "organization's policy", "vpc service controls")


def look(target: BucketTarget) -> Dialogue:
    """Look at one bucket: its list by both interfaces, its versions, known objects, grants and permissions."""
    return (yield from _Bucket(target, Checks(target)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    checks: Checks

    def look(self) -> Dialogue:
        checks = self.checks
        ask = self.list_ask()
        outcome = yield from ask_twice(checks, ask, self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.why in _FRONT:
            # A front may answer at the bucket's own name; the JSON interface stands at Google's alone.
            other = yield from ask_twice(checks, self.json_list(""), self.judge_list)
            outcome = outcome if isinstance(other, Inconclusive) else other
        if isinstance(outcome, Inconclusive) and outcome.final:
            checks.record("list", outcome)
            named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
            return (checks.verdict(), *named)
        if isinstance(outcome, Denied) and outcome.why is ClosedReason.NO_BUCKET:
            checks.deny_all(("list", "read", "versions"), outcome)
            named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
            return (checks.verdict(), *named)
        if isinstance(outcome, Keys):
            listed(checks, outcome)
        else:
            checks.record("list", outcome)
        yield from self.versions()
        held = yield from self.permissions()
        yield from prefixes(checks, self.list_ask, self.judge_list)
        yield from self.read(held)
        yield from self.policy()
        if checks.any_open and checks.beside == "not asked":
            yield from self.answers_anything()
        named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
        return (checks.verdict(), *named)

    def list_ask(self, prefix: str = "") -> Request:
        """A page of the bucket by the XML API ("List objects", version 2)."""
        inside = f"&prefix={path_of('', prefix)[1:].replace('/', '%2F')}" if prefix else ""
        path = f"{self.target.root or '/'}?list-type=2&max-keys={ROWS}&encoding-type=url{inside}"
        return Request("GET", path, PAGE)

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

    def judge_list(self, answer: Answer) -> Outcome[Keys]:
        """What an answer to a list is, of either interface."""
        if isinstance(answer, Response) and answer.status == 200:
            whole = answer.ending is Ending.WHOLE
            for read in (read_google_json, read_google_xml):
                keys = read(answer.body, self.target.root, whole=whole)
                if isinstance(keys, Keys):
                    return keys
        return self.refused(answer)

    def refused(self, answer: Answer) -> Denied | Inconclusive:
        """A refusal in the words of either interface."""
        if isinstance(answer, Response) and answer.status >= 400:
            refusal = refusal_of(answer.body)
            if refusal is not None:
                return _word(refusal, answer.status)
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Inconclusive(NoAnswerReason.BUG)
        return otherwise(answer)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Versions that are no longer live, and objects that were deleted and are still kept (soft delete)."""
        checks = self.checks
        old = "name,size,updated,timeDeleted"
        outcome = yield from ask_twice(checks, self.json_list("&versions=true", _OLD_ROWS, old), self.judge_list)
        if isinstance(outcome, Keys) and not outcome.versioned:
            gone = "name,size,updated,softDeleteTime"
            kept = yield from ask_twice(checks, self.json_list("&softDeleted=true", _OLD_ROWS, gone), self.judge_list)
            outcome = kept if isinstance(kept, Keys) or checks.is_open("list") else outcome
        if not isinstance(outcome, Keys):
            checks.record("versions", outcome)
        elif not outcome.versioned:
            checks.record("versions", unversioned(checks, "no old versions and no deleted objects are kept"))
        else:
            proof = Proof(ProofStep.VERSIONS_LISTED)
            checks.record_open("versions", OpenReason.VERSIONS_LISTED, proof)

    def permissions(self) -> Generator[Ask, Reply, frozenset[str]]:
        """What the store itself says that a stranger may do ("Buckets: testIamPermissions"). It changes nothing."""
        query = "&".join(f"permissions={one}" for one in _ASKED)
        ask = Request("GET", f"{self.json_path}/iam/testPermissions?{query}", REFUSAL, host=self.json_host)
        outcome = yield from ask_twice(self.checks, ask, self.judge_permissions)
        if isinstance(outcome, Denied | Inconclusive):
            none_held = isinstance(outcome, Inconclusive) and outcome.why is UndecidedReason.NO_KNOWN_KEY
            self.checks.record("write", Denied(ClosedReason.DENIED) if none_held else outcome)
            return frozenset()
        if outcome & _WRITING:
            proof = Proof(ProofStep.PERMISSION_HELD, ", ".join(sorted(outcome & _WRITING)))
            self.checks.record_open("write", OpenReason.WRITE_GRANTED, proof)
        else:
            self.checks.record("write", Denied(ClosedReason.DENIED))
        return outcome

    def judge_permissions(self, answer: Answer) -> Outcome[frozenset[str]]:
        """What an answer to the question for permissions is; none held opens nothing."""
        if isinstance(answer, Response) and answer.status == 200:
            held = permissions_of(answer.body)
            if held is not None:
                return held or Inconclusive(UndecidedReason.NO_KNOWN_KEY, "no permission is held")
        return self.refused(answer)

    def read(self, held: frozenset[str]) -> Generator[Ask, Reply, None]:
        """Known objects; without one, what the store says of the permission to read them."""
        checks = self.checks
        tries = known_keys(checks, self.target.root)
        outcome = yield from reads(checks, tries, self.object_ask, self.judge_object, self.answers_anything)
        if checks.is_open("read"):
            return
        shut_or_mute = outcome or Inconclusive(UndecidedReason.NO_KNOWN_KEY)
        if "storage.objects.get" in held and not isinstance(outcome, Denied):
            why = OpenReason.READABLE if checks.is_open("list") else OpenReason.READABLE_UNLISTED
            checks.record_open("read", why, Proof(ProofStep.PERMISSION_HELD, "storage.objects.get"))
        else:
            # A grant on single objects is seen by their names alone, so no permission on the bucket closes nothing.
            checks.record("read", shut_or_mute)

    def object_ask(self, known: Known) -> Request:
        """The question for a known object, by the XML API."""
        return object_ask(path_of(self.target.root, known.key), known.said)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to it is."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("x-goog-generation"))
        found = first_bytes(answer, key, speaks=speaks)
        return found if found is not None else self.refused(answer)

    def answers_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a key that cannot exist is answered with bytes too."""
        return self.checks.take_canary((yield from one(object_ask(f"{self.target.root}/{self.target.nonce}.wav", ""))))

    def policy(self) -> Generator[Ask, Reply, None]:
        """The bucket's policy ("Buckets: getIamPolicy"), and who of everybody it lets in."""
        checks = self.checks
        ask = Request("GET", f"{self.json_path}/iam", REFUSAL, host=self.json_host)
        outcome = yield from ask_twice(checks, ask, self.judge_policy)
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
        return self.refused(answer)


def _word(refusal: Refusal, status: int) -> Denied | Inconclusive:
    message = refusal.message.lower()
    if any(words in message for words in _CONDITIONED):
        return Inconclusive(UndecidedReason.FIREWALLED, "refused to this network or by a policy of the organisation")
    if status >= 500 or status == 429:
        word = _WORDS.get(refusal.code)
        ill = Inconclusive(
            UndecidedReason.THROTTLED if status in (429, 503) else UndecidedReason.SERVER_ERROR, silent=True
        )
        return word if isinstance(word, Inconclusive) and word.silent else ill
    match refusal.code:
        case "required" if "requester pays" in message:
            return _WORDS["UserProjectMissing"]
        case "required" if status == 401:
            # JSON API: "Anonymous caller does not have storage.objects.list access"; a bad token is `authError`.
            return Denied(ClosedReason.DENIED)
        case "notFound" if "bucket" in message and "object:" not in message:
            return Denied(ClosedReason.NO_BUCKET)
        case "notFound":
            return _WORDS["NoSuchKey"]
        case code:
            return _WORDS.get(
                code, Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"status {status}, with an unknown code")
            )


GCS_BUCKET: Probe[BucketTarget] = Probe(
    "gcs-bucket",
    BucketTarget,
    look,
    "buckets of Google Cloud Storage: listed, old versions and deleted objects, readable though unlisted, policies, "
    "and what the store says that a stranger may do, writing included, without doing it",
)
