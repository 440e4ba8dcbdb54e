"""The probe `oci-bucket`: buckets of Oracle's object storage."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Final

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
from probes.recognise.buckets.object_rows import Keys, path_of
from probes.recognise.buckets.oracle import oracle_code, public_level, read_oracle, read_oracle_versions
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response, one

_OLD_ROWS = 100

# Oracle Cloud Infrastructure, "API errors" and Object Storage's own codes.
_WORDS: Final[dict[str, Shut | Mute]] = {
    "BucketNotFound": Shut(Why.PRIVATE_OR_MISSING, "the service answers alike for a private and a missing bucket"),
    "NamespaceNotFound": Shut(Why.PRIVATE_OR_MISSING),
    "NotAuthorizedOrNotFound": Shut(Why.PRIVATE_OR_MISSING),
    "NotAuthorized": Shut(Why.DENIED),
    "NotAuthenticated": Shut(Why.DENIED, "a credential is demanded"),
    "SignatureDoesNotMatch": Mute(Why.SIGNED_BY_MISTAKE),
    "NotAllowed": Mute(Why.NOT_OFFERED),
    "MethodNotAllowed": Mute(Why.NOT_OFFERED),
    "InvalidParameter": Mute(Why.NOT_OFFERED),
    "NotRestored": Mute(Why.ARCHIVED),
    "TooManyRequests": Mute(Why.THROTTLED, silent=True),
    "ServiceUnavailable": Mute(Why.THROTTLED, silent=True),
    "InternalServerError": Mute(Why.SERVER_ERROR, silent=True),
    "ObjectNotFound": Mute(Why.NO_KNOWN_KEY, "the objects that are known are not there"),
}


def look(target: BucketTarget) -> Dialogue:
    """Look at one bucket: its list, its versions, known objects, what its own page says of strangers."""
    return (yield from _Bucket(target, Doors(target)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    doors: Doors

    def look(self) -> Dialogue:
        doors = self.doors
        ask = self.list_ask()
        heard = yield from twice(doors, ask, self.hear_list)
        if isinstance(heard, Mute) and heard.final:
            doors.heard("list", heard)
            return (doors.verdict(),)
        if isinstance(heard, Keys):
            listed(doors, heard)
        else:
            doors.heard("list", heard)
        yield from self.versions()
        tries = known_keys(doors, self.said_root)
        silent = yield from reads(doors, tries, self.object_ask, self.hear_object, self.answers_anything)
        if silent is not None:
            doors.heard("read", silent)
        yield from prefixes(doors, self.list_ask, self.hear_list)
        yield from self.page()
        # A missing bucket is never told from a private one, so only what lists is known to be there.
        told = heard if isinstance(heard, Keys) else None
        if doors.any_open and doors.beside == "not asked":
            yield from self.answers_anything()
        named = yield from dangling(doors, told, ask, self.hear_list)
        return (doors.verdict(), *named)

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

    def hear_list(self, answer: Answer) -> Heard[Keys]:
        """What an answer to a list is, of objects or of versions."""
        if isinstance(answer, Response) and answer.status == 200:
            whole = answer.ending is Ending.WHOLE
            for read in (read_oracle, read_oracle_versions):
                keys = read(answer.body, self.target.root, whole=whole)
                if isinstance(keys, Keys):
                    return keys
        return self.refused(answer)

    def refused(self, answer: Answer) -> Shut | Mute:
        """A refusal by its code."""
        if isinstance(answer, Response) and answer.status >= 400:
            code = oracle_code(answer.body)
            word = _WORDS.get(code)
            if word is not None and (isinstance(word, Mute) or (answer.status < 500 and answer.status != 429)):
                return word
            if code and answer.status < 500 and answer.status != 429:
                return Mute(Why.STATUS_UNEXPECTED, f"status {answer.status}, and a code that is not known")
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Mute(Why.BUG)
        return otherwise(answer)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Old versions (OCI Object Storage API: ListObjectVersions)."""
        ask = self.masked(Request("GET", f"{self.target.root}/objectversions?limit={_OLD_ROWS}", PAGE))
        heard = yield from twice(self.doors, ask, self.hear_list)
        if not isinstance(heard, Keys):
            self.doors.heard("versions", heard)
        elif not heard.versioned:
            self.doors.heard("versions", unversioned(self.doors, "no versions are kept"))
        else:
            self.doors.opened("versions", Why.VERSIONS_LISTED, Proof(ProofStep.VERSIONS_LISTED))

    def object_ask(self, known: Known) -> Request:
        """The question for a known object."""
        return self.masked(object_ask(path_of(f"{self.target.root}/o", known.key), known.said))

    def hear_object(self, answer: Answer, key: str) -> Heard[Opened]:
        """What an answer to it is. An object of a public bucket is a stranger's also where the list is refused."""
        speaks = isinstance(answer, Response) and bool(answer.headers.get("opc-request-id"))
        found = first_bytes(answer, key, speaks=speaks)
        return found if found is not None else self.refused(answer)

    def answers_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a key that cannot exist is answered with bytes too."""
        ask = self.masked(object_ask(f"{self.target.root}/o/{self.target.nonce}.wav", ""))
        return self.doors.heard_beside((yield from one(ask)))

    def page(self) -> Generator[Ask, Reply, None]:
        """The bucket's own page (OCI Object Storage API: GetBucket), which says what strangers may."""
        if not (self.doors.is_open("list") or self.doors.once_open("acl")):
            return
        ask = self.masked(Request("GET", self.target.root, REFUSAL))
        heard = yield from twice(self.doors, ask, self.hear_page)
        if isinstance(heard, Shut | Mute):
            self.doors.heard("acl", heard)
        else:
            self.doors.opened("acl", Why.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE))

    def hear_page(self, answer: Answer) -> Heard[str]:
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
