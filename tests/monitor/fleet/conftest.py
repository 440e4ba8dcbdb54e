"""A broker for the tests of a fleet: started once, and set up as an operator does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.main import main
from monitor.proof.formats.note import LOG, SigningKey
from tests.monitor.fleet.parts import Fleet, ended, inventory_of
from tests.servers.rabbitmq import HUB, PASSWORD, Rabbit, rabbitmq

VANTAGES = ("killed", "poison", "alike", "full", "rights", "other", "same")


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rabbit, Path]]:
    """A broker that `leftopen fleet setup` has set up, and the folder with the addresses of the workers."""
    given = tmp_path_factory.mktemp("given")

    def definitions(made: Rabbit) -> Path:
        keys = {id_: SigningKey.make(id_, LOG) for id_ in VANTAGES}
        inventory = given / "inventory.yaml"
        networks = {id_: f"net-{id_}" for id_ in VANTAGES}
        inventory.write_text(json.dumps(inventory_of([{"id": "a", "host": "127.0.0.1"}], networks, keys)))
        broker = {"BROKER": f"amqp://{HUB}:{PASSWORD}@127.0.0.1:{made.port}"}
        done = CliRunner(env=broker).invoke(main, ["fleet", "setup", str(inventory), str(given)])
        assert done.exit_code == 0, done.output
        assert done.output.strip() == f"rabbitmqctl import_definitions {given / 'definitions.json'}"
        # One vantage whose queue takes very little.
        file = given / "definitions.json"
        made_of = json.loads(file.read_text())
        for one in made_of["queues"]:
            if one["vhost"] == "full" and "x-max-length" in one["arguments"]:
                one["arguments"]["x-max-length"] = 4
        file.write_text(json.dumps(made_of))
        return file

    with rabbitmq(definitions) as made:
        yield made, given


@pytest.fixture
def fleet(rabbit: tuple[Rabbit, Path], tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without any process yet."""
    made, given = rabbit
    with ended(Fleet(tmp_path, made.broker, given)) as one:
        yield one
