"""What a PDF says to those who read it by a program: its text in its order, and its structure (Debian's poppler)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.servers.launch import require


def pdf_text(path: Path) -> str:
    """The text in its reading order."""
    return _said("pdftotext", str(path), "-")


def pdf_about(path: Path) -> dict[str, str]:
    """What it says of itself: title, pages, whether it is tagged."""
    lines = (line.partition(":") for line in _said("pdfinfo", str(path)).splitlines())
    return {key: value.strip() for key, _, value in lines}


def pdf_structure(path: Path) -> str:
    """The tree of its tags, one a line, with their text."""
    return _said("pdfinfo", "-struct-text", str(path))


def _said(*command: str) -> str:
    tool = require(command[0])
    return subprocess.run([tool, *command[1:]], capture_output=True, check=True, text=True, timeout=60).stdout
