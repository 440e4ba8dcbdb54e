"""Values of probes as JSON and back: a look can be sent to another process as a probe's name and a target.

What is read back is checked as strictly as it is typed: another process, or what carries its messages, may be anybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter, is_
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from probes.api import BucketTarget, ServiceTarget, Target, WebTarget
from probes.registry import PROBES, AnyProbe

V = TypeVar("V")
Reader = Callable[[object, "Shapes"], Any]
_NEVER = object()
_PLAIN = frozenset({NoneType, bool, int, float, str})
MOST_SHAPES = 1000
"""Shapes of one message that are taken: there are as many as there are sets of fields that differ from the default."""
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
            return _written
        if issubclass(kind, tuple):
            return lambda value: [one if (of := type(one)) in _PLAIN else self[of](one) for one in value]
        if issubclass(kind, frozenset):
            return lambda value: [self[type(one)](one) for one in sorted(value)]
        if issubclass(kind, Mapping):
            # Pairs, since a key need not be a text.
            return lambda value: [
                [key if (of := type(key)) in _PLAIN else self[of](key), self[type(one)](one)]
                for key, one in value.items()
            ]
        raise TypeError(f"{kind.__name__} has no form in JSON")

    def _of_dataclass(self, kind: Any) -> Callable[[Any], Any]:
        name, fields = kind.__name__, _fields(kind, self._omit)

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


def _fields(kind: Any, omit: frozenset[str]) -> list[tuple[str, Any]]:
    """The fields of a type that are written, each with what it holds by default."""
    return [
        (one.name, _NEVER if one.default is dataclasses.MISSING else one.default)
        for one in dataclasses.fields(kind)
        if one.name not in omit
    ]


class Packer(_Writers):
    """What makes JSON of the values of one message: the names of a type's fields are said once, as a shape, and each
    value is a list of the number of its shape and what its fields hold. Of many values that is a third of the text."""

    def __init__(self, omit: frozenset[str] = frozenset()) -> None:
        super().__init__(omit)
        self.shapes: list[list[Any]] = []
        """The shapes of what was written, as JSON: the name of a type, and the fields that are not as by default."""

    def __call__(self, value: object) -> Any:
        """A value as JSON. Raises TypeError."""
        return self[type(value)](value)

    def _of_dataclass(self, kind: Any) -> Callable[[Any], Any]:
        fields = _fields(kind, self._omit)
        names, defaults = [name for name, _ in fields], [default for _, default in fields]
        # One more than is written: of one name alone it would bring back no tuple.
        held_by: Callable[[object], tuple[Any, ...]] = attrgetter(*names, "__class__")
        known: dict[tuple[bool, ...], tuple[int, tuple[int, ...]]] = {}

        def write(value: object) -> list[Any]:
            held = held_by(value)
            plain = tuple(map(is_, held, defaults))
            shape = known.get(plain)
            if shape is None:
                said = tuple(at for at, left_out in enumerate(plain) if not left_out)
                shape = known[plain] = len(self.shapes), said
                self.shapes.append([kind.__name__, [names[at] for at in said]])
            number, said = shape
            row: list[Any] = [number]
            for at in said:
                one = held[at]
                of = type(one)
                row.append(one if of in _PLAIN else self[of](one))
            return row

        return write


class Shapes:
    """The shapes of one message, as `Packer` said them."""

    def __init__(self, data: object) -> None:
        """Raises ValueError."""
        if not isinstance(data, list) or len(data) > MOST_SHAPES:
            raise ValueError("no shapes")
        for shape in data:
            if not isinstance(shape, list) or len(shape) != 2 or not isinstance(shape[0], str):
                raise ValueError("no shape")
            names = shape[1]
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                raise ValueError("no shape")
            if len(set(names)) != len(names):
                raise ValueError("a shape that says a field twice")
        self._said = data
        self._read: dict[tuple[int, type], _Shape] = {}
        self._among: dict[tuple[int, int], _Shape] = {}

    def name(self, row: list[Any]) -> str:
        """The type that a row is of, as the message says it. Raises ValueError."""
        number = row[0] if row else None
        if type(number) is not int or not 0 <= number < len(self._said):
            raise ValueError("a value without a shape")
        name: str = self._said[number][0]
        return name

    def of(self, row: list[Any], kind: type) -> _Shape:
        """How a row is read that must be of this type. Raises ValueError."""
        try:
            return self._read[row[0], kind]
        except (LookupError, TypeError):
            if self.name(row) != kind.__name__:
                raise ValueError(f"no {kind.__name__}") from None
            made = self._read[row[0], kind] = _Shape(kind, self._said[row[0]][1])
            return made

    def among(self, row: list[Any], kinds: Mapping[str, type]) -> _Shape:
        """How a row is read that must be of one of these types, by their names. Raises ValueError."""
        try:
            return self._among[row[0], id(kinds)]
        except (LookupError, TypeError):
            kind = kinds.get(self.name(row))
            if kind is None:
                raise ValueError(f"none of {', '.join(kinds)}") from None
            made = self._among[row[0], id(kinds)] = self.of(row, kind)
            return made


class _Shape:
    """How the rows of one shape are read."""

    def __init__(self, kind: type, names: list[str]) -> None:
        readers, plain = _readers_of(kind)
        self.kind = kind
        if unknown := [name for name in names if name not in readers]:
            raise ValueError(f"no {kind.__name__}: {unknown[0]}")
        self.readers = [readers[name] for name in names]
        self.plain = [plain.get(name, _NEVER) for name in names]
        self.read = [(at, readers[name]) for at, name in enumerate(names) if name not in plain]
        """The places of those that are not taken as they are, and what reads them."""
        first = [one.name for one in dataclasses.fields(kind)][: len(names)]
        self.names = None if first == names else names
        """None where they are the first fields of the type: then they need not be named."""

    def value(self, row: list[Any], shapes: Shapes) -> Any:
        """The value that a row of this shape holds. Raises ValueError."""
        values = row[1:]
        kinds: list[Any] = [*map(type, values)]
        if self.read and len(kinds) == len(self.plain):
            for at, read in self.read:
                values[at], kinds[at] = read(values[at], shapes), _NEVER
        if kinds != self.plain:
            values = [
                value if type(value) is plain else read(value, shapes)
                for read, plain, value in zip(self.readers, self.plain, row[1:], strict=True)
            ]
        try:
            return self.kind(*values) if self.names is None else self.kind(**dict(zip(self.names, values, strict=True)))
        except TypeError as error:
            raise ValueError(f"no {self.kind.__name__}: {error}") from None


NO_SHAPES = Shapes([])


def from_json(kind: Any, data: object, shapes: Shapes = NO_SHAPES) -> Any:
    """The value of a type that `to_json` made this of, or a Packer that said these shapes. Raises ValueError for
    anything else."""
    return _reader(kind)(data, shapes)


@cache
def _reader(kind: Any) -> Reader:
    """What reads a type. A hub reads many thousand observations a minute: a type is taken apart once."""
    origin, members = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(members)
    if origin is Literal:
        return lambda data, shapes: data if data in members else _refuse(kind, data)
    if origin is tuple and members[1:] == (Ellipsis,):
        one = _reader(members[0])
        return lambda data, shapes: (
            tuple([one(item, shapes) for item in data]) if isinstance(data, list) else _refuse(kind, data)
        )
    if origin is tuple:
        each = [_reader(member) for member in members]
        return lambda data, shapes: (
            tuple([read(item, shapes) for read, item in zip(each, data, strict=True)])
            if isinstance(data, list)
            else _refuse(kind, data)
        )
    if origin is frozenset:
        item = _reader(members[0])
        return lambda data, shapes: (
            frozenset([item(x, shapes) for x in data]) if isinstance(data, list) else _refuse(kind, data)
        )
    if origin is Mapping:
        pair = _reader(tuple[members])  # type: ignore[valid-type]
        return lambda data, shapes: (
            dict([pair(x, shapes) for x in data]) if isinstance(data, list) else _refuse(kind, data)
        )
    if kind is NoneType:
        return lambda data, shapes: _refuse(kind, data) if data is not None else None
    if isinstance(kind, type) and issubclass(kind, Enum):
        words = {one.value: one for one in kind}
        return lambda data, shapes: words[data] if isinstance(data, str) and data in words else kind(data)
    if kind is datetime:
        return lambda data, shapes: _time(data) if isinstance(data, str) and len(data) < 64 else _refuse(kind, data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _made(kind)
    if kind in (bool, int, float, str):
        return lambda data, shapes: data if type(data) is kind else _refuse(kind, data)
    return lambda data, shapes: _refuse(kind, data)


@lru_cache(maxsize=1024)
def _written(at: datetime) -> str:
    """A point in time as text. Places of one look, and looks of one batch, share theirs."""
    return at.isoformat()


@lru_cache(maxsize=1024)
def _time(text: str) -> datetime:
    """A point in time: without its zone it is none, and could be compared with no other."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at


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
    # A list is a value of a type with a shape, or of a type that is a list: no union has both.
    kinds = {one.__name__: one for one in members if dataclasses.is_dataclass(one) and isinstance(one, type)}
    if kinds and any(get_origin(one) in (tuple, frozenset, Mapping) for one in members):
        raise TypeError(f"a list would be of two members of {members}")

    def read(data: object, shapes: Shapes) -> Any:
        if type(data) in plain:
            return data
        if isinstance(data, str) and (word := words.get(data)) is not None:
            return word
        if isinstance(data, dict):
            name = data.get(_IS)
            if not isinstance(name, str) or name not in named:
                raise ValueError(f"none of {', '.join(named)}")
            return named[name](data, shapes)
        if kinds and isinstance(data, list):
            return shapes.among(data, kinds).value(data, shapes)
        for one in each:
            try:
                return one(data, shapes)
            except ValueError:
                continue
        raise ValueError(f"a {type(data).__name__} that fits no type")

    return read


@cache
def _readers_of(kind: Any) -> tuple[dict[str, Reader], dict[str, Any]]:
    """What reads the fields of a type; and the types of those that are taken as they are."""
    hints = get_type_hints(kind)
    plain = {name: hint for name, hint in hints.items() if hint in _PLAIN}
    return {name: _reader(hint) for name, hint in hints.items()}, plain


def _made(kind: Any) -> Reader:
    # A type may hold itself: its fields are looked at when the first value comes.
    def read(data: object, shapes: Shapes) -> Any:
        try:
            if isinstance(data, list):
                return shapes.of(data, kind).value(data, shapes)
            if not isinstance(data, dict) or data.get(_IS) != kind.__name__:
                raise ValueError(f"no {kind.__name__}: {type(data).__name__}")
            readers, plain = _readers_of(kind)
            given = {}
            for name, value in data.items():
                if plain.get(name) is type(value):
                    given[name] = value
                elif name in readers:
                    given[name] = readers[name](value, shapes)
                elif name != _IS:
                    raise ValueError(f"no {kind.__name__}: {name}")
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
