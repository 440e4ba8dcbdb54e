"""The providers of object storage, as data that is read once: how their buckets are called and asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from probes.api import Dialect

Names: TypeAlias = Literal["provider", "region", "account", "endpoint"]
"""Within what a bucket's name is the only one of its kind."""

_PART = re.compile(r"\{(\w+)\}")
_ANY_BUCKET = r"[a-z0-9_][a-z0-9._-]*"
_ANY_REGION = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_ANY_ACCOUNT = r"[A-Za-z0-9_-]+"


@dataclass(frozen=True, slots=True)
class Found:
    """What a form of address read out of a host and a path."""

    bucket: str
    region: str
    account: str
    rest: str
    """What follows the bucket in the path, still percent-encoded and without its first slash."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of address, such as `s3.{region}.example.com/{bucket}`; segments after `{bucket}` may be missing."""

    text: str
    host: re.Pattern[str]
    path: tuple[str, ...]
    tail: tuple[str, ...]
    account: str

    @property
    def in_host(self) -> bool:
        """Whether the bucket's name stands in the host."""
        return "{bucket}" in self.text.partition("/")[0]

    def named(self, host: str) -> re.Match[str] | None:
        """What `host` holds when it is, from end to end, a host of this form."""
        return self.host.fullmatch(host)

    def found(self, host: str, path: str) -> Found | None:
        """What a host and a percent-encoded path hold when they have this form."""
        match = self.named(host)
        if match is None:
            return None
        parts = match.groupdict(default="")
        rest = path.removeprefix("/")
        for wanted in self.path:
            segment, _, rest = rest.partition("/")
            if not segment:
                return None
            if wanted in ("{bucket}", "{account}"):
                parts[wanted[1:-1]] = segment
            elif segment != wanted:
                return None
        if "account" in parts and not re.fullmatch(self.account, parts["account"]):
            return None
        for wanted in self.tail:
            segment, slash, after = rest.partition("/")
            if segment not in (wanted, ""):
                return None
            rest = after if slash or segment else rest
        return Found(parts.get("bucket", ""), parts.get("region", ""), parts.get("account", ""), rest)


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of object storage."""

    id: str
    name: str
    dialects: tuple[Dialect, ...]
    ask: str
    """How a bucket is asked for: `host/path` with `{bucket}`, `{region}` and `{account}` in it; empty: at the endpoint
    that the owner declares."""
    anywhere: str
    """The same when the region is not known; empty: the region must be."""
    filed: str
    """The canonical place of a bucket; empty: as it is asked for."""
    forms: tuple[Form, ...]
    websites: tuple[Form, ...]
    """Addresses that show a bucket as a website and never list it."""
    fronts: tuple[Form, ...]
    """CDN and login-only addresses of the same bucket."""
    names: Names
    bucket: re.Pattern[str]
    region: re.Pattern[str]
    account: re.Pattern[str]
    regions: tuple[str, ...]
    region_of: Mapping[str, str]
    """Regions by other names that addresses hold for them."""
    parent: str
    """The provider of which this one takes over the names that match its own `bucket`."""
    example: str
    """An endpoint, as an example to an owner who must declare theirs."""
    site_bucket: str
    """The container of a website whose address does not name one."""
    named_by_dns: bool
    """Whether an account that nobody holds has no name either; most providers answer for every name."""
    swift_path: str
    """Where a Ceph gateway speaks Swift about the same buckets; empty: it does not."""
    tenants: bool
    """Whether a Ceph gateway keeps the buckets of each project apart (`project:bucket`)."""
    list_version: int
    url_encoding: bool
    never_lists: bool
    """A stranger is never shown a listing, whatever the settings: a refused one says nothing of reading."""
    head_lies: bool
    """A HEAD says nothing of the bucket."""
    source: str
    checked: bool
    """Whether somebody compared the entry with what the provider publishes, or with a running server."""
    note: str

    @property
    def style(self) -> Literal["path", "vhost"]:
        """Whether the bucket is asked for in the path or in the host's name."""
        return "vhost" if self.ask and "{bucket}" in self.ask.partition("/")[0] else "path"

    @property
    def regional(self) -> str:
        """The host of another region, where a bucket's name means the same bucket in all of them; or nothing."""
        host = self.ask.partition("/")[0]
        # Elsewhere the bucket of that name in another region is somebody else's.
        return host if self.names == "provider" and "{region}" in host else ""


@cache
def providers() -> tuple[Provider, ...]:
    """Every provider in the order of `probes/tables/providers.toml`.

    The file is part of the package: one that cannot be read, or that lacks a key, is a bug of ours and raises.
    """
    text = files("probes.tables").joinpath("providers.toml").read_text(encoding="utf-8")
    return tuple(_provider(row) for row in tomllib.loads(text)["provider"])


@cache
def _by_id() -> Mapping[str, Provider]:
    return {one.id: one for one in providers()}


def provider_of(id_: str) -> Provider | None:
    """The provider of that id, or None."""
    return _by_id().get(id_)


def special(provider: Provider, bucket: str) -> Provider:
    """The entry that takes over names such as `bucket` from `provider`, or `provider` itself."""
    takes = (one for one in providers() if one.parent == provider.id and one.bucket.fullmatch(bucket))
    return next(takes, provider)


def filled(template: str, **values: str) -> str:
    """`template` with its parts filled in; what is not among `values` stays."""
    return _PART.sub(lambda part: values.get(part[1], part[0]), template)


def _provider(row: dict[str, Any]) -> Provider:
    region, account = row.get("region", _ANY_REGION), row.get("account", _ANY_ACCOUNT)

    def forms(key: str) -> Iterator[Form]:
        return (_form(text, region, account) for text in row.get(key, ()))

    return Provider(
        id=row["id"],
        name=row["name"],
        dialects=tuple(Dialect(one) for one in row["dialects"]),
        ask=row["ask"],
        anywhere=row.get("anywhere", ""),
        filed=row.get("filed", ""),
        forms=tuple(forms("forms")),
        websites=tuple(forms("websites")),
        fronts=tuple(forms("fronts")),
        names=row["names"],
        bucket=re.compile(row["bucket"], re.ASCII),
        region=re.compile(region, re.ASCII),
        account=re.compile(account, re.ASCII),
        regions=tuple(row.get("regions", ())),
        region_of=dict(row.get("region_of", {})),
        parent=row.get("parent", ""),
        example=row.get("example", ""),
        site_bucket=row.get("site_bucket", ""),
        named_by_dns=row.get("named_by_dns", False),
        swift_path=row.get("swift_path", ""),
        tenants=row.get("tenants", True),
        list_version=row.get("list_version", 2),
        url_encoding=row.get("url_encoding", True),
        never_lists=row.get("never_lists", False),
        head_lies=row.get("head_lies", False),
        source=row["source"],
        checked=row["checked"],
        note=row.get("note", ""),
    )


def _form(text: str, region: str, account: str) -> Form:
    host, _, path = text.partition("/")
    kinds = {"bucket": _ANY_BUCKET, "region": region, "account": account}
    pattern = "".join(
        f"(?P<{part}>{kinds[part]})"
        if number % 2 and part in kinds
        else "[a-z0-9-]+"
        if number % 2
        else re.escape(part)
        for number, part in enumerate(_PART.split(host))
    )
    segments = tuple(path.split("/")) if path else ()
    last = segments.index("{bucket}") + 1 if "{bucket}" in segments else len(segments)
    return Form(text, re.compile(pattern, re.ASCII), segments[:last], segments[last:], account)
