"""All hosts of the range, in the order in which their modules stand."""

from __future__ import annotations

from tests.servers.range import closed_services, closed_sites, opened  # noqa: F401  they fill SPOTS
from tests.servers.range.kind import SPOTS

EVERY = tuple(SPOTS.values())
