"""Real data stores, open and closed: ZooKeeper."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from tests.servers.launch import DidNotStart, Server, Start, missing, require, running
from tests.servers.real_java import JARS, JAVA

_ZOOKEEPER = (
    "zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple", "netty-all", "netty", "commons-cli", "jackson-core",
    "jackson-databind", "jackson-annotations", "snappy-java", "metrics-core", "jetty9-server", "jetty9-servlet",
    "jetty9-http", "jetty9-io", "jetty9-util", "jetty9-security", "servlet-api", "jline2", "audience-annotations",
)  # fmt: skip
_SASL = """enforce.auth.enabled=true
enforce.auth.schemes=sasl
sessionRequireClientSASLAuth=true
authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider
"""


@contextmanager
def zookeeper(folder: Path, state: Literal["open", "sasl"] = "open") -> Iterator[Server]:
    """ZooKeeper as it comes, or one that closes a session at its first question unless it logged in."""
    java = require("java")
    if not (JARS / "zookeeper.jar").exists():
        missing("ZooKeeper is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        (home / "zoo.cfg").write_text(
            f"tickTime=2000\ndataDir={home}/data\nclientPort={port}\nclientPortAddress=127.0.0.1\n"
            f"admin.enableServer=false\n{_SASL if state == 'sasl' else ''}",
            "utf-8",
        )
        jars = ":".join(str(JARS / f"{name}.jar") for name in _ZOOKEEPER if (JARS / f"{name}.jar").exists())
        command = [java, *JAVA, "-cp", jars, "org.apache.zookeeper.server.quorum.QuorumPeerMain", str(home / "zoo.cfg")]
        return Start(command, folder, log="out.log")

    with running("zookeeper", start) as server:
        _wait_for_sessions(server)
        yield server


def _wait_for_sessions(server: Server) -> None:
    """The port is open a second before sessions are granted."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((server.host, server.port), 2) as made:
            made.sendall(struct.pack(">iiqiqi", 44, 0, 0, 10_000, 0, 16) + bytes(16))
            if made.recv(1):
                return
        time.sleep(0.1)
    raise DidNotStart("no session was granted within 20 s")
