"""Default paths in turns: each is asked within one cycle, a changed endpoint is asked for all of them at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from monitor.findings.finding import State
from monitor.rounds.due.plan import witnesses_of, witnesses_tried
from monitor.service.application import Application, Round
from monitor.store import queries
from probes.api import Known, WebTarget
from probes.recognise.media.recorder_paths import default_paths
from probes.turns import IN_A_TURN, LONGEST, EndpointPast, in_turn
from tests.monitor.findings.builders import NOON
from tests.monitor.network.rounds import application, inventory
from tests.monitor.store.builders import found

DEFAULTS = tuple(path.path for path in default_paths())
NAMED = ("/", "/calls/")
TARGET = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 80, tls=False, paths=(*NAMED, *DEFAULTS), declared=NAMED)


def past(**at: float) -> EndpointPast:
    """All default paths clear an hour before noon, but for those given: minutes before noon."""
    times = {path: NOON - timedelta(minutes=at.get(path.strip("/"), 60)) for path in TARGET.paths}
    return EndpointPast("front", {str(TARGET.place(path)): ("clear", when) for path, when in times.items()})


def test_every_path_is_asked_within_one_cycle_and_declared_ones_always() -> None:
    now, seen = NOON, past()
    cycle = -(-len(DEFAULTS) // IN_A_TURN)
    asked: list[set[str]] = []
    for _ in range(3 * cycle):
        now += timedelta(minutes=5)
        target = in_turn(TARGET, DEFAULTS, seen, now)
        assert {"/", "/calls/"} <= set(target.paths)
        assert set(target.paths) | set(target.resting) == set(TARGET.paths)
        assert len(target.in_turn) <= IN_A_TURN
        asked.append(set(target.in_turn))
        places = {str(target.place(path)): ("clear", now) for path in target.paths}
        seen = replace(seen, places={**seen.places, **places})
    for first in range(len(asked) - cycle + 1):
        assert set().union(*asked[first : first + cycle]) == set(DEFAULTS)
    assert in_turn(TARGET, DEFAULTS, seen, now) == in_turn(TARGET, tuple(reversed(DEFAULTS)), seen, now)


def test_what_is_not_clear_or_has_a_finding_never_rests() -> None:
    seen = past()
    places = {**seen.places, str(TARGET.place("/fax/")): ("unknown", NOON)}
    known = replace(TARGET, known=(Known("/archive/"),))
    for minutes in range(0, 80, 5):
        target = in_turn(known, DEFAULTS, replace(seen, places=places), NOON + timedelta(minutes=minutes))
        assert {"/fax/", "/archive/"} <= set(target.paths)
        assert not {"/fax/", "/archive/"} & set(target.in_turn)


def test_nothing_rests_longer_than_the_longest_time() -> None:
    late = int(LONGEST / timedelta(minutes=1))
    target = in_turn(TARGET, DEFAULTS, past(fax=late, dictate=late), NOON)
    assert {"/fax/", "/dictate/"} <= set(target.in_turn)
    assert in_turn(TARGET, DEFAULTS, past(), NOON + LONGEST).resting == ()


@pytest.mark.parametrize("seen", [None, EndpointPast(), EndpointPast("front")])
def test_what_is_not_on_file_is_asked_for_whole(seen: EndpointPast | None) -> None:
    assert in_turn(TARGET, DEFAULTS, seen, NOON) == replace(TARGET, front=seen.front if seen is not None else "")


class Site:
    """A host whose answers can be changed, and what it was asked for since the last round."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.front = "<html><title>Welcome</title><p>ordinary, at 12:00"
        self.banner = "nginx/1.24.0"
        self.asked: list[str] = []

    def served(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        headers = {"Server": self.banner}
        folder = request.path.rpartition("/")[0] + "/"
        if request.method == "GET" and folder in self.open:
            if request.path == folder:
                return web.Response(text=LISTING.replace("PATH", folder), content_type="text/html", headers=headers)
            if request.path.endswith("in-1.wav"):
                return web.Response(
                    body=b"RIFF\x24\0\0\0WAVEfmt " + bytes(600), content_type="audio/wav", headers=headers
                )
        if request.method == "GET" and request.path == "/":
            return web.Response(text=self.front, content_type="text/html", headers=headers)
        return web.Response(status=404, text="<title>404 Not Found</title>", content_type="text/html", headers=headers)


LISTING = """<html><head><title>Index of PATH</title></head><body><h1>Index of PATH</h1><hr><pre><a href="../">../</a>
<a href="in-1.wav">in-1.wav</a>          01-Mar-2026 08:00             644
<a href="in-2.wav">in-2.wav</a>          01-Mar-2026 08:05             644
</pre><hr></body></html>"""


async def rounds_of(
    site: Site, folder: Path, count: int, change: Callable[[int, Site], None]
) -> list[tuple[Round, list[str]]]:
    """So many rounds five minutes apart; `change` is called before each."""
    now = NOON
    async with TestServer(site.served()) as served:
        nas = {"id": "nas", "host": "127.0.0.1", "ports": [served.port], "data": "recordings", "interval": "5m"}
        async with application(
            inventory(nas, defaults={"recorder_paths": True}), folder / "leftopen.db", lambda: now
        ) as app:
            done = []
            for number in range(count):
                change(number, site)
                site.asked.clear()
                done.append((await app.round(), list(site.asked)))
                now += timedelta(minutes=5)
            await _asked_is_on_file(app)
    return done


async def _asked_is_on_file(app: Application) -> None:
    on_file = await app.ledger(lambda led: queries.asked(led, "nas"))
    assert {path for *_, requests in on_file for _, path, _, _ in requests} >= {"/", *DEFAULTS}


def folders(asked: list[str]) -> set[str]:
    return {line.removeprefix("GET ") for line in asked} & set(DEFAULTS)


async def test_a_closed_endpoint_costs_six_requests_and_a_cycle_asks_for_everything(tmp_path: Path) -> None:
    done = await rounds_of(Site(), tmp_path, 9, lambda number, site: None)
    assert folders(done[0][1]) == set(DEFAULTS)
    steady = done[1:]
    # The twin in TLS asks nothing in clear: what the endpoint in clear was answered stands for both.
    assert {len(asked) for _, asked in steady} == {6}
    for first in range(len(steady) - 3):
        assert set().union(*(folders(asked) for _, asked in steady[first : first + 4])) == set(DEFAULTS)
    assert all(line.verdict.why.value != "bug" for round_, _ in done for line in round_.lines)


@pytest.mark.parametrize("what", ["banner", "front"])
async def test_an_endpoint_that_changed_is_asked_for_everything_at_once(tmp_path: Path, what: str) -> None:
    def change(number: int, site: Site) -> None:
        site.front = site.front.replace("12:00", f"12:0{number}")  # what changes in every page is no change
        if number == 3 and what == "banner":
            site.banner = "nginx/1.26.0"
        if number == 3 and what == "front":
            site.front = "<html><title>New</title><form></form>"

    done = await rounds_of(Site(), tmp_path, 6, change)
    whole = [len(folders(asked)) == len(DEFAULTS) for _, asked in done]
    assert whole == [True, False, False, True, False, False]


@pytest.mark.parametrize("path", ["/recordings/", "/archive/", "/dictate/"])
async def test_what_opens_under_a_default_path_is_found_within_one_cycle(tmp_path: Path, path: str) -> None:
    def change(number: int, site: Site) -> None:
        if number == 2:
            site.open.add(path)

    done = await rounds_of(Site(), tmp_path, 8, change)
    found = [number for number, (round_, _) in enumerate(done) if any(one.place.path == path for one in round_.changed)]
    assert found
    assert 2 <= found[0] < 2 + 4
    # What is open does not rest any more.
    assert all(f"GET {path}" in asked for _, asked in done[found[0] :])


async def test_a_known_exposure_costs_five_requests_and_what_rests_below_it_is_asked_in_time(tmp_path: Path) -> None:
    def change(number: int, site: Site) -> None:
        if number == 0:
            site.open.add("/")

    done = await rounds_of(Site(), tmp_path, 20, change)
    assert {len(asked) for _, asked in done[1:18]} == {5}
    assert folders(done[18][1]) == set(DEFAULTS), "after an hour and a half"
    assert all(one.verdict.why.value != "unstable" for round_, _ in done for one in round_.lines)


def canaries(asked: list[str]) -> list[str]:
    return [line for line in asked if re.fullmatch(r"GET /x[0-9a-f]{16}b?/", line)]


async def test_a_listing_that_comes_back_is_proven_in_full(tmp_path: Path) -> None:
    def change(number: int, site: Site) -> None:
        site.open = {"/"} if number in (0, 1, 14, 15) else set()

    done = await rounds_of(Site(), tmp_path, 16, change)
    states = [[one.state.value for one in round_.changed] for round_, _ in done]
    assert ["cleared"] in states
    assert states[14] == ["exposed"]
    assert [len(canaries(asked)) for _, asked in done[14:]] == [2, 1], "proven in full, then known"


def test_the_files_of_a_closed_finding_are_tried_more_and_more_seldom_and_once_a_day() -> None:
    closed = replace(found()[0], state=State.CLEARED, cleared=NOON)
    step = timedelta(minutes=5)
    tried = [n for n in range(1, 2000) if witnesses_tried(closed, NOON + (n - 1) * step, NOON + n * step)]
    assert tried[:8] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert max(after - before for before, after in pairwise(tried)) <= 288
    assert witnesses_tried(replace(closed, state=State.CLEARING), NOON, NOON + step)
    assert witnesses_tried(closed, None, NOON + 100 * step)


@pytest.mark.parametrize(("kept", "at_most", "looks"), [(5, 5, 2), (24, 24, 2), (25, 13, 3), (48, 24, 3)])
def test_every_witness_is_tried_twice_before_a_place_is_asked_more_slowly(kept: int, at_most: int, looks: int) -> None:
    paths = tuple(f"GET /calls/{number}/" for number in range(kept))
    clearing = replace(found()[0], state=State.CLEARING)

    def look(clears: int) -> tuple[str, ...]:
        seen = tuple(replace(one, clears=clears) for one in clearing.seen)
        return witnesses_of(replace(clearing, seen=seen), paths, NOON)

    tried = Counter(one for clears in range(looks) for one in look(clears))
    assert set(tried.values()) == {2}
    assert set(tried) == set(paths)
    assert look(0) == paths, "one clear look may be declared to be enough"
    assert max(len(look(clears)) for clears in range(1, looks)) == at_most
    later = [look(clears) for clears in range(looks, looks + 3)]
    assert max(map(len, later)) == -(-kept // 3)
    assert {one for some in later for one in some} == set(paths)


def test_the_witnesses_of_a_closed_finding_take_turns_as_well() -> None:
    paths = tuple(f"GET /calls/{number}/" for number in range(40))
    closed = replace(found()[0], state=State.CLEARED, cleared=NOON)
    tried = [witnesses_of(closed, paths, NOON + timedelta(days=day, minutes=1)) for day in range(1, 9)]
    assert {one for some in tried for one in some} == set(paths)
    assert max(map(len, tried)) == 20


async def test_a_port_that_answered_and_refuses_now_is_not_called_shut(tmp_path: Path) -> None:
    """A ban (fail2ban) refuses us alone, at the web ports of a host whose other ports answer."""
    site, now = Site(), NOON
    site.open.add("/declared/")
    async with TestServer(site.served()) as stays, TestServer(site.served()) as bans:
        ports = [stays.port, bans.port]
        files = ["/declared/in-1.wav"]
        nas = {"id": "nas", "host": "127.0.0.1", "ports": ports, "data": "recordings", "interval": "5m", "files": files}
        async with application(inventory(nas), tmp_path / "leftopen.db", lambda: now) as app:
            said = []
            for number in range(4):
                if number == 1:
                    await bans.close()
                round_ = await app.round()
                said.append({str(one.verdict.why) for one in round_.lines if one.verdict.place.port == ports[1]})
                now += timedelta(minutes=5)
    assert "file-readable" in said[0]
    assert all("connection-refused" in whys for whys in said[1:])
