"""What a probe is: a named dialogue that looks at one target and ends in verdicts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Literal, TypeAlias, TypeVar

from probes.access_log import AccessLog
from probes.dispatch_plan import DispatchPlan
from probes.facts import Fact
from probes.matrix import Matrix
from probes.proof import Proof
from probes.reasons import OpenReason, Why
from probes.recognise.listing.model import Listing
from probes.requests.http import Ask, Reply


class Certainty(StrEnum):
    """How sure a positive verdict is."""

    PROVEN = "proven"  # structure, canary, an entry that answers, and a second look over a new connection
    LIKELY = "likely"  # all but the second look, which did not come about: wakes nobody by itself


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exposure is: the asset's canonical host, the port, and a folder or file path, whatever the scheme."""

    host: str
    port: int
    path: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        # The two default ports are one place: the same disk in clear and in TLS is one exposure (scheme-folded). Port 0
        # stands for the host as a whole.
        return f"{host}{self.path}" if self.port in (0, 80, 443) else f"{host}:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class Known:
    """An exposure on file: its path, and the objects that were once seen open there (they must be tried again)."""

    path: str
    witnesses: tuple[str, ...] = field(default=(), repr=False)
    kind: str = "listing"
    """The kind of the finding."""
    open: bool = False
    """Whether it was proven and seen open at the last look: one canary holds it then, and not two."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal of e-services that is declared on a web endpoint, and what is on file of it."""

    page: str
    """The page that lists its services."""
    logins: tuple[str, ...] = ()
    """The ids of services that once asked for a login."""
    known: tuple[Known, ...] = ()
    """Its services that have a finding on file."""
    listed: tuple[tuple[str, str], ...] = ()
    """The path and the name of each service, where its owner lists them: the path is the id of such a service."""
    sitemap: str = ""
    """The sitemap that names its services, where its owner declares one; the path is the id of such a service too."""
    below: str = "/"
    """The part of the site that its services are in: nothing else of the sitemap is asked for."""

    @property
    def by_path(self) -> bool:
        """Whether its services are known by their paths, and not by numbers of the program."""
        return bool(self.listed or self.sitemap)

    def page_of(self, service: str) -> str:
        """Where the portal shows one service."""
        if self.by_path:
            return service
        return f"{self.page.rstrip('/')}/overview/{service}"

    def id_of(self, path: str) -> str:
        """The id of the service that is shown there."""
        return path if self.by_path else path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class WebTarget:
    """One web endpoint of a declared asset: an address and port, spoken to in clear or in TLS, by name or bare."""

    asset: str
    host: str
    """The asset's canonical host: what places are named after."""
    name: str | None
    """What Host and SNI say; None looks by bare address."""
    address: str
    port: int
    tls: bool
    paths: tuple[str, ...] = ("/",)
    """Folders to ask for: the root, then declared ones, then the default paths of recording products."""
    declared: tuple[str, ...] = ("/",)
    """Those of `paths` that the owner named, with the root: WebDAV is asked for there alone."""
    ports: tuple[int, ...] = ()
    """All ports declared for the asset: a redirect to one of them leads to an endpoint that is looked at itself."""
    beside: tuple[int, ...] = ()
    """The other ports declared for the asset, with those of its services: where one answers, a port that refuses is
    shut."""
    files: tuple[str, ...] = ()
    """Declared media or backup files (path with query)."""
    data: str = "unknown"
    """What the owner declares the asset to hold: it decides which linked files are grave."""
    known: tuple[Known, ...] = ()
    portal: Portal | None = None
    """The portal of e-services there, where one is declared."""
    matrix: Matrix | None = None
    """Who may see what there, where that is declared."""
    access_log: AccessLog | None = None
    """The access log of it that is compared with what was done, where one is declared."""
    dispatch: DispatchPlan | None = None
    """The dispatch of canary cases whose recipients' boxes are there, where one is declared."""
    nonce: str = field(default="x7f3", compare=False)
    """Chance for this look's canaries, unguessable by the server. Targets that differ in it alone are the same."""
    turn: str = ""
    """Which turn this look is, as `2/6`, where the paths of recording products are asked in turns; empty: all are."""
    in_turn: tuple[str, ...] = ()
    """Those of `paths` that are asked in this turn alone."""
    resting: tuple[str, ...] = ()
    """Paths that are asked only if the first answer is not `front`."""
    front: str = ""
    """What the first answer looked like when the endpoint answered last; empty: it never did."""

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.tls else 'http'}://{self.name or address}:{self.port}@{self.address}"

    @property
    def control(self) -> bool:
        """Whether this is a control: no asset can be called as they are."""
        return self.asset.startswith("control:")

    @property
    def endpoint(self) -> str:
        """What must be seen closed when something was seen open here."""
        return str(self)

    def url(self, path: str) -> str:
        """The URL that a browser would show for `path`."""
        host = self.name or (f"[{self.address}]" if ":" in self.address else self.address)
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def place(self, path: str) -> Place:
        """The canonical place of `path` on this target."""
        return Place(self.host, self.port, path)


class Dialect(StrEnum):
    """The protocols that object stores speak."""

    S3 = "s3"
    SWIFT = "swift"
    AZURE = "azure"
    GCS = "gcs"
    OCI = "oci"


@dataclass(frozen=True, slots=True)
class NameChain:
    """What name servers said of a declared name."""

    chain: tuple[str, ...]
    """The names to which its CNAME records lead, the last one last."""
    found: bool
    """Whether it resolves to an address."""
    missing: bool
    """Whether the last name does not exist (NXDOMAIN)."""


@dataclass(frozen=True, slots=True)
class BucketTarget:
    """One declared bucket or container at one of its addresses.

    A bucket of Ceph's gateway is two targets, one for each of its protocols, of one asset and at one `filed`.
    """

    asset: str
    dialect: Dialect
    host: str
    """The endpoint that is asked first; a wrong region's answer may name another one."""
    port: int
    tls: bool
    bucket: str
    """Its name as people write it: `calls`, `tenant:calls`; empty when `host` is a domain in front of the bucket."""
    root: str
    """The path of the bucket at `host`, percent-encoded and without a slash at its end: `/calls`, `/v1/AUTH_x/calls`,
    `/n/ns/b/calls`; empty when the host's name is the bucket (virtual-host style, a domain of its own)."""
    filed: Place
    """Where its findings are filed: the same for every address and region."""
    provider: str = ""
    """The provider's id in the table of providers; empty: a plain endpoint."""
    region: str = ""
    account: str = ""
    """The Swift account, Azure account or OCI namespace."""
    prefixes: tuple[str, ...] = ()
    """Declared prefixes, as people write them (not encoded): each is asked even when the root is refused."""
    keys: tuple[str, ...] = ()
    """Declared objects, as people write them: each is tried even when nothing is listed."""
    regional: str = ""
    """How the provider's endpoint of another region is called, with `{region}` in it and with `{bucket}` where the
    provider is asked by virtual host; empty: it has none."""
    referers: tuple[str, ...] = ()
    """Declared origins (`https://www.example.com/`): a container may be open to whoever says to come from there."""
    domain: bool = False
    """Whether `host` is the owner's own domain in front of the bucket: one that nobody holds is then dangling."""
    signing: bool = False
    """Whether the owner gave a probing key: only then is a signed question asked."""
    known: tuple[Known, ...] = ()
    nonce: str = "x7f3"
    """Chance for this look's keys that cannot exist."""
    names: NameChain | None = None
    """What name servers said of `host`: only the probe of dangling names needs it."""

    @property
    def address(self) -> str:
        """Nothing: the addresses of a provider change by the minute, and any of them is the same bucket."""
        return ""

    def __str__(self) -> str:
        scheme = "https" if self.tls else "http"
        usual = self.port == (443 if self.tls else 80)
        return f"{self.dialect.value}+{scheme}://{self.host}{'' if usual else f':{self.port}'}{self.root}/"

    @property
    def endpoint(self) -> str:
        """What must be seen closed when something was seen open here: the bucket, at any endpoint of its provider.

        Else an owner who adds a region to what is declared would keep a finding open for ever: nobody looks any more
        at the endpoint of no region. A gateway's other protocol and a domain in front are endpoints of their own.
        """
        if not self.provider or self.domain or self.dialect is Dialect.SWIFT or not self.tls or self.port != 443:
            return str(self)
        return f"{self.dialect.value}+https://{self.filed}"


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """One service of a declared asset: an address and port, and the protocol that it is asked in."""

    asset: str
    host: str
    """The asset's canonical host: what places are named after."""
    name: str | None
    """The declared name, for TLS and for protocols that carry one; None looks by bare address."""
    address: str
    port: int
    speaks: str
    """The protocol: `ftp`, `redis`; the kind of its findings, and the name of its commands in
    `probes.requests.commands.table`, unless it is asked over HTTP. Of a sweep it is `ports`."""
    tls: bool = False
    names: tuple[str, ...] = ()
    """Declared shares, modules, topics or paths: each is tried even when nothing is listed."""
    beside: tuple[int, ...] = ()
    """Other declared ports of the host: whether it answers there tells a stopped service from a host that is away. Of a
    sweep: the ports that are knocked at."""
    known: tuple[Known, ...] = ()
    nonce: str = "x7f3"
    """Chance for this look's names that cannot exist."""

    def __str__(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.speaks}{'+tls' if self.tls else ''}://{self.name or address}:{self.port}@{self.address}"

    @property
    def endpoint(self) -> str:
        """What must be seen closed when something was seen open here."""
        return str(self)

    def place(self, path: str) -> Place:
        """The canonical place of `path` on this target."""
        return Place(self.host, self.port, path)


Target: TypeAlias = WebTarget | BucketTarget | ServiceTarget


@dataclass(frozen=True, slots=True)
class Check:
    """One part of a verdict about a place: a way into a bucket, a cell of a role matrix, a box, or a fault of a log."""

    name: str
    """Of a bucket `list`, `list recordings/` (a prefix), `versions`, `uploads`, `read`, `acl`, `write`, `any-account`;
    else an id that the inventory declares, or words of ours."""
    verdict: Literal["exposed", "clear", "unknown"]
    why: Why
    detail: str = ""
    """In our own words; never a key or a name from the answer."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many things that a data store holds, as it counts them itself."""

    things: str
    """`keys`, `databases`, `documents`: a word of the catalogue of messages (`counted.WORD.one`, `.other`)."""
    number: int


@dataclass(frozen=True, slots=True)
class Exposed:
    """Anyone can read what is at `place`. `listing` is held in memory for the tally and is never stored."""

    place: Place
    kind: str
    why: OpenReason
    certainty: Certainty = Certainty.PROVEN
    listing: Listing | None = None
    inside: tuple[Listing, ...] = ()
    """Listings of folders below that the proof read on its way to a file."""
    counted: tuple[Count, ...] = ()
    """What a data store or an archive says of itself that it holds."""
    size: int | None = None
    """Bytes of a single file, when the exposure is one."""
    media: str = ""
    """What the first bytes of a single file, or of the witness, say that it is."""
    witnesses: tuple[str, ...] = field(default=(), repr=False)
    """Paths seen open, to be sealed before they are kept: they are tried again before anything is closed."""
    facts: tuple[Fact, ...] = ()
    proof: tuple[Proof, ...] = ()
    """The steps of the proof, in their order."""
    checks: tuple[Check, ...] = ()
    """The whole vector, where the place is a bucket."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Positive evidence that the place is closed to a stranger."""

    place: Place
    kind: str
    why: Why
    """Mostly a `ClosedReason`; a demanded client certificate, for one, is the lack of an answer as well."""
    facts: tuple[Fact, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """No verdict, with its reason: never green, never closes anything."""

    place: Place
    kind: str
    why: Why
    detail: str = ""
    facts: tuple[Fact, ...] = field(default=())
    checks: tuple[Check, ...] = ()


Verdict: TypeAlias = Exposed | Clear | Unknown
Dialogue: TypeAlias = Generator[Ask, Reply, tuple[Verdict, ...]]

T = TypeVar("T", WebTarget, BucketTarget, ServiceTarget)


@dataclass(frozen=True, slots=True)
class Probe(Generic[T]):
    """One way of looking. `look` is a generator: it yields asks, is sent answers, and returns its verdicts."""

    name: str
    takes: type[T]
    look: Callable[[T], Dialogue]
    says: str
    """One line for the catalogue."""
