"""The workload `proof`: the month that it makes is a bundle like any other, and what it measures is what it says."""

from __future__ import annotations

import io
import zipfile

from bench.proof import month, recorded, verified
from monitor.proof.leftopen_verify import BROKEN, verify
from tests.monitor.proof.logs import changed


def test_a_day_is_verified_and_a_day_with_a_missing_record_is_not() -> None:
    made = month(60, 1)
    assert made.slots == 60 * 96
    assert made.records == 1 + 2 * 96, "a scope, and two brackets a round"
    assert verified(made) > 0
    made.bundle.seek(0)

    def without_one(files: dict[str, bytes]) -> None:
        lines = files["records.jsonl"].splitlines(keepends=True)
        files["records.jsonl"] = b"".join(lines[:50] + lines[51:])

    assert verify(io.BytesIO(changed(made.bundle.getvalue(), without_one)), made.policy).code == BROKEN
    assert zipfile.ZipFile(made.bundle).testzip() is None


def test_the_log_is_a_part_of_what_is_recorded() -> None:
    made = recorded(40, 3)
    assert made.looks == 120
    assert 0 < made.log < made.cpu
    assert made.size > 0
