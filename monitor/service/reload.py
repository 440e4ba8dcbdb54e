"""Reads the inventory again when its file has changed; one that has faults is not used, and the one before stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

from monitor.inventory.load import Problems, check
from monitor.inventory.model.inventory import Inventory

log = logging.getLogger("leftopen.watch")


class Reload:
    """Notices that the file of the inventory has changed."""

    def __init__(self, path: Path, today: Callable[[], date]) -> None:
        self._path = path
        self._today = today
        self._stamp = _stamp(path)
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
        """Read the file at the next call even if it has not changed."""
        self._stamp = None

    def changed(self) -> Inventory | None:
        """The new inventory, if the file changed since the last call and has no faults; None otherwise."""
        stamp = _stamp(self._path)
        if stamp == self._stamp or stamp is None:
            return None
        self._stamp = stamp
        try:
            checked = check(self._path, self._today())
        except Problems as problems:
            log.error("the changed inventory is not used, since it has faults; the one before stays:\n%s", problems)
            self.faults = tuple(str(problems).splitlines())
            return None
        self.faults = ()
        for warning in checked.warnings:
            log.warning("%s:%d: %s", self._path.name, warning.line, warning.text)
        log.info("the inventory was read anew: %d assets", len(checked.inventory.assets))
        return checked.inventory


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
