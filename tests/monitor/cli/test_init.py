"""`leftopen init` at a terminal: an answer that is not good is asked for again, and no good one is lost by it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.looking.init import init
from monitor.inventory.load import loads

ROOT = Path(__file__).resolve().parents[3]
WHO = ["--organisation", "Vendor AB", "--contact", "security@vendor.example"]


def test_at_a_terminal_each_answer_is_asked_for_until_it_is_good(tmp_path: Path) -> None:
    answers = (
        "Vendor AB", "nobody", "security@vendor.example", "a b", "nas.example.org:8443", "mailto://u:secret@host",
        "LEFTOPEN_CHANNEL", "de", "sv",
    )  # fmt: skip
    hand, terminal = pty.openpty()
    try:
        os.write(hand, "".join(f"{answer}\n" for answer in answers).encode())
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "init", str(tmp_path / "my.yaml")],
            stdin=terminal, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(hand)
        os.close(terminal)
    assert done.returncode == 0, done.stdout + done.stderr
    for fault in ("'nobody' is not an e-mail address", "'a b' is not a host", "must be env:NAME", "sv or en"):
        assert fault in done.stdout + done.stderr
    made = loads((tmp_path / "my.yaml").read_text("utf-8"), "my.yaml")
    assert [(one.host, one.ports) for one in made.assets] == [("nas.example.org", (8443,))]
    assert [(one.url, made.parties[0].language) for one in made.channels] == [("env:LEFTOPEN_CHANNEL", "sv")]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--contact", "nobody"], "--contact nobody: contact: 'nobody' is not an e-mail address"),
        (["--channel", "mailto://a"], "--channel mailto://a: url: must be env:NAME"),
        (["--host", "nas.example.org:http"], "'nas.example.org:http': what stands behind the host is no port"),
    ],
)
def test_an_option_that_is_not_good_is_named(tmp_path: Path, words: list[str], fault: str) -> None:
    path = tmp_path / "my.yaml"
    done = CliRunner().invoke(init, [str(path), *WHO, "--host", "www.example.org", *words])
    assert done.exit_code == 2
    assert fault in done.output
    assert not path.exists()


def test_where_the_address_stands_in_a_file_the_next_step_says_so(tmp_path: Path) -> None:
    words = [*WHO, "--host", "nas.example.org", "--channel", "file:/etc/leftopen/channel"]
    done = CliRunner().invoke(init, [str(tmp_path / "my.yaml"), *words])
    assert done.exit_code == 0, done.output
    assert "write it to /etc/leftopen/channel" in done.output
    assert "export" not in done.output
