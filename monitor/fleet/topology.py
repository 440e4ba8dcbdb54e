"""The virtual host of a vantage on RabbitMQ: its queues, and the least that its user may do there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kombu import Connection, Exchange, Queue

TASK = "leftopen.look"
"""The one task that a worker has."""
LOOKS, ALONE, RESULTS, POISON = "looks", "alone", "results", "poison"
MOST_BATCHES = 20_000
"""Batches that a queue takes before it refuses more: two rounds over 200,000 hosts."""
RIGHTS = ("^$", f"^{RESULTS}$", f"^({LOOKS}|{ALONE})$")
"""What the user of a vantage may configure, write and read: it takes looks and hands in results, and no more."""


def user_of(vantage: str) -> str:
    """The broker's user for the workers of a vantage."""
    return f"leftopen-{vantage}"


def address(broker: str, vantage: str) -> str:
    """The address of a vantage's virtual host, by the address of the broker."""
    return f"{broker.rstrip('/')}/{quote(vantage, safe='')}"


def exchange(name: str) -> Exchange:
    """An exchange of ours."""
    return Exchange(name, type="direct", durable=True)


def queue(name: str, most: int = MOST_BATCHES) -> Queue:
    """A queue of ours: of three copies where there are three nodes, and on disk."""
    arguments: dict[str, object] = {"x-queue-type": "quorum"}
    if name in (LOOKS, ALONE):
        arguments |= {
            # A batch that has cost two workers their lives comes to the hub, which cuts it.
            "x-delivery-limit": 1,
            "x-dead-letter-exchange": POISON,
            "x-dead-letter-routing-key": POISON,
            "x-max-length": most,
            "x-overflow": "reject-publish",
        }
    # The looks are published to the default exchange, to which a vantage's user may not write.
    at = exchange(name) if name in (RESULTS, POISON) else Exchange("")
    return Queue(name, at, routing_key=name, durable=True, queue_arguments=arguments)


def declare(connection: Connection, most: int = MOST_BATCHES) -> None:
    """Make what is missing. Raises what kombu raises, when the broker cannot be reached or refuses."""
    with connection.channel() as channel:
        for name in (RESULTS, POISON, LOOKS, ALONE):
            made = queue(name, most)(channel)
            if name in (LOOKS, ALONE):
                made.queue_declare()
            else:
                made.declare()


@dataclass(frozen=True, slots=True)
class Step:
    """One call of rabbitmqctl."""

    arguments: tuple[str, ...]
    secret: str = ""
    """What it reads from its standard input."""


def steps(vantage: str, hub: str, password: str) -> tuple[Step, ...]:
    """The calls of rabbitmqctl that make the virtual host of a vantage and its user. `hub` is the hub's own user."""
    user = user_of(vantage)
    return (
        Step(("add_vhost", vantage)),
        Step(("set_permissions", "-p", vantage, hub, ".*", ".*", ".*")),
        Step(("add_user", user), password),
        Step(("set_permissions", "-p", vantage, user, *RIGHTS)),
    )
