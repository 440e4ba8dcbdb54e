"""Buckets of an account against the inventory: which asset declares which, and what to write where none does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from monitor.inventory.model.accounts import Account, Provider
from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.buckets import Bucket
from monitor.inventory.model.inventory import Inventory
from probes.api import Dialect
from probes.buckets.addresses.parse import Address, AddressError, address, read


class Held(NamedTuple):
    """A bucket that an account holds, as its provider lists it."""

    name: str
    region: str = ""


def address_of(account: Account, bucket: Held, storage: str) -> Address | None:
    """Where strangers meet a bucket of the account; None when the inventory could not say it."""
    try:
        if account.provider is Provider.AWS and account.endpoint is None:
            return address("aws", bucket.name, region=bucket.region or account.region)
        base = storage if account.provider is Provider.SWIFT else (account.endpoint or "")
        dialect = Dialect.SWIFT if account.provider is Provider.SWIFT else Dialect.S3
        try:
            return read(f"{base.rstrip('/')}/{bucket.name}", dialect)
        except AddressError:
            return address("", bucket.name, endpoint=base, dialect=dialect)
    except (AddressError, ValueError):
        return None


def declared(
    inventory: Inventory, account: Account, buckets: Iterable[Held], storage: str
) -> tuple[dict[Held, BucketAsset], tuple[BucketAsset, ...]]:
    """For each bucket the asset that declares it; and the assets whose bucket the account should hold, and does not."""
    assets = inventory.buckets
    where = {bucket: address_of(account, bucket, storage) for bucket in buckets}
    found: dict[Held, BucketAsset] = {}
    for bucket, at in where.items():
        asset = next((one for one in assets if at is not None and _same(one, at, account)), None)
        if asset is not None:
            found[bucket] = asset
    held = {asset.id for asset in found.values()}
    missing = tuple(one for one in assets if one.id not in held and _of_account(one, account, storage))
    return found, missing


def _same(asset: BucketAsset, at: Address, account: Account) -> bool:
    if asset.place == at.filed:
        return True
    # The owner knows its bucket by a bare name, strangers of a gateway by `tenant:name`.
    mine, _, bare = asset.bucket.address.bucket.rpartition(":")
    same_store = asset.bucket.address.filed.host == at.filed.host and asset.bucket.address.filed.port == at.filed.port
    return bool(mine) and same_store and bare == at.bucket and asset.owner == account.owner


def _of_account(asset: BucketAsset, account: Account, storage: str) -> bool:
    """Whether the account, by all that the inventory says, is where the asset's bucket should be."""
    if asset.owner != account.owner:
        return False
    at = asset.bucket.address
    # A bucket that nobody has stands for all of the account: where it would be filed is where the account's are.
    other = address_of(account, Held("leftopen-none"), storage)
    if other is None or (other.filed.host, other.filed.port) != (at.filed.host, at.filed.port):
        # At Amazon the name of a bucket is a part of its host.
        return account.provider is Provider.AWS and account.endpoint is None and at.provider == "aws"
    return account.provider is not Provider.SWIFT or at.account == other.account


def proposal(inventory: Inventory, account: Account, buckets: Iterable[tuple[Held, str]], storage: str) -> str:
    """Assets for buckets that none declares, as text for the `assets` of inventory.yaml; each with a remark."""
    taken = {asset.id for asset in inventory.assets}
    blocks = []
    for bucket, remark in buckets:
        where = _where(account, bucket, storage)
        if where is None:
            blocks.append(f"  # {_one_line(bucket.name)}: no address of it is known to leftopen; {_one_line(remark)}\n")
            continue
        id_ = _free_id(bucket.name, taken)
        taken.add(id_)
        lines = [f"  # {_one_line(remark)}", f"  - id: {id_}", f"    bucket: {_flow(where)}", "    data: unknown"]
        lines.append(f"    owner: {account.owner}")
        if account.contract is not None:
            lines.append(f"    contract: {account.contract}")
        blocks.append("\n".join(lines) + "\n")
    return "assets:\n" + "".join(blocks) if blocks else ""


def _where(account: Account, bucket: Held, storage: str) -> dict[str, str] | None:
    """What to write for the bucket: the shortest that leads to the same place."""
    at = address_of(account, bucket, storage)
    if at is None:
        return None
    if account.provider is Provider.AWS and account.endpoint is None:
        return {"provider": "aws", "name": bucket.name, "region": bucket.region or account.region}
    base = storage if account.provider is Provider.SWIFT else (account.endpoint or "")
    speaks = account.provider.value if account.provider is Provider.SWIFT else "s3"
    for written in (
        {"url": f"{base.rstrip('/')}/{bucket.name}/"},
        {"url": f"{base.rstrip('/')}/{bucket.name}/", "speaks": speaks},
        {"name": bucket.name, "endpoint": base, "speaks": speaks},
    ):
        try:
            if Bucket.model_validate(written).place == at.filed:
                return written
        except ValueError:
            continue
    return None


def _free_id(name: str, taken: Iterable[str]) -> str:
    base = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:56] or "bucket"
    id_, number = base, 2
    while id_ in taken:
        id_, number = f"{base}-{number}", number + 1
    return id_


def _flow(values: Mapping[str, str]) -> str:
    # JSON's strings are YAML's too, whatever stands in them.
    return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in values.items()) + "}"


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:300]
