"""A tree of folders behind a file service, as a look enters it and as a survey walks it: steps in, rows out."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from probes.api import Clear, Unknown
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.recognise.shares.rows import ShareRow
from probes.requests.http import Ask, Reply

Undecided: TypeAlias = Clear | Unknown


@dataclass(frozen=True, slots=True)
class FolderRows:
    """What one folder lists."""

    rows: tuple[ShareRow, ...]
    partial: str = ""
    """Why there is more in the folder than this; empty: it is whole."""
    bare: bool = False
    """Whether the rows are names and nothing else, which other lines may look like: a file of them proves it."""


@dataclass(frozen=True, slots=True)
class NotListed:
    """Why a folder gave no list."""

    why: NoAnswerReason | UndecidedReason
    refused: bool = False
    """Whether the server refused in its own words."""


class Tree(Protocol):
    """What a survey walks: each folder by its path in the server's own bytes, beginning and ending with a slash."""

    def enter(self) -> Generator[Ask, Reply, Undecided | None]:
        """Come in over a new connection, as the look did; None when we are in."""

    def folder(self, path: bytes) -> Generator[Ask, Reply, FolderRows | NotListed]:
        """What a folder lists."""

    def head(self, path: bytes, take: int) -> Generator[Ask, Reply, bytes]:
        """The first bytes of a file, `take` at most (512 are allowed); empty where none came."""
