"""How a store's answers are outcome: open, shut by its own word, or nothing said; and the checks that come of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, TypeVar

from probes.api import BucketTarget, Certainty, Check, Verdict
from probes.buckets.bucket_verdict import UNPROVEN, clear, exposed, unknown, verdict_of, witness, witnesses
from probes.buckets.s3_list import check_name
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason, UndecidedReason, Why
from probes.recognise.buckets.object_rows import Keys
from probes.recognise.listing.model import Listing
from probes.recognise.media.identify import MediaKind, kind_of_name, tell
from probes.recognise.pages.page_kind import PageKind, page
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one

PAGE = 1 << 20
"""Bytes of a list that are read: about a thousand rows of the widest dialect."""
ROWS = 1000
"""Rows that are asked for: one page tells that a bucket is open, the survey reads the rest."""
PREFIX = 512
"""Bytes that tell what an object is; they are looked at in memory and dropped."""
REFUSAL = 16_384
"""Bytes of an answer that is a refusal, or a small document."""

_LISTED_TRIES = 3
_KEPT_KEYS = 5


@dataclass(frozen=True, slots=True)
class Denied:
    """The store itself says that the check is closed."""

    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """An answer, or none, that decides nothing."""

    why: Why
    detail: str = ""
    silent: bool = False
    """Whether nobody answered, or one who could not now: a later answer may be another."""

    @property
    def final(self) -> bool:
        """Whether nothing else is worth asking now: nobody answers, or says to wait."""
        return self.silent and self.why is not UndecidedReason.SERVER_ERROR


@dataclass(frozen=True, slots=True)
class Readable:
    """An object's first bytes came."""

    size: int | None = None
    media: str = ""


T = TypeVar("T")
Beside: TypeAlias = Literal["not asked", "in order", "catch-all", "failed"]
Outcome: TypeAlias = T | Denied | Inconclusive


@dataclass(slots=True)
class Checks:
    """What is found out about one bucket, check by check."""

    target: BucketTarget
    found: dict[str, Check] = field(default_factory=dict)
    seen_open: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    proof: list[Proof] = field(default_factory=list)
    listing: Listing | None = None
    size: int | None = None
    media: str = ""
    single: bool = False
    """Whether a known object is open."""
    proven: bool = False
    """Whether something that stands open was seen twice, the second time over a new connection."""
    beside: Beside = "not asked"
    """How a key that cannot exist is answered: a store that answers it proves nothing by answering others."""

    def record_open(self, name: str, why: OpenReason, proof: Proof, *keys: str, kept: bool = True) -> None:
        """A check that stands open; `keys` are those by which it is to be tried again, `proof` is what shows it.

        One that is not `kept` is told by another check alone, so that it cannot be tried again by itself.
        """
        self.found[name] = exposed(name, why)
        if kept:
            self.seen_open.extend(witness(name, key) for key in keys or ("",))
        self.proof.append(proof)

    def record(self, name: str, what: Denied | Inconclusive) -> None:
        """A check that does not."""
        make = clear if isinstance(what, Denied) else unknown
        self.found[name] = make(name, what.why, what.detail)

    def is_open(self, name: str) -> bool:
        """Whether a check was found open."""
        return name in self.found and self.found[name].verdict == "exposed"

    def is_denied(self, name: str) -> bool:
        """Whether the store said that a check is closed."""
        return name in self.found and self.found[name].verdict == "clear"

    def known_open(self, name: str) -> tuple[str, ...]:
        """The keys by which a check was once seen open; empty: it never was."""
        return tuple(key for check, key in witnesses(self.target) if check == name)

    def was_open(self, name: str) -> bool:
        """Whether a check was once seen open."""
        return any(check == name for check, _ in witnesses(self.target))

    def deny_all(self, names: Iterable[str], what: Denied) -> None:
        """One word of the store that closes every check, those that were once open among them."""
        once = (check for check, _ in witnesses(self.target))
        for name in dict.fromkeys((*names, *prefix_checks(self), *once)):
            self.record(name, what)

    def take_canary(self, answer: Answer) -> bool:
        """Take the answer to a key that cannot exist; whether it came with bytes."""
        if isinstance(answer, NoAnswer) or answer.status == 429 or answer.status >= 500:
            self.beside = "failed"
        else:
            self.beside = "catch-all" if answer.status in (200, 206) else "in order"
        return self.beside == "catch-all"

    @property
    def any_open(self) -> bool:
        """Whether a check stands open."""
        return any(check.verdict == "exposed" for check in self.found.values())

    def verdict(self) -> Verdict:
        """The verdict that they make together; nothing is open at a server that answers whatever it is asked."""
        if self.beside == "catch-all":
            for name in [name for name in self.found if self.is_open(name)]:
                self.record(
                    name, Inconclusive(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered with bytes too")
                )
        elif self.beside == "failed":
            self.proof.append(Proof(ProofStep.CANARY_DISORDERLY))
        return verdict_of(
            self.target,
            tuple(self.found.values()),
            certainty=Certainty.PROVEN if self.proven and self.beside != "failed" else Certainty.LIKELY,
            listing=self._counted(),
            size=self.size,
            media=self.media,
            seen_open=tuple(dict.fromkeys(self.seen_open)),
            facts=tuple(self.facts),
            proof=tuple(self.proof),
        )

    def _counted(self) -> Listing | None:
        """What is counted: the list; nothing, where none came and no object is known; None for a single object."""
        if self.listing is not None or self.single:
            return self.listing
        return Listing(self.target.dialect.value, (), "not listed")


def silence(answer: Answer) -> Inconclusive | None:
    """What makes an answer tell nothing in any dialect: none came, throttled, ill, cut by a filter in front."""
    if isinstance(answer, NoAnswer):
        return Inconclusive(answer.why, answer.detail, silent=True)
    if answer.status in (429, 498, 503):  # 498: Swift's own for a rate limit
        return Inconclusive(UndecidedReason.THROTTLED, f"status {answer.status}", silent=True)
    if answer.status >= 500 and answer.status not in (501, 505):
        return Inconclusive(UndecidedReason.SERVER_ERROR, f"status {answer.status}", silent=True)
    if answer.ending in (Ending.BOMB, Ending.UNREADABLE):
        return Inconclusive(UndecidedReason.BODY_UNREADABLE, "the body cannot be read")
    return None


def otherwise(answer: Response) -> Inconclusive:
    """What an answer tells that is none of the store's own: a status without its words proves nothing of the store."""
    if page(answer.body, answer.type, answer.status, tuple(answer.headers)).kind is PageKind.BLOCK_PAGE:
        return Inconclusive(UndecidedReason.FILTERED, "a filter in front answered")
    match answer.status:
        case 401 | 403:
            return Inconclusive(
                UndecidedReason.REFUSED_BY_FRONT, f"status {answer.status} without the store's own words"
            )
        case 301 | 302 | 303 | 307 | 308:
            return Inconclusive(UndecidedReason.REDIRECTED, "not followed")
        case 405 | 501:
            return Inconclusive(UndecidedReason.NOT_OFFERED, f"status {answer.status}")
        case 200 | 204 | 206 | 404 | 410:
            return Inconclusive(UndecidedReason.NOT_A_STORE, f"status {answer.status} in no dialect of the store")
        case status:
            return Inconclusive(UndecidedReason.STATUS_UNEXPECTED, f"status {status}")


def ask_twice(
    checks: Checks, ask: Request, judge: Callable[[Answer], Outcome[T]], again: Request | None = None
) -> Generator[Ask, Reply, Outcome[T]]:
    """Ask; what stands open is asked again (or `again` is) over a new connection, until one check of it is proven.

    A second look that nobody answers leaves the first one likely; one that is answered otherwise takes it back.
    """
    first = judge((yield from one(ask)))
    if isinstance(first, Denied | Inconclusive) or checks.proven:
        return first
    second = judge((yield from one(replace(again or ask, fresh=True))))
    match second:
        case Inconclusive(silent=True):
            return first
        case Denied() | Inconclusive():
            return Inconclusive(UndecidedReason.UNSTABLE, "a second look over a new connection was answered otherwise")
        case Keys() if isinstance(first, Keys) and _strangers(first, second):
            return Inconclusive(UndecidedReason.UNSTABLE, "a second look over a new connection shows other keys alone")
        case _:
            checks.proven = True
            return first


def beside(random: Readable | Denied | Inconclusive) -> Beside:
    """How a key that cannot exist was answered, where what it tells was outcome already."""
    if isinstance(random, Inconclusive) and random.why is UndecidedReason.CATCH_ALL:
        return "catch-all"
    return "failed" if isinstance(random, Inconclusive) and random.silent else "in order"


def unversioned(checks: Checks, said: str) -> Inconclusive:
    """A list without versions that came to the question for them: a list all the same, where it is refused itself."""
    if checks.is_open("list"):
        return Inconclusive(UndecidedReason.NOT_OFFERED, said)
    return Inconclusive(
        UndecidedReason.UNSTABLE, "a list came in answer to another question, where it is refused itself"
    )


def _strangers(first: Keys, second: Keys) -> bool:
    ours, theirs = ({entry.path for entry in keys.listing.entries} for keys in (first, second))
    return bool(ours) and bool(theirs) and not ours & theirs


def listed(checks: Checks, keys: Keys) -> OpenReason:
    """Files an open list under `list`, and says why it is open."""
    page_ = keys.listing
    why = OpenReason.LISTED if page_.entries else OpenReason.EMPTY_LISTABLE
    if page_.partial == "cut short":
        why = OpenReason.LISTED_INCOMPLETE
    checks.listing = page_
    checks.record_open("list", why, Proof(ProofStep.STORE_LISTS))
    return why


def prefix_checks(checks: Checks) -> dict[str, tuple[str, str]]:
    """The checks of the declared prefixes, and of those once seen open: the prefix, and how it is written down.

    One that is not declared any more is not written down itself, nor is it lost.
    """
    found = {check_name(prefix): (prefix, "") for prefix in checks.target.prefixes if prefix}
    for number, (check, key) in enumerate(witnesses(checks.target), 1):
        if check.startswith("list "):
            hidden = f"{checks.target.root}/?{{prefix {number}}}"
            found.setdefault(check, (key or check.removeprefix("list "), hidden))
    return found


def prefixes(
    checks: Checks, ask_for: Callable[[str], Request], judge: Callable[[Answer], Outcome[Keys]]
) -> Generator[Ask, Reply, None]:
    """Ask for every declared prefix, and for those once seen open: a root that is refused says nothing about them."""
    for name, (prefix, said) in prefix_checks(checks).items():
        if checks.is_open("list"):
            check = checks.found["list"]
            why = check.why if isinstance(check.why, OpenReason) else OpenReason.LISTED
            checks.found[name] = exposed(name, why, "with the whole bucket")
            continue
        ask, before = ask_for(prefix), checks.proven
        outcome = yield from ask_twice(checks, replace(ask, said=said or ask.said), judge)
        if isinstance(outcome, Keys) and not all(entry.name.startswith(prefix) for entry in outcome.listing.entries):
            checks.proven = before
            outcome = Inconclusive(UndecidedReason.CATCH_ALL, "lists what does not begin with the prefix")
        if isinstance(outcome, Keys):
            checks.listing = checks.listing or outcome.listing
            why = OpenReason.PREFIX_LISTED if outcome.listing.entries else OpenReason.EMPTY_LISTABLE
            checks.record_open(name, why, Proof(ProofStep.PREFIX_LISTED), prefix)
        else:
            checks.record(name, outcome)


def object_ask(
    path: str, said: str, headers: tuple[tuple[str, str], ...] = (), host: str = "", *, fresh: bool = False
) -> Request:
    """The question for an object's first bytes (RFC 9110 section 14.2). A learnt path is never written down."""
    return Request(
        "GET", path, PREFIX, (("Range", f"bytes=0-{PREFIX - 1}"), *headers), said=said, host=host, fresh=fresh
    )


def first_bytes(answer: Answer, key: str, *, speaks: bool) -> Readable | None:
    """What an answer to `object_ask` shows of the object; None where it is not the object's bytes.

    A 200 counts only where the store `speaks` in its headers, since a server that ignores ranges, a login page and an
    application's shell answer so too; and so does a 416 for an object of no bytes at all.
    """
    if not isinstance(answer, Response) or answer.ending in (Ending.BOMB, Ending.UNREADABLE):
        return None
    total = _total(answer)
    if answer.status == 416:
        unsatisfied = answer.headers.get("content-range").replace(" ", "").lower() == "bytes*/0"
        return Readable(0) if speaks and unsatisfied else None
    if answer.status == 206:
        if not answer.headers.get("content-range").lower().replace(" ", "").startswith("bytes0-"):
            return None
    elif answer.status != 200 or not speaks:
        return None
    told = tell(answer.body, key, answer.type, total if answer.status == 206 else answer.length)
    named = kind_of_name(key)
    if told.kind is MediaKind.HTML and named not in (MediaKind.HTML, MediaKind.STATIC, MediaKind.OTHER, MediaKind.TEXT):
        return None
    media = f"{told.kind.value}/{told.format}" if told.format else told.kind.value
    return Readable(total if answer.status == 206 else answer.length, media if told.confirmed else "")


def _total(answer: Response) -> int | None:
    """The whole object's bytes, from Content-Range (RFC 9110 section 14.4)."""
    text = answer.headers.get("content-range").rpartition("/")[2].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class Known:
    """A key to try: declared (written as it is), or learnt (hidden wherever the question is recorded)."""

    key: str
    said: str = ""


def known_keys(checks: Checks, root: str) -> tuple[Known, ...]:
    """The keys to try: those once seen open and the declared ones, all of them; else a few that the list shows."""
    target = checks.target
    learnt = [key for key in checks.known_open("read") if key and not key.startswith("\0") and key not in target.keys]
    tried = [Known(key, f"{root}/{{witness {number}}}") for number, key in enumerate(learnt, 1)]
    tried += [Known(key) for key in target.keys]
    shown = checks.listing.files if checks.listing is not None else ()
    ranked = sorted(shown, key=lambda entry: (kind_of_name(entry.name) not in _GRAVE, entry.size is None))
    tried += [Known(entry.name, f"{root}/{{listed {n}}}") for n, entry in enumerate(ranked[:_LISTED_TRIES], 1)]
    return tuple({known.key: known for known in reversed(tried)}.values())[::-1]


_GRAVE = frozenset({MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.DICOM, MediaKind.DATABASE_DUMP, MediaKind.MAIL_STORE})


def reads(
    checks: Checks,
    tries: tuple[Known, ...],
    ask_for: Callable[[Known], Request],
    judge: Callable[[Answer, str], Outcome[Readable]],
    impossible: Callable[[], Generator[Ask, Reply, bool]] | None = None,
) -> Generator[Ask, Reply, Denied | Inconclusive | None]:
    """Try known keys until one opens; None: one did, and the check is filed as open. Else what was outcome.

    `impossible` tells whether a key that cannot exist is answered with bytes too: then the server answers anything
    (None: it was asked already).
    """
    shut: Denied | None = None
    mute: Inconclusive | None = None
    for number, known in enumerate(tries):
        before = checks.proven
        outcome = yield from ask_twice(checks, ask_for(known), lambda answer, key=known.key: judge(answer, key))  # type: ignore[misc]
        if isinstance(outcome, Readable):
            if impossible is not None and (yield from impossible()):
                checks.proven = before
                return Inconclusive(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered with bytes too")
            checks.single, checks.size, checks.media = True, outcome.size, outcome.media
            rest = [one.key for one in tries[number + 1 :] if one.said]
            why = OpenReason.READABLE if checks.is_open("list") else OpenReason.READABLE_UNLISTED
            proof = Proof(ProofStep.OBJECT_ANSWERS)
            checks.record_open("read", why, proof, *dict.fromkeys((known.key, *_spread(checks, rest))))
            return None
        if isinstance(outcome, Denied):
            shut = shut or outcome
        elif mute is None or _weight(outcome) > _weight(mute):
            mute = outcome
    return mute or shut or Inconclusive(UndecidedReason.NO_KNOWN_KEY, "no key is known to ask for")


def _weight(mute: Inconclusive) -> int:
    """What gave a stranger something weighs more than silence, and silence more than a key that is not there."""
    return 2 if mute.why in UNPROVEN else 0 if mute.why is UndecidedReason.NO_KNOWN_KEY else 1


def _spread(checks: Checks, rest: list[str]) -> list[str]:
    """A few more listed keys, first to last: the one that was read may be deleted while the others stay open."""
    files = checks.listing.files if checks.listing is not None else ()
    step = max(1, (len(files) - 1) // (_KEPT_KEYS - 1)) if files else 1
    return [*rest, *(entry.name for entry in files[::step])][:_KEPT_KEYS]
