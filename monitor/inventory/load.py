"""Reads inventory.yaml: an Inventory that is whole, or every problem at once, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.inventory import consistency, warnings, yaml_source
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.schema import keys_of
from monitor.inventory.values.scalars import shown
from monitor.inventory.yaml_source import Fault, Loc, Mark, NotRead, Source


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong, or to be warned of: where (line, column, `assets[0].ports[1]`), and what."""

    line: int
    column: int
    path: str
    text: str


class Problems(Exception):
    """All that is wrong with an inventory, in the order of its lines."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        self.name = name
        self.problems = problems
        super().__init__(name, problems)

    def __str__(self) -> str:
        return "\n".join(f"{self.name}:{problem.line}: {problem.text}" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Checked:
    """An inventory that is whole, and what its owner should be warned of."""

    inventory: Inventory
    warnings: tuple[Problem, ...]


def load(path: Path | str) -> Inventory:
    """The inventory in the file `path`. Raises Problems."""
    path = Path(path)
    return _inventory(_text(path), str(path))[0]


def loads(text: str, name: str = "inventory.yaml") -> Inventory:
    """The inventory that `text` is; `name` stands before the line of a problem. Raises Problems."""
    return _inventory(text, name)[0]


def check(path: Path | str, today: date) -> Checked:
    """The inventory in the file `path`, with its warnings as of `today`. Raises Problems."""
    path = Path(path)
    inventory, source = _inventory(_text(path), str(path))
    return Checked(inventory, _located(source, warnings.faults(inventory, today)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(yaml_source.MOST_BYTES + 1)
    except FileNotFoundError:
        raise _single(str(path), "there is no such file") from None
    except IsADirectoryError:
        raise _single(str(path), "is a folder, not a file") from None
    except OSError as error:
        raise _single(str(path), f"cannot be read: {error.strerror or type(error).__name__}") from None
    if len(raw) > yaml_source.MOST_BYTES:
        raise _single(str(path), f"the inventory is larger than {yaml_source.MOST_BYTES // 2**20} MiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _single(str(path), "is not UTF-8: save it in that encoding", Mark(line, 1)) from None


def _single(name: str, text: str, mark: Mark = Mark(1, 1)) -> Problems:  # noqa: B008  a Mark is frozen
    return Problems(name, (Problem(mark.line, mark.column, "", text),))


def _inventory(text: str, name: str) -> tuple[Inventory, Source]:
    try:
        source = yaml_source.read(text.removeprefix("\ufeff"))
    except NotRead as error:
        raise _single(name, error.text, error.mark) from None
    found: list[Fault] = []
    inventory: Inventory | None = None
    try:
        inventory = Inventory.model_validate(source.tree)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        found += [_fault(detail) for detail in details if not _told_already(detail["loc"], source)]
    found += consistency.faults(source.tree)
    problems = _located(source, found)
    problems += tuple(Problem(mark.line, mark.column, _path(fault.loc), fault.text) for mark, fault in source.faults)
    if inventory is None or problems:
        raise Problems(name, tuple(sorted(set(problems))))
    sections: dict[str, tuple[Any, ...]] = {
        "contracts": inventory.contracts,
        "channels": inventory.channels,
        "schedules": inventory.schedules,
        "assets": inventory.assets,
    }
    inventory.placed(
        {
            (section, one.id): source.mark((section, index)).line
            for section, entries in sections.items()
            for index, one in enumerate(entries)
        }
    )
    return inventory, source


def _located(source: Source, faults: Any) -> tuple[Problem, ...]:
    return tuple(
        Problem(*source.mark(fault.loc, at_key=fault.at_key), _path(fault.loc), fault.text) for fault in faults
    )


def _told_already(typed: Loc, source: Source) -> bool:
    """Whether another check says what is wrong here: an empty key, or a host's key on a bucket."""
    loc = _as_written(typed)
    of_hosts = typed[2:3] == ("bucket",) and len(typed) == 4 and typed[3] in consistency.OF_HOSTS
    return of_hosts or any(loc[: end + 1] in source.empty for end in range(len(loc)))


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
