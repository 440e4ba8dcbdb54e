"""What an account's own settings say of a bucket: open to strangers, closed, or not to be known; with reasons. Pure.

A setting that may not be read is unknown: it never counts as public, and never as private. It matters only where it
decides: a policy that no stranger can use stays closed, whatever the block beside it that nobody may read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A setting that was read."""

    value: T


@dataclass(frozen=True, slots=True)
class Absent:
    """The store was asked, and has no such setting: what holds then is its default."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A setting that could not be read, and why: a code of the store's, or our own words."""

    why: str


Setting: TypeAlias = Read[T] | Absent | Unreadable


class Open(StrEnum):
    """Whether settings let a stranger in."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Whom(StrEnum):
    """To whom a grant is made. Grants to named accounts are nobody's exposure, and are not kept."""

    EVERYONE = "everyone"
    ANY_ACCOUNT = "any account holder"


@dataclass(frozen=True, slots=True)
class Grant:
    """One right that an access list gives to people whom the owner does not know."""

    to: Whom
    right: str


@dataclass(frozen=True, slots=True)
class Block:
    """A public access block, as far as it decides about what is already set."""

    ignores_grants: bool = False
    restricts_policy: bool = False


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """A further name of a bucket, with a policy and a block of its own."""

    name: str
    internet: bool
    """Whether it answers outside a private network."""
    policy_public: Setting[bool]
    block: Setting[Block]
    regions: int = 1
    """More than one for a multi-region access point."""


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """One bucket with all that decides whether strangers get in. What a store lacks is `Absent`."""

    name: str
    account: str
    """The number, project or tenant that it belongs to."""
    region: str = ""
    account_block: Setting[Block] = Absent()
    block: Setting[Block] = Absent()
    policy_public: Setting[bool] = Absent()
    """The store's own word on whether its policy is public."""
    grants: Setting[tuple[Grant, ...]] = Absent()
    ownership: Setting[str] = Absent()
    versioning: Setting[str] = Absent()
    website: Setting[bool] = Absent()
    requester_pays: Setting[bool] = Absent()
    access_points: Setting[tuple[AccessPoint, ...]] = Absent()
    fronts: Setting[tuple[str, ...]] = Absent()
    """Domain names of content delivery networks that fetch from it."""
    readers: Setting[str] = Absent()
    """A container's read access list, as it is written."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What the settings come to, and what it rests on."""

    open: Open
    reasons: tuple[str, ...]
    whom: Whom = Whom.EVERYONE
    """When open: the widest public that gets in."""


ENFORCED = "BucketOwnerEnforced"
"""The ownership under which access lists count for nothing."""


def configured(bucket: BucketSettings) -> Configured:
    """Whether the bucket's own settings let strangers in, by policy, access list, access point or container list."""
    ways = [_policy(bucket), _grants(bucket), *_access_points(bucket), _container(bucket)]
    state = _any(way.open for way in ways)
    if state is Open.CLOSED:
        reasons = tuple(dict.fromkeys(reason for way in ways for reason in way.reasons))
        return Configured(state, reasons or ("no policy, grant or access point lets strangers in",))
    deciding = [way for way in ways if way.open is state]
    whom = Whom.EVERYONE if any(way.whom is Whom.EVERYONE for way in deciding) else Whom.ANY_ACCOUNT
    reasons = tuple(dict.fromkeys(reason for way in deciding for reason in way.reasons))
    if state is Open.OPEN and bucket.requester_pays == Read(value=True):
        reasons += ("the requester pays: only account holders get an answer",)
        whom = Whom.ANY_ACCOUNT
    return Configured(state, reasons, whom)


def _policy(bucket: BucketSettings) -> Configured:
    restricted = _any(
        (_is(bucket.block, "restricts_policy"), _is(bucket.account_block, "restricts_policy")),
    )
    match bucket.policy_public:
        case Absent() | Read(False):
            return Configured(Open.CLOSED, ())
        case Read():
            return _held(restricted, "its policy is public", "a public policy, restricted by a public access block")
        case Unreadable(why):
            if restricted is Open.OPEN:
                return Configured(Open.CLOSED, ("a public access block restricts any public policy",))
            return Configured(Open.UNKNOWN, (f"whether its policy is public cannot be read ({why})",))


def _grants(bucket: BucketSettings) -> Configured:
    enforced = _equals(bucket.ownership, ENFORCED)
    ignored = _any((_is(bucket.block, "ignores_grants"), _is(bucket.account_block, "ignores_grants"), enforced))
    match bucket.grants:
        case Absent() | Read(()):
            return Configured(Open.CLOSED, ())
        case Read(grants):
            words = ", ".join(f"{grant.right} to {grant.to.value}" for grant in grants)
            whom = Whom.EVERYONE if any(g.to is Whom.EVERYONE for g in grants) else Whom.ANY_ACCOUNT
            without = "public grants, ignored by a public access block or by its ownership"
            return _held(ignored, f"its access list grants {words}", without, whom)
        case Unreadable(why):
            if ignored is Open.OPEN:
                return Configured(Open.CLOSED, ("a block or its ownership ignores any access list",))
            return Configured(Open.UNKNOWN, (f"its access list cannot be read ({why})",))


def _access_points(bucket: BucketSettings) -> list[Configured]:
    match bucket.access_points:
        case Absent():
            return []
        case Unreadable(why):
            restricted = _any((_is(bucket.block, "restricts_policy"), _is(bucket.account_block, "restricts_policy")))
            if restricted is Open.OPEN:
                return [Configured(Open.CLOSED, ())]
            return [Configured(Open.UNKNOWN, (f"its access points cannot be read ({why})",))]
        case Read(points):
            return [_access_point(point, bucket) for point in points]


def _access_point(point: AccessPoint, bucket: BucketSettings) -> Configured:
    if not point.internet:
        return Configured(Open.CLOSED, ())
    blocks = (point.block, bucket.block, bucket.account_block)
    restricted = _any(_is(block, "restricts_policy") for block in blocks)
    match point.policy_public:
        case Absent() | Read(False):
            return Configured(Open.CLOSED, ())
        case Read():
            without = f"access point {point.name} has a public policy, restricted by a public access block"
            return _held(restricted, f"access point {point.name} has a public policy", without)
        case Unreadable(why):
            if restricted is Open.OPEN:
                return Configured(Open.CLOSED, ())
            return Configured(Open.UNKNOWN, (f"the policy of access point {point.name} cannot be read ({why})",))


def _container(bucket: BucketSettings) -> Configured:
    match bucket.readers:
        case Absent():
            return Configured(Open.CLOSED, ())
        case Unreadable(why):
            return Configured(Open.UNKNOWN, (f"its read access list cannot be read ({why})",))
        case Read(text):
            return readers(text)


def readers(text: str) -> Configured:
    """What a container's read access list (`.r:*,.rlistings`, `project:user`) means for strangers."""
    entries = [entry.strip().lower().replace(".ref:", ".r:").replace(".referer:", ".r:") for entry in text.split(",")]
    entries = [entry.replace(".referrer:", ".r:") for entry in entries]
    hosts = [entry.removeprefix(".r:").strip() for entry in entries if entry.startswith(".r:")]
    allowed = [host for host in hosts if host and not host.startswith("-")]
    if not allowed:
        return Configured(Open.CLOSED, ("its read access list names no strangers",) if text.strip() else ())
    listed = " and lists them" if ".rlistings" in entries else ""
    if "*" in allowed:
        return Configured(Open.OPEN, (f"its read access list opens its objects to everyone{listed}",))
    words = f"its read access list opens its objects{listed} to whoever says to come from a site"
    return Configured(Open.OPEN, (words,))


def _held(kept_out: Open, open_: str, closed: str, whom: Whom = Whom.EVERYONE) -> Configured:
    """A way in that a block may close: `kept_out` is OPEN where it surely does."""
    if kept_out is Open.OPEN:
        return Configured(Open.CLOSED, (closed,))
    if kept_out is Open.UNKNOWN:
        return Configured(Open.UNKNOWN, (f"{open_}, and what might keep strangers out cannot be read",), whom)
    return Configured(Open.OPEN, (open_,), whom)


def _is(block: Setting[Block], name: str) -> Open:
    """Whether a block is surely set (OPEN), surely not (CLOSED), or cannot be read."""
    match block:
        case Read(value):
            return Open.OPEN if getattr(value, name) else Open.CLOSED
        case Absent():
            return Open.CLOSED
        case Unreadable():
            return Open.UNKNOWN


def _equals(setting: Setting[str], word: str) -> Open:
    match setting:
        case Read(value):
            return Open.OPEN if value == word else Open.CLOSED
        case Absent():
            return Open.CLOSED
        case Unreadable():
            return Open.UNKNOWN


def _any(states: Iterable[Open]) -> Open:
    """One that is sure decides; else one that is not known leaves all unknown."""
    found = set(states)
    return next((state for state in (Open.OPEN, Open.UNKNOWN) if state in found), Open.CLOSED)
