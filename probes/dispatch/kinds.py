"""The kinds of verdicts about a dispatch."""

from __future__ import annotations

from typing import Final

DISPATCH: Final = "dispatch-case"
COUNT: Final = "misdirected-count"

KINDS: Final = frozenset({DISPATCH, COUNT})
"""Nothing is counted for them: only canary cases were looked for, and an owner's own figures compared."""
