"""A small DNS server on loopback over UDP: it answers from a table, and says what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], tuple[str, ...]]
"""(name, A or AAAA) to the addresses that are answered; a name that is not in it does not exist. (name, CNAME) to the
one name that it stands for, whose addresses are answered with it, as a resolver does."""


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """The server: `zone` may be changed while it runs."""

    zone: dict[tuple[str, str], tuple[str, ...]]
    rcode: int = dns.rcode.NOERROR
    silent: bool = False
    port: int = 0
    asked: list[str] = field(default_factory=list)
    authority: tuple[str, ...] = ()
    """Records that stand in the authority section of every answer, as in a file of a zone."""
    authoritative: bool = False
    recursive: bool = True
    """Whether it asks others for what it does not know."""
    _transport: asyncio.DatagramTransport | None = None

    @property
    def where(self) -> str:
        """As an inventory names it."""
        return f"127.0.0.1:{self.port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {name}")
        if self.silent:
            return
        reply = dns.message.make_response(query, recursion_available=self.recursive)
        reply.set_rcode(dns.rcode.Rcode(self.rcode))
        if self.rcode == dns.rcode.NOERROR:
            while (name, "CNAME") in self.zone and len(reply.answer) < 16:
                (target,) = self.zone[(name, "CNAME")]
                reply.answer.append(dns.rrset.from_text(f"{name}.", 30, "IN", "CNAME", f"{target}."))
                name = target
            found = self.zone.get((name, kind), ())
            if found:
                reply.answer.append(dns.rrset.from_text(f"{name}.", 30, "IN", kind, *found))
            elif not any(known == name for known, _ in self.zone):
                reply.set_rcode(dns.rcode.NXDOMAIN)
        for name, ttl, _, kind, *rest in (record.split() for record in self.authority):
            reply.authority.append(dns.rrset.from_text(name, int(ttl), "IN", kind, " ".join(rest)))
        if self.authoritative:
            reply.flags |= dns.flags.AA
        assert self._transport is not None
        self._transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def name_server(
    zone: Zone, *, rcode: int = dns.rcode.NOERROR, silent: bool = False, made_as: type[NameServer] = NameServer
) -> AsyncIterator[NameServer]:
    """A name server on a free port of 127.0.0.1."""
    made = made_as(dict(zone), rcode, silent)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: made, local_addr=("127.0.0.1", 0))
    made.port = transport.get_extra_info("sockname")[1]
    try:
        yield made
    finally:
        transport.close()
