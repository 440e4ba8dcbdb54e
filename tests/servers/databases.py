"""Real databases, directories, repositories and disks: PostgreSQL, MariaDB, OpenLDAP, etcd, git, svnserve, tgt."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import pytest

from tests.servers.certificates import certificate
from tests.servers.launch import (
    DidNotStart,
    Server,
    Start,
    bound_to_us,
    free_port,
    missing,
    require,
    running,
    surroundings,
)


def _given_to_nobody(*folders: Path) -> None:
    """Servers that refuse to run as root own their data."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _once(command: list[str], home: Path) -> None:
    done = subprocess.run(
        [*bound_to_us(unprivileged=True), *command], cwd=home, env=surroundings(home), capture_output=True, check=False
    )
    if done.returncode:
        raise DidNotStart(done.stderr.decode("utf-8", "replace")[-500:])


def postgresql_data(home: Path) -> Path:
    """A new cluster of PostgreSQL below a folder, for all the states in turn."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        missing("postgresql is not installed (.ci/servers installs it)")
    home.chmod(0o755)
    _given_to_nobody(home)
    _once([str(found[-1]), "-D", str(home / "data"), "-A", "trust", "-U", "postgres", "--no-sync"], home)
    return home / "data"


_HBA = {
    "trust": "host all all all trust",
    "password": "host all all all scram-sha-256",
    "reject": "",
    "tlspassword": "host all all all scram-sha-256",
    "cleartrust": "hostnossl all all all trust\nhostssl all all all scram-sha-256",
    "base": "host calls all all trust\nhost all all all scram-sha-256",
    "copy": "host replication all all trust\nhost all all all scram-sha-256",
    "tlscopy": "hostnossl replication all all trust\nhost all all all scram-sha-256",
    "tlstrust": "hostssl all all all trust\nhostnossl all all all scram-sha-256",
}


@contextmanager
def postgresql(data: Path, state: str = "trust") -> Iterator[Server]:
    """PostgreSQL that lets anybody in, demands a password, or has no line for us; or that offers TLS, and demands a
    password in both, or lets anybody in in clear alone or in TLS alone; or lets anybody in to the database `calls`
    alone, or to copy the server alone."""
    binary = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))[-1]

    def start(port: int, home: Path) -> Start:
        (data / "pg_hba.conf").write_text(f"local all all reject\n{_HBA[state]}\n", "utf-8")
        command = [str(binary), "-D", str(data), "-p", str(port), "-k", "", "-h", "127.0.0.1", "-F"]
        if state.startswith(("tls", "clear")):
            chain, key = certificate().files(home)
            _given_to_nobody(home)
            key.chmod(0o600)
            command += ["-c", "ssl=on", "-c", f"ssl_cert_file={chain}", "-c", f"ssl_key_file={key}"]
        return Start(command, data, log="out.log", cwd=data, unprivileged=True)

    with running("postgresql", start) as server:
        until = time.monotonic() + 40
        # The port is open a while before anybody is let in.
        while b"ready" not in (data / "postmaster.pid").read_bytes():
            if time.monotonic() > until:
                raise DidNotStart("PostgreSQL was not ready within 40 s")
            time.sleep(0.05)
        yield server


def mariadb_data(home: Path) -> Path:
    """New tables of MariaDB below a folder, for all the states in turn."""
    binary = require("mariadb-install-db")
    home.chmod(0o755)
    _given_to_nobody(home)
    command = [binary, "--no-defaults", f"--datadir={home}/data", "--auth-root-authentication-method=normal"]
    _once([*command, "--skip-test-db", "--skip-name-resolve", "--innodb-flush-method=nosync"], home)
    return home / "data"


_PEOPLE = {
    "tlslogin": "DROP USER IF EXISTS ''@'localhost'; DROP USER IF EXISTS ''@'%';",
    "login": "DROP USER IF EXISTS ''@'localhost'; DROP USER IF EXISTS ''@'%';",
    "tlsname": "DROP USER IF EXISTS ''@'localhost'; DROP USER IF EXISTS ''@'%'; CREATE USER ''@'%' REQUIRE SSL;",
    "anyname": "CREATE USER IF NOT EXISTS ''@'localhost'; CREATE USER IF NOT EXISTS ''@'%';",
}


@contextmanager
def mariadb(data: Path, state: str = "login") -> Iterator[Server]:
    """MariaDB with logins, with an account without a name, with one for TLS alone, with TLS and logins, or without
    tables of accounts (whoever comes is root)."""
    binary = require("mariadbd")

    def start(port: int, home: Path) -> Start:
        (home / "people.sql").write_text(_PEOPLE.get(state, "").replace("; ", ";\n") + "\n", "utf-8")
        command = [binary, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1"]
        command += [f"--socket={data}/socket", "--innodb-buffer-pool-size=16M", "--innodb-flush-method=nosync"]
        command += ["--skip-name-resolve", f"--pid-file={data}/pid"]
        if state.startswith("tls"):
            chain, key = certificate().files(home)
            _given_to_nobody(home)
            command += [f"--ssl-cert={chain}", f"--ssl-key={key}"]
        command += ["--skip-grant-tables"] if state == "notables" else [f"--init-file={home}/people.sql"]
        return Start(command, data, log="out.log", cwd=data, unprivileged=True)

    with running("mariadb", start) as server:
        yield server


_TREE = """dn: dc=region,dc=example
objectClass: dcObject
objectClass: organization
o: x
dc: region

dn: cn=Test One,dc=region,dc=example
objectClass: person
cn: Test One
sn: One

dn: ou=people,dc=region,dc=example
objectClass: organizationalUnit
ou: people

dn: cn=Test Two,ou=people,dc=region,dc=example
objectClass: person
cn: Test Two
sn: Two
"""


@contextmanager
def slapd(
    folder: Path, state: Literal["open", "dseonly", "branch", "closed", "starttls", "ssf"] = "open"
) -> Iterator[Server]:
    """OpenLDAP whose tree anybody may read; one that tells strangers of itself alone, or of one branch; one that lets
    no stranger in; one that anybody may read after STARTTLS alone; and one that wants encryption and has no certificate
    for it."""
    binary, add = require("slapd"), require("slapadd")

    def start(port: int, home: Path) -> Start:
        shutil.rmtree(home / "db", ignore_errors=True)
        (home / "db").mkdir()
        lines = [f"include /etc/ldap/schema/{name}.schema" for name in ("core", "cosine")]
        lines += ["modulepath /usr/lib/ldap", "moduleload back_mdb"]
        if state in ("starttls", "ssf"):
            lines += ["security ssf=64"]
        if state == "starttls":
            chain, key = certificate().files(home)
            lines += [f"TLSCertificateFile {chain}", f"TLSCertificateKeyFile {key}"]
        lines += ["disallow bind_anon", "require authc"] if state == "closed" else []
        lines += ["database mdb", "maxsize 10485760", 'suffix "dc=region,dc=example"', f"directory {home}/db"]
        lines += ['access to dn.subtree="ou=people,dc=region,dc=example" by * read'] if state == "branch" else []
        lines += ["access to * by users read by * none"] if state in ("dseonly", "branch") else []
        (home / "slapd.conf").write_text("\n".join(lines) + "\n", "utf-8")
        subprocess.run([add, "-f", f"{home}/slapd.conf"], input=_TREE.encode(), check=True, capture_output=True)
        return Start([binary, "-f", f"{home}/slapd.conf", "-h", f"ldap://127.0.0.1:{port}", "-d", "0"], folder)

    with running("slapd", start) as server:
        yield server


@contextmanager
def etcd(folder: Path, state: Literal["open", "old", "closed"] = "open") -> Iterator[Server]:
    """etcd with one key; one with logins whose older store is still open (`old`), or switched off (`closed`)."""
    binary = require("etcd")

    def start(port: int, home: Path) -> Start:
        here, peers = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
        command = [binary, "--name", "t", "--data-dir", f"{home}/data", f"--enable-v2={str(state != 'closed').lower()}"]
        command += ["--listen-client-urls", here, "--advertise-client-urls", here, "--listen-peer-urls", peers]
        command += ["--initial-advertise-peer-urls", peers, "--initial-cluster", f"t={peers}"]
        return Start(command, folder, log="out.log")

    with running("etcd", start) as server:
        until = time.monotonic() + 40
        while not _etcd(server, "kv/put", key="Y2FsbHMvMQ==", value="eA=="):
            if time.monotonic() > until:
                raise DidNotStart("no key was taken within 40 s")
            time.sleep(0.1)
        if state != "open":
            _etcd(server, "auth/user/add", name="root", password="not-guessed")  # noqa: S106
            _etcd(server, "auth/role/add", name="root")
            _etcd(server, "auth/user/grant", user="root", role="root")
            assert _etcd(server, "auth/enable")
        yield server


def _etcd(server: Server, path: str, **says: str) -> bool:
    asked = http.client.HTTPConnection(server.host, server.port, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        asked.request("POST", f"/v3/{path}", json.dumps(says).encode())
        return asked.getresponse().status == 200
    return False


@contextmanager
def git(folder: Path) -> Iterator[Server]:
    """git's daemon with the repositories `open`, `new` (without a branch) and `closed` (not exported)."""
    binary = require("git")

    def run(*words: str, told: str = "") -> str:
        who = ["-c", "user.name=t", "-c", "user.email=t@example"]
        done = subprocess.run([binary, *who, *words], input=told, text=True, check=True, capture_output=True)
        return done.stdout.strip()

    for name in ("open", "new", "closed"):
        run("init", "-q", "--bare", str(folder / name))
        at = ("-C", str(folder / name))
        if name != "new":
            run(*at, "update-ref", "refs/heads/main", run(*at, "commit-tree", "-m", "x", run(*at, "mktree")))
        if name != "closed":
            (folder / name / "git-daemon-export-ok").touch()

    def start(port: int, home: Path) -> Start:
        command = [binary, "daemon", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}"]
        # git reads no repository of another person unless it is told to.
        safe = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        return Start(command, folder, safe, log="out.log")

    with running("git", start) as server:
        yield server


@contextmanager
def svnserve(folder: Path) -> Iterator[Server]:
    """svnserve with the repositories `open` (anybody may read) and `closed`."""
    binary, admin = require("svnserve"), require("svnadmin")
    for name, access in (("open", "read"), ("closed", "none")):
        subprocess.run([admin, "create", str(folder / name)], check=True)
        (folder / name / "conf" / "svnserve.conf").write_text(
            f"[general]\nanon-access = {access}\npassword-db = passwd\n", "utf-8"
        )

    def start(port: int, home: Path) -> Start:
        command = [binary, "-d", "--foreground", "--listen-host", "127.0.0.1", "--listen-port", str(port)]
        return Start([*command, "-r", str(folder)], folder, log="out.log")

    with running("svnserve", start) as server:
        yield server


@contextmanager
def tgtd(folder: Path) -> Iterator[Server]:
    """tgt with the target `open`, a disk for anybody, and `chap`, which demands a secret. It runs with a /run of
    its own, since its control socket is one for the machine."""
    binary, admin, enter = require("tgtd"), require("tgtadm"), require("nsenter")
    if os.geteuid() != 0:
        pytest.skip("tgt serves disks, and gets a /run of its own, which root alone may do")
    (folder / "disk").write_bytes(bytes(1 << 20))

    def start(port: int, home: Path) -> Start:
        inside = f"mount -t tmpfs tmpfs /run && mkdir /run/tgtd && exec {binary} -f --iscsi portal=127.0.0.1:{port}"
        return Start([require("unshare"), "-m", "sh", "-c", inside], folder, log="out.log")

    def tell(server: Server, *words: str) -> None:
        command = [enter, "-t", str(server.group), "-m", admin, "--lld", "iscsi", *words]
        subprocess.run(command, check=True, capture_output=True)

    with running("tgtd", start) as server:
        disk = ("--lun", "1", "-b", str(folder / "disk"))
        for number, name in (("1", "open"), ("2", "chap")):
            at = ("--tid", number)
            tell(server, "--op", "new", "--mode", "target", *at, "-T", f"iqn.2026-01.example:{name}")
            if name == "open":
                tell(server, "--op", "new", "--mode", "logicalunit", *at, *disk)
            tell(server, "--op", "bind", "--mode", "target", *at, "-I", "ALL")
        tell(server, "--op", "new", "--mode", "account", "--user", "owner", "--password", "not-guessed-1")
        tell(server, "--op", "bind", "--mode", "account", "--tid", "2", "--user", "owner")
        yield server
