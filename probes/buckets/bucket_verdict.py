"""From the checks of a bucket to the one verdict of it: what is open, what is closed, what nobody could tell."""

from __future__ import annotations

from probes.api import BucketTarget, Certainty, Check, Clear, Exposed, Unknown, Verdict
from probes.facts import Fact
from probes.proof import Proof
from probes.reasons import NoAnswerReason, OpenReason, UndecidedReason, Why
from probes.recognise.listing.model import Listing

KIND = "bucket"
"""The kind under which findings on buckets are filed."""

DANGLING = "dangling"
"""The kind of a name that leads to no bucket."""

_WEIGHT = (
    "read",
    "list",
    "list-prefix",
    "versions",
    "write",
    "any-account",
    "uploads",
    "acl",
)
"""Checks, the one that gives away most first: it names the exposure."""


UNPROVEN = frozenset(
    {
        UndecidedReason.UNSTABLE,
        UndecidedReason.CATCH_ALL,
        UndecidedReason.CANARY_FAILED,
        UndecidedReason.TYPE_UNPROVEN,
        UndecidedReason.ENTRY_UNPROVEN,
        UndecidedReason.BODY_UNREADABLE,
    }
)
"""Why nothing is said of a check though something came to a stranger: it is not proven open, and surely not shut."""


def exposed(name: str, why: OpenReason, detail: str = "") -> Check:
    """A check that stands open."""
    return Check(name, "exposed", why, detail)


def clear(name: str, why: Why, detail: str = "") -> Check:
    """A check of which the store itself says that it is closed."""
    return Check(name, "clear", why, detail)


def unknown(name: str, why: Why, detail: str = "") -> Check:
    """A check of which nothing can be said."""
    return Check(name, "unknown", why, detail)


def witness(name: str, key: str = "") -> str:
    """A check that was once open, with its key, as it is sealed: it is tried again before anything closes."""
    return f"{name}\n{key}"


def witnesses(target: BucketTarget) -> tuple[tuple[str, str], ...]:
    """The checks of `target` once seen open, each with the key by which it was (empty: none was needed)."""
    kept = [one for known in target.known if known.path == target.filed.path for one in known.witnesses]
    return tuple(dict.fromkeys((name, key) for name, _, key in (one.partition("\n") for one in kept)))


def verdict_of(
    target: BucketTarget,
    checks: tuple[Check, ...],
    *,
    certainty: Certainty = Certainty.PROVEN,
    listing: Listing | None = None,
    size: int | None = None,
    media: str = "",
    seen_open: tuple[str, ...] = (),
    facts: tuple[Fact, ...] = (),
    proof: tuple[Proof, ...] = (),
) -> Verdict:
    """The verdict that the vector `checks` makes.

    Exposed when one check is. Clear when the store refused to list, none is open, no check gave a stranger anything
    unproven, and every check that was once seen open is closed by the store's own word. Otherwise Unknown: silence at a
    check that was open must not close a finding.
    `seen_open` are the `witness()` texts of what was open now.
    """
    open_ = sorted((d for d in checks if d.verdict == "exposed"), key=_weight)
    if open_:
        why = open_[0].why
        return Exposed(
            target.filed,
            KIND,
            why if isinstance(why, OpenReason) else OpenReason.LISTED,
            certainty,
            listing=listing,
            size=size,
            media=media,
            witnesses=seen_open,
            facts=facts,
            proof=proof,
            checks=checks,
        )
    closed = {d.name for d in checks if d.verdict == "clear"}
    unsettled = [name for name, _ in witnesses(target) if name not in closed]
    first = next((d for d in checks if d.name == "list"), None)
    given = next((d for d in checks if d.why in UNPROVEN and d.verdict == "unknown"), None)
    if first is not None and first.verdict == "clear" and given is not None:
        return Unknown(target.filed, KIND, given.why, given.detail, facts, checks)
    if first is not None and first.verdict == "clear" and not unsettled:
        return Clear(target.filed, KIND, first.why, facts, checks)
    if first is None or first.verdict == "clear":
        silent = next((d for d in checks if d.name in unsettled), None)
        why = silent.why if silent is not None else NoAnswerReason.NOT_ASKED
        return Unknown(target.filed, KIND, why, "a check once seen open gave no verdict", facts, checks)
    return Unknown(target.filed, KIND, first.why, first.detail, facts, checks)


def _weight(check: Check) -> int:
    name = "list-prefix" if check.name.startswith("list ") else check.name
    return _WEIGHT.index(name) if name in _WEIGHT else len(_WEIGHT)
