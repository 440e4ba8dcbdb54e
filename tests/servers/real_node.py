"""Real servers of the Node world: `serve`, `http-server`, `express` with `serve-index`, HFS 3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launch import Server, Start, missing, require, running

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def node_with(*packages: str) -> str:
    """Node; skips where it or one of these packages (or of these files of them) is missing."""
    node = require("node")
    for package in packages:
        if not (MODULES / package).exists():
            missing(f"the node package of {package} is not installed (.ci/servers installs it)")
    return node


def script(path: str) -> tuple[str, str]:
    """Node, and a script below node_modules; skips where either is missing."""
    return node_with(path), str(MODULES / path)


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Vercel's `serve`: HTML with "Files within", or JSON on `Accept: application/json`."""
    node, main = script("serve/build/main.js")

    def start(port: int, home: Path) -> Start:
        return Start(
            [node, main, "--no-clipboard", "-l", f"tcp://127.0.0.1:{port}", str(folder)], folder, log="out.log"
        )

    with running("serve", start) as server:
        yield server


@contextmanager
def http_server(folder: Path) -> Iterator[Server]:
    """`http-server`: a table without headers."""
    node, main = script("http-server/bin/http-server")

    def start(port: int, home: Path) -> Start:
        command = [node, main, str(folder), "-a", "127.0.0.1", "-p", str(port), "-c-1"]
        return Start(command, folder, log="out.log")

    with running("http-server", start) as server:
        yield server


@contextmanager
def express(folder: Path) -> Iterator[Server]:
    """Express with `serve-index` in its view with sizes and dates."""
    node, _ = script("serve-index/index.js")

    def start(port: int, home: Path) -> Start:
        return Start([node, str(HERE / "express.cjs"), str(folder), "127.0.0.1", str(port)], folder, log="out.log")

    with running("express", start) as server:
        yield server


@contextmanager
def hfs(folder: Path, *, login: bool = False) -> Iterator[Server]:
    """HFS 3: its page is a shell whose rows come from `/~/api/get_file_list`; `login` demands an account of its own."""
    node, main = script("hfs/src/index.js")

    def start(port: int, home: Path) -> Start:
        shared: dict[str, object] = {"source": str(folder)}
        # "*" is any account, and there is none.
        shared |= {"can_read": "*", "can_list": "*"} if login else {}
        config = {
            "port": port, "listen_interface": "127.0.0.1", "https_port": -1, "open_browser_at_start": False,
            "auto_check_update": False, "update_to_beta": False, "localhost_admin": False, "log": f"{home}/access.log",
            "vfs": shared,
        }  # fmt: skip
        # JSON is YAML.
        (home / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        return Start([node, main, "--cwd", str(home)], folder)

    with running("hfs", start) as server:
        yield server
