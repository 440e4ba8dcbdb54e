"""What the real driver and the real probes say of the practice organisation, and what saying so costs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.findings.observation import Observation
from monitor.inventory.endpoints import endpoints
from monitor.inventory.model.assets import BucketAsset, HostAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.inventory.service_targets import services_at
from monitor.network.budget import Limits
from monitor.network.driver import Driver
from monitor.network.names.dns import Names
from monitor.network.pace import Pace
from monitor.network.stores.hosts import leading, of_stores
from monitor.network.transport import Timeouts
from monitor.practice.disk import EVERY
from monitor.practice.organisation import Practice
from monitor.rounds.controls import BuiltInControls
from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.media.recorder_paths import default_paths
from probes.registry import WEB_PROBES, bucket_probe, service_probe
from tests.monitor.practice.ports import practice_inventory
from tests.servers.listener import has_ipv6

NONCE = "xq8w2e7r5"
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
        resolve = of_stores(leading(inventory, self.scope, lambda: Names([])))
        self.driver = Driver(
            self.scope.allows, pace, clock, agent="leftopen/test", contact="test@region.example", resolve=resolve
        )

    async def look(self, name: str, *, by_name: bool | None = None) -> list[Observation]:
        """Every probe at every endpoint of an asset."""
        asset = self.inventory.asset(name)
        assert isinstance(asset, HostAsset)
        paths = tuple(one.path for one in default_paths())
        targets = endpoints(asset, {}, self.inventory, recorder_paths=paths, nonce=NONCE)
        if ":" in "".join(asset.addresses) and not has_ipv6():
            targets = tuple(target for target in targets if ":" not in target.address)
        return [
            await self.driver.look(probe, target, "here", LIMITS)
            for target in targets
            if by_name is None or (target.name is not None) == by_name
            for probe in WEB_PROBES
        ]

    async def bucket(self, name: str) -> Observation:
        """The bucket of an asset, by its only check."""
        asset = self.inventory.asset(name)
        assert isinstance(asset, BucketAsset)
        (target,) = bucket_targets(name, asset.bucket, (), NONCE)
        return await self.driver.look(bucket_probe(target.dialect), target, "here", LIMITS)

    async def verdicts(self, name: str) -> list[Verdict]:
        """All that is said of the endpoints of an asset that speak as they are spoken to."""
        return [verdict for seen in await self.look(name) if not seen.target.tls for verdict in seen.verdicts]


@pytest.fixture
async def region() -> AsyncIterator[Region]:
    inventory, clock = practice_inventory(), Clock()
    async with Practice(inventory, clock) as practice:
        yield Region(inventory, practice, clock)


def exposed(verdicts: list[Verdict]) -> list[Exposed]:
    return [verdict for verdict in verdicts if isinstance(verdict, Exposed)]


async def test_a1_the_recorder_is_proven_open_in_clear_on_a_port_for_tls(region: Region) -> None:
    verdicts = exposed(await region.verdicts("call-recorder"))
    port = region.inventory.asset("call-recorder").ports[0]
    assert {(verdict.place.path, verdict.kind) for verdict in verdicts} == {("/", "listing"), ("/medicall/", "listing")}
    for verdict in verdicts:
        assert verdict.certainty is Certainty.PROVEN
        assert Fact(FactKind.HTTP_ON, number=port) in verdict.facts
        assert verdict.listing is not None
        assert verdict.listing.family.startswith("apache")


async def test_a2_by_name_and_by_address_it_is_one_place(region: Region) -> None:
    by_name = {verdict.place for seen in await region.look("call-recorder", by_name=True) for verdict in seen.verdicts}
    by_address = {
        verdict.place for seen in await region.look("call-recorder", by_name=False) for verdict in seen.verdicts
    }
    assert by_name == by_address


async def test_a8_the_old_banner_is_a_hint_and_no_claim(region: Region) -> None:
    for verdict in exposed(await region.verdicts("call-recorder")):
        assert Fact(FactKind.BANNER, "Apache/2.4.7") in verdict.facts


async def test_the_proof_goes_down_to_a_recording(region: Region) -> None:
    root = next(verdict for verdict in exposed(await region.verdicts("call-recorder")) if verdict.place.path == "/")
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
                assert ask.method == "GET"
            if "{file" in ask.said or ask.said.startswith("/backup/journal.sql.gz"):
                assert ask.wire <= 1024


async def test_the_other_door_of_the_recorder_and_the_store_of_sessions_are_open(region: Region) -> None:
    for name, kind, why in (
        ("recorder-share", "ftp", OpenReason.LISTED_AND_READABLE),
        ("session-store", "redis", OpenReason.FULL_CONTROL),
    ):
        (at,) = services_at(region.inventory.asset(name), {}, {}, NONCE)  # type: ignore[arg-type]
        (target,) = at.single
        seen = await region.driver.look(service_probe(kind), target, "here", LIMITS)
        (verdict,) = exposed(list(seen.verdicts))
        assert (verdict.kind, verdict.why, verdict.certainty) == (kind, why, Certainty.PROVEN)
        assert not exposed(await region.verdicts(name))


async def test_its_twin_is_clear_everywhere(region: Region) -> None:
    verdicts = await region.verdicts("call-recorder-twin")
    assert len(verdicts) >= 14
    assert all(isinstance(verdict, Clear) for verdict in verdicts)
    assert {verdict.why for verdict in verdicts} == {ClosedReason.FORBIDDEN, ClosedReason.NOT_FOUND}


async def test_a9_a_login_is_clear(region: Region) -> None:
    verdicts = await region.verdicts("archive")
    assert all(isinstance(verdict, Clear) for verdict in verdicts)
    assert {verdict.why for verdict in verdicts if verdict.place.path in ("/", "/recordings/")} == {
        ClosedReason.LOGIN_WALL,
        ClosedReason.LOGIN_DEMANDED,
    }


async def test_the_bucket_is_proven_open_to_list_and_to_read(region: Region) -> None:
    seen = await region.bucket("call-bucket")
    (verdict,) = seen.verdicts
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.PROVEN
    verdicts = {check.name: check.verdict for check in verdict.checks}
    assert {name for name, verdict in verdicts.items() if verdict == "exposed"} == {"list", "read"}
    assert {verdicts[name] for name in ("versions", "uploads", "acl")} == {"clear"}
    assert verdict.listing is not None
    assert any(entry.name.endswith(".wav") for entry in verdict.listing.files)
    assert not any("0701" in ask.said for ask in seen.asked)
    assert len(seen.asked) <= 15


async def test_its_twin_bucket_is_refused_at_every_door(region: Region) -> None:
    seen = await region.bucket("call-bucket-twin")
    (verdict,) = seen.verdicts
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.DENIED
    assert not [check for check in verdict.checks if check.verdict == "exposed"]
    assert len(seen.asked) <= 7


async def test_a_page_for_everything_decides_nothing(region: Region) -> None:
    (verdict,) = await region.verdicts("brochure")
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.CATCH_ALL


async def test_a4_the_moving_leak_grows_between_two_looks(region: Region) -> None:
    (first,) = exposed(await region.verdicts("dictation"))
    region.clock.at += 2 * EVERY
    (second,) = exposed(await region.verdicts("dictation"))
    assert first.listing is not None
    assert second.listing is not None
    assert first.certainty is second.certainty is Certainty.PROVEN
    assert first.place == second.place
    assert set(first.listing.files) < set(second.listing.files)
    assert len(second.listing.files) == len(first.listing.files) + 2
    newest = max(entry.modified.high for entry in second.listing.files if entry.modified is not None)
    assert newest > region.clock.at - timedelta(minutes=2)


async def test_the_backup_is_open_and_its_folder_is_not(region: Region) -> None:
    verdicts = await region.verdicts("journal-backup")
    (found,) = exposed(verdicts)
    assert (found.place.path, found.kind, found.why) == ("/backup/journal.sql.gz", "file", OpenReason.FILE_READABLE)
    assert found.certainty is Certainty.PROVEN
    assert found.size == 1689
    assert all(isinstance(verdict, Clear) for verdict in verdicts if verdict is not found)


async def test_an_ordinary_site_is_clear_on_each_address(region: Region) -> None:
    verdicts = await region.verdicts("website")
    assert len(verdicts) == (2 if has_ipv6() else 1)
    assert all(isinstance(verdict, Clear) and verdict.why is ClosedReason.NO_LISTING for verdict in verdicts)


async def test_a_port_that_speaks_clear_text_is_closed_in_tls(region: Region, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("call-recorder", "website"):
            for seen in await region.look(name):
                if seen.target.tls and seen.verdicts:
                    assert all(
                        isinstance(verdict, Clear) and verdict.why is ClosedReason.NOT_SPOKEN
                        for verdict in seen.verdicts
                    )
                    assert len(seen.asked) <= 2
    assert [record for record in caplog.records if record.name == "leftopen.practice"] == []


async def test_a_place_that_is_shut_is_clear_and_open_when_it_is_opened_again(region: Region) -> None:
    region.practice.shut("call-recorder")
    assert all(isinstance(verdict, Clear) for verdict in await region.verdicts("call-recorder"))
    region.practice.open_again("call-recorder")
    assert exposed(await region.verdicts("call-recorder"))


async def test_the_built_in_controls_are_judged_rightly(region: Region) -> None:
    async with BuiltInControls() as controls:
        pace = Pace()
        pace.set("controls", 2000, 4)
        driver = Driver(controls.allows, pace, region.clock, agent="leftopen/test", contact="test@region.example")
        opened, closed = controls.targets(NONCE)
        for probe in WEB_PROBES:
            if probe.name == "http-listing":
                (seen,) = (await driver.look(probe, opened, "controls", LIMITS)).verdicts
                assert isinstance(seen, Exposed)
                assert seen.certainty is Certainty.PROVEN
                assert seen.place.path == "/open/"
                (seen,) = (await driver.look(probe, closed, "controls", LIMITS)).verdicts
                assert isinstance(seen, Clear)
                assert seen.why is ClosedReason.FORBIDDEN
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
        (seen,) = (await driver.look(WEB_PROBES[0], target, "controls", LIMITS)).verdicts
        assert isinstance(seen, Unknown)
