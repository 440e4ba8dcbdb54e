"""The probe `oci-bucket`: buckets of Oracle's object storage."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Final

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
from probes.recognise.buckets.object_rows import Keys, path_of
from probes.recognise.buckets.oracle import oracle_code, public_level, read_oracle, read_oracle_versions
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response, one

_OLD_ROWS = 100

# Oracle Cloud Infrastructure, "API errors" and Object Storage's own codes.
_WORDS: Final[dict[str, Denied | Inconclusive]] = {
    "BucketNotFound": Denied(
        ClosedReason.PRIVATE_OR_MISSING, "the service answers alike for a private and a missing bucket"
    ),
    "NamespaceNotFound": Denied(ClosedReason.PRIVATE_OR_MISSING),
    "NotAuthorizedOrNotFound": Denied(ClosedReason.PRIVATE_OR_MISSING),
    "NotAuthorized": Denied(ClosedReason.DENIED),
    "NotAuthenticated": Denied(ClosedReason.DENIED, "a credential is demanded"),
    "SignatureDoesNotMatch": Inconclusive(UndecidedReason.SIGNED_BY_MISTAKE),
    "NotAllowed": Inconclusive(UndecidedReason.NOT_OFFERED),
    "MethodNotAllowed": Inconclusive(UndecidedReason.NOT_OFFERED),
    "InvalidParameter": Inconclusive(UndecidedReason.NOT_OFFERED),
    "NotRestored": Inconclusive(UndecidedReason.ARCHIVED),
    "TooManyRequests": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "ServiceUnavailable": Inconclusive(UndecidedReason.THROTTLED, silent=True),
    "InternalServerError": Inconclusive(UndecidedReason.SERVER_ERROR, silent=True),
    "ObjectNotFound": Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the objects that are known are not there"),
}


def look(target: BucketTarget) -> Dialogue:
    """Look at one bucket: its list, its versions, known objects, what its own page says of strangers."""
    return (yield from _Bucket(target, Checks(target)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    checks: Checks

    def look(self) -> Dialogue:
        checks = self.checks
        ask = self.list_ask()
        outcome = yield from ask_twice(checks, ask, self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.final:
            checks.record("list", outcome)
            return (checks.verdict(),)
        if isinstance(outcome, Keys):
            listed(checks, outcome)
        else:
            checks.record("list", outcome)
        yield from self.versions()
        tries = known_keys(checks, self.said_root)
        silent = yield from reads(checks, tries, self.object_ask, self.judge_object, self.answers_anything)
        if silent is not None:
            checks.record("read", silent)
        yield from prefixes(checks, self.list_ask, self.judge_list)
        yield from self.page()
        # A missing bucket is never told from a private one, so only what lists is known to be there.
        told = outcome if isinstance(outcome, Keys) else None
        if checks.any_open and checks.beside == "not asked":
            yield from self.answers_anything()
        named = yield from domain_verdict(checks, told, ask, self.judge_list)
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

    def list_ask(self, prefix: str = "") -> Request:
        """A page of the bucket's objects (OCI Object Storage API: ListObjects)."""
        inside = f"&prefix={path_of('', prefix)[1:].replace('/', '%2F')}" if prefix else ""
        path = f"{self.target.root}/o?limit={ROWS}&fields=name,size,timeModified{inside}"
        return self.masked(Request("GET", path, PAGE))

    def judge_list(self, answer: Answer) -> Outcome[Keys]:
        """What an answer to a list is, of objects or of versions."""
        if isinstance(answer, Response) and answer.status == 200:
            whole = answer.ending is Ending.WHOLE
            for read in (read_oracle, read_oracle_versions):
                keys = read(answer.body, self.target.root, whole=whole)
                if isinstance(keys, Keys):
                    return keys
        return self.refused(answer)

    def refused(self, answer: Answer) -> Denied | Inconclusive:
        """A refusal by its code."""
        if isinstance(answer, Response) and answer.status >= 400:
            code = oracle_code(answer.body)
            word = _WORDS.get(code)
            if word is not None and (isinstance(word, Inconclusive) or (answer.status < 500 and answer.status != 429)):
                return word
            if code and answer.status < 500 and answer.status != 429:
                return Inconclusive(
                    UndecidedReason.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known"
                )
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Inconclusive(NoAnswerReason.BUG)
        return otherwise(answer)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Old versions (OCI Object Storage API: ListObjectVersions)."""
        ask = self.masked(Request("GET", f"{self.target.root}/objectversions?limit={_OLD_ROWS}", PAGE))
        outcome = yield from ask_twice(self.checks, ask, self.judge_list)
        if not isinstance(outcome, Keys):
            self.checks.record("versions", outcome)
        elif not outcome.versioned:
            self.checks.record("versions", unversioned(self.checks, "no versions are kept"))
        else:
            proof = Proof(ProofStep.VERSIONS_LISTED)
            self.checks.record_open("versions", OpenReason.VERSIONS_LISTED, proof)

    def object_ask(self, known: Known) -> Request:
        """The question for a known object."""
        return self.masked(object_ask(path_of(f"{self.target.root}/o", known.key), known.said))

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to it is. An object of a public bucket is a stranger's also where the list is refused."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("opc-request-id"))
        found = first_bytes(answer, key, speaks=speaks)
        return found if found is not None else self.refused(answer)

    def answers_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a key that cannot exist is answered with bytes too."""
        ask = self.masked(object_ask(f"{self.target.root}/o/{self.target.nonce}.wav", ""))
        return self.checks.take_canary((yield from one(ask)))

    def page(self) -> Generator[Ask, Reply, None]:
        """The bucket's own page (OCI Object Storage API: GetBucket), which says what strangers may."""
        if not (self.checks.is_open("list") or self.checks.was_open("acl")):
            return
        ask = self.masked(Request("GET", self.target.root, REFUSAL))
        outcome = yield from ask_twice(self.checks, ask, self.judge_page)
        if isinstance(outcome, Denied | Inconclusive):
            self.checks.record("acl", outcome)
        else:
            self.checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE))

    def judge_page(self, answer: Answer) -> Outcome[str]:
        """What an answer to it is."""
        if isinstance(answer, Response) and answer.status == 200 and (level := public_level(answer.body)):
            return level
        return self.refused(answer)


OCI_BUCKET: Probe[BucketTarget] = Probe(
    "oci-bucket",
    BucketTarget,
    look,
    "buckets of Oracle's object storage: listed, old versions, objects that are readable though unlisted, by their own "
    "address or by a pre-authenticated one",
)
