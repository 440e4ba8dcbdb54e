"""What the real driver and the real probes say of the practice organisation, and what saying so costs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.drive.driver import Driver, Limits, Observation
from monitor.drive.endpoint import Timeouts
from monitor.drive.hosts import leading
from monitor.drive.names import Names
from monitor.drive.pace import Pace
from monitor.inventory.buckets import bucket_targets
from monitor.inventory.expand import endpoints
from monitor.inventory.model import Inventory
from monitor.inventory.scope import Scope
from monitor.practice.controls import BuiltInControls
from monitor.practice.disk import EVERY
from monitor.practice.organisation import Practice
from probes.asks import Why
from probes.contract import Certainty, Clear, Exposed, Sight, Unknown
from probes.recognise.recorders import default_paths
from probes.registry import PROBES, STORE_PROBES
from tests.practice.ports import has_ipv6, practice_inventory

NONCE = "q8w2e7r5"
LIMITS = Limits(timeouts=Timeouts(connect=2, read=5, ask=10))


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Region:
    """The practice organisation while it is served, and somebody who looks at it."""

    def __init__(self, inventory: Inventory, practice: Practice, clock: Clock) -> None:
        self.inventory, self.practice, self.clock = inventory, practice, clock
        self.scope = Scope(inventory)
        pace = Pace()
        pace.set("here", 2000, 4)
        resolve = leading(inventory, self.scope, lambda: Names([]))
        self.driver = Driver(
            self.scope.allows, pace, clock, agent="leftopen/test", contact="test@region.example", resolve=resolve
        )

    async def look(self, name: str, *, by_name: bool | None = None) -> list[Observation]:
        """Every probe at every endpoint of an asset."""
        asset = self.inventory.asset(name)
        paths = tuple(one.path for one in default_paths())
        targets = endpoints(asset, {}, self.inventory, recorder_paths=paths, nonce=NONCE)
        if ":" in "".join(asset.addresses) and not has_ipv6():
            targets = tuple(target for target in targets if ":" not in target.address)
        return [
            await self.driver.look(probe, target, "here", LIMITS)
            for target in targets
            if by_name is None or (target.name is not None) == by_name
            for probe in PROBES
        ]

    async def bucket(self, name: str) -> Observation:
        """The bucket of an asset, by its only door."""
        asset = self.inventory.asset(name)
        assert asset.bucket is not None
        (target,) = bucket_targets(name, asset.bucket, (), NONCE)
        return await self.driver.look(STORE_PROBES[target.dialect], target, "here", LIMITS)

    async def sights(self, name: str) -> list[Sight]:
        """All that is said of the endpoints of an asset that speak as they are spoken to."""
        return [sight for seen in await self.look(name) if not seen.target.tls for sight in seen.sights]


@pytest.fixture
async def region() -> AsyncIterator[Region]:
    inventory, clock = practice_inventory(), Clock()
    async with Practice(inventory, clock) as practice:
        yield Region(inventory, practice, clock)


def exposed(sights: list[Sight]) -> list[Exposed]:
    return [sight for sight in sights if isinstance(sight, Exposed)]


async def test_a1_the_recorder_is_proven_open_in_clear_on_a_port_for_tls(region: Region) -> None:
    sights = exposed(await region.sights("call-recorder"))
    port = region.inventory.asset("call-recorder").ports[0]
    assert {(sight.place.path, sight.kind) for sight in sights} == {("/", "listing"), ("/medicall/", "listing")}
    for sight in sights:
        assert sight.certainty is Certainty.PROVEN
        assert f"http-on-{port}" in sight.facts
        assert sight.listing is not None
        assert sight.listing.family.startswith("apache")


async def test_a2_by_name_and_by_address_it_is_one_place(region: Region) -> None:
    by_name = {sight.place for seen in await region.look("call-recorder", by_name=True) for sight in seen.sights}
    by_address = {sight.place for seen in await region.look("call-recorder", by_name=False) for sight in seen.sights}
    assert by_name == by_address


async def test_a8_the_old_banner_is_a_hint_and_no_claim(region: Region) -> None:
    for sight in exposed(await region.sights("call-recorder")):
        assert "banner Apache/2.4.7: possible CVEs, not checked" in sight.facts


async def test_the_proof_goes_down_to_a_recording(region: Region) -> None:
    root = next(sight for sight in exposed(await region.sights("call-recorder")) if sight.place.path == "/")
    assert root.listing is not None
    assert [entry.name.strip("/") for entry in root.listing.directories] == ["bookings", "medicall", "switchboard"]
    assert root.witnesses[0].endswith((".wav", ".mp3"))
    assert any(entry.name.endswith(".wav") and ".." not in entry.name for page in root.inside for entry in page.files)


@pytest.mark.parametrize("name", ["call-recorder", "dictation", "journal-backup"])
async def test_nothing_of_a_file_is_taken_but_what_the_probe_asks_for(region: Region, name: str) -> None:
    for seen in await region.look(name):
        assert len(seen.asked) <= 45
        for ask in seen.asked:
            assert "0701" not in ask.said
            if "{file" in ask.said:
                assert ask.method == "HEAD"
                assert ask.wire == 0
            if ask.said.startswith("/backup/journal.sql.gz"):
                assert ask.wire <= 512


async def test_its_twin_is_clear_everywhere(region: Region) -> None:
    sights = await region.sights("call-recorder-twin")
    assert len(sights) >= 14
    assert all(isinstance(sight, Clear) for sight in sights)
    assert {sight.why for sight in sights} == {Why.FORBIDDEN, Why.NOT_FOUND}


async def test_a9_a_login_is_clear(region: Region) -> None:
    sights = await region.sights("archive")
    assert all(isinstance(sight, Clear) for sight in sights)
    assert {sight.why for sight in sights if sight.place.path in ("/", "/recordings/")} == {
        Why.LOGIN_WALL,
        Why.LOGIN_DEMANDED,
    }


async def test_the_bucket_is_proven_open_to_list_and_to_read(region: Region) -> None:
    seen = await region.bucket("call-bucket")
    (sight,) = seen.sights
    assert isinstance(sight, Exposed)
    assert sight.certainty is Certainty.PROVEN
    verdicts = {door.name: door.verdict for door in sight.doors}
    assert {name for name, verdict in verdicts.items() if verdict == "exposed"} == {"list", "read"}
    assert {verdicts[name] for name in ("versions", "uploads", "acl")} == {"clear"}
    assert sight.listing is not None
    assert any(entry.name.endswith(".wav") for entry in sight.listing.files)
    assert not any("0701" in ask.said for ask in seen.asked)
    assert len(seen.asked) <= 15


async def test_its_twin_bucket_is_refused_at_every_door(region: Region) -> None:
    seen = await region.bucket("call-bucket-twin")
    (sight,) = seen.sights
    assert isinstance(sight, Clear)
    assert sight.why is Why.DENIED
    assert not [door for door in sight.doors if door.verdict == "exposed"]
    assert len(seen.asked) <= 7


async def test_a_page_for_everything_decides_nothing(region: Region) -> None:
    (sight,) = await region.sights("brochure")
    assert isinstance(sight, Unknown)
    assert sight.why is Why.CATCH_ALL


async def test_a4_the_moving_leak_grows_between_two_looks(region: Region) -> None:
    (first,) = exposed(await region.sights("dictation"))
    region.clock.at += 2 * EVERY
    (second,) = exposed(await region.sights("dictation"))
    assert first.listing is not None
    assert second.listing is not None
    assert first.certainty is second.certainty is Certainty.PROVEN
    assert first.place == second.place
    assert set(first.listing.files) < set(second.listing.files)
    assert len(second.listing.files) == len(first.listing.files) + 2
    newest = max(entry.modified.high for entry in second.listing.files if entry.modified is not None)
    assert newest > region.clock.at - timedelta(minutes=2)


async def test_the_backup_is_open_and_its_folder_is_not(region: Region) -> None:
    sights = await region.sights("journal-backup")
    (found,) = exposed(sights)
    assert (found.place.path, found.kind, found.why) == ("/backup/journal.sql.gz", "file", Why.FILE_READABLE)
    assert found.certainty is Certainty.PROVEN
    assert found.size == 1689
    assert all(isinstance(sight, Clear) for sight in sights if sight is not found)


async def test_an_ordinary_site_is_clear_on_each_address(region: Region) -> None:
    sights = await region.sights("website")
    assert len(sights) == (2 if has_ipv6() else 1)
    assert all(isinstance(sight, Clear) and sight.why is Why.NO_LISTING for sight in sights)


async def test_a_port_that_speaks_clear_text_is_closed_in_tls(region: Region, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("call-recorder", "website"):
            for seen in await region.look(name):
                if seen.target.tls and seen.sights:
                    assert all(isinstance(sight, Clear) and sight.why is Why.NOT_SPOKEN for sight in seen.sights)
                    assert len(seen.asked) <= 2
    assert [record for record in caplog.records if record.name == "leftopen.practice"] == []


async def test_a_place_that_is_shut_is_clear_and_open_when_it_is_opened_again(region: Region) -> None:
    region.practice.shut("call-recorder")
    assert all(isinstance(sight, Clear) for sight in await region.sights("call-recorder"))
    region.practice.open_again("call-recorder")
    assert exposed(await region.sights("call-recorder"))


async def test_the_built_in_controls_are_judged_rightly(region: Region) -> None:
    async with BuiltInControls() as controls:
        pace = Pace()
        pace.set("controls", 2000, 4)
        driver = Driver(controls.allows, pace, region.clock, agent="leftopen/test", contact="test@region.example")
        opened, closed = controls.targets(NONCE)
        for probe in PROBES:
            if probe.name == "http-listing":
                (seen,) = (await driver.look(probe, opened, "controls", LIMITS)).sights
                assert isinstance(seen, Exposed)
                assert seen.certainty is Certainty.PROVEN
                assert seen.place.path == "/open/"
                (seen,) = (await driver.look(probe, closed, "controls", LIMITS)).sights
                assert isinstance(seen, Clear)
                assert seen.why is Why.FORBIDDEN
        assert not controls.allows(None, "127.0.0.1", controls.port + 1)
        assert not controls.allows("name.example", "127.0.0.1", controls.port)
    assert not controls.allows(None, "127.0.0.1", controls.port)


async def test_controls_that_are_gone_are_unknown(region: Region) -> None:
    async with BuiltInControls() as controls:
        targets = controls.targets(NONCE)
    pace = Pace()
    pace.set("controls", 2000, 4)
    driver = Driver(lambda *_: True, pace, region.clock, agent="leftopen/test", contact="test@region.example")
    for target in targets:
        (seen,) = (await driver.look(PROBES[0], target, "controls", LIMITS)).sights
        assert isinstance(seen, Unknown)
