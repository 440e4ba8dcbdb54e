"""Reading an account at Amazon's, as its servers see it: calls, guards, credentials, hostile answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.accounts import aws_api
from monitor.accounts.bucket_settings import (
    ENFORCED,
    Absent,
    AccessPoint,
    Block,
    BucketSettings,
    Grant,
    Open,
    Read,
    Unreadable,
    Whom,
    configured,
)
from monitor.accounts.settings_reader import Reading, _allows, read_blocking
from monitor.accounts.signed_http import Guarded, Waits
from monitor.inventory.model.accounts import Account
from monitor.network.stores.credentials import Keys
from tests.servers import amazon as fakes
from tests.servers.amazon import Amazon, Says, failed, wrapped

KEYS = Keys("OURKEY", "oursecret")
SAYS = {"User-Agent": "leftopen/test (+https://about.example; run=r1)"}
WAITS = Waits(connect=1, read=1, answer=2, whole=20)


@pytest.fixture
def cloud() -> Iterator[Amazon]:
    with fakes.amazon() as one:
        yield one


def account(cloud: Amazon, **more: Any) -> Account:
    written = {"id": "ours", "provider": "aws", "owner": "region", "endpoint": cloud.url, "region": "eu-north-1"}
    keys = {"access_key": "env:A", "secret_key": "env:B"}
    return Account.model_validate({**written, "credentials": keys, **more})


def reading(cloud: Amazon, waits: Waits = WAITS, keys: Keys = KEYS, **more: Any) -> Reading:
    one = account(cloud, **more)
    way = Guarded(_allows(one), lambda host, port: ("127.0.0.1",), SAYS, waits)
    return read_blocking(one, keys, "", way)


def only(found: Reading) -> BucketSettings:
    (bucket,) = found.buckets
    return bucket


def test_a_private_bucket_is_closed_and_all_was_asked(cloud: Amazon) -> None:
    found = reading(cloud)
    assert (found.faults, found.complete) == ((), True)
    assert configured(only(found)).open is Open.CLOSED
    assert only(found) == BucketSettings(
        "calls",
        fakes.NUMBER,
        "eu-north-1",
        versioning=Read("Off"),
        requester_pays=Read(value=False),
        grants=Read(()),
        access_points=Read(()),
        fronts=Read(()),
    )
    assert found.asked == len(cloud.asked)


def test_each_setting_is_read(cloud: Amazon) -> None:
    cloud.says |= {
        "GetAccountPublicAccessBlock": fakes.block(ignore=True),
        "GetPublicAccessBlock": fakes.block(restrict=True),
        "GetBucketPolicyStatus": fakes.status(True),
        "GetBucketAcl": fakes.grants(fakes.ALL_USERS),
        "GetBucketOwnershipControls": Says(
            "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"
        ),
        "GetBucketVersioning": Says("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
        "GetBucketWebsite": Says(
            "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>"
        ),
        "GetBucketRequestPayment": Says(
            "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>"
        ),
        "ListAccessPoints": fakes.points(wide="calls", **{"vpc-only": "calls"}),
        "GetAccessPointPolicyStatus": fakes.point_status(True),
        "ListMultiRegionAccessPoints": fakes.regional("everywhere", "calls", "copies"),
        "ListDistributions": fakes.distributions(
            d1="calls.s3.eu-north-1.amazonaws.com",
            d2="calls.s3-website-eu-west-1.amazonaws.com",
            d3="www.example.com",
        ),
    }
    bucket = only(reading(cloud))
    assert bucket.account_block == Read(Block(ignores_grants=True))
    assert bucket.block == Read(Block(restricts_policy=True))
    assert bucket.policy_public == Read(value=True)
    assert bucket.grants == Read((Grant(Whom.EVERYONE, "READ"),))
    assert bucket.ownership == Read(ENFORCED)
    assert bucket.versioning == Read("Enabled")
    assert bucket.website == Read(value=True)
    assert bucket.requester_pays == Read(value=True)
    assert bucket.fronts == Read(("d1.cloudfront.net", "d2.cloudfront.net"))
    assert bucket.access_points == Read(
        (
            AccessPoint("wide", True, Read(value=True), Read(Block())),
            AccessPoint("vpc-only", False, Absent(), Absent()),
            AccessPoint("everywhere", True, Read(value=False), Read(Block()), 2),
        )
    )


def test_the_table_of_calls_is_what_is_called(cloud: Amazon) -> None:
    cloud.says |= {
        "ListAccessPoints": fakes.points(wide="calls"),
        "ListMultiRegionAccessPoints": fakes.regional("everywhere", "calls"),
        "ListAccounts": fakes.members(fakes.NUMBER, "444455556666"),
    }
    reading(cloud, organisation="true", member_role="leftopen")
    named = {call.operation for call in aws_api.CALLS}
    asked = {one.removeprefix("GetAccountPublic") for one in cloud.operations}
    assert {one if one != "AccessBlock" else "GetPublicAccessBlock" for one in asked} == named


def test_only_reading_verbs_are_sent(cloud: Amazon) -> None:
    with fakes.amazon() as other:
        reading(other, organisation="true", member_role="leftopen")
        verbs = {(one.operation, bool(one.body)) for one in other.asked}
    assert {operation for operation, body in verbs if body} <= {"GetCallerIdentity", "AssumeRole", "ListAccounts"}
    assert all(name.startswith(("Get", "List", "Assume")) for name, _ in verbs)


@pytest.mark.parametrize("operation", sorted(fakes.DEFAULTS))
def test_each_call_that_is_denied_is_unknown_and_never_public_or_private(cloud: Amazon, operation: str) -> None:
    """The policy is public: whatever may not be read must leave it open or unknown, and never closed."""
    cloud.says |= {
        "GetBucketPolicyStatus": fakes.status(True),
        "ListAccessPoints": fakes.points(wide="calls"),
        "ListMultiRegionAccessPoints": fakes.regional("everywhere", "calls"),
    }
    s3 = operation in ("ListBuckets", "GetPublicAccessBlock") or operation.startswith("GetBucket")
    cloud.says[operation] = failed("AccessDenied") if s3 else wrapped("AccessDenied")
    if operation == "ListAccounts":
        cloud.says[operation] = Says('{"__type": "AccessDeniedException"}', 400, "application/x-amz-json-1.1")
    found = reading(cloud, organisation="true", member_role="leftopen")
    if operation in ("GetCallerIdentity", "ListBuckets"):
        assert (found.buckets, found.complete) == ((), False)
        assert "AccessDenied" in " ".join(found.faults)
        return
    assert found.complete is (operation != "ListAccounts")
    says = configured(only(found))
    blind = operation in ("GetPublicAccessBlock", "GetAccountPublicAccessBlock", "GetBucketPolicyStatus")
    assert says.open is (Open.UNKNOWN if blind else Open.OPEN)


def test_everything_denied_is_unknown(cloud: Amazon) -> None:
    for operation in list(cloud.says):
        if operation not in ("GetCallerIdentity", "ListBuckets"):
            cloud.says[operation] = failed("AccessDenied")
    found = reading(cloud)
    assert configured(only(found)).open is Open.UNKNOWN
    assert any(fault.startswith("s3:GetAccountPublicAccessBlock") for fault in found.faults)
    assert any(fault.startswith("cloudfront:ListDistributions") for fault in found.faults)


def test_an_account_block_decides_what_may_not_be_read(cloud: Amazon) -> None:
    for operation in list(cloud.says):
        if operation not in ("GetCallerIdentity", "ListBuckets", "GetAccountPublicAccessBlock"):
            cloud.says[operation] = failed("AccessDenied")
    cloud.says["GetAccountPublicAccessBlock"] = fakes.block(ignore=True, restrict=True)
    assert configured(only(reading(cloud))).open is Open.CLOSED


def test_an_organisation_is_read_by_a_role_in_each_account(cloud: Amazon) -> None:
    cloud.says["ListAccounts"] = fakes.members(fakes.NUMBER, "444455556666", "777788889999")
    cloud.says["AssumeRole/arn:aws:iam::444455556666:role/audit/leftopen"] = fakes.assumed("FOURS")
    cloud.says["AssumeRole/arn:aws:iam::777788889999:role/audit/leftopen"] = wrapped("AccessDenied")
    found = reading(cloud, organisation="true", member_role="audit/leftopen")
    assert {bucket.account for bucket in found.buckets} == {fakes.NUMBER, "444455556666"}
    assert not found.complete
    assert [f for f in found.faults if "777788889999" in f and "AccessDenied" in f]
    lists = [one.headers["authorization"] for one in cloud.asked if one.operation == "ListBuckets"]
    assert ["OURKEY" in one for one in lists] == [True, False]
    assert "FOURS" in lists[1]
    tokens = {one.headers.get("x-amz-security-token") for one in cloud.asked}
    assert tokens == {None, "t-FOURS"}


def test_a_role_is_assumed_first(cloud: Amazon) -> None:
    reading(cloud, role=f"arn:aws:iam::{fakes.NUMBER}:role/leftopen")
    first, *others = cloud.asked
    assert first.operation == "AssumeRole"
    assert "Credential=OURKEY/" in first.headers["authorization"]
    assert all("Credential=ROLEKEY/" in one.headers["authorization"] for one in others)


def test_nothing_of_the_environment_reaches_a_request(
    cloud: Amazon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, never: Any
) -> None:
    """Ambient keys, profiles, endpoints and proxies, by every way that boto3 knows."""
    home = tmp_path / ".aws"
    home.mkdir()
    stray = "AKIASTRAYSTRAY"
    for name in ("credentials", "config"):
        (home / name).write_text(
            f"[default]\naws_access_key_id = {stray}\naws_secret_access_key = stray\naws_session_token = {stray}\n"
            f"region = xx-stray-1\nendpoint_url = {never.url}\nsigv4a_signing_region_set = *\n"
            f"[profile {stray}]\nregion = xx-stray-1\n",
            encoding="utf-8",
        )
    for name, value in {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": stray,
        "AWS_SECRET_ACCESS_KEY": "stray",
        "AWS_SESSION_TOKEN": stray,
        "AWS_PROFILE": stray,
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_REGION": "xx-stray-1",
        "AWS_DEFAULT_REGION": "xx-stray-1",
        "AWS_ENDPOINT_URL": never.url,
        "AWS_ENDPOINT_URL_S3": never.url,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "config"),
        "AWS_ROLE_ARN": "arn:aws:iam::1:role/stray",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": never.url,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": never.url,
        "AWS_SDK_UA_APP_ID": stray,
        "AWS_USE_FIPS_ENDPOINT": "true",
        "HTTP_PROXY": never.url,
        "http_proxy": never.url,
        "HTTPS_PROXY": never.url,
        "ALL_PROXY": never.url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_PROXY", raising=False)
    found = reading(cloud, organisation="true", member_role="leftopen")
    assert found.complete
    for one in cloud.asked:
        assert stray not in str(one.headers) + one.path + one.body.decode()
        assert "xx-stray-1" not in str(one.headers)
        assert "Credential=OURKEY/" in one.headers["authorization"]
        assert one.headers["user-agent"] == SAYS["User-Agent"]
    # Without keys of our own there is nothing to fall back on.
    before = len(cloud.asked)
    reading(cloud, keys=Keys("", ""))
    assert all("Credential=/" in one.headers["authorization"] for one in cloud.asked[before:])


def test_a_list_in_pages_is_read_to_its_end(cloud: Amazon) -> None:
    cloud.says["ListBuckets"] = fakes.buckets("a1", "a2", then="two")
    cloud.says["ListBuckets/two"] = fakes.buckets("b1", then="three")
    cloud.says["ListBuckets/three"] = fakes.buckets("c1")
    found = reading(cloud)
    assert [bucket.name for bucket in found.buckets] == ["a1", "a2", "b1", "c1"]
    assert found.complete


def test_a_list_without_an_end_is_said_to_be_short(cloud: Amazon) -> None:
    cloud.says["ListBuckets"] = fakes.buckets("a1", then="again")
    cloud.says["ListBuckets/again"] = fakes.buckets("a2", then="again")
    found = reading(cloud)
    assert {bucket.name for bucket in found.buckets} == {"a1", "a2"}
    assert not found.complete
    assert "without an end" in " ".join(found.faults)


def test_a_huge_list_is_bounded(cloud: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.accounts.settings_reader.MOST_BUCKETS", 5)
    cloud.says["ListBuckets"] = fakes.buckets(*(f"bucket-{n}" for n in range(9)), then="two")
    found = reading(cloud)
    assert len(found.buckets) == 5
    assert not found.complete
    assert "more are listed" in " ".join(found.faults)


HOSTILE = {
    "html": Says("<html><body>Sign in</body></html>", 200, "text/html"),
    "empty": Says(""),
    "cut": Says("<ListAllMyBucketsResult><Buckets><Bucket><Na"),
    "binary": Says(bytes(range(256))),
    "deep": Says("<a>" * 50_000),
    "entities": Says('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'),
    "json": Says('{"Buckets": []}', 200, "application/json"),
    "redirect": Says("", 301),
    "server-error": failed("InternalError", 500),
    "throttled": failed("SlowDown", 503),
    "wide": Says(b"x" * (9 * 2**20)),
    "endless": Says("<x/>", endless=True),
    "drip": Says("", drip=True),
    "hang": Says("", hang=30),
}


TRIED_AGAIN = ("server-error", "throttled")
"""Answers that are waited for and asked again: of two calls it is enough."""
ATTACKED = [
    (operation, name)
    for operation in ("ListBuckets", "GetBucketPolicyStatus", "GetCallerIdentity", "ListAccessPoints")
    for name in sorted(HOSTILE)
    if name not in TRIED_AGAIN or operation in ("ListBuckets", "GetBucketPolicyStatus")
]


@pytest.mark.parametrize(("operation", "name"), ATTACKED)
def test_a_hostile_answer_ends_as_unknown_with_a_reason(cloud: Amazon, operation: str, name: str) -> None:
    cloud.says[operation] = HOSTILE[name]
    began = time.monotonic()
    found = reading(cloud)
    assert time.monotonic() - began < 200
    if operation in ("ListBuckets", "GetCallerIdentity"):
        assert not found.complete
        assert found.faults
        return
    says = configured(only(found))
    assert says.open is Open.UNKNOWN
    assert says.reasons


def test_names_that_are_no_buckets_are_not_taken(cloud: Amazon) -> None:
    cloud.says["ListBuckets"] = fakes.buckets("calls", "../../etc", "a b", "x" * 300, "å")
    found = reading(cloud)
    assert [bucket.name for bucket in found.buckets] == ["calls"]
    assert not found.complete
    assert "4 names" in " ".join(found.faults)


def test_a_peer_that_stays_silent_is_not_asked_on(cloud: Amazon) -> None:
    cloud.says["ListBuckets"] = fakes.buckets(*(f"bucket-{n}" for n in range(200)))
    for operation in ("GetPublicAccessBlock", "GetBucketPolicyStatus", "GetBucketAcl"):
        cloud.says[operation] = Says("", hang=30)
    began = time.monotonic()
    found = reading(cloud)
    assert time.monotonic() - began < 60
    assert len(found.buckets) == 200
    assert all(configured(bucket).open is Open.UNKNOWN for bucket in found.buckets)
    assert len(cloud.asked) < 400


def test_all_of_a_reading_has_an_end(cloud: Amazon) -> None:
    cloud.says["ListBuckets"] = fakes.buckets(*(f"bucket-{n}" for n in range(60)))
    cloud.says["GetBucketAcl"] = Says(fakes.grants().body, hang=0.5)
    began = time.monotonic()
    found = reading(cloud, Waits(connect=1, read=1, answer=2, whole=2))
    assert time.monotonic() - began < 20, "all of them would take thirty seconds"
    late = [b.grants for b in found.buckets if isinstance(b.grants, Unreadable)]
    assert late
    assert any("longer than" in setting.why for setting in late)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://s3.eu-north-1.amazonaws.com/", True),
        ("https://s3.amazonaws.com/", True),
        ("https://sts.eu-north-1.amazonaws.com/", True),
        ("https://111122223333.s3-control.us-west-2.amazonaws.com/", True),
        ("https://organizations.us-east-1.amazonaws.com/", True),
        ("https://cloudfront.amazonaws.com/", True),
        ("https://s3.cn-north-1.amazonaws.com.cn/", True),
        ("http://s3.eu-north-1.amazonaws.com/", False),
        ("https://s3.eu-north-1.amazonaws.com:8443/", False),
        ("https://calls.s3.eu-north-1.amazonaws.com/", False),
        ("https://s3-evil-1.eu-north-1.elb.amazonaws.com/", False),
        ("https://s3.amazonaws.com.evil.example/", False),
        ("https://ec2.eu-north-1.amazonaws.com/", False),
        ("https://169.254.169.254/", False),
        ("https://evil.example/", False),
    ],
)
def test_only_hosts_of_the_services_that_are_asked_are_connected_to(url: str, allowed: bool) -> None:
    from urllib.parse import urlsplit

    keys = {"access_key": "env:A", "secret_key": "env:B"}
    one = Account.model_validate({"id": "x", "provider": "aws", "owner": "o", "credentials": keys})
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    assert _allows(one)(parts.hostname or "", port) is allowed


def test_a_bucket_in_a_strange_region_leads_nowhere(cloud: Amazon, never: Any) -> None:
    """A region's name becomes a part of a host's."""
    cloud.says["ListBuckets"] = fakes.buckets("calls", region=f"x.{never.url.removeprefix('http://')}/")
    found = reading(cloud)
    assert all(one.host.endswith(f"127.0.0.1:{cloud.port}") for one in cloud.asked)
    assert len(found.buckets) == 1
