"""ProFTPD and Pure-FTPd, of which Debian installs none beside another server of FTP: .ci/servers unpacks them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from tests.servers.launch import Server, Start, missing, require, running

UNPACKED = Path("/opt/leftopen-servers")
OpenOrClosed = Literal["open", "closed"]

_PROFTPD = """ServerName x
ServerType standalone
DefaultAddress 127.0.0.1
Port {port}
SocketBindTight on
UseReverseDNS off
User daemon
Group daemon
PidFile {home}/pid
ScoreboardFile {home}/score
DelayTable none
ModulePath {unpacked}/usr/lib/proftpd
WtmpLog off
TransferLog none
AuthPAM off
AuthUserFile {home}/users
"""
_ANYBODY = """<Anonymous {folder}>
 User daemon
 Group daemon
 UserAlias anonymous daemon
 RequireValidShell off
 UseFtpUsers off
 <Limit WRITE>
  DenyAll
 </Limit>
 {more}
</Anonymous>
"""


def _binary(name: str) -> str:
    found = UNPACKED / "usr" / "sbin" / name
    if not found.exists():
        missing(f"{name} is not unpacked (.ci/servers unpacks it)")
    if os.geteuid() != 0:
        pytest.skip(f"{name} shuts its visitors in, which root alone may do")
    return str(found)


@contextmanager
def proftpd(folder: Path, state: Literal["open", "closed", "upload", "unlisted"] = "open") -> Iterator[Server]:
    """ProFTPD: open to anybody, to nobody, to whoever brings something (`upload`: neither a list nor a file), or to
    whoever knows the name of a file (`unlisted`). Where it withholds a list, it shows an empty one."""
    binary = _binary("proftpd")

    def start(port: int, home: Path) -> Start:
        (home / "users").write_text("", "utf-8")
        (home / "users").chmod(0o600)
        text = _PROFTPD.format(port=port, home=home, unpacked=UNPACKED)
        if state != "closed":
            shut = {"upload": "READ DIRS", "unlisted": "DIRS"}.get(state, "")
            more = f"<Limit {shut}>\n  DenyAll\n </Limit>" if shut else ""
            text += _ANYBODY.format(folder=folder, more=more)
        (home / "proftpd.conf").write_text(text, "utf-8")
        return Start([binary, "--nodaemon", "-c", f"{home}/proftpd.conf"], folder, log="out.log")

    with running("proftpd", start) as server:
        yield server


@contextmanager
def pureftpd(folder: Path, state: OpenOrClosed = "open") -> Iterator[Server]:
    """Pure-FTPd, which lets its visitors in before any password; or lets in nobody without an account."""
    binary = _binary("pure-ftpd")

    def start(port: int, home: Path) -> Start:
        # Its visitors are the account `ftp`, which it gets in a mount namespace of its own.
        accounts = [line for line in Path("/etc/passwd").read_text().splitlines() if not line.startswith("ftp:")]
        accounts.append(f"ftp:x:1:1:ftp:{folder}:/usr/sbin/nologin")
        (home / "passwd").write_text("\n".join(accounts) + "\n", "utf-8")
        who = "-e" if state == "open" else "-E"
        says = f"mount --bind {shlex.quote(str(home / 'passwd'))} /etc/passwd && exec {binary} {who} "
        says += f"-S 127.0.0.1,{port} -g {shlex.quote(str(home / 'pid'))}"
        return Start([require("unshare"), "-m", "sh", "-c", says], folder, log="out.log")

    with running("pureftpd", start) as server:
        yield server
