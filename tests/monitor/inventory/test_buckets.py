"""Buckets in the inventory: how they are declared, what is looked at for them, and where they may lead."""

from __future__ import annotations

import pytest

from monitor.inventory.endpoints import estimate, names_to_resolve
from monitor.inventory.load import Problems, loads
from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.rounds.pace_groups import PaceGroups
from probes.api import Dialect, Known
from tests.monitor.inventory.samples import bucket_in

HEAD = """\
leftopen: 1
organisation: {id: practice, name: Practice, contact: looking@practice.example}
parties:
  - {id: vendor, name: Vendor, role: processor}
assets:
"""


def inventory(*entries: str) -> Inventory:
    return loads(HEAD + "".join(f"  - {{id: a{n}, owner: vendor, {entry}}}\n" for n, entry in enumerate(entries)))


def asset(entry: str) -> BucketAsset:
    return bucket_in(inventory(entry))


def lines(entry: str) -> list[str]:
    with pytest.raises(Problems) as raised:
        asset(entry)
    return [problem.text for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("declared", "host", "root", "place"),
    [
        ("url: 's3://calls'", "s3.amazonaws.com", "/calls", "s3.amazonaws.com/calls/"),
        (
            "url: 'https://calls.s3.eu-north-1.amazonaws.com/'",
            "s3.eu-north-1.amazonaws.com",
            "/calls",
            "s3.amazonaws.com/calls/",
        ),
        (
            "provider: aws, name: calls, region: eu-north-1",
            "s3.eu-north-1.amazonaws.com",
            "/calls",
            "s3.amazonaws.com/calls/",
        ),
        ("endpoint: 'http://127.0.0.1:9000', name: calls", "127.0.0.1", "/calls", "127.0.0.1:9000/calls/"),
        (
            "url: 'https://vendor.blob.core.windows.net/calls'",
            "vendor.blob.core.windows.net",
            "/calls",
            "vendor.blob.core.windows.net/calls/",
        ),
    ],
)
def test_a_bucket_is_asked_at_its_endpoint_and_filed_at_its_place(
    declared: str, host: str, root: str, place: str
) -> None:
    one = asset(f"bucket: {{{declared}}}")
    target, *_ = bucket_targets(one.id, one.bucket, (), "n0nce")
    assert (target.host, target.root, str(target.filed)) == (host, root, place)
    assert str(one.bucket.place) == place
    assert (target.nonce, target.asset) == ("n0nce", "a0")


def test_two_ways_to_write_one_bucket_are_one_place() -> None:
    both = inventory("bucket: {url: 's3://calls'}", "bucket: {provider: aws, name: calls, region: eu-west-1}")
    assert len({str(one.bucket.place) for one in both.assets if isinstance(one, BucketAsset)}) == 1


def test_a_ceph_gateway_has_two_doors() -> None:
    one = asset("bucket: {provider: ceph, name: calls, endpoint: 'https://s3.vendor.example'}")
    targets = bucket_targets("a0", one.bucket, (Known(one.bucket.place.path, ("list\n",)),), "n")
    assert [target.dialect for target in targets] == [Dialect.S3, Dialect.SWIFT]
    assert len({target.filed for target in targets}) == 1
    assert all(target.known for target in targets)


def test_a_domain_in_front_is_a_door_of_its_own() -> None:
    one = asset("bucket: {url: 's3://calls', domain: 'https://media.vendor.example/'}")
    front = bucket_targets("a0", one.bucket, (), "n")[-1]
    assert (front.host, front.root, front.domain, front.port) == ("media.vendor.example", "", True, 443)
    assert one.bucket.leads_to("media.vendor.example")


def test_a_url_with_a_key_or_folder_declares_it() -> None:
    one = asset("bucket: {url: 'https://s3.eu-north-1.amazonaws.com/calls/a/call%201.wav', keys: [b.wav]}")
    assert one.bucket.all_keys == ("b.wav", "a/call 1.wav")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("bucket: {}", "needs the key 'url', or 'name' with 'provider' or 'endpoint'"),
        ("bucket: {name: calls}", "needs the key 'url', or 'name' with 'provider' or 'endpoint'"),
        ("bucket: {url: 's3://calls', region: eu-north-1}", "url already says region"),
        ("bucket: {provider: awss, name: calls}", "unknown provider 'awss'"),
        ("bucket: {provider: ceph, name: calls}", "needs its endpoint"),
        ("bucket: {url: 'ftp://calls'}", "leads to no bucket"),
        ("bucket: {url: 's3://calls', probing_key: 'AKIA:secret'}", "must be env:NAME or file:/absolute/path"),
        ("bucket: {url: 's3://calls', keyz: [a]}", "unknown key 'keyz'"),
        ("bucket: {url: 's3://calls'}, host: nas.vendor.example", "host is for hosts, and this asset is a bucket"),
        ("bucket: {url: 's3://calls'}, ports: [80]", "its port is in the bucket's URL"),
        ("bucket: {url: 's3://calls'}, paths: [/a/]", "belongs under bucket.prefixes"),
        ("data: patient", "needs the key 'host' or 'bucket'"),
    ],
)
def test_a_bucket_that_leads_nowhere_is_refused_with_the_way_out(entry: str, says: str) -> None:
    (told,) = lines(entry)
    assert says in told
    assert "secret" not in told.replace("a secret itself", "")


def test_no_name_server_is_asked_for_a_bucket_before_a_round() -> None:
    one = inventory("bucket: {url: 's3://calls'}")
    assert names_to_resolve(one.assets[0]) == ()
    cost = estimate(one.assets[0], one)
    assert cost.endpoints == 1
    assert 3 < cost.asks < 20


def test_the_scope_leads_to_the_bucket_in_any_region_and_nowhere_else() -> None:
    one = inventory("bucket: {url: 's3://calls'}")
    scope, declared = Scope(one), one.assets[0]
    for host in ("s3.us-east-1.amazonaws.com", "s3.eu-north-1.amazonaws.com"):
        assert scope.admit(declared, host, "52.95.1.1") is None
        assert scope.allows(host, "52.95.1.1", 443)
        assert not scope.allows(host, "52.95.1.1", 80)
    for host in ("s3.eu-north-1.amazonaws.com.evil.example", "evil.example", "other.s3.eu-north-1.amazonaws.com"):
        assert scope.admit(declared, host, "52.95.1.1") is not None
    for address in ("127.0.0.1", "169.254.169.254", "10.0.0.1"):
        assert scope.admit(declared, "s3.eu-north-1.amazonaws.com", address) is not None


def test_buckets_of_a_vast_provider_do_not_wait_for_each_other_and_those_of_one_gateway_do() -> None:
    vast = inventory("bucket: {url: 's3://calls'}", "bucket: {url: 's3://scans'}")
    assert len({group.key for group in PaceGroups(vast).values()}) == 2
    own = inventory(
        "bucket: {endpoint: 'https://s3.vendor.example', name: calls}",
        "bucket: {endpoint: 'https://s3.vendor.example', name: scans}",
    )
    assert len({group.key for group in PaceGroups(own).values()}) == 1
