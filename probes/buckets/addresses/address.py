"""One bucket at one address, and how addresses are built: at a provider's endpoint, or at one that is declared."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from probes.api import Dialect, Place
from probes.buckets.addresses.providers import Provider, filled, provider_of
from probes.buckets.addresses.urls import AddressError, Url, decoded, split

# An S3 or Swift name at an endpoint of its own: RGW takes what AWS took at first, with a tenant before it.
PLAIN = {
    Dialect.S3: re.compile(r"(?:[A-Za-z0-9_-]{1,255}:)?[A-Za-z0-9._-]{3,255}", re.ASCII),
    Dialect.GCS: re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", re.ASCII),
    Dialect.AZURE: re.compile(r"\$(?:root|web|logs)|[a-z0-9](?:-?[a-z0-9]){2,62}", re.ASCII),
    Dialect.OCI: re.compile(r"[A-Za-z0-9._-]{1,256}", re.ASCII),
    Dialect.SWIFT: re.compile(r"[^/]{1,256}"),
}
_NO_NAME = re.compile(r"\.{1,2}|.*[\x00-\x1f\x7f/].*", re.DOTALL)
SWIFT_PATH = re.compile(
    r"(?P<base>(?:/[A-Za-z0-9_-]+)?)/v1/(?P<account>[A-Z]+_[A-Za-z0-9_.-]+)(?:/(?P<rest>.*))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Address:
    """One bucket at one of its addresses: where it is asked for, and where its findings are filed."""

    dialect: Dialect
    provider: str
    """The provider's id; empty: an endpoint that belongs to none of the table."""
    host: str
    port: int
    tls: bool
    bucket: str
    root: str
    """The percent-encoded path of the bucket at `host`, without a slash at its end; empty in virtual-host style."""
    region: str
    account: str
    regional: str
    """The host of another region, with `{region}` in it; empty: there is none where this is the same bucket."""
    filed_host: str
    filed_path: str
    key: str = ""
    """The object that the URL named, as people write it."""
    prefix: str = ""
    """The folder that the URL named, as people write it."""

    @property
    def filed(self) -> Place:
        """The canonical place: the same for each form of address, scheme, region and protocol of one bucket."""
        return Place(self.filed_host, self.port, self.filed_path)

    @property
    def url(self) -> str:
        """The bucket's root as it is asked for."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == (443 if self.tls else 80) else f":{self.port}"
        return f"{'https' if self.tls else 'http'}://{host}{port}{self.root}/"


def at(endpoint: str, provider: str, bucket: str, account: str, region: str, dialect: Dialect) -> Address:
    """A bucket at a declared endpoint: a URL, or a host alone, which is asked in TLS."""
    url = split(endpoint if "://" in endpoint else f"https://{endpoint}")
    if url.scheme not in ("http", "https") or url.query:
        raise AddressError("an endpoint is a URL without a query, such as `endpoint: https://s3.example.com`")
    return on(url, provider, bucket, account, region, dialect)


def on(url: Url, provider: str, bucket: str, account: str, region: str, dialect: Dialect) -> Address:
    """A bucket below `url`, whatever stands at that host."""
    base = url.path.rstrip("/")
    if any(decoded(segment) in ("", ".", "..") for segment in base.split("/")[1:]):
        raise AddressError("an endpoint's path holds no empty segments and no dots: write it as the server sees it")
    tls = url.scheme == "https"
    port = url.port or (443 if tls else 80)
    if not bucket:
        # A domain in front of a bucket: whatever its name, its root is the bucket's.
        if provider:
            raise AddressError("no bucket is named")
        return Address(dialect, provider, url.host, port, tls, "", base, region, account, "", url.host, f"{base}/")
    known = provider_of(provider)
    gateway = known is not None and bool(known.swift_path)
    if dialect is Dialect.SWIFT and gateway:
        tenant, colon, name = bucket.rpartition(":")
        account = f"AUTH_{tenant}" if colon else account
        _check(dialect, name, provider)
        whole = f"{account.partition('_')[2]}:{name}" if account and known is not None and known.tenants else name
        root = f"/swift/v1/{quoted(account)}/{quoted(name)}" if account else f"/swift/v1/{quoted(name)}"
        return Address(dialect, provider, url.host, port, tls, whole, root, region, account, "", url.host, _path(whole))
    _check(dialect, bucket, provider)
    match dialect:
        case Dialect.SWIFT:
            storage = SWIFT_PATH.fullmatch(base)
            base, account = (storage["base"], storage["account"]) if storage is not None else (base, account)
            if not account:
                raise AddressError("a Swift container needs its account, such as `account: AUTH_<project>`")
            root = f"{base.removesuffix('/v1')}/v1/{quoted(account)}/{quoted(bucket)}"
        case Dialect.AZURE if known is not None and not account:
            raise AddressError("a container at an endpoint of its own needs its account, such as `account: recordings`")
        case Dialect.AZURE if account:
            root = f"{base}/{quoted(account)}/{quoted(bucket)}"
        case Dialect.OCI:
            if not account:
                raise AddressError("a bucket of OCI needs its namespace, such as `account: <namespace>`")
            root = f"{base}/n/{quoted(account)}/b/{quoted(bucket)}"
        case _:
            root = f"{base}/{quoted(bucket)}"
    return Address(dialect, provider, url.host, port, tls, bucket, root, region, account, "", url.host, f"{root}/")


def placed(provider: Provider, bucket: str, region: str, account: str) -> Address:
    """A bucket of a provider whose endpoints are in the table."""
    if not bucket:
        raise AddressError(f"no bucket is named: {provider.name} does not list an account's buckets to strangers")
    if _NO_NAME.fullmatch(bucket) or not provider.bucket.fullmatch(bucket):
        raise AddressError(f"{provider.name} has no bucket of such a name: check it for a typing error")
    if "{region}" not in provider.ask:
        region = ""
    template = provider.ask if region or not provider.anywhere else provider.anywhere
    if "{region}" in template and not provider.region.fullmatch(region):
        some = provider.regions[0] if provider.regions else provider.example
        wrong = "has no region of such a name: it needs one" if region else "needs a region,"
        raise AddressError(f"provider {provider.id} {wrong} such as `region: {some}`")
    if "{account}" in template and not provider.account.fullmatch(account):
        raise AddressError(f"provider {provider.id} needs an account, such as `account: {provider.example}`")
    host, root = _halves(filled(template, region=region, account=account), bucket)
    filed = filled(provider.filed, region=region, account=account) if provider.filed else template
    filed_host, filed_root = _halves(filled(filed, region=region, account=account), bucket)
    regional = filled(provider.regional, account=account)
    dialect = provider.dialects[0]
    return Address(
        dialect, provider.id, host, 443, True, bucket, root, region, account, regional, filed_host, f"{filed_root}/"
    )


def _halves(template: str, bucket: str) -> tuple[str, str]:
    host, slash, path = template.partition("/")
    return filled(host, bucket=bucket), slash + filled(path, bucket=quoted(bucket))


def inside(found: Address, rest: str, url: Url | None = None) -> Address:
    """The address with the object or the folder that the URL names inside the bucket."""
    if rest and not rest.endswith("/"):
        return replace(found, key=rest)
    return replace(found, prefix=rest or (url.asked("prefix") if url is not None else ""))


def _check(dialect: Dialect, bucket: str, provider: str) -> None:
    known = provider_of(provider)
    fits = known.bucket.fullmatch(bucket) if known is not None else PLAIN[dialect].fullmatch(bucket)
    if _NO_NAME.fullmatch(bucket) or not (fits or (dialect is Dialect.SWIFT and PLAIN[dialect].fullmatch(bucket))):
        raise AddressError("no bucket can have such a name: check it for a typing error")


def _path(bucket: str) -> str:
    return f"/{quoted(bucket)}/"


def quoted(text: str) -> str:
    """`text` as one segment of a path."""
    # RFC 3986, section 3.3: a segment may hold these as they are, and stores write them so.
    return quote(text, safe=":$")
