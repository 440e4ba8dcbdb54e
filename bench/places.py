"""The made-up networks of the workloads `rounds` and `looks`: places on loopback addresses of their own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    """What a place is like. A deaf one accepts no connection; a mute one accepts, and never answers."""

    OPEN = "open"
    FORBIDDEN = "forbidden"
    LOGIN = "login"
    SITE = "site"
    DEAF = "deaf"
    MUTE = "mute"

    @property
    def hole(self) -> bool:
        """Whether whatever is sent there is gone."""
        return self in (Nature.DEAF, Nature.MUTE)


@dataclass(frozen=True, slots=True)
class Spot:
    """One address of loopback, and what it is like."""

    address: str
    nature: Nature


_ROTA = (
    Nature.OPEN,
    Nature.SITE,
    Nature.FORBIDDEN,
    Nature.LOGIN,
    Nature.SITE,
    Nature.FORBIDDEN,
    Nature.SITE,
    Nature.LOGIN,
    Nature.SITE,
)
_CLOSED_ROTA = (Nature.OPEN, *(6 * (Nature.SITE, Nature.FORBIDDEN, Nature.LOGIN)), Nature.SITE)


def spots(count: int, *, mostly_closed: bool = False, holes: int = 10) -> tuple[Spot, ...]:
    """The first `count` places: of ten each, one is open, eight are closed in several ways and one is a black hole.

    `mostly_closed`: of twenty each that answer, one is open and all others are closed in the same ways. `holes`: one of
    so many is a black hole; 0: none is.
    """
    rota = _CLOSED_ROTA if mostly_closed else _ROTA
    made = []
    for number in range(count):
        turn, kind = divmod(number, holes) if holes else (0, number)
        hole = Nature.DEAF if turn % 2 else Nature.MUTE
        nature = hole if holes and kind == holes - 1 else rota[kind % len(rota)]
        made.append(Spot(f"127.{40 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}", nature))
    return tuple(made)
