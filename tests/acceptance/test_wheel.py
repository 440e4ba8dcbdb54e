"""The wheel alone is enough: built, installed in a folder of its own, and used far from any checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest
import yaml
from aiosmtpd.controller import Controller

from tests.monitor.alerts.test_mail import Mailbox
from tests.servers import real
from tests.servers.folders import Tree
from tests.servers.launch import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and an sdist, built from a copy of what is in the checkout by the setuptools that is here."""
    pytest.importorskip("setuptools")
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    kept = [name for name in listed.stdout.splitlines() if not name.startswith(("tests/", "bench/"))]
    subprocess.run(["cp", "--parents", "-P", *kept, str(source)], cwd=ROOT, check=True)
    made = tmp_path_factory.mktemp("dist")
    code = (
        "import sys, setuptools.build_meta as build; out = sys.argv[1]; "
        "print(build.build_wheel(out)); print(build.build_sdist(out))"
    )
    built = subprocess.run(
        [sys.executable, "-c", code, str(made)], cwd=source, capture_output=True, text=True, timeout=110, check=False
    )
    assert built.returncode == 0, built.stderr[-2000:]
    return made


@pytest.fixture(scope="module")
def house(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it. What leftopen needs is taken from where the tests run."""
    made = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(made, with_pip=False)
    site = next(made.glob("lib/python*/site-packages"))
    (site / "needs.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    wheel = next(dist.glob("*.whl"))
    words = ["-m", "pip", "--python", str(made), "install", "--no-deps", "--no-index", "--quiet", "--ignore-installed"]
    subprocess.run([sys.executable, *words, str(wheel)], check=True, timeout=110)
    return made


def leftopen(house: Path, cwd: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | more
    return subprocess.run(
        [house / "bin" / "leftopen", *words],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def test_the_wheel_has_all_that_runs(house: Path, tmp_path: Path) -> None:
    share = house / "share"
    assert (share / "man/man1/leftopen.1").read_text().startswith(".TH LEFTOPEN 1")
    assert "_LEFTOPEN_COMPLETE=bash_complete" in (share / "bash-completion/completions/leftopen").read_text()
    assert "ExecStart=" in (share / "leftopen/systemd/leftopen.service").read_text()
    where = subprocess.run(
        [house / "bin" / "python", "-c", "import monitor; print(monitor.__file__)"],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(house)), "the program that is tried is the one of the wheel"
    assert "0.1.0" in leftopen(house, tmp_path, "--version").stdout


def test_a_first_inventory_is_made_and_checked(house: Path, tmp_path: Path) -> None:
    made = leftopen(
        house,
        tmp_path,
        *("init", "--organisation", "Region Exempel", "--contact", "it@region.example", "--host", "www.region.example"),
    )
    assert made.returncode == 0, made.stderr
    declared = yaml.safe_load((tmp_path / "leftopen.yaml").read_text())
    assert [asset["host"] for asset in declared["assets"]] == ["www.region.example"]
    assert leftopen(house, tmp_path, "check").returncode == 0, "what was made is found without its name"


def test_the_commands_of_the_readme_lead_to_an_alert_in_an_own_mailbox(
    house: Path, tmp_path: Path, recordings: Tree
) -> None:
    mailbox, port = Mailbox(), free_port()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=port)
    smtp.start()
    address = f"mailto://127.0.0.1:{port}/?from=lo@region.example&to=it@region.example"
    try:
        with real.python(recordings.path) as server:
            who = ("--organisation", "Region Exempel", "--contact", "it@region.example")
            made = leftopen(house, tmp_path, "init", "my.yaml", *who, "--host", f"127.0.0.1:{server.port}")
            assert made.returncode == 0, made.stderr
            checked = leftopen(house, tmp_path, "check", "my.yaml", LEFTOPEN_CHANNEL=address)
            assert re.search(r"own-channel .*yes", checked.stdout), checked.stdout
            ran = leftopen(house, tmp_path, "run", "my.yaml", LEFTOPEN_CHANNEL=address)
            assert ran.returncode == 1, ran.stderr
            well = leftopen(house, tmp_path, "health", "my.yaml", LEFTOPEN_CHANNEL=address)
            assert well.returncode == 0, well.stdout
            # The same without the secret: nobody could be told from here.
            assert "no address here" in leftopen(house, tmp_path, "health", "my.yaml").stdout
    finally:
        smtp.stop()
    # Folders in it may look like customers whom nobody declared: that is a message of its own.
    (letter,) = (one for one in mailbox.letters if str(one["Subject"]).startswith("CRITICAL: "))
    first_screen = letter.get_content().partition("—")[0]
    assert f"Where: http://127.0.0.1:{server.port}/" in first_screen
    assert "Do now:" in first_screen


def test_the_practice_organisation_runs_without_a_checkout(house: Path, tmp_path: Path) -> None:
    ran = leftopen(house, tmp_path, "practice", "--rounds", "1")
    if "is taken" in ran.stderr or "already running" in ran.stderr:
        pytest.skip("another practice organisation is running on this machine")
    assert ran.returncode == 1, ran.stderr[-2000:]
    assert "EXPOSED" in ran.stdout + ran.stderr


def test_the_sdist_holds_what_a_packager_needs(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        "monitor/practice/inventory.yaml",
        "systemd/leftopen.service",
        "share/man/man1/leftopen.1",
        "constraints.txt",
        "docs/install.md",
        "LICENSE",
        "Containerfile",
    ):
        assert wanted in names, wanted


def test_the_shell_completes_ids_of_assets_and_channels(house: Path, tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text((ROOT / "inventory.yaml").read_text())
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def completed(words: str) -> list[str]:
        asked = environ | {
            "_LEFTOPEN_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        }
        ran = subprocess.run(
            [house / "bin" / "leftopen"], cwd=tmp_path, env=asked, capture_output=True, text=True, check=False
        )
        return [line.partition(",")[2] for line in ran.stdout.splitlines() if line.strip()]

    assert completed("leftopen confirm region") == ["region-security"]
    assert "call-recorder" in completed("leftopen run --asset call")
    assert completed("leftopen show LO-") == []
    assert not (tmp_path / "var").exists(), "a shell that completes makes no ledger"
