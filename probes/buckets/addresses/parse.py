"""From what an inventory says of a bucket to where it is asked for, and which other hosts may be asked for it.

One bucket has many addresses: path and virtual-host style, regions, websites, CDNs, a gateway's two protocols. They all
lead to one place (`Address.filed`), so that one bucket is one finding. The forms are in `probes/tables/providers.toml`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from probes.api import Dialect
from probes.buckets.addresses.address import PLAIN, SWIFT_PATH, Address, at, inside, on, placed, quoted
from probes.buckets.addresses.providers import Form, Found, Provider, provider_of, providers, special
from probes.buckets.addresses.urls import AddressError, Url, decoded, split

__all__ = [
    "Address",
    "AddressError",
    "Provider",
    "address",
    "addresses_of",
    "may_ask",
    "moved",
    "provider_of",
    "providers",
    "read",
    "recognise",
]

_GATEWAY = "/swift/v1/"
_PROJECT = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):", re.ASCII)
_ACCOUNT = re.compile(r"AUTH_[A-Za-z0-9_.-]+", re.ASCII)
_ARN = re.compile(r"arn:(aws|aws-cn|aws-us-gov|aws-eusc):s3:::([^/*?]+)(?:/(.*?))?\*?", re.DOTALL)
_BY_SCHEME = {"s3": "aws", "s3a": "aws", "s3n": "aws", "gs": "gcs", "oss": "oss"}
_AZURE_SCHEMES = frozenset({"wasb", "wasbs", "abfs", "abfss"})

_SAID_FOR = {
    "amazon": "aws",
    "s3": "aws",
    "google": "gcs",
    "gcp": "gcs",
    "microsoft": "azure",
    "oracle": "oci",
    "alibaba": "oss",
    "cloudflare": "r2",
    "backblaze": "b2",
}
"""Names that people write for a provider, and its id."""


def recognise(url: str, plain: Dialect | None = None) -> Address | None:
    """The bucket that `url` names, or None when it names none that is known, or not without a guess.

    With `plain` a host of no known provider is taken for an endpoint of that dialect, since the owner says so.
    """
    try:
        return read(url, plain)
    except AddressError:
        return None


def read(url: str, plain: Dialect | None = None) -> Address:
    """The bucket that `url` names. Raises AddressError with the reason when it names none."""
    arn = _ARN.fullmatch(url)
    if arn is not None:
        return inside(address(arn[1], arn[2]), arn[3] or "")
    parts = split(url, users=_AZURE_SCHEMES)
    if parts.scheme in _BY_SCHEME:
        return inside(address(_BY_SCHEME[parts.scheme], _authority(url)), decoded(parts.path[1:]))
    if parts.scheme in _AZURE_SCHEMES:
        parts = replace(parts, scheme="https", path=f"/{parts.user}{parts.path}", port=None)
    if parts.scheme not in ("http", "https"):
        raise AddressError(
            f"{parts.scheme}:// leads to no bucket that can be asked anonymously: write its https:// URL"
        )
    return _swift(parts) or _known(parts) or _by_tenant(parts) or _plain(parts, plain)


def address(
    provider: str,
    bucket: str,
    *,
    region: str = "",
    account: str = "",
    endpoint: str = "",
    dialect: Dialect | None = None,
) -> Address:
    """The address of a bucket by its provider and name, or by an endpoint (provider "") and name.

    An endpoint without a bucket is a domain in front of one. Raises AddressError, saying what is missing.
    """
    if not provider:
        if not endpoint:
            raise AddressError("a bucket needs a provider or an endpoint, such as `endpoint: https://s3.example.com`")
        return at(endpoint, "", bucket, account, region, dialect or Dialect.S3)
    one = provider_of(provider)
    if one is None:
        known = ", ".join(p.id for p in providers())
        meant = _SAID_FOR.get(provider.lower())
        near = [meant] if meant else difflib.get_close_matches(provider, [p.id for p in providers()], n=1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        said = f"unknown provider {provider!r}{hint} (known: {known}); any other is declared by its `endpoint`"
        raise AddressError(said)
    if dialect is not None and dialect not in one.dialects:
        raise AddressError(f"provider {one.id} does not speak {dialect.value}")
    one = special(one, bucket)
    if not one.ask:
        if not endpoint:
            raise AddressError(f"provider {one.id} needs its endpoint, such as `endpoint: {one.example}`")
        return at(endpoint, one.id, bucket, account, region, dialect or one.dialects[0])
    if endpoint:
        raise AddressError(f"provider {one.id} has endpoints of its own: leave out `endpoint`, or leave out `provider`")
    return placed(one, bucket, region, account)


def addresses_of(address: Address) -> tuple[Address, ...]:
    """Every address by which the bucket must be asked: itself, and a Ceph gateway's other protocol."""
    provider = provider_of(address.provider)
    if provider is None or not provider.swift_path or not address.bucket:
        return (address,)
    path = provider.swift_path.rstrip("/")
    tenant, colon, name = address.bucket.rpartition(":")
    if address.dialect is Dialect.S3:
        base = address.root.removesuffix(f"/{quoted(address.bucket)}")
        if base:
            return (address,)
        owner = f"AUTH_{tenant}" if colon else address.account
        root = f"{path}/{quoted(owner)}/{quoted(name)}" if owner else f"{path}/{quoted(name)}"
        return (address, replace(address, dialect=Dialect.SWIFT, root=root, account=owner))
    if not address.root.startswith(f"{path}/") or not _valid_for(Dialect.S3, address.bucket):
        return (address,)
    root = f"/{quoted(address.bucket)}"
    return (address, replace(address, dialect=Dialect.S3, root=root))


def may_ask(address: Address, host: str) -> bool:
    """Whether `host`, as an answer names it, is an endpoint of the same provider for the very same bucket."""
    return host == address.host or _form_of(address, host) is not None


def moved(address: Address, host: str) -> Address | None:
    """The same bucket at another endpoint that an answer names; None when that host may not be asked for it."""
    if host == address.host:
        return address
    found = _form_of(address, host)
    provider = provider_of(address.provider)
    if found is None or provider is None or not found.region:
        return None
    return replace(
        placed(provider, address.bucket, found.region, address.account), key=address.key, prefix=address.prefix
    )


def _form_of(address: Address, host: str) -> Found | None:
    """What a host of the same provider says, when it cannot stand for another bucket than `address`."""
    provider = provider_of(address.provider)
    if provider is None or not provider.ask or address.port not in (80, 443):
        return None
    for form in provider.forms:
        match = form.named(host)
        if match is None:
            continue
        parts = match.groupdict(default="")
        region = provider.region_of.get(parts.get("region", ""), parts.get("region", ""))
        if provider.names != "provider" and region != address.region:
            continue
        if parts.get("account", address.account) != address.account:
            continue
        if parts.get("bucket", address.bucket) != address.bucket or ("bucket" not in parts and not address.root):
            continue
        return Found(address.bucket, region, address.account, "")
    return None


def _known(url: Url) -> Address | None:
    """The bucket when the host is one of a provider's."""
    for provider in providers():
        if provider.parent:
            continue
        for form in (*provider.websites, *provider.fronts, *provider.forms):
            if form.named(url.host) is None:
                continue
            gateway = (
                provider.swift_path and url.path.startswith(_GATEWAY) and "{bucket}" not in form.text.split("/")[0]
            )
            found = None if gateway else form.found(url.host, url.path)
            if found is not None:
                return _of_form(provider, form, found, url)
    return None


def _of_form(provider: Provider, form: Form, found: Found, url: Url) -> Address:
    if provider.ask and url.port not in (None, 80, 443):
        raise AddressError(f"{provider.name} answers at ports 80 and 443 alone")
    bucket = decoded(found.bucket) or provider.site_bucket
    region = provider.region_of.get(found.region, found.region)
    provider = special(provider, bucket)
    if not provider.ask:
        # The endpoint is the owner's word; what the form adds is where the bucket's name stands.
        host = url.host.removeprefix(f"{found.bucket}.") if form.in_host else url.host
        where = replace(url, host=host, path="/")
        return inside(on(where, provider.id, bucket, "", region, Dialect.S3), decoded(found.rest), url)
    if provider.site_bucket and not provider.bucket.fullmatch(bucket) and not found.rest:
        # One segment that cannot be a container's name is an object of the account's root container.
        return inside(placed(provider, "$root", region, found.account), bucket)
    return inside(placed(provider, bucket, region, found.account), decoded(found.rest), url)


def _swift(url: Url) -> Address | None:
    """The container when the path is one that only Swift has, unless the host's provider does not speak Swift."""
    owner, form = next(((p, f) for p in providers() for f in p.forms if f.named(url.host)), (None, None))
    region = ""
    if owner is not None and form is not None:
        match = form.named(url.host)
        if form.in_host or match is None or Dialect.SWIFT not in owner.dialects:
            return None
        region = match.groupdict().get("region", "")
    swift = SWIFT_PATH.fullmatch(url.path)
    if url.path.startswith(_GATEWAY) and (owner is None or owner.swift_path):
        first, slash, rest = url.path.removeprefix(_GATEWAY).partition("/")
        account = first if _ACCOUNT.fullmatch(first) else ""
        name, _, key = rest.partition("/") if account else (first, slash, rest)
        id_, base = owner.id if owner is not None else "ceph", "/"
    elif swift is not None and (owner is None or not owner.ask):
        account = swift["account"]
        name, _, key = (swift["rest"] or "").partition("/")
        id_, base = owner.id if owner is not None else "swift", swift["base"] or "/"
    else:
        return None
    if not name:
        raise AddressError("a Swift URL that names no container: an account is not listed to strangers, so name each")
    found = on(replace(url, path=base), id_, decoded(name), account, region, Dialect.SWIFT)
    return inside(found, decoded(key), url)


def _by_tenant(url: Url) -> Address | None:
    """The bucket of a Ceph gateway's tenant: no other store writes a project's id and a colon before the name."""
    first, _, rest = url.path[1:].partition("/")
    bucket = decoded(first)
    if not _PROJECT.match(bucket):
        return None
    return inside(on(replace(url, path="/"), "ceph", bucket, "", "", Dialect.S3), decoded(rest), url)


def _plain(url: Url, dialect: Dialect | None) -> Address:
    owner = next((p for p in providers() for f in (*p.websites, *p.fronts, *p.forms) if f.named(url.host)), None)
    if owner is not None and url.path.startswith("/p/"):
        raise AddressError("a pre-authenticated URL (/p/) lets its holder in: declare it from /n/ on")
    if owner is not None:
        raise AddressError(f"an address of {owner.name} that names no bucket: an account is not listed to strangers")
    if dialect is None or dialect is Dialect.SWIFT:
        raise AddressError(
            f"{url.host} belongs to no known provider: declare the bucket by `endpoint` and name, and say its dialect"
        )
    first, _, rest = url.path[1:].partition("/")
    if dialect is Dialect.AZURE:
        account, (first, _, rest) = decoded(first), rest.partition("/")
        return inside(on(replace(url, path="/"), "", decoded(first), account, "", dialect), decoded(rest), url)
    return inside(on(replace(url, path="/"), "", decoded(first), "", "", dialect), decoded(rest), url)


def _valid_for(dialect: Dialect, bucket: str) -> bool:
    return PLAIN[dialect].fullmatch(bucket) is not None


def _authority(url: str) -> str:
    # Names of buckets may hold capitals, which a host's normal form loses.
    return url.partition("://")[2].partition("/")[0].partition("?")[0]
