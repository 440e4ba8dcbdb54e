"""Reads the settings of an account's buckets, with the credentials that the inventory refers to; nothing is changed.

It blocks, and belongs in a thread: `await read(...)` does that. Whatever a store answers ends as a value.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from monitor.accounts import aws_api, aws_clients, bucket_policy
from monitor.accounts.aws_clients import HOST, NOT_OFFERED, Clients
from monitor.accounts.bucket_settings import (
    Absent,
    AccessPoint,
    Block,
    BucketSettings,
    Grant,
    Read,
    Setting,
    T,
    Unreadable,
    Whom,
)
from monitor.accounts.signed_http import Addresses, Guarded, Waits
from monitor.accounts.swift_containers import read_containers
from monitor.inventory.model.accounts import Account, Provider, hosts
from monitor.network.stores.credentials import Keys

MOST_BUCKETS = 20_000
MOST_POINTS = 10_000
MOST_MEMBERS = 5_000
AT_ONCE = 8

_GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": Whom.EVERYONE,
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": Whom.ANY_ACCOUNT,
}
_ORIGIN = re.compile(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3(?:-website)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_REGIONAL_HOME = "us-west-2"
"""Where multi-region access points are asked for, whatever regions they are in."""
_APART = ("cn-", "us-gov-", "us-iso", "eusc-")
"""Regions of partitions that have neither multi-region access points nor the common CDN."""
_NAME = re.compile(r"[\w.:-]{1,255}", re.ASCII)
_NUMBER = re.compile(r"\d{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of an account came to."""

    account: str
    buckets: tuple[BucketSettings, ...] = ()
    faults: tuple[str, ...] = ()
    """What of the account as a whole could not be read: it names the permission, and never a credential."""
    complete: bool = False
    """Whether every bucket is listed: only then is one that is not there surely missing."""
    asked: int = 0
    storage: str = ""
    """Where a Swift account lies, as the store says."""


async def read(
    account: Account, keys: Keys, external_id: str, addresses: Addresses, says: Mapping[str, str], waits: Waits | None
) -> Reading:
    """Read an account in a thread of its own. Cancelled, it sends nothing more."""
    way = Guarded(_allows(account), addresses, says, waits)
    try:
        return await asyncio.get_running_loop().run_in_executor(
            None, lambda: read_blocking(account, keys, external_id, way)
        )
    finally:
        way.close()


def read_blocking(account: Account, keys: Keys, external_id: str, way: Guarded) -> Reading:
    """Read an account: every bucket with its settings, and what could not be read."""
    if account.provider is Provider.SWIFT:
        buckets, faults, storage = read_containers(account, keys, way)
        return Reading(account.id, buckets, faults, not faults, way.asked, storage)
    reader = _Reader(account, way, aws_clients.session(way), external_id)
    reader.account_with(keys)
    return Reading(
        account.id,
        tuple(sorted(reader.buckets, key=lambda bucket: (bucket.account, bucket.name))),
        tuple(dict.fromkeys(reader.faults)),
        not reader.short,
        way.asked,
    )


def _allows(account: Account) -> Callable[[str, int], bool]:
    """The account's hosts: those that it declares itself; else, at Amazon, those of the services that are asked."""
    declared = hosts(account)

    def allows(host: str, port: int) -> bool:
        host = host.lower()
        if declared:
            # s3control puts the account's number before the host that it is given.
            return any(port == p and re.fullmatch(rf"(\d{{12}}\.)?{re.escape(h)}", host) for h, p in declared)
        return account.provider is Provider.AWS and port == 443 and HOST.fullmatch(host) is not None

    return allows


class _Reader:
    """One reading under way: collects buckets, and what went wrong."""

    def __init__(self, account: Account, way: Guarded, session: Any, external_id: str) -> None:
        self._account = account
        self._way = way
        self._session = session
        self._external = external_id
        self._amazon = account.provider is Provider.AWS
        self.buckets: list[BucketSettings] = []
        self.faults: list[str] = []
        self._lacking: set[str] = set()
        """Operations that the store does not offer."""
        self.short = False
        """Whether buckets may be missing from the list."""

    def account_with(self, keys: Keys) -> None:
        """Everything that `keys` lead to: the account, or the role that is declared, and its organisation."""
        clients = Clients(self._session, keys, self._account.endpoint)
        if not self._amazon:
            self._project(clients, "")
            return
        if self._account.role is not None:
            assumed = self._assume(clients, self._account.role)
            if assumed is None:
                return
            clients = assumed
        number = self._number(clients)
        if number is None:
            return
        self._project(clients, number)
        if self._account.organisation:
            self._members(clients, number)

    def _number(self, clients: Clients) -> str | None:
        said = clients.ask(aws_api.IDENTITY, self._account.region)
        number = str(said.value.get("Account", "")) if isinstance(said, Read) else ""
        if _NUMBER.fullmatch(number):
            return number
        self._fault(
            aws_api.IDENTITY, said if isinstance(said, Unreadable) else Unreadable("an answer without a number")
        )
        self.short = True
        return None

    def _assume(self, clients: Clients, role: str) -> Clients | None:
        more = {"ExternalId": self._external} if self._external else {}
        said = clients.ask(aws_api.ASSUME, self._account.region, RoleArn=role, RoleSessionName="leftopen", **more)
        given = said.value.get("Credentials", {}) if isinstance(said, Read) else {}
        try:
            keys = Keys(str(given["AccessKeyId"]), str(given["SecretAccessKey"]), str(given["SessionToken"]))
        except KeyError:
            why = said.why if isinstance(said, Unreadable) else "an answer without credentials"
            self.faults.append(f"{role}: {aws_api.ASSUME.action}: {why}")
            self.short = True
            return None
        return replace(clients, keys=keys, _made={})

    def _members(self, clients: Clients, own: str) -> None:
        members, short = clients.pages(aws_api.MEMBERS, self._account.region, MOST_MEMBERS)
        if short is not None:
            self._fault(aws_api.MEMBERS, short)
            self.short = True
        for member in members:
            number = str(member.get("Id", ""))
            closed = member.get("State", member.get("Status", "ACTIVE")) != "ACTIVE"
            if number == own or closed or not _NUMBER.fullmatch(number):
                continue
            partition = str(member.get("Arn", "")).split(":")[1:2] or ["aws"]
            place = partition[0] if re.fullmatch(r"aws(-[a-z]+)*", partition[0]) else "aws"
            assumed = self._assume(clients, f"arn:{place}:iam::{number}:role/{self._account.member_role}")
            if assumed is not None:
                self._project(assumed, number)

    def _project(self, clients: Clients, number: str) -> None:
        """One account of the provider's: its buckets, each with what holds for all of them."""
        listed, short = clients.pages(
            aws_api.BUCKETS, self._account.region, MOST_BUCKETS, **({"MaxBuckets": 1000} if self._amazon else {})
        )
        if short is not None:
            self._fault(aws_api.BUCKETS, short, number)
            self.short = True
        named = [(str(one.get("Name", "")), str(one.get("BucketRegion", ""))) for one in listed]
        strange = sum(not _NAME.fullmatch(name) for name, _ in named)
        if strange:
            self.faults.append(f"{strange} names are listed that are no bucket's")
            self.short = True
        named = list(dict.fromkeys((name, region) for name, region in named if _NAME.fullmatch(name)))
        common = _Common(number)
        if self._amazon:
            common = self._common(clients, number, {region for _, region in named})
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="account") as pool:
            # No more is asked for than can be under way: what is queued when a reading is broken off fails at once.
            self.buckets += pool.map(lambda one: self._bucket(clients, common, *one), named)

    def _common(self, clients: Clients, number: str, regions: set[str]) -> _Common:
        home = self._account.region
        block = _block(clients.ask(aws_api.ACCOUNT_BLOCK, home, AccountId=number))
        if isinstance(block, Unreadable):
            self._fault(aws_api.ACCOUNT_BLOCK, block, number)
        points: dict[str, list[AccessPoint]] = defaultdict(list)
        unread: dict[str, Unreadable] = {}
        for region in sorted(region or home for region in regions):
            short = self._points(clients, number, region, points)
            if short is not None:
                self._fault(aws_api.POINTS, short, number, region)
                unread[region] = short
        if home.startswith(_APART):
            return _Common(number, block, points, unread)
        short = self._regional(clients, number, points)
        if short is not None:
            self._fault(aws_api.REGIONAL, short, number)
            unread[""] = short
        fronts: dict[str, list[str]] = defaultdict(list)
        listed, no_fronts = clients.pages(aws_api.FRONTS, "us-east-1", MOST_POINTS)
        if no_fronts is not None:
            self._fault(aws_api.FRONTS, no_fronts, number)
        for one in listed:
            for bucket in _origins(one):
                fronts[bucket].append(str(one.get("DomainName", ""))[:200])
        return _Common(number, block, points, unread, fronts, no_fronts)

    def _points(
        self, clients: Clients, number: str, region: str, found: dict[str, list[AccessPoint]]
    ) -> Unreadable | None:
        listed, short = clients.pages(aws_api.POINTS, region, MOST_POINTS, AccountId=number)
        for one in listed:
            name, bucket = str(one.get("Name", ""))[:100], str(one.get("Bucket", ""))
            internet = one.get("NetworkOrigin") != "VPC"
            if not internet:
                found[bucket].append(AccessPoint(name, internet, Absent(), Absent()))
                continue
            whole = clients.ask(aws_api.POINT, region, AccountId=number, Name=name)
            status = clients.ask(aws_api.POINT_STATUS, region, AccountId=number, Name=name)
            found[bucket].append(AccessPoint(name, internet, _public(status), _block(whole, required=False)))
        return short

    def _regional(self, clients: Clients, number: str, found: dict[str, list[AccessPoint]]) -> Unreadable | None:
        listed, short = clients.pages(aws_api.REGIONAL, _REGIONAL_HOME, MOST_POINTS, AccountId=number)
        for one in listed:
            name = str(one.get("Name", ""))[:100]
            status = clients.ask(aws_api.REGIONAL_STATUS, _REGIONAL_HOME, AccountId=number, Name=name)
            block = _block(Read({"PublicAccessBlockConfiguration": one.get("PublicAccessBlock") or {}}))
            behind = [part for part in one.get("Regions") or () if isinstance(part, Mapping)]
            point = AccessPoint(name, True, _public(status, "Established"), block, max(2, len(behind)))
            for part in behind:
                found[str(part.get("Bucket", ""))].append(point)
        return short

    def _bucket(self, clients: Clients, common: _Common, name: str, region: str) -> BucketSettings:
        at = region or self._account.region

        def said(call: aws_api.Call) -> Setting[Mapping[str, Any]]:
            if call.operation in self._lacking:
                return Absent()
            answer = clients.ask(call, at, Bucket=name)
            if self._amazon:
                return answer
            # Older gateways pass over this question and list the bucket instead, which boto3 stumbles over.
            passed = call is aws_api.OWNERSHIP and isinstance(answer, Read) and "OwnershipControls" not in answer.value
            stumbled = isinstance(answer, Unreadable) and call is aws_api.OWNERSHIP and answer.why in _STUMBLED
            if passed or stumbled or (isinstance(answer, Unreadable) and answer.why in NOT_OFFERED):
                # What a store lacks keeps nobody out, and lets nobody in; it need not be asked for every bucket.
                self._lacking.add(call.operation)
                return Absent()
            return answer

        return BucketSettings(
            name=name,
            account=common.number,
            region=region,
            account_block=common.block,
            block=_block(said(aws_api.BLOCK)),
            policy_public=self._policy(clients, at, name, said(aws_api.STATUS)),
            grants=_grants(said(aws_api.GRANTS)),
            ownership=_mapped(said(aws_api.OWNERSHIP), _ownership),
            versioning=_mapped(said(aws_api.VERSIONING), lambda v: str(v.get("Status", "Off"))[:20]),
            website=_mapped(said(aws_api.WEBSITE), lambda v: bool(v.keys() - {"ResponseMetadata"})),
            requester_pays=_mapped(said(aws_api.PAYER), lambda v: v.get("Payer") == "Requester"),
            access_points=common.points_of(name, at) if self._amazon else Absent(),
            fronts=common.fronts_of(name) if self._amazon else Absent(),
        )

    def _policy(self, clients: Clients, at: str, name: str, status: Setting[Mapping[str, Any]]) -> Setting[bool]:
        if self._amazon:
            return _public(status)
        # Others lack the status, count access lists in, or leave conditions out: the policy itself is asked.
        answer = clients.ask(aws_api.POLICY, at, Bucket=name)
        if isinstance(answer, Absent):
            return answer
        if isinstance(answer, Unreadable):
            return Absent() if answer.why in NOT_OFFERED and isinstance(status, Absent) else _public(status)
        plain = bucket_policy.public(str(answer.value.get("Policy", "")))
        if plain is not None:
            return Read(plain)
        called = _public(status)
        return called if called == Read(value=True) else Unreadable("it allows strangers on conditions")

    def _fault(self, call: aws_api.Call, why: Unreadable, *where: str) -> None:
        beside = f" ({', '.join(where)})" if any(where) else ""
        self.faults.append(f"{call.action or call.operation}{beside}: {why.why}")


@dataclass(frozen=True, slots=True)
class _Common:
    """What holds for all buckets of one account at Amazon."""

    number: str
    block: Setting[Block] = field(default_factory=Absent)
    points: Mapping[str, Sequence[AccessPoint]] = field(default_factory=dict)
    unread: Mapping[str, Unreadable] = field(default_factory=dict)
    """The regions whose access points could not be read; the empty one stands for the multi-region ones."""
    fronts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    no_fronts: Unreadable | None = None

    def points_of(self, bucket: str, region: str) -> Setting[tuple[AccessPoint, ...]]:
        short = self.unread.get(region) or self.unread.get("")
        if short is not None:
            return short
        return Read(tuple(self.points.get(bucket, ())))

    def fronts_of(self, bucket: str) -> Setting[tuple[str, ...]]:
        return self.no_fronts or Read(tuple(dict.fromkeys(self.fronts.get(bucket, ()))))


_STUMBLED = frozenset({"refused with status 500", "InternalError", "UnknownError"})
"""What comes of a question that an older gateway does not know."""
_UNCLEAR = Unreadable("an answer that says nothing of it")


def _mapped(answer: Setting[Mapping[str, Any]], read_: Callable[[Mapping[str, Any]], T | None]) -> Setting[T]:
    if not isinstance(answer, Read):
        return answer
    value = read_(answer.value)
    return _UNCLEAR if value is None else Read(value)


def _block(answer: Setting[Mapping[str, Any]], *, required: bool = True) -> Setting[Block]:
    def read_(value: Mapping[str, Any]) -> Block | None:
        block = value.get("PublicAccessBlockConfiguration")
        if not isinstance(block, Mapping):
            return None if required else Block()
        return Block(block.get("IgnorePublicAcls") is True, block.get("RestrictPublicBuckets") is True)

    return _mapped(answer, read_)


def _public(answer: Setting[Mapping[str, Any]], within: str = "PolicyStatus") -> Setting[bool]:
    def read_(value: Mapping[str, Any]) -> bool | None:
        status = value.get(within)
        public = status.get("IsPublic") if isinstance(status, Mapping) else None
        return public if isinstance(public, bool) else None

    return _mapped(answer, read_)


def _grants(answer: Setting[Mapping[str, Any]]) -> Setting[tuple[Grant, ...]]:
    def read_(value: Mapping[str, Any]) -> tuple[Grant, ...] | None:
        if "Owner" not in value and "Grants" not in value:
            return None
        found = []
        for grant in value.get("Grants") or ():
            whom = _GROUPS.get(str((grant.get("Grantee") or {}).get("URI", "")))
            if whom is not None:
                found.append(Grant(whom, str(grant.get("Permission", ""))[:20]))
        return tuple(dict.fromkeys(found))

    return _mapped(answer, read_)


def _ownership(value: Mapping[str, Any]) -> str | None:
    rules = (value.get("OwnershipControls") or {}).get("Rules") or ()
    return next((str(rule.get("ObjectOwnership", ""))[:40] for rule in rules), None)


def _origins(distribution: Mapping[str, Any]) -> list[str]:
    """The buckets that a distribution which is switched on fetches from."""
    if distribution.get("Enabled") is False:
        return []
    items = (distribution.get("Origins") or {}).get("Items") or ()
    found = (_ORIGIN.fullmatch(str(item.get("DomainName", "")).lower()) for item in items)
    return [match[1] for match in found if match]
