"""Answers of DNS that would take seconds to read are not read; long ones that are plain are."""

from __future__ import annotations

import asyncio
import struct
import time
from typing import cast

import dns.message
import dns.rrset
import pytest

from monitor.network.names.cost import bearable
from monitor.network.names.dns import Names, Resolved
from probes.reasons import NoAnswerReason

A, NS, CNAME, MX = 1, 2, 5, 15


def crafted(query: bytes, records: int, kind: int = NS, labels: int = 120) -> bytes:
    """An answer whose records all lead to one name of many labels, each in a few bytes."""
    long = b"".join(b"\x01a" for _ in range(labels)) + b"\0"
    question = query[12:]
    start = 12 + len(question) + 2 + 10
    before = b"\0\0" if kind == MX else b""
    first = b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 30, len(long)) + long
    made = b"".join(
        b"\x03%03x\xc0\x0c" % number
        + struct.pack("!HHIH", kind, 1, 30, len(before) + 6)
        + before
        + b"\x03%03x" % number
        + struct.pack("!H", 0xC000 | start)
        for number in range(records)
    )
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 + records, 0, 0) + question + first + made


QUERY = dns.message.make_query("a.example.", "A").to_wire()


@pytest.mark.parametrize("kind", [NS, CNAME, MX, 35, 17])
def test_few_bytes_that_are_long_names_are_not_bearable(kind: int) -> None:
    assert not bearable(crafted(QUERY, 100, kind))


def test_the_second_name_of_a_record_counts_too() -> None:
    """SOA has two (RFC 1035, section 3.3.13): 900 of them in 30 kB held the event loop up for seconds."""
    long = QUERY[:12] + b"\1a" * 120 + b"\0\0\1\0\1"
    records = b"".join(
        b"\0" + struct.pack("!HHIH", 6, 1, 30, 23) + b"\0\xc0\x0c" + struct.pack("!5I", number, 1, 1, 1, 1)
        for number in range(900)
    )
    assert not bearable(long[:6] + struct.pack("!H", 900) + long[8:] + records)


def test_thousands_of_addresses_and_long_texts_are_bearable() -> None:
    reply = dns.message.make_response(dns.message.from_wire(QUERY))
    reply.answer.append(
        dns.rrset.from_text("a.example.", 30, "IN", "A", *(f"10.0.{n >> 8}.{n & 255}" for n in range(3500)))
    )
    assert bearable(reply.to_wire(max_size=65535))
    reply.answer = [dns.rrset.from_text("a.example.", 30, "IN", "TXT", *(f'"{n} {"x" * 200}"' for n in range(200)))]
    assert bearable(reply.to_wire(max_size=65535))


@pytest.mark.parametrize(
    "wire", [b"", b"\0" * 11, b"\xff" * 64, b"\0\0\x81\x80\0\1\xff\xff\0\0\0\0\xc0\x0c" + b"\xc0\x0c" * 400]
)
def test_what_is_broken_ends(wire: bytes) -> None:
    begun = time.perf_counter()
    bearable(wire)
    assert time.perf_counter() - begun < 1


class Crafting(asyncio.DatagramProtocol):
    """Answers every question so."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(self.answer(data), addr)

    def answer(self, query: bytes) -> bytes:
        return crafted(query, 200)


async def test_an_answer_that_would_hold_up_all_looks_is_refused_and_said() -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Crafting, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    try:
        found = await Names([("127.0.0.1", port)], 5.0).addresses("a.example")
    finally:
        transport.close()
    said = "the answer would take too long to read (A)"
    assert found == Resolved((), NoAnswerReason.DNS_FAILED, said)


class Cutting(Crafting):
    """Says that the answer is longer, so that it is asked for over TCP."""

    def answer(self, query: bytes) -> bytes:
        return query[:2] + struct.pack("!HHHHH", 0x8380, 1, 0, 0, 0) + query[12:]


@pytest.mark.parametrize("heavy", [True, False])
async def test_an_answer_over_tcp_is_looked_at_as_well(heavy: bool) -> None:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack("!H", await reader.readexactly(2))
        query = await reader.readexactly(size)
        reply = dns.message.make_response(dns.message.from_wire(query), recursion_available=True)
        if reply.question[0].rdtype == A:
            addresses = (f"192.0.2.{number}" for number in range(40))
            reply.answer.append(dns.rrset.from_text("a.example.", 30, "IN", "A", *addresses))
        wire = crafted(query, 200) if heavy else reply.to_wire()
        writer.write(struct.pack("!H", len(wire)) + wire)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Cutting, local_addr=("127.0.0.1", port))
    try:
        found = await Names([("127.0.0.1", port)], 5.0).addresses("a.example")
    finally:
        transport.close()
        server.close()
    if heavy:
        assert (found.addresses, found.detail) == ((), "the answer would take too long to read (A)")
    else:
        assert (len(found.addresses), found.why) == (40, None)
