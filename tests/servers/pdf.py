"""What a PDF says to those who read it by a program: its text in its order, and its structure (Debian's poppler)."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

from tests.servers.launch import require


def pdf_text(path: Path) -> str:
    """The text in its reading order."""
    return _said("pdftotext", str(path), "-")


def pdf_about(path: Path) -> dict[str, str]:
    """What it says of itself: title, pages, whether it is tagged."""
    lines = (line.partition(":") for line in _said("pdfinfo", str(path)).splitlines())
    return {key: value.strip() for key, _, value in lines}


def pdf_tags(path: Path) -> Counter[str]:
    """How often each tag stands in its structure: headings, tables and their cells."""
    lines = _said("pdfinfo", "-struct", str(path)).splitlines()
    return Counter(line.split()[0].rstrip(":") for line in lines if line.strip()[:1].isalpha())


def _said(*command: str) -> str:
    tool = require(command[0])
    return subprocess.run([tool, *command[1:]], capture_output=True, check=True, text=True, timeout=60).stdout
