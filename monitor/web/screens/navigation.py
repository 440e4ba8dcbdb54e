"""The pages that stand in the navigation of every page, in its order."""

from __future__ import annotations

from typing import Final

from monitor.web.identity.permits import Permit

PAGES: Final = (
    ("/", "nav.overview", Permit.READ),
    ("/findings", "nav.findings", Permit.READ),
    ("/coverage", "nav.coverage", Permit.READ),
    ("/parties", "nav.parties", Permit.READ),
    ("/contracts", "nav.contracts", Permit.READ),
    ("/inventory", "nav.inventory", Permit.READ),
    ("/messages", "nav.messages", Permit.READ),
    ("/rounds", "nav.rounds", Permit.READ),
    ("/reports", "nav.reports", Permit.READ),
    ("/log", "nav.log", Permit.LOG),
    ("/wall?refresh=60", "nav.wall", Permit.READ),
)
"""Address, key of its name, and what it takes."""
