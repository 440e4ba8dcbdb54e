"""Attacks that are tests of the suite: run by pytest, and counted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from tests.acceptance.builders import ROOT
from tests.attack.attack import Outcome


def suite(*paths: str) -> Callable[[int, Path], Outcome]:
    """An attack that runs these tests, whatever the amount."""

    def run(amount: int, folder: Path) -> Outcome:
        outcome = Outcome()
        report = folder / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", f"--junitxml={report}", *paths],
            cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        outcome.check(done.returncode in (0, 1), f"pytest ended with {done.returncode}: {done.stdout[-300:]}")
        skipped = 0
        # The report is our own pytest's, made a moment ago.
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314
            outcome.tried += 1
            skipped += case.find("skipped") is not None
            if case.find("failure") is not None or case.find("error") is not None:
                outcome.failures.append(f"{case.get('classname')}::{case.get('name')}")
        outcome.tried -= skipped
        outcome.measured = f"{skipped} skipped" if skipped else "all of them ran"
        return outcome

    return run
