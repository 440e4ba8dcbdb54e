"""The probe `swift-container`: containers of OpenStack Swift, and of Ceph's gateway by its Swift protocol."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets._checks import OLD_ROWS, PAGE, ROWS, Checks, page_in
from probes.buckets._objects import ask_read, first_bytes, known_objects, object_request, random_request, record_object
from probes.buckets.bucket_verdict import UNPROVEN
from probes.buckets.dangling import domain_verdict
from probes.buckets.dialects import list_variants
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, Readable, T, unanswered, without_words
from probes.buckets.dialects.swift import refusal
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.buckets.key_page import KeyPage, key_bytes
from probes.recognise.buckets.swift import Engine, container_page, engine_of, is_static_web
from probes.recognise.listing.model import Listing
from probes.recognise.listing.recognise import recognise
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response

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
        ask = self.list_request()
        outcome = yield from checks.ask_twice(ask, self.judge_list)
        if isinstance(outcome, Inconclusive) and outcome.final:
            checks.record("list", outcome)
            return (checks.verdict(),)
        if isinstance(outcome, Denied) and outcome.why is ClosedReason.NO_BUCKET:
            checks.deny_all(("list", "read", "versions"), outcome)
            named = yield from domain_verdict(checks, outcome, ask, self.judge_list)
            return (checks.verdict(), *named)
        if isinstance(outcome, KeyPage):
            checks.record_list("list", OpenReason.LISTED, Proof(ProofStep.STORE_LISTS), outcome)
            self.from_headers()
        else:
            checks.record("list", outcome)
            if isinstance(outcome, Denied) and checks.was_open("acl"):
                checks.record("acl", Denied(outcome.why, "shown with the list alone"))
        yield from self.versions()
        yield from ask_read(
            checks,
            self.random_request,
            self.judge_random,
            self.judge_object,
        )
        if isinstance(outcome, Denied):
            yield from self.by_origin()
        yield from checks.ask_prefixes(self.list_request, self.judge_list)
        self.other_protocol()
        # Swift itself answers alike for private and missing; Ceph's gateway says which it is.
        told = outcome if isinstance(outcome, KeyPage) or (isinstance(outcome, Denied) and self.rgw) else None
        named = yield from domain_verdict(checks, told, ask, self.judge_list)
        return (checks.verdict(), *named)

    @property
    def rgw(self) -> bool:
        """Whether Ceph's gateway speaks."""
        return Engine.RGW in self.engines

    def list_request(self, prefix: str = "") -> Request:
        """A page of the container's objects. Only json: the text format parts names at a newline."""
        return Request("GET", list_variants(self.target)[0].first(ROWS, key_bytes(prefix)), PAGE)

    def judge_list(self, answer: Answer) -> Outcome[KeyPage]:
        """What an answer to a list is: JSON, or the page that staticweb writes in its stead; nothing else is a list."""
        if unanswered(answer) is not None or not isinstance(answer, Response):
            return without_words(answer)
        engine = self.engine(answer)
        if answer.status in (200, 204) and engine is not Engine.NONE:
            self.shown = answer
        page = None
        if answer.status == 200:
            page = page_in(answer, lambda body: container_page(body, of_store=engine is not Engine.NONE))
            if page is not None:
                # A page that is not full ends the list here; the store's own count says where that is not so.
                page.more = len(page.names) >= ROWS
            elif engine is not Engine.NONE and is_static_web(answer.body):
                page = self.static_web(answer)
        elif answer.status == 204 and "x-container-object-count" in dict(answer.headers):
            page = KeyPage()
        if page is None:
            return without_words(answer) if answer.status in (200, 204) else self.refused(answer, engine)
        return page

    def static_web(self, answer: Response) -> KeyPage | None:
        """The names on a page of staticweb."""
        scheme = "https" if self.target.tls else "http"
        url = f"{scheme}://{self.target.host}{self.target.root}/"
        shown = recognise(answer.body, url, whole=answer.ending is Ending.WHOLE)
        if not isinstance(shown, Listing):
            return None
        page = KeyPage([key_bytes(entry.name) for entry in shown.files])
        page.sizes = [entry.size.best if entry.size else 0 for entry in shown.files]
        page.sized = sum(entry.size is not None for entry in shown.files)
        page.dates = [b""] * len(page.keys)
        page.prefixes = [key_bytes(f"{entry.name}/") for entry in shown.directories]
        page.more = True  # what lies in its folders
        return page

    def refused(self, answer: Response, engine: Engine) -> Denied | Inconclusive:
        """A refusal in Swift's or the gateway's own words."""
        return refusal(answer, engine, rgw=self.rgw)

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
            self.checks.facts += [Fact(FactKind.OBJECTS, number=int(count)), Fact(FactKind.BYTES, number=int(used))]
            self.checks.counted = int(count)
        grants = {who.strip() for who in named.get("x-container-read", "").split(",")}
        writers = {who.strip() for who in named.get("x-container-write", "").split(",")}
        if "x-container-read" in named or "x-container-write" in named:
            self.checks.record_open("acl", OpenReason.ACL_READABLE, Proof(ProofStep.GRANTS_READABLE))
        if "*:*" in grants:
            said = Proof(ProofStep.GRANTS_NAME_ACCOUNTS)
            self.checks.record_open("any-account", OpenReason.ANY_ACCOUNT, said, kept=False)
        if {".r:*", "*:*"} & writers:
            said = Proof(ProofStep.GRANTS_LET_WRITE)
            self.checks.record_open("write", OpenReason.WRITE_GRANTED, said, kept=False)

    def versions(self) -> Generator[Ask, Reply, None]:
        """Old versions (Swift's object_versioning, `?versions`); Ceph's gateway takes no notice of the question."""
        if self.rgw:
            shut = self.checks.is_denied("list") and self.checks.was_open("versions")
            word: Denied | Inconclusive = Inconclusive(
                UndecidedReason.NOT_OFFERED, "the gateway lists versions by S3 alone"
            )
            self.checks.record("versions", Denied(ClosedReason.DENIED) if shut else word)
            return
        ask = Request("GET", f"{self.target.root}/?versions&format=json&limit={OLD_ROWS}", PAGE)
        yield from self.checks.ask_old("old versions", ask, self.judge_list, "no versions are kept here")

    def other_protocol(self) -> None:
        """Checks that were once open by the gateway's S3 protocol and that Swift lacks: S3 tells of them."""
        for name in ("uploads", "any-account", "write"):
            if self.rgw and name not in self.checks.found and self.checks.was_open(name):
                self.checks.record(
                    name, Denied(UndecidedReason.NOT_OFFERED, "not asked by this protocol: S3 tells of it")
                )

    def random_request(self, turn: str, headers: tuple[tuple[str, str], ...] = ()) -> Request:
        return random_request(self.target, turn, headers)

    def judge_random(self, answer: Answer) -> Outcome[Readable]:
        """The oracle: Swift says 404 to whoever may read the container, and 401 to everybody else.

        Not so Ceph's gateway, whose 404 tells of a grant to list.
        """
        if unanswered(answer) is not None or not isinstance(answer, Response):
            return without_words(answer)
        engine = self.engine(answer)
        if answer.status in (200, 206):
            return Inconclusive(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered with bytes")
        if self.rgw and answer.status in (401, 403, 404):
            return Inconclusive(
                UndecidedReason.NO_KNOWN_KEY, "the gateway does not tell by it whether objects are readable"
            )
        if answer.status == 404 and engine is not Engine.NONE:
            return Readable()
        if answer.status in (404, 410) and not self.rgw:
            # Swift refuses whoever may not read; that the key is missing was said in other words, to one who may.
            return Inconclusive(UndecidedReason.CANARY_FAILED, "a missing object is told, not in Swift's own words")
        return self.refused(answer, engine)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """What an answer to the question for a known object is."""
        if unanswered(answer) is not None or not isinstance(answer, Response):
            return without_words(answer)
        engine = self.engine(answer)
        found = first_bytes(answer, key, speaks=engine is not Engine.NONE)
        if found is not None:
            return found
        if answer.status == 404 and engine is not Engine.NONE:
            return Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the objects that are known are not there")
        return self.refused(answer, engine)

    def by_origin(self) -> Generator[Ask, Reply, None]:
        """Grants to pages of an origin (`.r:*.example.com`): anybody may say to come from there, so they are open."""
        checks = self.checks
        kept = [key for key in checks.known_open("list") if key.startswith(_ORIGIN)]
        for origin in dict.fromkeys((*self.target.referers, *(key.removeprefix(_ORIGIN) for key in kept))):
            said = (("Referer", origin),)
            outcome = yield from checks.ask_twice(replace(self.list_request(), headers=said), self.judge_list)
            self.undecided("list", outcome, kept=_ORIGIN + origin in kept)
            if isinstance(outcome, KeyPage):
                step = Proof(ProofStep.ORIGIN_LISTS)
                checks.record_list("list", OpenReason.REFERER_ONLY, step, outcome, _ORIGIN + origin)
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
        step = Proof(ProofStep.ORIGIN_READS)
        again = self.random_request("3", said)
        outcome = yield from checks.ask_twice(self.random_request("", said), self.judge_random, again)
        self.undecided("read", outcome, kept=kept)
        if isinstance(outcome, Readable):
            checks.record_open("read", OpenReason.REFERER_ONLY, step)
            checks.keep("list", _ORIGIN + origin)
            return
        for thing in known_objects(checks)[: 1 if self.rgw else 0]:
            ask = object_request(self.target, thing, said)
            found = yield from checks.ask_twice(ask, lambda answer, key=thing.key: self.judge_object(answer, key))  # type: ignore[misc]
            self.undecided("read", found, kept=kept)
            if isinstance(found, Readable):
                record_object(checks, found, thing, why=OpenReason.REFERER_ONLY)
                checks.keep("list", _ORIGIN + origin)


SWIFT_CONTAINER: Probe[BucketTarget] = Probe(
    "swift-container",
    BucketTarget,
    look,
    "containers of OpenStack Swift and of Ceph's gateway: listed, readable though unlisted (told by a key that cannot "
    "exist), old versions, grants to declared origins, the container's size and grants where they are shown",
)
