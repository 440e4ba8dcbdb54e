"""Every call that an account is asked with at AWS, and the permission that it needs: none of them writes.

The IAM policy in docs/buckets-account.md is this table. boto3 is not imported here: showing it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Each = Literal["account", "organisation", "member account", "region", "bucket", "access point", "multi-region name"]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of the API."""

    service: str
    """boto3's name of the client."""
    operation: str
    """The API's own name, as it stands in CloudTrail."""
    action: str
    """The permission; empty where none is needed."""
    each: Each
    """How often it is called: once for each of these."""
    why: str
    """What it is read for."""

    @property
    def method(self) -> str:
        """boto3's name of it."""
        text = self.operation
        return "".join(("_" if c.isupper() and i else "") + c.lower() for i, c in enumerate(text))


IDENTITY = Call("sts", "GetCallerIdentity", "", "account", "the account's number")
ASSUME = Call("sts", "AssumeRole", "sts:AssumeRole", "member account", "a session of the role that is named")
MEMBERS = Call(
    "organizations", "ListAccounts", "organizations:ListAccounts", "organisation", "which accounts there are to read"
)
BUCKETS = Call("s3", "ListBuckets", "s3:ListAllMyBuckets", "account", "the names and regions of the buckets")
ACCOUNT_BLOCK = Call(
    "s3control", "GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock", "account", "the block over all its buckets"
)
POINTS = Call("s3control", "ListAccessPoints", "s3:ListAccessPoints", "region", "further names of its buckets")
POINT = Call("s3control", "GetAccessPoint", "s3:GetAccessPoint", "access point", "its network and its own block")
POINT_STATUS = Call(
    "s3control",
    "GetAccessPointPolicyStatus",
    "s3:GetAccessPointPolicyStatus",
    "access point",
    "whether its policy is public",
)
REGIONAL = Call(
    "s3control",
    "ListMultiRegionAccessPoints",
    "s3:ListMultiRegionAccessPoints",
    "account",
    "names over buckets of several regions, with their blocks",
)
REGIONAL_STATUS = Call(
    "s3control",
    "GetMultiRegionAccessPointPolicyStatus",
    "s3:GetMultiRegionAccessPointPolicyStatus",
    "multi-region name",
    "whether its policy is public",
)
BLOCK = Call("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "bucket", "the block over the bucket")
STATUS = Call("s3", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", "bucket", "whether its policy is public")
GRANTS = Call("s3", "GetBucketAcl", "s3:GetBucketAcl", "bucket", "grants to everyone or to any account holder")
OWNERSHIP = Call(
    "s3",
    "GetBucketOwnershipControls",
    "s3:GetBucketOwnershipControls",
    "bucket",
    "whether its access lists count at all",
)
VERSIONING = Call("s3", "GetBucketVersioning", "s3:GetBucketVersioning", "bucket", "whether what is deleted stays")
WEBSITE = Call("s3", "GetBucketWebsite", "s3:GetBucketWebsite", "bucket", "whether it is served as a web site")
PAYER = Call("s3", "GetBucketRequestPayment", "s3:GetBucketRequestPayment", "bucket", "whether strangers must pay")
FRONTS = Call(
    "cloudfront", "ListDistributions", "cloudfront:ListDistributions", "account", "which CDNs fetch from a bucket"
)
POLICY = Call("s3", "GetBucketPolicy", "s3:GetBucketPolicy", "bucket", "its policy, of stores that cannot say more")

CALLS = (
    IDENTITY, BUCKETS, ACCOUNT_BLOCK, BLOCK, STATUS, GRANTS, OWNERSHIP, VERSIONING, WEBSITE, PAYER, POINTS, POINT,
    POINT_STATUS, REGIONAL, REGIONAL_STATUS, FRONTS, MEMBERS, ASSUME,
)  # fmt: skip
"""All that Amazon is asked, in the order in which it is."""

OF_ORGANISATIONS = (MEMBERS, ASSUME)
"""Those that are made only where the inventory names an organisation or a role."""

OF_ANY_STORE = (BUCKETS, BLOCK, STATUS, GRANTS, OWNERSHIP, VERSIONING, WEBSITE, PAYER)
"""Those that a store which is not Amazon's is asked with, and POLICY where it lacks the policy's status."""


def actions(*, organisation: bool) -> tuple[str, ...]:
    """The permissions that reading an account takes, each once, in alphabetical order."""
    chosen = [call for call in CALLS if organisation or call not in OF_ORGANISATIONS]
    return tuple(sorted({call.action for call in chosen if call.action}))
