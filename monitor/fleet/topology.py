"""The virtual host of a vantage on RabbitMQ: its queues, and the least that its user may do there."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from kombu import Queue

TASK = "leftopen.look"
"""The one task that a worker has."""
LOOKS, ALONE, RESULTS, POISON = QUEUES = "looks", "alone", "results", "poison"
MOST_BATCHES = 20_000
"""Batches that a queue takes before it refuses more: two rounds over 200,000 hosts."""
RIGHTS = ("^$", f"^{RESULTS}$", f"^({LOOKS}|{ALONE})$")
"""What the user of a vantage may configure, write and read: it takes looks and hands in results, and no more."""
HUB_RIGHTS = ("^$", "^amq\\.default$", f"^({RESULTS}|{POISON}|{LOOKS}|{ALONE})$")
"""The hub gives out looks, takes results and dead letters, and asks how long a queue is."""


def user_of(vantage: str) -> str:
    """The broker's user for the workers of a vantage."""
    return f"leftopen-{vantage}"


QUORUM = {"x-queue-type": "quorum"}


def queue(name: str) -> Queue:
    """A queue of ours, which is there already: nobody but `leftopen fleet setup` makes any."""
    # By its kind Celery knows how to ask for few messages at a time.
    return Queue(name, no_declare=True, queue_arguments=dict(QUORUM))


def _arguments(name: str, most: int) -> dict[str, object]:
    # Of three copies where there are three nodes, and on disk.
    arguments: dict[str, object] = dict(QUORUM)
    if name in (LOOKS, ALONE):
        arguments |= {
            # A batch that has cost two workers their lives comes to the hub, which cuts it.
            "x-delivery-limit": 1,
            "x-dead-letter-exchange": POISON,
            "x-dead-letter-routing-key": POISON,
            # By default a broker that dies while it moves a dead letter has lost it: the hub would wait for it in vain.
            "x-dead-letter-strategy": "at-least-once",
            "x-max-length": most,
            "x-overflow": "reject-publish",
        }
    return arguments


def definitions(hub: tuple[str, str], passwords: Mapping[str, str], most: int = MOST_BATCHES) -> dict[str, Any]:
    """What RabbitMQ imports to have the virtual hosts, queues and users of a fleet (`rabbitmqctl import_definitions`).

    `hub` is the name and the password of the hub's user, `passwords` are those of the users of the vantages. Looks are
    published to the default exchange, to which a vantage's user may not write.
    """
    name, password = hub
    vantages = sorted(passwords)
    users = [_user(name, password), *(_user(user_of(one), passwords[one]) for one in vantages)]
    rights = [(name, one, HUB_RIGHTS) for one in vantages] + [(user_of(one), one, RIGHTS) for one in vantages]
    return {
        "vhosts": [{"name": one} for one in vantages],
        "users": users,
        "permissions": [
            {"user": user, "vhost": one, "configure": configure, "write": write, "read": read}
            for user, one, (configure, write, read) in rights
        ],
        "exchanges": [
            {"name": name, "vhost": one, "type": "direct", "durable": True, "auto_delete": False, "arguments": {}}
            for one in vantages
            for name in (RESULTS, POISON)
        ],
        "queues": [
            {"name": name, "vhost": one, "durable": True, "auto_delete": False, "arguments": _arguments(name, most)}
            for one in vantages
            for name in QUEUES
        ],
        "bindings": [
            {
                "source": name,
                "vhost": one,
                "destination": name,
                "destination_type": "queue",
                "routing_key": name,
                "arguments": {},
            }
            for one in vantages
            for name in (RESULTS, POISON)
        ],
    }


def _user(name: str, password: str) -> dict[str, Any]:
    # As RabbitMQ's documentation of passwords has it: no password of ours lies on its disk.
    salt = secrets.token_bytes(4)
    hashed = b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
    algorithm = "rabbit_password_hashing_sha256"
    return {"name": name, "password_hash": hashed, "hashing_algorithm": algorithm, "tags": []}
