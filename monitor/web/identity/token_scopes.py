"""What a token may be used for, beside its grant: a program gets no more than it needs."""

from __future__ import annotations

from enum import StrEnum


class TokenScope(StrEnum):
    """One use of a token."""

    FINDINGS = "findings:read"
    COVERAGE = "coverage:read"
    ACTIONS = "actions:write"
    REPORTS = "reports:read"
    METRICS = "metrics:read"
    CALENDAR = "calendar:read"
