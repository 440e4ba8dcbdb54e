"""All hosts of the range, in the order in which their modules stand."""

from __future__ import annotations

from tests.servers.range import (  # noqa: F401  they fill SPOTS
    closed_more,
    closed_products,
    closed_services,
    closed_sites,
    opened,
    opened_more,
    told,
)
from tests.servers.range.kind import SPOTS

EVERY = tuple(SPOTS.values())
