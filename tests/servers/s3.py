"""The owner's side of an S3 store under test: a boto3 client, and how its buckets are filled and opened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import boto3
from botocore.config import Config

from tests.servers.launch import Server
from tests.servers.stored import BODY, KEYS, each

REGION = "us-east-1"
ALL_USERS = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'


def owner(server: Server, key: str, secret: str, *, service: str = "s3", region: str = REGION) -> Any:
    """A client of `service` at `server`, with nothing of the developer's own configuration."""
    session = boto3.session.Session(key, secret, region_name=region)
    config = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"total_max_attempts": 3, "mode": "standard"},
        connect_timeout=30,
        read_timeout=30,
    )
    return session.client(service, endpoint_url=server.url, config=config)


def make(client: Any, bucket: str, keys: Iterable[str] = KEYS, *, acl: str = "", objects: str = "") -> None:
    """A bucket with the canned ACL `acl`, and `keys` in it with the canned ACL `objects`."""
    client.create_bucket(Bucket=bucket, **({"ACL": acl} if acl else {}))
    fill(client, bucket, keys, acl=objects)


def fill(client: Any, bucket: str, keys: Iterable[str] = KEYS, *, acl: str = "") -> None:
    """Put `keys` into a bucket, with the canned ACL `acl`."""
    grant = {"ACL": acl} if acl else {}
    each(lambda key: client.put_object(Bucket=bucket, Key=key, Body=BODY, **grant), keys)


def allow(client: Any, bucket: str, actions: list[str], *resources: str, **extra: object) -> None:
    """A policy that lets anybody do `actions`; a resource is what follows the bucket's name, nothing for itself."""
    named = [f"arn:aws:s3:::{bucket}{rest}" for rest in resources or ("",)]
    statement = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": named, **extra}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
