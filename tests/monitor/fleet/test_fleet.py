"""A fleet over a real RabbitMQ, with workers and a hub as processes that are killed in the middle of their work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.main import main
from tests.monitor.fleet.parts import Fleet, ended, inventory_of
from tests.servers.rabbitmq import HUB, PASSWORD, Rabbit, rabbitmq
from tests.waiting import until

pytestmark = pytest.mark.slow

VANTAGES = ("killed", "poison", "alike", "full", "rights", "other")


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rabbit, Path]]:
    """A broker that `leftopen fleet setup` has set up, and the folder with the addresses of the workers."""
    given = tmp_path_factory.mktemp("given")

    def definitions(made: Rabbit) -> Path:
        from monitor.proof.formats.note import LOG, SigningKey

        keys = {id_: SigningKey.make(id_, LOG) for id_ in VANTAGES}
        inventory = given / "inventory.yaml"
        networks = {id_: f"net-{id_}" for id_ in VANTAGES}
        inventory.write_text(json.dumps(inventory_of([{"id": "a", "host": "127.0.0.1"}], networks, keys)))
        broker = {"BROKER": f"amqp://{HUB}:{PASSWORD}@127.0.0.1:{made.port}"}
        done = CliRunner(env=broker).invoke(main, ["fleet", "setup", str(inventory), str(given)])
        assert done.exit_code == 0, done.output
        assert done.output.strip() == f"rabbitmqctl import_definitions {given / 'definitions.json'}"
        return given / "definitions.json"

    with rabbitmq(definitions) as made:
        yield made, given


@pytest.fixture
def fleet(rabbit: tuple[Rabbit, Path], tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without any process yet."""
    made, given = rabbit
    with ended(Fleet(tmp_path, made.broker, given)) as one:
        yield one


def test_one_batch(fleet: Fleet, rabbit) -> None:
    fleet.write([{"id": f"h{n}", "host": f"127.0.1.{n}", "ports": [1]} for n in range(1, 5)], {"alike": "internet"})
    fleet.hub_process(2)
    fleet.worker("alike", "--threads", "2")
    try:
        until(lambda: fleet.looked() == 4, "all hosts are looked at", 90)
    finally:
        print(fleet.logs())
