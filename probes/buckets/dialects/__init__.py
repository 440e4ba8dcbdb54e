"""The dialects of object stores: list URLs, object URLs and refusals, one file each, for probes and surveys alike."""

from __future__ import annotations

from urllib.parse import quote

from probes.api import BucketTarget, Dialect
from probes.buckets.dialects.list_requests import ListApi, ListVariant
from probes.recognise.buckets.key_page import key_bytes, sent


def list_variants(target: BucketTarget) -> tuple[ListVariant, ...]:
    """The ways to list a bucket, the best first."""
    root = bucket_path(target)
    match target.dialect:
        case Dialect.AZURE:
            return (ListVariant(ListApi.AZURE, root),)
        case Dialect.SWIFT:
            # With its slash the path is the same container to Swift, and to Ceph's gateway the only one that lists.
            return (ListVariant(ListApi.SWIFT, root + "/"), ListVariant(ListApi.SWIFT, root + "/", plain=True))
        case Dialect.OCI:
            return (ListVariant(ListApi.OCI, root + "/o"),)
        case Dialect.GCS if target.bucket and not target.domain:
            path = f"/storage/v1/b/{quote(target.bucket, safe='')}/o"
            return (ListVariant(ListApi.GCS, path), *s3_variants(root))
        case _:
            return s3_variants(root)


def s3_variants(root: str) -> tuple[ListVariant, ...]:
    """The ways to list a bucket that speaks S3, at its path `root`."""
    at = root + "/"
    return (
        ListVariant(ListApi.S3_V2, at),
        ListVariant(ListApi.S3_V1, at),
        ListVariant(ListApi.S3_V2, at, plain=True),
        ListVariant(ListApi.S3_V1, at, plain=True),
    )


def bucket_path(target: BucketTarget) -> str:
    """The bucket's path. The owner's domain in front of Azure stands for the account, not for the container."""
    if target.dialect is Dialect.AZURE and not target.root:
        return f"/{quote(target.bucket or '$root', safe='$')}"
    return target.root


def objects_path(target: BucketTarget) -> str:
    """The path below which the bucket's objects are."""
    return f"{bucket_path(target)}/o" if target.dialect is Dialect.OCI else bucket_path(target)


def object_path(target: BucketTarget, key: str | bytes) -> str:
    """Where an object is: every byte of its key to the letter (`//`, `..` and a space at its end too)."""
    return f"{objects_path(target)}/{sent(key if isinstance(key, bytes) else key_bytes(key))}"
