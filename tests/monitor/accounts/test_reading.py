"""The account side at work: read, joined with what strangers saw, judged, recorded and told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.accounts.compare import KIND, Fit
from monitor.accounts.reading import AccountRead, AccountSide
from monitor.accounts.signed_http import Waits
from monitor.alerts.delivery.writing import preview
from monitor.cli.main import main
from monitor.findings.finding import State
from monitor.findings.observation import Observation
from monitor.health.examine import examine
from monitor.inventory.load import loads
from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.recorder import Recorder
from monitor.store import queries
from monitor.store.tables import accounts as store
from monitor.store.tables import rounds as store_rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Check, Clear, Exposed
from probes.buckets.bucket_verdict import KIND as BUCKET
from probes.reasons import ClosedReason, OpenReason
from tests.servers import amazon as fakes
from tests.servers.amazon import Amazon, failed

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
ENVIRON = {"AUDIT_ID": "OURKEY", "AUDIT_SECRET": "oursecret"}
TEXT = """\
leftopen: 1
organisation: {{id: region, name: Region, contact: security@region.example}}
parties: [{{id: region, name: Region, role: controller}}]
contracts: []
channels: [{{id: duty, party: region, url: env:DUTY, operator: true}}]
defaults: {{confirm_recipients: false}}
accounts:
  - id: ours
    provider: aws
    owner: region
    region: eu-north-1
    endpoint: {url}
    interval: 1h
    credentials: {{access_key: env:AUDIT_ID, secret_key: env:AUDIT_SECRET}}
assets:
  - id: calls
    bucket: {{url: "{url}/calls/", speaks: s3}}
    addresses: [127.0.0.1]
    owner: region
    data: recordings
"""


@pytest.fixture
def cloud() -> Iterator[Amazon]:
    with fakes.amazon() as one:
        yield one


class House:
    """An inventory, its ledger, and a clock that a test moves."""

    def __init__(self, cloud: Amazon, folder: Path) -> None:
        self.now = NOON
        self.path = folder / "leftopen.db"
        self.inventory: Inventory = loads(TEXT.format(url=cloud.url))
        self.ledger = LedgerThread(self.path)
        self.environ = dict(ENVIRON)

    @property
    def side(self) -> AccountSide:
        return AccountSide(self.inventory, self.ledger, lambda: self.now, self.environ, Waits(1, 1, 2, 10))

    async def read(self, minutes: float = 0) -> AccountRead:
        self.now += timedelta(minutes=minutes)
        return await self.side.read("ours")

    async def seen(self, kind: type[Exposed] | type[Clear], why: Any) -> None:
        """A stranger's look at the bucket, now."""
        asset = self.inventory.asset("calls")
        assert isinstance(asset, BucketAsset)
        (target,) = bucket_targets("calls", asset.bucket, (), "x")
        checks = (Check("list", "clear" if kind is Clear else "exposed", why),)
        verdict = kind(asset.bucket.place, BUCKET, why, checks=checks)
        recorder = Recorder("r1", RoundKind.ROUND, self.inventory, self.ledger, lambda: self.now, None)
        stamp = f"r{self.now:%H%M}"
        recorder.id = stamp
        await self.ledger(
            lambda ledger: store_rounds.begin(ledger, stamp, RoundKind.ROUND, self.now, "internet-1", "x")
        )
        await recorder.take((Observation("calls", "s3", target, self.now, self.now, (), (verdict,)),))

    async def states(self) -> dict[str, State]:
        found = await self.ledger(lambda ledger: ledger.findings())
        return {finding.kind: finding.state for finding in found}

    async def told(self) -> list[tuple[str, str]]:
        dues = await self.ledger(lambda ledger: ledger.due(self.now + timedelta(days=99), 1000))
        return [
            (due.owed.step, preview(self.inventory, due.owed).title) for due in sorted(dues, key=lambda one: one.id)
        ]


@pytest.fixture
async def house(cloud: Amazon, tmp_path: Path) -> AsyncIterator[House]:
    one = House(cloud, tmp_path)
    yield one
    one.ledger.close()


async def test_open_settings_that_no_stranger_sees_are_a_finding_that_is_told_and_closes_by_looks(
    house: House, cloud: Amazon
) -> None:
    cloud.says["GetBucketPolicyStatus"] = fakes.status(True)
    await house.seen(Clear, ClosedReason.DENIED)
    done = await house.read(1)
    (joined,) = done.joined
    assert joined.fit is Fit.OPEN_NOT_SEEN
    assert joined.declared is not None
    assert [check.name for check in joined.declared.outside.checks] == ["list"]
    assert await house.states() == {KIND: State.EXPOSED}
    ((step, title),) = await house.told()
    assert (step, "a bucket, by its own settings, open to anyone on calls" in title) == ("opened", True)
    (finding,) = done.changed
    evidence = await house.ledger(lambda ledger: queries.evidence(ledger, finding.id))
    asked = {(one["path"], one["outcome"]) for one in evidence[0]["asked"]}
    assert {("policy_public", "read"), ("block", "not set")} <= asked
    assert "oursecret" not in json.dumps(evidence)

    cloud.says["GetBucketPolicyStatus"] = fakes.status(False)
    for minutes in (10, 20, 20):
        house.now += timedelta(minutes=minutes)
        await house.seen(Clear, ClosedReason.DENIED)
        await house.read()
    assert await house.states() == {KIND: State.CLEARED}
    assert [step for step, _ in await house.told()] == ["opened", "cleared"]


async def test_an_open_bucket_whose_settings_say_closed(house: House, cloud: Amazon) -> None:
    await house.seen(Exposed, OpenReason.LISTED)
    await house.read(1)
    assert await house.states() == {BUCKET: State.EXPOSED, KIND: State.SUSPECTED}
    await house.read(2)
    assert (await house.states())[KIND] is State.SUSPECTED  # nobody has looked again
    await house.seen(Exposed, OpenReason.LISTED)
    await house.read(1)
    assert (await house.states())[KIND] is State.EXPOSED
    titles = [title for _, title in await house.told()]
    assert any("against its own settings" in title for title in titles)


async def test_open_on_both_sides_is_one_finding(house: House, cloud: Amazon) -> None:
    cloud.says["GetBucketAcl"] = fakes.grants(fakes.ALL_USERS)
    await house.seen(Exposed, OpenReason.LISTED)
    done = await house.read(1)
    assert done.joined[0].fit is Fit.AGREE_OPEN
    assert await house.states() == {BUCKET: State.EXPOSED}


async def test_a_bucket_that_is_open_by_intent_is_no_finding(house: House, cloud: Amazon) -> None:
    text = TEXT.format(url=cloud.url) + "    public: [{path: /, reason: open data, until: 2027-01-01}]\n"
    house.inventory = loads(text)
    cloud.says["GetBucketPolicyStatus"] = fakes.status(True)
    await house.seen(Clear, ClosedReason.DENIED)
    await house.read(1)
    assert await house.states() == {}


async def test_an_unreadable_account_moves_nothing_and_is_a_fault(house: House, cloud: Amazon) -> None:
    cloud.says["GetBucketPolicyStatus"] = fakes.status(True)
    cloud.says["ListBuckets"] = fakes.buckets("calls", "loose")
    cloud.says["GetBucketPolicyStatus/loose"] = fakes.status(True)
    await house.seen(Clear, ClosedReason.DENIED)
    await house.read(1)
    cloud.says["ListBuckets"] = failed("AccessDenied")
    for minutes in (10, 20, 20, 20):
        done = await house.read(minutes)
        assert (done.complete, done.joined) == (False, ())
    assert await house.states() == {KIND: State.EXPOSED}
    state = await house.ledger(lambda ledger: store.states(ledger)["ours"])
    assert (state.readable, state.buckets, state.undeclared_open) == (False, 2, 1)
    said = await house.ledger(lambda ledger: examine(ledger, house.inventory, house.now).faults)
    assert [fault for fault in said if "account ours could not be read: s3:ListAllMyBuckets" in fault]
    assert [fault for fault in said if "1 bucket configured open, and nobody looks there" in fault]
    house.environ.clear()
    done = await house.read(1)
    assert done.faults == ("env:AUDIT_ID: the environment has no variable AUDIT_ID",)


async def test_without_authority_nothing_is_asked(house: House, cloud: Amazon) -> None:
    contract = (
        "contracts: [{id: c, controller: region, processor: vendor, authorised_by: x, authorised_until: 2020-01-01}]"
    )
    text = TEXT.format(url=cloud.url).replace("contracts: []", contract).replace("interval: 1h", "contract: c")
    text = text.replace("role: controller}]", "role: controller}, {id: vendor, name: V, role: processor}]")
    house.inventory = loads(text)
    done = await house.read()
    assert "authority to look ended" in done.faults[0]
    assert cloud.asked == []


async def test_whose_turn_it_is(house: House, cloud: Amazon) -> None:
    assert (await house.side.due())[0] == ("ours",)
    await house.read()
    ready, following = await house.side.due()
    assert ready == ()
    assert NOON < following <= NOON + timedelta(hours=1)
    house.now += timedelta(hours=1)
    assert (await house.side.due())[0] == ("ours",)
    # While a finding is unsure, it is read every minute.
    cloud.says["GetBucketPolicyStatus"] = fakes.status(True)
    await house.read()
    assert await house.states() == {KIND: State.SUSPECTED}
    _, following = await house.side.due()
    assert following <= house.now + timedelta(minutes=1)


async def test_a_reading_that_is_cancelled_sends_nothing_more(house: House, cloud: Amazon) -> None:
    cloud.says["ListBuckets"] = fakes.buckets(*(f"bucket-{n}" for n in range(400)))
    reading = asyncio.create_task(house.read())
    await asyncio.to_thread(cloud.wait_for, 20)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    # What was on its way still arrives; then nothing, long before all of them are asked.
    before = -1
    while before < (before := len(cloud.asked)):  # noqa: ASYNC110  nothing tells that nothing comes
        await asyncio.sleep(1)
    assert before < 400
    assert await house.states() == {}


def test_the_command(cloud: Amazon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(TEXT.format(url=cloud.url), "utf-8")
    cloud.says["ListBuckets"] = fakes.buckets("loose", "shut")
    common = ["account", str(inventory), "--database", str(tmp_path / "l.db"), "--no-alerts"]

    def ran(*more: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [*common, *more])
        return done.exit_code, done.stdout

    assert ran("--json")[0] == 0
    cloud.says["GetBucketPolicyStatus/loose"] = fakes.status(True)
    code, text = ran("--json")
    assert code == 1
    lines = [json.loads(line) for line in text.splitlines()]
    joins = {line["bucket"]: (line["configured"], line["join"]) for line in lines}
    assert joins == {"loose": ("open", "undeclared"), "shut": ("closed", "undeclared"), "calls": (None, "missing")}
    code, text = ran("--propose")
    assert code == 1
    inventory.write_text(TEXT.format(url=cloud.url) + text.removeprefix("assets:\n"), "utf-8")
    code, text = ran("--json")
    assert {json.loads(line)["asset"] for line in text.splitlines()} == {"loose", "shut", "calls"}
    code, text = ran()
    assert "configured open, not seen open" in " ".join(text.split())
    cloud.says["GetCallerIdentity"] = fakes.wrapped("InvalidClientTokenId")
    code, text = ran()
    assert code == 3
    assert "InvalidClientTokenId" in text
    assert ran("--account", "theirs")[0] == 2
    check = CliRunner().invoke(main, ["check", str(inventory), "--json"])
    (account,) = json.loads(check.stdout)["accounts"]
    assert account["every_seconds"] == 3600
    assert "s3:ListAllMyBuckets, once for each account" in account["asked"]


def test_other_commands_do_not_pay_for_boto3() -> None:
    import subprocess
    import sys

    loaded = "import sys, monitor.cli.main; from monitor.cli.looking import account, check, run; "
    test = loaded + "sys.exit(any(name in sys.modules for name in ('boto3', 'botocore', 'urllib3')))"
    assert subprocess.run([sys.executable, "-c", test], check=False).returncode == 0
