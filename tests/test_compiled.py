"""What is compiled before the tests begin is what the tests then run."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.assertion import rewrite

from tests.compiled import compile_some

ASKS = "def test_sum() -> None:\n    assert 1 + 1 == 2\n"


def test_a_test_is_compiled_with_the_assertions_of_pytest_and_a_module_as_python_does(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    test, module = tmp_path / "test_sum.py", tmp_path / "sums.py"
    for file in (test, module):
        file.write_text(ASKS)
    compile_some(pytestconfig, [test, module])
    made = {file.name: file for file in (tmp_path / "__pycache__").iterdir()}
    code = rewrite._read_pyc(test, made.pop(f"test_sum{rewrite.PYC_TAIL}"))
    assert code
    assert "@pytest_ar" in code.co_names
    (name,) = made
    assert name.startswith("sums.")
    test.write_text(ASKS.replace("2", "3"))
    assert rewrite._read_pyc(test, tmp_path / "__pycache__" / f"test_sum{rewrite.PYC_TAIL}") is None
    compile_some(pytestconfig, [test])
    assert rewrite._read_pyc(test, tmp_path / "__pycache__" / f"test_sum{rewrite.PYC_TAIL}")
