"""Real file services and data stores, open and closed: pyftpdlib, rsync's daemon, Redis, memcached."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tests.servers.launch import Server, Start, missing, require, running
from tests.servers.real_small import PYPI

_FTP = """
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
state, tree, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
people = DummyAuthorizer()
people.add_user("owner", "nobody guesses this", tree, perm="elr")
if state == "open":
    people.add_anonymous(tree, perm="elr")
FTPHandler.authorizer = people
if state == "stranger":
    people.add_anonymous(tree, perm="elr")
    FTPHandler.masquerade_address = "203.0.113.9"
FTPServer(("127.0.0.1", port), FTPHandler).serve_forever()
"""


@contextmanager
def ftp(folder: Path, state: Literal["open", "closed", "stranger"] = "open") -> Iterator[Server]:
    """pyftpdlib: to anybody (`open`), to its owner alone, or naming another machine in PASV."""
    if not (PYPI / "pyftpdlib").is_dir():
        missing("pyftpdlib is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        (home / "server.py").write_text(_FTP, "utf-8")
        command = [sys.executable, "-W", "ignore", str(home / "server.py"), state, str(folder), str(port)]
        return Start(command, folder, {"PYTHONPATH": str(PYPI)}, log="out.log")

    with running("ftp", start) as server:
        yield server


@contextmanager
def rsyncd(folder: Path) -> Iterator[Server]:
    """rsync's daemon with modules `open`, `hidden` (not listed) and `locked`; its greeting holds a false OK."""
    binary = require("rsync")

    def start(port: int, home: Path) -> Start:
        (home / "motd").write_text("Welcome\n@RSYNCD: OK, says the message of the day\n", "utf-8")
        secrets = home / "secrets"
        secrets.write_text("u:not-guessed\n", "utf-8")
        secrets.chmod(0o600)
        conf = home / "rsyncd.conf"
        conf.write_text(
            f"address = 127.0.0.1\nport = {port}\nuse chroot = no\nreverse lookup = no\nmotd file = {home}/motd\n"
            f"[open]\n path = {folder}\n comment = all calls\n[hidden]\n path = {folder}\n list = no\n"
            f"[locked]\n path = {folder}\n auth users = u\n secrets file = {secrets}\n",
            "utf-8",
        )
        return Start([binary, "--daemon", "--no-detach", f"--config={conf}"], folder, log="out.log")

    with running("rsyncd", start) as server:
        yield server


@contextmanager
def redis(folder: Path, state: Literal["open", "password"] = "open") -> Iterator[Server]:
    """Redis with three keys, or with a password."""
    binary = require("redis-server")

    def start(port: int, home: Path) -> Start:
        more = ["--requirepass", "not-guessed"] if state == "password" else []
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(home), *more]
        return Start(command, folder, log="out.log")

    with running("redis", start) as server:
        if state == "open":
            with socket.create_connection((server.host, server.port), 5) as seed:
                seed.sendall(b"MSET call:0700000001 x call:0700000002 y session:1 z\r\n")
                assert seed.recv(100) == b"+OK\r\n"
        yield server


@contextmanager
def memcached(folder: Path) -> Iterator[Server]:
    """memcached with two items."""
    binary = require("memcached")

    def start(port: int, home: Path) -> Start:
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        return Start([binary, "-l", "127.0.0.1", "-p", str(port), "-U", "0", *user], folder, log="out.log")

    with running("memcached", start) as server:
        with socket.create_connection((server.host, server.port), 5) as seed:
            seed.sendall(b"set call:1 0 0 1\r\nx\r\nset call:2 0 0 1\r\ny\r\n")
            seed.recv(100)
        yield server
