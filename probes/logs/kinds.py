"""The kinds of verdicts about an access log."""

from __future__ import annotations

from typing import Final

TRUTH: Final = "log-truth"
"""Whether it says what was done."""
FORM: Final = "log-form"
"""Whether it can be relied on by its form."""
SESSION: Final = "log-session"
"""The canary session that leftopen performs: never a finding."""

KINDS: Final = frozenset({TRUTH, FORM})
"""Nothing is counted for them: what a log says of people is not kept."""
