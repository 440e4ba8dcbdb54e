"""Bare connections of one dialogue: opened under the guard, spoken to by the closed list, read with a bound."""

from __future__ import annotations

import asyncio
import hashlib
from typing import assert_never

from monitor.network.budget import AnswerSummary, Budget
from monitor.network.certificate import faults
from monitor.network.channel import Channel, Dialer
from monitor.network.deadline import grace
from monitor.network.transport import Timeouts, failure
from probes.api import ServiceTarget, Target, WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.commands.command import Asker
from probes.requests.commands.table import HELPER_PORTS, NAMES_PORTS, spelled
from probes.requests.http import NoAnswer
from probes.requests.stream import (
    Datagram,
    Disconnect,
    Exchange,
    Open,
    Quiet,
    Received,
    Secure,
    Step,
    Stop,
    Sweep,
    Swept,
    Until,
    UntilClosed,
    end_of,
)


class StreamConversation:
    """One target's bare connections, by the names that the probe gives them. `close` ends them all."""

    def __init__(self, target: WebTarget | ServiceTarget, dialer: Dialer, timeouts: Timeouts, asker: Asker) -> None:
        self._target = target
        self._dialer = dialer
        self._timeouts = timeouts
        self._asker = asker
        self._connections: dict[str, _Connection] = {}

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections.values():
            connection.channel.close()
        self._connections.clear()

    async def step(self, step: Step, seconds: float) -> Received | NoAnswer:
        """Take one step within `seconds`, and answer with a value whatever happens."""
        ends = asyncio.get_running_loop().time() + seconds
        if isinstance(step, Open):
            return await self._open(step, ends)
        if isinstance(step, Datagram):
            return await self._datagram(step, ends)
        connection = self._connections.get(step.channel)
        if connection is None:
            return NoAnswer(NoAnswerReason.BUG, "a step on a connection that was never opened")
        match step:
            case Exchange():
                return await self._say(step, connection, ends)
            case Secure():
                return await self._secure(connection, ends)
            case Disconnect():
                self._connections.pop(step.channel).channel.close()
                return Received()
            case _:
                assert_never(step)

    async def _open(self, step: Open, ends: float) -> Received | NoAnswer:
        target = self._target
        before = self._connections.pop(step.channel, None)
        if before is not None:
            before.channel.close()
        if step.port is not None and not self._may_go_on_at(step.port):
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "a port that this protocol does not go on at")
        soon = min(ends, asyncio.get_running_loop().time() + self._timeouts.connect)
        try:
            channel = await self._dialer.open(
                target.name, target.address, target.port, soon, narrow=step.narrow, at=step.port, low=step.low
            )
        except OSError as error:
            return failure(error) or _CLOSED
        connection = self._connections[step.channel] = _Connection(channel)
        return await self._secure(connection, ends) if step.tls else Received(low=channel.low)

    async def _datagram(self, step: Datagram, ends: float) -> Received | NoAnswer:
        target = self._target
        if not isinstance(target, ServiceTarget) or step.command.protocol != target.speaks:
            return NoAnswer(NoAnswerReason.BUG, "a command of another protocol than the target's")
        try:
            told, farewell = (
                spelled(one, self._asker) if one is not None else b"" for one in (step.command, step.then)
            )
        except ValueError as error:
            return NoAnswer(NoAnswerReason.BUG, str(error))
        soon = min(ends, asyncio.get_running_loop().time() + self._timeouts.connect)
        try:
            data = await self._dialer.datagram(
                target.name, target.address, target.port, told, take=step.take, ends=soon, farewell=farewell
            )
        except OSError as error:
            return failure(error) or _CLOSED
        return Received(data)

    def _may_go_on_at(self, port: int) -> bool:
        if not isinstance(self._target, ServiceTarget):
            return False
        speaks = self._target.speaks
        return port in HELPER_PORTS.get(speaks, ()) or (speaks in NAMES_PORTS and 1024 <= port < 65536)

    async def _secure(self, connection: _Connection, ends: float) -> Received | NoAnswer:
        target = self._target
        soon = min(ends, asyncio.get_running_loop().time() + self._timeouts.connect)
        # A server may want to see that a data connection belongs to the control connection: by its TLS session.
        known = (other.channel.session for other in self._connections.values() if other is not connection)
        session = next((one for one in known if one is not None), None)
        try:
            await self._dialer.secure(connection.channel, target.name or target.address, soon, session)
        except OSError as error:
            return failure(error) or _CLOSED
        except ValueError:
            return NoAnswer(NoAnswerReason.BUG, "a name that TLS cannot carry")
        # What came before TLS was spoken is forgotten: anybody may have put it there.
        connection.forget()
        return Received(certificate=faults(connection.channel.certificate, target.name))

    async def _say(self, step: Exchange, connection: _Connection, ends: float) -> Received | NoAnswer:
        if step.command is not None:
            if isinstance(self._target, ServiceTarget) and step.command.protocol != self._target.speaks:
                return NoAnswer(NoAnswerReason.BUG, "a command of another protocol than the target's")
            try:
                connection.channel.write(spelled(step.command, self._asker))
            except ValueError as error:
                return NoAnswer(NoAnswerReason.BUG, str(error))
        return await connection.hear(step.until, step.take, self._timeouts.read, ends)


_CLOSED = NoAnswer(NoAnswerReason.RESET, "the peer closed the connection")


class _Connection:
    """One connection. It is read while somebody listens; what comes otherwise waits in the kernel, with its sender."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._loop = asyncio.get_running_loop()
        self._came = bytearray()
        self._take_at_most = 0
        self._ended: Stop | None = None
        self._why: NoAnswer | None = None
        """What the peer said as it ended the connection: in TLS 1.3 it demands a certificate after the handshake."""
        self._woken: asyncio.Future[None] | None = None

    def forget(self) -> None:
        """Drop what came and was not listened to."""
        self._came.clear()

    async def hear(self, until: Until, take: int, silence: float, ends: float) -> Received | NoAnswer:
        """Listen so far, to `take` bytes at most, until nothing came for `silence` seconds, or until `ends`."""
        self._take_at_most = take
        self.channel.listen(self._take, self._end)
        try:
            return await self._listen(until, take, silence, ends)
        finally:
            self.channel.pause()

    async def _listen(self, until: Until, take: int, silence: float, ends: float) -> Received | NoAnswer:
        while True:
            whole = end_of(until, bytes(self._came[:take]))
            if whole is not None:
                return self._heard(min(whole, take), Stop.WHOLE)
            if len(self._came) >= take:
                # Nobody knows what comes next.
                self.channel.close()
                self._ended = Stop.CUT
                return self._heard(take, Stop.CUT)
            if self._ended is not None:
                if self._why is not None and not self._came:
                    return self._why
                closed = self._ended is Stop.CLOSED and isinstance(until, UntilClosed)
                return self._heard(take, Stop.WHOLE if closed else self._ended)
            quiet = until.seconds if isinstance(until, Quiet) and self._came else None
            if not await self._more(min(self._loop.time() + (quiet or silence), ends)):
                if quiet is not None:
                    return self._heard(take, Stop.WHOLE)
                silent = NoAnswer(NoAnswerReason.TIMED_OUT, "the peer was silent")
                return self._heard(take, Stop.SILENT) if self._came else silent

    def _heard(self, count: int, stop: Stop) -> Received:
        data = bytes(self._came[:count])
        del self._came[:count]
        return Received(data, stop)

    async def _more(self, until: float) -> bool:
        """Wait for more, or for the end; False when neither came in time."""
        self._woken = self._loop.create_future()
        timer = self._loop.call_at(until, self._wake)
        came = len(self._came)
        try:
            await self._woken
            if not self._came_since(came) and (more := grace(until, self._loop.time())):
                # What came while our own loop was held is read first.
                self._woken = self._loop.create_future()
                timer = self._loop.call_later(more, self._wake)
                await self._woken
        finally:
            timer.cancel()
            self._woken = None
        return self._came_since(came)

    def _came_since(self, count: int) -> bool:
        return len(self._came) > count or self._ended is not None

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def _take(self, data: memoryview) -> None:
        self._came += data
        if len(self._came) >= self._take_at_most:
            self.channel.pause()
        self._wake()

    def _end(self, error: OSError | None) -> None:
        self._ended = Stop.CLOSED if error is None else Stop.RESET
        told = failure(error) if error is not None else None
        self._why = told if told is not None and told.why is NoAnswerReason.CLIENT_CERTIFICATE else None
        self._wake()


def step_said(step: Open | Exchange | Secure | Datagram) -> tuple[str, str]:
    """How a step is recorded: never with an argument, which may be a name that was learnt."""
    match step:
        case Open(port=port, tls=tls):
            return "OPEN", f"{'a port that the service named' if port else 'the port'}{' in TLS' if tls else ''}"
        case Secure():
            return "TLS", "on the open connection"
        case Exchange(command=command):
            return "SAY", f"{command.protocol} {command}" if command is not None else "nothing, listening on"
        case Datagram(command=asked):
            return "SEND", f"{asked.protocol} {asked}"


def summary_of(heard: Received) -> AnswerSummary:
    """What is counted and recorded of what was received."""
    return AnswerSummary(
        heard.stop.value, len(heard.data), hashlib.sha256(heard.data).hexdigest() if heard.data else ""
    )


async def sweep(target: Target, wanted: Sweep, dialer: Dialer, budget: Budget) -> Swept | NoAnswer:
    """Open each port of a sweep and close it again, some at a time."""
    if not isinstance(target, ServiceTarget | WebTarget) or not {*wanted.ports} <= {*target.beside}:
        return budget.refuse("OPEN", "ports", NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "ports of no sweep"))
    at_once = asyncio.Semaphore(wanted.at_once)

    async def knock(port: int, seconds: float) -> NoAnswer | None:
        ends = asyncio.get_running_loop().time() + min(seconds, wanted.seconds)
        try:
            (await dialer.open(target.name, target.address, port, ends)).close()
        except OSError as error:
            return failure(error) or NoAnswer(NoAnswerReason.RESET)
        return None

    async def one(port: int) -> NoAnswer | None:
        async with at_once:
            return await budget.knock(f"port {port}", lambda seconds: knock(port, seconds))

    answers = dict(zip(wanted.ports, await asyncio.gather(*map(one, wanted.ports)), strict=True))
    refused = {NoAnswerReason.REFUSED, NoAnswerReason.RESET}
    return Swept(
        tuple(port for port, answer in answers.items() if answer is None),
        tuple(port for port, answer in answers.items() if answer is not None and answer.why in refused),
        tuple(port for port, answer in answers.items() if answer is not None and answer.why not in refused),
    )
