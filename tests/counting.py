"""Counts what a piece of work does: a test that asserts counts holds on a busy machine too."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest


def calls(work: Callable[[], object]) -> int:
    """Python calls that a piece of work makes."""
    count = 0

    def profile(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@dataclass(slots=True)
class Steps:
    """What was done so far."""

    calls: int = 0
    """Calls from Python, of this thread and of all that began meanwhile."""
    sql: int = 0
    """Hundreds of instructions of SQLite's machine, on connections that were opened meanwhile: a scan within a scan
    shows here, however few statements it is."""


@contextmanager
def counting() -> Iterator[Steps]:
    """Counts steps of Python and of SQLite, in threads too."""
    steps, connect = Steps(), sqlite3.connect
    patch = pytest.MonkeyPatch()

    def profile(frame: object, event: str, arg: object) -> None:
        steps.calls += event in ("call", "c_call")

    def hundred() -> int:
        steps.sql += 1
        return 0

    def opened(*words: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*words, **named)
        connection.set_progress_handler(hundred, 100)
        return connection

    patch.setattr(sqlite3, "connect", opened)
    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield steps
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        patch.undo()
