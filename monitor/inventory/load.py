"""Reads inventory.yaml: an Inventory that is whole, or every problem at once, each with its line."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.inventory import consistency, warnings
from monitor.inventory.files import Files, Stamp, Unreadable, read_files, read_text
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.schema import keys_of
from monitor.inventory.values.scalars import shown
from monitor.inventory.yaml_source import Fault, Loc, Mark

_MOST_TOLD = 1000
"""Problems that are told with their line: of a file that is something else a million would take minutes."""
_NONE: Mapping[Path, Stamp] = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong, or to be warned of: where (line, column, `assets[0].ports[1]`, the file if it is an included
    one), and what."""

    line: int
    column: int
    path: str
    text: str
    file: str = ""

    def where(self, inventory: Path) -> str:
        """The file and the line."""
        return f"{inventory.parent / self.file if self.file else inventory}:{self.line}"


class Problems(Exception):
    """All that is wrong with an inventory, file by file, in the order of its lines."""

    def __init__(self, name: str, problems: tuple[Problem, ...], stamps: Mapping[Path, Stamp] = _NONE) -> None:
        """`stamps`: the files that were read, or looked for."""
        self.name = name
        self.problems = problems
        self.stamps = stamps
        super().__init__(name, problems)

    def __str__(self) -> str:
        return "\n".join(f"{one.where(Path(self.name))}: {one.text}" for one in self.problems)


@dataclass(frozen=True, slots=True)
class Checked:
    """An inventory that is whole, and what its owner should be warned of."""

    inventory: Inventory
    warnings: tuple[Problem, ...]


def load(path: Path | str) -> Inventory:
    """The inventory in the file `path`, with the files that it includes. Raises Problems."""
    return _of_file(Path(path))[0]


def loads(text: str, name: str = "inventory.yaml") -> Inventory:
    """The inventory that `text` is, which includes no file; `name` stands before the line of a problem. Raises
    Problems."""
    try:
        return _inventory(read_text(text.removeprefix("\ufeff")), name)
    except Unreadable as error:
        raise _unreadable(name, error, {}) from None


def check(path: Path | str, today: date) -> Checked:
    """The inventory in the file `path`, with its warnings as of `today`. Raises Problems."""
    inventory, files = _of_file(Path(path))
    return Checked(inventory, _located(files, warnings.faults(inventory, today)))


def _of_file(path: Path) -> tuple[Inventory, Files]:
    stamps: dict[Path, Stamp] = {}
    # Many values that all stay are made here: to look for those that could go takes a fifth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        files = read_files(path, stamps)
        return _inventory(files, str(path)), files
    except Unreadable as error:
        raise _unreadable(str(path), error, stamps) from None
    finally:
        if collects:
            gc.enable()


def _unreadable(name: str, error: Unreadable, stamps: Mapping[Path, Stamp]) -> Problems:
    return Problems(name, (Problem(*(error.mark or Mark(1, 1)), "", error.text),), stamps)


def _inventory(files: Files, name: str) -> Inventory:
    found: list[Fault] = []
    inventory: Inventory | None = None
    more = 0
    try:
        inventory = Inventory.model_validate(files.tree)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        more = max(0, len(details) - _MOST_TOLD)
        found += [_fault(detail) for detail in details[:_MOST_TOLD] if not _told_already(detail["loc"], files)]
    found += consistency.faults(files.tree)
    more += max(0, len(found) - _MOST_TOLD)
    problems = _located(files, found[:_MOST_TOLD])
    if more:
        problems += (replace(problems[-1], text=f"and {more} more problems"),)
    problems += tuple(Problem(*mark, _path(fault.loc), fault.text, file) for file, mark, fault in files.faults)
    if inventory is None or problems:
        raise Problems(name, tuple(sorted(set(problems), key=lambda one: (one.file, one))), files.stamps)
    inventory.placed(files.places(), files.stamps)
    return inventory


def _located(files: Files, faults: Iterable[Fault]) -> tuple[Problem, ...]:
    located = []
    for fault in faults:
        file, mark = files.mark(fault.loc, at_key=fault.at_key)
        located.append(Problem(*mark, _path(fault.loc), fault.text, file))
    return tuple(located)


def _told_already(typed: Loc, files: Files) -> bool:
    """Whether another check says what is wrong here: an empty key, or a host's key on a bucket."""
    loc = _as_written(typed)
    of_hosts = typed[2:3] == ("bucket",) and len(typed) == 4 and typed[3] in consistency.OF_HOSTS
    return of_hosts or any(loc[: end + 1] in files.empty for end in range(len(loc)))


def _path(loc: Loc) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _fault(detail: ErrorDetails) -> Fault:
    typed, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    loc = _as_written(typed)
    word = consistency.loc_word(loc)
    if kind == "extra_forbidden":
        known = list(_known_keys(typed[:-1]))
        near = consistency.closest(str(loc[-1]), known)
        return Fault(loc, f"unknown key {shown(loc[-1])} (known: {', '.join(known)}){near}", at_key=True)
    if kind == "missing":
        around = consistency.loc_word(loc[:-1]) if loc[:-1] else "the inventory"
        either = " or 'bucket'" if loc[0] == "assets" and loc[-1] == "host" else ""
        return Fault(loc[:-1], f"{_an_entry(loc[:-1], around)} needs the key '{loc[-1]}'{either}")
    if kind in ("enum", "literal_error"):
        words = _choices(typed)
        return Fault(
            loc,
            f"{word}: {shown(detail['input'])} is none of {', '.join(words)}"
            f"{consistency.closest(str(detail['input']), words)}",
        )
    if kind == "value_error":
        return Fault(loc, f"{word}: {context['error']}")
    if kind in ("tuple_type", "list_type"):
        return Fault(loc, f"{word}: must be a list, such as [a, b]")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return Fault(loc, f"{_an_entry(loc, word)} must be a mapping of {', '.join(_known_keys(typed))}")
    return Fault(loc, f"{word}: {detail['msg']}")


def _as_written(typed: Loc) -> Loc:
    """The place in the file: pydantic puts the kind of an asset (`host`, `bucket`) after its number."""
    return (*typed[:2], *typed[3:]) if typed[:1] == ("assets",) else typed


def _an_entry(loc: Loc, word: str) -> str:
    one = {"parties": "party", "contracts": "contract", "channels": "channel", "assets": "asset", "public": "entry"}
    one |= {"schedules": "schedule", "overrides": "override", "accounts": "account"}
    return f"{one.get(word, word)} {loc[-1] + 1}" if loc and isinstance(loc[-1], int) else word


def _annotation(loc: Loc) -> Any:
    """The type that the model gives to what stands at `loc`, as pydantic names the place."""
    kind: Any = Inventory
    for part in loc:
        if isinstance(part, int):
            kind = get_args(kind)[0]
        elif kind == Asset:
            kind = BucketAsset if part == "bucket" else HostAsset
        else:
            kind = next(field.annotation for name, field in kind.model_fields.items() if part == (field.alias or name))
            alternatives = [one for one in get_args(kind) if one is not type(None)]
            if get_origin(kind) is not tuple and get_origin(kind) is not Literal and alternatives:
                kind = alternatives[0]
    return kind


def _known_keys(loc: Loc) -> tuple[str, ...]:
    kind = _annotation(loc)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ()
    keys = tuple(keys_of(kind))
    # An asset that names neither is read as a host; its owner may have meant a bucket.
    return (*keys[:2], "bucket", *keys[2:]) if kind is HostAsset else keys


def _choices(loc: Loc) -> list[str]:
    kind = _annotation(loc)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(one.value) for one in kind]
    return [str(one) for one in get_args(kind)]
