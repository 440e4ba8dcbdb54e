"""Names to addresses, by the name servers that the inventory declares: the one place that speaks DNS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from monitor.network.names.sockets import Backend, Unbearable
from probes.reasons import NoAnswerReason
from probes.requests.dns import Lookup, Records
from probes.requests.http import NoAnswer

MOST_ADDRESSES = 64
"""Addresses of one name that are looked at. Balancers answer with 8 or 16; whoever has taken over a name that leads
nowhere could answer with thousands, and have us look at all of those hosts."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses of a name, in a stable order; `why` says what failed, wholly or for one family."""

    addresses: tuple[str, ...] = ()
    why: NoAnswerReason | None = None
    detail: str = ""
    chain: tuple[str, ...] = ()
    """The names that it stands for (CNAME), the canonical one last; also where that one has no address."""
    missing: bool = False
    """Whether the last name of the chain, or the name itself, does not exist at all (NXDOMAIN), in every answer."""


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
        said = await self._both(absolute)
        if said.missing and said.chain:
            # That a name leads to one that does not exist is a finding: it is asked for twice before it is said.
            again = await self._both(absolute)
            return again if again.chain == said.chain else replace(again, missing=False)
        return said

    async def look_up(self, lookup: Lookup) -> Records | NoAnswer:
        """The records of one type; `no-such-name` where the name does not exist at all."""
        said = await self._ask(lookup.name.rstrip(".") + ".", lookup.type)
        if said.why is NoAnswerReason.NO_SUCH_NAME and not said.missing:
            return Records((), said.chain)
        return NoAnswer(said.why, said.detail) if said.why is not None else Records(said.addresses, said.chain)

    async def _both(self, absolute: str) -> Resolved:
        four, six = await asyncio.gather(self._ask(absolute, "A"), self._ask(absolute, "AAAA"))
        chain = four.chain or six.chain
        found = tuple(sorted(set(four.addresses))) + tuple(sorted(set(six.addresses)))
        failed = next((r for r in (four, six) if r.why not in (None, NoAnswerReason.NO_SUCH_NAME)), None)
        if failed is not None:
            return Resolved(found[:MOST_ADDRESSES], failed.why, failed.detail, chain)
        if len(found) > MOST_ADDRESSES:
            detail = f"the name has {len(found)} addresses, of which {MOST_ADDRESSES} are looked at"
            return Resolved(found[:MOST_ADDRESSES], NoAnswerReason.BUDGET_SPENT, detail, chain)
        if found:
            return Resolved(found, chain=chain)
        missing = four.missing and six.missing and four.chain == six.chain
        return Resolved((), NoAnswerReason.NO_SUCH_NAME, "the name has no address", chain, missing)

    async def _ask(self, name: str, kind: str) -> Resolved:
        try:
            answer = await self._resolver.resolve(name, kind, search=False, backend=Backend())
        except dns.resolver.NXDOMAIN as no:
            said = next(iter(no.kwargs.get("responses", {}).values()), None)
            return Resolved((), NoAnswerReason.NO_SUCH_NAME, chain=_chain(said), missing=True)
        except dns.resolver.NoAnswer as no:
            said = no.kwargs.get("response")
            if _says_nothing(said):
                return Resolved((), NoAnswerReason.DNS_FAILED, f"the name server knows no answer ({kind})")
            return Resolved((), NoAnswerReason.NO_SUCH_NAME, chain=_chain(said))
        except dns.resolver.NoNameservers as no:
            if any(isinstance(error, Unbearable) for *_, error, _ in no.kwargs.get("errors", ())):
                return Resolved((), NoAnswerReason.DNS_FAILED, f"the answer would take too long to read ({kind})")
            return Resolved((), NoAnswerReason.DNS_FAILED, f"every name server failed or refused ({kind})")
        except dns.exception.Timeout:
            return Resolved((), NoAnswerReason.DNS_FAILED, f"the name servers were silent ({kind})")
        except (dns.exception.DNSException, OSError, ValueError) as error:
            return Resolved((), NoAnswerReason.DNS_FAILED, f"{type(error).__name__} ({kind})")
        return Resolved(tuple(sorted(record.to_text() for record in answer)), chain=_chain(answer.response))


def _says_nothing(message: dns.message.Message | None) -> bool:
    """Whether an answer without a record of the name leaves open whether there is one.

    RFC 2308 section 2.2 tells "no such record" by an SOA record, which not all resolvers send. Without it these say
    nothing: a referral to other name servers; records of other names; a server that neither knows (AA) nor asks others
    (RA), or whose knowledge ends at an alias.
    """
    if not isinstance(message, dns.message.QueryMessage):
        return False
    kinds = {one.rdtype for one in message.authority}
    if dns.rdatatype.SOA in kinds:
        return False
    chain, knows = _chain(message), bool(message.flags & dns.flags.AA)
    referred = not knows and dns.rdatatype.NS in kinds
    strange = bool(message.answer) and not chain
    alone = not message.flags & dns.flags.RA and (not knows or bool(chain))
    return referred or strange or alone


def _chain(message: dns.message.Message | None) -> tuple[str, ...]:
    """The names behind the one asked for, from the CNAME records of an answer that may end in no address."""
    if not isinstance(message, dns.message.QueryMessage):
        return ()
    try:
        links = message.resolve_chaining().cnames
    except (dns.exception.DNSException, ValueError):
        return ()
    return tuple(link[0].target.to_text(omit_final_dot=True).lower() for link in links)
