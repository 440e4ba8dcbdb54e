"""Compiles the modules of the tests and of leftopen before the tests begin.

In a fresh clone each of the processes that share the tests would compile all of them beside the others.
"""

from __future__ import annotations

import compileall
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key

ROOT = Path(__file__).resolve().parents[1]


def compile_all(config: pytest.Config) -> None:
    """Compile what was not compiled since it changed, in as many processes as there are cores."""
    files = [file for part in ("tests", "monitor", "probes", "bench") for file in _below(ROOT / part)]
    cores = len(os.sched_getaffinity(0))
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=compile_some, args=(config, files[part::cores])) for part in range(cores)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def _below(folder: Path) -> Iterator[Path]:
    """The modules of our own below a folder, without what was installed there."""
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("node_modules", ".pypi", "__pycache__")]
        yield from (Path(at, name) for name in names if name.endswith(".py"))


def compile_some(config: pytest.Config, files: Sequence[Path]) -> None:
    """Compile these modules: tests with pytest's own assertions, and others as Python does when it imports them."""
    for file in files:
        if file.match("test_*.py") or file.name == "conftest.py":
            _compile_test(config, file)
        else:
            compileall.compile_file(file, quiet=2)


def _compile_test(config: pytest.Config, file: Path) -> None:
    folder = rewrite.get_cache_dir(file)
    compiled = folder / f"{file.stem}{rewrite.PYC_TAIL}"
    if rewrite._read_pyc(file, compiled) is None and rewrite.try_makedirs(folder):
        digest, code = rewrite._rewrite_test(file, config)
        rewrite._write_pyc(config.stash[assertstate_key], code, digest, compiled)
