"""The workload `survey` runs through on a small disk, and its peers count what is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.survey import PEERS, SERVERS, SMALL, Ours, Setting, crawl, make, measure
from tests.servers.launch import require


def test_the_disk_is_as_large_as_it_says(tmp_path: Path) -> None:
    top = make(SMALL, tmp_path)
    files = [path for path in top.rglob("*") if path.is_file()]
    folders = [path for path in top.rglob("*") if path.is_dir()]
    assert (len(files), len(folders) + 1) == (SMALL.files, SMALL.folders)
    assert all(701_740_605 <= int(path.name[4:13]) <= 701_740_699 for path in files)
    assert make(SMALL, tmp_path) == top


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_ours_and_the_peers_count_the_same(name: str, tmp_path: Path) -> None:
    require(name)
    top = make(SMALL, tmp_path)
    with SERVERS[name](top) as served:
        ours = Ours(served, tmp_path)
        first = ours()
        assert first.files == SMALL.files
        assert SMALL.folders <= first.requests <= SMALL.folders + 8
        again = ours(again=True)
        assert again.files == SMALL.files
        assert again.requests < first.requests
        for peer in PEERS:
            if shutil.which(peer.name.split()[0]) is not None:
                assert crawl(peer, served, tmp_path).files == SMALL.files, peer.name


def test_the_table(tmp_path: Path) -> None:
    require("nginx")
    figures = measure(Setting(disks=(SMALL,), runs=1, slow_peers=False), tmp_path, say=lambda _: None)
    assert {figure.what for figure in figures} >= {"ledger", "requests, again"}
    assert all(figure.ours > 0 for figure in figures)
