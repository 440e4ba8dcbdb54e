"""The kind of verdicts about a dispatch."""

from __future__ import annotations

from typing import Final

DISPATCH: Final = "dispatch-case"

KINDS: Final = frozenset({DISPATCH})
"""Nothing is counted for it: only canary cases were looked for."""
