"""NFS-Ganesha with NFS 3 and a portmapper at port 111, in a network of its own, and a look or a survey beside it.

`look(folder)` starts this file again as a program in that network: who asks must be in it too.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.servers.launch import missing, require

PORT = 2049
_EXPORTS = (
    ("open", "", ""),
    ("low", "2026", "PrivilegedPort = true;"),
    ("krb", "krb", "SecType = krb5p;"),
    ("denied", "empty", "Access_Type = None; CLIENT { Clients = 203.0.113.7; Access_Type = RO; }"),
)
"""Exports with their folder and what is said of them."""


def look(folder: Path, what: str) -> dict[str, Any]:
    """The verdicts (`look`) or the count (`survey`) of the exports of a folder, as the program printed them."""
    for one in ("ganesha.nfsd", "rpcbind"):
        require(one)
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("a network of its own is made by root alone")
    probe = ["unshare", "-n", "-m", "ip", "link", "set", "lo", "up"]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        missing("this machine gives no network of its own")
    command = ["unshare", "-n", "-m", sys.executable, "-m", "tests.servers.nfs3", str(folder), what]
    home = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(home)}
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _configuration(folder: Path, home: Path) -> str:
    text = (
        f"NFS_CORE_PARAM {{ Protocols = 3; mount_path_pseudo = true; NFS_Port = {PORT}; MNT_Port = {PORT + 1}; "
        f"Enable_NLM = false; Enable_RQUOTA = false; }}\n"
        f"NFSv4 {{ Graceless = true; RecoveryRoot = {home}/recovery; }}\n"
        "EXPORT_DEFAULTS { Protocols = 3; Transports = TCP; SecType = sys; Access_Type = RO; Squash = All_Squash; "
        "Anonymous_uid = 65534; Anonymous_gid = 65534; }\n"
    )
    for number, (name, path, more) in enumerate(_EXPORTS, 1):
        (folder / path).mkdir(exist_ok=True)
        at = f"Path = {folder / path}; Pseudo = /{name};"
        text += f"EXPORT {{ Export_Id = {number}; {at} FSAL {{ Name = VFS; }} {more} }}\n"
    return text


def _started(folder: Path, home: Path, stack: ExitStack) -> None:
    """Start both, and wait until the exports are there."""
    (home / "recovery").mkdir()
    (home / "ganesha.conf").write_text(_configuration(folder, home), "utf-8")
    files = ["-f", f"{home}/ganesha.conf", "-L", f"{home}/log", "-p", f"{home}/pid"]
    ganesha = ["ganesha.nfsd", "-F", *files, "-N", "NIV_EVENT"]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    for command in (["rpcbind", "-f"], ganesha):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.kill)
        time.sleep(0.5)
    until = time.monotonic() + 30
    while not _listens():
        if time.monotonic() > until:
            raise TimeoutError("NFS-Ganesha does not listen")
        time.sleep(0.1)


def _listens() -> bool:
    try:
        with socket.create_connection(("127.0.0.1", PORT), 1):
            return True
    except OSError:
        return False


async def _looked() -> dict[str, Any]:
    from tests.probes.services.looking import said, seen
    from tests.servers.raw import Raw

    names = tuple(f"/{name}" for name, _, _ in _EXPORTS)
    found = await seen("nfs", Raw("127.0.0.1", PORT, False), ports=(111, PORT + 1), names=names)
    return {one.place.path: said(one) for one in found.verdicts}


async def _surveyed(home: Path) -> dict[str, Any]:
    from tests.monitor.network.rounds import application
    from tests.monitor.surveys.test_shares import declared, surveyed
    from tests.servers.raw import Raw

    server: Any = Raw("127.0.0.1", PORT, False)
    async with application(declared("nfs", server), home / "ledger.db") as app:
        done = await app.round()
        (finding,) = [one for one in done.changed if one.place.path == "/open/"]
        began = time.process_time()
        result = await surveyed(app, finding)
        seconds = time.process_time() - began
    return {
        "files": result.tally.files, "size": result.tally.size, "asks": result.asks, "seconds": seconds,
        "hours": result.hours is not None and result.hours.best, "partial": result.partial,
    }  # fmt: skip


def main() -> None:
    """In the network of its own: start, look, print."""
    import tempfile

    folder, what = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        _started(folder, Path(made), stack)
        print(json.dumps(asyncio.run(_looked() if what == "look" else _surveyed(Path(made)))))


if __name__ == "__main__":
    main()
