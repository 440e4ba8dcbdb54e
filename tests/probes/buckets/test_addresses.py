"""Addresses of buckets: each shape that a provider writes them in, the one place that they fold to, and look-alikes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.manual import providers as manual_page
from probes.api import Dialect
from probes.buckets.addresses.parse import (
    Address,
    AddressError,
    address,
    addresses_of,
    may_ask,
    moved,
    provider_of,
    providers,
    read,
    recognise,
)

# url | provider | what is asked | the place | object or folder
SHAPES = (Path(__file__).parent / "shapes.txt").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(part.strip() for part in line.split("|")) for line in SHAPES if line and not line.startswith("#")]

REFUSED = """
calls | no URL
ftp://s3.amazonaws.com/calls | leads to no bucket
https:///calls | no host
https://s3.eu-north-1.amazonaws.com.evil.example/calls | no known provider
https://calls.s3.eu-north-1.amazonaws.com.evil.example/ | no known provider
https://s3.evil.com/calls | no known provider
https://evil-s3.amazonaws.com/calls | no known provider
https://evils3.amazonaws.com/calls | no known provider
https://s3.eu-north-1.amazonaws.com.cn.example/calls | no known provider
https://s3-eu-north-1-amazonaws.com/calls | no known provider
https://s3.eu-north-1xamazonaws.com/calls | no known provider
https://acct.blob.core.windows.net.evil.example/calls | no known provider
https://blob.core.windows.net/calls | no known provider
https://a-b.blob.core.windows.net/calls | no known provider
https://storage.googleapis.com.evil.example/calls | no known provider
https://xstorage.googleapis.com/calls | no known provider
https://fakedigitaloceanspaces.com/calls | no known provider
https://s3.private.us.cloud-object-storage.appdomain.cloud/calls | no known provider
https://calls.oss-accelerate.aliyuncs.com/ | no known provider
https://user@s3.amazonaws.com/calls | user or password
https://user:pass@s3.amazonaws.com/calls | user or password
https://s3.amazonaws.com@evil.example/calls | user or password
https://evil.example#@s3.amazonaws.com/calls | fragment
https://s3.amazonaws.com/calls#a | fragment
https://evil.example\\@s3.amazonaws.com/calls | backslashes
https://s3.amazonaws.com/ca lls | blanks
https://s3.amazonaws.com/calls\t | blanks
https://ſ3.amazonaws.com/calls | beyond ASCII
https://s3.amazonaws。com/calls | beyond ASCII
https://s3%2eamazonaws.com/calls | not a host name
https://s3.amazonaws.com:0/calls | no port
https://s3.amazonaws.com:99999/calls | no port
https://s3.amazonaws.com:8443/calls | ports 80 and 443
https://s3.amazonaws.com:44３/calls | no host
https://127.1/swift/v1/calls | neither a whole address
https://0x7f000001/swift/v1/calls | neither a whole address
https://[::1/swift/v1/calls | no host
https://[fe80::1%25eth0]/swift/v1/calls | no host
https://s3.amazonaws.com/ | names no bucket
https://s3.amazonaws.com//calls | names no bucket
https://s3.amazonaws.com/ab | no bucket of such a name
https://s3.amazonaws.com/%2e%2e/x | no bucket of such a name
https://s3.amazonaws.com/a%2Fb/x | no bucket of such a name
https://s3.amazonaws.com/a%00bc/x | no bucket of such a name
https://s3.amazonaws.com/calls/%E4.wav | not UTF-8
https://s3.amazonaws.com/calls/%zz | percent sign
https://s3.amazonaws.com/t:calls/ | no bucket of such a name
https://acct.blob.core.windows.net/ | names no bucket
https://acct.blob.core.windows.net/Calls/x | no bucket of such a name
https://acct.blob.core.windows.net/ca--lls/x | no bucket of such a name
https://acct.blob.core.windows.net/calls?sv=2020-08-04&sp=rl&sig=abc | signature or token
https://calls.s3.amazonaws.com/a?X-Amz-Signature=abc | signature or token
https://calls.s3.amazonaws.com/a?x-amz-%53ignature=abc | signature or token
https://firebasestorage.googleapis.com/v0/b/calls.appspot.com/o/a?token=abc | signature or token
https://swift.example.com/v1/AUTH_x/c/a?temp_url_sig=abc | signature or token
https://objectstorage.eu-stockholm-1.oraclecloud.com/p/secret/n/ns1/b/calls/o/ | pre-authenticated
https://swift.example.com/v1/AUTH_x | names no container
https://swift.example.com/v1/AUTH_x/ | names no container
https://swift.example.com/v1/AUTH_x/%2e%2e/ | such a name
https://rgw.example.com/swift/v1/ | names no container
https://rgw.example.com/swift/v1/AUTH_x/ | names no container
https://rgw.example.com/calls/ | no known provider
http://192.0.2.1:9000/calls/ | no known provider
oss://calls | needs a region
arn:aws-cn:s3:::calls | needs a region
s3:// | no host
s3://ab | no bucket of such a name
"""
REFUSALS = [line.rsplit(" | ", 1) for line in REFUSED.strip("\n").splitlines()]


def _where(found: Address) -> str:
    return found.url.partition("://")[2].removesuffix("/")


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_shape_leads_to_its_bucket(row: tuple[str, ...]) -> None:
    url, provider, asked, filed, inside = (*row, "")[:5]
    found = read(url)
    assert (found.provider, _where(found)) == (provider, asked)
    assert str(found.filed) == (f"{asked}/" if filed == "=" else filed)
    assert found.prefix + found.key == inside
    assert (found.prefix == "") or found.prefix.endswith("/")


def test_there_are_enough_shapes() -> None:
    assert len(ROWS) + len(REFUSALS) >= 120
    seen = {row[1] for row in ROWS}
    assert {one.id for one in providers() if one.forms} <= seen


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_address_that_is_asked_is_recognised_as_the_same_bucket(row: tuple[str, ...]) -> None:
    found = read(row[0])
    again = read(found.url)
    assert dataclasses.replace(again, key=found.key, prefix=found.prefix) == found
    for one in addresses_of(found):
        assert one.filed == found.filed
        # At an endpoint of its own, S3 has no shape that tells it: the owner says it.
        assert read(one.url, one.dialect).filed == found.filed
        assert {one.dialect for one in addresses_of(one)} == {one.dialect for one in addresses_of(found)}
        assert (one.key, one.prefix) == (found.key, found.prefix)


@pytest.mark.parametrize(("url", "reason"), REFUSALS, ids=[repr(url) for url, _ in REFUSALS])
def test_what_could_be_read_in_two_ways_is_refused_with_the_reason(url: str, reason: str) -> None:
    assert recognise(url) is None
    with pytest.raises(AddressError, match=reason):
        read(url)


def test_an_owner_may_say_what_a_plain_endpoint_speaks() -> None:
    found = read("http://192.0.2.1:9000/calls/a.wav", Dialect.S3)
    assert (found.provider, found.url, found.key) == ("", "http://192.0.2.1:9000/calls/", "a.wav")
    assert str(found.filed) == "192.0.2.1:9000/calls/"
    tenant = read("https://rgw.example.com/tenant:calls/", Dialect.S3)
    assert (tenant.bucket, tenant.root) == ("tenant:calls", "/tenant:calls")
    azurite = read("http://127.0.0.1:10000/devstoreaccount1/calls/x", Dialect.AZURE)
    assert (azurite.account, azurite.root, azurite.key) == ("devstoreaccount1", "/devstoreaccount1/calls", "x")
    # A known host stays what it is, whatever the owner says of plain ones.
    assert read("https://storage.googleapis.com/calls", Dialect.S3).dialect is Dialect.GCS


@given(st.text())
def test_no_text_makes_recognition_raise(text: str) -> None:
    recognise(text)
    recognise(text, Dialect.S3)


_PIECES = """https:// s3. calls . / amazonaws.com eu-north-1 : @ # ? % %2F %00 swift /v1/ AUTH_x .. \\ [::1] 80 = ä
blob.core.windows.net acct storage.googleapis.com arn:aws:s3::: s3:// gs:// wasbs:// $web _ prefix= /n/ns1/b/"""
_BITS = st.sampled_from([*_PIECES.split(), "\ud800", "\n", " "])


@given(st.lists(_BITS, max_size=12).map("".join))
def test_no_pieces_of_urls_make_recognition_raise(text: str) -> None:
    for plain in (None, *Dialect):
        found = recognise(text, plain)
        if found is not None:
            again = recognise(found.url, plain)
            assert again is not None
            assert again.filed == found.filed
            assert all(one.filed == found.filed for one in addresses_of(found))
            assert may_ask(found, found.host)


_NAME = st.from_regex(r"[a-z0-9][a-z0-9.-]{4,40}[a-z0-9]", fullmatch=True)


@given(_NAME, st.sampled_from([one.id for one in providers() if one.ask]))
def test_any_name_at_any_provider_is_recognised_by_its_url(name: str, id_: str) -> None:
    provider = provider_of(id_)
    assert provider is not None
    region = provider.regions[0] if provider.regions else ""
    try:
        made = address(id_, name, region=region, account=provider.example)
    except AddressError:
        return
    found = read(made.url)
    assert (found.provider, found.bucket, found.filed) == (made.provider, made.bucket, made.filed)


MISSING = [
    (("", "calls"), {}, "needs a provider or an endpoint"),
    (("nimbus", "calls"), {}, "unknown provider 'nimbus'"),
    (("oss", "calls"), {}, "provider oss needs a region, such as `region: eu-central-1`"),
    (("oss", "calls"), {"region": "x/evil.example"}, "no region of such a name"),
    (("aws", "calls"), {"region": "evil.example/"}, "no region of such a name"),
    (("aws-cn", "calls"), {"region": "eu-north-1"}, "no region of such a name"),
    (("azure", "calls"), {}, "provider azure needs an account"),
    (("azure", "calls"), {"account": "acct.evil.example/"}, "needs an account"),
    (("azure", ""), {"account": "acct"}, "no bucket is named"),
    (("oci", "calls"), {"region": "eu-stockholm-1"}, "provider oci needs an account"),
    (("safespring", "calls"), {}, "needs its endpoint, such as `endpoint: https://s3.sto1.safedc.net`"),
    (("ceph", "calls"), {"region": "sto1"}, "needs its endpoint"),
    (("swift", "calls"), {"endpoint": "https://swift.example.com"}, "needs its account"),
    (("azurite", "calls"), {"endpoint": "http://127.0.0.1:10000"}, "needs its account"),
    (("aws", "calls"), {"endpoint": "https://s3.evil.com"}, "endpoints of its own"),
    (("aws", "ap-x-s3alias"), {}, "provider aws-alias needs a region"),
    (("gcs", "Calls"), {}, "no bucket of such a name"),
    (("", "calls"), {"endpoint": "https://u@s3.example.com"}, "user or password"),
    (("", "calls"), {"endpoint": "https://s3.example.com/a/../b"}, "no dots"),
    (("", "calls"), {"endpoint": "https://s3.example.com?x=1"}, "without a query"),
    (("", "a/b"), {"endpoint": "https://s3.example.com"}, "such a name"),
]


@pytest.mark.parametrize(("given_", "more", "sentence"), MISSING)
def test_what_is_missing_is_said_with_the_way_out(given_: tuple[str, str], more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AddressError, match=sentence.replace("(", r"\(")):
        address(*given_, **more)


def test_addresses_from_a_provider_and_a_name() -> None:
    assert address("aws", "My_Calls").url == "https://s3.amazonaws.com/My_Calls/"
    assert address("aws", "calls", region="eu-north-1").regional == "s3.{region}.amazonaws.com"
    assert address("oss", "calls", region="eu-central-1").url == "https://calls.oss-eu-central-1.aliyuncs.com/"
    assert address("oss", "calls", region="eu-central-1").regional == "{bucket}.oss-{region}.aliyuncs.com"
    assert address("digitalocean", "calls", region="fra1").regional == ""
    assert address("azure", "$web", account="acct").url == "https://acct.blob.core.windows.net/$web/"
    assert address("ceph", "t:calls", endpoint="http://127.0.0.1:7480").url == "http://127.0.0.1:7480/t:calls/"
    swift = address("swift", "calls", endpoint="https://swift.example.com/v1/AUTH_x")
    assert swift == address("swift", "calls", endpoint="https://swift.example.com", account="AUTH_x")
    assert swift == address("swift", "calls", endpoint="https://swift.example.com/v1", account="AUTH_x")
    container = address("ceph", "calls", endpoint="rgw.example.com", dialect=Dialect.SWIFT)
    assert container.url == "https://rgw.example.com/swift/v1/calls/"
    own = address("", "", endpoint="https://files.example.se")
    assert (own.bucket, own.root, own.filed_path) == ("", "", "/")
    below = address("", "calls", endpoint="https://example.se/store")
    assert (below.root, below.filed_path) == ("/store/calls", "/store/calls/")


def test_a_gateway_has_two_doors_to_one_place() -> None:
    s3, swift = addresses_of(address("ceph", "calls", endpoint="http://127.0.0.1:7480"))
    assert (s3.dialect, swift.dialect, swift.root) == (Dialect.S3, Dialect.SWIFT, "/swift/v1/calls")
    assert s3.filed == swift.filed
    s3, swift = addresses_of(address("ceph", "t:calls", endpoint="http://127.0.0.1:7480"))
    assert (swift.root, swift.account) == ("/swift/v1/AUTH_t/calls", "AUTH_t")
    assert s3.filed == swift.filed
    (only,) = addresses_of(read("https://acct.z6.web.core.windows.net/"))
    assert only.bucket == "$web"
    (only,) = addresses_of(address("swift", "calls", endpoint="https://swift.example.com", account="AUTH_x"))
    assert only.dialect is Dialect.SWIFT
    # The S3 protocol has no name for a container that is called so.
    (only,) = addresses_of(read("https://rgw.example.com/swift/v1/My%20Calls"))
    assert only.bucket == "My Calls"


ASKABLE = [
    ("s3://calls", "s3.eu-north-1.amazonaws.com", True),
    ("s3://calls", "s3-eu-west-1.amazonaws.com", True),
    ("s3://calls", "calls.s3.eu-west-1.amazonaws.com", True),
    ("s3://calls", "calls.s3.amazonaws.com", True),
    ("s3://calls", "other.s3.eu-west-1.amazonaws.com", False),
    ("s3://calls", "x.calls.s3.eu-west-1.amazonaws.com", False),
    ("s3://calls", "calls.s3-website.eu-north-1.amazonaws.com", False),
    ("s3://calls", "s3.eu-north-1.amazonaws.com.evil.example", False),
    ("s3://calls", "s3.evil.com", False),
    ("s3://calls", "evil-s3.amazonaws.com", False),
    ("s3://calls", "S3.eu-north-1.amazonaws.com", False),
    ("s3://calls", "s3.eu-north-1.amazonaws.com.", False),
    ("s3://calls", "s3.eu-north-1.amazonaws.com:8080", False),
    ("s3://calls", "s3.eu-north-1.amazonaws.com\n", False),
    ("s3://calls", "s3.eu-north-１.amazonaws.com", False),
    ("s3://calls", "u@s3.eu-north-1.amazonaws.com", False),
    ("s3://calls", "s3.eu-north-1.amazonaws.com/calls", False),
    ("s3://calls", "s3.cn-north-1.amazonaws.com.cn", False),
    ("s3://calls", "s3.us-gov-west-1.amazonaws.com", False),
    ("s3://calls", "storage.googleapis.com", False),
    ("s3://calls", "", False),
    ("gs://calls", "calls.storage.googleapis.com", True),
    ("gs://calls", "other.storage.googleapis.com", False),
    ("gs://calls", "storage.cloud.google.com", False),
    ("https://calls.oss-eu-central-1.aliyuncs.com/", "calls.oss-cn-hangzhou.aliyuncs.com", True),
    ("https://calls.oss-eu-central-1.aliyuncs.com/", "oss-cn-hangzhou.aliyuncs.com", False),
    ("https://calls.oss-eu-central-1.aliyuncs.com/", "other.oss-cn-hangzhou.aliyuncs.com", False),
    ("https://s3.wasabisys.com/calls", "s3.eu-central-2.wasabisys.com", True),
    # Where a name belongs to a region, the bucket of that name in another one is somebody else's.
    ("https://calls.fra1.digitaloceanspaces.com/", "ams3.digitaloceanspaces.com", False),
    ("https://calls.fra1.digitaloceanspaces.com/", "calls.fra1.digitaloceanspaces.com", True),
    ("https://acct.blob.core.windows.net/calls", "acct-secondary.blob.core.windows.net", True),
    ("https://acct.blob.core.windows.net/calls", "other.blob.core.windows.net", False),
    ("https://ap-abc123-s3alias.s3.eu-north-1.amazonaws.com/", "s3.eu-north-1.amazonaws.com", False),
    ("https://s3.sto1.safedc.net/calls", "s3.sto1.safedc.net", True),
    ("https://s3.sto1.safedc.net/calls", "s3.osl1.safedc.net", False),
    ("http://rgw.example.com/swift/v1/calls", "s3.amazonaws.com", False),
]


@pytest.mark.parametrize(("url", "host", "may"), ASKABLE)
def test_only_the_same_bucket_at_the_same_provider_may_be_asked(url: str, host: str, may: bool) -> None:
    found = read(url)
    assert may_ask(found, host) is may
    elsewhere = moved(found, host)
    if elsewhere is not None:
        assert may
        assert elsewhere.filed == found.filed
        assert may_ask(found, elsewhere.host)


@given(st.text(alphabet="s3.eu-north1amzocl/:@\n", max_size=60))
def test_no_other_host_than_the_providers_may_be_asked(host: str) -> None:
    if may_ask(read("s3://calls"), host):
        assert host.endswith(".amazonaws.com")
    assert may_ask(address("", "calls", endpoint="https://s3.example.com"), host) is False


def test_a_move_keeps_the_key_and_changes_the_region() -> None:
    there = moved(read("s3://calls/a.wav"), "calls.s3.eu-north-1.amazonaws.com")
    assert there is not None
    assert (there.host, there.root, there.region, there.key) == (
        "s3.eu-north-1.amazonaws.com",
        "/calls",
        "eu-north-1",
        "a.wav",
    )


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-eusc"])
def test_every_region_that_amazons_own_table_knows_is_known(partition: str) -> None:
    import boto3

    regions = boto3.Session().get_available_regions("s3", partition)
    assert regions
    for region in regions:
        found = read(address(partition, "calls", region=region).url)
        assert (found.provider, found.region, found.bucket) == (partition, region, "calls")
    provider = provider_of(partition)
    assert provider is not None
    assert set(provider.regions) <= set(regions)


def test_the_table_is_whole() -> None:
    ids = [one.id for one in providers()]
    assert len(ids) == len(set(ids))
    for one in providers():
        assert one.source
        assert one.ask or one.example
        assert all(one.region.fullmatch(region) for region in one.regions)
        assert not one.parent or one.parent in ids
        if one.ask:
            # What is asked is one of the forms: the driver asks no host that the table would not recognise.
            assert one.ask in [form.text for form in one.forms] or f"{one.ask}/o" in [form.text for form in one.forms]


def test_the_manual_says_what_nobody_checked() -> None:
    page = manual_page()
    for one in providers():
        assert f"| `{one.id}` |" in page
    assert "not checked" in page
