"""Each workload in a tiny size: its numbers are right. How fast it is, no test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from bench import ledger, looks, recognise, rounds
from bench.__main__ import main
from bench.figures import Figure, table
from bench.pages import DESIGNS, FAMILIES
from bench.places import Nature, Spot, spots
from monitor.inventory.load import loads


def test_a_round_and_its_peer_see_the_same_network(tmp_path: Path) -> None:
    outcome = rounds.run(rounds.SMALL, tmp_path)
    assert outcome.wrong == ()
    assert outcome.endpoints == 2 * rounds.SMALL.places
    assert outcome.lines == 13 * outcome.endpoints
    assert outcome.ours.code == 1  # something is open
    assert outcome.asks > outcome.endpoints
    assert outcome.ours.cpu > 0
    assert outcome.ours.peak > 10e6
    assert outcome.ledger > 0


def test_time_outs_grow_with_what_waits_for_a_core() -> None:
    usual = rounds.Setting()
    assert rounds.patient(usual, 1.5, 2) == usual
    assert rounds.patient(usual, 6.0, 2).read == 3 * usual.read
    busiest = rounds.patient(usual, 90.0, 2)
    assert busiest.connect == 4 * usual.connect
    declared = loads(rounds.inventory(busiest, 4000), "bench.yaml")
    assert declared.settings(declared.assets[0]).timeouts.ask == 4 * usual.ask


def test_the_places_speak_tls_alone_where_that_is_measured() -> None:
    spoken = ssl.create_default_context()
    spoken.check_hostname, spoken.verify_mode = False, ssl.CERT_NONE
    with rounds.network(replace(rounds.SMALL, places=3, tls=True)) as port:
        for asked, context in ((b"GET / HTTP/1.1\r\n\r\n", spoken), (b"GET / HTTP/1.1\r\n\r\n", None)):
            with socket.create_connection(("127.40.0.2", port), timeout=30) as plain:
                one = plain if context is None else context.wrap_socket(plain)
                one.sendall(asked)
                assert one.recv(100).startswith(b"HTTP/1.1 200") == (context is not None)


def test_a_tenth_of_the_places_are_black_holes_of_both_kinds() -> None:
    natures = [spot.nature for spot in spots(1000)]
    assert sum(nature.hole for nature in natures) == 100
    assert natures.count(Nature.DEAF) == natures.count(Nature.MUTE) == 50
    assert natures.count(Nature.OPEN) == 100
    assert len({spot.address for spot in spots(1000)}) == 1000


def test_of_a_network_that_is_mostly_closed_one_place_of_twenty_is_open() -> None:
    natures = [spot.nature for spot in spots(1000, mostly_closed=True, holes=0)]
    assert natures.count(Nature.OPEN) == 50
    assert not any(nature.hole for nature in natures)
    assert {*natures} == {Nature.OPEN, Nature.SITE, Nature.FORBIDDEN, Nature.LOGIN}
    assert sum(one.nature.hole for one in spots(1000, mostly_closed=True, holes=50)) == 20


@pytest.mark.parametrize(
    ("nature", "seen", "right"),
    [
        (Nature.OPEN, [("exposed", "proven"), ("clear", None)], True),
        (Nature.OPEN, [("exposed", "likely"), ("clear", None)], False),
        (Nature.OPEN, [("clear", None)], False),
        (Nature.OPEN, [("exposed", "proven"), ("unknown", None)], False),
        (Nature.SITE, [("clear", None)], True),
        (Nature.SITE, [("clear", None), ("unknown", None)], False),
        (Nature.SITE, [("exposed", "proven")], False),
        (Nature.DEAF, [("unknown", None)], True),
        (Nature.MUTE, [("unknown", None), ("clear", None)], False),
        (Nature.LOGIN, [], False),
    ],
)
def test_what_was_misjudged_is_found(nature: Nature, seen: list[tuple[str, str | None]], right: bool) -> None:
    lines = [
        {"address": "127.40.0.1", "verdict": verdict, "certainty": certainty or "", "place": "127.40.0.1/"}
        for verdict, certainty in seen
    ]
    wrong = rounds.misjudged((Spot("127.40.0.1", nature),), lines)
    assert (wrong == ()) is right


def test_rounds_are_looked_at_in_one_process_and_the_floor_asks_as_much(tmp_path: Path) -> None:
    few = replace(rounds.SMALL, places=2)
    with rounds.network(few) as port:
        ours = asyncio.run(looks.looked(few, port, tmp_path, rounds=2))
        floor = asyncio.run(looks.floor(few, port, [cost.asks for cost in ours]))
    assert len(ours) == 2
    assert ours[0].asks > 2 * ours[1].asks > 4
    assert [cost.asks for cost in floor] == [cost.asks for cost in ours]
    assert all(0 < bare.cpu < whole.cpu for bare, whole in zip(floor, ours, strict=True))


@pytest.mark.parametrize("family", FAMILIES | DESIGNS)
def test_every_reader_finds_every_row(family: str) -> None:
    reading = recognise.read(family, 60)
    assert reading.rows == 60
    assert min(reading.ours, reading.stdlib, reading.lexbor) > 0


def test_every_observation_is_recorded() -> None:
    outcome = ledger.run(assets=7, rounds=3)
    assert outcome.recorded == outcome.observations == 21
    assert outcome.first > 0


def test_the_table_says_ours_the_peers_and_the_ratio() -> None:
    lines = table(
        [Figure("w", "speed", "MB/s", 30.0, 20.0, "a peer", "3-5"), Figure("w", "places", "", 1000)]
    ).splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "w",
        "speed",
        "30.0 MB/s",
        "20.0 MB/s",
        "1.50",
        "3-5",
        "a peer",
    ]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == ["w", "places", "1,000", "", "", "", ""]
    assert len({len(line) for line in lines}) == 1


def test_one_workload_alone_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--small", "--runs", "1"]) == 0
    said = capsys.readouterr().out
    assert "| ledger" in said
    assert "rounds" not in said
