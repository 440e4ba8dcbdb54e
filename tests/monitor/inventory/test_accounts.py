"""Accounts in the inventory: what is refused, with its line; and what is written for buckets that nobody declared."""

from __future__ import annotations

import pytest

from monitor.accounts.proposal import Held, declared, proposal
from monitor.inventory.load import loads
from monitor.inventory.model.accounts import Provider
from tests.monitor.inventory.samples import HEAD, lines

ASSET = "assets: [{id: a, host: a.example, owner: vendor}]\n"
KEYS = "credentials: {access_key: env:A, secret_key: env:B}"
S3 = f"id: s, provider: s3, owner: vendor, endpoint: 'https://s3.example.com', {KEYS}"
AWS = f"id: aws, provider: aws, owner: vendor, {KEYS}"
SWIFT = "id: sw, provider: swift, owner: vendor, auth: 'https://auth.example/v3', project: p"
USER = "credentials: {user: env:A, password: env:B}"


def wrong(entry: str) -> str:
    """What is wrong with one account, which stands on line 13."""
    found = lines(HEAD + ASSET + "accounts:\n" + f"  - {{{entry}}}\n")
    return "\n".join(line.removeprefix("inventory.yaml:13: ") for line in found)


@pytest.mark.parametrize(
    "entry",
    [
        S3,
        AWS,
        f"{AWS}, role: 'arn:aws:iam::123456789012:role/leftopen', external_id: env:X, contract: c1, interval: 30m",
        f"{AWS}, organisation: true, member_role: audit/leftopen, external_id: env:X",
        "id: p, provider: aws, owner: vendor, credentials: {profile: audit, profiles: 'file:/etc/aws'}",
        f"{SWIFT}, {USER}",
        f"{SWIFT}, credentials: {{application_credential: env:A, secret_key: env:B}}",
        f"id: t, provider: swift, owner: vendor, auth: 'https://a.example/auth/v1.0', {USER}, operator: true",
        f"id: l, provider: s3, owner: vendor, endpoint: 'http://127.0.0.1:9000', networks: [10.0.0.0/8], {KEYS}",
    ],
)
def test_accounts_that_are_whole(entry: str) -> None:
    assert wrong(entry) == ""


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (AWS.replace("env:A", "AKIAIOSFODNN7EXAMPLE"), "access_key: must be env:NAME or file:/absolute/path"),
        (AWS.replace("aws, owner", "minio, owner"), "provider: 'minio' is none of aws, s3, swift"),
        (AWS.replace("vendor", "nobody"), "owner 'nobody' is no declared party"),
        (f"{AWS}, contract: c9", "contract 'c9' is no declared contract"),
        (f"{AWS}, interval: often", "interval: 'often' is not a time span"),
        (f"{AWS}, role: leftopen", "role: 'leftopen' is not the ARN of a role"),
        (f"{AWS}, region: 'x.evil.example/'", "region: 'x.evil.example/' is not a region"),
        (f"{AWS}, external_id: env:X", "an external id is for a role"),
        (f"{AWS}, organisation: true", "give member_role too"),
        (f"{AWS}, member_role: leftopen", "set organisation: true"),
        (f"{AWS}, auth: 'https://a.example/v3'", "auth is not for provider aws"),
        (f"{AWS}, regoin: eu-north-1", "unknown key 'regoin'"),
        (f"{S3}, role: 'arn:aws:iam::123456789012:role/x'", "role is not for provider s3"),
        (S3.replace("endpoint: 'https://s3.example.com', ", ""), "needs the key 'endpoint'"),
        (S3.replace("https:", "http:"), "endpoint must be https"),
        (S3.replace("secret_key: env:B", "user: env:B"), "user is not for provider s3"),
        (S3.replace(", secret_key: env:B", ""), "access_key needs secret_key beside it"),
        (S3.replace("access_key: env:A, ", ""), "secret_key needs access_key beside it"),
        (S3.replace("access_key: env:A, secret_key: env:B", ""), "credentials need access_key, or profile"),
        (S3.replace("env:B}", "env:B, profile: x, profiles: 'file:/a'}"), "profile beside access_key says it twice"),
        (S3.replace("access_key: env:A, secret_key: env:B", "profile: x"), "profile needs profiles beside it"),
        (S3.replace("access_key: env:A, secret_key: env:B", "profile: x, profiles: env:P"), "profiles are in a file"),
        (f"{SWIFT.replace('/v3', '/v2.0')}, {USER}", "auth must be a URL that ends in"),
        (f"{SWIFT.replace(', project: p', '')}, {USER}", "a user of Keystone needs the key 'project'"),
        (f"{SWIFT}, {KEYS}", "access_key is not for provider swift"),
        (f"{SWIFT}, {USER[:-1]}, application_credential: env:C}}", "application_credential needs secret_key"),
        (
            f"{SWIFT.replace('/v3', '/v1.0')}, credentials: {{application_credential: env:A, secret_key: env:B}}",
            "application credentials are for an auth that ends in /v3",
        ),
    ],
)
def test_what_is_wrong_is_said(entry: str, said: str) -> None:
    assert said in wrong(entry)


def test_a_secret_in_the_file_is_never_repeated() -> None:
    said = wrong(AWS.replace("env:A", "AKIAIOSFODNN7EXAMPLE").replace("env:B", "wJalrXUtnFEMI"))
    assert "AKIA" not in said
    assert "wJalr" not in said
    assert said.count("a secret itself does not belong in the inventory") == 2


def test_every_problem_of_every_account_at_once_each_with_its_line() -> None:
    text = f"accounts:\n  - {{{AWS}, role: x}}\n  - {{{S3}, auth: y}}\n  - {{{AWS}}}\n"
    found = lines(HEAD + ASSET + text)
    assert {line.split(": ", 1)[0].rpartition(":")[2] for line in found} == {"13", "14", "15"}
    assert "declared twice" in found[-1]


def test_what_is_left_out() -> None:
    account = loads(HEAD + ASSET + f"accounts: [{{{AWS}}}]\n").account("aws")
    assert account.provider is Provider.AWS
    assert account.interval.total_seconds() == 3600
    assert (account.organisation, account.operator, account.region) == (False, False, "us-east-1")


HELD = tuple(
    Held(name, "eu-north-1") for name in ("calls", "old.calls", "Upper_Case", "a", "x" * 63, "calls-2", "2026-calls")
)


@pytest.mark.parametrize(
    ("entry", "storage"),
    [
        (AWS, ""),
        (S3, ""),
        (S3.replace("https://s3.example.com", "https://s3.sto1.safedc.net"), ""),
        (S3.replace("https://s3.example.com", "http://127.0.0.1:9000"), ""),
        (f"{SWIFT}, {USER}", "https://swift.example.com/v1/AUTH_ab12"),
        (f"{SWIFT}, {USER}", "https://swift.example.com:8080/swift/v1/AUTH_ab12"),
    ],
)
def test_what_is_proposed_is_an_inventory_that_declares_the_buckets(entry: str, storage: str) -> None:
    head = HEAD + f"accounts:\n  - {{{entry}, contract: c1}}\n"
    before = loads(head + ASSET)
    account = before.accounts[0]
    text = proposal(before, account, [(one, "configured open: #1\n") for one in HELD], storage)
    after = loads(head + text)
    names = {one.name for one in HELD if f'"{one.name}"' in text or f"/{one.name}/" in text}
    assert len(after.assets) == len(names)
    assert names >= {one.name for one in HELD} - {"Upper_Case", "a"}
    found, missing = declared(after, account, HELD, storage)
    assert {held.name for held in found} == names
    assert missing == ()
    assert proposal(after, account, [], storage) == ""
    # An asset whose bucket the account lacks is missing; one of another party is none of its matters.
    _, gone = declared(after, account, HELD[1:], storage)
    assert [asset.id for asset in gone] == ["calls"]
    others = loads(head + text.replace("owner: vendor", "owner: region"))
    assert declared(others, account, HELD[1:], storage)[1] == ()


def test_a_gateways_bucket_is_the_one_of_a_tenant() -> None:
    asset = "assets: [{id: calls, owner: vendor, bucket: {url: 'https://s3.example.com/proj:calls/', speaks: s3}}]\n"
    inventory = loads(HEAD + asset + f"accounts: [{{{S3}}}]\n")
    found, missing = declared(inventory, inventory.accounts[0], [Held("calls"), Held("other")], "")
    assert [(held.name, one.id) for held, one in found.items()] == [("calls", "calls")]
    assert missing == ()
