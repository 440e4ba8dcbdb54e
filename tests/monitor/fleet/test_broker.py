"""Which broker is spoken to: in TLS, with a certificate of a declared authority for its own name; or nobody."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.fleet.broker import Broker, NoBroker
from tests.monitor.fleet.parts import Fleet, brokered
from tests.servers.certificates import certificate
from tests.servers.rabbitmq import Rabbit
from tests.waiting import until


@pytest.mark.parametrize(
    "address",
    [
        "amqp://hub:secret@rabbit.example:5672",
        "amqp://hub:secret@192.0.2.7",
        "amqp://hub:secret@127.0.0.1.rabbit.example",
        "http://hub:secret@rabbit.example",
        "amqps://rabbit.example",
        "amqps://hub@rabbit.example",
        "amqps://hub:secret@rabbit.example:many",
        "amqps://hub:secret@[::1",
        "hub:secret@rabbit.example",
        "",
    ],
)
def test_no_password_goes_out_in_clear_text_or_to_nobody(address: str) -> None:
    with pytest.raises(NoBroker) as refused:
        Broker(address)
    assert "secret" not in str(refused.value)


def test_a_virtual_host_has_the_broker_and_its_authority() -> None:
    broker = Broker("amqps://hub:p%40ss@rabbit.example:5671/", "/etc/ca.pem").of("sjunet-1")
    assert broker == Broker("amqps://hub:p%40ss@rabbit.example:5671/sjunet-1", "/etc/ca.pem")
    assert isinstance(broker.tls, dict)
    assert broker.tls["server_hostname"] == "rabbit.example"
    assert Broker("amqp://hub:secret@127.0.0.1:5672").tls is False


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[tuple[Rabbit, Fleet]]:
    """A broker that speaks TLS, and a fleet without any process yet."""
    with brokered(tmp_path, "tls", certificate()) as made:
        yield made


@pytest.mark.slow
def test_hub_and_worker_speak_to_the_broker_of_the_declared_authority_alone(fleet: tuple[Rabbit, Fleet]) -> None:
    made, one = fleet
    authority = made.home / "ca.pem"
    good = Broker(one.broker, authority).of("tls")
    with good.connection() as connection:
        connection.connect()
    elsewhere = good.address.replace("127.0.0.1", "127.0.0.2")
    # Its authority is not trusted; its certificate is for another name.
    for broker in (Broker(good.address), Broker(elsewhere, authority)):
        with broker.connection() as connection, pytest.raises(ssl.SSLCertVerificationError):
            connection.connect()
    hosts = [{"id": f"h{n}", "host": f"127.17.0.{n + 1}", "ports": [1]} for n in range(3)]
    fleet_section = {"broker": "env:BROKER", "key": "env:HUB_KEY", "authority": str(authority)}
    one.write(hosts, {"tls": "internet"}, fleet=fleet_section)
    one.hub_process(2)
    stranger = one.worker("tls", "--threads", "1")
    log = one.home / "worker-tls--threads1.log"
    until(lambda: "CERTIFICATE_VERIFY_FAILED" in log.read_text(), f"a worker that does not trust it: {one.logs()}")
    assert one.looked() == 0
    stranger.terminate()
    one.worker("tls", "--authority", str(authority))
    until(lambda: one.looked() == 3, f"all are looked at: {one.logs()}")
