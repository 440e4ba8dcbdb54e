"""An inventory of several files: one tree, each problem with its own file and line, and nothing outside its folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from monitor.inventory import files, yaml_source
from monitor.inventory.load import Problems, check, load, loads
from monitor.inventory.yaml_source import Loc, Mark
from monitor.service.reload import Reload
from tests.counting import calls

TODAY = date(2026, 11, 29)
HEAD = """leftopen: 1
organisation: {id: region, name: Region Exempel, contact: security@region.example}
include: [south/hosts.yaml, north.yaml]
parties: [{id: region, name: Region Exempel, role: controller}]
assets:
  - {id: main, host: main.example, owner: region}
"""
SOUTH = """assets:
  - {id: south-1, host: south-1.example, owner: region}
  - id: south-2
    host: south-2.example
    owner: supplier
"""
NORTH = """parties: [{id: supplier, name: Supplier, role: processor}]
assets: [{id: north, host: north.example, owner: supplier}]
"""


def written(folder: Path, head: str = HEAD, south: str = SOUTH, north: str = NORTH) -> Path:
    (folder / "south").mkdir(exist_ok=True)
    (folder / "south" / "hosts.yaml").write_text(south)
    (folder / "north.yaml").write_text(north)
    path = folder / "inventory.yaml"
    path.write_text(head)
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(Problems) as raised:
        load(path)
    return [one.replace(f"{path.parent}/", "") for one in str(raised.value).splitlines()]


def test_entries_of_all_files_stand_in_the_order_of_the_files_and_refer_to_each_other(tmp_path: Path) -> None:
    found = load(written(tmp_path))
    assert [one.id for one in found.assets] == ["main", "south-1", "south-2", "north"]
    assert found.party("supplier").name == "Supplier"
    assert found.place_of("assets", "main") == ("", 6)
    assert found.place_of("assets", "south-2") == ("south/hosts.yaml", 3)
    assert found.place_of("parties", "supplier") == ("north.yaml", 1)
    assert found.place_of("assets", "none") is None
    assert loads(HEAD.replace("include: [south/hosts.yaml, north.yaml]\n", "")).place_of("assets", "main") == ("", 5)


def test_how_it_is_spread_over_files_changes_no_digest(tmp_path: Path) -> None:
    spread = load(written(tmp_path))
    one = HEAD.replace("include: [south/hosts.yaml, north.yaml]\n", "") + SOUTH.partition("\n")[2]
    one += "  - {id: north, host: north.example, owner: supplier}\n"
    one = one.replace("role: controller}]", "role: controller}, {id: supplier, name: Supplier, role: processor}]")
    assert loads(one).digest == spread.digest


def test_a_problem_stands_with_its_own_file_and_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEAD.replace("host: main.example", "hots: main.example"),
        SOUTH.replace("host: south-2.example", "ports:"),
        NORTH.replace("id: north", "id: south-1") + "defaults: {interval: 1h}\n",
    )
    found = problems(path)
    assert any(one.startswith("inventory.yaml:6: unknown key 'hots'") for one in found)
    assert any(one.startswith("north.yaml:2: asset 'south-1' is declared twice") for one in found)
    assert any(
        one.startswith("north.yaml:3: unknown key 'defaults' in an included file (known: parties") for one in found
    )
    assert "south/hosts.yaml:4: ports is empty: give a value or leave the key out" in found
    assert any(one.startswith("south/hosts.yaml:3: asset 3 needs the key 'host'") for one in found)
    names = [one.partition(":")[0] for one in found]
    assert names == sorted(names, key=lambda name: "" if name == "inventory.yaml" else name), "file by file"


def test_a_warning_stands_with_its_own_file(tmp_path: Path) -> None:
    ended = (
        "contracts: [{id: c, controller: region, processor: supplier, authorised_by: B, authorised_until: 2026-12-01}]"
    )
    path = written(tmp_path, north=NORTH + ended)
    found = [one for one in check(path, TODAY).warnings if "'c'" in one.text]
    assert [one.where(Path("inventory.yaml")) for one in found] == ["north.yaml:3"]


@pytest.mark.parametrize("name", ["../other.yaml", "/etc/hostname", "a/../../b.yaml", "", "./a.yaml", "a\\b"])
def test_only_files_in_the_folder_of_the_inventory_can_be_included(tmp_path: Path, name: str) -> None:
    (found,) = problems(written(tmp_path, HEAD.replace("south/hosts.yaml, north.yaml", f"'{name}'")))[:1]
    assert found.startswith("inventory.yaml:3: ")


def test_a_link_out_of_the_folder_a_folder_and_a_missing_file_are_refused_each_by_itself(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    path = written(home, HEAD.replace("south/hosts.yaml, north.yaml", "link.yaml, south, none.yaml, circle.yaml"))
    (home / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (home / "circle.yaml").symlink_to(home / "circle.yaml")
    found = problems(path)
    assert "inventory.yaml:3: link.yaml: is a link that leads out of the inventory's folder" in found
    assert "inventory.yaml:3: south: is no regular file" in found
    assert "inventory.yaml:3: none.yaml: there is no such file" in found
    assert any(one.startswith("inventory.yaml:3: circle.yaml: ") for one in found)
    assert "hunter2" not in str(found)


def test_an_included_file_that_is_no_yaml_says_so_beside_all_else(tmp_path: Path) -> None:
    found = problems(written(tmp_path, south="assets: [\n", north="assets: x\ninclude: [south/hosts.yaml]\n"))
    assert any(one.startswith("south/hosts.yaml:2: not YAML") for one in found)
    assert "north.yaml:1: assets: must be a list, such as [a, b]" in found
    assert any(one.startswith("north.yaml:2: unknown key 'include'") for one in found)
    (tmp_path / "north.yaml").write_bytes(b"parties: []\nassets: \xff\n")
    assert "north.yaml:2: is not UTF-8: save it in that encoding" in problems(tmp_path / "inventory.yaml")


def test_all_files_together_have_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    monkeypatch.setattr(files, "MOST_NODES", 30)
    assert any("there are more than" in one and one.startswith("south/hosts.yaml") for one in problems(path))
    monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_BYTES", len(HEAD) + len(SOUTH))
    assert any("with north.yaml the inventory is larger than" in one for one in problems(path))
    monkeypatch.undo()
    monkeypatch.setattr(files, "MOST_FILES", 1)
    assert any("at most 1 files" in one for one in problems(path))


def test_a_text_includes_nothing() -> None:
    with pytest.raises(Problems, match=r"inventory\.yaml:3: only a file may include others"):
        loads(HEAD)


async def test_a_change_of_an_included_file_is_noticed_also_when_it_was_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path)
    reload = Reload(path, lambda: TODAY, load(path).stamps)
    assert await reload.changed() is None
    (tmp_path / "north.yaml").write_text(NORTH.replace("north.example", "further-north.example"))
    found = await reload.changed()
    assert found is not None
    assert found.asset("north").host == "further-north.example"
    (tmp_path / "south" / "hosts.yaml").write_text("assets: [")
    with caplog.at_level(logging.CRITICAL):
        assert await reload.changed() is None
    assert "south/hosts.yaml" in reload.broken
    assert await reload.changed() is None, "what is broken is read once"
    (tmp_path / "south" / "hosts.yaml").write_text(SOUTH)
    assert (await reload.changed()) is not None
    assert reload.broken == ""
    (tmp_path / "north.yaml").unlink()
    assert await reload.changed() is None
    assert "no such file" in reload.broken
    # What cannot be opened is told once too, and not at every call.
    path.unlink()
    path.mkdir()
    caplog.clear()
    for _ in range(3):
        assert await reload.changed() is None
    assert [one.levelname for one in caplog.records] == ["ERROR"]
    assert "is a folder" in reload.broken
    path.rmdir()
    written(tmp_path)
    assert await reload.changed() is not None


def test_where_a_part_stands_is_found_through_aliases_and_beside_refused_keys() -> None:
    text = "a: &a {b: [x, ~, {c: 1}], d: 2}\ne: *a\n? [f]\n: g\nh: [*a]\na: twice\n"
    source = yaml_source.read(text)

    def at(*loc: str | int) -> Mark:
        return source.mark(loc)

    assert source.tree == {"a": {"b": ["x", "", {"c": "1"}], "d": "2"}, "e": source.tree["a"], "h": [source.tree["a"]]}
    assert at("a", "b", 2, "c") == at("e", "b", 2, "c") == at("h", 0, "b", 2, "c") == Mark(1, 22)
    assert source.mark(("h",), at_key=True) == Mark(5, 1)
    assert at("a", "b", 1) == at("a", "b"), "an empty value stands nowhere"
    places: set[Loc] = {("a", "b", 1), ("e", "b", 1), ("h", 0, "b", 1)}
    assert source.empty == places
    assert {fault.loc for _, fault in source.faults} == {*places, ()}
    assert source.lines("h") == [1]
    assert source.lines("d") == []


@pytest.mark.parametrize("what", ["read", "located"])
def test_reading_is_linear_in_the_assets(what: str) -> None:
    def work(count: int) -> Callable[[], object]:
        rows = "".join(f"  - {{id: a{n}, host: a{n}.example, owner: region, hots: x}}\n" for n in range(count))
        text = HEAD.replace("include: [south/hosts.yaml, north.yaml]\n", "") + rows

        def located() -> None:
            with pytest.raises(Problems):
                loads(text)

        return located if what == "located" else lambda: loads(text.replace(", hots: x", ""))

    few, many = calls(work(50)), calls(work(400))
    assert many < 9 * few
