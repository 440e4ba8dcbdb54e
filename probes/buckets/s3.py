"""The probe `s3-bucket`: every permission check of a bucket that speaks S3, asked anonymously, and never written to."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace

from probes.api import BucketTarget, Dialogue, Probe
from probes.buckets._checks import PAGE, REFUSAL, ROWS, Checks, page_in
from probes.buckets._objects import KnownObject, ask_objects, bytes_request, is_page, known_objects, whole_size
from probes.buckets._s3_settings import Settings
from probes.buckets.addresses.providers import provider_of
from probes.buckets.dangling import domain_verdict, judge_s3_name
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, Readable
from probes.buckets.dialects.s3 import S3Endpoint, bare, moved, nothing_more, refusal
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.engines import CEPH, SEAWEEDFS, engine
from probes.recognise.buckets.errors import read_error, region
from probes.recognise.buckets.key_page import KeyPage, sent
from probes.recognise.buckets.s3 import bucket_page
from probes.recognise.media.identify import tell
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one

_FEW = 10
"""Keys that are asked for in a second look."""
_ALL = ("list", "read", "versions", "uploads", "acl", "any-account")


def look(target: BucketTarget) -> Dialogue:
    """Make every check of the bucket. One that refuses all costs six requests, and one for each prefix and key."""
    return (yield from _Bucket(target, Checks(target), S3Endpoint("", target.root)).look())


@dataclass(slots=True)
class _Bucket:
    target: BucketTarget
    checks: Checks
    at: S3Endpoint
    """Where the bucket is asked: the target's own endpoint, or the one of its region."""
    answer: Answer = field(default_factory=lambda: NoAnswer(NoAnswerReason.BUG))
    """The last answer to the list."""
    older: bool = False
    """Whether the list was asked for by the older ListObjects."""
    canary: Answer = field(default_factory=lambda: NoAnswer(NoAnswerReason.BUG))
    """The answer to a key that cannot exist."""

    def look(self) -> Dialogue:
        checks, target = self.checks, self.target
        outcome = yield from self.ask_list()
        checks.objects = self.at.root
        name = engine(self.answer.headers) if isinstance(self.answer, Response) else ""
        checks.facts += [Fact(FactKind.ENGINE, name)] if name else []
        checks.facts += [Fact(FactKind.ASKED_AT, self.at.host)] if self.at.host not in ("", target.host) else []
        settings = Settings(target, checks, self.at)
        if isinstance(outcome, KeyPage):
            yield from self.open_list(outcome, settings)
        elif isinstance(outcome, Denied) and outcome.why is ClosedReason.NO_BUCKET:
            checks.deny_all(_ALL, outcome)
        else:
            checks.record("list", outcome)
            if not nothing_more(outcome):
                yield from self.refused_list(settings, denied=isinstance(outcome, Denied))
        if "any-account" not in checks.found and not checks.is_open("list"):
            yield from settings.ask_any_account(outcome if isinstance(outcome, Inconclusive) else None)
        named = yield from domain_verdict(checks, judge_s3_name(self.answer), self.list_request(), judge_s3_name)
        return (checks.verdict(), *named)

    # The list.

    def list_request(self, rows: int = ROWS, prefix: str = "") -> Request:
        return self.at.list(PAGE, rows, prefix, older=self.older)

    def ask_list(self) -> Generator[Ask, Reply, Outcome[KeyPage]]:
        """Ask for the list: by the older API where the newer is not known, and once more where a region is named."""
        first = yield from self._ask_list()
        if isinstance(self.answer, NoAnswer):
            return first
        if isinstance(first, Inconclusive) and first.why is UndecidedReason.WRONG_REGION:
            return (yield from self._follow(first, self.answer))
        if not isinstance(first, KeyPage) and self.answer.status in (400, 405, 501):
            # IBM COS and ten more providers know ListObjects alone; most ignore list-type, some refuse it.
            answer, self.older = self.answer, True
            second = yield from self._ask_list()
            if not isinstance(second, Inconclusive) or second.why is UndecidedReason.UNSTABLE:
                return second
            self.answer, self.older = answer, False
        return first

    def _ask_list(self) -> Generator[Ask, Reply, Outcome[KeyPage]]:
        self.answer = yield from one(self.list_request())
        return self.judge_list(self.answer)

    def judge_list(self, answer: Answer) -> Outcome[KeyPage]:
        """What an answer to the list is."""
        page = page_in(answer, bucket_page) if isinstance(answer, Response) and answer.status == 200 else None
        if page is not None:
            if self._of_another(page):
                return Inconclusive(UndecidedReason.NOT_A_STORE, "the list says to be of another bucket")
            return page
        outcome = refusal(self.target, self.at, answer)
        if outcome.why is UndecidedReason.NO_KNOWN_KEY:
            return Inconclusive(UndecidedReason.NOT_OFFERED, "a front asks its store for an object instead")
        if outcome.why is ClosedReason.DENIED and isinstance(answer, Response) and engine(answer.headers) == SEAWEEDFS:
            return Denied(ClosedReason.PRIVATE_OR_MISSING, "this store refuses a missing bucket alike")
        return outcome

    def _follow(self, first: Inconclusive, answer: Response) -> Generator[Ask, Reply, Outcome[KeyPage]]:
        """Ask at the endpoint that the answer names, once. Two endpoints that disagree close nothing."""
        place = moved(self.target, self.at, answer)
        if place is None and not region(answer.headers.get("x-amz-bucket-region")):
            # S3 API, HeadBucket: the region stands in its headers whatever the status.
            head = yield from one(self.at.head())
            place = moved(self.target, self.at, head) if isinstance(head, Response) else None
        if place is None:
            return first
        here, self.at = self.at, place
        then = yield from self._ask_list()
        detail = ""
        if isinstance(self.answer, NoAnswer):
            detail = f"the endpoint named gave no answer ({self.answer.why.value})"
        elif isinstance(then, Denied) and then.why is ClosedReason.NO_BUCKET:
            # Whoever sends us on knows the bucket.
            detail = "the endpoint named knows no such bucket"
        if detail:
            self.at, self.answer = here, answer
            return Inconclusive(UndecidedReason.WRONG_REGION, detail)
        return then

    def _of_another(self, page: KeyPage) -> bool:
        """Whether a list says to be of another bucket, where the provider's own endpoint answers for just one.

        An alias of an access point stands for a bucket of another name (S3 User Guide, "Access point aliases").
        """
        target, provider = self.target, provider_of(self.target.provider)
        if provider is None or not provider.ask or not target.bucket or target.domain or not page.name:
            return False
        alias = target.bucket.endswith(("-s3alias", "--ol-s3", ".mrap"))
        return not alias and bare(page.name) != bare(target.bucket)

    def lists_anything(self) -> Generator[Ask, Reply, bool]:
        """Whether a declared endpoint lists whatever bucket it is asked for: then it shows nothing of this one.

        Providers with endpoints of their own are known not to; a name that cannot exist is asked for beside a path.
        """
        target, provider = self.target, provider_of(self.target.provider)
        if not target.bucket or not self.at.root or target.domain or (provider is not None and provider.ask):
            return False
        beside = replace(self.at, root=f"{self.at.root.rpartition('/')[0]}/{target.nonce}")
        answer = yield from one(beside.list(PAGE, _FEW))
        return isinstance(answer, Response) and answer.status == 200 and bucket_page(answer.body) is not None

    def open_list(self, page: KeyPage, settings: Settings) -> Generator[Ask, Reply, None]:
        checks = self.checks
        yield from self.ask_canary()
        if checks.canary == "catch-all" or self.canary_code == "NoSuchBucket":
            detail = "a key that cannot exist is answered too"
            detail = detail if checks.canary == "catch-all" else "lists, and says of a key that there is no such bucket"
            checks.record("list", Inconclusive(UndecidedReason.CATCH_ALL, detail))
            return
        if (yield from self.lists_anything()):
            checks.record("list", Inconclusive(UndecidedReason.CATCH_ALL, "a bucket that cannot exist is listed too"))
            return
        again = yield from checks.second_look(page, self.list_request(_FEW), self.judge_list)
        if isinstance(again, KeyPage):
            checks.record_list("list", OpenReason.LISTED, Proof(ProofStep.STORE_LISTS), page)
        else:
            checks.record("list", again)
            checks.unstable.append(page)
        yield from checks.ask_prefixes(lambda prefix: self.list_request(ROWS, prefix), self.judge_list)
        if not page.second:
            checks.facts.append(Fact(FactKind.OLD_LIST_ONLY))
        if isinstance(self.answer, Response) and engine(self.answer.headers) == CEPH:
            checks.facts += _counted((yield from one(self.at.head())))
        yield from self.read()
        yield from settings.ask()

    def refused_list(self, settings: Settings, *, denied: bool) -> Generator[Ask, Reply, None]:
        """The list is refused, or nobody can say whether: what may be open all the same."""
        checks = self.checks
        if denied:
            yield from checks.ask_prefixes(lambda prefix: self.list_request(ROWS, prefix), self.judge_list)
        if denied or self.target.keys or checks.was_open("read"):
            yield from self.ask_canary()
            if checks.canary == "catch-all":
                checks.retract(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered too")
            yield from self.read()
        if denied:
            yield from settings.ask()

    # Objects.

    def canary_request(self) -> Request:
        return Request("GET", f"{self.at.root}/{sent(self.target.nonce)}", REFUSAL, host=self.at.host)

    def ask_canary(self) -> Generator[Ask, Reply, None]:
        """Ask for a key that cannot exist: a server that gives bytes for it proves nothing by giving others."""
        self.canary = yield from one(self.canary_request())
        self.checks.take_canary(self.canary)
        if self.checks.canary == "refused" and self.canary_code and self.canary_status in (401, 403, 404):
            self.checks.canary = "refused in words"

    @property
    def canary_status(self) -> int:
        return self.canary.status if isinstance(self.canary, Response) else 0

    @property
    def canary_code(self) -> str:
        """The store's own word for a missing key; empty where it used none."""
        return _code(self.canary)

    def read(self) -> Generator[Ask, Reply, None]:
        """Known objects, else the store that says to readers alone that a key is missing."""
        checks = self.checks
        known = known_objects(checks)
        outcome = yield from ask_objects(checks, known, self.judge_object, ask_for=self.object_request)
        if outcome is None:
            return
        if outcome.why is UndecidedReason.NO_KNOWN_KEY:
            once = any(thing.source == "once open" for thing in known)
            nothing = Inconclusive(UndecidedReason.NO_KNOWN_KEY, "the declared objects are missing" if known else "")
            # A stranger who may neither list nor read is refused a missing key as any other (S3 API, GetObject).
            gone = Inconclusive(
                UndecidedReason.ENTRY_UNPROVEN, "what was once seen open is gone, and a stranger is told so"
            )
            outcome = gone if once else nothing
        missing = yield from self.by_missing(
            once_by_missing=any(key[:1] in ("", "\0") for key in checks.known_open("read"))
        )
        if isinstance(missing, Readable):
            detail = "a missing key is told as missing, which this store tells only to those who may read"
            why = OpenReason.READABLE if checks.lists else OpenReason.READABLE_UNLISTED
            checks.record_open("read", why, Proof(ProofStep.MISSING_KEY_TOLD), detail=detail)
        elif missing is not None and outcome.why is UndecidedReason.NO_KNOWN_KEY:
            checks.record("read", missing)
        else:
            checks.record("read", outcome)

    def object_request(self, thing: KnownObject) -> Request:
        return bytes_request(f"{self.at.root}/{sent(thing.key)}", thing.said, host=self.at.host)

    def judge_object(self, answer: Answer, key: str) -> Outcome[Readable]:
        """Whether an object's first bytes came.

        206, or 200 of a server that ignores Range, is a readable object when a key that cannot exist is refused in the
        store's own words; where a front refuses it in words of its own, the bytes must confirm what the name says.
        """
        if not isinstance(answer, Response) or answer.status not in (200, 206, 416):
            return refusal(self.target, self.at, answer)
        if self.checks.canary == "catch-all":
            return Inconclusive(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered too")
        if self.checks.canary == "failed":
            return Inconclusive(
                UndecidedReason.CANARY_FAILED, "the store does not answer a key that cannot exist in order"
            )
        size = whole_size(answer)
        if answer.status == 416:
            if _code(answer) != "InvalidRange":
                return Inconclusive(UndecidedReason.STATUS_UNEXPECTED, "status 416")
            size, told = 0, None
        elif answer.status == 206 and not answer.headers.get("content-range").replace(" ", "").lower().startswith(
            "bytes0-"
        ):
            return Inconclusive(UndecidedReason.TYPE_UNPROVEN, "a 206 for another range than was asked")
        elif not answer.body and size != 0:
            return Inconclusive(UndecidedReason.BODY_UNREADABLE, "the first bytes cannot be read")
        else:
            told = tell(answer.body, key, answer.type, size)
        if told is not None and is_page(told, key):
            return Inconclusive(UndecidedReason.TYPE_UNPROVEN, "a web page in the place of the object")
        confirmed = told is not None and told.confirmed and bool(answer.body)
        if self.checks.canary == "refused" and not confirmed:
            return Inconclusive(UndecidedReason.TYPE_UNPROVEN, "answers, but its first bytes do not confirm what it is")
        if told is None or not told.confirmed:
            return Readable(size)
        return Readable(size, f"{told.kind.value}/{told.format}" if told.format else told.kind.value)

    def by_missing(self, *, once_by_missing: bool) -> Generator[Ask, Reply, Outcome[Readable] | None]:
        """What `NoSuchKey` for a key that cannot exist says of reading, where the list is refused. None: nothing.

        At Amazon and Ceph that answer needs the right to list, so it says nothing of reading. SeaweedFS gives it to
        whoever may read: a private bucket of it refuses the same key. Behind a proxy SeaweedFS is told by a HEAD of the
        bucket that it grants where it refuses the list, which the others never do (S3 API: HeadBucket needs
        `s3:ListBucket`). `once_by_missing`: reading was once found open by this alone.
        """
        weed = isinstance(self.canary, Response) and engine(self.canary.headers) == SEAWEEDFS
        if not (self.canary_status == 404 and self.canary_code == "NoSuchKey"):
            if self.canary_code == "AccessDenied" and (weed or once_by_missing):
                return Denied(
                    ClosedReason.DENIED,
                    "a key that cannot exist is refused, as this store refuses whoever may not read",
                )
            return None
        if not weed and self.checks.lists:
            return None
        if not weed:
            head = yield from one(self.at.head())
            if not isinstance(head, Response) or head.status != 200:
                detail = "a missing key is told as missing, which this store tells to those who may list in some way"
                return Inconclusive(UndecidedReason.ENTRY_UNPROVEN, detail)
        return (yield from self.checks.second_look(Readable(), self.canary_request(), self.judge_missing))

    def judge_missing(self, answer: Answer) -> Outcome[Readable]:
        """Whether an answer says that a key is missing."""
        if isinstance(answer, Response) and answer.status == 404 and _code(answer) == "NoSuchKey":
            return Readable()
        return refusal(self.target, self.at, answer)


def _code(answer: Answer) -> str:
    error = read_error(answer.body) if isinstance(answer, Response) and answer.status >= 300 else None
    return error.code if error is not None and not error.website else ""


def _counted(head: Answer) -> Iterable[Fact]:
    """The size that Ceph's gateway states of a bucket that lists (rgw_rest_s3.cc, dump_bucket_metadata)."""
    if not isinstance(head, Response) or head.status != 200:
        return ()
    named = (("x-rgw-object-count", FactKind.OBJECTS), ("x-rgw-bytes-used", FactKind.BYTES))
    counts = [(head.headers.get(name).strip(), kind) for name, kind in named]
    return [Fact(kind, number=int(n)) for n, kind in counts if n.isascii() and n.isdigit() and len(n) < 19]


S3_BUCKET: Probe[BucketTarget] = Probe(
    "s3-bucket",
    BucketTarget,
    look,
    "buckets that speak S3: whether a stranger can list them, wholly or under a prefix, read an object, see old "
    "versions, unfinished uploads or the grants; and whether any account can; by reading alone",
)
