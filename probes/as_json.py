"""Values of probes as JSON and back: a look can be sent to another process as a probe's name and a target.

What is read back is checked as strictly as it is typed: another process, or what carries its messages, may be anybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from probes.api import BucketTarget, ServiceTarget, Target, WebTarget
from probes.registry import PROBES, AnyProbe

V = TypeVar("V")
_IS = "is"
"""The key that says which member of a union an object is."""


def to_json(value: object, omit: frozenset[str] = frozenset()) -> Any:
    """A value as JSON; fields named in `omit` are left out wherever they stand. Raises TypeError."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
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
        case _ if dataclasses.is_dataclass(value):
            kept = [field.name for field in dataclasses.fields(value) if field.name not in omit]
            return {_IS: type(value).__name__} | {name: to_json(getattr(value, name), omit) for name in kept}
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")


def from_json(kind: Any, data: object) -> Any:
    """The value of a type that `to_json` made this of. Raises ValueError for anything else."""
    origin, members = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(members, data)
    if origin is Literal and data in members:
        return data
    if origin is tuple and isinstance(data, list):
        if members[1:] == (Ellipsis,):
            return tuple(from_json(members[0], one) for one in data)
        return tuple(from_json(member, one) for member, one in zip(members, data, strict=True))
    if origin is frozenset and isinstance(data, list):
        return frozenset(from_json(members[0], one) for one in data)
    if origin is Mapping and isinstance(data, list):
        return dict(_pair(members, one) for one in data)
    if kind is NoneType and data is None:
        return None
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            return kind(data)
        if kind is datetime and isinstance(data, str):
            return datetime.fromisoformat(data)
        if dataclasses.is_dataclass(kind) and isinstance(data, dict):
            return _made(kind, data)
        if kind in (bool, int, float, str) and type(data) is kind:
            return data
    raise ValueError(f"no {getattr(kind, '__name__', kind)}: {type(data).__name__}")


def _pair(members: tuple[Any, ...], data: object) -> tuple[Any, Any]:
    if not isinstance(data, list) or len(data) != 2:
        raise ValueError("no pair")
    return from_json(members[0], data[0]), from_json(members[1], data[1])


def _one_of(members: tuple[Any, ...], data: object) -> Any:
    if isinstance(data, dict):
        named = [one for one in members if getattr(one, "__name__", "") == data.get(_IS)]
        if not named:
            raise ValueError(f"none of {', '.join(getattr(one, '__name__', str(one)) for one in members)}")
        return from_json(named[0], data)
    for member in members:
        try:
            return from_json(member, data)
        except ValueError:
            continue
    raise ValueError(f"a {type(data).__name__} that fits no type")


def _made(kind: type[V], data: Mapping[str, object]) -> V:
    hints = get_type_hints(kind)
    given = {name: value for name, value in data.items() if name != _IS}
    if data.get(_IS) != kind.__name__ or not given.keys() <= hints.keys():
        raise ValueError(f"no {kind.__name__}: {', '.join(sorted(given.keys() - hints.keys())) or data.get(_IS)}")
    try:
        return kind(**{name: from_json(hints[name], value) for name, value in given.items()})
    except TypeError as error:
        raise ValueError(f"no {kind.__name__}: {error}") from None


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
