"""Values as JSON for people and programs: readable, and without a character that a terminal would obey."""

from __future__ import annotations

import json
from typing import Any, Final

TURNING: Final = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
"""Characters that turn the direction of a line, or break it, unseen."""
_ESCAPED: Final = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *TURNING)}
"""JSON itself escapes the control characters below 0x20 alone."""


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON: other letters as they are, and what shows nothing escaped. It stands in texts alone, so what is
    read back is the same."""
    return json.dumps(value, ensure_ascii=False, indent=indent).translate(_ESCAPED)
