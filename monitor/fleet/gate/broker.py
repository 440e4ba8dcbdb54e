"""The gate's side of one vantage at the broker: it takes batches as a worker of it does, and hands in its results."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection
from typing import Any, NamedTuple

from kombu import Connection, Exchange, Message

from monitor.fleet.broker import BROKEN, Broker
from monitor.fleet.envelope import BadEnvelope, read_envelope
from monitor.fleet.gate.signing import ALONE, LOOKS
from monitor.fleet.topology import RESULTS, queue

HOLD = 25 * 60.0
"""Seconds after which a batch that was handed out is no longer kept for its worker: the hub does not wait for it any
more, and the broker would take it back after 30 minutes."""
QUEUES = (LOOKS, ALONE)


class BrokerLost(Exception):
    """The broker cannot be used now. What was handed out goes back to its queue there; the text says why."""


class _Held(NamedTuple):
    """A batch that was handed out, and to whom."""

    message: Message
    worker: str
    since: float


class VantageQueue:
    """The virtual host of one vantage. May be used from several threads, one after the other."""

    def __init__(self, broker: Broker) -> None:
        """`broker` is the virtual host of the vantage."""
        self._broker = broker
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._channel: Any = None
        self._held: dict[str, _Held] = {}

    def take(self, name: str, worker: str) -> tuple[str, bytes] | None:
        """The id and the envelope of the next batch, which is held until `worker` says what came of it; None when there
        is none now. Raises BrokerLost."""
        with self._lock:
            try:
                self._forget_what_is_old()
                waiting = queue(name)(self._opened())
                while (message := waiting.get(no_ack=False)) is not None:
                    envelope = _envelope(message)
                    if envelope is None:
                        message.reject()  # no batch of a hub: it comes to the hub as a dead letter
                    elif envelope[0] in self._held:
                        message.ack()  # a hub that started anew has sent it once more: it is looked at already
                    else:
                        self._held[envelope[0]] = _Held(message, worker, time.monotonic())
                        return envelope
                return None
            except BROKEN as error:
                raise self._lost(error) from error

    def put_back(self, id_: str) -> None:
        """Nobody looks at a batch that was taken: it is given out again, unless that was so before. Raises
        BrokerLost."""
        self._end(id_, lambda message: message.requeue())

    def put_back_of(self, worker: str, kept: Collection[str]) -> None:
        """A worker has started anew: what is held for it is given out again, but for batches of which it has `kept` a
        result. Raises BrokerLost."""
        for id_ in [id_ for id_, one in list(self._held.items()) if one.worker == worker and id_ not in kept]:
            self.put_back(id_)

    def refuse(self, id_: str) -> None:
        """A look at a batch failed: the hub hears of it. Raises BrokerLost."""
        self._end(id_, lambda message: message.reject())

    def hand_in(self, id_: str, envelope: bytes) -> None:
        """Publish a result, confirmed; then its batch is dealt with. Raises BrokerLost."""
        with self._lock:
            try:
                self._opened()
                assert self._connection is not None  # noqa: S101  opened by the line above
                with self._connection.Producer(self._channel, serializer=None) as producer:
                    producer.publish(
                        envelope,
                        exchange=Exchange(RESULTS, no_declare=True),
                        routing_key=RESULTS,
                        content_type="application/vnd.leftopen.result",
                        content_encoding="binary",
                        delivery_mode=2,
                        declare=[],
                    )
                held = self._held.pop(id_, None)
                if held is not None:
                    held.message.ack()
            except BROKEN as error:
                raise self._lost(error) from error

    def close(self) -> None:
        """End the connection: what is held goes back to its queue."""
        with self._lock:
            self._drop()

    def _end(self, id_: str, how: Any) -> None:
        with self._lock:
            held = self._held.pop(id_, None)
            if held is None:
                return
            try:
                how(held.message)
            except BROKEN as error:
                raise self._lost(error) from error

    def _forget_what_is_old(self) -> None:
        for id_, one in list(self._held.items()):
            if time.monotonic() - one.since > HOLD:
                del self._held[id_]
                one.message.ack()

    def _opened(self) -> Any:
        if self._connection is None:
            # A broker that hangs must not hold a thread for ever.
            self._connection = self._broker.connection(read_timeout=20, write_timeout=20)
            self._connection.connect()
            self._channel = self._connection.channel()
        return self._channel

    def _lost(self, error: BaseException) -> BrokerLost:
        self._drop()
        return BrokerLost(f"the broker cannot be used ({type(error).__name__})")

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        self._held.clear()
        if connection is not None:
            try:
                connection.release()
            except BROKEN:
                return


def _envelope(message: Message) -> tuple[str, bytes] | None:
    try:
        body: Any = json.loads(bytes(message.body) if isinstance(message.body, memoryview) else message.body)
        envelope = body[0][0]
        return read_envelope(envelope).id, json.dumps(envelope).encode()
    except (BadEnvelope, ValueError, TypeError, LookupError, RecursionError):
        return None
