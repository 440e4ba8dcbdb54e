"""A worker: takes batches from the queue of its vantage, looks, and hands in signed results.

Celery hands out the batches: a pool of threads, each of which waits for one batch on one event loop beside them. A
result is no task of Celery's, since whoever may publish a task may have any registered one called.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from amqp.exceptions import AccessRefused, NotAllowed, NotFound
from celery import Celery
from kombu import Exchange

from monitor.fleet.broker import Broker
from monitor.fleet.envelope import Message, Sender
from monitor.fleet.looker import Looker
from monitor.fleet.topology import ALONE, LOOKS, RESULTS, TASK, queue
from monitor.proof.formats.note import SigningKey, VerifierKey
from monitor.rounds.batch.values import result_to_json

log = logging.getLogger("leftopen.worker")


SETTINGS: dict[str, Any] = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    # By default a task that raises is acknowledged, and gone.
    "task_acks_on_failure": False,
    "worker_prefetch_multiplier": 1,
    "broker_heartbeat": 10,
    "broker_transport_options": {"confirm_publish": True},
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "task_create_missing_queues": False,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "enable_utc": True,
}
"""What held in trials against a broker, workers and a hub that were killed: docs/fleet.md says why each is so."""


def worker_app(broker: Broker, looker: Looker, own: SigningKey, hub: VerifierKey) -> Celery:
    """The Celery application of a worker: one task, and the exchange that takes its results."""
    app = Celery("leftopen", broker=broker.address, set_as_current=False)
    app.conf.update(SETTINGS, broker_use_ssl=broker.tls)
    app.conf.task_queues = [queue(LOOKS), queue(ALONE)]
    sender = Sender(looker.id, own, hub)

    @app.task(name=TASK)  # type: ignore[untyped-decorator,unused-ignore]
    def look(envelope: object) -> None:
        # Whatever is raised here makes the batch a dead letter, which the hub sees.
        result = looker.look(sender.open(Message.BATCH, envelope))
        message = sender.seal(Message.RESULT, result.id, result.attempt, result_to_json(result))
        with app.producer_or_acquire() as producer:
            producer.publish(
                json.dumps(message).encode(),
                exchange=Exchange(RESULTS, no_declare=True),
                routing_key=RESULTS,
                content_type="application/vnd.leftopen.result",
                content_encoding="binary",
                serializer=None,
                delivery_mode=2,
                declare=[],
                retry=True,
                retry_policy={"max_retries": 20, "interval_start": 0.2, "interval_step": 0.5, "interval_max": 5.0},
            )
        said = ", blind" if result.blind else ""
        log.info("batch %s: %d assets looked at%s", result.id, len(result.looked), said)

    return app


class _Refused(logging.Filter):
    """Says in one sentence that the broker refuses this vantage: Celery ends, with a traceback of its own parts."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, AccessRefused | NotAllowed | NotFound):
            return True
        log.error(
            "the broker refuses this vantage: %s (leftopen fleet setup makes its user and its queues, and says the "
            "address that worker.broker must hold)",
            type(error).__name__,
        )
        return False


def work(
    broker: Broker, looker: Looker, own: SigningKey, hub: VerifierKey, *, alone: bool = False, threads: int = 16
) -> int:
    """Work until SIGTERM or SIGINT, which lets the batches under way end; returns 0, or another number where it could
    not go on: the log says why.

    `alone` takes single assets, one at a time, of which one has killed a worker.
    """
    app = worker_app(broker, looker, own, hub)
    # It wants to declare queues for tasks with a date, says CRITICAL when it may not, and we have no such tasks.
    logging.getLogger("celery.worker.consumer.delayed_delivery").setLevel(logging.CRITICAL + 1)
    refused = _Refused()
    logging.getLogger("celery.worker").addFilter(refused)
    looker.start()
    assets, name = len(looker.vantage.inventory.assets), ALONE if alone else LOOKS
    log.info("vantage %s, %d assets declared: takes batches from the queue %s", looker.id, assets, name)
    try:
        worker = app.Worker(
            hostname=f"{name}.{looker.id}@%h",
            pool="threads",
            concurrency=1 if alone else threads,
            queues=[name],
            loglevel=None,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        worker.start()
        return int(worker.exitcode or 0)
    finally:
        logging.getLogger("celery.worker").removeFilter(refused)
        looker.stop()
