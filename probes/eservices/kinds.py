"""The kinds of findings about a portal of e-services."""

from __future__ import annotations

from typing import Final

PORTAL: Final = "eservice-portal"
"""The catalogue itself: never a finding, since a catalogue is meant to be read."""
SENSITIVE: Final = "eservice-sensitive"
LOGIN: Final = "eservice-login"
INTERFACE: Final = "eservice-interface"
ADMIN: Final = "eservice-admin"
ROLES: Final = "role-matrix"

KINDS: Final = frozenset({SENSITIVE, LOGIN, INTERFACE, ADMIN, ROLES})
"""Nothing is counted for them: what a service would show is never asked for."""
