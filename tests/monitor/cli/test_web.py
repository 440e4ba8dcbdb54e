"""`leftopen web` and `leftopen token`, as processes and as commands: serving alone, inviting, tokens."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.main import main
from tests.monitor.web.house import TEXT, house
from tests.servers.launch import free_port


def declared(tmp_path: Path) -> tuple[Path, int]:
    port = free_port()
    file = tmp_path / "inventory.yaml"
    file.write_text(TEXT + f'web: {{listen: "127.0.0.1:{port}", url: "http://127.0.0.1:{port}"}}\n', encoding="utf-8")
    return file, port


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


def status(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  loopback
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_serves_alone_and_stops_at_a_signal(tmp_path: Path) -> None:
    file, port = declared(tmp_path)
    at = house(tmp_path)
    command = [sys.executable, "-m", "monitor", "web", str(file), "--database", str(at.path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert process.stderr is not None
        assert f"http://127.0.0.1:{port}" in process.stderr.readline()
        assert status(f"http://127.0.0.1:{port}/readyz") == 200
        code, said = run(
            "web",
            "invite",
            str(file),
            "--database",
            str(at.path),
            "--role",
            "viewer",
            "--party",
            "beta",
            "--name",
            "Bo",
        )
        assert code == 0
        link = re.search(r"http://127\.0\.0\.1:\d+/invite/\S{40,}", said)
        assert link is not None
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        post = urllib.request.Request(link.group(), data=b"", headers={"Sec-Fetch-Site": "same-origin"})  # noqa: S310
        with opener.open(post, timeout=40) as page:
            text = page.read().decode()
        assert at.findings["beta-disk"].id in text
        assert at.findings["alpha-disk"].id not in text
        # A grant or a party that leaves the inventory is gone without a restart.
        file.write_text(file.read_text("utf-8").replace("beta", "gamma"), encoding="utf-8")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with opener.open(f"http://127.0.0.1:{port}/", timeout=40) as page:
                if page.url.endswith("/sign-in?next=/"):
                    break
            time.sleep(0.2)
        else:
            pytest.fail("the party is gone, and its page is still shown")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    file, _ = declared(tmp_path)
    database = ("--database", str(tmp_path / "leftopen.db"))
    assert "cannot read the database" in run("web", str(file), *database)[1]
    bare = tmp_path / "bare.yaml"
    bare.write_text(TEXT, encoding="utf-8")
    code, said = run("web", str(bare), *database)
    assert (code, "has no section web" in said) == (2, True)
    invite = ("web", "invite", str(file), *database, "--name", "Bo", "--role")
    assert "no party 'gamma'" in run(*invite, "viewer", "--party", "gamma")[1]
    assert "an operator is of the organisation" in run(*invite, "operator", "--party", "beta")[1]


def test_a_token_is_shown_once_listed_and_taken_back(tmp_path: Path) -> None:
    file, _ = declared(tmp_path)
    database = ("--database", str(tmp_path / "leftopen.db"))
    make = ("token", "make", "grafana", str(file), *database, "--role", "viewer", "--party", "beta", "--scope")
    code, said = run(*make, "metrics:read", "--days", "30")
    assert code == 0
    secret = said.split()[0]
    assert secret.startswith("lo_")
    assert run(*make, "metrics:read")[0] == 2, "a label is one token's"
    assert run(*make, "everything")[0] == 2
    listed = run("token", "list", *database)[1]
    assert "grafana" in listed
    assert secret not in listed
    assert run("token", "revoke", "grafana", *database)[0] == 0
    assert run("token", "revoke", "grafana", *database)[0] == 2
    assert "taken back" in run("token", "list", *database)[1]
