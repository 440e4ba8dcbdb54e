"""A RabbitMQ of the tests' own: a node with its own name, ports, port mapper and folder, which can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.certificates import Certificate
from tests.servers.launch import bound_to_us, end_what_left, free_port, guarded, missing, stop, surroundings, tail

OF_THE_MANUAL = Path(__file__).parents[2] / "docs" / "rabbitmq" / "rabbitmq.conf"
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
HUB, PASSWORD = "hub", "secret-of-the-hub"
STARTS_WITHIN = 120.0


@dataclass
class Rabbit:
    """One node."""

    home: Path
    port: int = field(default_factory=free_port)
    mapper: int = field(default_factory=free_port)
    peers: int = field(default_factory=free_port)
    tls: int = 0
    """The port where it speaks TLS, at 127.0.0.1 and 127.0.0.2; 0: nowhere."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the node and rabbitmqctl need to find each other, and nobody else."""
        return surroundings(
            self.home,
            {
                "RABBITMQ_NODENAME": f"leftopen{self.port}@localhost",
                "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
                "RABBITMQ_NODE_PORT": str(self.port),
                "RABBITMQ_DIST_PORT": str(self.peers),
                "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
                "RABBITMQ_LOG_BASE": str(self.home / "log"),
                "RABBITMQ_PID_FILE": str(self.home / "pid"),
                "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
                "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
                "RABBITMQ_CONF_ENV_FILE": str(self.home / "none"),
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
                "RABBITMQ_CTL_ERL_ARGS": "+S 1:1",
                "ERL_EPMD_PORT": str(self.mapper),
                "ERL_EPMD_ADDRESS": "127.0.0.1",
            },
        )

    @property
    def broker(self) -> str:
        """Its address, as the hub has it."""
        return f"amqp://{HUB}:{PASSWORD}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the folder that it had before, and wait until it takes connections."""
        log = self.home / "out.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*bound_to_us(), str(PROGRAMS / "rabbitmq-server")],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=self.home, env=self.environment,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + STARTS_WITHIN
        while "completed with" not in log.read_text("utf-8", "replace"):
            assert self.process.poll() is None, f"RabbitMQ ended: {tail(self.home)}"
            assert time.monotonic() < end, f"RabbitMQ did not start: {tail(self.home)}"
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def ctl(self, *arguments: str, secret: str = "") -> str:
        """Call rabbitmqctl."""
        done = subprocess.run(
            [str(PROGRAMS / "rabbitmqctl"), *arguments],
            env=self.environment, input=secret, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert not done.returncode, done.stdout + done.stderr
        return done.stdout


@contextmanager
def rabbitmq(definitions: Callable[[Rabbit], Path], shown: Certificate | None = None) -> Iterator[Rabbit]:
    """A node that is running with what `definitions` names, and speaks TLS too where it has a certificate to show; the
    test is skipped where RabbitMQ is not installed."""
    if not (PROGRAMS / "rabbitmq-server").exists():
        missing("rabbitmq-server is not installed (.ci/servers installs it)")
    home = Path(tempfile.mkdtemp(prefix="leftopen-rabbitmq-"))
    with guarded(home):
        yield from _running(Rabbit(home), definitions, shown)


def _running(made: Rabbit, definitions: Callable[[Rabbit], Path], shown: Certificate | None) -> Iterator[Rabbit]:
    home = made.home
    speaks_tls = ""
    if shown is not None:
        made.tls = free_port()
        shown.files(home)
        (home / "ca.pem").write_bytes(shown.authority)
        speaks_tls = "".join(
            line.replace("/etc/rabbitmq", str(home)) + "\n"
            for line in OF_THE_MANUAL.read_text("utf-8").splitlines()
            if line.startswith("ssl_options.")
        )
        speaks_tls += f"listeners.ssl.1 = 127.0.0.1:{made.tls}\nlisteners.ssl.2 = 127.0.0.2:{made.tls}\n"
    (home / "plugins").write_text("[].\n")
    (home / "rabbitmq.conf").write_text(
        f"log.console.level = warning\nload_definitions = {definitions(made)}\n"
        "vm_memory_high_watermark.absolute = 400MiB\ndisk_free_limit.absolute = 50MB\n" + speaks_tls
    )
    try:
        made.start()
        yield made
    finally:
        if made.process is not None:
            stop(made.process)
        end_what_left(home)  # its port mapper
