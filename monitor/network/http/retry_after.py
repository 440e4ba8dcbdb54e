"""How long an answer asks to be left alone: Retry-After, RFC 9110 section 10.2.3."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0
"""A Retry-After beyond this is cut: servers were seen to ask for four hours, and a watch may not sleep that long."""


def retry_after(text: str, now: datetime) -> float:
    """Seconds that a Retry-After asks for, in either form of RFC 9110 section 10.2.3; 0 when it asks for nothing.

    A date that has passed asks for nothing, and no wait is longer than LONGEST_WAIT.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max(0.0, (date - now).total_seconds()), LONGEST_WAIT)
