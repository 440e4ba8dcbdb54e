"""The probe `gcs-bucket`: buckets of Google Cloud Storage, by its XML and its JSON interface."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets.hearing import (
    PAGE,
    REFUSAL,
    ROWS,
    Doors,
    Heard,
    Known,
    Mute,
    Opened,
    Shut,
    first_bytes,
    known_keys,
    listed,
    object_ask,
    otherwise,
    prefixes,
    reads,
    silence,
    twice,
    unversioned,
)
from probes.buckets.held import dangling
from probes.proof import Proof, ProofStep
from probes.reasons import Why
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
_WORDS: Final[dict[str, Shut | Mute]] = {
    "AccessDenied": Shut(Why.DENIED),
    "forbidden": Shut(Why.DENIED),
    "insufficientPermissions": Shut(Why.DENIED),
    "NoSuchBucket": Shut(Why.NO_BUCKET),
    "AuthenticationRequired": Mute(Why.SIGNED_BY_MISTAKE),
    "InvalidSecurity": Mute(Why.SIGNED_BY_MISTAKE),
    "InvalidAccessKeyId": Mute(Why.SIGNED_BY_MISTAKE),
    "SignatureDoesNotMatch": Mute(Why.SIGNED_BY_MISTAKE),
    "ExpiredToken": Mute(Why.SIGNED_BY_MISTAKE),
    "authError": Mute(Why.SIGNED_BY_MISTAKE),
    "expired": Mute(Why.SIGNED_BY_MISTAKE),
    "AccountProblem": Mute(Why.DISABLED),
    "UserAccountDisabled": Mute(Why.DISABLED),
    "accountDisabled": Mute(Why.DISABLED),
    "UserProjectMissing": Mute(Why.NOT_OFFERED, "the requester pays, so strangers are not answered"),
    "userProjectMissing": Mute(Why.NOT_OFFERED, "the requester pays, so strangers are not answered"),
    "SecurityPolicyViolated": Mute(Why.FIREWALLED),
    "vpcServiceControls": Mute(Why.FIREWALLED),
    "SlowDown": Mute(Why.THROTTLED, silent=True),
    "ServiceUnavailable": Mute(Why.THROTTLED, silent=True),
    "rateLimitExceeded": Mute(Why.THROTTLED, silent=True),
    "userRateLimitExceeded": Mute(Why.THROTTLED, silent=True),
    "InternalError": Mute(Why.SERVER_ERROR, silent=True),
    "backendError": Mute(Why.SERVER_ERROR, silent=True),
    "MethodNotAllowed": Mute(Why.NOT_OFFERED),
    "NotImplemented": Mute(Why.NOT_OFFERED),
    "NoSuchKey": Mute(Why.NO_KNOWN_KEY, "the objects that are known are not there"),
}
_FRONT: Final = frozenset({Why.NOT_A_STORE, Why.REFUSED_BY_FRONT, Why.REDIRECTED, Why.FILTERED})
"""What somebody in front of the bucket says; a code of the store's own is its word by either interface."""
_CONDITIONED: Final = ("ip filtering condition", "organization's policy", "vpc service controls")


def look(target: BucketTarget) -> Dialogue:
    """Look at one bucket: its list by both interfaces, its versions, known objects, grants and permissions."""
    return (yield from _Bucket(target, Doors(target)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    doors: Doors

    def look(self) -> Dialogue:
        doors = self.doors
        ask = self.list_ask()
        heard = yield from twice(doors, ask, self.hear_list)
        if isinstance(heard, Mute) and heard.why in _FRONT:
            # A front may answer at the bucket's own name; the JSON interface stands at Google's alone.
            other = yield from twice(doors, self.json_list(""), self.hear_list)
            heard = heard if isinstance(other, Mute) else other
        if isinstance(heard, Mute) and heard.final:
            doors.heard("list", heard)
            named = yield from dangling(doors, heard, ask, self.hear_list)
            return (doors.verdict(), *named)
        if isinstance(heard, Shut) and heard.why is Why.NO_BUCKET:
            doors.all_shut(("list", "read", "versions"), heard)
            named = yield from dangling(doors, heard, ask, self.hear_list)
            return (doors.verdict(), *named)
        if isinstance(heard, Keys):
            listed(doors, heard)
        else:
            doors.heard("list", heard)
        yield from self.versions()
        held = yield from self.permissions()
        yield from prefixes(doors, self.list_ask, self.hear_list)
        yield from self.read(held)
        yield from self.policy()
        if doors.any_open and doors.beside == "not asked":
            yield from self.answers_anything()
        named = yield from dangling(doors, heard, ask, self.hear_list)
        return (doors.verdict(), *named)

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

    def hear_list(self, answer: Answer) -> Heard[Keys]:
        """What an answer to a list is, of either interface."""
        if isinstance(answer, Response) and answer.status == 200:
            whole = answer.ending is Ending.WHOLE
            for read in (read_google_json, read_google_xml):
                keys = read(answer.body, self.target.root, whole=whole)
                if isinstance(keys, Keys):
                    return keys
        return self.refused(answer)

    def refused(self, answer: Answer) -> Shut | Mute:
        """A refusal in the words of either interface."""
        if isinstance(answer, Response) and answer.status >= 400:
            refusal = refusal_of(answer.body)
            if refusal is not None:
                return _word(refusal, answer.status)
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Mute(Why.BUG)
        return otherwise(answer)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Versions that are no longer live, and objects that were deleted and are still kept (soft delete)."""
        doors = self.doors
        old = "name,size,updated,timeDeleted"
        heard = yield from twice(doors, self.json_list("&versions=true", _OLD_ROWS, old), self.hear_list)
        if isinstance(heard, Keys) and not heard.versioned:
            gone = "name,size,updated,softDeleteTime"
            kept = yield from twice(doors, self.json_list("&softDeleted=true", _OLD_ROWS, gone), self.hear_list)
            heard = kept if isinstance(kept, Keys) or doors.is_open("list") else heard
        if not isinstance(heard, Keys):
            doors.heard("versions", heard)
        elif not heard.versioned:
            doors.heard("versions", unversioned(doors, "no old versions and no deleted objects are kept"))
        else:
            doors.opened("versions", Why.VERSIONS_LISTED, Proof(ProofStep.VERSIONS_LISTED))

    def permissions(self) -> Generator[Ask, Reply, frozenset[str]]:
        """What the store itself says that a stranger may do ("Buckets: testIamPermissions"). It changes nothing."""
        query = "&".join(f"permissions={one}" for one in _ASKED)
        ask = Request("GET", f"{self.json_path}/iam/testPermissions?{query}", REFUSAL, host=self.json_host)
        heard = yield from twice(self.doors, ask, self.hear_permissions)
        if isinstance(heard, Shut | Mute):
            none_held = isinstance(heard, Mute) and heard.why is Why.NO_KNOWN_KEY
            self.doors.heard("write", Shut(Why.DENIED) if none_held else heard)
            return frozenset()
        if heard & _WRITING:
            held = ", ".join(sorted(heard & _WRITING))
            self.doors.opened("write", Why.WRITE_GRANTED, Proof(ProofStep.PERMISSION_HELD, held))
        else:
            self.doors.heard("write", Shut(Why.DENIED))
        return heard

    def hear_permissions(self, answer: Answer) -> Heard[frozenset[str]]:
        """What an answer to the question for permissions is; none held opens nothing."""
        if isinstance(answer, Response) and answer.status == 200:
            held = permissions_of(answer.body)
            if held is not None:
                return held or Mute(Why.NO_KNOWN_KEY, "no permission is held")
        return self.refused(answer)

    def read(self, held: frozenset[str]) -> Generator[Ask, Reply, None]:
        """Known objects; without one, what the store says of the permission to read them."""
        doors = self.doors
        tries = known_keys(doors, self.target.root)
        heard = yield from reads(doors, tries, self.object_ask, self.hear_object, self.answers_anything)
        if doors.is_open("read"):
            return
        shut_or_mute = heard or Mute(Why.NO_KNOWN_KEY)
        if "storage.objects.get" in held and not isinstance(heard, Shut):
            why = Why.READABLE if doors.is_open("list") else Why.READABLE_UNLISTED
            doors.opened("read", why, Proof(ProofStep.PERMISSION_HELD, "storage.objects.get"))
        else:
            # A grant on single objects is seen by their names alone, so no permission on the bucket closes nothing.
            doors.heard("read", shut_or_mute)

    def object_ask(self, known: Known) -> Request:
        """The question for a known object, by the XML API."""
        return object_ask(path_of(self.target.root, known.key), known.said)

    def hear_object(self, answer: Answer, key: str) -> Heard[Opened]:
        """What an answer to it is."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("x-goog-generation"))
        found = first_bytes(answer, key, speaks=speaks)
        return found if found is not None else self.refused(answer)

    def answers_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a key that cannot exist is answered with bytes too."""
        return self.doors.heard_beside((yield from one(object_ask(f"{self.target.root}/{self.target.nonce}.wav", ""))))

    def policy(self) -> Generator[Ask, Reply, None]:
        """The bucket's policy ("Buckets: getIamPolicy"), and who of everybody it lets in."""
        doors = self.doors
        ask = Request("GET", f"{self.json_path}/iam", REFUSAL, host=self.json_host)
        heard = yield from twice(doors, ask, self.hear_policy)
        if isinstance(heard, Shut | Mute):
            doors.heard("acl", heard)
            return
        doors.opened("acl", Why.ACL_READABLE, Proof(ProofStep.POLICY_READABLE))
        roles = {role for who, role in heard if who == "allAuthenticatedUsers"}
        if any(word in role for role in roles for word in _READING):
            doors.opened("any-account", Why.ANY_ACCOUNT, Proof(ProofStep.GRANTS_NAME_ACCOUNTS), kept=False)

    def hear_policy(self, answer: Answer) -> Heard[frozenset[tuple[str, str]]]:
        """What an answer to the question for the policy is."""
        if isinstance(answer, Response) and answer.status == 200:
            grants = grants_of(answer.body)
            if grants is not None:
                return grants
        return self.refused(answer)


def _word(refusal: Refusal, status: int) -> Shut | Mute:
    message = refusal.message.lower()
    if any(words in message for words in _CONDITIONED):
        return Mute(Why.FIREWALLED, "refused to this network or by a policy of the organisation")
    if status >= 500 or status == 429:
        word = _WORDS.get(refusal.code)
        ill = Mute(Why.THROTTLED if status in (429, 503) else Why.SERVER_ERROR, silent=True)
        return word if isinstance(word, Mute) and word.silent else ill
    match refusal.code:
        case "required" if "requester pays" in message:
            return _WORDS["UserProjectMissing"]
        case "required" if status == 401:
            # JSON API: "Anonymous caller does not have storage.objects.list access"; a bad token is `authError`.
            return Shut(Why.DENIED)
        case "notFound" if "bucket" in message and "object:" not in message:
            return Shut(Why.NO_BUCKET)
        case "notFound":
            return _WORDS["NoSuchKey"]
        case code:
            return _WORDS.get(code, Mute(Why.STATUS_UNEXPECTED, f"status {status}, and a code that is not known"))


GCS_BUCKET: Probe[BucketTarget] = Probe(
    "gcs-bucket",
    BucketTarget,
    look,
    "buckets of Google Cloud Storage: listed, old versions and deleted objects, readable though unlisted, policies, "
    "and what the store says that a stranger may do, writing included, without doing it",
)
