"""The times of log rows: as Unix seconds, with both readings of an hour that a zone has twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class LogTime:
    """What a written time may mean."""

    instants: tuple[int, ...] = ()
    """Unix seconds: one; two in the hour that comes twice in October; none where it cannot be read."""
    zoned: bool = True
    """Whether it says its zone."""

    @property
    def ambiguous(self) -> bool:
        """Whether it means one of two hours."""
        return len(self.instants) > 1


def read_time(text: str, zone: ZoneInfo | None) -> LogTime:
    """A time as ISO 8601 writes it; `zone` is that of the wall clock where none is written. Raises nothing."""
    try:
        said = datetime.fromisoformat(text.replace(",", "."))
        if said.tzinfo is not None:
            return LogTime((int(said.timestamp()),))
        if zone is None:
            return LogTime((), zoned=False)
        found = dict.fromkeys(int(said.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
        # A wall clock that was set forward never showed the hour between: what it means is not known.
        shown = tuple(
            one
            for one in found
            if datetime.fromtimestamp(one, UTC).astimezone(zone).replace(tzinfo=None, microsecond=0)
            == said.replace(microsecond=0)
        )
        return LogTime(shown, zoned=False)
    except (ValueError, OverflowError, OSError):
        return LogTime()
