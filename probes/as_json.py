"""Values of probes as JSON and back: a look can be sent to another process as a probe's name and a target.

What is read back is checked as strictly as it is typed: another process, or what carries its messages, may be anybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from probes.api import BucketTarget, ServiceTarget, Target, WebTarget
from probes.registry import PROBES, AnyProbe

V = TypeVar("V")
Reader = Callable[[object], Any]
_NEVER = object()
_PLAIN = frozenset({NoneType, bool, int, float, str})
_IS = "is"
"""The key that says which member of a union an object is."""


def to_json(value: object, omit: frozenset[str] = frozenset()) -> Any:
    """A value as JSON; fields named in `omit` are left out wherever they stand. Raises TypeError."""
    return _writers(omit)[type(value)](value)


@cache
def _writers(omit: frozenset[str]) -> _Writers:
    return _Writers(omit)


class _Writers(dict[type, Callable[[Any], Any]]):
    """What makes JSON of a type's values: a hub and its workers write many thousand a minute."""

    def __init__(self, omit: frozenset[str]) -> None:
        super().__init__()
        self._omit = omit

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        made = self[kind] = self._made(kind)
        return made

    def _made(self, kind: type) -> Callable[[Any], Any]:
        if dataclasses.is_dataclass(kind):
            return self._of_dataclass(kind)
        if issubclass(kind, Enum):
            return attrgetter("value")
        if issubclass(kind, bool | int | float | str | NoneType):
            return lambda value: value
        if issubclass(kind, datetime):
            return datetime.isoformat
        if issubclass(kind, tuple):
            return lambda value: [one if (of := type(one)) in _PLAIN else self[of](one) for one in value]
        if issubclass(kind, frozenset):
            return lambda value: [self[type(one)](one) for one in sorted(value)]
        if issubclass(kind, Mapping):
            # Pairs, since a key need not be a text.
            return lambda value: [[self[type(key)](key), self[type(one)](one)] for key, one in value.items()]
        raise TypeError(f"{kind.__name__} has no form in JSON")

    def _of_dataclass(self, kind: Any) -> Callable[[Any], Any]:
        name = kind.__name__
        fields = [
            (one.name, _NEVER if one.default is dataclasses.MISSING else one.default)
            for one in dataclasses.fields(kind)
            if one.name not in self._omit
        ]

        def write(value: object) -> dict[str, Any]:
            made: dict[str, Any] = {_IS: name}
            for field, default in fields:
                held = getattr(value, field)
                # Most fields hold what they hold by default: to say so would be half of the text.
                if held is not default and (default is _NEVER or held != default):
                    of = type(held)
                    made[field] = held if of in _PLAIN else self[of](held)
            return made

        return write


def from_json(kind: Any, data: object) -> Any:
    """The value of a type that `to_json` made this of. Raises ValueError for anything else."""
    return _reader(kind)(data)


@cache
def _reader(kind: Any) -> Reader:
    """What reads a type. A hub reads many thousand observations a minute: a type is taken apart once."""
    origin, members = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(members)
    if origin is Literal:
        return lambda data: data if data in members else _refuse(kind, data)
    if origin is tuple and members[1:] == (Ellipsis,):
        one = _reader(members[0])
        return lambda data: tuple([one(item) for item in data]) if isinstance(data, list) else _refuse(kind, data)
    if origin is tuple:
        each = [_reader(member) for member in members]
        return lambda data: (
            tuple([read(item) for read, item in zip(each, data, strict=True)])
            if isinstance(data, list)
            else _refuse(kind, data)
        )
    if origin is frozenset:
        item = _reader(members[0])
        return lambda data: frozenset([item(x) for x in data]) if isinstance(data, list) else _refuse(kind, data)
    if origin is Mapping:
        pair = _reader(tuple[members])  # type: ignore[valid-type]
        return lambda data: dict([pair(x) for x in data]) if isinstance(data, list) else _refuse(kind, data)
    if kind is NoneType:
        return lambda data: _refuse(kind, data) if data is not None else None
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = {one.value: one for one in kind}
        return lambda data: words[data] if isinstance(data, str) and data in words else kind(data)
    if kind is datetime:
        return lambda data: datetime.fromisoformat(data) if isinstance(data, str) else _refuse(kind, data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _made(kind)
    if kind in (bool, int, float, str):
        return lambda data: data if type(data) is kind else _refuse(kind, data)
    return lambda data: _refuse(kind, data)


def _refuse(kind: Any, data: object) -> Any:
    raise ValueError(f"no {getattr(kind, '__name__', kind)}: {type(data).__name__}")


def _one_of(members: tuple[Any, ...]) -> Reader:
    named = {getattr(one, "__name__", ""): _reader(one) for one in members}
    each = list(named.values()) if len(named) == len(members) else [_reader(one) for one in members]
    # Of words that several enumerations have the first one's holds, as if they were tried one after the other.
    words: dict[object, Enum] = {}
    if all(isinstance(one, type) and issubclass(one, Enum) for one in members):
        for one in reversed(members):
            words |= {word.value: word for word in one}
    plain = _PLAIN.intersection(members)

    def read(data: object) -> Any:
        if type(data) in plain:
            return data
        if isinstance(data, str) and data in words:
            return words[data]
        if isinstance(data, dict):
            name = data.get(_IS)
            if not isinstance(name, str) or name not in named:
                raise ValueError(f"none of {', '.join(named)}")
            return named[name](data)
        for one in each:
            try:
                return one(data)
            except ValueError:
                continue
        raise ValueError(f"a {type(data).__name__} that fits no type")

    return read


def _made(kind: type[V]) -> Reader:
    # A type may hold itself: its fields are looked at when the first value comes.
    readers: dict[str, Reader] = {}
    plain: dict[str, Any] = {}

    def read(data: object) -> V:
        if not isinstance(data, dict) or data.get(_IS) != kind.__name__:
            raise ValueError(f"no {kind.__name__}: {type(data).__name__}")
        if not readers:
            hints = get_type_hints(kind)
            plain.update((name, hint) for name, hint in hints.items() if hint in _PLAIN)
            readers.update((name, _reader(hint)) for name, hint in hints.items())
        given = {}
        for name, value in data.items():
            if plain.get(name) is type(value):
                given[name] = value
            elif name in readers:
                given[name] = readers[name](value)
            elif name != _IS:
                raise ValueError(f"no {kind.__name__}: {name}")
        try:
            return kind(**given)
        except TypeError as error:
            raise ValueError(f"no {kind.__name__}: {error}") from None

    return read


def look_to_json(probe: AnyProbe, target: Target) -> dict[str, Any]:
    """A look as data: the probe's name, and the target."""
    return {"probe": probe.name, "target": to_json(target)}


def look_from_json(data: object) -> tuple[AnyProbe, Target]:
    """The probe and the target of a look. Raises ValueError, also for a probe that does not take such targets."""
    if not isinstance(data, dict) or data.keys() != {"probe", "target"} or data["probe"] not in PROBES:
        raise ValueError("no look, or no probe that is known here")
    probe = PROBES[data["probe"]]
    target: Target = from_json(WebTarget | BucketTarget | ServiceTarget, data["target"])
    if not isinstance(target, probe.takes):
        raise ValueError(f"{probe.name} takes no {type(target).__name__}")
    return probe, target
