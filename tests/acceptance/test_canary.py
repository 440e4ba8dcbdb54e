"""A region plants a canary, a vendor's round finds it, and what follows is timed."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

from tests.acceptance.builders import BLIND, NOTHING_OPEN, OPEN, WRONG, House, asset
from tests.servers.launch import free_port


def planted(region: House, *more: str) -> tuple[subprocess.Popen[str], str, int]:
    """A canary on a free port, its id and its port."""
    free = free_port()
    command = region.command("canary", "plant", f"127.0.0.1:{free}", *more)
    program = subprocess.Popen(command, cwd=region.folder, env=region.environment(), stderr=subprocess.PIPE, text=True)
    assert program.stderr is not None
    said = program.stderr.readline()
    match = re.match(r"canary (\w+): planted ", said)
    assert match, said
    return program, match[1], free


def test_a_canary_is_found_and_timed(tmp_path: Path) -> None:
    region, vendor = House(tmp_path / "region"), House(tmp_path / "vendor")
    for house in (region, vendor):
        house.folder.mkdir()
    program, id_, port = planted(region)
    try:
        vendor.declare(asset("agreed", ("127.0.0.1", port)))
        found = vendor.run("inventory.yaml")
        assert found.code == OPEN, found.err
        assert {one["kind"] for one in found.of("agreed", "exposed")} == {"listing"}
    finally:
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == NOTHING_OPEN
    assert region.ask("canary", "told", id_).code == NOTHING_OPEN
    assert region.ask("canary", "told", id_).code == WRONG, "each thing happens once"
    assert region.ask("canary", "acknowledged", id_, "--at", "2099-01-01T00:00").code == WRONG, "a time has a zone"
    assert region.ask("canary", "acknowledged", "nothing").code == WRONG
    (one,) = region.ask("canary", "list", "--json").value
    assert 0 <= one["looked_at"] <= one["withdrawn"] <= one["told"]
    assert one["acknowledged"] is None
    log = region.ask("log").out
    assert [event for event in ("planted", "looked_at", "withdrawn", "told") if f'"{event}"' in log] == [
        "planted",
        "looked_at",
        "withdrawn",
        "told",
    ]
    assert id_ not in log


def test_a_canary_that_nobody_looks_at_says_so(tmp_path: Path) -> None:
    region = House(tmp_path)
    program, _, _ = planted(region, "--for", "1s")
    assert program.wait(60) == BLIND
