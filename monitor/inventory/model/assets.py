"""What is looked at: an asset is a host or a bucket. Each kind knows where it is asked, and where its findings go."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, TypeAlias
from urllib.parse import quote, unquote

from pydantic import Discriminator, Field, Tag

from monitor.inventory.model.access_log import AccessLog
from monitor.inventory.model.base import Budget, Once, Section, Some, Survey, Timeouts
from monitor.inventory.model.buckets import Bucket
from monitor.inventory.model.dispatch import Dispatch
from monitor.inventory.model.matrix import RoleMatrix
from monitor.inventory.model.services import Services
from monitor.inventory.model.services import declared as declared_services
from monitor.inventory.model.services import ports as ports_of_services
from monitor.inventory.values.addresses import is_address
from monitor.inventory.values.scalars import (
    AddressText,
    Asked,
    Day,
    File,
    Host,
    Id,
    Name,
    Net,
    Pace,
    Path,
    Port,
    Span,
    Switch,
    Text,
    whole,
)
from probes.api import Place


class DataKind(StrEnum):
    """What an asset is declared to hold."""

    RECORDINGS = "recordings"
    PATIENT = "patient"
    PERSONAL = "personal"
    BACKUPS = "backups"
    DOCUMENTS = "documents"
    STATIC = "static"
    UNKNOWN = "unknown"

    @property
    def personal(self) -> bool:
        """Whether people can be told apart in it, so that every party of the chain must be reachable."""
        return self in (DataKind.RECORDINGS, DataKind.PATIENT, DataKind.PERSONAL, DataKind.BACKUPS)


class Public(Section):
    """A folder or file that is open by intent, until a day."""

    path: Path = Field(
        description="What is open. A path that ends in `/` is a folder with everything below it; any other path is "
        "one file."
    )
    reason: Text = Field(description="Why it is open on purpose, and who decided it.")
    decided_by: Text | None = Field(
        default=None,
        description="Who decided it: a role, a document or a case number. Leave it out when `reason` says it.",
    )
    until: Day = Field(description="Last day of this exception. After that day the place counts as open.")

    def covers(self, path: str) -> bool:
        """Whether `path` is the file, or lies in the folder, that is open by intent."""
        mine, asked = unquote(self.path), unquote(path.partition("?")[0])
        if any(segment in (".", "..") for segment in asked.split("/")):
            return False
        return asked.startswith(mine) if mine.endswith("/") else asked == mine


class DeclaredAsset(Section):
    """What every asset says, whatever it is."""

    id: Id = Field(description="Short name of the asset.")
    addresses: Annotated[tuple[AddressText, ...], Once] = Field(
        default=(), description="Its IP addresses. When they are given, leftopen asks no name server."
    )
    networks: Annotated[tuple[Net, ...], Once] = Field(
        default=(), description="Networks to which its names may resolve, besides the public internet."
    )
    data: DataKind = Field(
        default=DataKind.UNKNOWN, description="What kind of data it holds. The severity of a finding depends on it."
    )
    owner: Id = Field(description="The party that runs it and must act.")
    contract: Id | None = Field(default=None, description="The contract that allows leftopen to look at it.")
    reach: Id = Field(
        default="nobody",
        description="From where it may answer. Name a closed network: an answer from anywhere else is then a finding"
        " of high severity, and an address in public name servers one of medium. "
        "`internet`, or `nobody` (without a login), are not judged further.",
    )
    public: tuple[Public, ...] = Field(default=(), description="Parts of it that are open on purpose, and until when.")
    interval: Span | None = Field(default=None, description="Time between two looks at it, such as `15m`.")
    pace: Pace | None = Field(default=None, description="Requests per second to its host.")
    concurrency: Annotated[int, whole(1, 64)] | None = Field(
        default=None, description="How many requests to its host may run at the same time."
    )
    budget: Budget | None = Field(
        default=None, description="The most that one look may cost. Values that you leave out keep their default."
    )
    timeouts: Timeouts | None = Field(
        default=None, description="How long leftopen waits for an answer. Values that you leave out keep their default."
    )
    survey: Survey | None = Field(
        default=None, description="The most that a survey may cost. Values that you leave out keep their default."
    )
    clear_looks: Annotated[int, whole(1, 100)] | None = Field(
        default=None, description="How many looks in a row must find a place closed before its finding is closed."
    )
    clear_minutes: Annotated[int, whole(0, 10080)] | None = Field(
        default=None, description="How many minutes must lie between the first and the last of these looks."
    )
    retire_after: Annotated[int, whole(2, 10000)] | None = Field(
        default=None,
        description="An endpoint is retired when the inventory and DNS have not led to it for so many looks in a row.",
    )

    def public_at(self, path: str, today: date) -> Public | None:
        """The entry by which `path` is open by intent on `today`, if there is one."""
        return next((public for public in self.public if today <= public.until and public.covers(path)), None)


class ListedService(Section):
    """An e-service of a portal whose program leftopen does not know."""

    name: Text = Field(description="Its name, as people see it: whether it is sensitive is judged by its words.")
    path: Path = Field(description="Its first page, which is asked for in every look.")


class EServices(Section):
    """A portal of e-services on a host."""

    platform: Literal["open-eplatform"] = Field(
        default="open-eplatform", description="The program that the portal runs on, unless `services` are listed."
    )
    page: Path = Field(default="/oversikt", description="The page that lists its services.")
    services: tuple[ListedService, ...] = Field(
        default=(), description="Its services one by one, for a portal of any other program."
    )
    sitemap: Path | None = Field(
        default=None,
        description="The sitemap of a portal of any other program: its pages in `below` are asked for.",
    )
    below: Path = Field(default="/", description="The folder of the site that the services are in, with `sitemap`.")


class HostAsset(DeclaredAsset):
    """A host with its names, addresses, ports and paths."""

    host: Host = Field(description="Its host name or IP address. Findings are filed under it.")
    also: Annotated[tuple[Name, ...], Once] = Field(default=(), description="Other names of the same host.")
    ports: Annotated[tuple[Port, ...], Some, Once] = Field(
        default=(80, 443),
        description="Its ports. leftopen asks each of them in clear text and in TLS.",
        json_schema_extra={"minItems": 1},
    )
    by_address: Switch = Field(default=False, description="Also look at the host by its IP address, without a name.")
    paths: Annotated[tuple[Asked, ...], Once] = Field(
        default=(),
        description="Folders to look at besides `/`. Write them as they are requested: with or without a final `/`.",
    )
    files: Annotated[tuple[File, ...], Once] = Field(
        default=(),
        description="Recordings or backups to look at: a path, or a full URL with this host and a declared port.",
    )
    eservices: EServices | None = Field(
        default=None, description="The portal of e-services on this host: its services and interfaces are looked at."
    )
    roles: RoleMatrix | None = Field(
        default=None, description="Who may see what on this host, asked in the name of accounts made for this."
    )
    access_log: AccessLog | None = Field(
        default=None, description="The exported access log of this host, held against what canary accounts did."
    )
    dispatch: Dispatch | None = Field(
        default=None, description="A routine that sends letters, watched by canary cases to synthetic recipients."
    )
    recorder_paths: Switch | None = Field(
        default=None, description="Whether leftopen also asks for the default paths of recording products."
    )

    services: Services = Field(
        default=(),
        description="Services to look at besides the web: presets (`recommended`, `files`, `health`, `data`, "
        "`recorder`), words such as `ftp`, or entries with a port and names. Left out: none is asked.",
    )

    @property
    def service_ports(self) -> tuple[int, ...]:
        """The ports of its services, and of mailboxes that are read."""
        mail = self.dispatch.ports if self.dispatch is not None else ()
        return tuple(dict.fromkeys((*ports_of_services(self.services), *mail)))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Its names and the address that it may go by, the canonical one first."""
        return tuple(dict.fromkeys((self.host, *self.also)))

    @property
    def declared_paths(self) -> tuple[str, ...]:
        """The folders that its owner named."""
        return self.paths

    def declared_at(self, port: int) -> tuple[str, ...]:
        """What its owner named at a port, as paths: folders of the web, or shares and modules of a service."""
        if port in self.ports:
            return self.paths
        named = next((names for at, (_, names) in declared_services(self.services).items() if at == port), ())
        return tuple(f"/{quote(name.strip('/'))}/" for name in named)

    @property
    def label(self) -> str:
        """What people know it by, besides its id."""
        return self.host

    @property
    def bare(self) -> bool:
        """Whether it is asked by its bare address, without a name."""
        return self.by_address or is_address(self.host)

    @property
    def place(self) -> Place:
        """Where a finding about the whole host is filed."""
        return Place(self.host, self.ports[0], "/")

    @property
    def pace_host(self) -> str:
        """Who must not be asked too fast."""
        return self.host

    @property
    def paced_alone(self) -> bool:
        """Whether it has a pace of its own although others share its host names."""
        return False

    def leads_to(self, host: str) -> bool:
        """Whether `host` is one of its names."""
        return host in self.hosts

    def intended_path(self, place: Place) -> str:
        """The path of `place` as `public` names it."""
        return place.path


class BucketAsset(DeclaredAsset):
    """A bucket or container of an object store. Its host and ports are those of its address."""

    bucket: Bucket = Field(description="The bucket or container of an object store.")
    by_address: ClassVar[bool] = False
    service_ports: ClassVar[tuple[int, ...]] = ()

    @property
    def host(self) -> str:
        """The host under which its findings are filed."""
        return self.bucket.address.filed_host

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that are asked first; an answer may lead to another one of the same provider."""
        return self.bucket.hosts

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that are asked."""
        return self.bucket.ports

    @property
    def declared_paths(self) -> tuple[str, ...]:
        """The prefixes that its owner named, as folders."""
        return tuple(f"/{prefix}" for prefix in self.bucket.all_prefixes)

    def declared_at(self, port: int) -> tuple[str, ...]:
        """What its owner named at a port, as folders."""
        return self.declared_paths

    @property
    def label(self) -> str:
        """What people know it by, besides its id."""
        return str(self.place)

    @property
    def bare(self) -> bool:
        """Whether it is asked by a bare address."""
        return is_address(self.host)

    @property
    def place(self) -> Place:
        """Where its findings are filed."""
        return self.bucket.place

    @property
    def pace_host(self) -> str:
        """Who must not be asked too fast: the host; at a provider of millions of buckets, the bucket."""
        return str(self.place) if self.paced_alone else self.host

    @property
    def paced_alone(self) -> bool:
        """Whether its provider is so large that each bucket has a pace of its own."""
        return self.bucket.address.provider in _VAST_PROVIDERS

    def leads_to(self, host: str) -> bool:
        """Whether `host` is one that the bucket may be asked at."""
        return self.bucket.leads_to(host)

    def intended_path(self, place: Place) -> str:
        """The path that `public` names for a bucket: always the whole bucket."""
        return "/"


_VAST_PROVIDERS = frozenset({"aws", "azure", "gcs", "oci"})


def _kind(written: Any) -> str:
    bucket = "bucket" in written if isinstance(written, dict) else isinstance(written, BucketAsset)
    return "bucket" if bucket else "host"


Asset: TypeAlias = Annotated[
    Annotated[HostAsset, Tag("host")] | Annotated[BucketAsset, Tag("bucket")], Discriminator(_kind)
]
"""One thing that is looked at. Code that treats the kinds differently ends in `assert_never`."""
