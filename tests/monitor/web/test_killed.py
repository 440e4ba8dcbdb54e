"""A server that is killed while an action is posted has done it once or not at all; the repeat makes it once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from monitor.store.access.access_file import AccessFile
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from tests.monitor.web.house import NOW, house
from tests.servers.launch import free_port


def start(database: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.monitor.web.killed", str(database), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def post(port: int, finding: str, token: str, key: str, etag: str) -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/findings/{finding}/actions",
        data=json.dumps({"act": "cause", "reason": "a default of the installer"}).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "If-Match": etag,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_once_or_not_at_all(tmp_path: Path) -> None:
    at = house(tmp_path)
    finding, port = at.findings["beta-disk"].id, free_port()
    file = AccessFile(at.path)
    ends = NOW + timedelta(days=9)
    token = file.make_token("t", "responder", "beta", ("actions:write",), NOW, ends)
    file.close()
    assert token is not None
    process = start(at.path, port)
    after_kill = []
    # From before it is read to after it is answered.
    for number, delay in enumerate((0.0, 0.002, 0.005, 0.009, 0.05)):
        key, etag = f"k{number}", f"1.{number}"

        def send(key: str = key, etag: str = etag) -> None:
            with suppress(OSError):
                post(port, finding, token, key, etag)

        sender = threading.Thread(target=send)
        sender.start()
        time.sleep(delay)
        process.kill()
        process.wait(40)
        sender.join()
        process = start(at.path, port)
        ledger = Ledger(at.path)
        after_kill.append(len(actions.of_finding(ledger, finding)) - number)
        ledger.close()
        status, said = post(port, finding, token, key, etag)
        assert (status, json.loads(said)["etag"]) == (200, f"1.{number + 1}"), said
        ledger = Ledger(at.path)
        assert len(actions.of_finding(ledger, finding)) == number + 1, "once"
        ledger.close()
    process.kill()
    process.wait(40)
    assert set(after_kill) <= {0, 1}
