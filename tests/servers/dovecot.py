"""A real IMAP server, Dovecot, in TLS alone, over the Maildirs of a folder; it runs as whoever runs the tests."""

from __future__ import annotations

import getpass
import grp
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.certificates import Certificate
from tests.servers.launch import Server, Start, require, running

KEY = "not-to-be-guessed-41"
"""What each user signs in with."""


@contextmanager
def dovecot(mail: Path, shown: Certificate) -> Iterator[Server]:
    """The server; every folder of `mail` is a user with the one password."""
    binary = require("dovecot")
    root = os.geteuid() == 0
    user, group = ("nobody", "nogroup") if root else (getpass.getuser(), grp.getgrgid(os.getegid()).gr_name)

    def start(port: int, home: Path) -> Start:
        chain, key = shown.files(home)
        for part in ("run", "state"):
            (home / part).mkdir()
            (home / part).chmod(0o777)
        home.chmod(0o777)
        key.chmod(0o644)
        (home / "users").write_text("".join(f"{box.name}:{{PLAIN}}{KEY}\n" for box in mail.iterdir()))
        unchrooted = "\n".join(
            f"service {one} {{\n  chroot =\n  user = {user}\n}}" for one in ("anvil", "auth", "auth-worker", "stats")
        )
        (home / "dovecot.conf").write_text(
            f"""protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
mail_location = maildir:{mail}/%u:INDEX=MEMORY
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
service imap-login {{
  chroot =
  user = {user}
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
{unchrooted}
"""
        )
        return Start(
            [binary, "-F", "-c", str(home / "dovecot.conf")], mail, tls=True, log="dovecot.log", unprivileged=True
        )

    with running("dovecot", start) as server:
        yield server
