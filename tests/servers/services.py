"""Real file services and data stores, open and closed: pyftpdlib, rsync's daemon, Redis, memcached."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from tests.servers.certificates import certificate
from tests.servers.launch import Server, Start, missing, own_address, require, running
from tests.servers.real_small import PYPI

_FTP = """
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
state, tree, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
people = DummyAuthorizer()
people.add_user("owner", "nobody guesses this", tree, perm="elr")
if state != "closed":
    rights = {"listonly": "el", "nolist": "er"}.get(state, "elr")
    people.add_anonymous(tree + "/empty" if state == "empty" else tree, perm=rights)
FTPHandler.authorizer = people
FTPHandler.auth_failed_timeout = 0.1
if state == "stranger":
    FTPHandler.masquerade_address = "203.0.113.9"
FTPServer(("127.0.0.1", port), FTPHandler).serve_forever()
"""


@contextmanager
def ftp(
    folder: Path, state: Literal["open", "closed", "stranger", "listonly", "nolist", "empty"] = "open"
) -> Iterator[Server]:
    """pyftpdlib: to anybody (`open`), to its owner alone, naming another machine in PASV, showing names alone, giving
    files without a list, or showing the folder `empty` of `folder`."""
    if not (PYPI / "pyftpdlib").is_dir():
        missing("pyftpdlib is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        (home / "server.py").write_text(_FTP, "utf-8")
        command = [sys.executable, "-W", "ignore", str(home / "server.py"), state, str(folder), str(port)]
        return Start(command, folder, {"PYTHONPATH": str(PYPI)}, log="out.log")

    with running("ftp", start) as server:
        yield server


_VSFTPD = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
ftp_username=daemon
nopriv_user=daemon
anonymous_enable={anonymous}
local_enable={local}
anon_root={folder}
secure_chroot_dir={home}/chroot
xferlog_enable=NO
pasv_address=203.0.113.9
"""
_VSFTPD_TLS = """
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
ssl_ciphers=HIGH
rsa_cert_file={home}/tls.pem
require_ssl_reuse={reuse}
implicit_ssl={implicit}
"""


@contextmanager
def vsftpd(
    folder: Path, state: Literal["open", "tls", "tlsreuse", "implicit", "closed"] = "open", more: str = ""
) -> Iterator[Server]:
    """vsftpd, which names another machine in PASV: in clear, after AUTH TLS alone, wanting the session resumed on data
    connections, in TLS from the first byte, or closed to the anonymous account; `more` are further settings."""
    binary = require("vsftpd")
    if os.geteuid() != 0:
        pytest.skip("vsftpd shuts its visitors in, which root alone may do")

    def start(port: int, home: Path) -> Start:
        (home / "chroot").mkdir(exist_ok=True)
        shut = state == "closed"
        text = _VSFTPD.format(
            port=port, folder=folder, home=home, anonymous="NO" if shut else "YES", local="YES" if shut else "NO"
        )
        if state in ("tls", "tlsreuse", "implicit"):
            shown = certificate()
            (home / "tls.pem").write_bytes(shown.key + shown.chain)
            yes = {True: "YES", False: "NO"}
            text += _VSFTPD_TLS.format(home=home, reuse=yes[state == "tlsreuse"], implicit=yes[state == "implicit"])
        text += more
        (home / "vsftpd.conf").write_text(text, "utf-8")
        (home / "vsftpd.conf").chmod(0o644)
        return Start([binary, str(home / "vsftpd.conf")], folder, log="out.log")

    with running("vsftpd", start) as server:
        yield server


@contextmanager
def samba(
    folder: Path,
    state: Literal["null", "guest", "unlisted", "encrypt", "sign", "closed"] = "guest",
    speaks: str = "",
    port: int = 0,
) -> Iterator[Server]:
    """Samba with the shares `calls`, `hidden` (not listed) and `private`: guest shares for a null session, for unknown
    names as well, for those without a null session, with encryption or signing demanded, or none. `speaks` is the one
    version that it knows (`NT1`, `SMB2_02`, `SMB3_11`). `port` is a usual port (139), at an address of its own."""
    binary = require("smbd")
    host = own_address() if port else "127.0.0.1"
    if os.geteuid() != 0:
        pytest.skip("smbd acts for its guests, which root alone may do")
    options = {
        "null": "map to guest = never",
        "unlisted": "restrict anonymous = 2",
        "encrypt": "server smb encrypt = required",
        "sign": "server signing = mandatory",
        "closed": "map to guest = never",
    }

    def start(port: int, home: Path) -> Start:
        lines = [
            f"smb ports = {port}",
            f"interfaces = {host}/8",
            "bind interfaces only = yes",
            "guest account = nobody",
        ]
        if speaks:
            lines += [f"server min protocol = {speaks}", f"server max protocol = {speaks}"]
        lines += ["map to guest = Bad User", options.get(state, ""), "disable spoolss = yes", "load printers = no"]
        lines += ["server role = standalone", "printing = bsd", "printcap name = /dev/null", "usershare path ="]
        for name in ("lock", "state", "cache", "pid", "private"):
            (home / name).mkdir(exist_ok=True)
            lines.append(f"{name} {'dir' if name == 'private' else 'directory'} = {home / name}")
        lines += [f"ncalrpc dir = {home / 'rpc'}", f"passdb backend = tdbsam:{home / 'private' / 'passdb.tdb'}"]
        text = "[global]\n" + "".join(f" {line}\n" for line in lines if line)
        for name in ("calls", "hidden", "private"):
            guest = "no" if state == "closed" or name == "private" else "yes"
            shown = "no" if name == "hidden" else "yes"
            text += f"[{name}]\n path = {folder}\n read only = yes\n guest ok = {guest}\n browseable = {shown}\n"
        (home / "smb.conf").write_text(text, "utf-8")
        command = [binary, "--foreground", "--no-process-group", "--debug-stdout", "-s", str(home / "smb.conf")]
        return Start(command, folder, log="out.log")

    with running("samba", start, host=host, port=port) as server:
        yield server


@contextmanager
def ganesha(folder: Path) -> Iterator[Server]:
    """NFS-Ganesha with NFS 4 alone, and the exports `open`, `low` (for source ports below 1024), `krb` (with Kerberos)
    and `denied` (to another machine)."""
    binary = require("ganesha.nfsd")
    if os.geteuid() != 0:
        pytest.skip("NFS-Ganesha opens files by their handles, which root alone may do")
    exports = (
        ("open", folder, ""),
        ("low", folder / "2026", "PrivilegedPort = true;"),
        ("krb", folder / "krb", "SecType = krb5p;"),
        ("denied", folder / "empty", "Access_Type = None; CLIENT { Clients = 203.0.113.7; Access_Type = RO; }"),
    )
    (folder / "krb").mkdir(exist_ok=True)

    def start(port: int, home: Path) -> Start:
        (home / "recovery").mkdir(exist_ok=True)
        text = (
            f"NFS_CORE_PARAM {{ Protocols = 4; Bind_addr = 127.0.0.1; NFS_Port = {port}; Enable_NLM = false; "
            f"Enable_RQUOTA = false; }}\nNFSv4 {{ Graceless = true; RecoveryRoot = {home}/recovery; }}\n"
            "EXPORT_DEFAULTS { Protocols = 4; Transports = TCP; SecType = sys; Access_Type = RO; Squash = All_Squash; "
            "Anonymous_uid = 65534; Anonymous_gid = 65534; }\n"
        )
        for number, (name, path, more) in enumerate(exports, 1):
            text += (
                f"EXPORT {{ Export_Id = {number}; Path = {path}; Pseudo = /{name}; FSAL {{ Name = VFS; }} {more} }}\n"
            )
        (home / "ganesha.conf").write_text(text, "utf-8")
        command = [
            binary,
            "-F",
            "-f",
            f"{home}/ganesha.conf",
            "-L",
            f"{home}/out.log",
            "-p",
            f"{home}/pid",
            "-N",
            "NIV_EVENT",
        ]
        return Start(command, folder, log="out.log")

    with running("ganesha", start) as server:
        yield server


STUDY = """
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [2.25.3000{n}]
(0008,0020) DA [20260101]
(0008,0030) TM [101010]
(0008,0050) SH [{n}]
(0008,0060) CS [OT]
(0010,0010) PN [Test^Person{n}]
(0010,0020) LO [TEST{n}]
(0020,000d) UI [2.25.1000{n}]
(0020,000e) UI [2.25.2000{n}]
(0020,0010) SH [1]
"""


@contextmanager
def dcmqrscp(folder: Path, studies: int = 3) -> Iterator[Server]:
    """DCMTK's archive with made-up studies: called OPENAE it answers anybody, called CLOSEDAE one declared peer."""
    binary, maker, sender = require("dcmqrscp"), require("dump2dcm"), require("storescu")

    def start(port: int, home: Path) -> Start:
        (home / "db").mkdir(exist_ok=True)
        (home / "cfg").write_text(
            f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\nHostTable BEGIN\n"
            "friend = (FRIEND, 127.0.0.1, 11999)\nHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\n"
            f"OPENAE {home}/db RW (100, 1024mb) ANY\nCLOSEDAE {home}/db RW (100, 1024mb) friend\nAETable END\n"
        )
        return Start([binary, "-c", str(home / "cfg"), str(port)], folder, log="out.log")

    with running("dcmqrscp", start) as server:
        made = server.log.parent
        for number in range(studies):
            (made / f"{number}.txt").write_text(STUDY.format(n=number))
            subprocess.run([maker, "-q", f"{made}/{number}.txt", f"{made}/{number}.dcm"], check=True)
            send = [sender, "-q", "-aec", "OPENAE", server.host, str(server.port), f"{made}/{number}.dcm"]
            subprocess.run(send, check=True)
        yield server


@contextmanager
def rsyncd(folder: Path, shown: str = "yes") -> Iterator[Server]:
    """rsync's daemon, whose modules are listed where nothing else is said (`shown`: yes or no): the modules `open`,
    `hidden` (not listed), `locked`, `denied`, `dropbox` (write only) and `gone` (without its folder); its message of
    the day holds false words."""
    binary = require("rsync")

    def start(port: int, home: Path) -> Start:
        (home / "motd").write_text("Welcome\n@RSYNCD: OK\n@RSYNCD: OK, says the message of the day\n", "utf-8")
        secrets = home / "secrets"
        secrets.write_text("u:not-guessed\n", "utf-8")
        secrets.chmod(0o600)
        conf = home / "rsyncd.conf"
        conf.write_text(
            f"address = 127.0.0.1\nport = {port}\nuse chroot = no\nreverse lookup = no\nmotd file = {home}/motd\n"
            f"list = {shown}\n"
            f"[open]\n path = {folder}\n comment = all calls\n[hidden]\n path = {folder}\n list = no\n"
            f"[locked]\n path = {folder}\n auth users = u\n secrets file = {secrets}\n"
            f"[denied]\n path = {folder}\n hosts allow = 192.0.2.1\n"
            f"[dropbox]\n path = {folder}\n write only = yes\n[gone]\n path = {folder}/not-there\n",
            "utf-8",
        )
        return Start([binary, "--daemon", "--no-detach", f"--config={conf}"], folder, log="out.log")

    with running("rsyncd", start) as server:
        yield server


@contextmanager
def redis(folder: Path, state: str = "open") -> Iterator[Server]:
    """Redis with three keys; with a password; with an access list that lets strangers say PING alone, count the keys
    alone (`counts`), get keys by name alone (`getonly`), do all but PING (`noping`), or anything with other keys
    (`others`); without INFO (`renamed`); in TLS alone (`tls`)."""
    binary = require("redis-server")

    def start(port: int, home: Path) -> Start:
        says = {"password": "requirepass not-guessed", "pingonly": "user default on nopass -@all +ping"}
        says["counts"] = "user default on nopass -@all +ping +info +dbsize"
        says["others"] = "user default on nopass ~calls:* +@all"
        says["noping"] = "user default on nopass ~* +@all -ping"
        says["getonly"] = "user default on nopass ~* -@all +ping +get"
        says["renamed"] = 'rename-command INFO ""'
        if state == "tls":
            chain, key = certificate().files(home)
            says["tls"] = (
                f"tls-port {port}\ntls-cert-file {chain}\ntls-key-file {key}\ntls-ca-cert-file {chain}\n"
                "tls-auth-clients no"
            )
        (home / "redis.conf").write_text(says.get(state, "") + "\n", "utf-8")
        command = [
            binary,
            str(home / "redis.conf"),
            "--port",
            "0" if state == "tls" else str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(home),
        ]
        return Start(command, folder, log="out.log")

    with running("redis", start) as server:
        if state == "open":
            with socket.create_connection((server.host, server.port), 5) as seed:
                seed.sendall(b"MSET call:0700000001 x call:0700000002 y session:1 z\r\n")
                assert seed.recv(100) == b"+OK\r\n"
        yield server


@contextmanager
def memcached(folder: Path, state: Literal["open", "empty", "password"] = "open") -> Iterator[Server]:
    """memcached with two items, with none, or with a password."""
    binary = require("memcached")

    def start(port: int, home: Path) -> Start:
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        if state == "password":
            (home / "auth").write_text("owner:not-guessed\n", "utf-8")
            user += ["-Y", str(home / "auth")]
        return Start([binary, "-l", "127.0.0.1", "-p", str(port), "-U", "0", *user], folder, log="out.log")

    with running("memcached", start) as server:
        if state == "open":
            with socket.create_connection((server.host, server.port), 5) as seed:
                seed.sendall(b"set call:1 0 0 1\r\nx\r\nset call:2 0 0 1\r\ny\r\n")
                seed.recv(100)
        yield server
