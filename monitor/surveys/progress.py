"""What a survey says on its way: how it stands, and the sounds whose headers may be asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How a survey stands."""

    folders: int
    waiting: int
    files: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A sound whose header may be asked for: path, bytes, extension. Its path is learnt, and never stored."""

    path: str
    size: int
    extension: str
