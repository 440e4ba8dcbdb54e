"""A real TFTP server, which answers from another port than the one that was asked."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.launch import DidNotStart, Server, bound_to_us, free_port, require, stop


@contextmanager
def tftpd(folder: Path) -> Iterator[Server]:
    """tftpd-hpa over a folder, for files that anybody may read."""
    binary = require("in.tftpd")
    if os.geteuid() != 0:
        pytest.skip("tftpd-hpa shuts itself in, which root alone may do")
    with tempfile.TemporaryDirectory(prefix="leftopen-tftp-") as home:
        port = free_port()
        command = [binary, "-L", "-a", f"127.0.0.1:{port}", "-u", "nobody", "-s", str(folder)]
        with (Path(home) / "out.log").open("wb") as out:
            process = subprocess.Popen(
                [*bound_to_us(), *command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        try:
            _wait(process, port)
            yield Server("tftp", "127.0.0.1", port, False, folder, Path(home) / "out.log", process.pid)
        finally:
            stop(process)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """No connection tells that it is there: an answer to a request for a file that is missing does."""
    until = time.monotonic() + 40
    while time.monotonic() < until and process.poll() is None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.settimeout(0.3)
            asked.sendto(b"\0\1none\0octet\0", ("127.0.0.1", port))
            try:
                if asked.recvfrom(9)[0]:
                    return
            except OSError:
                continue
    raise DidNotStart("no file server answered within 40 s")
