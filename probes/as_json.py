"""Values of probes as JSON and back: a look can be sent to another process as a probe's name and a target.

What is read back is checked as strictly as it is typed: another process, or what carries its messages, may be anybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

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
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [to_json(one, omit) for one in cast(tuple[object, ...], value)]
    if (fields := _fields(cast(Any, kind), omit)) is not None:
        made: dict[str, Any] = {_IS: kind.__name__}
        for name, default in fields:
            held = getattr(value, name)
            # Most fields hold what they hold by default: to say so would be half of the text.
            if held is not default and (default is _NEVER or held != default):
                made[name] = held if type(held) in _PLAIN else to_json(held, omit)
        return made
    match value:
        case Enum():
            return value.value
        case bool() | int() | float() | str():
            return value
        case datetime():
            return value.isoformat()
        case tuple():
            return [to_json(one, omit) for one in value]
        case frozenset():
            return [to_json(one, omit) for one in sorted(value)]
        case Mapping():
            # Pairs, since a key need not be a text.
            return [[to_json(key, omit), to_json(one, omit)] for key, one in value.items()]
        case _:
            raise TypeError(f"{kind.__name__} has no form in JSON")


@cache
def _fields(kind: Any, omit: frozenset[str]) -> tuple[tuple[str, object], ...] | None:
    """The fields of a dataclass, each with what it holds where nothing is said; None for other types."""
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple(
        (one.name, _NEVER if one.default is dataclasses.MISSING else one.default)
        for one in dataclasses.fields(kind)
        if one.name not in omit
    )


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
        return kind
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

    def read(data: object) -> Any:
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
            if name in plain and type(value) is plain[name]:
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
