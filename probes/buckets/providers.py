"""From what an inventory says of a bucket to where it is asked for, and which other hosts may be asked for it.

One bucket has many addresses: path and virtual-host style, regions, websites, CDNs, a gateway's two protocols. They all
lead to one place (`Address.filed`), so that one bucket is one finding. The forms are in `probes/data/providers.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from probes.buckets.table import Form, Found, Provider, filled, provider_of, providers, special
from probes.buckets.urls import AddressError, Url, decoded, split
from probes.contract import Dialect, Place

__all__ = [
    "Address",
    "AddressError",
    "Provider",
    "address",
    "doors",
    "may_ask",
    "moved",
    "provider_of",
    "providers",
    "read",
    "recognise",
]

# An S3 or Swift name at an endpoint of its own: RGW takes what AWS took at first, with a tenant before it.
_PLAIN = {
    Dialect.S3: re.compile(r"(?:[A-Za-z0-9_-]{1,255}:)?[A-Za-z0-9._-]{3,255}", re.ASCII),
    Dialect.GCS: re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", re.ASCII),
    Dialect.AZURE: re.compile(r"\$(?:root|web|logs)|[a-z0-9](?:-?[a-z0-9]){2,62}", re.ASCII),
    Dialect.OCI: re.compile(r"[A-Za-z0-9._-]{1,256}", re.ASCII),
    Dialect.SWIFT: re.compile(r"[^/]{1,256}"),
}
_NO_NAME = re.compile(r"\.{1,2}|.*[\x00-\x1f\x7f/].*", re.DOTALL)
_GATEWAY = "/swift/v1/"
_SWIFT = re.compile(
    r"(?P<base>(?:/[A-Za-z0-9_-]+)?)/v1/(?P<account>[A-Z]+_[A-Za-z0-9_.-]+)(?:/(?P<rest>.*))?", re.DOTALL
)
_PROJECT = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):", re.ASCII)
_ACCOUNT = re.compile(r"AUTH_[A-Za-z0-9_.-]+", re.ASCII)
_ARN = re.compile(r"arn:(aws|aws-cn|aws-us-gov|aws-eusc):s3:::([^/*?]+)(?:/(.*?))?\*?", re.DOTALL)
_BY_SCHEME = {"s3": "aws", "s3a": "aws", "s3n": "aws", "gs": "gcs", "oss": "oss"}
_AZURE_SCHEMES = frozenset({"wasb", "wasbs", "abfs", "abfss"})


@dataclass(frozen=True, slots=True)
class Address:
    """One bucket by one of its doors: where it is asked for, and where its findings are filed."""

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
        return _inside(address(arn[1], arn[2]), arn[3] or "")
    parts = split(url, users=_AZURE_SCHEMES)
    if parts.scheme in _BY_SCHEME:
        return _inside(address(_BY_SCHEME[parts.scheme], _authority(url)), decoded(parts.path[1:]))
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
        return _at(endpoint, "", bucket, account, region, dialect or Dialect.S3)
    one = provider_of(provider)
    if one is None:
        known = ", ".join(p.id for p in providers())
        raise AddressError(f"unknown provider {provider!r} (known: {known}); any other is declared by its `endpoint`")
    if dialect is not None and dialect not in one.dialects:
        raise AddressError(f"provider {one.id} does not speak {dialect.value}")
    one = special(one, bucket)
    if not one.ask:
        if not endpoint:
            raise AddressError(f"provider {one.id} needs its endpoint, such as `endpoint: {one.example}`")
        return _at(endpoint, one.id, bucket, account, region, dialect or one.dialects[0])
    if endpoint:
        raise AddressError(f"provider {one.id} has endpoints of its own: leave out `endpoint`, or leave out `provider`")
    return _placed(one, bucket, region, account)


def doors(address: Address) -> tuple[Address, ...]:
    """Every address by which the bucket must be asked: itself, and a Ceph gateway's other protocol."""
    provider = provider_of(address.provider)
    if provider is None or not provider.swift_door or not address.bucket:
        return (address,)
    path = provider.swift_door.rstrip("/")
    tenant, colon, name = address.bucket.rpartition(":")
    if address.dialect is Dialect.S3:
        base = address.root.removesuffix(f"/{_quoted(address.bucket)}")
        if base:
            return (address,)
        owner = f"AUTH_{tenant}" if colon else address.account
        root = f"{path}/{_quoted(owner)}/{_quoted(name)}" if owner else f"{path}/{_quoted(name)}"
        return (address, replace(address, dialect=Dialect.SWIFT, root=root, account=owner))
    if not address.root.startswith(f"{path}/") or not _valid_for(Dialect.S3, address.bucket):
        return (address,)
    root = f"/{_quoted(address.bucket)}"
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
        _placed(provider, address.bucket, found.region, address.account), key=address.key, prefix=address.prefix
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
                provider.swift_door and url.path.startswith(_GATEWAY) and "{bucket}" not in form.text.split("/")[0]
            )
            found = None if gateway else form.found(url.host, url.path)
            if found is not None:
                return _of_form(provider, form, found, url)
    return None


def _of_form(provider: Provider, form: Form, found: Found, url: Url) -> Address | None:
    if provider.ask and url.port not in (None, 80, 443):
        return None
    bucket = decoded(found.bucket) or provider.site_bucket
    region = provider.region_of.get(found.region, found.region)
    provider = special(provider, bucket)
    if not provider.ask:
        # The endpoint is the owner's word; what the form adds is where the bucket's name stands.
        host = url.host.removeprefix(f"{found.bucket}.") if form.in_host else url.host
        where = replace(url, host=host, path="/")
        return _inside(_on(where, provider.id, bucket, "", region, Dialect.S3), decoded(found.rest), url)
    if provider.site_bucket and not provider.bucket.fullmatch(bucket) and not found.rest:
        # One segment that cannot be a container's name is an object of the account's root container.
        return _inside(_placed(provider, "$root", region, found.account), bucket)
    return _inside(_placed(provider, bucket, region, found.account), decoded(found.rest), url)


def _swift(url: Url) -> Address | None:
    """The container when the path is one that only Swift has, unless the host's provider does not speak Swift."""
    owner, form = next(((p, f) for p in providers() for f in p.forms if f.named(url.host)), (None, None))
    region = ""
    if owner is not None and form is not None:
        match = form.named(url.host)
        if form.in_host or match is None or Dialect.SWIFT not in owner.dialects:
            return None
        region = match.groupdict().get("region", "")
    swift = _SWIFT.fullmatch(url.path)
    if url.path.startswith(_GATEWAY) and (owner is None or owner.swift_door):
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
    found = _on(replace(url, path=base), id_, decoded(name), account, region, Dialect.SWIFT)
    return _inside(found, decoded(key), url)


def _by_tenant(url: Url) -> Address | None:
    """The bucket of a Ceph gateway's tenant: no other store writes a project's id and a colon before the name."""
    first, _, rest = url.path[1:].partition("/")
    bucket = decoded(first)
    if not _PROJECT.match(bucket):
        return None
    return _inside(_on(replace(url, path="/"), "ceph", bucket, "", "", Dialect.S3), decoded(rest), url)


def _plain(url: Url, dialect: Dialect | None) -> Address:
    if dialect is None or dialect is Dialect.SWIFT:
        raise AddressError(
            f"{url.host} belongs to no known provider: declare the bucket by `endpoint` and name, and say its dialect"
        )
    first, _, rest = url.path[1:].partition("/")
    if dialect is Dialect.AZURE:
        account, (first, _, rest) = decoded(first), rest.partition("/")
        return _inside(_on(replace(url, path="/"), "", decoded(first), account, "", dialect), decoded(rest), url)
    return _inside(_on(replace(url, path="/"), "", decoded(first), "", "", dialect), decoded(rest), url)


def _at(endpoint: str, provider: str, bucket: str, account: str, region: str, dialect: Dialect) -> Address:
    """A bucket at a declared endpoint: a URL, or a host alone, which is asked in TLS."""
    url = split(endpoint if "://" in endpoint else f"https://{endpoint}")
    if url.scheme not in ("http", "https") or url.query:
        raise AddressError("an endpoint is a URL without a query, such as `endpoint: https://s3.example.com`")
    return _on(url, provider, bucket, account, region, dialect)


def _on(url: Url, provider: str, bucket: str, account: str, region: str, dialect: Dialect) -> Address:
    base = url.path.rstrip("/")
    tls = url.scheme == "https"
    port = url.port or (443 if tls else 80)
    if not bucket:
        # A domain in front of a bucket: whatever its name, its root is the bucket's.
        if provider:
            raise AddressError("no bucket is named")
        return Address(dialect, provider, url.host, port, tls, "", base, region, account, "", url.host, f"{base}/")
    known = provider_of(provider)
    gateway = known is not None and bool(known.swift_door)
    if dialect is Dialect.SWIFT and gateway:
        tenant, colon, name = bucket.rpartition(":")
        account = f"AUTH_{tenant}" if colon else account
        _check(dialect, name, provider)
        whole = f"{account.partition('_')[2]}:{name}" if account and known is not None and known.tenants else name
        root = f"/swift/v1/{_quoted(account)}/{_quoted(name)}" if account else f"/swift/v1/{_quoted(name)}"
        return Address(dialect, provider, url.host, port, tls, whole, root, region, account, "", url.host, _path(whole))
    _check(dialect, bucket, provider)
    match dialect:
        case Dialect.SWIFT:
            storage = _SWIFT.fullmatch(base)
            base, account = (storage["base"], storage["account"]) if storage is not None else (base, account)
            if not account:
                raise AddressError("a Swift container needs its account, such as `account: AUTH_<project>`")
            root = f"{base.removesuffix('/v1')}/v1/{_quoted(account)}/{_quoted(bucket)}"
        case Dialect.AZURE if account:
            root = f"{base}/{_quoted(account)}/{_quoted(bucket)}"
        case Dialect.OCI:
            if not account:
                raise AddressError("a bucket of OCI needs its namespace, such as `account: <namespace>`")
            root = f"{base}/n/{_quoted(account)}/b/{_quoted(bucket)}"
        case _:
            root = f"{base}/{_quoted(bucket)}"
    return Address(dialect, provider, url.host, port, tls, bucket, root, region, account, "", url.host, f"{root}/")


def _placed(provider: Provider, bucket: str, region: str, account: str) -> Address:
    """A bucket of a provider whose endpoints are in the table."""
    if not bucket:
        raise AddressError(f"no bucket is named: {provider.name} does not list an account's buckets to strangers")
    if _NO_NAME.fullmatch(bucket) or not provider.bucket.fullmatch(bucket):
        raise AddressError(f"{provider.name} has no bucket of such a name: check it for a typing error")
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
    return filled(host, bucket=bucket), slash + filled(path, bucket=_quoted(bucket))


def _inside(found: Address, rest: str, url: Url | None = None) -> Address:
    """The address with the object or the folder that the URL names inside the bucket."""
    if rest and not rest.endswith("/"):
        return replace(found, key=rest)
    return replace(found, prefix=rest or (url.asked("prefix") if url is not None else ""))


def _check(dialect: Dialect, bucket: str, provider: str) -> None:
    known = provider_of(provider)
    fits = known.bucket.fullmatch(bucket) if known is not None else _PLAIN[dialect].fullmatch(bucket)
    if _NO_NAME.fullmatch(bucket) or not (fits or (dialect is Dialect.SWIFT and _PLAIN[dialect].fullmatch(bucket))):
        raise AddressError("no bucket can have such a name: check it for a typing error")


def _valid_for(dialect: Dialect, bucket: str) -> bool:
    return _PLAIN[dialect].fullmatch(bucket) is not None


def _authority(url: str) -> str:
    # Names of buckets may hold capitals, which a host's normal form loses.
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def _path(bucket: str) -> str:
    return f"/{_quoted(bucket)}/"


def _quoted(text: str) -> str:
    # RFC 3986, section 3.3: a segment may hold these as they are, and stores write them so.
    return quote(text, safe=":$")
