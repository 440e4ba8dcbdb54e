"""The probe `store-name`: declared names that lead to a bucket or an account which nobody holds.

Whoever takes the bucket or the account then speaks under the owner's own name (OWASP WSTG-CONF-10, subdomain takeover).
Two sources tell it. Where an account that is not there has no name either (Azure), name servers do: they know a CNAME,
and not the name that it leads to. Elsewhere every name has an address, and the store says that it has no such bucket.
"""

from __future__ import annotations

from dataclasses import dataclass

from probes.api import BucketTarget, Clear, Dialect, Dialogue, Exposed, Place, Probe, Unknown, Verdict
from probes.buckets.addresses.providers import Provider, providers
from probes.buckets.bucket_verdict import DANGLING
from probes.buckets.s3_name import name_verdict
from probes.reasons import Why
from probes.recognise.buckets.s3 import bucket_page
from probes.recognise.listing.model import Listing
from probes.requests.http import NoAnswer, Request, Response, one, several

PROBE = "store-name"
_TAKE = 65_536
SAYS = "declared names that lead to a bucket or an account which nobody holds, and which anybody may take"


@dataclass(frozen=True, slots=True)
class Led:
    """Where a name leads, as name servers say."""

    chain: tuple[str, ...]
    """The names that it stands for, the last one last."""
    found: bool
    """Whether it has an address."""
    missing: bool
    """Whether the last name does not exist at all."""


def holder(name: str) -> Provider | None:
    """The provider to whose names `name` belongs, or None.

    An endpoint's own name counts too: a name that leads there is taken for the bucket's.
    """
    for provider in providers():
        if provider.parent:
            continue
        for form in (*provider.forms, *provider.websites, *provider.fronts):
            if form.named(name) or (form.in_host and form.named(f"name.{name}")):
                return provider
    return None


def name_target(asset: str, name: str, ports: tuple[int, ...], nonce: str) -> BucketTarget:
    """A declared name, as a name in front of a bucket: in clear where that is declared, since websites of stores speak
    nothing else, and an endpoint has no certificate for it."""
    port = next((port for port in (80, 443) if port in ports), ports[0])
    return BucketTarget(
        asset=asset,
        dialect=Dialect.S3,
        host=name,
        port=port,
        tls=port == 443,
        bucket="",
        root="",
        filed=Place(name, port, "/"),
        domain=True,
        nonce=nonce,
    )


def name_probe(led: Led, on_file: bool) -> Probe[BucketTarget] | None:
    """The probe of one name; None where nothing is to be said of it. `on_file`: it was once seen to lead to nothing."""
    stores = tuple(provider for provider in map(holder, led.chain) if provider is not None)
    last = holder(led.chain[-1]) if led.chain else None
    if led.missing and last is not None and last.named_by_dns:
        return _said(Why.DANGLING, last)
    if led.found and any(provider.named_by_dns for provider in stores):
        return _said(Why.BUCKET_THERE, None)
    if led.found and (stores or on_file):
        return Probe(PROBE, BucketTarget, look if stores else look_again, SAYS)
    if led.missing and not led.chain and on_file:
        return _said(Why.NO_SUCH_NAME, None)
    return None


def look(target: BucketTarget) -> Dialogue:
    """Ask the store under the owner's own name: whether the bucket behind it exists."""
    request = Request("GET", "/", _TAKE)
    answer = yield from one(request)
    listed = isinstance(answer, Response) and answer.status == 200 and bucket_page(answer.body) is not None
    return ((yield from name_verdict(target, request, answer, listed=listed)),)


def look_again(target: BucketTarget) -> Dialogue:
    """As `look`, for a name on file that leads to no store by what name servers say: they do not tell everything."""
    request = Request("GET", "/", _TAKE)
    answer = yield from one(request)
    verdict = yield from name_verdict(target, request, answer, listed=False)
    if isinstance(answer, NoAnswer) or not isinstance(verdict, Unknown) or verdict.why is not Why.NOT_A_STORE:
        return (verdict,)
    if answer.status >= 500 or answer.status == 429:
        return (Unknown(target.filed, DANGLING, Why.SERVER_ERROR),)
    return (Clear(target.filed, DANGLING, Why.NOT_SPOKEN, ("the name leads to no store any more",)),)


def _said(why: Why, provider: Provider | None) -> Probe[BucketTarget]:
    """What name servers have told already: nothing more is asked."""

    def told(target: BucketTarget) -> Dialogue:
        yield from several(())
        verdict: Verdict
        if provider is not None:
            proof = (
                f"the name stands for one at {provider.name}, and name servers say, twice, that there is none",
                "whoever takes that account speaks under the owner's own name",
            )
            verdict = Exposed(target.filed, DANGLING, Why.DANGLING, listing=Listing("s3", ()), proof=proof)
        else:
            verdict = Clear(target.filed, DANGLING, why)
        return (verdict,)

    return Probe(PROBE, BucketTarget, told, SAYS)
