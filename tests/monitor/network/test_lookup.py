"""Questions to name servers, as probes ask them: of declared names alone, within budget and record."""

from __future__ import annotations

import pytest

from monitor.findings.observation import Observation
from monitor.network.names.dns import Names
from probes.api import BucketTarget, Dialect, Dialogue, Place, Probe, Target, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.dns import Lookup, Records
from probes.requests.http import NoAnswer, looked_up
from tests.monitor.network.builders import KEY, LIMITS, driver, only, target
from tests.monitor.network.nameserver import Zone, name_server
from tests.servers.raw import Raw

ZONE: Zone = {
    ("nas.test", "A"): ("192.0.2.7", "192.0.2.5"),
    ("nas.test", "TXT"): ('"v=spf1 -all"',),
    ("www.nas.test", "CNAME"): ("nas.test",),
    ("other.test", "A"): ("192.0.2.9",),
}
WEB = target(Raw("127.0.0.1", 1, tls=False))


async def look_up(
    at: Target, *lookups: Lookup, silent: bool = False, rcode: int = 0
) -> tuple[list[object], Observation, list[str]]:
    """What these are answered, the record, and what the name server heard."""
    into: list[object] = []

    def held(_: object) -> Dialogue:
        for lookup in lookups:
            into.append((yield from looked_up(lookup)))
        return ()

    async with name_server(ZONE, silent=silent, rcode=rcode) as server:
        names = Names([("127.0.0.1", server.port)], 1.0)
        looks = driver(only(), names=lambda: names)
        seen = await looks.look(Probe("made-up", type(at), held, "looks up names"), at, KEY, LIMITS)  # type: ignore[type-var]
        return into, seen, server.asked


async def test_records_of_the_target_s_own_names_are_told() -> None:
    into, seen, asked = await look_up(
        WEB, Lookup("nas.test"), Lookup("nas.test.", "TXT"), Lookup("www.nas.test"), Lookup("nas.test", "MX")
    )
    assert into == [
        Records(("192.0.2.5", "192.0.2.7")),
        Records(('"v=spf1 -all"',)),
        Records(("192.0.2.5", "192.0.2.7"), ("nas.test",)),
        Records(()),
    ]
    assert [(one.method, one.said, one.outcome) for one in seen.asked][:2] == [
        ("DNS", "A nas.test", "answered"),
        ("DNS", "TXT nas.test.", "answered"),
    ]
    assert len(asked) == 4


async def test_a_name_that_does_not_exist_or_is_not_answered_is_no_answer() -> None:
    (missing,), _, _ = await look_up(WEB, Lookup(f"{WEB.nonce}.nas.test"))
    (failed,), _, _ = await look_up(WEB, Lookup("nas.test"), rcode=2)
    (silent,), _, _ = await look_up(WEB, Lookup("nas.test"), silent=True)
    assert [one.why for one in (missing, failed, silent) if isinstance(one, NoAnswer)] == [
        NoAnswerReason.NO_SUCH_NAME,
        NoAnswerReason.DNS_FAILED,
        NoAnswerReason.DNS_FAILED,
    ]


BUCKET = BucketTarget("b", Dialect.S3, "s3.test", 443, True, "calls", "/calls", Place("s3.test", 443, "/calls"))


@pytest.mark.parametrize("at", [WEB, BUCKET], ids=["web", "bucket"])
async def test_no_other_name_is_asked_for_nor_written_down(at: WebTarget | BucketTarget) -> None:
    names = ("other.test", "test", "evilnas.test", "nas.test.other.test", "x.s3.test")
    into, seen, asked = await look_up(at, *(Lookup(name) for name in names))
    assert [one.why for one in into if isinstance(one, NoAnswer)] == [NoAnswerReason.OUT_OF_SCOPE] * len(names)
    assert asked == []
    assert {one.said for one in seen.asked} == {"A {name}"}
