"""A disk as a power cut leaves it: what was synced is there; of what came after, any part may be, in any order.

A name of a file that was made, moved or removed counts as written only when its folder was synced after it: POSIX says
no more, and SQLite goes by the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from random import Random
from typing import Literal

SECTOR = 512
"""A disk writes so many bytes or none of them."""
Kind = Literal["make", "write", "cut", "sync", "rename", "link", "unlink", "said"]


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that a process did to a disk, or said to the world (`said`: by then, it may be relied on)."""

    kind: Kind
    path: str
    data: bytes = b""
    at: int = 0
    """Where `data` is written; of `cut`, the size from then on."""
    to: str = ""
    """The other name of `rename` and `link`."""


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    now: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)


_Entry = tuple[str, "_File | None"]
"""A name, and the file that it leads to from then on."""


class Disk:
    """Files by path, as processes see them and as a cut would leave them."""

    def __init__(self) -> None:
        self._now: dict[str, _File] = {}
        self._durable: dict[str, _File] = {}
        self._renamed: list[list[_Entry]] = []
        """What happened to names since their folders were synced, in its order."""

    def size(self, path: str) -> int:
        """How long a file is; 0 where there is none."""
        return len(self._now[path].now) if path in self._now else 0

    def holds(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in self._now

    def do(self, op: Op) -> None:
        """Do what a process did. What is done to a file that has no name any more is left out."""
        if op.kind == "said":
            return
        if op.kind == "make":
            self._name([(op.path, _File())])
        elif op.kind == "sync" and op.path not in self._now:
            self._sync_folder(op.path)
        elif (file := self._now.get(op.path)) is None:
            return
        elif op.kind == "sync":
            file.durable, file.pending = bytearray(file.now), []
        elif op.kind == "rename":
            self._name([(op.to, file), (op.path, None)])
        elif op.kind == "link":
            self._name([(op.to, file)])
        elif op.kind == "unlink":
            self._name([(op.path, None)])
        else:
            _write(file.now, op)
            file.pending.append(op)

    def _name(self, entries: list[_Entry]) -> None:
        _take(self._now, entries)
        self._renamed.append(entries)

    def _sync_folder(self, folder: str) -> None:
        left = []
        for entries in self._renamed:
            if all(str(PurePath(path).parent) == folder for path, _ in entries):
                _take(self._durable, entries)
            else:
                left.append(entries)
        self._renamed = left

    def cut(self, chance: Random) -> dict[str, bytes]:
        """What one cut of the power would leave here, by chance: each file as it was when it was synced last, with all,
        none, some, or parts of what was written since; names as they were, or up to some change."""
        names = dict(self._durable)
        for entries in self._renamed[: chance.choice((0, len(self._renamed), chance.randint(0, len(self._renamed))))]:
            _take(names, entries)
        contents = {id(file): _left(file, chance) for file in names.values()}
        return {path: contents[id(file)] for path, file in names.items()}


def _take(names: dict[str, _File], entries: Iterable[_Entry]) -> None:
    for path, file in entries:
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _write(body: bytearray, op: Op) -> None:
    if op.kind == "cut":
        del body[op.at :]
        body.extend(bytes(op.at - len(body)))
        return
    body.extend(bytes(max(0, op.at - len(body))))
    body[op.at : op.at + len(op.data)] = op.data


def _left(file: _File, chance: Random) -> bytes:
    """A file after a cut: `durable` with some of what is pending, the last of it torn, or in another order."""
    body, pending = bytearray(file.durable), list(file.pending)
    how = chance.choice(("none", "all", "first", "some", "torn", "sizes", "shuffled"))
    if how == "none":
        pending = []
    elif how == "first":
        pending = pending[: chance.randint(0, len(pending))]
    elif how in ("some", "shuffled"):
        pending = [one for one in pending if chance.random() < 0.5]
    if how == "shuffled":
        chance.shuffle(pending)
    for op in pending:
        if how == "torn" and op.kind == "write":
            for part in _torn(op, chance):
                _write(body, part)
        elif how == "sizes" and op.kind == "write":
            # The length is written, and not yet what stands there.
            body.extend(bytes(max(0, op.at + len(op.data) - len(body))))
        else:
            _write(body, op)
    return bytes(body)


def _torn(op: Op, chance: Random) -> Iterable[Op]:
    at = 0
    while at < len(op.data):
        end = at + SECTOR - (op.at + at) % SECTOR
        if chance.random() < 0.6:
            yield Op("write", op.path, op.data[at:end], op.at + at)
        at = end
