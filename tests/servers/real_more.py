"""Further real servers: CivetWeb, aiohttp's own static index, Subversion over WebDAV, hapi, filesh and micro_httpd."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launch import Server, Start, missing, require, running
from tests.servers.real_node import HERE, node_with
from tests.servers.real_small import PYPI

_APACHE_MODULES = Path("/usr/lib/apache2/modules")
_STATIC = """
import sys
from aiohttp import web
app = web.Application()
app.router.add_static(sys.argv[3], sys.argv[1], show_index=True)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[2]), print=None)
"""
_FOR_EACH = """
import socketserver, subprocess, sys
class Each(socketserver.BaseRequestHandler):
    def handle(self):
        subprocess.run(sys.argv[2:], stdin=self.request.fileno(), stdout=self.request.fileno())
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Each).serve_forever()
"""


@contextmanager
def civetweb(folder: Path) -> Iterator[Server]:
    """CivetWeb, which lists its folders unless it is told not to."""
    binary = require("civetweb")

    def start(port: int, home: Path) -> Start:
        command = [binary, "-document_root", str(folder), "-listening_ports", f"127.0.0.1:{port}"]
        return Start([*command, "-access_log_file", f"{home}/access.log"], folder)

    with running("civetweb", start) as server:
        yield server


@contextmanager
def aiohttp_static(folder: Path, prefix: str = "/") -> Iterator[Server]:
    """aiohttp's static route with its index, at `prefix`; it writes its links from the root, without a prefix."""

    def start(port: int, home: Path) -> Start:
        return Start([sys.executable, "-c", _STATIC, str(folder), str(port), prefix], folder, log="out.log")

    with running("aiohttp", start) as server:
        yield server


@contextmanager
def subversion(folder: Path) -> Iterator[Server]:
    """A repository of what is in `folder`, below `/svn/trunk/`, and below `/drawn/trunk/` for a style sheet."""
    binary, admin = require("apache2"), require("svnadmin")
    if not (_APACHE_MODULES / "mod_dav_svn.so").exists():
        missing("mod_dav_svn is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        repository = home / "repository"
        if not repository.exists():  # it may be started again at another port
            subprocess.run([admin, "create", str(repository)], check=True)
            address = f"{repository.as_uri()}/trunk"
            subprocess.run([require("svn"), "import", "-q", "-m", "calls", str(folder), address], check=True)
        loads = "".join(
            f"LoadModule {name}_module {_APACHE_MODULES}/mod_{name}.so\n"
            for name in ("mpm_event", "authz_core", "mime", "dir", "dav", "dav_svn")
        )
        (home / "mime.types").write_text("audio/x-wav wav\n", encoding="utf-8")
        (home / "apache.conf").write_text(
            f"""{loads}
ServerRoot {home}
ServerName localhost
DefaultRuntimeDir {home}
Mutex file:{home} default
PidFile {home}/pid
Listen 127.0.0.1:{port}
ThreadsPerChild 16
ErrorLog {home}/error.log
LogFormat "%h \\"%r\\" %>s" asked
CustomLog {home}/access.log asked
TypesConfig {home}/mime.types
DocumentRoot {home}
<Location /svn>
DAV svn
SVNPath {repository}
Require all granted
</Location>
<Location /drawn>
DAV svn
SVNPath {repository}
SVNIndexXSLT /svnindex.xsl
Require all granted
</Location>
""",
            encoding="utf-8",
        )
        return Start([binary, "-X", "-f", f"{home}/apache.conf"], folder, unprivileged=True)

    with running("subversion", start) as server:
        yield server


@contextmanager
def hapi(folder: Path) -> Iterator[Server]:
    """hapi with the listings of its `inert`: bare links, of which nothing says that they lead to folders."""
    node = node_with("@hapi/hapi", "@hapi/inert")

    def start(port: int, home: Path) -> Start:
        return Start([node, str(HERE / "hapi.cjs"), str(folder), "127.0.0.1", str(port)], folder, log="out.log")

    with running("hapi", start) as server:
        yield server


@contextmanager
def filesh(folder: Path) -> Iterator[Server]:
    """filesh: folders below `/browse/`, opened by a click on their row, and files below `/download/`."""
    if not (PYPI / "filesh").exists():
        missing("filesh is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        command = [sys.executable, "-m", "filesh", str(folder), "-p", str(port), "-H", "127.0.0.1", "-x"]
        return Start(command, folder, environment={"PYTHONPATH": str(PYPI)}, log="out.log")

    with running("filesh", start) as server:
        yield server


@contextmanager
def micro_httpd(folder: Path) -> Iterator[Server]:
    """micro_httpd, which answers one request on its standard input: here a small server starts one for each."""
    binary = require("micro-httpd")

    def start(port: int, home: Path) -> Start:
        return Start([sys.executable, "-c", _FOR_EACH, str(port), binary, str(folder)], folder, log="out.log")

    with running("micro_httpd", start) as server:
        yield server
