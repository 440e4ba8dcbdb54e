"""Names to addresses, by the name servers that the inventory declares: the one place that speaks DNS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from probes.asks import Why


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses of a name, in a stable order; `why` says what failed, wholly or for one family."""

    addresses: tuple[str, ...] = ()
    why: Why | None = None
    detail: str = ""


class Names:
    """A resolver without search domains and without a cache: what is asked is what the world answers now."""

    def __init__(self, servers: Sequence[tuple[str, int]], seconds: float = 5.0) -> None:
        """`servers` are (address, port); none means those of the machine. `seconds` bounds one name, tries included."""
        self._resolver = dns.asyncresolver.Resolver(configure=not servers)
        self._resolver.lifetime = seconds
        self._resolver.timeout = max(1.0, seconds / 2)
        self._resolver.search = []
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in servers]

    async def addresses(self, name: str) -> Resolved:
        """Every A and AAAA address of `name`. A failure is a value: the caller cannot mistake it for `no addresses`."""
        # An absolute name: a search domain must never turn a declared name into another.
        absolute = name.rstrip(".") + "."
        four, six = await asyncio.gather(self._ask(absolute, "A"), self._ask(absolute, "AAAA"))
        found = tuple(sorted(set(four.addresses))) + tuple(sorted(set(six.addresses)))
        failed = next((r for r in (four, six) if r.why not in (None, Why.NO_SUCH_NAME)), None)
        if failed is not None:
            return Resolved(found, failed.why, failed.detail)
        return Resolved(found) if found else Resolved((), Why.NO_SUCH_NAME, "the name has no address")

    async def _ask(self, name: str, kind: str) -> Resolved:
        try:
            answer = await self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Resolved((), Why.NO_SUCH_NAME)
        except dns.resolver.NoNameservers:
            return Resolved((), Why.DNS_FAILED, f"every name server failed or refused ({kind})")
        except dns.exception.Timeout:
            return Resolved((), Why.DNS_FAILED, f"the name servers were silent ({kind})")
        except (dns.exception.DNSException, OSError, ValueError) as error:
            return Resolved((), Why.DNS_FAILED, f"{type(error).__name__} ({kind})")
        return Resolved(tuple(record.address for record in answer))
