"""Names to addresses by a real name server on loopback: what they stand for, and whether that exists."""

from __future__ import annotations

import dns.message
import dns.rrset
import pytest

from monitor.network.names.dns import MOST_ADDRESSES, Names, Resolved
from probes.reasons import NoAnswerReason
from probes.requests.dns import Lookup
from probes.requests.http import NoAnswer
from tests.monitor.network.nameserver import NameServer, Zone, name_server

GONE = "gone.blob.core.windows.net"
SOA = "example. 30 IN SOA ns.example. admin.example. 1 2 3 4 5"
NO_ADDRESS = "the name has no address"

CASES: dict[str, tuple[Zone, Resolved]] = {
    "an address": ({("a.example", "A"): ("192.0.2.1",)}, Resolved(("192.0.2.1",))),
    "by another name": (
        {("a.example", "CNAME"): ("b.example",), ("b.example", "A"): ("192.0.2.1",)},
        Resolved(("192.0.2.1",), chain=("b.example",)),
    ),
    "by two, in any case of letters": (
        {
            ("a.example", "CNAME"): ("B.example",),
            ("B.example", "CNAME"): ("c.example",),
            ("c.example", "AAAA"): ("::1",),
        },
        Resolved(("::1",), chain=("b.example", "c.example")),
    ),
    "no such name": ({}, Resolved((), NoAnswerReason.NO_SUCH_NAME, NO_ADDRESS, missing=True)),
    "no address": ({("a.example", "MX"): ()}, Resolved((), NoAnswerReason.NO_SUCH_NAME, NO_ADDRESS)),
    "a name that is gone": (
        {("a.example", "CNAME"): (GONE,)},
        Resolved((), NoAnswerReason.NO_SUCH_NAME, NO_ADDRESS, (GONE,), missing=True),
    ),
    "a name without an address": (
        {("a.example", "CNAME"): (GONE,), (GONE, "MX"): ()},
        Resolved((), NoAnswerReason.NO_SUCH_NAME, NO_ADDRESS, (GONE,)),
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_a_name_stands_for_is_told(case: str) -> None:
    zone, expected = CASES[case]
    async with name_server(zone) as server:
        assert await Names([("127.0.0.1", server.port)]).addresses("a.example") == expected


async def test_a_name_that_is_gone_is_asked_for_twice() -> None:
    async with name_server({("a.example", "CNAME"): (GONE,)}) as server:
        found = await Names([("127.0.0.1", server.port)]).addresses("a.example")
        assert found.missing
        assert len(server.asked) == 4


ALIAS: Zone = {("a.example", "CNAME"): ("b.other.example",), ("b.other.example", "MX"): ()}
NO_ADDRESSES: Zone = {("a.example", "MX"): ()}


@pytest.mark.parametrize(
    ("zone", "authoritative", "recursive", "authority", "why"),
    [
        # The zone of the alias alone: whether the name behind it has an address is for another server to say.
        (ALIAS, True, False, (), NoAnswerReason.DNS_FAILED),
        (ALIAS, True, True, (), NoAnswerReason.NO_SUCH_NAME),
        (ALIAS, True, False, (SOA,), NoAnswerReason.NO_SUCH_NAME),
        # A server that has no such zone, and asks nobody.
        (NO_ADDRESSES, False, False, (), NoAnswerReason.DNS_FAILED),
        (NO_ADDRESSES, True, False, (), NoAnswerReason.NO_SUCH_NAME),
        (NO_ADDRESSES, False, True, (), NoAnswerReason.NO_SUCH_NAME),
    ],
)
async def test_a_server_that_neither_knows_nor_asks_has_not_said_that_there_is_no_address(
    zone: Zone, authoritative: bool, recursive: bool, authority: tuple[str, ...], why: NoAnswerReason
) -> None:
    async with name_server(zone) as server:
        server.authoritative, server.recursive, server.authority = authoritative, recursive, authority
        names = Names([("127.0.0.1", server.port)])
        found, asked = await names.addresses("a.example"), await names.look_up(Lookup("a.example"))
    assert (found.addresses, found.why, found.missing) == ((), why, False)
    assert isinstance(asked, NoAnswer) == (why is NoAnswerReason.DNS_FAILED)


async def test_records_of_another_name_answer_nothing() -> None:
    class Strange(NameServer):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            reply = dns.message.make_response(dns.message.from_wire(data), recursion_available=True)
            reply.answer.append(dns.rrset.from_text("b.example.", 30, "IN", "A", "192.0.2.9"))
            assert self._transport is not None
            self._transport.sendto(reply.to_wire(), addr)

    async with name_server({}, made_as=Strange) as server:
        found = await Names([("127.0.0.1", server.port)]).addresses("a.example")
    assert (found.addresses, found.why, found.missing) == ((), NoAnswerReason.DNS_FAILED, False)


async def test_a_loop_of_names_is_a_failure_and_not_a_missing_name() -> None:
    async with name_server({("a.example", "CNAME"): ("a.example",)}) as server:
        found = await Names([("127.0.0.1", server.port)], 1.0).addresses("a.example")
        assert found.addresses == ()
        assert not found.missing


async def test_of_a_name_with_hundreds_of_addresses_some_are_looked_at_and_the_rest_is_unknown() -> None:
    many = tuple(f"192.0.{number // 250}.{number % 250 + 1}" for number in range(700))
    async with name_server({("a.example", "A"): many, ("a.example", "AAAA"): ("2001:db8::1",)}) as server:
        found = await Names([("127.0.0.1", server.port)]).addresses("a.example")
    assert found.addresses == tuple(sorted(many))[:MOST_ADDRESSES]
    assert found.why is NoAnswerReason.BUDGET_SPENT
    assert found.detail == "the name has 701 addresses, of which 64 are looked at"


@pytest.mark.parametrize(
    ("authority", "authoritative", "why"),
    [
        (("example. 30 IN NS ns.other.example.",), False, NoAnswerReason.DNS_FAILED),  # lame: it refers to others
        ((". 30 IN NS a.root-servers.example.",), False, NoAnswerReason.DNS_FAILED),
        (("example. 30 IN NS ns.example.",), True, NoAnswerReason.NO_SUCH_NAME),
        (("example. 30 IN NS ns.example.", SOA), False, NoAnswerReason.NO_SUCH_NAME),
        ((SOA,), False, NoAnswerReason.NO_SUCH_NAME),
        ((), False, NoAnswerReason.NO_SUCH_NAME),
    ],
)
async def test_a_name_server_that_refers_to_others_has_not_said_that_a_name_leads_nowhere(
    authority: tuple[str, ...], authoritative: bool, why: NoAnswerReason
) -> None:
    async with name_server({("a.example", "MX"): ()}) as server:
        server.authority, server.authoritative = authority, authoritative
        found = await Names([("127.0.0.1", server.port)]).addresses("a.example")
    assert (found.addresses, found.why, found.missing) == ((), why, False)
