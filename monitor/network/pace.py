"""How fast: one pace for each host over all that we do there, and how long hosts asked us to wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

OTHERS = 60.0
"""Seconds for which a site that says 429 keeps us from the others at its address."""
SEVERAL = 3
"""So many paths of an endpoint that are out of service at a time, and all of it is."""


class Work(Enum):
    """What is done at a host: each at its own rate, all of it one after the other."""

    LOOKS = "looks"
    SURVEY = "survey"


@dataclass(slots=True)
class _Slots:
    """Requests of one work that are under way at a host; who waits is let in first come, first served."""

    every: float
    limit: int
    taken: int = 0
    waiting: deque[asyncio.Future[None]] | None = None
    """There once somebody has waited: at most hosts nobody does."""

    def free(self) -> bool:
        """Take a slot at once, where one is free and nobody waits for it."""
        free = self.taken < self.limit and not self.waiting
        self.taken += free
        return free

    async def enter(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self.waiting = deque() if self.waiting is None else self.waiting
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # it was let in just then
            raise

    def leave(self) -> None:
        self.taken -= 1
        self.admit()

    def admit(self) -> None:
        while self.waiting and self.taken < self.limit:
            turn = self.waiting.popleft()
            if not turn.done():
                self.taken += 1
                turn.set_result(None)


@dataclass(slots=True)
class _Host:
    works: dict[Work, _Slots] = field(default_factory=dict)
    next_turn: float = 0.0
    held_until: dict[str, float] = field(default_factory=dict)
    """Until when nothing is asked of an endpoint; of a name, at one address or at all (`//a.example@192.0.2.1`,
    `//a.example`); of all at an address (`@192.0.2.1`); or, where empty, of them all."""
    out_of_service: dict[tuple[str, str], float] = field(default_factory=dict)
    """Until when one path of an endpoint is not asked for: it alone was said to be out of service."""

    def held(self, endpoint: str) -> float:
        if not self.held_until:
            return 0.0
        if not endpoint:
            # Whoever asks for the whole host waits for each of its names and machines.
            return max((at for one, at in self.held_until.items() if one[:1] in ("", "@", "/")), default=0.0)
        there = named(endpoint)
        wanted = ("", machine(endpoint), there, there.partition("@")[0], endpoint)
        return max(self.held_until.get(one, 0.0) for one in wanted)

    def held_of(self, names: Collection[str]) -> float:
        known = {f"//{name}" for name in names}
        found = (at for one, at in self.held_until.items() if one[:1] in ("", "@") or one.partition("@")[0] in known)
        return max(found, default=0.0)


def machine(endpoint: str) -> str:
    """The part of an endpoint that says at which address it is (`@192.0.2.1`); empty where it does not say so."""
    return "".join(endpoint.rpartition("@")[1:]) if "@" in endpoint else ""


def named(endpoint: str) -> str:
    """The name of an endpoint at its address, whatever the port: `//a.example@192.0.2.1`."""
    name, _, address = endpoint.rpartition("://")[2].partition("@")
    return f"//{(name.rpartition(':')[0] or name).strip('[]')}{'@' if address else ''}{address}"


def _port(endpoint: str) -> str:
    """An endpoint however it is spoken to: a port that says in clear that it is out of service is not asked in TLS."""
    return endpoint.rpartition("://")[2]


class Pace:
    """Turns for each host: at most so many requests a second, at most so many at once. Times are the loop's."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def set(self, key: str, rate: float, side_by_side: int, work: Work = Work.LOOKS) -> None:
        """The pace of one host, from now on; what it has been asked, and asked of us, stays remembered."""
        host = self._hosts.setdefault(key, _Host())
        slots = host.works.setdefault(work, _Slots(1.0 / rate, side_by_side))
        slots.every, slots.limit = 1.0 / rate, side_by_side
        slots.admit()

    def hold(self, key: str, seconds: float, endpoint: str = "") -> None:
        """The host said Retry-After: nothing is asked of it for so long, not even by those who have a turn already.

        With `endpoint`, of that one alone: a hundred sites may stand behind one address, and one be out of service.
        With `named` or `machine` of it, of that name or of all at that address.
        """
        host = self._hosts[key]
        now = asyncio.get_running_loop().time()
        until = max(host.held_until.get(endpoint, 0.0), now + seconds)
        host.held_until = {one: at for one, at in host.held_until.items() if at > now} | {endpoint: until}

    def too_many(self, key: str, seconds: float, endpoint: str) -> None:
        """An endpoint said 429 with Retry-After: its name is left alone for so long, and others at its address for
        a minute at most. A limit of the machine is said again by each of its names; one site of many must not blind us
        to the others, which may belong to somebody else."""
        self.hold(key, seconds, named(endpoint))
        self.hold(key, min(seconds, OTHERS), machine(endpoint))

    def out_of_service(self, key: str, seconds: float, endpoint: str, path: str) -> None:
        """One path of an endpoint said 503 with Retry-After: it is not asked for so long. A page of maintenance at the
        root says nothing of what is served beside it; where several paths say so, the endpoint is out of service."""
        host, now = self._hosts[key], asyncio.get_running_loop().time()
        there = (_port(endpoint), path)
        until = max(host.out_of_service.get(there, 0.0), now + seconds)
        host.out_of_service = {one: at for one, at in host.out_of_service.items() if at > now} | {there: until}
        if sum(one == there[0] for one, _ in host.out_of_service) >= SEVERAL:
            self.hold(key, seconds, endpoint)

    def path_held(self, key: str, endpoint: str, path: str) -> float:
        """How many seconds one path of an endpoint is still out of service."""
        until = self._hosts[key].out_of_service.get((_port(endpoint), path), 0.0)
        return max(0.0, until - asyncio.get_running_loop().time())

    def held(self, key: str, endpoint: str = "", *, names: Collection[str] = ()) -> float:
        """How many seconds the host, one endpoint of it, or what has these names still wants to be left alone."""
        host = self._hosts[key]
        until = host.held_of(names) if names else host.held(endpoint)
        return max(0.0, until - asyncio.get_running_loop().time()) if until else 0.0

    def turn(self, key: str, until: float, work: Work = Work.LOOKS, endpoint: str = "") -> Turn:
        """Wait for the host's next turn and hold one of its slots while asking (`async with`); False when it comes
        after `until`.

        All works share the host's turns: what is asked at a high rate waits for what is asked at a low one.
        """
        host = self._hosts[key]
        return Turn(host, host.works[work], until, endpoint)


class Turn:
    """One turn of a host: `async with` waits for it, and tells whether it came in time."""

    __slots__ = ("_endpoint", "_host", "_slots", "_until")

    def __init__(self, host: _Host, slots: _Slots, until: float, endpoint: str) -> None:
        self._host = host
        self._slots = slots
        self._until = until
        self._endpoint = endpoint

    async def __aenter__(self) -> bool:
        host, slots = self._host, self._slots
        if not slots.free():
            await slots.enter()
        try:
            loop = asyncio.get_running_loop()
            while True:
                now = loop.time()
                at = max(now, host.next_turn, host.held(self._endpoint))
                if at > self._until:
                    return False
                host.next_turn = at + slots.every
                if at > now:
                    await asyncio.sleep(at - now)
                # While it was waited for, another request may have been told to wait.
                if host.held(self._endpoint) <= at:
                    return True
        except BaseException:
            slots.leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._slots.leave()
