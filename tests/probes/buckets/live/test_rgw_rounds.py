"""Whole rounds over a real Ceph gateway: what the program says of every bucket, and how a finding on one lives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.findings.finding import State as Stands
from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.batch.lines import Line
from monitor.service.application import Application, Round
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Unknown
from probes.reasons import OpenReason
from tests.probes.buckets.live.states import STATES, State
from tests.servers import s3
from tests.servers.launch import Server
from tests.servers.rgw import OWNER, STRANGER
from tests.servers.stored import KEYS

MINE = {one.bucket: one for one in STATES if one.server == "rgw" and one.dialect == "s3"}
SECOND = {f"proj:{one.bucket}": one for one in STATES if one.server == "rgw" and one.dialect == "swift"}


class Clock:
    """A clock that is set by hand; it begins with the true time, since a signature that is older is refused."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at

    def on(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)


def inventory(server: Server, buckets: Iterable[str], more: str = "", at: str = "127.0.0.1") -> Inventory:
    entries = "".join(
        f"  - {{id: b{n}, owner: vendor, data: recordings, addresses: [{at}], bucket: {{provider: ceph, name: '{name}',"
        f" endpoint: 'http://rgw.localhost:{server.port}'{more}}}}}\n"
        for n, name in enumerate(buckets)
    )
    return loads(
        "leftopen: 1\norganisation: {id: practice, name: Practice, contact: looking@practice.example}\n"
        "parties: [{id: vendor, name: Vendor, role: processor}]\n"
        f"defaults: {{pace: 500, concurrency: 8}}\nassets:\n{entries}"
    )


@asynccontextmanager
async def looking(declared: Inventory, tmp_path: Path, clock: Clock) -> AsyncIterator[Application]:
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        environ = {"PROBING": ":".join(STRANGER)}
        async with Application(declared, ledger, clock, environ) as app:
            yield app
    finally:
        ledger.close()


def by_door(done: Round, asset: str) -> dict[str, Line]:
    """The line of each of a bucket's two checks."""
    return {line.target.partition("+")[0]: line for line in done.lines if line.asset == asset}


def checks(line: Line) -> dict[str, str]:
    return {check.name: check.verdict for check in line.verdict.checks}


def right(line: Line, state: State) -> None:
    """What a line must say of a bucket in this state."""
    said = checks(line)
    assert {name: said.get(name) for name in state.checks} == dict(state.checks), state.name
    kinds = {"exposed": Exposed, "clear": Clear, "unknown": Unknown}
    assert isinstance(line.verdict, kinds[state.verdict]), state.name


async def test_every_bucket_by_both_doors_in_one_round(rgw: Server, tmp_path: Path) -> None:
    names = list(dict.fromkeys((*MINE, *SECOND)))
    more = (
        ", prefixes: ['a/'], keys: ['a/call 1.wav'], referers: ['http://www.example.com/'], probing_key: 'env:PROBING'"
    )
    async with looking(inventory(rgw, names, more), tmp_path, Clock()) as app:
        done = await app.round()
    assert done.blind is None
    for n, name in enumerate(names):
        lines = by_door(done, f"b{n}")
        assert set(lines) == {"s3", "swift"}, name
        if name in MINE and MINE[name].key == "a/call 1.wav":
            right(lines["s3"], MINE[name])
        if name in SECOND:
            right(lines["swift"], SECOND[name])
    # The double check: Swift's own rule for a private list is an open list by S3, and either opens the one finding.
    both = by_door(done, f"b{names.index('proj:swread')}")
    assert both["s3"].finding == both["swift"].finding != ""


async def test_a_half_fix_does_not_close_a_bucket_and_a_whole_one_does(rgw: Server, tmp_path: Path) -> None:
    client, name, clock = s3.owner(rgw, *OWNER), "life", Clock()
    s3.make(client, name)
    s3.allow(client, name, ["s3:ListBucket", "s3:GetObject"], "", "/*")
    async with looking(inventory(rgw, [name]), tmp_path, clock) as app:
        (opened,) = (await app.round()).changed
        assert (opened.state, opened.kind, opened.extent.files) == (Stands.EXPOSED, "bucket", len(KEYS))

        # Somebody takes the list away and leaves the objects open: nobody knows their names but who saw them.
        s3.allow(client, name, ["s3:GetObject"], "/*")
        for _ in range(4):
            clock.on(minutes=15)
            half = await app.round()
            line = by_door(half, "b0")["s3"]
            assert isinstance(line.verdict, Exposed)
            assert line.verdict.why in (OpenReason.READABLE, OpenReason.READABLE_UNLISTED)
            assert (checks(line)["list"], checks(line)["read"]) == ("clear", "exposed")
        assert await state_of(app, opened.id) is Stands.EXPOSED

        client.delete_bucket_policy(Bucket=name)
        states = []
        for _ in range(3):
            clock.on(minutes=15)
            await app.round()
            states.append(await state_of(app, opened.id))
        assert states == [Stands.CLEARING, Stands.CLEARING, Stands.CLEARED]

        s3.allow(client, name, ["s3:ListBucket"])
        clock.on(days=2)
        (again,) = (await app.round()).changed
        assert (again.id, again.state, again.reopened) == (opened.id, Stands.EXPOSED, 1)


async def test_no_key_of_a_bucket_is_written_down(rgw: Server, tmp_path: Path) -> None:
    async with looking(inventory(rgw, ["pubpol", "pubacl", "versioned"]), tmp_path, Clock()) as app:
        assert len((await app.round()).changed) == 3
        dump = await app.ledger(lambda ledger: "\n".join(ledger._connection.iterdump()))
    assert "pubpol" in dump
    for piece in ("a/call", "emoji", "\U0001f600", "\xe4/", "\uffee"):
        assert piece not in dump, piece


async def state_of(app: Application, finding: str) -> Stands:
    """How a finding stands on file."""
    found = await app.ledger(lambda ledger: ledger.finding(finding))
    assert found is not None
    return found.state


@pytest.mark.parametrize("gone", ["unreachable", "refusing"])
async def test_a_gateway_that_is_gone_decides_nothing(rgw: Server, tmp_path: Path, gone: str) -> None:
    clock = Clock()
    async with looking(inventory(rgw, ["pubpol"]), tmp_path, clock) as app:
        (opened,) = (await app.round()).changed
    elsewhere = inventory(rgw, ["pubpol"], at="127.0.0.77" if gone == "refusing" else "127.0.0.0")
    for _ in range(4):
        clock.on(hours=1)
        async with looking(elsewhere, tmp_path, clock) as app:
            done = await app.round()
            assert all(isinstance(line.verdict, Unknown) for line in done.lines)
            assert await state_of(app, opened.id) is Stands.EXPOSED
