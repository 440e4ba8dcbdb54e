"""Further real servers: CivetWeb, aiohttp's own static index, and Subversion over WebDAV."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launch import Server, Start, missing, require, running

_APACHE_MODULES = Path("/usr/lib/apache2/modules")
_STATIC = """
import sys
from aiohttp import web
app = web.Application()
app.router.add_static(sys.argv[3], sys.argv[1], show_index=True)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[2]), print=None)
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
