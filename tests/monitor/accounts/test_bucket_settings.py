"""Whether settings are public: every combination, against all the worlds that unreadable settings leave possible."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from monitor.accounts.bucket_settings import (
    ENFORCED,
    Absent,
    AccessPoint,
    Block,
    BucketSettings,
    Grant,
    Open,
    Read,
    Setting,
    Unreadable,
    Whom,
    configured,
    readers,
)

DENIED = Unreadable("AccessDenied")
BLOCKS: tuple[Setting[Block], ...] = (
    Absent(),
    *(Read(Block(i, r)) for i in (False, True) for r in (False, True)),
    DENIED,
)
OWNERSHIPS: tuple[Setting[str], ...] = (
    Absent(),
    Read("ObjectWriter"),
    Read("BucketOwnerPreferred"),
    Read(ENFORCED),
    DENIED,
)
POLICIES: tuple[Setting[bool], ...] = (Absent(), Read(value=False), Read(value=True), DENIED)
TO_ALL, TO_ACCOUNTS = Grant(Whom.EVERYONE, "READ"), Grant(Whom.ANY_ACCOUNT, "WRITE")
GRANTS: tuple[Setting[tuple[Grant, ...]], ...] = (
    Absent(),
    Read(()),
    Read((TO_ALL,)),
    Read((TO_ACCOUNTS,)),
    Read((TO_ALL, TO_ACCOUNTS)),
    DENIED,
)


def worlds(setting: Setting[Any], possible: tuple[object, ...], default: object) -> tuple[object, ...]:
    """What a setting may be in truth."""
    if isinstance(setting, Read):
        return (setting.value,)
    return (default,) if isinstance(setting, Absent) else possible


def truth(
    account: Setting[Block], bucket: Setting[Block], own: Setting[Any], policy: Setting[Any], grants: Setting[Any]
) -> Open:
    """The rule as it is written, over every world: sure only where they all agree."""
    any_block = tuple(Block(i, r) for i in (False, True) for r in (False, True))
    found = set()
    for a, b, o, p, g in product(
        worlds(account, any_block, Block()),
        worlds(bucket, any_block, Block()),
        worlds(own, ("ObjectWriter", ENFORCED), "ObjectWriter"),
        worlds(policy, (False, True), False),
        worlds(grants, ((), (TO_ALL,)), ()),
    ):
        assert isinstance(a, Block)
        assert isinstance(b, Block)
        by_policy = p and not (a.restricts_policy or b.restricts_policy)
        by_grants = bool(g) and not (a.ignores_grants or b.ignores_grants) and o != ENFORCED
        found.add(bool(by_policy or by_grants))
    return Open.UNKNOWN if len(found) == 2 else Open.OPEN if found == {True} else Open.CLOSED


def test_every_combination_of_blocks_ownership_policy_and_grants() -> None:
    seen: dict[Open, int] = dict.fromkeys(Open, 0)
    for account, bucket, own, policy, grants in product(BLOCKS, BLOCKS, OWNERSHIPS, POLICIES, GRANTS):
        settings = BucketSettings(
            "calls", "1", account_block=account, block=bucket, ownership=own, policy_public=policy, grants=grants
        )
        says = configured(settings)
        assert says.open is truth(account, bucket, own, policy, grants), settings
        assert says.reasons
        seen[says.open] += 1
    assert sum(seen.values()) == 6 * 6 * 5 * 4 * 6
    assert all(seen.values())


@pytest.mark.parametrize(
    ("point", "bucket", "account", "expected"),
    [
        (AccessPoint("p", True, Read(value=True), Absent()), Absent(), Absent(), Open.OPEN),
        (AccessPoint("p", True, Read(value=False), Absent()), Absent(), Absent(), Open.CLOSED),
        (AccessPoint("p", True, Absent(), Absent()), Absent(), Absent(), Open.CLOSED),
        (AccessPoint("p", False, Read(value=True), Absent()), Absent(), Absent(), Open.CLOSED),
        (AccessPoint("p", True, Read(value=True), Read(Block(False, True))), Absent(), Absent(), Open.CLOSED),
        (AccessPoint("p", True, Read(value=True), Absent()), Read(Block(False, True)), Absent(), Open.CLOSED),
        (AccessPoint("p", True, Read(value=True), Absent()), Absent(), Read(Block(False, True)), Open.CLOSED),
        (AccessPoint("p", True, Read(value=True), Read(Block(True, False))), Absent(), Absent(), Open.OPEN),
        (AccessPoint("p", True, Read(value=True), DENIED), Absent(), Absent(), Open.UNKNOWN),
        (AccessPoint("p", True, DENIED, Absent()), Absent(), Absent(), Open.UNKNOWN),
        (AccessPoint("p", True, DENIED, Absent()), Absent(), Read(Block(False, True)), Open.CLOSED),
        (AccessPoint("p", False, DENIED, DENIED), Absent(), Absent(), Open.CLOSED),
    ],
)
def test_access_points_have_a_policy_and_a_block_of_their_own(
    point: AccessPoint, bucket: Setting[Block], account: Setting[Block], expected: Open
) -> None:
    settings = BucketSettings("calls", "1", block=bucket, account_block=account, access_points=Read((point,)))
    assert configured(settings).open is expected


def test_access_points_that_cannot_be_listed_leave_it_open_unless_a_block_holds() -> None:
    assert configured(BucketSettings("calls", "1", access_points=DENIED)).open is Open.UNKNOWN
    blocked = BucketSettings("calls", "1", access_points=DENIED, account_block=Read(Block(False, True)))
    assert configured(blocked).open is Open.CLOSED


def test_what_is_surely_open_is_open_whatever_else_cannot_be_read() -> None:
    settings = BucketSettings("calls", "1", policy_public=Read(value=True), grants=DENIED, access_points=DENIED)
    assert configured(settings).open is Open.OPEN


def test_a_grant_to_account_holders_is_open_to_them_alone() -> None:
    assert configured(BucketSettings("calls", "1", grants=Read((TO_ACCOUNTS,)))).whom is Whom.ANY_ACCOUNT
    assert configured(BucketSettings("calls", "1", grants=Read((TO_ALL, TO_ACCOUNTS)))).whom is Whom.EVERYONE
    paying = BucketSettings("calls", "1", policy_public=Read(value=True), requester_pays=Read(value=True))
    assert configured(paying).whom is Whom.ANY_ACCOUNT


def test_access_denied_is_neither_public_nor_private() -> None:
    settings = BucketSettings("calls", "1", DENIED.why, DENIED, DENIED, DENIED, DENIED, DENIED)
    says = configured(settings)
    assert says.open is Open.UNKNOWN
    assert "AccessDenied" in " ".join(says.reasons)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Open.CLOSED),
        ("project:user,other", Open.CLOSED),
        (".rlistings", Open.CLOSED),
        (".r:-www.example.com", Open.CLOSED),
        (".r:*", Open.OPEN),
        (".r:*,.rlistings", Open.OPEN),
        (" .R:* , .rlistings", Open.OPEN),
        (".referrer:*", Open.OPEN),
        (".ref:*", Open.OPEN),
        (".r:.example.com,.rlistings", Open.OPEN),
        (".r:*.example.com", Open.OPEN),
        (".r:-evil.example,.r:*", Open.OPEN),
        ("project:*,.r:*", Open.OPEN),
    ],
)
def test_read_access_lists_of_containers(text: str, expected: Open) -> None:
    assert readers(text).open is expected
    assert configured(BucketSettings("calls", "1", readers=Read(text))).open is expected
