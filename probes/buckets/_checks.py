"""The permission checks of one bucket, in any dialect: each is asked, proven twice, and recorded with its outcome.

A probe brings the requests of its dialect and a judge for each kind of answer; what is the same for all is here: the
second look over a new connection, the key that cannot exist, prefixes, known objects, and the verdict of them all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from probes.api import BucketTarget, Certainty, Check, Verdict
from probes.buckets.bucket_verdict import clear, exposed, unknown, verdict_of, witness, witnesses
from probes.buckets.dialects import objects_path
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, T
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.recognise.buckets.key_page import KeyPage, key_bytes, sent
from probes.recognise.listing.model import Entry, Listing
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one

PAGE = 1 << 20
"""Bytes of a list that are read: about a thousand rows of the widest dialect."""
ROWS = 1000
"""Rows that are asked for: one page tells that a bucket is open, the survey reads the rest."""
OLD_ROWS = 100
"""Rows that are asked for of old versions."""
REFUSAL = 16_384
"""Bytes that are read of an answer that is a refusal, or a small document."""

_NOT_READABLE = frozenset(
    {ClosedReason.DENIED, ClosedReason.PRIVATE_OR_MISSING, UndecidedReason.KEY_DEMANDED, UndecidedReason.ARCHIVED}
)
_LIST = "list "
_BELOW = "list folder "
"""The check of a folder that the list of the whole showed; its prefix is learnt, so it is known by a number."""
_FOLDERS = 3

Canary: TypeAlias = Literal["not asked", "refused", "refused in words", "catch-all", "failed"]
"""How a key that cannot exist is answered. A store that gives bytes for it proves nothing by giving others."""


@dataclass(slots=True)
class Checks:
    """The checks of one bucket as they are made, and what proves the open ones."""

    target: BucketTarget
    objects: str = ""
    """The path below which the objects are; empty: as the target's dialect has it."""
    found: dict[str, Check] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    proof: list[Proof] = field(default_factory=list)
    pages: list[KeyPage] = field(default_factory=list)
    """What was listed: the bucket, or each open prefix."""
    unstable: list[KeyPage] = field(default_factory=list)
    """What was listed once and not again: objects to try, and nothing to count."""
    old: KeyPage | None = None
    """Old versions that were listed."""
    counted: int | None = None
    """How many objects the store itself counts."""
    size: int | None = None
    media: str = ""
    canary: Canary = "not asked"
    proven: bool = False
    """Whether something open was seen twice, the second time over a new connection."""
    _seen: list[str] = field(default_factory=list)
    single: bool = False

    def __post_init__(self) -> None:
        self.objects = self.objects or objects_path(self.target)

    def record(self, name: str, outcome: Denied | Inconclusive) -> None:
        """Record a check that is not open."""
        make = clear if isinstance(outcome, Denied) else unknown
        self.found[name] = make(name, outcome.why, outcome.detail)

    def record_open(
        self, name: str, why: OpenReason, proof: Proof, *keys: str, detail: str = "", kept: bool = True
    ) -> None:
        """Record an open check, with the step of proof and the keys by which it is tried again before closing.

        kept=False: this check was inferred from another one, so there is nothing to re-test before closing.
        """
        self.found[name] = exposed(name, why, detail)
        if kept:
            self._seen.extend(witness(name, key) for key in keys or ("",))
        self.proof.append(proof)

    def keep(self, name: str, key: str) -> None:
        """Keep one more key by which an open check is tried again before it closes."""
        self._seen.append(witness(name, key))

    def record_list(self, name: str, why: OpenReason, proof: Proof, page: KeyPage, *keys: str) -> None:
        """Record an open list of the bucket or of a prefix, and count what it shows."""
        detail = f"{len(page.names)} keys and prefixes{' and more' if page.more or not page.whole else ''}"
        if not page.whole and not page.stopped:
            why, detail = OpenReason.LISTED_INCOMPLETE, "the page breaks off, or is not well-formed"
        elif page.whole and not page.names and not page.more and why is not OpenReason.REFERER_ONLY:
            why, detail = OpenReason.EMPTY_LISTABLE, "nothing in it yet: the next upload is public"
        self.pages.append(page)
        self.record_open(name, why, proof, *keys, detail=detail)
        if name == "list":
            # An owner may refuse the list of the whole, and still give that of a folder.
            for number, prefix in enumerate(_folders_of(page), 1):
                self.keep(f"{_BELOW}{number}", prefix)

    def deny_all(self, names: Iterable[str], outcome: Denied) -> None:
        """Record one word of the store that closes every check, those that were once open among them."""
        once = (name for name, _ in witnesses(self.target))
        for name in dict.fromkeys((*names, *self.prefix_checks(), *once)):
            self.record(name, outcome)

    def retract(self, why: Why, detail: str, prefix: str = "") -> None:
        """Nothing can be said any more of the open checks whose names begin with `prefix`."""
        for name in [name for name in self.found if name.startswith(prefix) and self.is_open(name)]:
            self.record(name, Inconclusive(why, detail))

    def is_open(self, name: str) -> bool:
        """Whether a check was found open."""
        return name in self.found and self.found[name].verdict == "exposed"

    def is_denied(self, name: str) -> bool:
        """Whether the store denied a check."""
        return name in self.found and self.found[name].verdict == "clear"

    @property
    def any_open(self) -> bool:
        """Whether any check is open."""
        return any(check.verdict == "exposed" for check in self.found.values())

    @property
    def lists(self) -> bool:
        """Whether the bucket lists, wholly or below a prefix."""
        return any(self.is_open(name) for name in self.found if name == "list" or name.startswith(_LIST))

    def was_open(self, name: str) -> bool:
        """Whether a check was once open."""
        return any(check == name for check, _ in witnesses(self.target))

    def known_open(self, name: str) -> tuple[str, ...]:
        """The keys by which a check was once open; empty: it never was."""
        return tuple(key for check, key in witnesses(self.target) if check == name)

    def prefix_checks(self) -> dict[str, tuple[str, str]]:
        """The checks of the declared prefixes, and of those once open: the prefix, and how it is written down.

        A prefix that is not declared any more was learnt from an answer, so it is not written down itself.
        """
        found = {check_name(prefix): (prefix, "") for prefix in self.target.prefixes if prefix}
        for number, (name, key) in enumerate(witnesses(self.target), 1):
            if name.startswith(_LIST):
                hidden = f"{self.target.root}/?{{prefix {number}}}"
                found.setdefault(name, (key or name.removeprefix(_LIST), hidden))
        return found

    def take_canary(self, answer: Answer) -> bool:
        """Take the answer to a key that cannot exist; whether it came with bytes."""
        if isinstance(answer, NoAnswer) or answer.status == 429 or answer.status >= 500:
            self.canary = "failed"
        else:
            self.canary = "catch-all" if answer.status in (200, 206) else "refused"
        return self.canary == "catch-all"

    def verdict(self) -> Verdict:
        """The verdict that the checks make together. Nothing is open at a server that answers whatever it is asked."""
        if self.canary == "catch-all":
            self.retract(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered with bytes too")
        elif self.canary == "failed":
            self.proof.append(Proof(ProofStep.CANARY_DISORDERLY))
        return verdict_of(
            self.target,
            tuple(self.found.values()),
            certainty=Certainty.PROVEN if self.proven and self.canary != "failed" else Certainty.LIKELY,
            listing=self._listing(),
            size=self.size,
            media=self.media,
            seen_open=tuple(dict.fromkeys(self._seen)),
            facts=tuple(dict.fromkeys((*self.facts, *self._reading()))),
            proof=tuple(dict.fromkeys(self.proof)),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The files that the lists show."""
        listings = [page.listing("", self.objects, "") for page in (*self.pages, *self.unstable)]
        return tuple(entry for one in listings for entry in one.files)

    def _listing(self) -> Listing | None:
        """What is counted: the lists, else the old versions, else nothing; None where one object alone is known."""
        family = self.target.dialect.value
        if self.pages:
            mark = "the store's own list of keys with size and date"
            parts = [page.listing(family, self.objects, mark) for page in self.pages]
            entries = {entry.path: entry for part in parts for entry in part.entries}
            partial = next((part.partial for part in parts if part.partial), "")
            if not partial and self.counted is not None and self.counted > len(entries):
                # Some Swifts send short pages with more to come: only an empty page ends a list.
                partial = "paged"
            return Listing(family, tuple(entries.values()), partial, parts[0].reasons)
        if self.old is not None and self.is_open("versions"):
            old = self.old.listing(f"{family} versions", self.objects, "the store's own list of old versions")
            return replace(old, partial="paged")
        return None if self.single else Listing(family, (), "not listed")

    def _reading(self) -> tuple[Fact, ...]:
        read = self.found.get("read")
        if read is None:
            return ()
        if read.verdict == "exposed":
            return (Fact(FactKind.LISTED_AND_READABLE if self.lists else FactKind.READABLE_NOT_LISTED),)
        return (Fact(FactKind.LISTED_NOT_READABLE),) if self.lists and read.why in _NOT_READABLE else ()

    # What is asked.

    def ask_twice(
        self, ask: Request, judge: Callable[[Answer], Outcome[T]], again: Request | None = None
    ) -> Generator[Ask, Reply, Outcome[T]]:
        """Ask; what is open is asked again (or `again` is) over a new connection, until one check is proven.

        A second look that nobody answers leaves the first one likely; one that is answered otherwise takes it back.
        """
        first = judge((yield from one(ask)))
        return (yield from self.second_look(first, again or ask, judge))

    def second_look(
        self, first: Outcome[T], ask: Request, judge: Callable[[Answer], Outcome[T]]
    ) -> Generator[Ask, Reply, Outcome[T]]:
        """The second half of `ask_twice`, for an outcome that came already."""
        if isinstance(first, Denied | Inconclusive) or self.proven:
            return first
        second = judge((yield from one(replace(ask, fresh=True))))
        match second:
            case Inconclusive(silent=True):
                self.proof.append(Proof(ProofStep.NOT_SEEN_AGAIN))
                return first
            case Denied() | Inconclusive():
                return Inconclusive(
                    UndecidedReason.UNSTABLE, "a second look over a new connection was answered otherwise"
                )
            case KeyPage() if isinstance(first, KeyPage) and first.names and not first.names & second.names:
                return Inconclusive(
                    UndecidedReason.UNSTABLE, "a second look over a new connection shows none of the keys"
                )
            case _:
                self.proof.append(Proof(ProofStep.SEEN_AGAIN))
                self.proven = True
                return first

    def ask_prefixes(
        self, ask_for: Callable[[str], Request], judge: Callable[[Answer], Outcome[KeyPage]]
    ) -> Generator[Ask, Reply, None]:
        """Ask for every declared prefix, and for those once open: a bucket that is refused says nothing about them."""
        for name, (prefix, said) in self.prefix_checks().items():
            if self.is_open("list"):
                if name.startswith(_BELOW):
                    continue
                why = self.found["list"].why
                why = why if isinstance(why, OpenReason) else OpenReason.LISTED
                self.found[name] = exposed(name, why, "with the whole bucket")
                continue
            ask = ask_for(prefix)

            def judge_prefix(answer: Answer, prefix: bytes = key_bytes(prefix)) -> Outcome[KeyPage]:
                page = judge(answer)
                if isinstance(page, KeyPage) and not all(key.startswith(prefix) for key in page.names):
                    return Inconclusive(UndecidedReason.CATCH_ALL, "lists what does not begin with the prefix")
                return page

            outcome = yield from self.ask_twice(replace(ask, said=said or ask.said), judge_prefix)
            if isinstance(outcome, KeyPage):
                proof = Proof(ProofStep.PREFIX_LISTED)
                self.record_list(name, OpenReason.PREFIX_LISTED, proof, outcome, prefix)
            else:
                self.record(name, outcome)

    def ask_old(
        self, what: str, ask: Request, judge: Callable[[Answer], Outcome[KeyPage]], none: str
    ) -> Generator[Ask, Reply, None]:
        """Ask for old versions and what else is kept of deleted objects: `what`, in words; `none`: where none is."""
        outcome = yield from self.ask_twice(ask, judge)
        self.record_old(what, outcome, none)

    def record_old(self, what: str, outcome: Outcome[KeyPage], none: str) -> None:
        """Record the check `versions`. A store that does not know the question answers with its ordinary list."""
        if isinstance(outcome, Denied | Inconclusive):
            self.record("versions", outcome)
        elif not outcome.versioned:
            self.record("versions", self.another_list(none))
        else:
            self.old = outcome
            fact = Fact(FactKind.OLD_VERSIONS, what, outcome.kept, outcome.more or not outcome.whole)
            self.record_open("versions", OpenReason.VERSIONS_LISTED, Proof(ProofStep.VERSIONS_LISTED), detail=str(fact))
            if outcome.kept:
                self.facts.append(fact)

    def another_list(self, none: str) -> Inconclusive:
        """What an ordinary list says that came in answer to another question."""
        if self.is_open("list"):
            return Inconclusive(UndecidedReason.NOT_OFFERED, none)
        return Inconclusive(
            UndecidedReason.UNSTABLE, "a list came in answer to another question, where it is refused itself"
        )


def _folders_of(page: KeyPage) -> list[str]:
    """A few folders of the keys that a list shows: the first, the last and one between."""
    names = (entry.name for entry in page.listing("", "", "").entries)
    found = sorted({name.partition("/")[0] + "/" for name in names if name.find("/") > 0})
    return found if len(found) <= _FOLDERS else [found[0], found[len(found) // 2], found[-1]]


def check_name(prefix: str) -> str:
    """The name of a prefix's check. It is one line: it stands in tables, and before a witness's key."""
    return _LIST + "".join(letter if letter.isprintable() else sent(letter) for letter in prefix)


def page_in(answer: Response, *readers: Callable[[bytes], KeyPage | None]) -> KeyPage | None:
    """The page of keys that an answer is, by the first reader that knows it; None for anything else."""
    for read in readers:
        page = read(answer.body)
        if page is not None:
            page.whole = page.whole and answer.ending is Ending.WHOLE
            page.stopped = answer.ending is Ending.CUT
            return page
    return None
