"""The files of an inventory as one tree: the file itself, and those that it includes, with more of its entries."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from monitor.inventory import yaml_source
from monitor.inventory.values.scalars import Kind, shown, text_of
from monitor.inventory.yaml_source import Fault, Loc, Mark, NotRead, Source

LISTS: Final = {
    "parties": "party",
    "contracts": "contract",
    "channels": "channel",
    "assets": "asset",
    "schedules": "schedule",
    "accounts": "account",
}
"""The lists whose entries have ids, and what one of them is called. An included file has these and nothing else."""
MOST_FILES = 1000
MOST_BYTES = 64 * 2**20
MOST_NODES = 4_000_000
"""Bytes, and keys and values, of all files together."""

Stamp: TypeAlias = tuple[int, int] | None
"""When a file was last changed, and its size; None: it cannot be read."""


def included_of(value: object) -> str:
    """A file in the folder of the inventory, or below it: `assets/hospital.yaml`."""
    text = text_of(value)
    if text.startswith("/") or "\\" in text or any(part in ("", ".", "..") for part in text.split("/")):
        raise ValueError(f"{shown(text)} is no path of a file in the inventory's folder, such as assets/south.yaml")
    return text


Included = Annotated[str, Kind(included_of, "path of a file")]


class Unreadable(Exception):
    """A file is no YAML that can be gone on with; `mark` is where reading ended, None: the whole file."""

    def __init__(self, text: str, mark: Mark | None = None) -> None:
        super().__init__(text)
        self.text, self.mark = text, mark


@dataclass(frozen=True, slots=True)
class Places:
    """In which file and line each entry of the lists stands."""

    files: tuple[str, ...]
    """The names of the files as they were included; the inventory's own is an empty text."""
    begins: Mapping[str, list[int]]
    """For each list at which of its entries each of the files begins."""
    lines: Mapping[str, array[int]]

    def of(self, section: str, index: int) -> tuple[str, int]:
        """The file and the line of one entry."""
        return self.files[bisect_right(self.begins[section], index) - 1], self.lines[section][index]


@dataclass(slots=True)
class Files:
    """What was read: one tree, and where each of its parts stands."""

    tree: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, Mark, Fault]] = field(default_factory=list)
    """What was wrong already, each with its file."""
    empty: set[Loc] = field(default_factory=set)
    stamps: dict[Path, Stamp] = field(default_factory=dict)
    """Every file that was read or looked for."""
    _sources: list[tuple[str, Source]] = field(default_factory=list)
    _begins: dict[str, list[int]] = field(default_factory=lambda: {key: [] for key in LISTS})

    def mark(self, loc: Loc, *, at_key: bool = False) -> tuple[str, Mark]:
        """The file and the line of the part at `loc`, or of the nearest part around it that is written."""
        name, source = self._sources[0]
        if len(loc) > 1 and loc[0] in LISTS and isinstance(loc[1], int):
            begins = self._begins[str(loc[0])]
            at = bisect_right(begins, loc[1]) - 1
            name, source = self._sources[at]
            loc = (loc[0], loc[1] - begins[at], *loc[2:])
        return name, source.mark(loc, at_key=at_key)

    def places(self) -> Places:
        """Where each entry stands."""
        names = tuple(name for name, _ in self._sources)
        lines = {key: array("L") for key in LISTS}
        for key, all_ in lines.items():
            for _, source in self._sources:
                all_.extend(source.lines(key))
        return Places(names, self._begins, lines)

    def add(self, name: str, source: Source) -> None:
        """Take in a file: its lists go on where those of the files before it ended."""
        for key in LISTS:
            here, more = self.tree.get(key), source.tree.get(key)
            self._begins[key].append(len(here) if isinstance(here, list) else 0)
            if not isinstance(more, list):
                continue  # said of an included file below; of the inventory's own the model says it
            if here is None:
                self.tree[key] = list(more)
            elif isinstance(here, list):
                here.extend(more)
        for mark, fault in source.faults:
            self.faults.append((name, mark, fault._replace(loc=self._merged(fault.loc))))
        self.empty |= {self._merged(loc) for loc in source.empty}
        self._sources.append((name, source))

    def refuse(self, name: str, mark: Mark, loc: Loc, text: str) -> None:
        """Say what is wrong with a file."""
        self.faults.append((name, mark, Fault(loc, text)))

    def _merged(self, loc: Loc) -> Loc:
        if len(loc) > 1 and loc[0] in LISTS and isinstance(loc[1], int):
            return (loc[0], loc[1] + self._begins[str(loc[0])][-1], *loc[2:])
        return loc


def read_text(text: str) -> Files:
    """The inventory that `text` is; it includes no file, and may be as large as one that does. Raises Unreadable."""
    files = _begun(text, MOST_NODES, MOST_BYTES)
    if "include" in files.tree:
        files.refuse("", files.mark(("include",), at_key=True)[1], ("include",), "only a file may include others")
    return files


def read_files(path: Path, stamps: dict[Path, Stamp]) -> Files:
    """The inventory in the file `path`, with the files that it includes, each a file in its folder or below.

    `stamps` is filled also when it fails. Raises Unreadable for the file itself; what is wrong with a file that it
    includes stands among the faults, so that everything is told at once.
    """
    text, size = _contents(path, stamps)
    files = _begun(text)
    files.stamps = stamps
    listed = files.tree.get("include")
    included = listed if isinstance(listed, list) else []
    if len(included) > MOST_FILES:
        mark = files.mark(("include",))[1]
        files.refuse("", mark, ("include",), f"at most {MOST_FILES} files can be included")
        return files
    nodes = MOST_NODES - files._sources[0][1].nodes
    for index, written in enumerate(included):
        try:
            name = included_of(written)
        except ValueError:
            continue  # the model says why
        loc: Loc = ("include", index)
        here = files.mark(loc)[1]
        try:
            text, more = _contents(_beside(path, name), stamps)
        except Unreadable as error:
            if error.mark is None:
                files.refuse("", here, loc, f"{name}: {error.text}")
            else:
                files.refuse(name, error.mark, (), error.text)
            continue
        size += more
        if size > MOST_BYTES:
            files.refuse("", here, loc, f"with {name} the inventory is larger than {MOST_BYTES // 2**20} MiB")
            break
        try:
            source = yaml_source.read(text, min(nodes, yaml_source.MOST_NODES))
        except NotRead as error:
            files.refuse(name, error.mark, (), error.text)
            continue
        nodes -= source.nodes
        for key, value in source.tree.items():
            if key not in LISTS:
                known = ", ".join(LISTS)
                text = f"unknown key {key[:60]!r} in an included file (known: {known})"
                files.refuse(name, source.mark((key,), at_key=True), (key,), text)
            elif not isinstance(value, list):
                files.refuse(name, source.mark((key,)), (key,), f"{key}: must be a list, such as [a, b]")
        files.add(name, source)
    return files


def _begun(text: str, most: int = yaml_source.MOST_NODES, most_bytes: int = yaml_source.MOST_BYTES) -> Files:
    try:
        source = yaml_source.read(text, most, most_bytes)
    except NotRead as error:
        raise Unreadable(error.text, error.mark) from None
    files = Files({key: value for key, value in source.tree.items() if not (key in LISTS and isinstance(value, list))})
    files.add("", source)
    return files


def _beside(inventory: Path, name: str) -> Path:
    """The file that is included. Nothing outside the inventory's folder is ever opened, through a link either."""
    folder = inventory.parent.resolve()
    try:
        path = (folder / name).resolve()
    except (OSError, RuntimeError):
        raise Unreadable("cannot be read: its links lead in a circle") from None
    if not path.is_relative_to(folder):
        raise Unreadable("is a link that leads out of the inventory's folder")
    if path.exists() and not path.is_file():
        raise Unreadable("is no regular file")
    return path


def _contents(path: Path, stamps: dict[Path, Stamp]) -> tuple[str, int]:
    """The text of a file, and its bytes. What a stamp says is of the file that was read."""
    stamps[path] = None
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            stamps[path] = found.st_mtime_ns, found.st_size
            raw = file.read(yaml_source.MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable("there is no such file") from None
    except IsADirectoryError:
        raise Unreadable("is a folder, not a file") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or type(error).__name__}") from None
    if len(raw) > yaml_source.MOST_BYTES:
        raise Unreadable(f"is larger than {yaml_source.MOST_BYTES // 2**20} MiB: move entries into files to include")
    try:
        return raw.decode("utf-8-sig"), len(raw)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable("is not UTF-8: save it in that encoding", Mark(line, 1)) from None
