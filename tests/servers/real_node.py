"""Real servers of the Node world: `serve`, `http-server`, `express` with `serve-index`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launch import Server, Start, missing, require, running

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def _script(path: str) -> tuple[str, str]:
    """Node, and a script below node_modules; skips where either is missing."""
    node = require("node")
    if not (MODULES / path).exists():
        missing(f"the node package of {path} is not installed (.ci/servers installs it)")
    return node, str(MODULES / path)


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Vercel's `serve`: HTML with "Files within", or JSON on `Accept: application/json`."""
    node, script = _script("serve/build/main.js")

    def start(port: int, home: Path) -> Start:
        return Start(
            [node, script, "--no-clipboard", "-l", f"tcp://127.0.0.1:{port}", str(folder)], folder, log="out.log"
        )

    with running("serve", start) as server:
        yield server


@contextmanager
def http_server(folder: Path) -> Iterator[Server]:
    """`http-server`: a table without headers."""
    node, script = _script("http-server/bin/http-server")

    def start(port: int, home: Path) -> Start:
        command = [node, script, str(folder), "-a", "127.0.0.1", "-p", str(port), "-c-1"]
        return Start(command, folder, log="out.log")

    with running("http-server", start) as server:
        yield server


@contextmanager
def express(folder: Path) -> Iterator[Server]:
    """Express with `serve-index` in its view with sizes and dates."""
    node, _ = _script("serve-index/index.js")

    def start(port: int, home: Path) -> Start:
        return Start([node, str(HERE / "express.cjs"), str(folder), "127.0.0.1", str(port)], folder, log="out.log")

    with running("express", start) as server:
        yield server
