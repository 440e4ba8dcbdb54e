"""What a probe may ask of name servers: the records of a name that the target leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RecordType: TypeAlias = Literal["A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT", "CAA"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """The records of one type of one name, by the name servers that the inventory declares.

    The driver refuses a name that is neither the target's own nor below it.
    """

    name: str
    type: RecordType = "A"


@dataclass(frozen=True, slots=True)
class Records:
    """What the name servers said. A name without records of the type has no values; one that does not exist is a
    NoAnswer (`no-such-name`)."""

    values: tuple[str, ...]
    """In the presentation form of RFC 1035 section 5.1, sorted."""
    chain: tuple[str, ...] = ()
    """The names that it stands for (CNAME), the canonical one last."""
