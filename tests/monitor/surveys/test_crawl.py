"""Surveys of real servers: counts that are exact on hard trees, and nobody's name on file."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from rich.console import Console

from monitor.api.survey import survey_json
from monitor.cli.text.surveys import show_survey
from monitor.findings.reach.tally import SurveyResult
from probes.recognise.media.kinds import MediaKind
from tests.monitor.surveys.builders import opened, raw_bytes
from tests.servers import folders, real, real_more

Opener = Callable[[Path], AbstractContextManager[real.Server]]

EXACT: dict[str, Opener] = {"nginx": real.nginx}
ROUNDED: dict[str, Opener] = {
    "apache-fancy": real.apache,
    "apache-table": lambda folder: real.apache(folder, look="table", wide=True),
    "nginx-rounded": lambda folder: real.nginx(folder, exact=False),
    "lighttpd": real.lighttpd,
}
NAMELESS: dict[str, Opener] = {"python": real.python, "apache-plain": lambda folder: real.apache(folder, look="plain")}
ALL = EXACT | ROUNDED | NAMELESS
UNMARKED: dict[str, Opener] = {
    "hapi": real_more.hapi,
    "filesh": real_more.filesh,
    "micro_httpd": real_more.micro_httpd,
}
"""Servers whose links to folders look like those to files, or lie elsewhere than these."""


def calls(tree: folders.Tree) -> int:
    """Distinct calls in each folder, summed."""
    return len({path.rpartition(b".")[0] for path in tree.files})


async def measure(server: real.Server, folder: Path) -> SurveyResult:
    async with opened(server, folder) as house:
        return await house.survey()


@pytest.mark.parametrize("name", ALL)
async def test_a_recorders_disk_is_counted_to_the_file(name: str, tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=6, calls=5)
    with ALL[name](tree.path) as server:
        found = await measure(server, tmp_path)
    tally = found.tally
    assert found.partial == ()
    assert (tally.files, tally.folders) == (tree.count, tree.directories + 1)
    assert tally.calls == calls(tree)
    endings = [path.rpartition(b".")[2].decode() for path in tree.files]
    assert {ext: files for ext, (files, _) in tally.by_extension.items()} == {
        ext: endings.count(ext) for ext in set(endings)
    }
    assert tally.count(MediaKind.AUDIO) == tree.count
    if name in EXACT:
        assert (tally.size, tally.exact) == (tree.bytes, tree.count)
    elif name in ROUNDED:
        assert tally.sized == tree.count
        assert abs(tally.size - tree.bytes) < 0.06 * tree.bytes
    if name not in NAMELESS:
        assert sum(tally.months.values()) == tree.count
        assert set(tally.months) == {"2018-11"}
        assert (tally.oldest[:10], tally.newest) == ("2018-11-16", "2018-11-21 14:30")


@pytest.mark.parametrize("name", ["nginx", "apache-fancy", "apache-table", "lighttpd", "python"])
async def test_hard_names_are_counted_and_their_folders_entered(name: str, tmp_path: Path) -> None:
    tree = folders.hard(tmp_path / "hard")
    with ALL[name](tree.path) as server:
        found = await measure(server, tmp_path)
    visible = [path for path in tree.files if not path.rpartition(b"/")[2].startswith(b".")]
    # Those servers hide names that begin with a dot, and Apache hides a few patterns besides.
    assert tree.count - found.tally.files in (0, tree.count - len(visible)), found.tally
    assert found.tally.folders == tree.directories + 1
    assert found.partial == ()


@pytest.mark.parametrize("name", UNMARKED)
async def test_folders_that_nothing_marks_are_entered(name: str, tmp_path: Path) -> None:
    top = tmp_path / "disk"
    # A folder may be called as files end.
    paths = ["ut-0701740610.wav", "ut-0701740611.wav", "one/in-0701740612-20241101.wav"]
    paths += ["wav/2024/11/in-0701740613-20241102.wav", "med blank/in 100%_0701740614.wav", "å/ut Q&A_0701740615.wav"]
    for number, path in enumerate(paths):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(b"RIFF" + bytes([number]) * 80)
    with UNMARKED[name](top) as server:
        found = await measure(server, tmp_path)
    assert (found.partial, found.tally.files, found.tally.folders) == ((), len(paths), 7)


async def test_folders_that_refuse_are_counted_as_closed(tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=2)
    with real.nginx(tree.path, extra="location /itell/ { return 403; } location /prebus/ { return 500; }") as server:
        found = await measure(server, tmp_path)
    assert (found.tally.closed, found.tally.unread) == (1, 1)
    assert found.tally.files == sum(path.startswith(b"medicall/") for path in tree.files)
    assert [reason for reason in found.partial if "status 500" in reason]


async def test_folders_that_are_not_there_are_more_than_was_counted(tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=2)
    with real.nginx(tree.path, extra="location /itell/ { return 404; }") as server:
        found = await measure(server, tmp_path)
    assert (found.tally.closed, found.tally.unread) == (0, 1)
    assert found.partial == ("1 folders could not be read (1 x status 404)",)


async def test_the_largest_folders_come_masked_and_first(tmp_path: Path) -> None:
    top = tmp_path / "disk"
    for customer, count in (("anna-andersson-0701740612", 9), ("small", 2)):
        (top / customer).mkdir(parents=True)
        for number in range(count):
            (top / customer / f"in-070174061{number}.wav").write_bytes(b"x" * 100)
    with real.nginx(top) as server:
        found = await measure(server, tmp_path)
    assert [(files, size) for _, files, size in found.largest] == [(9, 900), (2, 200)]
    assert "0701740612" not in found.largest[0][0]
    assert "andersson" not in found.largest[0][0]


@pytest.mark.parametrize("name", ["nginx", "apache-table", "python"])
async def test_no_name_and_no_number_is_kept_or_shown(name: str, tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=4, calls=6)
    (tree.path / "karin.bergmark").write_bytes(b"x")
    (tree.path / "anna").write_bytes(b"x")
    with ALL[name](tree.path) as server:
        found = await measure(server, tmp_path)
    console = Console(record=True, width=200)
    with console.capture() as said:
        show_survey(console, found, None, "nas")
    everything = raw_bytes(tmp_path) + json.dumps(survey_json(found)).encode() + said.get().encode()
    for path in tree.files:
        stem = path.rpartition(b"/")[2].rpartition(b".")[0]
        assert stem not in everything
    for number in folders.NUMBERS:
        assert str(number).encode() not in everything
    assert b"bergmark" not in everything
    assert b'"anna"' not in everything
    # No page of this server tells a size: none is said, and not that all files are empty.
    assert (survey_json(found)["bytes"] is None, "0 bytes" in said.get()) == (name == "python", False)


async def test_undeclared_customers_are_named_masked_and_declared_ones_not(tmp_path: Path) -> None:
    for customer in ("vendor", "annas-vardcentral", "2019", "backup"):
        (tmp_path / "disk" / customer / "2018" / "11").mkdir(parents=True)
        (tmp_path / "disk" / customer / "2018" / "11" / "in-0701740612.wav").write_bytes(b"x")
    with real.nginx(tmp_path / "disk") as server:
        found = await measure(server, tmp_path)
    assert len(found.unknown_customers) == 1
    assert "vardcentral" not in found.unknown_customers[0]
    assert b"vardcentral" not in raw_bytes(tmp_path)
