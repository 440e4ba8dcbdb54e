"""The probe `swift-container`: containers of OpenStack Swift, and of Ceph's gateway by its Swift check."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets._checks import (
    PAGE,
    ROWS,
    Checks,
    Denied,
    Inconclusive,
    Known,
    Outcome,
    Readable,
    T,
    ask_twice,
    beside,
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
from probes.buckets.bucket_verdict import UNPROVEN, witness
from probes.buckets.dangling import domain_verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.object_rows import PAGED, Keys, path_of
from probes.recognise.buckets.swift import Engine, engine_of, is_static_web, read_swift, rgw_code, with_partial
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response

_OLD_ROWS = 100
_ORIGIN = "\0"
"""Before an origin in a witness of the list, which is kept for what is read by it too."""


def look(target: BucketTarget) -> Dialogue:
    """Look at one container: its list, its versions, the random key, known objects, and each declared origin."""
    here = _Container(target, Checks(target))
    return (yield from here.look())


@dataclass(slots=True)
class _Container:
    target: BucketTarget
    checks: Checks
    engines: set[Engine] = field(default_factory=set)
    shown: Response | None = None
    """The answer that listed the container: its headers count the objects."""

    def look(self) -> Dialogue:
        checks = self.checks
        # With its slash the path is the same container to Swift, and to Ceph's gateway the only one that lists.
        ask = self.list_ask()
        outcome = yield from ask_twice(checks, ask, self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.final:
            checks.record("list", outcome)
            return (checks.verdict(),)
        if isinstance(outcome, Denied) and outcome.why is ClosedReason.NO_BUCKET:
            checks.deny_all(("list", "read", "versions"), outcome)
            named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
            return (checks.verdict(), *named)
        if isinstance(outcome, Keys):
            listed(checks, outcome)
            self.from_headers()
        else:
            checks.record("list", outcome)
            if isinstance(outcome, Denied) and checks.was_open("acl"):
                checks.record("acl", Denied(outcome.why, "shown with the list alone"))
        yield from self.versions()
        yield from self.read()
        if isinstance(outcome, Denied):
            yield from self.by_origin()
        yield from prefixes(checks, self.list_ask, self.judge_list)
        self.other_door()
        # Swift itself answers alike for private and missing; Ceph's gateway says which it is.
        told = outcome if isinstance(outcome, Keys) or (isinstance(outcome, Denied) and self.rgw) else None
        named = yield from domain_verdict(checks, told, ask, self.judge_list)
        return (checks.verdict(), *named)

    @property
    def rgw(self) -> bool:
        """Whether Ceph's gateway speaks."""
        return Engine.RGW in self.engines

    def list_ask(self, prefix: str = "") -> Request:
        """The container's list (OpenStack Object Store API, "Show container details and list objects").

        Only json: the text format parts names at a newline.
        """
        inside = f"&prefix={path_of('', prefix)[1:].replace('/', '%2F')}" if prefix else ""
        return Request("GET", f"{self.target.root}/?format=json&limit={ROWS}{inside}", PAGE)

    def judge_list(self, answer: Answer) -> Outcome[Keys]:
        """What an answer to a list is."""
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Inconclusive(NoAnswerReason.BUG)
        engine = self.engine(answer)
        if answer.status in (200, 204) and engine is not Engine.NONE:
            self.shown = answer
        if answer.status == 200:
            return self.read_list(answer, engine)
        if answer.status == 204 and "x-container-object-count" in dict(answer.headers):
            keys = read_swift(b"[]", self.target.root, ROWS, dialect=True)
            return keys if isinstance(keys, Keys) else otherwise(answer)
        return self.refused(answer, engine)

    def read_list(self, answer: Response, engine: Engine) -> Outcome[Keys]:
        """A list as JSON, or the page that staticweb writes in its stead; nothing else is one."""
        whole = answer.ending is Ending.WHOLE
        keys = read_swift(answer.body, self.target.root, ROWS, whole=whole, dialect=engine is not Engine.NONE)
        if isinstance(keys, Keys):
            return keys
        if engine is not Engine.NONE and is_static_web(answer.body):
            scheme = "https" if self.target.tls else "http"
            page = recognise(answer.body, f"{scheme}://{self.target.host}{self.target.root}/", whole=whole)
            if isinstance(page, Listing):
                return Keys(with_partial(page, page.partial or PAGED))
        return otherwise(answer)

    def refused(self, answer: Response, engine: Engine) -> Denied | Inconclusive:
        """A refusal in Swift's or the gateway's own words; a bare status is somebody else's."""
        if engine is Engine.NONE:
            return otherwise(answer)
        code = rgw_code(answer.body)
        match answer.status:
            case 401 | 403 if self.rgw or answer.status == 403:
                return Denied(ClosedReason.DENIED)
            case 401:
                return Denied(
                    ClosedReason.PRIVATE_OR_MISSING, "Swift answers alike for a private and a missing container"
                )
            case 404 if code in ("", "NoSuchBucket"):
                return Denied(ClosedReason.NO_BUCKET)
            case 412:
                return Inconclusive(UndecidedReason.NOT_OFFERED, "the store refuses the question's limit or path")
            case 400 if code == "InvalidBucketName":
                return Inconclusive(UndecidedReason.STATUS_UNEXPECTED, "no such account or no valid name")
        return otherwise(answer)

    def engine(self, answer: Response) -> Engine:
        """Who wrote an answer; what one of them tells holds for the rest."""
        engine = engine_of(answer.headers, b"" if answer.status == 206 else answer.body)
        self.engines.add(engine)
        return engine

    def from_headers(self) -> None:
        """The size of the container, and the grants that Ceph's gateway shows to whoever may list."""
        if self.shown is None:
            return
        named = dict(self.shown.headers)
        count, used = (named.get(f"x-container-{what}", "") for what in ("object-count", "bytes-used"))
        if count.isascii() and count.isdigit() and used.isascii() and used.isdigit() and len(count) + len(used) < 40:
            self.checks.facts.append(f"the store counts {int(count)} objects, {int(used)} bytes")
            page = self.checks.listing
            if page is not None and not page.partial and int(count) > len(page.entries):
                # Some Swifts send short pages with more to come: only an empty page ends a list.
                self.checks.listing = with_partial(page, PAGED)
        grants = {who.strip() for who in named.get("x-container-read", "").split(",")}
        writers = {who.strip() for who in named.get("x-container-write", "").split(",")}
        if "x-container-read" in named or "x-container-write" in named:
            self.checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE))
        if "*:*" in grants:
            proof = Proof(ProofStep.GRANTS_NAME_ACCOUNTS)
            self.checks.record_open("any-account", OpenReason.ANY_ACCOUNT, proof, kept=False)
        if {".r:*", "*:*"} & writers:
            proof = Proof(ProofStep.GRANTS_LET_WRITE)
            self.checks.record_open("write", OpenReason.WRITE_GRANTED, proof, kept=False)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Old versions (Swift's object_versioning, `?versions`); Ceph's gateway takes no notice of the question."""
        if self.rgw:
            shut = self.checks.is_denied("list") and self.checks.was_open("versions")
            word: Denied | Inconclusive = Inconclusive(
                UndecidedReason.NOT_OFFERED, "the gateway lists versions by S3 alone"
            )
            self.checks.record("versions", Denied(ClosedReason.DENIED) if shut else word)
            return
        ask = Request("GET", f"{self.target.root}/?versions&format=json&limit={_OLD_ROWS}", PAGE)
        outcome = yield from ask_twice(self.checks, ask, self.judge_list)
        if not isinstance(outcome, Keys):
            self.checks.record("versions", outcome)
        elif not outcome.versioned:
            self.checks.record("versions", unversioned(self.checks, "no versions are kept here"))
        else:
            proof = Proof(ProofStep.VERSIONS_LISTED)
            self.checks.record_open("versions", OpenReason.VERSIONS_LISTED, proof)

    def other_door(self) -> None:
        """What was once seen open by the gateway's S3 check, and has no counterpart here: that check tells of it."""
        for name in ("uploads", "any-account", "write"):
            if self.rgw and name not in self.checks.found and self.checks.was_open(name):
                self.checks.record(
                    name, Denied(UndecidedReason.NOT_OFFERED, "not asked by this protocol: S3 tells of it")
                )

    def random_ask(self, turn: str, headers: tuple[tuple[str, str], ...] = (), *, fresh: bool = False) -> Request:
        """The question for a key that cannot exist."""
        return object_ask(f"{self.target.root}/{self.target.nonce}{turn}.wav", "", headers, fresh=fresh)

    def judge_random(self, answer: Answer) -> Outcome[Readable]:
        """The oracle: Swift says 404 to whoever may read the container, and 401 to everybody else.

        Not so Ceph's gateway, whose 404 tells of a grant to list.
        """
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Inconclusive(NoAnswerReason.BUG)
        engine = self.engine(answer)
        if answer.status in (200, 206):
            return Inconclusive(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered with bytes")
        if answer.status == 404 and engine is not Engine.NONE and not self.rgw:
            return Readable()
        if answer.status == 404 and self.rgw:
            return Inconclusive(
                UndecidedReason.NO_KNOWN_KEY, "the gateway's 404 does not tell whether objects are readable"
            )
        return self.refused(answer, engine)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to the question for a known object is."""
        deaf = silence(answer)
        if deaf is not None or not isinstance(answer, Response):
            return deaf or Inconclusive(NoAnswerReason.BUG)
        engine = self.engine(answer)
        found = first_bytes(answer, key, speaks=engine is not Engine.NONE)
        if found is not None:
            return found
        if answer.status == 404 and engine is not Engine.NONE:
            return Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the objects that are known are not there")
        return self.refused(answer, engine)

    def read(self) -> Generator[Ask, Reply, None]:
        """Objects: by the random key, which needs no name of any, and by known keys, which tell what they are."""
        checks = self.checks
        proven = checks.proven
        random = yield from ask_twice(checks, self.random_ask(""), self.judge_random, self.random_ask("2"))
        checks.beside = beside(random)
        tries = known_keys(checks, self.target.root)
        if isinstance(random, Inconclusive) and random.why is UndecidedReason.CATCH_ALL:
            checks.record("read", random)
            return
        outcome = yield from reads(checks, tries, self.object_ask, self.judge_object)
        if isinstance(random, Readable) and checks.is_open("read"):
            return
        if isinstance(random, Readable) and isinstance(outcome, Denied):
            checks.proven = proven
            checks.record(
                "read", Inconclusive(UndecidedReason.UNSTABLE, "a missing object answers otherwise than a known one")
            )
        elif isinstance(random, Readable):
            why = OpenReason.READABLE if checks.is_open("list") else OpenReason.READABLE_UNLISTED
            proof = Proof(ProofStep.MISSING_KEY_TOLD)
            learnt = [known.key for known in tries if known.said and not checks.is_open("list")]
            checks.record_open("read", why, proof, "", *learnt)
        elif outcome is not None:
            # Of the two words the random key's is the wider: it speaks of every object.
            known = isinstance(outcome, Inconclusive) and outcome.why is not UndecidedReason.NO_KNOWN_KEY
            settled = random if isinstance(random, Denied) and not known and not self.rgw else outcome
            checks.record("read", settled)

    def object_ask(self, known: Known) -> Request:
        """The question for a known object."""
        return object_ask(path_of(self.target.root, known.key), known.said)

    def by_origin(self) -> Generator[Ask, Reply, None]:
        """Grants to pages of an origin (`.r:*.example.com`): anybody may say to come from there, so they are open."""
        checks = self.checks
        kept = [key for key in checks.known_open("list") if key.startswith(_ORIGIN)]
        for origin in dict.fromkeys((*self.target.referers, *(key.removeprefix(_ORIGIN) for key in kept))):
            said = (("Referer", origin),)
            outcome = yield from ask_twice(checks, replace(self.list_ask(), headers=said), self.judge_list)
            self.undecided("list", outcome, kept=_ORIGIN + origin in kept)
            if isinstance(outcome, Keys):
                checks.listing = checks.listing or outcome.listing
                proof = Proof(ProofStep.ORIGIN_LISTS)
                checks.record_open("list", OpenReason.REFERER_ONLY, proof, _ORIGIN + origin)
                self.from_headers()
            if not checks.is_open("read"):
                yield from self.read_by_origin(origin, kept=_ORIGIN + origin in kept)
            if checks.is_open("list") and checks.is_open("read"):
                return

    def undecided(self, name: str, outcome: Outcome[T], *, kept: bool) -> None:
        """A check of which nothing was said to an origin: what others are refused says nothing of it."""
        before = self.checks.found.get(name)
        settled = before is not None and (before.verdict == "exposed" or before.why in UNPROVEN)
        if isinstance(outcome, Inconclusive) and not settled and outcome.why is not UndecidedReason.NO_KNOWN_KEY:
            weighs = kept or outcome.silent or outcome.why in UNPROVEN
            if weighs:
                self.checks.record(name, outcome)

    def read_by_origin(self, origin: str, *, kept: bool) -> Generator[Ask, Reply, None]:
        checks = self.checks
        said = (("Referer", origin),)
        proof = Proof(ProofStep.ORIGIN_READS)
        again = self.random_ask("3", said)
        outcome = yield from ask_twice(checks, self.random_ask("", said), self.judge_random, again)
        self.undecided("read", outcome, kept=kept)
        if isinstance(outcome, Readable):
            checks.record_open("read", OpenReason.REFERER_ONLY, proof)
            checks.seen_open.append(witness("list", _ORIGIN + origin))
            return
        shown = known_keys(checks, self.target.root) if self.rgw else ()
        for known in shown[:1]:
            ask = replace(self.object_ask(known), headers=(*self.object_ask(known).headers, *said))
            found = yield from ask_twice(checks, ask, lambda answer, key=known.key: self.judge_object(answer, key))  # type: ignore[misc]
            self.undecided("read", found, kept=kept)
            if isinstance(found, Readable):
                checks.single, checks.size, checks.media = True, found.size, found.media
                checks.record_open("read", OpenReason.REFERER_ONLY, proof, known.key)
                checks.seen_open.append(witness("list", _ORIGIN + origin))


SWIFT_CONTAINER: Probe[BucketTarget] = Probe(
    "swift-container",
    BucketTarget,
    look,
    "containers of OpenStack Swift and of Ceph's gateway: listed, readable though unlisted (told by a key that cannot "
    "exist), old versions, grants to declared origins, the container's size and grants where they are shown",
)
