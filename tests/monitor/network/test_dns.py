"""Names to addresses by a real name server on loopback: what they stand for, and whether that exists."""

from __future__ import annotations

import pytest

from monitor.network.dns import Names, Resolved
from probes.reasons import NoAnswerReason
from tests.monitor.network.nameserver import Zone, name_server

GONE = "gone.blob.core.windows.net"
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


async def test_a_loop_of_names_is_a_failure_and_not_a_missing_name() -> None:
    async with name_server({("a.example", "CNAME"): ("a.example",)}) as server:
        found = await Names([("127.0.0.1", server.port)], 1.0).addresses("a.example")
        assert found.addresses == ()
        assert not found.missing
