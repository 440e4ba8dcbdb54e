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


def spots(count: int, *, mostly_closed: bool = False) -> tuple[Spot, ...]:
    """The first `count` places: of ten each, one is open, eight are closed in several ways and one is a black hole.

    `mostly_closed`: of twenty each, one is open and all others are closed in the same ways.
    """
    made = []
    for number in range(count):
        turn, kind = divmod(number, 10)
        hole = Nature.DEAF if turn % 2 else Nature.MUTE
        nature = _ROTA[kind] if kind < len(_ROTA) else hole
        if mostly_closed:
            nature = _CLOSED_ROTA[number % len(_CLOSED_ROTA)]
        made.append(Spot(f"127.{40 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}", nature))
    return tuple(made)
