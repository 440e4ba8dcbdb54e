"""The hub of a fleet: gives out what is due at each vantage, and puts on file what comes back. A part of `watch`."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.fleet.batches import GRACE, cut, free, gathering, share_of, times_of
from monitor.fleet.broker import BROKEN, Broker, NoBroker
from monitor.fleet.envelope import BadEnvelope, Message, Sender, read_envelope
from monitor.fleet.incoming import Incoming, open_all
from monitor.fleet.link import Arrived, Link, Outgoing
from monitor.fleet.set_aside import SetAside
from monitor.fleet.topology import ALONE, LOOKS
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Vantage as Declared
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.proof.formats.note import SigningKey, VerifierKey
from monitor.proof.log.checkpoint import KeyMissing, signing_key
from monitor.rounds.batch.on_file import OnFile, on_file
from monitor.rounds.batch.record import BatchRecorder
from monitor.rounds.batch.run import probes_digest
from monitor.rounds.batch.values import Batch, BatchResult, batch_to_json
from monitor.rounds.due.due import Due
from monitor.rounds.recorder import Recorder
from monitor.rounds.vantage import Vantage
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.looks import owed as table
from monitor.store.looks.owed import Owed
from monitor.store.thread import LedgerThread

log = logging.getLogger("leftopen.fleet")

STEP = 5.0
"""Seconds between two looks for what is due, at the most."""
A_PART, LONGEST_PAUSE = 10.0, 30.0
"""Times as long as it took to find what is due nothing more is looked for; and seconds of that, at the most. While a
hundred thousand hosts wait at the broker, each search goes through all of them."""
PATIENCE = timedelta(minutes=10)
"""So long after a deadline a broker that is away is waited for."""
TOGETHER = 20
"""Batches that are sealed, published and confirmed together."""


class HubFault(Exception):
    """The fleet cannot work for a reason outside this program; the text says which."""


class FleetHub:
    """Issues batches and records results. One at a time of each ledger: `watch` sees to that."""

    def __init__(
        self,
        ledger: LedgerThread,
        vantage: Callable[[], Vantage],
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        recorded: Callable[[Owed, Recorder], None] = lambda _, __: None,
        step: float = STEP,
        hosts: int | None = None,
    ) -> None:
        """`vantage` is that of this process: its inventory is the one that holds, and its pace holds for workers too.
        `recorded` is told what was put on file. `hosts` are in one batch, as a rule; None: as many as fits
        what is due."""
        self._ledger = ledger
        self._vantage = vantage
        self._now = now
        self._environ = environ
        self._recorded = recorded
        self._step = step
        self._hosts = hosts
        self._links: dict[str, Link] = {}
        self._due: dict[str, Due] = {}
        self._queues: dict[str, dict[str, int]] = {}
        self._key: SigningKey | None = None
        self._senders: dict[Declared, Sender] = {}
        self._set_aside = SetAside(ledger, vantage, now)
        self._searched = 0.0
        """Seconds that it took to find what is due, in this step."""
        self._others: set[tuple[str, str]] = set()
        """Vantages and the digests of their probes, where these are not ours: said once."""
        self.dropped = 0
        """Results that came twice or too late, and were not recorded again."""
        self.refused = 0
        """Messages that no worker of ours can have made."""
        self.pushed_back = 0
        """How often a full queue has refused a batch."""
        self.sees = False
        """Whether the last batch from the network of this process came back, and was not blind."""

    async def step(self) -> float:
        """Do what is due; returns the seconds until the next time. Raises HubFault and LedgerUnusable."""
        fleet = self._inventory.fleet
        if fleet is None:
            await self.close()
            return self._step
        try:
            self._key = signing_key(fleet.key, self._environ)
            broker = Broker(resolve_secret(fleet.broker, self._environ), fleet.authority)
        except (KeyMissing, NoSecret, NoBroker) as error:
            raise HubFault(f"the fleet cannot work: {error}") from None
        await self._set_aside.remember()
        vantages = [one for one in self._inventory.vantages if one.key is not None]
        await self._link({one.id: broker.of(one.id) for one in vantages})
        await self._give_up_on_what_is_late()
        following, self._searched = self._now() + timedelta(seconds=self._step), 0.0
        for one in vantages:
            await self._note_queues(one.id)
            if not self._links[one.id].fault:
                following = min(following, await self._issue(one))
        faults = sorted(link.fault for link in self._links.values() if link.fault)
        if faults and all(link.waited for link in self._links.values() if link.fault):
            raise HubFault("; ".join(faults))
        shortest = min((due.shortest for due in self._due.values()), default=timedelta())
        gathered = gathering(shortest) * min(1.0, self._step / STEP)
        pause = max(gathered, min(A_PART * self._searched, LONGEST_PAUSE))
        return max(pause, min((following - self._now()).total_seconds(), self._step))

    async def close(self) -> None:
        """End all links. What is owed stays on file, and its results are read at the next start."""
        links, self._links = self._links, {}
        await asyncio.gather(*(asyncio.to_thread(link.stop) for link in links.values()))

    @property
    def _inventory(self) -> Inventory:
        return self._vantage().inventory

    def _sender(self, vantage: Declared) -> Sender:
        if self._key is None or vantage.key is None:
            raise HubFault(f"there is no key for the vantage {vantage.id}")
        known = self._senders.get(vantage)
        if known is None or known.own is not self._key:
            self._senders = {of: one for of, one in self._senders.items() if one.own is self._key}
            known = self._senders[vantage] = Sender(vantage.id, self._key, VerifierKey.parse(vantage.key))
        return known

    async def _note_queues(self, vantage: str) -> None:
        """Put on file how long its queues are, for `health` and monitoring: when that was asked anew."""
        waiting = self._links[vantage].waiting
        if waiting and waiting is not self._queues.get(vantage):
            self._queues[vantage] = waiting
            await self._ledger(lambda ledger: table.note_queues(ledger, vantage, waiting, self._now()))

    async def _link(self, wanted: Mapping[str, Broker]) -> None:
        for id_, link in list(self._links.items()):
            if wanted.get(id_) != link.broker:
                del self._links[id_]
                await asyncio.to_thread(link.stop)
        loop = asyncio.get_running_loop()
        for id_, where in wanted.items():
            if id_ not in self._links:
                self._links[id_] = Link(id_, where, partial(self._take, loop))
                self._links[id_].start()

    # -- what goes out

    async def _issue(self, vantage: Declared) -> datetime:
        """Give out what is due at a vantage; returns when something is due there next."""
        now = self._now()
        unsent = await self._ledger(lambda ledger: table.unsent(ledger, vantage.id))
        if not await self._send(vantage, unsent):
            return now + timedelta(seconds=self._step)
        due, begun = await self._due_from(vantage.network), time.monotonic()
        # What is under way is read first: a result that comes in between would leave its hosts neither owed nor looked
        # at, and they would be given out again.
        busy = await self._ledger(lambda ledger: table.busy(ledger, vantage.id))
        ready, following = await due()
        # From here on nothing is awaited: a new inventory is taken on between two steps.
        if due.inventory is not self._inventory:
            return now
        groups, pace, aside = self._vantage().pace_groups(), self._vantage().pace, self._set_aside

        def held(id_: str) -> float:
            key = groups[id_].key
            # Of most hosts nobody has asked anything: their names are not looked for.
            return pace.held(key) and pace.held(key, names=self._inventory.asset(id_).hosts)

        found = free(ready, groups, busy, held)
        rest = {key: [id_ for id_ in ids if not aside.is_alone(vantage.id, id_)] for key, ids in found.items()}
        # One after the other, and after the other assets of its host: a host is in one batch at a time.
        alone = [(ids[0], key) for key, ids in found.items() if not rest[key]]
        batches = [
            *(self._owed(vantage, assets, keys, now) for assets, keys in cut(rest, self._hosts)),
            *(self._owed(vantage, (id_,), (key,), now, alone=True) for id_, key in alone),
        ]
        self._searched += time.monotonic() - begun
        if batches:
            await self._ledger(lambda ledger: table.owe(ledger, batches))
            await self._send(vantage, batches)
        return following

    async def _due_from(self, network: str) -> Due:
        due, of = self._due.get(network), self._vantage()
        if due is None or due.inventory is not of.inventory:
            await asyncio.to_thread(of.prepare)
            due = await asyncio.to_thread(Due, of.inventory, network, self._ledger, self._now)
            self._due[network] = due
        return due

    def _owed(
        self, vantage: Declared, assets: tuple[str, ...], keys: tuple[str, ...], now: datetime, alone: bool = False
    ) -> Owed:
        deadline = now + times_of(self._inventory, assets).deadline
        id_ = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(6)}"
        nonce = "x" + secrets.token_hex(8)
        return Owed(id_, vantage.id, vantage.network, assets, keys, nonce, 1, alone, now, deadline)

    async def _send(self, vantage: Declared, batches: Sequence[Owed]) -> bool:
        """Publish batches that are on file; False when the broker took no more of them. What a full queue refused is
        not owed, and due again; what may have arrived is sent again under its id."""
        link, sender = self._links[vantage.id], self._sender(vantage)
        if link.rests:
            await asyncio.to_thread(link.forget)
        try:
            for first in range(0, len(batches), TOGETHER):
                some, rest = batches[first : first + TOGETHER], batches[first + TOGETHER :]
                full = await asyncio.to_thread(link.publish, await self._sealed(sender, some))
                refused = [one for one in some if one.id in full]
                # What is taken is on file as sent before more follows: who starts after a crash sends little again.
                taken = [one.id for one in some if one.id not in full]
                refused += rest if refused else ()
                await self._ledger(partial(table.sent, taken=taken, refused=refused, now=self._now()))
                if refused:
                    self.pushed_back += 1
                    log.warning("the queue of %s is full: %d batches wait for their turn", vantage.id, len(refused))
                    return False
            return True
        except BROKEN as error:
            log.warning("the broker of %s took no batch: %s", vantage.id, type(error).__name__)
            return False

    async def _sealed(self, sender: Sender, some: Sequence[Owed]) -> list[Outgoing]:
        inventory, now = self._inventory, self._now()
        found = [
            (one, [asset for id_ in one.assets if (asset := inventory.find_asset(id_)) is not None]) for one in some
        ]
        # One of which nothing is declared any more is not sent.
        wanted = [(one, assets) for one, assets in found if assets]
        filed = await self._ledger(lambda led: [on_file(led, assets, now, one.network) for one, assets in wanted])

        def seal(one: Owed, assets: Sequence[Asset], known: OnFile) -> Outgoing:
            ids = tuple(asset.id for asset in assets)
            times = times_of(inventory, ids)
            seconds = times.looks.total_seconds()
            batch = Batch(one.id, one.attempt, seconds, ids, one.nonce, known, share_of(inventory, ids))
            waits = max(one.deadline - now - times.looks - GRACE, timedelta(seconds=1))
            envelope = sender.seal(Message.BATCH, one.id, one.attempt, batch_to_json(batch))
            return Outgoing(one.id, ALONE if one.alone else LOOKS, envelope, waits)

        return await asyncio.to_thread(lambda: [seal(*of, known) for of, known in zip(wanted, filed, strict=True)])

    async def _give_up_on_what_is_late(self) -> None:
        now = self._now()
        for one in await self._ledger(lambda ledger: table.late(ledger, now)):
            link = self._links.get(one.vantage)
            # While the hub or the broker was away results may have come that wait there.
            if link is None or link.settled or now > one.deadline + PATIENCE:
                await self._silent(one, "no result came in time")

    async def _silent(self, owed: Owed, detail: str) -> None:
        log.warning("vantage %s: batch %s with %d assets: %s", owed.vantage, owed.id, len(owed.assets), detail)
        done = await self._recorder().silence(owed, detail)
        self._note(owed, done, sees=False)

    # -- what comes in

    def _take(self, loop: asyncio.AbstractEventLoop, came: Sequence[Arrived]) -> Future[list[bool]]:
        """Called by the thread of a link: whether each of what came is dealt with for good."""

        working = self._arrived(came)
        try:
            return asyncio.run_coroutine_threadsafe(working, loop)
        except RuntimeError:
            working.close()
            ended: Future[list[bool]] = Future()
            ended.cancel()  # the loop has ended: it is taken again at the next start
            return ended

    async def _arrived(self, came: Sequence[Arrived]) -> list[bool]:
        """Whether each of what came from one vantage is dealt with for good."""
        vantage = next((one for one in self._inventory.vantages if one.id == came[0].vantage), None)
        if vantage is None:
            return [False] * len(came)
        results = [one for one in came if one.kind == "result"]
        try:
            taken = iter(await self._results(vantage, [one.body for one in results]))
        except LedgerUnusable:
            return [False] * len(came)
        return [
            self._dealt_with(one, next(taken) if one.kind == "result" else await self._came_back(vantage, one))
            for one in came
        ]

    def _dealt_with(self, arrived: Arrived, fault: Exception | None) -> bool:
        """Whether it need not come again, by what was in its way."""
        if isinstance(fault, LedgerUnusable) and not isinstance(fault, ValueError):
            return False
        if fault is not None:
            self.refused += 1
            if isinstance(fault, ValueError):  # BadEnvelope, BadResult, an unknown version, a damaged row
                log.error("vantage %s: a %s was refused: %s", arrived.vantage, arrived.kind, fault)
            else:
                # What is signed rightly and trips us must not come again for ever: it stays owed, and is silence then.
                why = "vantage %s: a %s could not be taken: a bug of ours"
                log.error(why, arrived.vantage, arrived.kind, exc_info=fault)
        return True

    async def _results(self, vantage: Declared, bodies: Sequence[object]) -> list[Exception | None]:
        """Take results, which are recorded together; returns what was in the way of each. Raises LedgerUnusable."""
        sender, came = self._sender(vantage), [Incoming(body) for body in bodies]
        for one in came:
            one.read()
        ids = [one.envelope.id for one in came if one.envelope is not None]
        found = await self._ledger(lambda ledger: table.find(ledger, ids, vantage.id)) if ids else {}
        self.dropped += sum([not one.is_owed(found) for one in came])
        await asyncio.to_thread(open_all, came, sender)
        ready = [(one, opened) for one in came if (opened := one.opened(vantage.id)) is not None]
        done = await self._recorder().results([opened for _, opened in ready])
        for (one, (owed, result, _)), recorded in zip(ready, done, strict=True):
            if isinstance(recorded, Exception):
                one.fault = recorded
            elif recorded is None:
                self.dropped += 1
            else:
                await self._take_on(vantage, owed, result)
                self._note(owed, recorded, sees=result.blind is None)
        return [one.fault for one in came]

    async def _take_on(self, vantage: Declared, owed: Owed, result: BatchResult) -> None:
        """What a result says beside its looks. Raises LedgerUnusable."""
        await self._set_aside.hold(result.held, owed.assets)
        if result.probes != probes_digest() and (vantage.id, result.probes) not in self._others:
            self._others.add((vantage.id, result.probes))
            log.warning("vantage %s looks with other probes than ours: leftopen %s", vantage.id, result.tool)
        await self._set_aside.succeeded(vantage.id, result.looked)

    async def _came_back(self, vantage: Declared, arrived: Arrived) -> Exception | None:
        """Take a batch that came back; returns what was in the way."""
        try:
            await self._back(vantage, arrived)
        except Exception as error:  # noqa: BLE001  `_dealt_with` says which
            return error
        return None

    async def _back(self, vantage: Declared, arrived: Arrived) -> None:
        envelope, sender = read_envelope(arrived.body), self._sender(vantage)
        if not envelope.signed_by(vantage.id, sender.own.verifier):
            raise BadEnvelope("a batch that came back and was never given out")
        owed = (await self._ledger(lambda ledger: table.find(ledger, [envelope.id], vantage.id))).get(envelope.id)
        if owed is None or envelope.attempt != owed.attempt:
            return
        if arrived.kind == "expired":
            await self._silent(owed, "no worker took the batch in time")
        elif owed.alone:
            log.error("vantage %s: a look at %s ends its worker; see the log there", vantage.id, owed.assets)
            await self._set_aside.failed(vantage.id, owed.assets)
            done = await self._recorder().failure(owed, "a worker that looked at it alone failed; its log has more")
            self._note(owed, done, sees=True)
        else:
            log.warning("vantage %s: batch %s failed: each of its assets is tried alone", vantage.id, owed.id)
            await self._ledger(partial(self._cut, vantage, owed))

    def _cut(self, vantage: Declared, owed: Owed, ledger: Ledger) -> None:
        """Each asset of a batch by itself, in place of the batch. The next step sends them."""
        groups, now = self._vantage().pace_groups(), self._now()
        declared = [id_ for id_ in owed.assets if id_ in groups]
        singles = [self._owed(vantage, (id_,), (groups[id_].key,), now, alone=True) for id_ in declared]
        # They are looked at one after the other.
        last = [replace(one, deadline=one.deadline + n * (one.deadline - now)) for n, one in enumerate(singles)]
        with ledger.step():
            if table.settle(ledger, owed.id, owed.attempt, owed.vantage):
                table.owe(ledger, last)

    def _recorder(self) -> BatchRecorder:
        return BatchRecorder(self._inventory, self._ledger, self._now)

    def _note(self, owed: Owed, done: Recorder | None, *, sees: bool) -> None:
        if done is None:
            return
        if owed.network == self._inventory.vantage.network:
            self.sees = sees
        self._recorded(owed, done)
