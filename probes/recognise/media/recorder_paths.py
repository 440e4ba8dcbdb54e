"""Where recording products put their folders on a web server, and what they share, as data that is read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

Mark: TypeAlias = Literal["measured", "documented", "unverified"]


@dataclass(frozen=True, slots=True)
class RecorderPath:
    """One default path: what to ask for, which product publishes it, and how well that is known."""

    path: str
    product: str
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class RecorderShare:
    """One default share, module, export or stream of a product, and the service that gives it."""

    speaks: str
    name: str
    product: str
    source: str
    mark: Mark


@cache
def default_shares() -> tuple[RecorderShare, ...]:
    """Every default share in the order of the same table."""
    text = files("probes.tables").joinpath("recorders.toml").read_text(encoding="utf-8")
    return tuple(
        RecorderShare(row["speaks"], row["name"], row["product"], row["source"], row["mark"])
        for row in tomllib.loads(text)["share"]
    )


@cache
def default_paths() -> tuple[RecorderPath, ...]:
    """Every default path in the order of `probes/tables/recorders.toml`, which is the order that they are asked in.

    The file is part of the package: one that cannot be read, or that lacks a key, is a bug of ours and raises.
    """
    text = files("probes.tables").joinpath("recorders.toml").read_text(encoding="utf-8")
    return tuple(
        RecorderPath(row["path"], row["product"], row["source"], row["mark"]) for row in tomllib.loads(text)["recorder"]
    )
