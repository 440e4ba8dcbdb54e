"""A bucket as the inventory declares it, and what is looked at for it: its addresses, its hosts, where it is filed."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, model_validator

from monitor.inventory.model.base import Once, Section
from monitor.inventory.values.scalars import Id, Key, Reference, Text, WebPage, host_text
from probes.api import BucketTarget, Dialect, Known, Place
from probes.buckets.addresses.parse import Address, address, addresses_of, may_ask, read


class Bucket(Section):
    """A bucket or container: by its URL, or by its provider and name."""

    url: Text | None = Field(
        default=None, description="Its URL, such as `https://s3.sto1.safedc.net/calls/` or `s3://calls`."
    )
    provider: Id | None = Field(
        default=None,
        description="Name of its provider, as in the table of providers. Use it with `name` instead of a URL.",
    )
    name: Text | None = Field(default=None, description="Name of the bucket or container; `tenant:name` where needed.")
    region: Text | None = Field(default=None, description="Its region, if the provider has regions.")
    account: Text | None = Field(default=None, description="Azure account, Swift account, or OCI namespace.")
    endpoint: WebPage | None = Field(
        default=None, description="URL of the provider's endpoint, if the provider has several."
    )
    speaks: Literal["s3", "swift", "azure", "gcs", "oci"] | None = Field(
        default=None, description="Protocol of the endpoint, if its name does not tell it. Default: s3."
    )
    prefixes: Annotated[tuple[Key, ...], Once] = Field(
        default=(),
        description="Prefixes of keys. leftopen asks for each of them, even when the whole bucket is refused.",
    )
    keys: Annotated[tuple[Key, ...], Once] = Field(
        default=(), description="Objects that leftopen tries to read, even when nothing is listed."
    )
    referers: Annotated[tuple[WebPage, ...], Once] = Field(
        default=(), description="Pages (for `Referer`) from which a container may be open to everybody (Swift)."
    )
    domain: WebPage | None = Field(
        default=None,
        description="URL of your own domain name that leads to the bucket. leftopen reports it when it leads to no "
        "bucket.",
    )
    probing_key: Reference | None = Field(
        default=None,
        description="Where `key:secret` of an account is stored that has no rights in the bucket. It shows what is "
        "open to every account holder.",
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        _ = self.address
        if self.domain is not None:
            web_address(self.domain)
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that are asked first, each once."""
        fronts = () if self.domain is None else (web_address(self.domain)[0],)
        return tuple(dict.fromkeys((*(one.host for one in self.addresses), *fronts)))

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are asked, each once."""
        fronts = () if self.domain is None else (web_address(self.domain)[1],)
        return tuple(dict.fromkeys((*(one.port for one in self.addresses), *fronts)))

    @cached_property
    def address(self) -> Address:
        """Where it is. Raises ValueError with the way out."""
        speaks = None if self.speaks is None else Dialect(self.speaks)
        if self.url is not None:
            twice = [key for key in ("provider", "name", "region", "account", "endpoint") if getattr(self, key)]
            if twice:
                raise ValueError(f"give its URL, or its provider and name: url already says {', '.join(twice)}")
            return read(self.url, speaks)
        if self.name is None or (self.provider is None and self.endpoint is None):
            raise ValueError("needs the key 'url', or 'name' with 'provider' or 'endpoint'")
        return address(
            self.provider or "",
            self.name,
            region=self.region or "",
            account=self.account or "",
            endpoint=self.endpoint or "",
            dialect=speaks,
        )

    @property
    def all_keys(self) -> tuple[str, ...]:
        """The declared objects, with the one that the URL names."""
        return tuple(dict.fromkeys((*self.keys, *filter(None, (self.address.key,)))))

    @property
    def all_prefixes(self) -> tuple[str, ...]:
        """The declared prefixes, with the one that the URL names."""
        return tuple(dict.fromkeys((*self.prefixes, *filter(None, (self.address.prefix,)))))

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """Every address of the bucket: on a Ceph gateway it has two, one a protocol."""
        return addresses_of(self.address)

    @property
    def place(self) -> Place:
        """Where its findings are filed."""
        return self.address.filed

    def leads_to(self, host: str) -> bool:
        """Whether `host` is one that the bucket may be asked at: its own, or its provider's in another region."""
        return host in self.hosts or any(may_ask(one, host) for one in self.addresses)


def bucket_targets(asset: str, bucket: Bucket, known: tuple[Known, ...], nonce: str) -> tuple[BucketTarget, ...]:
    """One target for each address of `bucket`, in their order; its own domain comes last."""
    found = tuple(
        BucketTarget(
            asset=asset,
            dialect=one.dialect,
            host=one.host,
            port=one.port,
            tls=one.tls,
            bucket=one.bucket,
            root=one.root,
            filed=bucket.place,
            provider=one.provider,
            region=one.region,
            account=one.account,
            prefixes=bucket.all_prefixes,
            keys=bucket.all_keys,
            regional=one.regional,
            referers=bucket.referers,
            signing=bucket.probing_key is not None,
            known=known,
            nonce=nonce,
        )
        for one in bucket.addresses
    )
    if bucket.domain is None:
        return found
    return (*found, _fronted(found[0], bucket.domain))


def _fronted(behind: BucketTarget, domain: str) -> BucketTarget:
    host, port, tls, path = web_address(domain)
    return replace(behind, host=host, port=port, tls=tls, root=path, region="", regional="", domain=True, signing=False)


def web_address(url: str) -> tuple[str, int, bool, str]:
    """Host, port, whether in TLS, and the path without its final slash, of a URL. Raises ValueError."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return host_text(parts.hostname or ""), parts.port or (443 if tls else 80), tls, quote(parts.path.rstrip("/"), "/%")
