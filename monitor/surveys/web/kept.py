"""A few of many folders, from all over a tree, in a room that does not grow."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST = 24


@dataclass(slots=True)
class Kept:
    """Of the folders that are met, in their order: every first, then every second, then every fourth, as many come."""

    paths: list[str] = field(default_factory=list)
    every: int = 1
    """Of so many that are met, one is kept."""
    met: int = 0

    def meet(self, path: str) -> None:
        """Note a folder, if it is its turn."""
        if self.met % self.every == 0:
            self.paths.append(path)
        self.met += 1
        if len(self.paths) > _MOST:
            self.paths, self.every = self.paths[::2], 2 * self.every
