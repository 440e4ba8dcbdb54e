"""What moto's account says of its buckets: the configuration that the inside view is tested with."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tests.servers.launch import Server

PUBLIC = {"policy-open", "policy-restricted", "policy-abroad"}


def test_the_account_tells_how_its_buckets_are_configured(moto: Server) -> None:
    from tests.servers import moto as seeded
    from tests.servers import s3

    client = s3.owner(moto, *seeded.OWNER)
    names = {one["Name"] for one in client.list_buckets()["Buckets"]}
    assert names == {*seeded.OPEN, *seeded.CLOSED, seeded.ABROAD}
    public, granted, blocked = set(), set(), set()
    for name in names:
        with suppress(client.exceptions.from_code("NoSuchBucketPolicy")):
            public |= {name} if client.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"] else set()
        with suppress(client.exceptions.from_code("NoSuchPublicAccessBlockConfiguration")):
            client.get_public_access_block(Bucket=name)
            blocked.add(name)
        grants = client.get_bucket_acl(Bucket=name)["Grants"]
        granted |= {name} if any("AllUsers" in one["Grantee"].get("URI", "") for one in grants) else set()
    assert public == PUBLIC
    assert granted == {"acl-open", "acl-ignored"}
    assert blocked == {"acl-ignored", "policy-restricted"}
    controls = client.get_bucket_ownership_controls(Bucket="owner-enforced")["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert client.get_bucket_location(Bucket=seeded.ABROAD)["LocationConstraint"] == seeded.REGION


@pytest.mark.parametrize("service", ["sts", "organizations", "cloudfront"])
def test_the_account_tells_who_it_is_and_what_stands_before_its_buckets(moto: Server, service: str) -> None:
    from tests.servers import moto as seeded
    from tests.servers import s3

    client = s3.owner(moto, *seeded.OWNER, service=service)
    if service == "sts":
        assert client.get_caller_identity()["Account"] == "123456789012"
    elif service == "organizations":
        assert [one["Name"] for one in client.list_accounts()["Accounts"]] == ["master", "recordings"]
    else:
        items = client.list_distributions()["DistributionList"]["Items"]
        assert [one["Origins"]["Items"][0]["DomainName"] for one in items] == ["acl-open.s3.amazonaws.com"]
