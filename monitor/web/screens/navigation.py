"""The pages that stand in the navigation of every page, in its order."""

from __future__ import annotations

from typing import Final

from monitor.web.identity.permits import Permit

PAGES: Final = (
    ("/", "nav.overview", Permit.READ),
    ("/findings", "nav.findings", Permit.READ),
)
"""Address, key of its name, and what it takes."""
