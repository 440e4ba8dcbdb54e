"""Real servers of the smaller kind: webfs, mini_httpd, rclone, WsgiDAV, copyparty."""

from __future__ import annotations

import os
import pwd
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tests.servers.launch import Server, Start, missing, require, running

PYPI = Path(__file__).parent / ".pypi"
"""Where .ci/servers puts the Python servers, apart from the program's own packages."""


@contextmanager
def webfs(folder: Path) -> Iterator[Server]:
    """webfs: `<DIR>`, dates without a year."""
    binary = require("webfsd")

    def start(port: int, home: Path) -> Start:
        command = [binary, "-F", "-i", "127.0.0.1", "-p", str(port), "-r", str(folder), "-L", f"{home}/access.log"]
        return Start(command, folder)

    with running("webfs", start) as server:
        yield server


@contextmanager
def mini_httpd(folder: Path) -> Iterator[Server]:
    """mini_httpd: links `.` and `..`, and marks no directory."""
    binary = require("mini_httpd")

    def start(port: int, home: Path) -> Start:
        me = pwd.getpwuid(os.geteuid()).pw_name
        command = [binary, "-D", "-h", "127.0.0.1", "-p", str(port), "-d", str(folder), "-u", me]
        return Start([*command, "-l", f"{home}/access.log"], folder)

    with running("mini_httpd", start) as server:
        yield server


@contextmanager
def rclone(folder: Path, *, speaks: Literal["http", "webdav"] = "http") -> Iterator[Server]:
    """rclone serving a folder over HTTP or WebDAV, read-only."""
    binary = require("rclone")

    def start(port: int, home: Path) -> Start:
        command = [binary, "serve", speaks, str(folder), "--addr", f"127.0.0.1:{port}", "--read-only", "-vv"]
        return Start([*command, "--config", f"{home}/rclone.conf"], folder, log="out.log")

    with running(f"rclone-{speaks}", start) as server:
        yield server


def _pypi(module: str) -> None:
    if not (PYPI / module).exists():
        missing(f"{module} is not installed (.ci/servers installs it)")


@contextmanager
def wsgidav(folder: Path) -> Iterator[Server]:
    """WsgiDAV: WebDAV and its own HTML listing, open to anybody."""
    _pypi("wsgidav")

    def start(port: int, home: Path) -> Start:
        command = [sys.executable, "-u", "-m", "wsgidav.server.server_cli", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--root", str(folder), "--auth", "anonymous", "--server", "cheroot", "--no-config"]
        return Start(command, folder, environment={"PYTHONPATH": str(PYPI)}, log="out.log")

    with running("wsgidav", start) as server:
        yield server


@contextmanager
def copyparty(folder: Path, *, login: bool = False) -> Iterator[Server]:
    """copyparty: its answer depends on who asks; `/?ls` is JSON. `login` demands an account that nobody here knows."""
    _pypi("copyparty")

    def start(port: int, home: Path) -> Start:
        command = [sys.executable, "-u", "-m", "copyparty", "-i", "127.0.0.1", "-p", str(port)]
        command += ["-a", f"nobody:{secrets.token_hex(16)}", "-v", f"{folder}::r,nobody"] if login else []
        command += [] if login else ["-v", f"{folder}::r"]
        command += ["-j", "1", "-nw", "--no-thumb", "--hist", str(home / "hist")]
        return Start(command, folder, environment={"PYTHONPATH": str(PYPI), "PYTHONUTF8": "1"}, log="out.log")

    with running("copyparty", start) as server:
        yield server
