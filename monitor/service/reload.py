"""Reads the inventory again when a file of it has changed; one that has faults is not used: the one before stays."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from monitor.inventory.files import Stamp
from monitor.inventory.load import Problems, check
from monitor.inventory.model.inventory import Inventory

log = logging.getLogger("leftopen.watch")


class Reload:
    """Notices that the file of the inventory, or one that it includes, has changed."""

    def __init__(self, path: Path, today: Callable[[], date], stamps: Mapping[Path, Stamp]) -> None:
        """`stamps` are the files that the inventory at hand was read from."""
        self._path = path
        self._today = today
        self._stamps = dict(stamps) or {path: _stamp(path)}
        self.faults: tuple[str, ...] = ()
        """What is wrong with the file as it is now; while there is anything, the inventory before stays."""

    @property
    def broken(self) -> str:
        """The faults in a line; empty: there are none."""
        if not self.faults:
            return ""
        more = f" (and {len(self.faults) - 1} more: leftopen check)" if len(self.faults) > 1 else ""
        return f"the changed inventory is not used, since it has faults: {self.faults[0]}{more}"

    def again(self) -> None:
        """Read the files at the next call even if none has changed."""
        self._stamps = {self._path: None}

    async def changed(self) -> Inventory | None:
        """The new inventory, if a file changed since the last call and there are no faults; None otherwise."""
        if _stamp(self._path) is None or all(_stamp(path) == stamp for path, stamp in self._stamps.items()):
            return None
        # A hundred thousand assets take seconds: the loop goes on.
        return await asyncio.to_thread(self._read)

    def _read(self) -> Inventory | None:
        try:
            checked = check(self._path, self._today())
        except Problems as problems:
            log.error("the changed inventory is not used, since it has faults; the one before stays:\n%s", problems)
            # A file that cannot be read says nothing of what it includes: those that are known are watched on. What
            # was not read at all counts as it is now, or it would be tried, and told, at every call.
            known = {**dict.fromkeys(self._stamps), **problems.stamps}
            self._stamps = {path: stamp or _stamp(path) for path, stamp in known.items()}
            self.faults = tuple(str(problems).splitlines())
            return None
        self._stamps = dict(checked.inventory.stamps)
        self.faults = ()
        for warning in checked.warnings:
            log.warning("%s: %s", warning.where(Path(self._path.name)), warning.text)
        log.info("the inventory was read anew: %d assets", len(checked.inventory.assets))
        # It is asked for in the next round, and takes a second of a hundred thousand assets.
        _ = checked.inventory.digest
        return checked.inventory


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
