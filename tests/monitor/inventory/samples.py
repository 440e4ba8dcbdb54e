"""Inventories for the tests, as text: what people write."""

from __future__ import annotations

from monitor.inventory.load import Problems, loads
from monitor.inventory.model.assets import BucketAsset, HostAsset
from monitor.inventory.model.inventory import Inventory

HEAD = """\
leftopen: 1
organisation: {id: practice, name: Övningsregionen, contact: security@region.example}
parties:
  - {id: region, name: Region, role: controller, channels: [region-security]}
  - {id: vendor, name: Vendor, role: processor}
contracts:
  - {id: c1, controller: region, processor: vendor, authorised_by: CISO, authorised_until: 2027-12-31}
channels:
  - {id: region-security, party: region, url: env:REGION, minimum: high, operator: true}
  - {id: vendor-oncall, party: vendor, url: env:VENDOR}
"""
"""Ten lines; the sections that follow begin on line 11."""


def of(*assets: str, more: str = "") -> Inventory:
    """The inventory with these assets, each in flow style without its braces: `host: a.example, ports: [80]`."""
    return loads(text(*assets, more=more))


def host_in(inventory: Inventory, number: int = 0) -> HostAsset:
    """The asset with this number, which is a host."""
    one = inventory.assets[number]
    assert isinstance(one, HostAsset)
    return one


def bucket_in(inventory: Inventory, number: int = 0) -> BucketAsset:
    """The asset with this number, which is a bucket."""
    one = inventory.assets[number]
    assert isinstance(one, BucketAsset)
    return one


def text(*assets: str, more: str = "") -> str:
    """As `of`, as text: the first asset stands on line 12."""
    entries = [entry if "id:" in entry else f"id: a{index}, {entry}" for index, entry in enumerate(assets)]
    entries = [entry if "owner:" in entry else f"{entry}, owner: vendor" for entry in entries]
    return HEAD + "assets:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries) + more


def lines(written: str) -> list[str]:
    """The problems of an inventory, a line each; none when it is whole."""
    try:
        loads(written)
    except Problems as problems:
        return str(problems).splitlines()
    return []


def wrong(asset: str) -> str:
    """What is wrong with one asset: its problems without the name of the file, one a line."""
    return "\n".join(line.removeprefix("inventory.yaml:12: ") for line in lines(text(asset)))
