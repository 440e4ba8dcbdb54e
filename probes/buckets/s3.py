"""The probe `s3-bucket`: every check of a bucket that speaks S3, asked as a stranger, and never written to."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace

from probes.api import BucketTarget, Certainty, Check, Dialogue, Probe, Verdict
from probes.buckets.bucket_verdict import ASKED_AT, clear, exposed, unknown, verdict_of, witness, witnesses
from probes.buckets.dangling import judge_s3_name, name_verdict
from probes.buckets.s3_account import ask_any_account
from probes.buckets.s3_answers import refusal
from probes.buckets.s3_asks import S3Endpoint
from probes.buckets.s3_list import (
    Listed,
    ask_list,
    few,
    list_door,
    lists_anything,
    page_of,
    prefix_request,
    prefixes,
    shows,
)
from probes.buckets.s3_objects import Beside, Opened, Read, beside, by_missing, known_objects, spread, try_objects
from probes.buckets.s3_settings import Learnt, ask_grants, ask_policy_status, ask_uploads, ask_versions
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.recognise.buckets.engines import CEPH, engine
from probes.recognise.buckets.grants import Grants
from probes.recognise.buckets.object_keys import StoredObject, listing_of
from probes.recognise.buckets.s3 import BucketPage
from probes.recognise.listing.model import Listing
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Response, one

_SECOND_LOOK = ("list", "read", "list-prefix", "versions", "uploads", "acl", "write", "any-account")
_UNREADABLE = frozenset(
    {ClosedReason.DENIED, ClosedReason.PRIVATE_OR_MISSING, UndecidedReason.KEY_DEMANDED, UndecidedReason.ARCHIVED}
)


@dataclass(slots=True)
class Vector:
    """The checks as they are learnt, and what stands for them."""

    checks: dict[str, Check] = field(default_factory=dict)
    opened: list[Opened] = field(default_factory=list)
    listed: list[StoredObject] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    versions: tuple[StoredObject, ...] = ()
    partial: str = ""
    facts: list[str] = field(default_factory=list)
    media: str = ""
    size: int | None = None
    grants: Grants | None = None
    healthy: bool = True
    """Whether the store answers a key that cannot exist in order; else nothing here is proven."""

    def put(self, check: Check, opened: Opened | None = None) -> None:
        """Set a check, with what opened it."""
        self.checks[check.name] = check
        if opened is not None:
            self.opened.append(opened)

    def learn(self, learnt: Learnt) -> None:
        """Set a check, with all that it told."""
        self.put(learnt.check, learnt.opened)
        self.facts += learnt.facts
        self.versions = learnt.objects or self.versions

    def take(self, page: BucketPage, answer: Answer) -> None:
        """Keep what a page lists, in memory, for the tally."""
        self.listed += page.objects
        self.folders += page.prefixes
        if not page.whole or (isinstance(answer, Response) and answer.ending is not Ending.WHOLE):
            self.partial = "cut short"
        elif page.truncated:
            self.partial = self.partial or "paged"

    def forget(self, kind: str, why: Why, detail: str) -> None:
        """Nothing can be said any more of the open checks of a kind."""
        for name in [name for name in self.checks if _kind(name) == kind and self.is_open(name)]:
            self.checks[name] = unknown(name, why, detail)
        self.opened = [opened for opened in self.opened if _kind(opened.check) != kind]

    def is_open(self, name: str) -> bool:
        """Whether a check stands open."""
        return name in self.checks and self.checks[name].verdict == "exposed"

    @property
    def lists(self) -> bool:
        """Whether the bucket lists, wholly or under a prefix."""
        return any(check.verdict == "exposed" for name, check in self.checks.items() if _kind(name) in _LISTS)


_LISTS = ("list", "list-prefix")


def look(target: BucketTarget) -> Dialogue:
    """Look at every check of the bucket. One that refuses all costs six requests, and one for each prefix and key."""
    listed = yield from ask_list(target)
    vector = Vector()
    if isinstance(listed.answer, Response) and (name := engine(listed.answer.headers)):
        vector.facts.append(f"engine {name}")
    if listed.page is not None:
        yield from _open_list(target, listed, listed.page, vector)
    elif listed.said.why is ClosedReason.NO_BUCKET and listed.said.verdict == "clear":
        below = (prefix.check for prefix in prefixes(target, listed.at))
        once = (name for name, _ in witnesses(target))
        for name in dict.fromkeys(("list", *below, "read", "versions", "uploads", "acl", "any-account", *once)):
            vector.put(clear(name, ClosedReason.NO_BUCKET))
    else:
        vector.put(listed.said.check("list"))
        if not listed.said.final:
            yield from _closed_list(target, listed, vector)
    if "any-account" not in vector.checks and not vector.is_open("list"):
        account = yield from ask_any_account(target, listed, vector.grants)
        vector.put(account.check, account.opened)
        if account.page is not None and account.answer is not None and not vector.lists:
            vector.take(account.page, account.answer)
    certainty, proof = yield from _second_look(vector)
    if not target.domain:
        return (_verdict(target, listed.at, vector, certainty, proof),)
    request = listed.at.ask(listed.query)
    named = yield from name_verdict(target, judge_s3_name(listed.answer), request, judge_s3_name)
    if named.why is UndecidedReason.UNSTABLE:
        vector.put(unknown("list", UndecidedReason.UNSTABLE, "a second look over a new connection found a bucket"))
    return (_verdict(target, listed.at, vector, certainty, proof), named)


def _open_list(target: BucketTarget, listed: Listed, page: BucketPage, vector: Vector) -> Generator[Ask, Reply, None]:
    at = listed.at
    canary = yield from beside(at, target.nonce)
    if canary.kind == "catch-all" or canary.code == "NoSuchBucket":
        detail = "a key that cannot exist is answered too"
        detail = detail if canary.kind == "catch-all" else "lists, and says of a key that there is no such bucket"
        vector.put(unknown("list", UndecidedReason.CATCH_ALL, detail))
        return
    if (yield from lists_anything(target, at)):
        vector.put(unknown("list", UndecidedReason.CATCH_ALL, "a bucket that cannot exist is listed too"))
        return
    vector.healthy = canary.kind != "failed"
    vector.take(page, listed.answer)
    proof = Proof(ProofStep.STORE_LISTS)
    vector.put(list_door("list", page, listed.answer), Opened("list", listed.again, shows(page), proof))
    for prefix in prefixes(target, at):
        vector.put(exposed(prefix.check, OpenReason.LISTED, "with the whole bucket"))
    if not page.newer:
        vector.facts.append("lists in the older way alone")
    if isinstance(listed.answer, Response) and engine(listed.answer.headers) == CEPH:
        head = yield from one(at.head())
        vector.facts += _counted(head)
    yield from _read(target, at, canary, vector)
    yield from _settings(target, at, vector)


def _closed_list(target: BucketTarget, listed: Listed, vector: Vector) -> Generator[Ask, Reply, None]:
    """The list is refused, or nobody can say whether: what may stand open all the same."""
    at, denied = listed.at, listed.said.verdict == "clear"
    for prefix in prefixes(target, at) if denied else ():
        request = prefix_request(at, prefix)
        answer = yield from one(request)
        page = page_of(answer)
        if page is None:
            said = refusal(target, at, answer)
            vector.put(said.check(prefix.check))
        elif any(not key.startswith(prefix.text) for key in page.keys):
            vector.put(unknown(prefix.check, UndecidedReason.CATCH_ALL, "lists what does not begin with the prefix"))
        else:
            vector.take(page, answer)
            check = list_door(prefix.check, page, answer)
            check = replace(check, why=OpenReason.PREFIX_LISTED) if check.why is OpenReason.LISTED else check
            again = replace(request, path=few(request.path))
            proof = Proof(ProofStep.PREFIX_LISTED)
            vector.put(check, Opened(prefix.check, again, shows(page), proof, prefix.text))
    if denied or target.keys or any(name == "read" for name, _ in witnesses(target)):
        canary = yield from beside(at, target.nonce)
        vector.healthy = canary.kind != "failed"
        if canary.kind == "catch-all":
            vector.forget("list-prefix", UndecidedReason.CATCH_ALL, "a key that cannot exist is answered too")
        yield from _read(target, at, canary, vector)
    if denied:
        yield from _settings(target, at, vector)


def _read(target: BucketTarget, at: S3Endpoint, canary: Beside, vector: Vector) -> Generator[Ask, Reply, None]:
    once = [key for name, key in witnesses(target) if name == "read"]
    # A key that begins with NUL is none: another protocol's check to the same bucket keeps an origin there.
    keys = [key for key in once if key and not key.startswith("\0")]
    objects = known_objects(target, at.root, keys, vector.listed)
    read = yield from try_objects(target, at, objects, canary, listed=vector.lists)
    if read.opened is None:
        told = yield from by_missing(target, at, canary, listed=vector.lists, was_open=len(keys) < len(once))
        if told is not None and _outweighs(told, read):
            read = told
    vector.put(read.check, read.opened)
    vector.media, vector.size = read.media, read.size


def _outweighs(told: Read, read: Read) -> bool:
    """Whether what a missing key tells stands over what known keys told: always when open, else only where they told
    nothing. A key that was once open and gives no verdict now stays undecided."""
    return told.opened is not None or read.check.why in (UndecidedReason.NO_KNOWN_KEY, ClosedReason.NOT_FOUND)


def _settings(target: BucketTarget, at: S3Endpoint, vector: Vector) -> Generator[Ask, Reply, None]:
    listed = vector.lists
    vector.learn((yield from ask_versions(target, at, listed=listed)))
    vector.learn((yield from ask_uploads(target, at, listed=listed)))
    checks, vector.grants = yield from ask_grants(target, at, listed=listed)
    for learnt in checks:
        vector.learn(learnt)
    if vector.lists or vector.is_open("read"):
        vector.facts += yield from ask_policy_status(at)


def _second_look(vector: Vector) -> Generator[Ask, Reply, tuple[Certainty, tuple[Proof, ...]]]:
    """Ask for what was found open once more, over a new connection: the check that weighs most stands for the others.

    One that is not open again is no more than unstable, and the next one is asked.
    """
    rank = {name: number for number, name in enumerate(_SECOND_LOOK)}
    waiting = sorted(vector.opened, key=lambda opened: rank[_kind(opened.check)])
    for opened in waiting:
        answer = yield from one(replace(opened.request, fresh=True))
        steps = [one.proof for one in vector.opened]
        if isinstance(answer, NoAnswer) or answer.status == 429 or answer.status >= 500:
            return Certainty.LIKELY, (*steps, Proof(ProofStep.NOT_SEEN_AGAIN))
        if opened.holds(answer):
            steps.append(Proof(ProofStep.SEEN_AGAIN))
            if not vector.healthy:
                steps.append(Proof(ProofStep.CANARY_DISORDERLY))
            return Certainty.PROVEN if vector.healthy else Certainty.LIKELY, tuple(dict.fromkeys(steps))
        vector.opened.remove(opened)
        vector.put(
            unknown(opened.check, UndecidedReason.UNSTABLE, "a second look over a new connection did not show it again")
        )
        if opened.check == "list":
            vector.forget("list-prefix", UndecidedReason.UNSTABLE, "implied by the list alone")
        if not vector.lists:
            vector.listed.clear()
            vector.folders.clear()
    return Certainty.PROVEN, ()


def _verdict(
    target: BucketTarget, at: S3Endpoint, vector: Vector, certainty: Certainty, proof: tuple[Proof, ...]
) -> Verdict:
    read = vector.checks.get("read")
    facts = [*vector.facts, *([f"{ASKED_AT}{at.host}"] if at.host not in ("", target.host) else [])]
    if vector.lists and read is not None:
        if read.verdict == "exposed":
            facts.append("listable and readable")
        elif read.why in _UNREADABLE:
            facts.append("listable, not readable")
    elif read is not None and read.verdict == "exposed":
        facts.append("readable, not listable")
    return verdict_of(
        target,
        tuple(vector.checks.values()),
        certainty=certainty,
        listing=_listing(at, vector),
        size=vector.size,
        media=vector.media,
        seen_open=_seen_open(vector),
        facts=tuple(dict.fromkeys(facts)),
        proof=proof,
    )


def _listing(at: S3Endpoint, vector: Vector) -> Listing | None:
    """What the tally counts: the pages that were listed, else the versions; None where one object alone is known."""
    said = ("a bucket's list of keys with size and date",)
    if vector.lists or vector.is_open("any-account"):
        return listing_of("s3", at.root, vector.listed, vector.folders, vector.partial, said)
    if vector.versions and vector.is_open("versions"):
        return listing_of("s3 versions", at.root, vector.versions, (), "paged", said)
    if any(opened.check == "read" and opened.key for opened in vector.opened):
        return None
    return Listing("s3", (), "not listed")


def _seen_open(vector: Vector) -> tuple[str, ...]:
    """The checks to try again before anything closes. `write` is not one: grants that are hidden now tell nothing."""
    found = [witness(opened.check, opened.key) for opened in vector.opened if opened.check != "write"]
    if any(opened.check == "read" and opened.key for opened in vector.opened):
        found += [witness("read", path) for path in spread(vector.listed)]
    return tuple(dict.fromkeys(found))


def _counted(head: Answer) -> Iterable[str]:
    """The size that Ceph's gateway states of a bucket that lists (rgw_rest_s3.cc, dump_bucket_metadata)."""
    if not isinstance(head, Response) or head.status != 200:
        return ()
    named = (("x-rgw-object-count", "objects"), ("x-rgw-bytes-used", "bytes"))
    counts = [(head.headers.get(name).strip(), word) for name, word in named]
    return [
        f"{int(n)} {word} by the store's own count" for n, word in counts if n.isascii() and n.isdigit() and len(n) < 19
    ]


def _kind(check: str) -> str:
    return "list-prefix" if check.startswith("list ") else check


S3_BUCKET: Probe[BucketTarget] = Probe(
    "s3-bucket",
    BucketTarget,
    look,
    "buckets that speak S3: whether a stranger can list them, wholly or under a prefix, read an object, see old "
    "versions, unfinished uploads or the grants; and whether any account can; by reading alone",
)
