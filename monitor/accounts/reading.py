"""The account side: settings of declared accounts, read and held against what strangers saw of their buckets."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from monitor.accounts.bucket_settings import Absent, BucketSettings, Open, Read, Unreadable, configured
from monitor.accounts.compare import KIND, DeclaredBucket, Fit, Joined, join, missing, outside, verdict_of
from monitor.accounts.proposal import Held, declared, proposal
from monitor.findings.finding import Finding, State
from monitor.findings.observation import Observation, RequestLog
from monitor.inventory.model.accounts import Account
from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.addresses import address_of, declared_in, is_address, routable
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.rounds.batch.lines import Line
from monitor.rounds.due.plan import Rhythm, turns
from monitor.rounds.recorder import Recorder
from monitor.rounds.vantage import agent_of, resolver_of
from monitor.store.ledger import Ledger
from monitor.store.tables import accounts as store
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import BucketTarget, Unknown, Verdict
from probes.buckets.bucket_verdict import KIND as BUCKET
from probes.reasons import ClosedReason, NoAnswerReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.accounts.settings_reader import Reading
    from monitor.accounts.signed_http import Waits
    from monitor.network.names.dns import Names

log = logging.getLogger("leftopen.accounts")

_UNSURE = (State.SUSPECTED.value, State.CLEARING.value)

PROBE = "account"
PREFIX = "account-"
"""How the ids of readings begin, beside those of rounds."""
FRESH = timedelta(hours=1)
"""A look from outside counts for this long at least, or for three of its asset's intervals."""


@dataclass(frozen=True, slots=True)
class SettingsTarget(BucketTarget):
    """A bucket by the settings of its account: an endpoint of its own, beside those of anonymous looks."""

    read_by: str = ""

    def __str__(self) -> str:
        return f"settings in {self.read_by}"

    @property
    def endpoint(self) -> str:
        """An endpoint of its own, different from every address."""
        return str(self)


@dataclass(frozen=True, slots=True)
class AccountRead:
    """What one reading of an account came to: each bucket with both of its sides, and what is to be declared."""

    account: str
    at: datetime
    joined: tuple[Joined, ...]
    faults: tuple[str, ...]
    complete: bool
    asked: int
    proposal: str
    """Assets for the inventory, as YAML; empty when every bucket is declared."""
    lines: tuple[Line, ...] = ()
    changed: tuple[Finding, ...] = ()

    @property
    def open(self) -> bool:
        """Whether a bucket is open by one of its sides."""
        return any(one.open for one in self.joined)


class AccountSide:
    """Reads the accounts of an inventory. It shares ledger, clock and resolver with whoever looks from outside."""

    def __init__(
        self,
        inventory: Inventory,
        ledger: LedgerThread,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        waits: Waits | None = None,
    ) -> None:
        self.inventory = inventory
        self._ledger = ledger
        self._now = now
        self._environ = environ
        self._waits = waits

    async def due(self) -> tuple[tuple[str, ...], datetime]:
        """The accounts whose turn it is, and when the next turn comes; hurried while a finding of theirs is unsure."""
        if not self.inventory.accounts:
            return (), self._now() + timedelta(hours=1)
        states, findings = await self._ledger(lambda ledger: (store.states(ledger), ledger.findings(states=_UNSURE)))
        own = [finding for finding in findings if finding.kind == KIND]
        rhythms, looks = [], {}
        for account in self.inventory.accounts:
            held = {a.id for a in self.inventory.buckets if a.owner == account.owner}
            # A rhythm goes by its name; one that is hurried by findings goes by theirs.
            unsure = [f for f in own if f.asset in held]
            interval = account.interval
            for finding in unsure:
                settings = self.inventory.settings(self.inventory.asset(finding.asset))
                spread = timedelta(minutes=settings.clear_minutes) / max(1, settings.clear_looks - 1)
                soon = timedelta(seconds=60) if finding.state is State.SUSPECTED else spread
                interval = min(interval, max(soon, timedelta(seconds=60)))
            rhythms.append(Rhythm(account.id, interval))
            if account.id in states:
                looks[account.id] = states[account.id].at
        now = self._now()
        found = turns(rhythms, looks, (), now)
        return found.ready, found.following

    async def read(self, id_: str) -> AccountRead:
        """Read one account now, decide, and record with all that follows. Raises LedgerUnusable."""
        inventory = self.inventory
        account = inventory.account(id_)
        started = self._now()
        reading = await self._reading(account, f"{PREFIX}{started:%Y%m%dT%H%M%SZ}")
        ended = self._now()
        held = {bucket: Held(bucket.name, bucket.region) for bucket in reading.buckets}
        found, absent = declared(inventory, account, held.values(), reading.storage)
        assets = {bucket: found[held[bucket]] for bucket in reading.buckets if held[bucket] in found}
        sides = await self._ledger(lambda ledger: self._sides(ledger, (*assets.values(), *absent), ended))
        joined = [
            join(bucket, sides.get(assets[bucket].id) if bucket in assets else None) for bucket in reading.buckets
        ]
        if reading.complete:
            joined += [missing(asset.bucket.address.bucket, sides[asset.id]) for asset in absent]
        unread = () if reading.complete else absent
        recorder = await self._record(account, started, ended, joined, unread, reading)
        loose = [one for one in joined if one.fit is Fit.UNDECLARED and one.settings is not None]
        loose.sort(key=lambda one: (not one.open, one.name))
        text = proposal(
            inventory,
            account,
            [(held[one.settings], _remark(account, one)) for one in loose if one.settings is not None],
            reading.storage,
        )
        state = store.AccountState(
            id_,
            ended,
            ended if reading.complete else None,
            reading.faults,
            len(reading.buckets),
            len(loose),
            sum(one.open for one in loose),
        )
        await self._ledger(lambda ledger: _put(ledger, state))
        for fault in reading.faults:
            log.warning("account %s: %s", id_, fault)
        changed = tuple(recorder.changed.values())
        return AccountRead(
            id_,
            ended,
            tuple(joined),
            reading.faults,
            reading.complete,
            reading.asked,
            text,
            tuple(recorder.lines),
            changed,
        )

    async def _reading(self, account: Account, id_: str) -> Reading:
        # boto3 takes a quarter of a second to import: only whoever reads an account pays for it.
        from monitor.accounts.settings_reader import Reading, read
        from monitor.network.stores.credentials import keys_of

        today = self._now().date()
        if account.contract is not None:
            contract = self.inventory.contract(account.contract)
            if contract.authorised_until < today:
                return Reading(account.id, faults=(f"the authority to look ended (contract {contract.id})",))
        try:
            keys = keys_of(account.credentials, self._environ)
            external = resolve_secret(account.external_id, self._environ) if account.external_id else ""
        except NoSecret as error:
            return Reading(account.id, faults=(str(error),))
        says = {"User-Agent": agent_of(self.inventory, id_)}
        names = _Addresses(account, partial(resolver_of, self.inventory), asyncio.get_running_loop())
        return await read(account, keys, external, names, says, self._waits)

    def _sides(self, ledger: Ledger, assets: tuple[BucketAsset, ...], now: datetime) -> dict[str, DeclaredBucket]:
        sides = {}
        for asset in assets:
            place = asset.place
            on_file = [f for f in ledger.on_file(asset.id).values() if f.place == place and f.kind != KIND]
            fresh = max(FRESH, 3 * self.inventory.settings(asset).interval)
            seen = outside(store.looks(ledger, asset.id, BUCKET, str(place)), on_file, now, fresh)
            sides[asset.id] = DeclaredBucket(asset.id, place, seen)
        return sides

    async def _record(
        self,
        account: Account,
        started: datetime,
        ended: datetime,
        joined: list[Joined],
        unread: tuple[BucketAsset, ...],
        reading: Reading,
    ) -> Recorder:
        inventory = self.inventory
        id_ = f"{PREFIX}{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        recorder = Recorder(id_, RoundKind.ACCOUNT, inventory, self._ledger, self._now, keeps_lines=True)
        await self._ledger(
            lambda ledger: rounds.begin(ledger, id_, RoundKind.ACCOUNT, started, inventory.vantage.id, inventory.digest)
        )
        on_file = await self._ledger(
            lambda ledger: {
                (finding.asset, finding.place): finding for finding in ledger.findings() if finding.kind == KIND
            }
        )
        observations = []
        for one in joined:
            if one.declared is None:
                continue
            verdict = verdict_of(one, on_file.get((one.declared.asset, one.declared.place)))
            if verdict is not None:
                asked = _asked(one.settings)
                observations.append(self._observation(account, one.declared.asset, started, ended, asked, verdict))
        why = "; ".join(reading.faults)[:500] or "it was not listed"
        for asset in unread:
            lost = Unknown(asset.place, KIND, ClosedReason.FORBIDDEN, why)
            observations.append(self._observation(account, asset.id, started, ended, (), lost))
        await recorder.take(observations)
        await self._ledger(lambda ledger: rounds.end(ledger, id_, ended))
        return recorder

    def _observation(
        self,
        account: Account,
        asset_id: str,
        started: datetime,
        ended: datetime,
        asked: tuple[RequestLog, ...],
        verdict: Verdict,
    ) -> Observation:
        bucket = next(asset.bucket for asset in self.inventory.buckets if asset.id == asset_id)
        first = bucket_targets(asset_id, bucket, (), "")[0]
        target = SettingsTarget(**{f.name: getattr(first, f.name) for f in fields(first)}, read_by=account.id)
        return Observation(asset_id, PROBE, target, started, ended, asked, (verdict,))


class _Addresses:
    """The addresses of an account's hosts, for its threads: by the inventory's name servers, those admitted alone."""

    def __init__(self, account: Account, names: Callable[[], Names], loop: asyncio.AbstractEventLoop) -> None:
        self._account = account
        self._names = names
        self._loop = loop
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        """Blocks; raises NoReply."""
        from monitor.accounts.signed_http import NoReply

        literal = _without_number(host)
        if is_address(literal):
            return (str(address_of(literal)),)  # declared as it stands: the guard has seen it
        if host not in self._known:
            asking = asyncio.run_coroutine_threadsafe(self._names().addresses(host), self._loop)
            try:
                answer = asking.result(30)
            except (TimeoutError, CancelledError):
                raise NoReply(NoAnswerReason.DNS_FAILED, "the name servers were silent") from None
            if not answer.addresses:
                raise NoReply(answer.why or NoAnswerReason.NO_SUCH_NAME, answer.detail)
            self._known[host] = tuple(one for one in answer.addresses if self._admits(one))
        if not self._known[host]:
            raise NoReply(NoAnswerReason.OUT_OF_SCOPE, "none of its addresses is public, or in a declared network")
        return self._known[host]

    def _admits(self, address: str) -> bool:
        place = address_of(address)
        return routable(place) or declared_in(place, self._account.networks)


def _without_number(host: str) -> str:
    """The host without the account's number that some services put before it."""
    first, _, rest = host.partition(".")
    return rest if len(first) == 12 and first.isdigit() else host


def _put(ledger: Ledger, state: store.AccountState) -> None:
    with ledger.step():
        store.put(ledger, state)


def _asked(settings: BucketSettings | None) -> tuple[RequestLog, ...]:
    """What was read of a bucket, for the record: each setting and whether it could be had, not what it is."""
    records = []
    for one in fields(BucketSettings) if settings is not None else ():
        match getattr(settings, one.name):
            case Read():
                records.append(RequestLog("GET", one.name, "read", 0, 0))
            case Absent():
                records.append(RequestLog("GET", one.name, "not set", 0, 0))
            case Unreadable(why):
                records.append(RequestLog("GET", one.name, why, 0, 0))
            case _:
                pass  # its name, account and region
    return tuple(records)


def _remark(account: Account, one: Joined) -> str:
    settings = one.settings
    says = one.configured or (configured(settings) if settings is not None else None)
    number = f" ({settings.account})" if settings is not None and settings.account else ""
    state = f"configured {says.open.value}" if says is not None else "its settings were not read"
    because = f": {'; '.join(says.reasons)}" if says is not None and says.open is not Open.CLOSED else ""
    return f"in account {account.id}{number}, {state}{because}"
