"""moto's server: an account of Amazon's seen from inside; what it answers to a stranger proves nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import s3
from tests.servers.launch import Server, Start, missing, running
from tests.servers.real_small import PYPI

OWNER = ("testing", "testing")
BLOCKED = {
    "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True,
}  # fmt: skip
OPEN = ("acl-open", "policy-open")
CLOSED = ("closed", "acl-ignored", "policy-restricted", "owner-enforced")
ABROAD, REGION = "policy-abroad", "eu-north-1"
"""An open bucket in a region of its own."""


@contextmanager
def moto() -> Iterator[Server]:
    """moto, filled: every way in which a configuration is open, or looks open and is not."""
    if not (PYPI / "moto").exists():
        missing("moto is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        return Start(command, home, environment={"PYTHONPATH": str(PYPI)}, log="out.log")

    with running("moto", start) as server:
        _fill(server)
        yield server


def _fill(server: Server) -> None:
    client = s3.owner(server, *OWNER)
    for bucket in (*OPEN, *CLOSED):
        opened = bucket in ("acl-open", "acl-ignored")
        s3.make(client, bucket, ("call.wav",), acl="public-read" if opened else "")
    for bucket in ("policy-open", "policy-restricted"):
        s3.allow(client, bucket, ["s3:GetObject", "s3:ListBucket"], "", "/*")
    for bucket in ("acl-ignored", "policy-restricted"):
        client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=BLOCKED)
    client.put_bucket_ownership_controls(
        Bucket="owner-enforced", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    abroad = s3.owner(server, *OWNER, region=REGION)
    abroad.create_bucket(Bucket=ABROAD, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.allow(abroad, ABROAD, ["s3:GetObject"], "/*")

    organization = s3.owner(server, *OWNER, service="organizations")
    organization.create_organization(FeatureSet="ALL")
    organization.create_account(AccountName="recordings", Email="recordings@example.com")
    # A network of copies in front of a bucket: its own host serves what the bucket holds.
    origin = {"Id": "calls", "DomainName": "acl-open.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    behaviour = {
        "TargetOriginId": "calls",
        "ViewerProtocolPolicy": "allow-all",
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
    }
    s3.owner(server, *OWNER, service="cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "tests",
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behaviour,
            "Comment": "",
            "Enabled": True,
        }
    )
