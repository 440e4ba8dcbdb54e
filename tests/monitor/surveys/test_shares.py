"""Surveys of file services: exact on many files and hard names, bounded, resumed, and told nothing of names."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Finding, Severity
from monitor.findings.reach.tally import SurveyResult
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application
from tests.monitor.network.rounds import application, inventory
from tests.servers import nfs3, services
from tests.servers.launch import Server, free_port
from tests.speed import within

HARD = [
    b" leading",
    b"trailing ",
    b"a  b.wav",
    b"\xff\xfe.wav",
    "åäö.wav".encode(),
    b"..x",
    b"%41.wav",
    b"#?;&.wav",
    b"-R",
]
"""Names as bytes: what no path of text could carry."""


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """20,000 calls in 200 folders by date, and a few files with hard names, where any server can read them."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        root.chmod(0o755)
        for number in range(200):
            folder = root / f"{2019 + number // 100}" / f"{number % 100:02}"
            folder.mkdir(parents=True)
            for call in range(100):
                (folder / f"call-07017406{call:02}-{number}.wav").write_bytes(b"RIFF")
        for number, name in enumerate(HARD):
            Path(os.fsdecode(os.fsencode(root) + b"/2019/" + name)).write_bytes(b"x" * number)
        yield root


SERVED: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "ftp": services.ftp,
    "vsftpd": services.vsftpd,
    "rsync": services.rsyncd,
    "smb": services.samba,
    "smb1": partial(services.samba, speaks="NT1"),
    "smb202": partial(services.samba, speaks="SMB2_02"),
    "nfs": services.ganesha,
}
"""Servers of each kind over a disk."""


def declared(kind: str, server: Server, **survey: Any) -> Inventory:
    """The server as a declared service of recordings."""
    speaks = {"vsftpd": "ftp", "smb1": "smb", "smb202": "smb"}.get(kind, kind)
    service = {"speaks": speaks, "port": server.port}
    host = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [free_port()], "data": "recordings"}
    # The first list of shares of a Samba takes seconds: it starts a process for it.
    patient = {"timeouts": {"connect": 5, "read": 10, "ask": 20}, "budget": {"seconds": 60}}
    return inventory({**host, "services": [service]}, defaults={"survey": {"pace": 100_000, **survey}, **patient})


async def found(app: Application) -> Finding:
    """The finding of a round over the server; of rsync that of the module `open`."""
    done = await app.round()
    (finding,) = [one for one in done.changed if one.place.path in ("/", "/open/", "/calls/")]
    return finding


async def surveyed(app: Application, finding: Finding, **how: Any) -> SurveyResult:
    """A survey that was possible."""
    result = await app.survey(finding, **how)
    assert result is not None
    return result


FILES, BYTES = 20_000 + len(HARD), 80_000 + sum(range(len(HARD)))


@pytest.mark.parametrize("kind", SERVED)
async def test_20_000_files_and_hard_names_are_counted_exactly(disk: Path, tmp_path: Path, kind: str) -> None:
    with SERVED[kind](disk) as server:
        async with application(declared(kind, server), tmp_path / "l.db") as app:
            finding = await found(app)
            begun = time.process_time()
            result = await surveyed(app, finding)
            took = time.process_time() - begun
            again = await surveyed(app, finding)
            on_file = await app.ledger(lambda ledger: ledger.finding(finding.id))
            dump = "".join(await app.ledger(lambda ledger: [*ledger._connection.iterdump()]))
    # Samba shows no name that is no UTF-8.
    files, size = (FILES - 1, BYTES - HARD.index(b"\xff\xfe.wav")) if kind.startswith("smb") else (FILES, BYTES)
    assert (result.tally.files, result.tally.size, result.partial) == (files, size, ())
    assert result.tally.folders == 203 + (kind == "nfs") * 1
    assert result.tally.exact == result.tally.sized == files
    assert result.asks <= 235  # a list for each folder, and the first bytes of four calls
    assert (again.new_files, again.new_folders) == (0, 0)
    assert on_file is not None
    assert on_file.reach is not None
    assert on_file.reach.files == files
    assert on_file.severity is Severity.CRITICAL
    assert "07017406" not in dump
    assert within(took, 10)  # a guard against the square of the rows


def test_as_many_files_of_nfs_3(disk: Path) -> None:
    found = nfs3.look(disk, "survey")
    assert (found["files"], found["size"], found["partial"]) == (FILES, BYTES, [])
    assert found["asks"] <= 240
    assert within(found["seconds"], 10)  # a guard against the square of the rows


async def test_a_survey_whose_budget_ends_goes_on_where_it_was(disk: Path, tmp_path: Path) -> None:
    with services.ftp(disk) as server:
        async with application(declared("ftp", server, requests=80), tmp_path / "l.db") as app:
            finding = await found(app)
            parts = [await surveyed(app, finding)]
            while parts[-1].partial and len(parts) < 8:
                parts.append(await surveyed(app, finding))
    assert len(parts) == 3
    assert parts[0].partial[0].startswith("the budget ended: 80 requests")
    assert {one.survey for one in parts} == {parts[0].survey}
    assert (parts[-1].tally.files, parts[-1].tally.size) == (FILES, BYTES)


async def test_bytes_that_are_spent_end_a_list_and_are_told(disk: Path, tmp_path: Path) -> None:
    with services.rsyncd(disk) as server:
        async with application(declared("rsync", server, bytes=100_000), tmp_path / "l.db") as app:
            result = await surveyed(app, await found(app))
    assert result.partial[0].startswith("the budget ended: 100000 bytes")
    assert 0 < result.tally.files < FILES


async def test_new_files_are_told_as_growth(disk: Path, tmp_path: Path) -> None:
    with services.ftp(disk) as server:
        async with application(declared("ftp", server), tmp_path / "l.db") as app:
            finding = await found(app)
            await surveyed(app, finding)
            fresh = disk / "2020" / "new"
            fresh.mkdir()
            (fresh / "one.wav").write_bytes(b"RIFF")
            result = await surveyed(app, finding)
            (fresh / "one.wav").unlink()
            fresh.rmdir()
    assert (result.new_files, result.new_folders) == (1, 1)
