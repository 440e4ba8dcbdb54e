"""How a finding lives at each store, through whole rounds under a clock that is set by hand: only the store's own word
closes it, often and long enough, and it comes back under its own id."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Finding, State
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Unknown
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from tests.monitor.network.rounds import application
from tests.probes.buckets.canned.looks import KEY, Said, of_one
from tests.servers.canned_s3 import Amazon, alibaba, error, wasabi
from tests.servers.canned_store import Bucket, CannedStore, Provider, Says, at_home, decent, html
from tests.servers.canned_stores import Google, Microsoft, OpenStack, Oracle

LIFE = {"defaults": {"clear_looks": 3, "clear_minutes": 30}}
TOLD = {"channels": [{"id": "vendor-oncall", "url": "env:OURS", "party": "vendor"}]}


@dataclass
class Clock:
    """A clock that is set by hand."""

    at: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class House:
    """One bucket, the store that it lies on, and the program that watches it."""

    app: Application
    store: CannedStore
    bucket: Bucket
    clock: Clock

    async def look(self, minutes: float = 15) -> Round:
        """A round, so much later."""
        self.clock.at += timedelta(minutes=minutes)
        done = await self.app.round()
        assert done.blind is None
        return done

    async def finding(self) -> Finding:
        """The one that is on file."""
        (one,) = await self.app.ledger(lambda ledger: ledger.findings())
        return one

    async def steps(self) -> list[str]:
        """What has happened to it."""
        rows = await self.app.ledger(lambda ledger: ledger.rows("SELECT step FROM changes ORDER BY sequence"))
        return [row["step"] for row in rows]


Made = Callable[[Bucket], Provider]
AT: dict[str, tuple[Said, Made, str]] = {
    "aws": ({"provider": "aws", "name": "calls"}, lambda bucket: Amazon({"calls": bucket}), "eu-north-1"),
    "wasabi": ({"provider": "wasabi", "name": "calls"}, lambda bucket: wasabi(calls=bucket), "eu-central-2"),
    "oss": (
        {"provider": "oss", "name": "calls", "region": "eu-west-1"}, lambda bucket: alibaba(calls=bucket),
        "eu-central-1",
    ),
    "gcs": ({"provider": "gcs", "name": "calls"}, lambda bucket: Google({"calls": bucket}), ""),
    "oci": (
        {"provider": "oci", "name": "calls", "region": "eu-stockholm-1", "account": "axaxnpcrorw5"},
        lambda bucket: Oracle({"calls": bucket}), "",
    ),
    "azure": (
        {"provider": "azure", "name": "calls", "account": "recordings"},
        lambda bucket: Microsoft({"recordings": {"calls": bucket}}), "",
    ),
    "swift": (
        {"provider": "swift", "name": "calls", "account": "AUTH_1234", "endpoint": "https://swift.vendor.example"},
        lambda bucket: OpenStack("swift.vendor.example", "AUTH_1234", {"calls": bucket}), "",
    ),
}  # fmt: skip


@asynccontextmanager
async def house(where: str, folder: Path, **how: Any) -> AsyncIterator[House]:
    """A house whose bucket is at one of the stores, its hosts and ports being the store's own."""
    said, made, region = AT[where]
    bucket = Bucket(region=region, **how)
    clock = Clock()
    async with (
        at_home(made(bucket)) as store,
        application(of_one(said, store.address, **LIFE, **TOLD), folder / "leftopen.db", clock) as app,
    ):
        yield House(app, store, bucket, clock)
        decent(store.asked)
        assert all(asked.tls for asked in store.asked)
        assert all(app.inventory.organisation.contact in asked.headers["from"] for asked in store.asked)


NOISE = {
    "throttled": Says(503, error(503, "SlowDown").body),
    "ill": Says(500, "<html>Internal Server Error</html>"),
    "a front's refusal": html(403),
    "a front's page": html(200, "Welcome"),
    "sent elsewhere": Says(307, headers={"Location": "https://login.example/"}),
}


@pytest.mark.parametrize("where", AT)
async def test_a_life(where: str, tmp_path: Path) -> None:
    async with house(where, tmp_path) as home:
        (opened,) = (await home.look()).changed
        assert (opened.state, opened.kind, opened.extent.files) == (State.EXPOSED, "bucket", 3)
        assert "vendor-oncall" in await home.app.ledger(lambda ledger: ledger.parties_told(opened.id))

        # The list is taken away, and the objects stay open to whoever saw their names: nothing is closed.
        home.bucket.lists = False
        for _ in range(3):
            (line,) = (await home.look()).lines
            assert isinstance(line.verdict, Exposed), line.verdict
            assert {check.name: check.verdict for check in line.verdict.checks}["list"] == "clear"
        assert (await home.finding()).state is State.EXPOSED

        # Nobody who is not the store can close it, whatever he says and however often.
        for says in NOISE.values():
            home.store.fault = lambda asked, says=says: says
            (line,) = (await home.look(40)).lines
            assert isinstance(line.verdict, Unknown), says
        assert (await home.finding()).state is State.EXPOSED

        # The store's own word does, three times over half an hour; noise between them neither counts nor resets.
        home.store.fault, home.bucket.reads = None, False
        states = []
        for noisy in (False, True, False, False):
            home.store.fault = (lambda asked: html(403)) if noisy else None
            (line,) = (await home.look()).lines
            assert isinstance(line.verdict, Unknown if noisy else Clear), line.verdict
            states.append((await home.finding()).state)
        assert states == [State.CLEARING, State.CLEARING, State.CLEARING, State.CLEARED]

        home.bucket.lists = True
        (again,) = (await home.look(60 * 24)).changed
        assert (again.id, again.state, again.reopened) == (opened.id, State.EXPOSED, 1)
        assert (await home.steps())[:4] == ["opened", "clearing", "cleared", "reopened"]


async def test_a_bucket_that_moves_to_another_region_stays_open(tmp_path: Path) -> None:
    async with house("aws", tmp_path) as home:
        (opened,) = (await home.look()).changed
        assert Fact(FactKind.ASKED_AT, "s3.eu-north-1.amazonaws.com") in opened.facts

        home.bucket.region = "eu-west-1"
        (line,) = (await home.look()).lines
        assert isinstance(line.verdict, Exposed)

        # Its region gives no answer, or says that it is the other one's: nobody knows.
        right = "s3.eu-west-1.amazonaws.com"
        for says in (error(500, "InternalError"), html(403), error(301, "PermanentRedirect")):
            home.store.fault = lambda asked, says=says: says if asked.host == right else None
            (line,) = (await home.look(60)).lines
            assert isinstance(line.verdict, Unknown)
        found = await home.finding()
        assert (found.state, found.id) == (State.EXPOSED, opened.id)
        assert home.store.hosts == ["s3.amazonaws.com", "s3.eu-north-1.amazonaws.com", right]


async def test_alibaba_s_wrong_region_does_not_close(tmp_path: Path) -> None:
    async with house("oss", tmp_path) as home:
        (opened,) = (await home.look()).changed
        # It looks private, word for word, and is only asked at the wrong check: the right one is somebody else's here.
        far = error(403, "AccessDenied", "must be addressed using the specified endpoint", Endpoint="oss.evil.example")
        home.store.fault = lambda asked: far
        for _ in range(4):
            (line,) = (await home.look()).lines
            assert isinstance(line.verdict, Unknown)
            assert line.verdict.why is UndecidedReason.WRONG_REGION
        assert (await home.finding()).state is opened.state is State.EXPOSED


@pytest.mark.parametrize("off", ["AccountIsDisabled", "AuthorizationFailure", "ServerBusy"])
async def test_an_account_that_is_out_of_service_closes_nothing(off: str, tmp_path: Path) -> None:
    async with house("azure", tmp_path) as home:
        await home.look()
        (service,) = home.store.providers
        service.off = off  # type: ignore[attr-defined]
        for _ in range(4):
            (line,) = (await home.look()).lines
            assert isinstance(line.verdict, Unknown)
        assert (await home.finding()).state is State.EXPOSED
        service.off = "PublicAccessNotPermitted"  # type: ignore[attr-defined]
        for _ in range(3):
            (line,) = (await home.look()).lines
            assert isinstance(line.verdict, Clear)
        assert (await home.finding()).state is State.CLEARED


async def test_a_bucket_that_is_deleted_closes_by_the_store_s_word(tmp_path: Path) -> None:
    async with house("aws", tmp_path) as home:
        await home.look()
        (amazon,) = home.store.providers
        del amazon.buckets["calls"]  # type: ignore[attr-defined]
        for _ in range(3):
            (line,) = (await home.look()).lines
            assert isinstance(line.verdict, Clear)
            assert line.verdict.why is ClosedReason.NO_BUCKET
        assert (await home.finding()).state is State.CLEARED


async def test_what_any_account_is_given_lives_by_the_signed_answer_alone(tmp_path: Path) -> None:
    bucket = Bucket(region="eu-north-1", state="requester pays", lists=False, reads=False)
    clock = Clock(datetime.now(UTC))
    said = {"provider": "aws", "name": "calls", "probing_key": "env:PROBING"}
    async with at_home(Amazon({"calls": bucket})) as store:
        ledger = LedgerThread(tmp_path / "leftopen.db")
        try:
            async with Application(of_one(said, store.address, **LIFE), ledger, clock, KEY) as app:
                (opened,) = (await app.round()).changed
                assert (opened.state, opened.why) == (State.EXPOSED, OpenReason.ANY_ACCOUNT)
                # Strangers without an account were always refused: that alone closes nothing.
                store.fault = lambda asked: html(403) if asked.signed else None
                for _ in range(4):
                    clock.at += timedelta(minutes=15)
                    (line,) = (await app.round()).lines
                    assert isinstance(line.verdict, Unknown)
                store.fault, bucket.state = None, ""
                for _ in range(3):
                    clock.at += timedelta(minutes=15)
                    (line,) = (await app.round()).lines
                    assert isinstance(line.verdict, Clear)
                (found,) = await app.ledger(lambda ledger: ledger.findings())
                assert (found.id, found.state) == (opened.id, State.CLEARED)
        finally:
            ledger.close()
    decent(asked for asked in store.asked if not asked.signed)
    assert all(asked.headers["authorization"].split("/")[2] == "eu-north-1" for asked in store.asked if asked.signed)


WAYS: list[tuple[Said, Said]] = [
    ({"provider": "aws", "name": "calls"}, {"provider": "aws", "name": "calls", "region": "eu-north-1"}),
    ({"provider": "aws", "name": "calls", "region": "eu-west-1"}, {"url": "https://calls.s3.amazonaws.com/"}),
    ({"url": "s3://calls"}, {"url": "http://s3.eu-north-1.amazonaws.com/calls/"}),
]


@pytest.mark.parametrize(("before", "after"), WAYS)
async def test_a_bucket_that_is_declared_in_another_way_closes_all_the_same(
    before: Said, after: Said, tmp_path: Path
) -> None:
    bucket, clock = Bucket(region="eu-north-1"), Clock()
    async with at_home(Amazon({"calls": bucket})) as store:

        def declared(said: Said) -> Inventory:
            return of_one(said, store.address, **LIFE)

        async with application(declared(before), tmp_path / "leftopen.db", clock) as app:
            (opened,) = (await app.round()).changed
            app.inventory = declared(after)
            bucket.lists = bucket.reads = False
            for _ in range(3):
                clock.at += timedelta(minutes=15)
                await app.round()
            (found,) = await app.ledger(lambda ledger: ledger.findings())
    assert (found.id, found.state) == (opened.id, State.CLEARED)
