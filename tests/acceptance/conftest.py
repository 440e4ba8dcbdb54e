"""A house for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.builders import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """An empty house."""
    folder = tmp_path / "house"
    folder.mkdir()
    return House(folder)
